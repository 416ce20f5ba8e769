"""A selection keeps what was asked for, whole and consistent, for every format."""

import io

import pytest

from kg.config import Config
from kg.errors import KGError
from kg.exporters import EXPORTERS
from kg.exporters.rdf import canonical
from kg.graph import Records, from_records
from kg.model import Paper
from kg.selection import Selection, fits, missing_dates, select
from kg.tables import PaperRow, Tables
from tests import graph_sample
from tests.graph_sample import FIRST, SECOND, THIRD, ent, paper


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return graph_sample.write(tmp_path_factory.mktemp("tables"))


def papers(tables: Tables) -> set[str]:
    return {row.id for row in tables.papers()}


def entities(tables: Tables) -> set[str]:
    return {entity.id for entity in tables.entities()}


def whole(tables: Tables) -> None:
    """Check that the graph can be made of what was kept, and that nothing points outside."""
    records = Records(
        *(tuple(tables.rows(name)) for name in ("papers", "mentions", "entities", "relations", "evidence"))
    )
    graph = from_records(records)
    for item in tables.evidence():
        assert not item.paper or item.paper in graph
    for entity in tables.entities():
        assert set(entity.introduced_by) <= set(graph)


def test_nothing_asked_is_everything(tables: Tables) -> None:
    assert select(tables, Selection()) is tables


def test_around(tables: Tables) -> None:
    near = select(tables, Selection(around="accuracy"))
    assert entities(near) == {ent("accuracy"), ent("baz")}
    assert papers(near) == {paper(SECOND)}
    assert entities(select(tables, Selection(around="accuracy", hops=0))) == {ent("accuracy")}
    further = select(tables, Selection(around="accuracy", hops=2))
    assert entities(further) == {ent("accuracy"), ent("baz"), ent("foo"), ent("digitset")}
    whole(further)


def test_hops_follow_only_what_the_graph_asserts(tables: Tables) -> None:
    assert ent("bar") not in entities(select(tables, Selection(around="Foo", hops=3)))
    weak = select(tables, Selection(around="accuracy", hops=1), threshold=0.75)
    assert entities(weak) == {ent("accuracy")}


def test_papers_of(tables: Tables) -> None:
    part = select(tables, Selection(papers_of="DigitSet"))
    assert papers(part) == {paper(FIRST), paper(SECOND)}
    assert all(item.paper != paper(THIRD) for item in part.evidence())
    assert (ent("foo"), "used_for", ent("baz")) not in {(r.head, r.type, r.tail) for r in part.relations()}
    whole(part)


def test_since_leaves_out_what_is_not_known_to_be_late(tables: Tables) -> None:
    assert papers(select(tables, Selection(since="2022"))) == {paper(SECOND), paper(THIRD)}
    assert papers(select(tables, Selection(since="2022-03"))) == {paper(SECOND)}
    assert papers(select(tables, Selection(since="2022-03-01"))) == set()
    part = select(tables, Selection(since="2022-03"))
    assert ent("tuning") not in entities(part)
    whole(part)


def test_kinds_and_support(tables: Tables) -> None:
    part = select(tables, Selection(kinds=("Dataset", "Metric")))
    assert entities(part) == {ent("digitset"), ent("accuracy")}
    assert papers(part) == papers(tables)
    whole(part)
    part = select(tables, Selection(min_support=2))
    assert entities(part) == {ent(name) for name in ("foo", "baz", "digitset", "a*", "c")}
    kept = {(r.head, r.type, r.tail) for r in part.relations() if r.head in entities(part)}
    assert kept == {(ent("baz"), "is_a", ent("foo"))}  # a rule, which no text states
    whole(part)


def test_confidence(tables: Tables) -> None:
    part = select(tables, Selection(min_confidence=0.8))
    assert all(r.confidence >= 0.8 for r in part.relations() if r.type != "mentions")
    assert {r for r in part.relations() if r.type == "mentions"} == {
        r for r in tables.relations() if r.type == "mentions"
    }
    whole(part)


def test_conditions_add_up(tables: Tables) -> None:
    part = select(tables, Selection(around="Foo", papers_of="Baz", since="2022", kinds=("Method",)))
    assert papers(part) == {paper(SECOND), paper(THIRD)}
    assert entities(part) == {ent("foo"), ent("baz")}
    whole(part)


def test_the_order_is_that_of_the_tables(tables: Tables) -> None:
    part = select(tables, Selection(around="Foo", hops=2))
    for name in ("papers", "mentions", "entities", "relations", "evidence"):
        kept = [row for row in tables.rows(name) if row in set(part.rows(name))]
        assert name == "entities" or kept == list(part.rows(name))
    assert canonical(part, Config())


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_format_takes_a_selection(name: str, tables: Tables) -> None:
    part = select(tables, Selection(around="accuracy"))
    small, large = io.BytesIO(), io.BytesIO()
    EXPORTERS[name].write(part, Config(), small)
    EXPORTERS[name].write(tables, Config(), large)
    assert 0 < len(small.getvalue()) < len(large.getvalue())


def test_an_unknown_name_gives_near_ones(tables: Tables) -> None:
    for selection in (Selection(around="DigetSat"), Selection(papers_of="DigetSat")):
        with pytest.raises(KGError, match="did you mean 'DigitSet'"):
            select(tables, selection)


@pytest.mark.parametrize("date", ["yesterday", "2024-13", "2024-02-40", "24", "2024-1"])
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(KGError, match="is no date"):
        Selection(since=date)


def test_wrong_kinds_and_hops_are_refused() -> None:
    with pytest.raises(KGError, match="no kind of entity"):
        Selection(kinds=("Person",))
    with pytest.raises(KGError, match="less than none"):
        Selection(hops=-1)


def test_until_leaves_out_what_is_not_known_to_be_as_early(tables: Tables) -> None:
    dates = {row.id: row.paper.date for row in tables.papers()}
    last = sorted(date for date in dates.values() if date)[0]
    kept = papers(select(tables, Selection(until=last)))
    assert kept == {name for name, date in dates.items() if date[: len(last)] == last}
    whole(select(tables, Selection(until=last)))


def test_relations_of_some_names_are_kept_and_mentions(tables: Tables) -> None:
    types = {row.type for row in tables.relations()} - {"mentions"}
    wanted = sorted(types)[0]
    part = select(tables, Selection(types=(wanted,)))
    assert {row.type for row in part.relations()} == {wanted, "mentions"}
    whole(part)


def test_what_can_select_nothing_is_refused() -> None:
    with pytest.raises(KGError, match="turn the two around"):
        Selection(since="2024-05", until="2023")
    with pytest.raises(KGError, match=r"'used' is no relation; did you mean 'uses'\? The relations are introduces"):
        Selection(types=("used",))
    assert Selection(since="2024-05", until="2024").until == "2024"


def test_missing_dates_are_counted() -> None:
    dated = ("2024-05-01", "2024-05", "2024", "2023", "", "")
    table = [PaperRow(f"paper:{number}", Paper("T", date=date)) for number, date in enumerate(dated)]
    assert missing_dates(table, Selection(since="2024-05")) == (
        "2 papers without a date and 1 paper dated less exactly than asked are left out."
    )
    assert missing_dates(table, Selection()) == ""
    assert [fits(date, Selection(since="2024-05")) for date in dated] == [True, True, False, False, False, False]
