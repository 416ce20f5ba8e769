"""`kg export`: the graph, or a part of it, in one of the registered formats."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import Registered, build_config_option, config_of, emit, opened, say, workspace_option
from kg.cli.selecting import selection_options
from kg.text import counted

if TYPE_CHECKING:
    from kg.config import Config
    from kg.exporters import Exporter
    from kg.tables import Tables
    from kg.workspace import Workspace


@click.command()
@click.argument("format_", metavar="[FORMAT]", required=False, type=Registered("kg.exporters", "EXPORTERS"))
@workspace_option
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    show_default="standard output",
    help="File for the result; of a format of several files, a folder or a name with .zip.",
)
@selection_options
@click.option(
    "--rdf-detail",
    type=click.Choice(("claims", "full")),
    default="claims",
    show_default=True,
    help="Of RDF: claims with their evidence, or the places of mentions and all else that the tables hold, too.",
)
@click.option("--rdf12", is_flag=True, help="Of RDF: assertions as reifiers of RDF 1.2.")
@build_config_option
def export(
    format_: str | None,
    workspace: Path,
    output: str,
    config_file: Path | None,
    *,
    rdf_detail: str,
    rdf12: bool,
    **selected: Any,
) -> None:
    """Write the graph, or a part of it, in FORMAT.

    Without FORMAT, list the formats. The conditions of a part add up; papers, entities and relations keep the figures
    of the whole graph.

    \b
    Example:
      kg export ttl -o graph.ttl
      kg export nq --rdf-detail full | wc -l
      kg export bibtex --papers-of LoRA --since 2024 -o lora.bib
      kg export obsidian --around "diffusion model" -o vault
    """
    from kg.exporters import EXPORTERS, WITH_DOUBTS
    from kg.selection import Selection, select
    from kg.workspace import Workspace

    if format_ is None:
        emit(output, "".join(f"{item.name:10}{item.description}\n" for item in EXPORTERS.values()))
        return
    selection = Selection(**selected)
    space = Workspace(workspace)
    build = space.build()
    config = config_of(build, config_file)
    tables = select(build.tables(), selection, threshold=config.export_threshold)
    if selection != Selection():
        papers, entities = sum(1 for _ in tables.papers()), sum(1 for _ in tables.entities())
        say(f"selected {counted(papers, 'paper')} and {counted(entities, 'entity', 'entities')}")
    exporter = _with_options(EXPORTERS[format_], space, rdf_detail, rdf12=rdf12)
    _write(exporter, tables, config, output)
    if format_ in WITH_DOUBTS and not selection.min_confidence:
        _tell_doubts(tables, config.export_threshold)


def _with_options(exporter: "Exporter", space: "Workspace", detail: str, *, rdf12: bool) -> "Exporter":
    """Give an exporter with the options of RDF, or say that it takes none."""
    from kg.exporters import EXPORTERS
    from kg.exporters.triples import Options

    write = exporter.write_rdf
    if write is None:
        if rdf12 or detail != "claims":
            able = ", ".join(item.name for item in EXPORTERS.values() if item.write_rdf)
            raise click.UsageError(f"{exporter.name} takes neither --rdf-detail nor --rdf12; {able} do")
        return exporter
    if rdf12 and not exporter.holds_rdf12:
        able = ", ".join(item.name for item in EXPORTERS.values() if item.holds_rdf12)
        raise click.UsageError(f"{exporter.name} has no form for RDF 1.2 yet; {able} have")
    options = Options(detail=detail, rdf12=rdf12, replaced=tuple(space.identity()))
    return replace(exporter, write=lambda tables, config, stream: write(tables, config, stream, options))


def _tell_doubts(tables: "Tables", threshold: float) -> None:
    """Say how many of the relations written the graph does not assert."""
    if weak := sum(row.confidence < threshold for row in tables.relations()):
        told = f"{counted(weak, 'relation')} below {threshold:g} or denied, as their confidence says"
        say(f"{told}; --min-confidence {threshold:g} leaves them out")


def _write(exporter: "Exporter", tables: "Tables", config: "Config", output: str) -> None:
    """Write to a stream, or a format of several files to a folder."""
    from kg.exporters.files import write_folder

    path = Path(output)
    is_stream = (
        output == "-" or path.suffix.lower() == ".zip" or (path.exists() and not (path.is_dir() or path.is_file()))
    )
    write_files = exporter.write_files
    if write_files is None or is_stream:
        with opened(output) as stream:
            exporter.write(tables, config, stream)
    else:
        write_folder(path, exporter.name, lambda files: write_files(tables, config, files))
