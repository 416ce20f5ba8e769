"""`kg extract`: what each record says, as JSON lines."""

import itertools
import json
from pathlib import Path

import click

from kg.cli.common import (
    column_option,
    config_option,
    engine_options,
    load_config,
    model_option,
    opened,
    output_option,
    page_year_option,
    reader_option,
    report_rejects,
    stages,
    where,
    workers_option,
)
from kg.model import Reject


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@output_option
@reader_option
@column_option
@page_year_option
@model_option
@workers_option
@engine_options
@config_option
@click.option("--strict", is_flag=True, help="Stop at a record that cannot be used.")
def extract(
    inputs: tuple[str, ...],
    *,
    output: str,
    reader: str | None,
    columns: dict[str, str],
    page_year: int | None,
    model: str | None,
    workers: int | None,
    cluster: str | None,
    config_file: Path | None,
    strict: bool,
) -> None:
    """Write what each record of INPUT states as a line of JSON.

    A line has the record's id, its entities with their mentions, and its relations with their sentences. Records keep
    their order and are not merged. INPUT is a file or folder, or - for standard input.

    \b
    Example:
      kg extract papers.jsonl > extracted.jsonl
      xzcat papers.jsonl.xz | kg extract - | jq .entities[].label
    """
    from kg import engine, sources
    from kg.interchange import to_dict
    from kg.sources.options import Options

    config = load_config(config_file, page_year=page_year, model=model)
    rejects: list[Reject] = []

    def reject(record: Reject) -> None:
        """Count a record that cannot be used, or stop."""
        if strict:
            raise click.ClickException(f"{where(record)}: {record.reason}")
        rejects.append(record)

    options = Options(page_year=config.page_year, columns=columns)
    papers = sources.read(inputs, reader=reader, options=options, rejects=reject)
    ahead, behind = itertools.tee(papers)
    with opened(output) as stream, stages() as tell:
        for number, extraction in enumerate(engine.extract(ahead, config, workers=workers, cluster=cluster), 1):
            line = json.dumps(to_dict(next(behind), extraction), ensure_ascii=False)
            stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
            tell("extract", number, 0)
    report_rejects(rejects)
