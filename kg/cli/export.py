"""`kg export`: the graph in one of the registered formats."""

from pathlib import Path

import click

from kg.cli.common import Registered, config_of, config_option, opened, output_option, workspace_option


@click.command()
@click.argument("format_", metavar="FORMAT", type=Registered("kg.exporters", "EXPORTERS"))
@workspace_option
@output_option
@config_option
def export(format_: str, workspace: Path, output: str, config_file: Path | None) -> None:
    """Write the graph in FORMAT.

    A FORMAT that is not known is answered with a list of those that are.

    \b
    Example:
      kg export ttl -o graph.ttl
      kg export nq | wc -l
    """
    from kg.exporters import EXPORTERS
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    config = config_of(build, config_file)
    with opened(output) as stream:
        EXPORTERS[format_].write(build.tables(), config, stream)
