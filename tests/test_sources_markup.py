"""The details of XML and HTML formats."""

import gzip
import html
import json
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import read, xml_stream
from kg.sources.wrapping import paragraphs
from kg.sources.xml_stream import root
from kg.sources.xml_text import blocks_of, one_line_of
from tests.reader_sample import DATA
from tests.readers_markup import ATOM, OAI, PUBMED

ENTRY = "<entry><id>http://arxiv.org/abs/2401.0000{}</id><title>{}</title><summary>{}</summary></entry>"


def read_all(path: Path, reader: str | None = None) -> tuple[list[Paper], list[Reject]]:
    rejects: list[Reject] = []
    return list(read([str(path)], reader=reader, rejects=rejects.append)), rejects


def sample(name: str) -> list[Paper]:
    papers, rejects = read_all(DATA / name)
    assert not rejects
    return papers


def feed(tmp_path: Path, *entries: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    path = tmp_path / "feed.xml"
    text = f"{start}\n<feed xmlns='http://www.w3.org/2005/Atom'>\n{chr(10).join(entries)}\n</feed>"
    path.write_text(text, encoding="utf-8")
    return path


def atom(number: int, title: str = "A Title", summary: str = "We measure.") -> str:
    return ENTRY.format(number, title, summary)


def test_atom() -> None:
    first, second, third = sample("arxiv.atom")
    assert first.title == "Pocket Transformers: Attention for Devices That Fit into a Pocket"
    assert first.abstract.split("\n") == [
        "We present Pocket, a transformer whose attention runs on a coin cell. On TinyGLUE it loses 0.4 points against "
        r"a model that is $32\times$ larger.",
        "In a second study we ask which heads are needed at all, and find that a third of them is <1% of the energy.",
    ]
    assert (first.arxiv, first.doi, first.key) == ("2401.90001", "10.1000/pocket.2024", "2401.90001v2")
    assert first.authors == ("Ada Kleinmann", "José Pequeño")
    assert (first.date, first.categories) == ("2024-01-03", ("cs.LG", "cs.AR"))
    assert (second.date, third.arxiv) == ("2024-01-04", "math/0490003")


def test_an_error_of_the_arxiv_api_is_an_error() -> None:
    with pytest.raises(InputError, match="arXiv answered with an error: incorrect id format for pocket"):
        read_all(DATA / "arxiv-error.atom")


def test_an_answer_without_entries_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it holds no record"):
        read_all(feed(tmp_path, "<id>http://arxiv.org/api/x</id>"))


def test_the_daily_listing_of_arxiv() -> None:
    new, replaced = sample("arxiv.rss")
    assert new.abstract == "We present Pocket, a transformer whose attention runs on a coin cell."
    assert (new.arxiv, new.date, new.authors) == ("2401.90001", "2024-01-05", ("Ada Kleinmann", "José Pequeño"))
    assert (replaced.date, replaced.doi, replaced.categories) == ("", "10.1000/clocks.1", ("cs.NE", "cs.LG"))


def test_the_daily_listing_as_atom(tmp_path: Path) -> None:
    said = "arXiv:2401.90001v1 Announce Type: new\nAbstract: We present Pocket."
    entry = f"<entry><id>oai:arXiv.org:2401.90001v1</id><title>Pocket</title><summary>{said}</summary></entry>"
    (paper,) = read_all(feed(tmp_path, entry))[0]
    assert (paper.arxiv, paper.title, paper.abstract) == ("2401.90001", "Pocket", "We present Pocket.")


def test_listings_of_before_2024(tmp_path: Path) -> None:
    path = tmp_path / "old.rss"
    path.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<item rdf:about="http://arxiv.org/abs/2301.90005"><title>Clocks. (arXiv:2301.90005v1 [cs.NE])</title>'
        "<link>http://arxiv.org/abs/2301.90005</link><description>&lt;p&gt;We give each unit\na clock.&lt;/p&gt;"
        '</description><dc:creator>&lt;a href="http://x"&gt;Hedda Uhr&lt;/a&gt;, &lt;a href="http://y"&gt;A. B'
        "&lt;/a&gt;</dc:creator></item></rdf:RDF>"
    )
    (paper,) = read_all(path)[0]
    assert (paper.title, paper.abstract) == ("Clocks.", "We give each unit a clock.")
    assert (paper.arxiv, paper.authors) == ("2301.90005", ("Hedda Uhr", "A. B"))


