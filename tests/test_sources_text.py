"""Bibliographies, tables, notes and PDF documents, field by field, and folders of them."""

import datetime
import gzip
import io
import sys
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import read
from kg.sources.options import Options
from kg.sources.pdf_layout import Line, abstract, stamp, title
from tests.reader_sample import DATA


def read_all(path: Path, name: str | None = None, **columns: str) -> tuple[list[Paper], list[Reject]]:
    rejects: list[Reject] = []
    return list(read([str(path)], reader=name, options=Options(columns=columns), rejects=rejects.append)), rejects


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def one(path: Path, name: str | None = None) -> Paper:
    (paper,), rejects = read_all(path, name)
    assert not rejects
    return paper


# BibTeX


def test_broken_entries_are_rejected_with_their_line_and_the_rest_is_read() -> None:
    papers, rejects = read_all(DATA / "broken.bib")
    lantern, ferryman = papers
    assert (lantern.title, lantern.arxiv, lantern.date) == (
        "Lantern: Quiet Gradients for ℓ_2 Losses",
        "2401.01234",
        "2024-01",
    )
    assert (lantern.categories, lantern.flags) == (("cs.LG",), ("title-only",))
    assert (ferryman.title, ferryman.authors) == (
        "Ferryman: Crossing Token Rivers",
        ("Aldana, Inés", "The Ferry Team"),
    )
    assert ferryman.abstract == "We carry 50% of the tokens across blocks."
    assert ferryman.date == "2023-07"  # of the volume behind it
    assert [(reject.record, reject.reason.split("(")[0].split(";")[0].strip()) for reject in rejects] == [
        (15, "no valid BibTeX"),
        (21, "no comma before 'year  = {2021}'"),
        (26, "no title and no abstract"),
        (42, "an entry @proceedings is a volume, not a paper"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("eprint = {2106.09685v2}, archiveprefix = {arXiv}", "2106.09685"),
        ("eprint = {2106.09685}, eprinttype = {arxiv}, eprintclass = {cs.CL}", "2106.09685"),
        ("eprint = {hep-th/9901001}", "hep-th/9901001"),
        ("eprint = {2106.09685}, eprinttype = {pubmed}", ""),
        ("arxivId = {2106.09685}", "2106.09685"),
        ("url = {https://arxiv.org/pdf/2106.09685v1.pdf}", "2106.09685"),
        ("doi = {10.48550/ARXIV.2106.09685}", "2106.09685"),
        ("journal = {arXiv preprint arXiv:2106.09685}", "2106.09685"),
        ("journal = {CoRR}, volume = {abs/2106.09685}", "2106.09685"),
        ("howpublished = {\\url{https://arxiv.org/abs/2106.09685}}", "2106.09685"),
        ("note = {arXiv:2106.09685 [cs]}", "2106.09685"),
        ("note = {Extends arXiv:2106.09685}", ""),
        ("number = {arXiv:2106.09685}, publisher = {arXiv}", "2106.09685"),
        ("url = {https://example.org/2106.09685}", ""),
    ],
)
def test_arxiv_ids_are_found_where_bibliographies_keep_them(fields: str, expected: str, tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.bib", f"@misc{{k, title = {{T}}, {fields}}}")).arxiv == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("year = 2021", "2021"),
        ("year = {2021}, month = jun", "2021-06"),
        ('year = "2021", month = "June"', "2021-06"),
        ("year = {2021}, month = {6}, day = {17}", "2021-06-17"),
        ('year = {2021}, month = "17~" # jun', "2021-06"),
        ("date = {2021-06-17/2021-06-20}", "2021-06-17"),
        ("date = {2021-06}, year = {2020}", "2021-06"),
    ],
)
def test_dates_of_bibliographies(fields: str, expected: str, tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.bib", f"@misc{{k, title = {{T}}, {fields}}}")).date == expected


def test_a_date_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    paper = one(written(tmp_path, "a.bib", "@misc{k, title = {T}, year = {in press}}"))
    assert (paper.date, paper.flags) == ("", ("title-only", "unread-date"))


def test_forms_of_entries(tmp_path: Path) -> None:
    text = """Written by hand; what stands here is a comment, even someone@example.org.
@STRING(venue = {Nowhere})
@Article(paren, Title = "Round {B}rackets", journal = VENUE # { 1}, year = 2001)
  @misc{indented,title={Indented},title={Twice},year=2002,}
@misc{, title = {No Key}}
@misc{quote, title = "Say {"}yes{"}", note = {mail a@b.org
  and @home too}}
@online{sub, title = {Main}, subtitle = {And More}}
"""
    papers, rejects = read_all(written(tmp_path, "a.bib", text))
    assert [paper.title for paper in papers] == [
        "Round Brackets", "Indented", "No Key", 'Say "yes"', "Main: And More",
    ]  # fmt: skip
    assert [paper.key for paper in papers] == ["paren", "indented", "", "quote", "sub"]
    assert not rejects


def test_abbreviations_reach_entries_far_behind(tmp_path: Path) -> None:
    filler = "".join(f"@misc{{k{number}, title = {{{'Long ' * 100}{number}}}}}\n" for number in range(400))
    papers, _ = read_all(written(tmp_path, "a.bib", f"@string{{t = {{The Title}}}}\n{filler}@misc{{z, title = t}}\n"))
    assert len(papers) == 401
    assert papers[-1].title == "The Title"
    assert papers[-1].sources[0].record == 402


def test_an_entry_without_an_end_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.sources.bibtex.LONGEST_ENTRY", 200_000)
    text = "@misc{a, title = {First}}\n@misc{b, title = {Endless\n" + "word\n" * 60_000 + "@misc{c, title = {Last}}\n"
    papers, rejects = read_all(written(tmp_path, "a.bib", text))
    assert [(paper.title, paper.sources[0].record) for paper in papers] == [("First", 1), ("Last", 60_003)]
    assert [(reject.record, "close the braces" in reject.reason) for reject in rejects] == [(2, True)]


def test_abbreviations_that_multiply_are_stopped(tmp_path: Path) -> None:
    strings = "".join(f"@string{{a{number} = a{number - 1} # a{number - 1}}}\n" for number in range(1, 99))
    text = f"@string{{a0 = {{long}}}}\n{strings}@misc{{x, title = {{Kept}}, abstract = a5}}\n"
    papers, rejects = read_all(written(tmp_path, "a.bib", text))
    assert papers[0].abstract == "long" * 32
    assert "abbreviations written out" in rejects[0].reason


def test_an_entry_in_another_encoding_is_rejected_and_says_which(tmp_path: Path) -> None:
    text = "@misc{a, title = {Caf\xe9}}\n".encode("latin-1") + "@misc{b, title = {Café}}\n".encode()
    papers, rejects = read_all(written(tmp_path, "a.bib", text))
    assert [paper.title for paper in papers] == ["Café"]
    assert "iconv -f WINDOWS-1252" in rejects[0].reason


@pytest.mark.parametrize("text", ["\\relax \n\\citation{a}\n", "\\begin{thebibliography}{1}\n\\bibitem{a} A. Title.\n"])
def test_what_latex_makes_of_a_bibliography_is_told_from_it(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.aux or \.bbl\); give the \.bib file"):
        read_all(written(tmp_path, "paper.bbl", text))


def test_a_cut_bibliography_keeps_its_whole_entries(tmp_path: Path) -> None:
    papers, rejects = read_all(written(tmp_path, "a.bib", "@misc{a, title = {First}}\n@misc{b, title = {Seco"))
    assert [paper.title for paper in papers] == ["First"]
    assert [(reject.record, "end of file" in reject.reason) for reject in rejects] == [(2, True)]


def test_a_zotero_export_becomes_a_graph_by_its_name_alone(tmp_path: Path) -> None:
    manifest = kg.build(DATA / "zotero.bib", tmp_path / "graph", config=kg.Config(model="fast"), workers=1)
    assert manifest.counts["papers"] == 20
    assert manifest.counts["rejects"] == 0
    assert manifest.counts["entities"] > 60


# RIS and its kin


def test_reference_managers() -> None:
    lantern, ferryman, note = read_all(DATA / "mendeley.ris")[0]
    assert (lantern.arxiv, lantern.date, lantern.authors) == (
        "2401.01234",
        "2024-01-03",
        ("Solberg, Mira", "Okafor, Tomas"),
    )
    assert lantern.abstract.endswith("each parameter. It restores the rest from the activations.")
    assert (ferryman.doi, ferryman.date, ferryman.key) == ("10.5555/nowhere.2023.17", "2023-07", "aldana2023")
    assert (note.date, note.flags) == ("2019", ("title-only",))


def test_a_record_without_an_end_is_kept() -> None:
    papers, rejects = read_all(DATA / "broken.ris")
    assert [(paper.title, paper.sources[0].record) for paper in papers] == [
        ("The Record Without an End", 1),
        ("A Record After a Bad One", 8),
    ]
    assert [(reject.record, reject.reason) for reject in rejects] == [(4, "no title and no abstract")]


def test_pubmed() -> None:
    first, second = read_all(DATA / "medline.nbib")[0]
    assert first.title == "PebbleNet segments lung nodules with few labels."
    assert (first.key, first.doi, first.date) == ("99990001", "10.5555/lung.2021.1", "2021-06-17")
    assert first.authors == ("Solberg, Mira", "Watari, Jun")
    assert second.date == "2022-01"


def test_web_of_science() -> None:
    paper = one(DATA / "web-of-science.txt")
    assert paper.title == "Lantern: Quiet Gradients for Low-Memory Training"
    assert (paper.date, paper.doi, paper.authors) == (
        "2024-01",
        "10.5555/jir.2024.3",
        ("Solberg, Mira", "Okafor, Tomas"),
    )


# Tables


def test_scopus() -> None:
    lantern, ferryman = read_all(DATA / "scopus.csv")[0]
    assert lantern.abstract == 'We present Lantern, an optimizer that keeps one bit of state.\nIt is called "quiet".'
    assert (lantern.key, lantern.doi, lantern.date) == ("2-s2.0-1", "10.5555/jir.2024.3", "2024")
    assert lantern.authors == ("Solberg, M.", "Okafor, T.")
    assert ferryman.sources[0].record == 4


def test_ragged_rows() -> None:
    papers, rejects = read_all(DATA / "ragged.csv")
    assert [(paper.title, paper.arxiv, paper.authors) for paper in papers] == [
        ("Lantern: Quiet Gradients", "2401.01234", ("Mira Solberg",)),
        ("Ferryman", "", ("Ines Aldana", "Jun Watari")),
    ]
    assert [(reject.record, reject.reason.split(";")[0]) for reject in rejects] == [
        (3, "7 values for 6 columns"),
        (4, "2 values for 6 columns"),
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Title\tAbstract\nA, b; c\tWe.\n", ["A, b; c"]),
        ("title|abstract\nA, b|We.\n", ["A, b"]),
        ("sep=;\r\ntitle;abstract\r\nA, b;We.\r\n", ["A, b"]),
        (",title,abstract\n0,A,We.\n1,B,We.\n", ["A", "B"]),
        ("title,abstract\r\nA,We.\r\n\r\n,,\r\nB,We.,\r\n", ["A", "B"]),
        ("title,title,abstract\n,B,We.\n", ["B"]),
        ("title,abstract\nA\0Z,We.\n", ["A\ufffdZ"]),
        ('PT\tAU\tTI\tAB\tPY\nJ\tSolberg, M\t"Why" lanterns\tWe "do\n', ['"Why" lanterns']),
        ('Key,"Item Type","Publication Year",Author,Title,"Abstract Note",DOI,Url\nK,a,2021,"B, A",T,We.,,\n', ["T"]),
    ],
)
def test_forms_of_tables(text: str, titles: list[str], tmp_path: Path) -> None:
    if text.startswith("PT"):
        text = text.replace('"do\n', '"do\t2020\n')
    papers, rejects = read_all(written(tmp_path, "a.csv", text))
    assert [paper.title for paper in papers] == titles
    assert not rejects


