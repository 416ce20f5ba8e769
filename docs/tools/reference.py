"""Write docs/reference from the code, so that it follows the code.

``python -m docs.tools.reference`` writes the pages; with ``--check`` it tells which are stale, by exit status too.
"""

import argparse
import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from docs.tools import source

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"


def cell(text: object) -> str:
    """Write a value so that it stays in its cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    """Write a table; a column that has nothing is left out."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    lines = [[head[number] for number in kept], ["---"] * len(kept)]
    lines += [[cell(row[number]) for number in kept] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def code(text: str) -> str:
    """Write text as code, or nothing as nothing."""
    return f"`{text}`" if text else ""


def commands() -> list[str]:
    """Describe the commands and their options."""
    from kg.cli import COMMANDS, main

    top = click.Context(main, info_name="kg")
    lines = ["What `kg COMMAND --help` says, for all commands.", ""]
    for name in COMMANDS:
        command = main.get_command(top, name)
        if command is not None:
            lines += list(_command(command, click.Context(command, info_name=name, parent=top)))
    return lines


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    """Describe a command, and the commands below it."""
    about, _, example = inspect.cleandoc((command.help or "").replace("\b", "")).partition("\nExample:\n")
    yield f"## {context.command_path}"
    yield ""
    yield from ("```sh", " ".join(command.get_usage(context).removeprefix("Usage: ").split()), "```", "")
    yield from (*(" ".join(part.split()) + "\n" for part in about.strip().split("\n\n")),)
    options = [item for item in command.params if isinstance(item, click.Option)]
    yield from table(("option", "does", "default"), [_option(item, context) for item in options])
    yield from ("```sh", *(line.strip() for line in example.strip().splitlines()), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _command(below, click.Context(below, info_name=name, parent=context))


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    """Give the row of an option."""
    names = ", ".join([*option.opts, *option.secondary_opts])
    value = "" if option.is_flag else " " + option.make_metavar(context)
    value = value if len(value) < 60 else " NAME"  # of a registry: formats.md lists it
    default = option.show_default if isinstance(option.show_default, str) else ""
    if option.show_default is True and not callable(option.default):
        default = str(option.default).lower() if option.is_flag else str(option.default)
    return code(names + value), option.help or "", default


def recipes() -> list[str]:
    """Describe the recipes and their parameters, by what they ask about."""
    from kg.query import GROUPS, RECIPES

    lines = [
        "`kg recipe NAME VALUE... --param PARAMETER=VALUE` answers; VALUEs are those of required parameters.",
        "`kg recipe NAME --show` gives the SPARQL.",
        "",
    ]
    for group, names in GROUPS.items():
        lines += [f"## {group}", ""]
        for name in names:
            item = RECIPES[name]
            lines += [f"### {name}", "", f"{item.title}. {item.help}", ""]
            rows = [(code(p.name), p.type, p.presence, p.help, code(p.example)) for p in item.parameters]
            lines += table(("parameter", "is", "presence", "meaning", "example"), rows) if rows else []
    return lines


def formats() -> list[str]:
    """List what is read and what is written."""
    from kg.exporters import EXPORTERS
    from kg.query import FORMATS
    from kg.sources import READERS

    lines = ["## Input", "", "Known by content, tried in this order; `--from NAME` names one.", ""]
    lines += table(("name", "reads"), [(code(name), item.description) for name, item in READERS.items()])
    lines += ["## Export", "", "`kg export NAME -o FILE`.", ""]
    rows = [(code(item.name), code(item.suffix), item.description) for item in EXPORTERS.values()]
    lines += table(("name", "suffix", "writes"), rows)
    lines += ["## Answers", "", "`--format` of `kg query` and `kg recipe`: " + ", ".join(map(code, FORMATS)) + ".", ""]
    return lines


def config() -> list[str]:
    """List the settings."""
    lines = ["Keys of `kg.toml`, or of the file given to `--config`; the same names are fields of `kg.Config`.", ""]
    from kg.config import Config

    default = Config().as_dict()
    rows = [
        (code(f.name), _type(f.type), code(json.dumps(default[f.name])), f.note.replace("``", "`"))
        for f in source.fields("kg/config.py", "Config")
    ]
    return lines + table(("setting", "is", "default", "meaning"), rows)


def _type(text: str) -> str:
    """Say in words what a setting is."""
    return {"str": "text", "float": "number", "int": "whole number", "tuple[str, ...]": "list of texts"}.get(text, text)


def python() -> list[str]:
    """Describe the public names of the package `kg`."""
    import kg

    homes = ("kg/errors.py", "kg/config.py", "kg/model.py", "kg/__init__.py")  # the last one wins
    known = {name: (path, node) for path in homes for name, node in source.definitions(path).items()}
    chosen = {name: known[name] for name in kg.__all__ if name in known}
    lines = ["`import kg` gives these names; nothing heavy is imported before it is used.", "", "## Functions", ""]
    for name, (_, node) in known.items():
        if name in chosen and isinstance(node, ast.FunctionDef):
            lines += [
                f"### kg.{name}",
                "",
                "```python",
                f"kg.{source.signature(node)}",
                "```",
                "",
                source.prose(node),
                "",
            ]
    lines += ["## What functions give", ""]
    for path, name in (("kg/query/result.py", "Result"), ("kg/workspace.py", "Manifest")):
        lines += _record(path, name, source.definitions(path)[name])
    lines += ["## Records", ""]
    for name, (path, node) in known.items():
        if name in chosen and path in ("kg/model.py", "kg/config.py") and isinstance(node, ast.ClassDef):
            lines += _record(path, name, node)
    lines += ["## Errors", ""]
    errors = [(code(f"kg.{name}"), source.one_line(node)) for name, (path, node) in chosen.items() if "errors" in path]
    return lines + table(("error", "means"), sorted(errors, key=lambda row: row[0] != "`kg.KGError`"))


def _record(path: str, name: str, node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """Describe a class: its fields, properties and methods."""
    assert isinstance(node, ast.ClassDef)
    lines = [f"### {name}", "", source.prose(node), ""]
    rows = [(code(f.name), code(f.type), code(f.default)) for f in source.fields(path, name)]
    lines += table(("field", "type", "default"), rows) if rows else []
    parts = [
        (code(item.name if source.is_property(item) else source.signature(item)), source.one_line(item))
        for item in source.methods(node)
    ]
    return lines + (table(("method", "does"), parts) if parts else [])


def ontology() -> list[str]:
    """List the classes and properties of the ontology with their meaning."""
    import rdflib
    from rdflib.namespace import OWL, RDF, RDFS, SKOS

    from kg.namespaces import FIXED, ONTOLOGY

    path = ROOT / "ontology" / "kg.ttl"
    graph = rdflib.Graph().parse(path)
    for prefix, iri in FIXED.items():
        graph.bind(prefix, iri, replace=True)
    order = re.findall(r"^kg:(\w+) a owl:", path.read_text(encoding="utf-8"), re.M)

    def names(node: rdflib.URIRef, predicate: rdflib.URIRef) -> str:
        """Give the values of a property as CURIEs."""
        values = (value.n3(graph.namespace_manager) for value in graph.objects(node, predicate))
        return ", ".join(code(value) for value in sorted(values))

    schema = rdflib.Namespace(FIXED["schema"])
    lines = [f"The classes and properties of [kg.ttl](../../ontology/kg.ttl), prefix `kg:` for `{ONTOLOGY}`.", ""]
    for title, kind in (("Classes", OWL.Class), ("Links", OWL.ObjectProperty), ("Values", OWL.DatatypeProperty)):
        nodes = [node for node in (rdflib.URIRef(ONTOLOGY + name) for name in order) if (node, RDF.type, kind) in graph]
        lines += [f"## {title}", ""]
        rows: list[tuple[object, ...]] = [
            (
                code(node.n3(graph.namespace_manager)),
                names(node, RDFS.subClassOf) + names(node, RDFS.subPropertyOf),
                names(node, schema.domainIncludes),
                names(node, schema.rangeIncludes),
                graph.value(node, RDFS.comment) or "",
                graph.value(node, SKOS.example) or "",
            )
            for node in nodes
        ]
        lines += table(("name", "below", "from", "to", "meaning", "example"), rows)
    return lines


#: File name -> title and what writes the page.
PAGES: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "commands.md": ("Commands", commands),
    "recipes.md": ("Recipes", recipes),
    "formats.md": ("Formats", formats),
    "config.md": ("Settings", config),
    "python.md": ("Python", python),
    "ontology.md": ("Ontology", ontology),
}

#: Stands at the top of every page.
NOTE = "<!-- Written by `make docs` from the code; do not edit. -->"


def page(name: str) -> str:
    """Give the text of a page."""
    title, write = PAGES[name]
    text = "\n".join([NOTE, "", f"# {title}", "", *write()])
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def main() -> int:
    """Write the pages, or tell which are stale."""
    parser = argparse.ArgumentParser(description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; tell which pages are stale")
    check = parser.parse_args().check
    stale = []
    for name in PAGES:
        path, text = FOLDER / name, page(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and stale:
        print(f"stale: {', '.join(stale)}; run `make docs`")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
