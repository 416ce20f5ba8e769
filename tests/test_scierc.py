"""SciERC is read with its offsets, and scored strictly."""

import importlib.util
import json
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "training" / "scierc.py"


@pytest.fixture(scope="module")
def scierc():
    spec = importlib.util.spec_from_file_location("scierc", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(path, *found):
    row = {"sentences": [["We", "tune", "nets", "."], ["They", "win"]], "ner": list(found)}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return path


def test_offsets_become_ranges_of_the_words_of_the_document(scierc, tmp_path):
    path = made(tmp_path / "a.json", [[1, 2, "Method"]], [[4, 4, "Generic"]])
    (found,) = scierc.read(path)
    assert found.sentences == ((0, 4), (4, 6))
    assert found.entities == ((1, 3, "Method"), (4, 5, "Generic"))
    assert [" ".join(found.tokens[start:end]) for start, end, _ in found.entities] == ["tune nets", "They"]


@pytest.mark.parametrize("wrong", [[[3, 4, "Method"]], [[0, 0, "Animal"]], [[2, 1, "Task"]]])
def test_what_is_no_entity_of_its_sentence_is_refused(scierc, tmp_path, wrong):
    with pytest.raises(ValueError, match="line 1: no entity"):
        scierc.read(made(tmp_path / "a.json", wrong, []))


def test_only_the_same_words_and_type_are_right(scierc):
    gold = [[(0, 2, "Task"), (5, 6, "Metric"), (8, 9, "Method")], [(0, 1, "Method")]]
    found = [[(0, 2, "Task"), (0, 2, "Task"), (5, 6, "Method"), (8, 10, "Method")], []]
    figures = scierc.score(gold, found)
    assert (figures["all"]["tp"], figures["all"]["fp"], figures["all"]["fn"]) == (1, 2, 3)
    assert figures["all"]["f1"] == pytest.approx(2 / 7, abs=1e-4)
    assert (figures["Method"]["fp"], figures["Method"]["fn"]) == (2, 2)
    assert scierc.score(gold, gold)["all"]["f1"] == 1.0
    with pytest.raises(ValueError):
        scierc.score(gold, [[]])


@pytest.mark.shared
def test_the_published_files_are_read_whole(scierc, shared):
    documents = scierc.read(shared / "reference" / "scierc" / "dev.json")
    assert len(documents) == 50
    assert sum(len(document.entities) for document in documents) == 811