def test_oai_formats() -> None:
    arxiv, clocks = sample("oai-arxiv.xml")
    (raw,) = sample("oai-raw.xml")
    (core,) = read_all(DATA / "oai-dc.xml")[0]
    assert arxiv.authors == ("Ada Kleinmann", "José Pequeño Jr.")
    assert raw.authors == ("Ada Kleinmann", "José Pequeño", "Bo Li")
    assert core.authors == ("Ada Kleinmann", "José Pequeño")
    assert core.abstract == raw.abstract == arxiv.abstract.partition(" On TinyGLUE")[0]
    for paper in (arxiv, raw, core):
        assert paper.title == "Pocket Transformers: Attention for Devices That Fit into a Pocket"
        assert (paper.arxiv, paper.doi, paper.date) == ("2401.90001", "10.1000/pocket.2024", "2024-01-03")
    assert (arxiv.categories, raw.categories) == (("cs.LG", "cs.AR"), ("cs.LG", "cs.AR"))
    assert clocks.date == "2022-08-09"


def test_oai_records_that_are_no_papers() -> None:
    rejects = read_all(DATA / "oai-dc.xml")[1]
    assert [(reject.record, reject.reason.split(";")[0]) for reject in rejects] == [
        (2, "deleted in the repository: there is no paper to read"),
        (3, "metadata in the format record"),
    ]
    with pytest.raises(InputError, match=r"badResumptionToken \(the token has expired\)"):
        read_all(DATA / "oai-error.xml")


def test_pubmed() -> None:
    first, second = sample("pubmed.xml")
    assert first.title == "Segmenting in vitro cells with H2O-Net: a 10^3-fold smaller U-Net"
    assert first.abstract.split("\n") == [
        "BACKGROUND: U-Nets are large.",
        "METHODS: We scale with n^2+1/k weights, never more than that.",
        "RESULTS: H2O-Net reaches a Dice score of 0.91 (P<10^-3).",
    ]
    assert first.authors == ("Lena M Wasser", "Rex King Jr", "Small Cell Group")
    assert (first.doi, first.key, first.date) == ("10.1000/h2onet", "pmid:90000001", "2024-01-17")
    assert (second.title, second.doi) == ("Neural networks at the bedside", "10.1000/bedside")
    assert (second.date, second.flags) == ("1998-12", ("title-only",))


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("<Year>2024</Year><Month>Feb</Month><Day>30</Day>", ""),
        ("<Year>2024</Year><Day>3</Day>", "2024"),
        ("<Year>2024</Year><Month>11</Month>", "2024-11"),
        ("<Year>2024</Year><Season>Winter</Season>", "2024"),
        ("<MedlineDate>2001 Spring</MedlineDate>", "2001"),
        ("<MedlineDate>2000-2001</MedlineDate>", "2000"),
        ("<MedlineDate>soon</MedlineDate>", ""),
    ],
)
def test_pubmed_dates(written: str, date: str, tmp_path: Path) -> None:
    whole = b"".join(PUBMED(1)).decode()
    path = tmp_path / "p.xml"
    path.write_text(whole.replace("<Year>2024</Year><Month>Mar</Month>", written))
    assert [paper.date for paper in read_all(path)[0]] == [date]


