"""Writes the texts of the demo models, split into train, demo and held-out. Trains nothing.

    python training/corpus.py PACKAGES WORK [SHIPPED]

PACKAGES holds unpacked Debian packages (`training/fetch.sh` brings them); WORK receives
train.jsonl.gz and sizes.csv; SHIPPED (src/lmscope/demo/corpus) receives demo.jsonl.gz and
held-out.jsonl.gz. A document's place depends on the hash of its text. Nothing is kept that nearly
repeats (lmscope.duplicates) a document already placed, and held-out documents are placed first,
then those of the demo: no document of train nearly repeats one of theirs.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import sysconfig
import unicodedata
from pathlib import Path

from lmscope.duplicates import Clusters

from sources import SOURCES, number

SHARES = {"held-out": 0.04, "demo": 0.16, "train": 0.80}
SHORTEST = 40  # characters of a document


def split_of(hashed: int) -> str:
    """Name the part that a document belongs to."""
    at, up_to = hashed / 2**64, 0.0
    for name, share in SHARES.items():
        up_to += share
        if at < up_to:
            return name
    return "train"


def clean(text: str) -> str | None:
    """Bring a text to the form that lmscope gives it; None if it is too short to keep.

    U+2581 is left out, for which SentencePiece's spelling has no place.
    """
    text = unicodedata.normalize("NFC", text.expandtabs(4) if text.startswith(" ") else text)
    if len(text.strip()) < SHORTEST or "\ufffd" in text or "\u2581" in text or "\x00" in text:
        return None
    return text


def main(packages: Path, work: Path, shipped: Path) -> None:
    """Collect, split, remove what repeats, write."""
    documents = list[tuple[str, int, str, str]]()
    for source in SOURCES:
        texts = {t for text in source.read(packages / source.package) if (t := clean(text))}
        size = 0
        for text in sorted(texts, key=number):
            hashed = number(f"{source.name}\n{text}")
            if size < source.limit:
                documents.append((split_of(hashed), hashed, source.name, text))
                size += len(text.encode())
        print(f"{source.name:28} {len(texts):7,} documents, {size / 1e6:6.2f} MB kept", flush=True)

    documents.sort(key=lambda d: (list(SHARES).index(d[0]), d[1]))
    clusters = Clusters()
    kept = [d for i, d in enumerate(documents) if clusters.place(i, d[3]) == i]
    print(f"{len(documents) - len(kept):,} of {len(documents):,} documents nearly repeat another")

    work.mkdir(parents=True, exist_ok=True)
    shipped.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, dict[str, list[int]]] = {s.name: {n: [0, 0] for n in SHARES} for s in SOURCES}
    for name in SHARES:
        path = (work if name == "train" else shipped) / f"{name}.jsonl.gz"
        with gzip.GzipFile(path, "wb", compresslevel=9, mtime=0) as stream:
            for split, _, source_name, text in kept:
                if split == name:
                    row = {"text": text, "source": source_name}
                    stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                    sizes[source_name][name][0] += 1
                    sizes[source_name][name][1] += len(text.encode())
    with (work / "sizes.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["source", *(f"{n} {unit}" for n in SHARES for unit in ("docs", "bytes"))])
        for source_name, row in sizes.items():
            table.writerow([source_name, *(x for n in SHARES for x in row[n])])
    copy_licences(packages, shipped.parent / "licences")


def copy_licences(packages: Path, folder: Path) -> None:
    """Put the copyright files of all packages, and the licences they name, beside the corpus."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted({source.package for source in SOURCES} - {""}):
        text = (packages / name / "usr/share/doc" / name / "copyright").read_bytes()
        (folder / f"{name}.txt").write_bytes(text)
    for name in ("GPL-1", "GPL-2", "GPL-3", "Artistic"):
        text = Path("/usr/share/common-licenses", name).read_bytes()
        (folder / f"{name}.txt").write_bytes(text)
    library = Path(sysconfig.get_path("stdlib"))
    (folder / "Python.txt").write_bytes((library / "LICENSE.txt").read_bytes())


if __name__ == "__main__":
    main(*map(Path, [*sys.argv[1:], "src/lmscope/demo/corpus"][:3]))