def test_a_table_from_a_spreadsheet(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "Title\tAbstract\tYear\nÜber Laternen\tWir messen.\t2021\n".encode("utf-16"))
    assert one(path).title == "Über Laternen"


def test_named_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Headline,Blurb,When,Title\nLantern,We present it.,2024-01,x\n")
    (paper,), _ = read_all(path, title="headline", abstract="Blurb", date="When")
    assert (paper.title, paper.abstract, paper.date) == ("Lantern", "We present it.", "2024-01")
    with pytest.raises(InputError, match=r"there is no column 'Heading'; the columns are Headline, Blurb, When, Title"):
        read_all(path, title="Heading")


def test_a_list_of_names_with_backslashes_brings_no_warning(tmp_path: Path) -> None:
    paper = one(written(tmp_path, "a.csv", "title,authors\nA,\"['J. \\d', 'B']\"\n"))
    assert paper.authors == ("J. \\d", "B")


def test_a_table_without_titles_says_what_it_has(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Headline,Abstract,DOI,Authors\nLantern,We present it.,,\n")
    with pytest.raises(InputError, match=r"the columns are Headline, Abstract, DOI, Authors\. .*--column title=NAME"):
        read_all(path)


def test_the_column_option(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Headline,Blurb\nLantern,We present Lantern.\n")
    done = CliRunner().invoke(
        main,
        [
            "extract",
            str(path),
            "--column",
            "title=Headline",
            "--column",
            "abstract=Blurb",
            "--model",
            "fast",
            "--workers",
            "1",
        ],
    )
    assert done.exit_code == 0, done.output
    assert '"Lantern"' in done.output
    wrong = CliRunner().invoke(main, ["extract", str(path), "--column", "headline=Title"])
    assert wrong.exit_code == 2
    assert "FIELD one of title, abstract" in wrong.output


def test_an_open_quote_costs_what_it_swallows_and_is_told(tmp_path: Path) -> None:
    text = 'title,abstract\nA,We.\nB,"never closed\nC,We.\n'
    papers, rejects = read_all(written(tmp_path, "a.csv", text))
    assert [paper.title for paper in papers] == ["A"]
    assert [reject.record for reject in rejects] == [3]
    assert "from here to line 4" in rejects[0].reason


def test_values_that_are_too_long_are_rejected(tmp_path: Path) -> None:
    text = f'title,abstract\nA,"{"word " * 1_000_000}"\nB,We.\n'
    papers, rejects = read_all(written(tmp_path, "a.csv", text))
    assert [paper.title for paper in papers] == ["B"]
    assert [reject.record for reject in rejects] == [2]


def parquet(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet() -> None:
    lantern, ferryman, note = read_all(DATA / "corpus.parquet")[0]
    assert (lantern.arxiv, lantern.date, lantern.key) == ("2401.01234", "2024-01-03", "a1")
    assert lantern.authors == ("Mira Solberg", "Tomas Okafor")
    assert (ferryman.doi, ferryman.date) == ("10.5555/nowhere.2023.17", "2023-07-01")
    assert (note.date, note.authors) == ("2019", ())


def test_columns_inside_others(tmp_path: Path) -> None:
    content = [{"title": {"value": "Lantern"}, "abstract": {"value": "We."}, "venue": {"value": "x"}}]
    path = parquet(tmp_path / "a.parquet", id=["n1"], content=content, when=[datetime.datetime(2024, 1, 3, 4)])
    assert (one(path).title, one(path).abstract, one(path).key) == ("Lantern", "We.", "n1")
    (paper,), _ = read_all(path, title="content.venue.value", date="when")
    assert (paper.title, paper.date) == ("x", "2024-01-03")


def test_parquet_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress((DATA / "corpus.parquet").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert len(list(read(["-"], rejects=pytest.fail))) == 3


def test_parquet_that_cannot_be_read(tmp_path: Path) -> None:
    whole = (DATA / "corpus.parquet").read_bytes()
    with pytest.raises(InputError, match="cannot be opened"):
        read_all(written(tmp_path, "a.parquet", whole[:-20]))
    with pytest.raises(InputError, match="no column of titles; the columns are number"):
        read_all(parquet(tmp_path / "b.parquet", number=[1]))
    with pytest.raises(InputError, match="this is no Parquet file"):
        read_all(written(tmp_path, "c.csv", "title,abstract\nA,B\n"), "parquet")
    with pytest.raises(InputError, match="this is a Parquet file, not csv; leave out --from csv"):
        read_all(DATA / "corpus.parquet", "csv")


# Notes


def test_notes() -> None:
    paper = one(DATA / "note.md")
    assert paper.title == "Lantern: Quiet Gradients for Low-Memory Training"
    assert paper.abstract.startswith("We present Lantern")
    assert paper.abstract.endswith("It trains on PebbleBench.")
    assert (paper.arxiv, paper.date, paper.authors) == ("2401.01230", "2024-01-03", ("Mira Solberg", "Tomas Okafor"))
    plain = one(DATA / "abstract.txt")
    assert plain.title == "Ferryman: Crossing Token Rivers with Efficient Sparse Attention"
    assert plain.abstract.endswith("a sparse attention layer that carries only the few tokens that matter.")


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "Lantern"\nabstract = "We measure."\ndate = 2024-01-03\n+++\nMore.\n',
        "---\ntitle: Lantern\nabstract: >\n  We\n  measure.\ndate: 2024-01-03\n---\n",
        "---\nyear: 2024\ndate: 2024-01-03\ndoi: 10.1000/a\n---\n# Lantern\n\nWe measure.\n",
        "---\r\ntitle: Lantern\r\ndate: 2024-01-03\r\n---\r\n## 1. Abstract\r\nWe\r\nmeasure.\r\n\r\n## B\r\nNo.\r\n",
        "---\ntitle: Lantern\ndate: 2024-01-03\n---\n**Abstract.** We measure.\n\n**Keywords**: no\n\n# Introduction\n",
    ],
)
def test_forms_of_notes(text: str, tmp_path: Path) -> None:
    paper = one(written(tmp_path, "a.md", text))
    assert (paper.title, paper.abstract.split("\n")[0], paper.date) == ("Lantern", "We measure.", "2024-01-03")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: My trip\ndate: 2024-01-03\ntags: [sun]\n---\nWe went to the sea.\n",
        "---\nlicense: mit\n---\n# A dataset card\n",
        "Abstract algebra is hard\n\nNobody knows why that is so, but everybody agrees on it.\n",
        "Dear all,\n\nplease find the abstract attached. It is as long as you wanted it to be, and longer still.\n",
    ],
)
def test_other_texts_are_no_papers(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a format kg knows"):
        read_all(written(tmp_path, "a.md", text))


@pytest.mark.parametrize("start", ["# a", "# a\nabstract", "# a\n", "# a\n> [!abstract]"])
@pytest.mark.parametrize("blank", [" ", "\n", "#", "-"])
def test_a_note_of_a_megabyte_of_one_sign_is_read(start: str, blank: str, tmp_path: Path) -> None:
    """Where a pattern takes quadratic time, this takes hours."""
    path = tmp_path / "note.md"
    path.write_text(start + blank * (1 << 20) + "b\n", encoding="utf-8")
    rejects: list[Reject] = []
    with suppress(InputError):
        list(read([str(path)], reader="markdown", rejects=rejects.append))
    assert len(rejects) <= 1


def test_plain_text_can_be_named(tmp_path: Path) -> None:
    paper = one(
        written(tmp_path, "a.txt", "Lantern: Quiet Gradients\n\nWe present Lantern.\n\nIt works.\n"), "markdown"
    )
    assert (paper.title, paper.abstract) == ("Lantern: Quiet Gradients", "We present Lantern.\nIt works.")


# PDF documents


def test_one_column() -> None:
    paper = one(DATA / "one-column.pdf")
    assert paper.title == "Lantern: Quiet Gradients for Low-Memory Training"
    assert paper.abstract.startswith(
        "We present Lantern, an optimizer that keeps one bit of state for each parameter and"
    )
    assert paper.abstract.endswith("state-of-the-art results need the restored part.")
    assert (paper.arxiv, paper.categories, paper.date) == ("2401.01234", ("cs.LG",), "2024-01-03")


def test_two_columns(tmp_path: Path) -> None:
    paper = one(written(tmp_path, "2301.00001v2.pdf", (DATA / "two-columns.pdf").read_bytes()))
    assert paper.title == "Ferryman: Crossing Token Rivers with Efficient Sparse Attention"
    assert paper.abstract.startswith("Long documents are costly for transformers. We introduce Ferryman")
    assert paper.abstract.endswith("with the length of the document.")
    assert "introduction" not in paper.abstract
    assert paper.arxiv == "2301.00001"


def test_a_damaged_pdf_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 record rejected; a\.pdf, record 1: (a PDF document that cannot|no text)"):
        read_all(written(tmp_path, "a.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"))


def test_a_pdf_without_its_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pdfminer", None)
    with pytest.raises(InputError, match=r"pip install 'paper-kg\[pdf\]'"):
        read_all(DATA / "one-column.pdf")


def lines(*texts: str, size: float = 10, left: float = 0.1, right: float = 0.9, top: float = 0.9) -> list[Line]:
    return [Line(text, 0, left, right, top - 0.02 * place, size) for place, text in enumerate(texts)]


def test_an_abstract_whose_heading_runs_in() -> None:
    body = [
        "We present a lantern for gradients that nobody can see in the dark, and we",
        "measure it on pebbles of all sizes.",
    ]
    page = [
        *lines("IEEE TRANSACTIONS ON LIGHT, VOL. 1", size=30, top=0.99),
        *lines("Quiet Lanterns", size=20, top=0.95),
        *lines(f"Abstract—{body[0]}", body[1], "Index Terms—light, dark", left=0.1, right=0.48, top=0.8),
        *lines("The other column speaks of something else.", left=0.52, right=0.9, top=0.79),
    ]
    assert title(page) == "Quiet Lanterns"
    assert abstract(page) == " ".join(body)


def test_a_stamp_without_spaces() -> None:
    signs = "arXiv:hep-th/9901001v1[hep-th]3Jan1999"
    page = [Line(sign, 0, 0.01, 0.03, 0.2 + place / 100, 20, upright=False) for place, sign in enumerate(signs)]
    assert stamp(page) == ("hep-th/9901001", "hep-th", "1999-01-03")
    assert stamp([]) == ("", "", "")


# Folders


def test_a_folder_of_everything(tmp_path: Path) -> None:
    for name in ("zotero.bib", "two-columns.pdf", "note.md", "scopus.csv", "corpus.parquet", "mendeley.ris"):
        written(tmp_path, name, (DATA / name).read_bytes())
    written(tmp_path, "README.md", (DATA / "note.md").read_bytes())
    written(tmp_path, "daily.md", "# Today\n\nBought milk.\n")
    written(tmp_path, "index.html", "<html><body>No papers</body></html>")
    written(tmp_path, "paper.tex", "\\title{No}")
    (tmp_path / "page_files").mkdir()
    written(tmp_path, "page.html", (DATA / "hf-papers.html").read_bytes())
    written(tmp_path / "page_files", "table.csv", "title,abstract\nNo,No.\n")
    (tmp_path / ".obsidian").mkdir()
    written(tmp_path / ".obsidian", "a.csv", "title,abstract\nNo,No.\n")
    papers, rejects = read_all(tmp_path)
    assert not rejects
    assert {paper.sources[0].reader for paper in papers} == {
        "bibtex", "pdf", "markdown", "csv", "parquet", "ris", "hf-html",
    }  # fmt: skip
    assert len([paper for paper in papers if paper.sources[0].reader != "hf-html"]) == 20 + 1 + 1 + 2 + 3 + 3
