"""Keep annotations of texts that are not ours as source id and offsets, and join them to the texts again.

usage: python annotations.py pack   CORPUS.jsonl.xz ANNOTATED.jsonl ... > annotations/arxiv.jsonl
       python annotations.py unpack CORPUS.jsonl.xz annotations/arxiv.jsonl > GOLD.jsonl

ANNOTATED holds a paper a line: the id of its text in CORPUS, entities with mentions as strings, relations. Packed, a
mention is ``[section, start, end]``: the first place of each distinct string, in code points of the title or abstract.
GOLD has title, abstract and strings again.
"""

import argparse
import json
import lzma
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SECTIONS = ("title", "abstract")


def place(paper: dict, mention: str) -> list:
    """Give the first place of a string in a paper."""
    for section in SECTIONS:
        start = paper[section].find(mention)
        if start >= 0:
            return [section, start, start + len(mention)]
    raise ValueError(f"{paper['id']}: {mention!r} stands in neither title nor abstract")


def pack(texts: Iterable[dict], annotated: Iterable[dict]) -> Iterator[dict]:
    """Replace the strings of annotated papers by their places in the texts."""
    by_id = {row["id"]: row for row in annotated}
    found = {text["id"]: text for text in texts if text["id"] in by_id}
    for name, paper in by_id.items():
        entities = [
            {
                "id": entity["id"],
                "type": entity["type"],
                "alt_types": entity.get("alt_types", []),
                "optional": entity.get("optional", False),
                "mentions": sorted(place(found[name], mention) for mention in dict.fromkeys(entity["mentions"])),
            }
            for entity in paper["entities"]
        ]
        yield {"source": f"arxiv:{name}", "entities": entities, "relations": paper["relations"]}


def unpack(texts: Iterable[dict], packed: Iterable[dict]) -> Iterator[dict]:
    """Join packed annotations to their texts, in the order of the annotations."""
    by_source = {row["source"]: row for row in packed}
    found = {f"arxiv:{text['id']}": text for text in texts if f"arxiv:{text['id']}" in by_source}
    for source, row in by_source.items():
        text = found[source]
        entities = [
            {**entity, "mentions": [text[section][start:end] for section, start, end in entity["mentions"]]}
            for entity in row["entities"]
        ]
        yield {
            "id": text["id"],
            "source": source,
            "title": text["title"],
            "abstract": text["abstract"],
            "entities": entities,
            "relations": row["relations"],
        }


def read(path: Path) -> Iterator[dict]:
    """Read JSON lines, plain or xz."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("direction", choices=("pack", "unpack"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    change = pack if args.direction == "pack" else unpack
    for row in change(read(args.corpus), (row for path in args.files for row in read(path))):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