def test_acl() -> None:
    first, second, demo = sample("acl.xml")
    assert first.title == "WordCount: Parsing with $O(n)$ Memory"
    assert first.abstract == (
        "We parse with very little memory and release WordCount at https://example.org/wordcount. It is "
        r"$2.5\times$ smaller."
    )
    assert first.authors == ("Pia Parser", "Mononym")
    assert (first.key, first.doi) == ("2031.tiny-long.1", "10.18653/v1/2031.tiny-long.1")
    assert [paper.date for paper in (first, second, demo)] == ["2031-07", "2031-07", "2031-11"]
    assert (second.key, demo.key) == ("2031.tiny-long.2", "2031.tiny-demo.1")


def test_a_volume_of_the_anthology_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "P99.xml"
    path.write_text('<volume id="P99">\n<paper id="1001"><title>Old</title><author>A. Bee</author></paper>\n</volume>')
    (paper,) = read_all(path, "acl")[0]
    assert (paper.key, paper.authors, paper.date) == ("P99-1001", ("A. Bee",), "")


def test_jats() -> None:
    (paper,) = sample("jats.xml")
    assert paper.title == "Forecasting Tides with Echo State Networks: A Harbour Study"
    assert paper.abstract.split("\n") == [
        "Background: Tides are periodic.",
        r"Results: An echo state network errs by $\sigma_{t} < 2$ cm.",
    ]
    assert paper.authors == ("Frieda Flut", "Harbour Group")
    assert (paper.doi, paper.key, paper.date) == ("10.1000/jir.3", "pmid:90000003", "2023-06-04")


def test_the_data_inside_a_page_of_daily_papers() -> None:
    first, second = sample("hf-papers.html")
    assert first.abstract.endswith('32times "larger" & slower.')
    assert (first.arxiv, first.date) == ("2401.90001", "2024-01-03")
    assert first.authors == ("Ada Kleinmann", "José Pequeño")
    assert second.title == "Do Lighthouses Generalise?"
    (alone,) = sample("hf-paper.html")
    assert alone.abstract == first.abstract
    assert alone.authors == first.authors


def test_what_pages_without_data_show() -> None:
    cards = sample("hf-papers-cards.html")
    assert [(paper.arxiv, paper.title, paper.flags) for paper in cards] == [
        ("2401.90001", "Pocket Transformers: Attention for Devices That Fit into a Pocket", ("title-only",)),
        ("2401.90002", "Do Lighthouses Generalise?", ("title-only",)),
    ]
    (paper,) = sample("hf-paper-visible.html")
    assert paper.abstract == "We present Pocket, a transformer whose attention runs on a coin cell."
    assert (paper.title, paper.arxiv) == (cards[0].title, "2401.90001")


def test_data_that_are_no_json_leave_the_cards(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    whole = (DATA / "hf-papers.html").read_text(encoding="utf-8")
    path.write_text(whole.replace("{&quot;dailyPapers&quot;", "{{&quot;dailyPapers&quot;"), encoding="utf-8")
    papers, rejects = read_all(path)
    assert [paper.flags for paper in papers] == [("title-only",), ("title-only",)]
    assert ["no valid JSON" in reject.reason for reject in rejects] == [True]


def test_an_entry_whose_paper_is_no_object(tmp_path: Path) -> None:
    props = {"dailyPapers": [{"paper": "2401.90001"}, {"paper": {"id": "2401.90002", "title": "B", "summary": "C."}}]}
    path = tmp_path / "page.html"
    path.write_text(f'<html><div data-target="DailyPapers" data-props="{html.escape(json.dumps(props))}"></div></html>')
    papers, rejects = read_all(path)
    assert [paper.title for paper in papers] == ["B"]
    assert [reject.reason.split(";")[0] for reject in rejects] == ["paper is no object"]


def test_another_web_page_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "shop.html"
    path.write_text("<!doctype html>\n<html><head><title>A shop</title></head><body><p>Shoes</p></body></html>")
    with pytest.raises(InputError, match="a web page without papers of Hugging Face Daily Papers; open"):
        read_all(path, "hf-html")
    with pytest.raises(InputError, match="not a format kg knows; if it is one of hf-html"):
        read_all(path)


def test_other_prefixes_and_none(tmp_path: Path) -> None:
    whole = (DATA / "arxiv.atom").read_text(encoding="utf-8")
    tags = ("feed", "entry", "id", "title", "summary", "published", "author", "name", "category")
    for tag in tags:
        whole = (
            whole.replace(f"<{tag}>", f"<a:{tag}>")
            .replace(f"<{tag} ", f"<a:{tag} ")
            .replace(f"</{tag}>", f"</a:{tag}>")
        )
    whole = whole.replace("arxiv:", "x:").replace("xmlns:arxiv", "xmlns:x").replace('xmlns="', 'xmlns:a="')
    (tmp_path / "arxiv.atom").write_text(whole, encoding="utf-8")
    assert sample("arxiv.atom") == read_all(tmp_path / "arxiv.atom")[0]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "gb18030", "us-ascii", "koi8-r"])
