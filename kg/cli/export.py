"""`kg export`: the graph, or a part of it, in one of the registered formats."""

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
@build_config_option
def export(format_: str | None, workspace: Path, output: str, config_file: Path | None, **selected: Any) -> None:
    """Write the graph, or a part of it, in FORMAT.

    Without FORMAT, list the formats. The conditions of a part add up; papers, entities and relations keep the figures
    of the whole graph.

    \b
    Example:
      kg export ttl -o graph.ttl
      kg export nq | wc -l
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
    build = Workspace(workspace).build()
    config = config_of(build, config_file)
    tables = select(build.tables(), selection, threshold=config.export_threshold)
    if selection != Selection():
        papers, entities = sum(1 for _ in tables.papers()), sum(1 for _ in tables.entities())
        say(f"selected {counted(papers, 'paper')} and {counted(entities, 'entity', 'entities')}")
    _write(EXPORTERS[format_], tables, config, output)
    if format_ in WITH_DOUBTS and not selection.min_confidence:
        _tell_doubts(tables, config.export_threshold)


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
