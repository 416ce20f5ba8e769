"""Every format, on a sample, on hostile labels and on an empty graph, read back by another library or program."""

import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import rdflib

from kg.config import Config
from kg.exporters import EXPORTERS
from kg.exporters.characters import legal, one_line
from kg.exporters.files import MARK, write_folder
from kg.exporters.flat import TABLES
from kg.exporters.plain import network_edges, network_nodes
from kg.graph import to_networkx
from kg.model import Entity, Paper
from kg.namespaces import entity_curie, paper_curie
from kg.sources import read
from kg.sources.identifiers import not_after_id
from kg.tables import RECORDS, PaperRow, Tables
from kg.text import clean, readable
from tests import cypher_reader, graph_sample
from tests.graph_sample import LABELS
from tests.read_back import READERS, front_of, members, rows_of


def _clean(records: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: graph_sample.ordered(name, records[name]) for name in RECORDS}


def _hostile() -> dict[str, list[Any]]:
    """Give the sample with entities, other names and papers that have the hostile labels."""
    records = graph_sample.rows()
    for number, label in enumerate(LABELS):
        id_ = entity_curie(f"hostile {number}")
        records["entities"].append(Entity(id_, "Method", label, alt_labels=LABELS[:number], support=1))
        authors = (label, "A and B", "others", "X, Y, Z, and W") if number % 2 else ()
        paper = Paper(
            label, label, doi=f"10.1/{number}{label[:9]}", authors=authors, categories=(label,), date="2024-02"
        )
        paper = replace(paper, key=str(number))
        records["papers"].append(PaperRow(f"{paper_curie(paper)}{number}", paper))
    old = records["evidence"][0]
    for label in LABELS:
        records["evidence"].append(replace(old, id=f"{old.id}{len(records['evidence'])}", extractor=f"test {label}"))
    return _clean(records)


@pytest.fixture(scope="module", params=["sample", "hostile", "empty"])
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    made = {"sample": graph_sample.rows, "hostile": _hostile, "empty": lambda: {name: [] for name in RECORDS}}
    return graph_sample.write(tmp_path_factory.mktemp("tables"), made[request.param]())


def export(name: str, tables: Tables) -> bytes:
    stream = io.BytesIO()
    EXPORTERS[name].write(tables, Config(), stream)
    return stream.getvalue()


def _bibtex(data: bytes, tmp: Path) -> list[Paper]:
    path = tmp / "papers.bib"
    path.write_bytes(data)
    rejects: list[Any] = []
    papers = list(read([str(path)], reader="bibtex", rejects=rejects.append)) if data else []
    assert all("not a title" in reject.reason for reject in rejects)
    return papers


def test_every_format_is_read_back() -> None:
    assert {*READERS, "bibtex", "nanopub"} == EXPORTERS.keys()  # these two have tests of their own


