"""Write the graph as flat tables that explain themselves: CSV for spreadsheets, Parquet for data frames and SQL.

Both have the same tables and columns, and a README that describes them. Parquet keeps lists; CSV joins them by "; ".
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.config import Config
from kg.exporters.characters import legal, one_line
from kg.exporters.files import Files
from kg.exporters.plain import Passages, decimal, edges, web_page
from kg.exporters.statements import year_of
from kg.tables import Tables

_TEXT, _INT, _FLOAT, _BOOL, _LIST = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.list_(pa.string())

#: Table -> what a row is, and column -> (type, what it holds).
TABLES: dict[str, tuple[str, dict[str, tuple[pa.DataType, str]]]] = {
    "papers": (
        "a paper",
        {
            "id": (_TEXT, "identifier of the paper in the graph"),
            "title": (_TEXT, "title as its source gave it"),
            "abstract": (_TEXT, "abstract as its source gave it"),
            "date": (_TEXT, "YYYY, YYYY-MM or YYYY-MM-DD, as far as known"),
            "year": (_INT, "year of the date"),
            "date_inferred": (_BOOL, "whether the date was inferred, not given"),
            "arxiv": (_TEXT, "arXiv identifier"),
            "doi": (_TEXT, "DOI"),
            "url": (_TEXT, "web page"),
            "authors": (_LIST, "authors in order"),
            "categories": (_LIST, "categories of the source"),
            "flags": (_LIST, "remarks on the record, such as title-only"),
            "sources": (_LIST, "reader, file and number of each record of the paper"),
        },
    ),
    "entities": (
        "a method, dataset, task, metric or other concept",
        {
            "id": (_TEXT, "identifier of the entity in the graph"),
            "kind": (_TEXT, "Method, Dataset, Concept, Task or Metric"),
            "label": (_TEXT, "preferred name"),
            "alt_labels": (_LIST, "other names"),
            "support": (_INT, "papers that mention it"),
            "first_seen": (_TEXT, "earliest date of these papers"),
            "first_year": (_INT, "year of that date"),
            "exact_match": (_LIST, "the same thing in the vocabulary"),
            "introduced_by": (_LIST, "papers that introduce it"),
            "version_order": (_INT, "place among the versions of one thing, 0 where there is no order"),
        },
    ),
    "relations": (
        "a relation from a paper or entity (head) to an entity (tail)",
        {
            "head": (_TEXT, "identifier of the head, in papers or entities"),
            "head_label": (_TEXT, "title or preferred name of the head"),
            "head_kind": (_TEXT, "Paper, or the kind of the entity"),
            "type": (_TEXT, "name of the relation"),
            "tail": (_TEXT, "identifier of the tail, in entities"),
            "tail_label": (_TEXT, "preferred name of the tail"),
            "tail_kind": (_TEXT, "kind of the tail"),
            "support": (_INT, "papers whose text states it; 0 for rules, the vocabulary and what is only denied"),
            "confidence": (_FLOAT, "probability that it holds, from all papers together"),
            "salience": (_FLOAT, "of mentions: how much the paper is about the entity, 0 to 1"),
            "polarity": (_TEXT, "stated, or negated where all evidence denies it"),
            "papers": (_LIST, "papers of its evidence"),
            "sentence": (_TEXT, "the surest sentence"),
        },
    ),
    "evidence": (
        "a reason for a relation, at most one a paper and extractor",
        {
            "id": (_TEXT, "identifier of the evidence"),
            "head": (_TEXT, "head of the relation"),
            "type": (_TEXT, "name of the relation"),
            "tail": (_TEXT, "tail of the relation"),
            "paper": (_TEXT, "paper that states it; empty for rules and the vocabulary"),
            "sentences": (_LIST, "sentences of the paper, each on one line"),
            "head_mention": (_TEXT, "words that stand for the head"),
            "tail_mention": (_TEXT, "words that stand for the tail"),
            "probability": (_FLOAT, "probability that the paper states it"),
            "polarity": (_TEXT, "stated or negated"),
            "modality": (_TEXT, "asserted or hedged"),
            "origin": (_TEXT, "text, rule or vocabulary"),
            "extractor": (_TEXT, "what found it"),
        },
    ),
    "mentions": (
        "a place where a paper names an entity",
        {
            "paper": (_TEXT, "identifier of the paper"),
            "entity": (_TEXT, "identifier of the entity"),
            "text": (_TEXT, "the name as it stands there"),
            "section": (_TEXT, "title or abstract"),
            "start": (_INT, "first character of the name, counted in Unicode code points from 0"),
            "end": (_INT, "end of the name, exclusive"),
        },
    ),
    "decisions": (
        "a decision whether two names are the same entity",
        {
            "entity": (_TEXT, "identifier of the entity"),
            "a": (_TEXT, "one name"),
            "b": (_TEXT, "the other name"),
            "decision": (_TEXT, "same, different or undecided; or what an override did"),
            "reason": (_TEXT, "why"),
            "score": (_FLOAT, "similarity, 0 to 1"),
        },
    ),
}

#: Rows of a Parquet row group.
_GROUP = 20_000

#: First characters that make a spreadsheet take text for a formula, and the sign that keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")

_Row = tuple[Any, ...]


def _papers(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``papers``."""
    for row in tables.papers():
        paper = row.paper
        sources = [f"{source.reader}:{source.name}#{source.record}" for source in paper.sources]
        facts = (paper.date, year_of(paper.date), paper.date_inferred, paper.arxiv, paper.doi, web_page(paper))
        yield row.id, paper.title, paper.abstract, *facts, paper.authors, paper.categories, paper.flags, sources