def test_declared_encodings(encoding: str, tmp_path: Path) -> None:
    title = {"koi8-r": "Сеть", "us-ascii": "Schr&#246;dinger"}.get(encoding, "Schrödinger")
    path = feed(tmp_path, atom(1, title), start=f"<?xml version='1.0' encoding='{encoding}'?><!-- arxiv.org -->")
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert [paper.title for paper in read_all(path)[0]] == [title.replace("&#246;", "ö")]


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_unknown_encoding_is_an_error(encoding: str, tmp_path: Path) -> None:
    path = feed(tmp_path, atom(1), start=f'<?xml version="1.0" encoding="{encoding}"?>')
    with pytest.raises(InputError, match=f"declares the encoding '{encoding}', which is not known"):
        read_all(path)


def test_bytes_of_another_encoding_end_the_file_there(tmp_path: Path) -> None:
    path = feed(tmp_path, atom(1), atom(2, "Schrödinger"), atom(3))
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    papers, rejects = read_all(path)
    assert [paper.arxiv for paper in papers] == ["2401.00001"]
    (reject,) = rejects
    assert reject.record == 2
    assert reject.reason.startswith("line 4, column 59: not UTF-8 (byte 0xf6), it looks like WINDOWS-1252")


def test_control_characters_are_made_visible(tmp_path: Path) -> None:
    papers, rejects = read_all(feed(tmp_path, atom(1, "a\x01b"), atom(2)))
    assert [paper.title for paper in papers] == ["a\ufffdb", "A Title"]
    assert not rejects


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("<entry><id>x</entry>", "line 4, column 15 on (mismatched tag)"),
        ("<entry><title>A & B</title></entry>", "(not well-formed (invalid token))"),
        ("<a>" * 300, "elements more than 200 deep"),
        ("<entry><title>&#1;</title></entry>", "(reference to invalid character number)"),
    ],
)
def test_what_stands_before_a_fault_is_used(entry: str, what: str, tmp_path: Path) -> None:
    papers, rejects = read_all(feed(tmp_path, atom(1), entry, atom(2)))
    assert [paper.arxiv for paper in papers] == ["2401.00001"]
    (reject,) = rejects
    assert what in reject.reason
    assert "no well-formed XML from line 4" in reject.reason


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    path = feed(tmp_path, atom(1), atom(2))
    path.write_text(path.read_text()[:-40])
    papers, rejects = read_all(path)
    assert [paper.arxiv for paper in papers] == ["2401.00001"]
    assert ["the file ends too early" in reject.reason for reject in rejects] == [True]


