#!/usr/bin/env bash
# Collect about 40 MB of real text, in many languages and in code, for scans worth reading.
#
#   scripts/real_corpus.sh FOLDER
#
# fortunes/LANGUAGE/*.txt   sayings; a line with '%' parts two documents
# debian-reference/*.txt    one long manual, the same in eight languages
# python/**/*.py            the sources of Python's standard library
#
# The Debian packages are unpacked, never installed: nothing is asked, and the system stays as
# it is. The folder appears when it is complete; a folder that is there is left alone.
set -euo pipefail
export LC_ALL=C

if [ $# -ne 1 ]; then
    echo "Name the folder to write: scripts/real_corpus.sh FOLDER" >&2
    exit 2
fi
folder=$(realpath -m "$1")
if [ -e "$folder" ]; then
    echo "$folder is already there. To collect the text anew, remove it first."
    exit 0
fi

fortunes=(fortunes fortunes-min fortunes-{br,cs,de,es,it,pl,ru,zh})
languages=(de en es fr it ja pt zh-cn)

work=$(mktemp -d)
unfinished=$folder.part
trap 'rm -rf "$work" "$unfinished"' EXIT

cd "$work"
if ! apt-get -qq download "${fortunes[@]}" "${languages[@]/#/debian-reference-}" 2>apt.log; then
    cat apt.log >&2
    echo "The packages could not be fetched. Bring apt's lists up to date with: sudo apt-get update" >&2
    exit 1
fi
for package in *.deb; do
    dpkg -x "$package" .
done

# A fortune's folder is its language; those in no folder are English, but for four. Indexes
# (.dat), second names (links) and the parts that are marked offensive stay behind.
cd "$work/usr/share/games/fortunes"
find . -type f ! -name '*.dat' ! -path '*/off/*' -printf '%P\n' | while read -r file; do
    case $file in
        */*) name=$file ;;
        chinese | song100 | tang300) name=zh/$file ;;
        brasil) name=br/$file ;;
        *) name=en/$file ;;
    esac
    install -D -m 644 "$file" "$unfinished/fortunes/$name.txt"
done

mkdir "$unfinished/debian-reference"
for language in "${languages[@]}"; do
    zcat "$work/usr/share/debian-reference/debian-reference.$language.txt.gz" \
        >"$unfinished/debian-reference/$language.txt"
done

mkdir "$unfinished/python"
cd "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"
find . -name '*.py' ! -path './*-packages/*' ! -path '*/test/*' ! -path '*/tests/*' \
    -exec cp --parents -t "$unfinished/python" {} +

mv "$unfinished" "$folder"
du -sh "$folder"/*
