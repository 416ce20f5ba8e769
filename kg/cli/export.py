"""`kg export`: the graph in one of the registered formats."""

from pathlib import Path

import click

from kg.cli.common import Registered, build_config_option, config_of, emit, opened, output_option, workspace_option


@click.command()
@click.argument("format_", metavar="[FORMAT]", required=False, type=Registered("kg.exporters", "EXPORTERS"))
@workspace_option
@output_option
@build_config_option
def export(format_: str | None, workspace: Path, output: str, config_file: Path | None) -> None:
    """Write the graph in FORMAT.

    Without FORMAT, list the formats.

    \b
    Example:
      kg export ttl -o graph.ttl
      kg export nq | wc -l
    """
    from kg.exporters import EXPORTERS
    from kg.workspace import Workspace

    if format_ is None:
        emit(output, "".join(f"{item.name:10}{item.description}\n" for item in EXPORTERS.values()))
        return
    build = Workspace(workspace).build()
    config = config_of(build, config_file)
    with opened(output) as stream:
        EXPORTERS[format_].write(build.tables(), config, stream)
