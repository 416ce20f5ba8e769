"""The annotations of foreign texts are ids and offsets, and fit their texts."""

import importlib.util
import json
from pathlib import Path

import pytest

from kg.model import KINDS, PAPER, RELATIONS

FOLDER = Path(__file__).parent.parent / "training"
FILES = sorted((FOLDER / "annotations").glob("*.jsonl"))


def load_module():
    spec = importlib.util.spec_from_file_location("annotations", FOLDER / "annotations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows():
    return [json.loads(line) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]


def test_packing_and_unpacking_lose_nothing():
    module = load_module()
    text = {"id": "1", "title": "On KV caches", "abstract": "A KV cache grows."}
    entity = {"id": "e1", "type": "Concept", "alt_types": [], "optional": False, "mentions": ["KV cache", "KV caches"]}
    paper = {"id": "1", "entities": [entity], "relations": [["PAPER", "addresses", "e1"]]}
    packed = list(module.pack([text], [paper]))
    assert "KV" not in json.dumps(packed)
    (back,) = module.unpack([text], packed)
    assert sorted(back["entities"][0]["mentions"]) == ["KV cache", "KV caches"]
    assert back["relations"] == paper["relations"]


def test_a_string_that_is_not_in_the_text_is_refused():
    with pytest.raises(ValueError, match="neither title nor abstract"):
        load_module().place({"id": "1", "title": "a", "abstract": "b"}, "c")


def test_the_annotations_follow_the_guidelines():
    found = rows()
    assert len(found) >= 150
    assert len({row["source"] for row in found}) == len(found)
    for row in found:
        kinds = {entity["id"]: {entity["type"], *entity["alt_types"]} for entity in row["entities"]}
        assert all(names <= set(KINDS) for names in kinds.values())
        for head, relation, tail in row["relations"]:
            heads, tails = RELATIONS[relation]
            assert (head == PAPER) == (heads == (PAPER,)), row["source"]
            assert tails is None or kinds[tail] & set(tails), row["source"]


@pytest.mark.shared
def test_offsets_fit_the_texts_and_no_paper_is_one_of_the_held_out(shared):
    module = load_module()
    found = list(module.unpack(module.read(shared / "corpus" / "arxiv-2025-2026.jsonl.xz"), rows()))
    assert len(found) == len(rows())
    for paper in found:
        for entity in paper["entities"]:
            assert all(mention and mention == mention.strip() for mention in entity["mentions"]), paper["id"]
    held_out = {
        paper["title"].casefold()
        for name in ("dev", "dev-arxiv")
        for paper in module.read(shared / "gold" / f"{name}.jsonl")
    }
    assert not held_out & {paper["title"].casefold() for paper in found}