def _entities(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``entities``."""
    for entity in tables.entities():
        names = (entity.id, entity.kind, entity.label, entity.alt_labels, entity.support)
        seen = (entity.first_seen, year_of(entity.first_seen))
        yield *names, *seen, entity.exact_match, entity.introduced_by, entity.version_order


def _relations(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``relations``."""
    known = {row.id: (one_line(row.paper.title), "Paper") for row in tables.papers()}
    known |= {entity.id: (entity.label, entity.kind) for entity in tables.entities()}
    for edge in edges(tables):
        ends = (edge.head, *known.get(edge.head, ("", "")), edge.type, edge.tail, *known.get(edge.tail, ("", "")))
        yield *ends, edge.support, edge.confidence, edge.salience, edge.polarity, edge.papers, edge.sentence


def _evidence(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``evidence``."""
    passages = Passages(tables)
    for item in tables.evidence():
        spans = (item.head_mention, item.tail_mention)
        words = [one_line(passages.text(item.paper, span)) if span else "" for span in spans]
        said = (decimal(item.probability), item.polarity, item.modality, item.origin, item.extractor)
        yield item.id, item.head, item.type, item.tail, item.paper, passages.sentences(item), *words, *said


def _mentions(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``mentions``."""
    for item in tables.mentions():
        yield item.paper, item.entity, item.text, item.section, item.start, item.end


def _decisions(tables: Tables) -> Iterator[_Row]:
    """Give the rows of ``decisions``."""
    for item in tables.merges():
        yield item.entity, item.a, item.b, item.decision, item.reason, decimal(item.score)


_ROWS: dict[str, Callable[[Tables], Iterator[_Row]]] = {
    "papers": _papers,
    "entities": _entities,
    "relations": _relations,
    "evidence": _evidence,
    "mentions": _mentions,
    "decisions": _decisions,
}


def rows(tables: Tables, name: str) -> Iterator[_Row]:
    """Stream the rows of a flat table; text is legal, what is not known is None, lists are never None."""
    for row in _ROWS[name](tables):
        yield tuple(map(_plain, row))


def _plain(value: Any) -> Any:
    """Give a value without illegal characters, and None for an empty text."""
    if isinstance(value, str):
        return legal(value) or None
    return [legal(item) for item in value] if isinstance(value, list | tuple) else value


def write_csv(tables: Tables, config: Config, files: Files) -> None:
    """Write a CSV file a table, as RFC 4180 says, with a byte order mark, which spreadsheets need to see UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, and so does one that starts with an
    apostrophe, so that taking the first one away gives all texts back.
    """
    _write_readme(files, "csv", _CSV_NOTES)
    for name, (_, columns) in TABLES.items():
        with files.open(f"{name}.csv") as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(columns)
            writer.writerows(map(_cell, row) for row in rows(tables, name))


def _cell(value: Any) -> object:
    """Give a value as a cell: lists joined, text safe."""
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value).lower() if isinstance(value, bool) else value


def write_parquet(tables: Tables, config: Config, files: Files) -> None:
    """Write a Parquet file a table, each column with its description as metadata."""
    _write_readme(files, "parquet", _PARQUET_NOTES)
    for name, (row, columns) in TABLES.items():
        fields = [pa.field(column, type_, metadata={"description": text}) for column, (type_, text) in columns.items()]
        schema = pa.schema(fields, metadata={"description": f"A row is {row}."})
        with files.open(f"{name}.parquet") as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
            for group in _groups(rows(tables, name)):
                arrays = [
                    pa.array(column, type=field.type)
                    for column, field in zip(zip(*group, strict=True), schema, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _groups(items: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Cut rows into groups."""
    source = iter(items)
    while group := list(islice(source, _GROUP)):
        yield group


_CSV_NOTES = """\
Comma-separated, UTF-8 with a byte order mark, lines end in CR LF, as RFC 4180 has it. Lists are joined by "; ".

A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or an apostrophe has an apostrophe before it,
because spreadsheets would run it as a formula. A program that reads the files takes one leading apostrophe away.

    import pandas
    relations = pandas.read_csv("relations.csv")
"""

_PARQUET_NOTES = """\
Each column has its description as field metadata. Lists are lists of strings.

    import pandas
    relations = pandas.read_parquet("relations.parquet")

    -- DuckDB: the datasets that most entities are evaluated on
    SELECT tail_label, count(*) AS entities FROM 'relations.parquet'
    WHERE type = 'evaluated_on' AND confidence >= 0.55 GROUP BY ALL ORDER BY entities DESC;
"""


def _write_readme(files: Files, suffix: str, notes: str) -> None:
    """Describe the tables and their columns."""
    lines = ["# Tables of a knowledge graph of papers", "", notes]
    for name, (row, columns) in TABLES.items():
        lines += [f"## {name}.{suffix}", "", f"A row is {row}.", "", "| column | type | holds |", "| --- | --- | --- |"]
        lines += [f"| {column} | {type_} | {text} |" for column, (type_, text) in columns.items()]
        lines.append("")
    with files.open("README.md") as stream:
        stream.write("\n".join(lines).encode())
