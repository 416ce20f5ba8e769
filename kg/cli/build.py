"""`kg build`, `kg add` and `kg remove`: what a workspace holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import (
    column_option,
    config_option,
    engine_options,
    enrich_option,
    kept_config,
    load_config,
    model_option,
    overrides_option,
    page_year_option,
    reader_option,
    report_rejects,
    say,
    stages,
    workers_option,
    workspace_option,
)
from kg.config import Config, from_dict
from kg.overrides import read as read_overrides

if TYPE_CHECKING:
    from kg.workspace import Manifest, Workspace

max_graph_edges_option = click.option(
    "--max-graph-edges",
    type=click.IntRange(min=0),
    metavar="N",
    show_default=str(Config().max_graph_edges),
    help="Most relations that NetworkX should hold; kg.load refuses more.",
)


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@workspace_option
@reader_option
@column_option
@enrich_option
@page_year_option
@model_option
@workers_option
@engine_options
@config_option
@overrides_option
@max_graph_edges_option
@click.option("--strict", is_flag=True, help="Stop at a record that cannot be used.")
def build(inputs: tuple[str, ...], **options: Any) -> None:
    """Build the graph of exactly the papers in INPUT.

    INPUT is a file or folder (bibliographies, tables, JSON, XML, saved pages, notes, PDF; plain, .gz, .xz or .zst), or
    - for standard input. Without INPUT the bundled sample of landmark papers is used. What was extracted before is
    taken from the cache.

    \b
    Example:
      kg build
      kg build papers/ more.jsonl.xz -w my-graph
      kg build library.bib --enrich arxiv-metadata.jsonl.xz
    """
    _make("build", inputs, **options)


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@workspace_option
@reader_option
@column_option
@enrich_option
@page_year_option
@model_option
@workers_option
@engine_options
@config_option
@overrides_option
@max_graph_edges_option
@click.option("--strict", is_flag=True, help="Stop at a record that cannot be used.")
def add(inputs: tuple[str, ...], **options: Any) -> None:
    """Add the papers in INPUT to the graph.

    With --enrich, INPUT may be left out: the papers there are enriched.

    \b
    Example:
      kg add new-papers.jsonl -w my-graph
    """
    _make("add", inputs, **options)


@click.command()
@click.argument("papers", nargs=-1, required=True, metavar="PAPER...")
@workspace_option
@workers_option
@config_option
@overrides_option
def remove(
    papers: tuple[str, ...],
    *,
    workspace: Path,
    workers: int | None,
    config_file: Path | None,
    overrides_file: Path | None,
) -> None:
    """Remove papers from the graph.

    PAPER is an arXiv id (2106.09685 or arXiv:2106.09685), a DOI, the exact title, or the id that the paper's record
    has in the file it came from.

    \b
    Example:
      kg remove 2106.09685 -w my-graph
    """
    from kg import pipeline
    from kg.workspace import Workspace

    space = Workspace(workspace)
    config = kept_config(space, config_file, overrides_file)
    with stages() as tell:
        manifest = pipeline.remove(papers, space, config=config, workers=workers, progress=tell, notify=say)
    _summarise(manifest, space)


def _make(
    stage: str,
    inputs: tuple[str, ...],
    *,
    workspace: Path,
    reader: str | None,
    columns: dict[str, str],
    enrichment: tuple[str, ...],
    page_year: int | None,
    model: str | None,
    max_graph_edges: int | None,
    workers: int | None,
    cluster: str | None,
    config_file: Path | None,
    overrides_file: Path | None,
    strict: bool,
) -> None:
    """Run a build of the inputs, or add them, and say what came out."""
    from kg import pipeline
    from kg.workspace import Workspace

    if stage == "add" and not inputs and not enrichment:
        raise click.UsageError("Missing argument 'INPUT...'.")
    space = Workspace(workspace)
    given = {"page_year": page_year, "model": model, "max_graph_edges": max_graph_edges}
    if stage == "build":
        decided = None if overrides_file is None else read_overrides(overrides_file)
        run, config = pipeline.build, load_config(config_file, overrides=decided, **given)
    else:
        run, config = pipeline.add, kept_config(space, config_file, overrides_file, **given)
    with stages() as tell:
        manifest = run(
            inputs,
            space,
            config=config,
            workers=workers,
            cluster=cluster,
            reader=reader,
            columns=columns,
            enrichment=enrichment,
            strict=strict,
            progress=tell,
            notify=say,
        )
    _summarise(manifest, space)


def _summarise(manifest: "Manifest", space: "Workspace") -> None:
    """Say what a build holds and where it is."""
    from kg.text import counted

    counts = manifest.counts
    merged = counts["records"] - counts["papers"]
    say(
        f"{counted(counts['records'], 'record')} read, {counted(counts['papers'], 'distinct paper')} "
        f"({counted(merged, 'record')} merged), {counts['rejects']} rejected; "
        f"{counted(counts['entities'], 'entity', 'entities')}, {counted(counts['relations'], 'relation')}, "
        f"{counted(counts['evidence'], 'piece')} of evidence, {counted(counts['triples'], 'triple')}"
    )
    report_rejects(space.build().rejects())
    if bare := counts.get("title_only", 0):
        papers = counted(counts["papers"], "paper")
        say(f"{bare} of {papers} without an abstract, only the title was read; --enrich FILE may fill it")
    if counts["relations"] > (most := from_dict(manifest.config).max_graph_edges):
        say(
            f"{counted(counts['relations'], 'relation')}: more than --max-graph-edges {most}, so kg.load will refuse; "
            "RDF, tables and page are written from the tables"
        )
    places = {"page": ["graph.html"], "RDF": ["graph.ttl", "graph.nq.gz"], "report": ["report.md"]}
    if counts["rejects"]:
        places["rejects"] = ["rejects.jsonl"]
    for label, names in places.items():
        found = [str(space.path / name) for name in names if (space.path / name).exists()]
        say(f"{label + ':':8} {', '.join(found) or 'none'}")