@pytest.mark.parametrize("name", READERS)
def test_all_entities_come_back_with_their_names(name: str, tables: Tables) -> None:
    found = READERS[name](export(name, tables))
    assert {id_: one_line(label) for id_, label in found.items()} == {
        entity.id: one_line(entity.label) for entity in tables.entities()
    }


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_same_tables_give_the_same_bytes(name: str, tables: Tables) -> None:
    first = export(name, tables)
    assert first == export(name, tables)


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_hash_seed_does_not_matter(name: str, tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path, _hostile())
    code = (
        "import sys; from pathlib import Path; from kg.config import Config; from kg.exporters import EXPORTERS; "
        "from kg.tables import Tables; "
        f"EXPORTERS[{name!r}].write(Tables(Path({str(tables.folder)!r})), Config(), sys.stdout.buffer)"
    )
    environment = {"PYTHONHASHSEED": "7", "PATH": "", "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout == export(name, tables)


@pytest.mark.parametrize("name", ["graphml", "gexf", "rdfxml"])
def test_xml_is_well_formed(name: str, tables: Tables) -> None:
    assert ElementTree.fromstring(export(name, tables)) is not None


@pytest.mark.parametrize(
    ("name", "form"), [("trig", "trig"), ("rdfxml", "rdfxml"), ("ttl", "turtle"), ("nq", "nquads")]
)
def test_rapper_reads_hostile_labels(name: str, form: str, tmp_path: Path) -> None:
    program = shutil.which("rapper")
    if program is None:
        pytest.skip("no rapper: apt-get install raptor2-utils")
    tables = graph_sample.write(tmp_path / "tables", _hostile())
    path = tmp_path / "graph"
    path.write_bytes(export(name, tables))
    ran = subprocess.run(
        [program, "-q", "-c", "-i", form, path, "http://example.org/"], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(("name", "form"), [("trig", "trig"), ("n3", "n3")])
def test_rdflib_sees_the_same_triples(name: str, form: str, tables: Tables) -> None:
    expected = {quad.triple for quad in ox.parse(export("nt", tables), ox.RdfFormat.N_TRIPLES)}
    graph = rdflib.Dataset(default_union=True) if name == "trig" else rdflib.Graph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph.parse(data=export(name, tables), format=form)
        text = graph.serialize(format="nt", encoding="utf-8")
    assert {quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)} == expected


def test_the_streamed_network_is_that_of_networkx(tables: Tables) -> None:
    full = to_networkx(tables)
    assert dict(network_nodes(tables)) == dict(full.nodes(data=True))
    streamed = {(head, tail, name): data for head, tail, name, data in network_edges(tables)}
    assert streamed == {(head, tail, name): data for head, tail, name, data in full.edges(keys=True, data=True)}


@pytest.mark.parametrize("name", ["gexf", "cytoscape", "graphml", "json"])
def test_networks_have_all_edges(name: str, tables: Tables) -> None:
    data = export(name, tables)
    graphs = {
        "gexf": lambda: nx.read_gexf(io.BytesIO(data)),
        "graphml": lambda: nx.read_graphml(io.BytesIO(data), force_multigraph=True),
        "cytoscape": lambda: nx.cytoscape_graph(json.loads(data)),
        "json": lambda: nx.node_link_graph(json.loads(data), edges="edges"),
    }
    graph = graphs[name]()
    assert graph.number_of_edges() == sum(1 for _ in tables.relations())
    assert graph.number_of_nodes() == sum(1 for _ in (*tables.entities(), *tables.papers()))


def test_gexf_has_dates_weights_and_sentences(tmp_path: Path) -> None:
    graph = nx.read_gexf(io.BytesIO(export("gexf", graph_sample.write(tmp_path))))
    foo, baz = graph_sample.ent("foo"), graph_sample.ent("baz")
    assert graph.nodes[foo]["start"] == "2021-01-05"
    (edge,) = [data for _, tail, data in graph.out_edges(baz, data=True) if tail == foo and data["label"] == "based_on"]
    assert edge["start"] == "2022-03-01"
    assert edge["weight"] == 1.0
    assert edge["sentence"] == "Baz builds on Foo."
    text = export("gexf", graph_sample.write(tmp_path)).decode()
    assert 'version="1.3"' in text
    assert set(re.findall(r'start="([^"]*)"', text)) == {"2021-01-05", "2022-01-01", "2022-03-01"}


def test_neo4j_headers_are_those_of_the_import_tool(tables: Tables) -> None:
    files = members(export("neo4j", tables))
    types = r"(?:string|long|double)(?:\[\])?"
    headers = {name: data.decode().partition("\n")[0] for name, data in files.items() if name.endswith(".csv")}
    assert re.fullmatch(rf"id:ID,:LABEL(?:,\w+:{types})+", headers.pop("papers.csv"))
    assert re.fullmatch(rf"id:ID,:LABEL(?:,\w+:{types})+", headers.pop("entities.csv"))
    assert re.fullmatch(rf":START_ID,:END_ID,:TYPE(?:,\w+:{types})+", headers.pop("relations.csv"))
    assert not headers
    nodes = [row["id:ID"] for name in ("papers.csv", "entities.csv") for row in rows_of(files[name])]
    assert len(nodes) == len(set(nodes))
    for row in rows_of(files["relations.csv"]):
        assert {row[":START_ID"], row[":END_ID"]} <= set(nodes)
        float(row["confidence:double"])
        int(row["support:long"])
    for row in rows_of(files["entities.csv"]):
        assert row[":LABEL"].split(";")[0] == "Entity"
    known = {entity.id: entity for entity in tables.entities()}
    for row in rows_of(files["entities.csv"]):
        names = [one_line(name).replace(";", ",") for name in known[row["id:ID"]].alt_labels]
        assert row["alt_labels:string[]"] == ";".join(names)


def test_cypher_makes_the_same_graph_twice(tables: Tables) -> None:
    script = export("cypher", tables).decode()
    nodes, edges = cypher_reader.run(script)
    again = cypher_reader.run(script, nodes=dict(nodes), edges=dict(edges))
    assert again == (nodes, edges)
    assert set(edges) == {(row.head, row.type.upper(), row.tail) for row in tables.relations()}
    for row in tables.papers():
        assert nodes[row.id][1].get("title", "") == one_line(row.paper.title)
        assert nodes[row.id][1].get("authors", []) == [one_line(name) for name in row.paper.authors]


def test_no_cell_is_a_formula_and_every_text_comes_back(tables: Tables) -> None:
    files = members(export("csv", tables))
    for name, data in files.items():
        if not name.endswith(".csv"):
            continue
        assert data.startswith(b"\xef\xbb\xbf")
        found = rows_of(data, "utf-8-sig")
        for row in found:
            assert list(row) == list(TABLES[name[:-4]][1])
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    titles = {row["id"]: row["title"].removeprefix("'") for row in rows_of(files["papers.csv"], "utf-8-sig")}
    assert {id_: one_line(title) for id_, title in titles.items()} == {
        row.id: one_line(row.paper.title) for row in tables.papers()
    }


def test_parquet_explains_itself(tables: Tables) -> None:
    files = members(export("parquet", tables))
    for name, (_, columns) in TABLES.items():
        table = pq.read_table(pa.BufferReader(files[f"{name}.parquet"]))
        assert {field.name: field.metadata[b"description"].decode() for field in table.schema} == {
            column: text for column, (_, text) in columns.items()
        }
        assert f"## {name}.parquet" in files["README.md"].decode()
    evidence = pq.read_table(pa.BufferReader(files["evidence.parquet"])).to_pylist()
    said = {item.id: item for item in tables.evidence()}
    for row in evidence:
        assert len(row["sentences"]) == len(said[row["id"]].sentences)
        assert all(row["sentences"])


def test_bibtex_comes_back_through_the_reader(tables: Tables, tmp_path: Path) -> None:
    papers = _bibtex(export("bibtex", tables), tmp_path)
    rows = [row for row in tables.papers() if len(row.paper.title) <= 2000]  # the reader takes no longer title
    assert len(papers) == len(rows) == len({paper.key.lower() for paper in papers})
    for paper, row in zip(papers, rows, strict=True):
        wanted = one_line(readable(clean(legal(row.paper.title))).text) or "(no title)"
        assert _bare(readable(paper.title).text) == _bare(wanted)
        assert paper.arxiv == row.paper.arxiv
        day = row.paper.date
        assert paper.date in (day, day[:7], not_after_id(day, paper.arxiv))  # an invented id may be older


def _bare(text: str) -> str:
    """Leave out spaces and what the reader takes for a control character."""
    return unicodedata.normalize("NFC", re.sub(r"[\s\ufffd]", "", text))


def test_bibtex_braces_are_balanced_as_bibtex_counts_them(tables: Tables) -> None:
    text = export("bibtex", tables).decode()
    for entry in filter(None, text.split("\n\n")):
        depth = 0
        for number, brace in enumerate(re.findall(r"[{}]", entry)):
            depth += 1 if brace == "{" else -1
            assert depth > 0 or number == len(re.findall(r"[{}]", entry)) - 1
        assert depth == 0
        assert re.match(r"@misc\{[A-Za-z0-9.:-]+,\n", entry)


def test_notes_have_names_every_system_takes(tables: Tables) -> None:
    files = members(export("obsidian", tables))
    assert len({name.casefold() for name in files}) == len(files)
    stems = [Path(name).stem for name in files]
    assert len({stem.casefold() for stem in stems}) == len(stems)
    for name in files:
        assert re.fullmatch(r'[^\\:*?"<>|#^\[\]\x00-\x1f]+\.md', name)
        assert name.isprintable()
        for part in name.split("/"):
            assert len(part.encode()) <= 150
            assert not part.startswith((".", " "))
            assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\.", part)


def test_notes_link_only_to_notes(tables: Tables) -> None:
    files = members(export("obsidian", tables))
    stems = {Path(name).stem for name in files}
    for name, data in files.items():
        _, _, body = data.decode().split("---\n", 2)
        links = re.findall(r"(?<!\\)\[\[([^\]|]*)(?:\|[^\[\]|]*)?\]\]", body)
        assert set(links) <= stems, name
        assert body.count("[[") == len(links)
        assert front_of(data)["tags"]


def test_a_note_shows_the_sentences(tmp_path: Path) -> None:
    files = members(export("obsidian", graph_sample.write(tmp_path)))
    note = files["Method/Baz.md"].decode()
    assert "## based on\n\n- [[Foo]], 1 paper, 0.90\n    - Baz builds on Foo. ([[Baz builds on Foo]])\n" in note
    foo = files["Method/Foo.md"].decode()
    assert "## denied: based on\n\n- [[Bar]]\n" in foo
    assert "## introduced by" in foo
    assert front_of(files["Method/Foo.md"])["aliases"] == ["Foo method", "FOO"]
    assert "used for" not in foo  # weaker than the graph asserts


@pytest.mark.parametrize("name", [name for name, item in EXPORTERS.items() if item.write_files])
def test_a_folder_holds_what_the_zip_holds(name: str, tables: Tables, tmp_path: Path) -> None:
    write = EXPORTERS[name].write_files
    assert write is not None
    for _ in range(2):
        write_folder(tmp_path / "out", name, lambda files: write(tables, Config(), files))
    found = {path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*")}
    assert MARK in found
    wanted = members(export(name, tables))
    assert {key: path.read_bytes() for key, path in found.items() if path.is_file() and key != MARK} == wanted
