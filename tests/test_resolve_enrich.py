"""Filling what papers lack: what fits, what does not, and that no order matters."""

import random
from dataclasses import replace

import pytest

from kg.model import Paper, Source
from kg.namespaces import paper_curie
from kg.resolve.enrich import FIELDS, Wanted, enrich, title_form
from kg.resolve.papers import merge_records

TITLE = "Made-up routing of small experts"
ABSTRACT = (
    "We route tokens to small experts with a learned gate. The gate is trained with a loss that keeps the load even, "
    "and the experts share their first layer. On a made-up benchmark it saves a third of the arithmetic."
)
OTHER = (
    "Birds of the northern coast were counted by volunteers over nine winters. Numbers fell where harbours grew and "
    "rose where marshes were flooded again, which the authors explain with the supply of small fish."
)
BARE = Paper(TITLE, ABSTRACT, sources=(Source("hf-daily", "page.txt", 1),))
FULL = Paper(
    TITLE.upper() + "!",
    ABSTRACT.replace("a third", "half"),
    arxiv="2506.01234",
    doi="10.5555/made.1",
    authors=("Ada Example", "Jörg Muster"),
    date="2025-06-02",
    categories=("cs.LG",),
    sources=(Source("enrich:jsonl", "arxiv.jsonl", 7),),
)


def filled(paper: Paper, *records: Paper) -> Paper:
    ((result, _),) = enrich([(paper, "")], records).papers
    return result


def test_every_field_that_is_lacking_is_filled_and_marked() -> None:
    paper = filled(BARE, FULL)
    assert (paper.title, paper.abstract) == (BARE.title, BARE.abstract)
    assert (paper.arxiv, paper.doi, paper.date) == ("2506.01234", "10.5555/made.1", "2025-06-02")
    assert (paper.authors, paper.categories) == (FULL.authors, FULL.categories)
    assert paper.flags == tuple(sorted(f"enriched-{name}" for name in FIELDS if name != "abstract"))
    assert paper.sources == (Source("enrich:jsonl", "arxiv.jsonl", 7), Source("hf-daily", "page.txt", 1))


def test_what_is_there_stays() -> None:
    paper = filled(replace(BARE, date="2025", authors=("A. Example",), categories=("stat.ML",)), FULL)
    assert (paper.date, paper.authors, paper.categories) == ("2025", ("A. Example",), ("stat.ML",))
    assert paper.flags == ("enriched-arxiv", "enriched-doi")


def test_a_paper_without_abstract_gets_one() -> None:
    bare = Paper(TITLE, flags=("title-only", "unread-date"), authors=("Muster, J.",))
    paper = filled(bare, FULL)
    assert paper.abstract == FULL.abstract
    assert "enriched-abstract" in paper.flags
    assert not {"title-only", "unread-date"} & set(paper.flags)


def test_nothing_is_added_and_nothing_useless_is_done() -> None:
    done = enrich([(BARE, "why")], [replace(FULL, title="Another made-up title of words"), Paper(TITLE, ABSTRACT)])
    assert done.papers == [(BARE, "why")]
    assert (done.filled, done.fields, done.ambiguous) == (0, {}, ())
    assert enrich([], [FULL]).papers == []


@pytest.mark.parametrize("name", ["arxiv", "doi"])
def test_an_identifier_goes_before_the_title(name: str) -> None:
    paper = replace(BARE, title="Its name in the proceedings", **{name: getattr(FULL, name)})
    assert filled(paper, FULL, replace(FULL, title=paper.title, arxiv="2506.09999", doi="10.5555/9")).date == FULL.date
    assert filled(replace(paper, **{name: getattr(FULL, name).upper()}), FULL).authors == FULL.authors


def test_other_identifiers_are_other_papers() -> None:
    assert filled(replace(BARE, arxiv="2401.00001"), FULL).date == ""
    assert filled(replace(BARE, doi="10.5555/other"), FULL).date == ""


def test_same_title_and_other_abstract_is_another_paper() -> None:
    assert filled(BARE, replace(FULL, abstract=OTHER)) == BARE


@pytest.mark.parametrize(
    "title", ["Introduction", "Editorial: the made-up special issue of June", "BERT", "Book review of a made-up volume"]
)
def test_a_title_of_many_papers_needs_abstracts_that_agree(title: str) -> None:
    record = replace(FULL, title=title)
    assert filled(Paper(title), record).date == ""
    assert filled(Paper(title, ABSTRACT), replace(record, abstract="")).date == ""
    assert filled(Paper(title, ABSTRACT), record).date == FULL.date