def test_a_packed_file_that_is_cut_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml.gz"
    packed = gzip.compress(b"".join(OAI(300)), 0)
    path.write_bytes(packed[: len(packed) // 2])
    papers, rejects = read_all(path)
    assert len(papers) > 100
    assert ["cut off" in reject.reason for reject in rejects] == [True]


def test_documents_one_after_the_other(tmp_path: Path) -> None:
    page = b"".join(ATOM(3))
    (tmp_path / "pages.xml").write_bytes(page + b"\n\n" + page.replace(b"<?xml version", b"\n<?xml version") + page)
    papers, rejects = read_all(tmp_path / "pages.xml")
    assert not rejects
    assert [paper.sources[0].record for paper in papers] == list(range(1, 10))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY lol "ha"><!ENTITY lol2 "&lol;&lol;&lol;">',
        '<!ENTITY lol SYSTEM "file:///etc/passwd">',
        '<!ENTITY % lol SYSTEM "http://127.0.0.1/x.dtd"> %lol;',
    ],
)
def test_declared_entities_are_refused(declaration: str, tmp_path: Path) -> None:
    start = f'<?xml version="1.0"?>\n<!DOCTYPE feed [\n{declaration}]>'
    path = feed(tmp_path, atom(1, "&lol;"), start=start)
    with pytest.raises(InputError, match="line 3: declares the entity 'lol'; kg expands no declared entities"):
        read_all(path)


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/feed.dtd">'])
def test_named_characters_are_those_of_html(doctype: str, tmp_path: Path) -> None:
    path = feed(tmp_path, atom(1, "Schr&ouml;dinger &amp; &nosuch;"), start=doctype)
    assert [paper.title for paper in read_all(path)[0]] == ["Schrödinger & &nosuch;"]


def test_a_record_or_tag_without_end_is_not_gathered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "LARGEST_RECORD", 1 << 18)
    monkeypatch.setattr(xml_stream, "LARGEST_TOKEN", 1 << 17)
    for entry, what in (
        (atom(2, "<b/>" * (1 << 18)), "a record of more than"),
        (f"<!-- {'x' * (1 << 19)} -->", "a tag or comment of more than"),
    ):
        papers, rejects = read_all(feed(tmp_path, atom(1), entry, atom(3)))
        assert [paper.arxiv for paper in papers] == ["2401.00001"]
        assert [what in reject.reason for reject in rejects] == [True]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<?xml version="1.0"?>\n<!-- <rss> -->\n<a:feed>', "feed"),
        ('<!DOCTYPE article [<!ENTITY x "<y>">]>\n<article>', "article"),
        ("\ufeff \n<rss>", "rss"),
        ("<?xml", ""),
        ("<!-- never ends", ""),
        ('{"a": "<feed>"}', ""),
        ("", ""),
    ],
)
def test_root(head: str, name: str) -> None:
    assert root(head) == name


def element(text: str) -> Element:
    return fromstring(f"<t>{text}</t>")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("x<sup>2</sup> and CO<sub>2</sub>", "x^2 and CO2"),
        ("as shown [<xref>1</xref>,<xref>2</xref>], twice<sup><xref>3</xref></sup>.", "as shown, twice."),
        ("<tex-math>$a_1$</tex-math> and <tex-math> b </tex-math>", "$a_1$ and $b$"),
        (
            "<math><msubsup><mi>a</mi><mi>i</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msubsup></math>",
            "a_i^(n+1)",
        ),
        ("<math><msqrt><mi>n</mi></msqrt><mo>\u2062</mo><mfenced><mi>x</mi><mi>y</mi></mfenced></math>", "√n(x,y)"),
        ("<math><semantics><mi>x</mi><annotation>x</annotation></semantics></math>", "x"),
        ("one<br/>two", "one two"),
        ("a <alternatives><graphic/><math><mi>k</mi></math></alternatives> b", "a k b"),
    ],
)
def test_inline_markup(markup: str, text: str) -> None:
    assert one_line_of(element(markup)) == text


def test_blocks() -> None:
    markup = "<sec><title>Aims.</title>\n  <p>We\n   aim.</p><p>Twice.</p></sec><p>No heading.</p>"
    assert blocks_of(element(markup)) == "Aims: We aim.\nTwice.\nNo heading."
    assert blocks_of(None) == ""


def test_line_ends_of_every_system() -> None:
    assert paragraphs("  We\r\nwrap.\r\n\r\nTwice.\rThrice.") == "We wrap.\nTwice. Thrice."
