"""Real graphs of given sizes: the best-supported entities of a build with all that is said between them."""

from pathlib import Path

from kg.tables import RECORDS, Tables, write_table


def subset(tables: Tables, count: int, folder: Path) -> Tables:
    """Write the tables of the ``count`` best-supported entities, their relations and the papers behind these."""
    ranked = sorted(tables.entities(), key=lambda entity: (-entity.support, entity.id))[:count]
    chosen = {entity.id for entity in ranked}
    relations = [
        row
        for row in tables.relations()
        if row.tail in chosen and (row.head in chosen or row.head.startswith("paper:"))
    ]
    keys = {(row.head, row.type, row.tail) for row in relations}
    evidence = [row for row in tables.evidence() if (row.head, row.type, row.tail) in keys]
    mentions = [row for row in tables.mentions() if row.entity in chosen]
    named = {row.head for row in relations} | {row.paper for row in evidence} | {row.paper for row in mentions}
    rows = {
        "papers": [row for row in tables.papers() if row.id in named],
        "mentions": mentions,
        "entities": sorted(ranked),
        "relations": relations,
        "evidence": evidence,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name in RECORDS:
        write_table(folder, name, rows.get(name, []))
    return Tables(folder)