def test_without_abstracts_authors_must_agree() -> None:
    record = replace(FULL, abstract="")
    assert filled(Paper(TITLE, authors=("Grace Other",)), record).date == ""
    assert filled(Paper(TITLE, authors=("Muster, Jörg",)), record).date == FULL.date
    assert filled(Paper(TITLE), record).date == FULL.date


def test_two_that_fit_are_left_alone_and_told() -> None:
    twin = replace(FULL, arxiv="2506.05678", doi="", abstract="")
    done = enrich([(Paper(TITLE), "")], [replace(FULL, abstract=""), twin])
    assert done.papers == [(Paper(TITLE), "")]
    assert done.ambiguous == ((paper_curie(Paper(TITLE)), "paper:arxiv-2506.01234; paper:arxiv-2506.05678"),)
    for abstract in (OTHER, ""):  # an abstract that agrees decides
        assert filled(BARE, FULL, replace(twin, abstract=abstract)).arxiv == FULL.arxiv


def test_records_of_one_paper_fill_together() -> None:
    arxiv = replace(FULL, doi="", authors=())
    published = replace(FULL, arxiv="", date="", categories=())
    paper = filled(BARE, arxiv, published)
    assert (paper.arxiv, paper.doi, paper.authors, paper.date) == (FULL.arxiv, FULL.doi, FULL.authors, FULL.date)


def test_no_two_papers_get_one_identifier() -> None:
    taken = Paper("Its former name, made up", OTHER, arxiv=FULL.arxiv, date="2025-05-01")
    done = enrich([(taken, ""), (BARE, "")], [replace(FULL, doi="")])
    assert BARE in [paper for paper, _ in done.papers]
    assert [curie for curie, _ in done.ambiguous] == [paper_curie(BARE)]
    assert len({paper_curie(paper) for paper, _ in done.papers}) == 2


def test_markup_and_signs_do_not_hide_a_title() -> None:
    assert title_form(r"$\mathcal{O}(n)$ Attention -- by ``Sketching''") == title_form("O(n) attention: by “sketching”")
    assert title_form("  ") == ""


def test_the_order_does_not_matter() -> None:
    papers = [replace(BARE, title=f"{TITLE} number {n}", abstract=f"{ABSTRACT} It is case {n}.") for n in range(8)]
    papers += [Paper(f"{TITLE} number {n}") for n in range(8, 12)]
    records = [
        replace(
            FULL, title=f"{TITLE}: number {n}", abstract=f"{ABSTRACT} It is case {n}.", arxiv=f"2506.0{n:04d}", doi=""
        )
        for n in range(10)
    ]
    records += [replace(record, arxiv=f"2507{record.arxiv[4:]}", abstract="") for record in records[4:10]]
    first = enrich(merge_records(papers), records)
    assert first.filled
    assert first.ambiguous
    shuffle = random.Random(7).shuffle
    for _ in range(5):
        shuffle(papers)
        shuffle(records)
        assert enrich(merge_records(papers), records) == first


def test_only_what_may_fill_something_is_kept() -> None:
    wanted = Wanted([replace(BARE, date="2025", arxiv="2506.01234"), Paper("Editorial")])
    assert wanted.takes(FULL)
    assert wanted.takes(Paper("x", arxiv="2506.01234", authors=("Ada Example",)))
    assert not wanted.takes(replace(FULL, title="Another made-up title of words", arxiv="", doi=""))
    assert not wanted.takes(Paper("Editorial", date="2025"))
    assert not wanted.takes(Paper(TITLE, ABSTRACT, date="2025"))  # the date is there
    assert [record.sources for record in wanted.of([replace(FULL, sources=(Source("jsonl", "a", 1),))])] == [
        (Source("enrich:jsonl", "a", 1),)
    ]
    assert list(wanted.of([FULL])) == [FULL]


def test_keeping_commutes_with_joining_sets_of_records() -> None:
    left, right = [BARE, Paper("Editorial", ABSTRACT)], [replace(FULL, date=""), Paper(TITLE)]
    records = [
        FULL,
        replace(FULL, title="Editorial", doi=""),
        Paper(TITLE, date="2025"),
        Paper("x", doi="10.5555/made.1"),
    ]
    both = set(Wanted([*left, *right]).of(records))
    assert set(Wanted(left).of(records)) | set(Wanted(right).of(records)) == both
    assert set(Wanted(left).of(both)) == set(Wanted(left).of(records))
