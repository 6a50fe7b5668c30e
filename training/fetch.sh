#!/usr/bin/env bash
# Fetch and unpack the Debian packages (bookworm) that hold the text of the demo models.
#
#   training/fetch.sh FOLDER
#
# The packages are unpacked into FOLDER/PACKAGE, never installed. About 270 MB are downloaded. The
# folder appears when it is complete; a folder that is there is left alone.
set -euo pipefail
export LC_ALL=C

if [ $# -ne 1 ]; then
    echo "Name the folder to write: training/fetch.sh FOLDER" >&2
    exit 2
fi
folder=$(realpath -m "$1")
if [ -e "$folder" ]; then
    echo "$folder is already there. To fetch the packages anew, remove it first."
    exit 0
fi

packages=(
    anarchism bible-kjv bible-kjv-text crawl-common debian-faq{,-de,-fr} debian-policy
    debian-reference-{en,de,fr,es} developers-reference{,-de,-fr} endless-sky-data
    fortunes fortunes-{min,bofh-excuses,de,es} installation-guide-amd64 jargon-text
    linux-doc-6.1 maint-guide{,-de,-es,-fr} perl-doc r-cran-janeaustenr wordnet-base
    wesnoth-1.16-{did,dm,dw,ei,httt,l,low,nr,sof,sota,sotbe,thot,utbs}
)
work=$(mktemp -d)
trap 'rm -rf "$work" "$folder.part"' EXIT
cd "$work"
if ! apt-get -qq download "${packages[@]}" 2>apt.log; then
    cat apt.log >&2
    echo "The packages could not be fetched. Bring apt's lists up to date with: sudo apt-get update" >&2
    exit 1
fi
for package in *.deb; do
    dpkg -x "$package" "$folder.part/${package%%_*}"
done
mv "$folder.part" "$folder"
