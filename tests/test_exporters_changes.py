"""A store that is brought up to date by difference holds just what a new load would."""

import gzip
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.checksums import write_list
from kg.config import Config
from kg.exporters import changes, rdf
from kg.exporters.changes import Difference, updated
from kg.model import Relation
from kg.tables import Replacement, Tables
from tests import graph_sample
from tests.builds import spoil


def tables_of(folder: Path, *, changed: bool = False) -> Tables:
    """Write the small graph, or one that lacks a relation and has another label."""
    rows = graph_sample.rows()
    if changed:
        rows["relations"] = [row for row in rows["relations"] if row.type != "measured_by"]
        rows["evidence"] = [row for row in rows["evidence"] if row.type != "measured_by"]
        extra = Relation(graph_sample.paper(graph_sample.THIRD), "mentions", graph_sample.ent("C++"), 1, 1.0, 0.5)
        rows["relations"] = graph_sample.ordered("relations", [*rows["relations"], extra])
    return graph_sample.write(folder, rows)


def build(folder: Path, tables: Tables, before: Path | None = None) -> int:
    """Write the files of a build."""
    folder.mkdir()
    named = (Replacement("entity:old", graph_sample.ent("foo"), "renamed"),) if before is not None else ()
    count = rdf.write_build(tables, Config(), folder, before=before, replaced=named)
    write_list(folder / "store", leaving=("LOG", "LOCK"))
    return count


def compare(old: Path, pieces: list[bytes]) -> Difference:
    """Give the difference between a packed file and the pieces of another one."""
    found = Difference(old)
    found.read(pieces)
    return found


def quads(store: Path) -> set[ox.Quad]:
    """Read a whole store."""
    return set(ox.Store.read_only(str(store)))


@pytest.fixture
def first(tmp_path: Path) -> Path:
    build(tmp_path / "first", tables_of(tmp_path / "tables"))
    return tmp_path / "first"


def test_the_difference_is_that_of_the_sets(tmp_path: Path) -> None:
    sets = [{b"a\n", b"b\n", b"d\n"}, {b"b\n", b"c\n", b"e\n", b"f\n"}, set()]
    for number, lines in enumerate(sets):
        with gzip.open(tmp_path / str(number), "wb") as stream:
            stream.writelines(sorted(lines))
    for old in range(3):
        for new in range(3):
            found = compare(tmp_path / str(old), [b"".join(sorted(sets[new]))])
            assert set(found.fresh) == sets[new] - sets[old]
            assert set(found.gone) == sets[old] - sets[new]


@given(
    old=st.sets(st.text("ab", max_size=4)),
    new=st.sets(st.text("ab", max_size=4)),
    step=st.integers(1, 9),
    read=st.integers(1, 9),
    cut=st.integers(1, 5),
)
def test_the_difference_of_any_files_in_any_pieces_is_that_of_the_sets(
    tmp_path_factory: pytest.TempPathFactory, old: set[str], new: set[str], step: int, read: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("old") / "old"
    before, after = (sorted(f"{line}\n".encode() for line in lines) for lines in (old, new))
    path.write_bytes(gzip.compress(b"".join(before)))
    pieces = [b"".join(after[start : start + cut]) for start in range(0, len(after), cut)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes, "_STEP", step)
        patch.setattr(changes, "_READ", read)
        found = compare(path, pieces)
    assert found.is_known
    assert found.gone == [line for line in before if line not in after]
    assert found.fresh == [line for line in after if line not in before]


def test_an_updated_store_is_that_of_a_new_load(tmp_path: Path, first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = quads(first / "store")
    monkeypatch.setattr(changes, "SHARE", 1.0)
    again = tables_of(tmp_path / "again", changed=True)
    loads: list[object] = []
    monkeypatch.setattr(rdf, "load_store", lambda *_, **__: loads.append(1))
    build(tmp_path / "second", again, first)
    assert not loads
    monkeypatch.undo()
    folder = tmp_path / "third"
    folder.mkdir()
    named = (Replacement("entity:old", graph_sample.ent("foo"), "renamed"),)
    rdf.write_build(again, Config(), folder, replaced=named)
    assert quads(tmp_path / "second" / "store") == quads(folder / "store") != before
    assert quads(first / "store") == before


@pytest.mark.parametrize("links", [True, False])
def test_files_of_the_store_are_shared_where_the_disk_knows_links(
    tmp_path: Path, first: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(changes.os, "link", refuse)
    with gzip.open(first / "graph.nq.gz") as stream:
        lines = stream.read()
    assert updated(first, compare(first / "graph.nq.gz", [lines]), lines.count(b"\n"), tmp_path / "store")
    files = list((first / "store").glob("*.sst"))
    assert files
    assert all((path.stat().st_nlink > 1) == links for path in files)
    assert quads(tmp_path / "store") == quads(first / "store")


@pytest.mark.parametrize("trouble", ["many changes", "no store", "damaged", "another graph", "other lines"])
def test_what_cannot_be_updated_is_left_to_a_new_load(tmp_path: Path, first: Path, trouble: str) -> None:
    with gzip.open(first / "graph.nq.gz") as stream:
        lines = stream.readlines()
    if trouble == "no store":
        shutil.rmtree(first / "store")
    elif trouble == "damaged":
        (first / "graph.nq.gz").write_bytes(b"no gzip")
    elif trouble == "another graph":
        store = ox.Store(str(first / "store"))
        store.add(ox.Quad(ox.NamedNode("http://e/"), ox.NamedNode("http://e/"), ox.NamedNode("http://e/")))
        store.flush()
        del store
    elif trouble == "other lines":
        (first / "graph.nq.gz").write_bytes(
            gzip.compress(b"".join([*lines[1:], b"<http://z/> <http://z/> <http://z/> .\n"]))
        )
    left = lines[: len(lines) // 2] if trouble == "many changes" else lines
    found = compare(first / "graph.nq.gz", [b"".join(left)])
    assert not updated(first, found, len(left), tmp_path / "store")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_no_damage_of_the_older_store_comes_into_the_newer(
    tmp_path: Path, first: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(changes, "SHARE", 1.0)
    again = tables_of(tmp_path / "again", changed=True)
    build(tmp_path / "whole", again, first)
    wanted = quads(tmp_path / "whole" / "store")
    for path in sorted((first / "store").glob("*.sst"))[-2:]:
        held = path.read_bytes()
        spoil(path, how)
        build(tmp_path / path.stem, again, first)
        assert quads(tmp_path / path.stem / "store") == wanted, path.name
        path.write_bytes(held)
