"""`kg validate`, `kg evaluate` and `kg sample`: tell whether what the graph holds is right."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import (
    Registered,
    config_of,
    config_option,
    emit,
    load_config,
    model_option,
    output_option,
    stages,
    workers_option,
    workspace_option,
)
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.config import Config
    from kg.evaluate import Evaluation
    from kg.sampling import Claim
    from kg.validate import Shape


@click.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path), metavar="[FILE]...")
@click.option(
    "--format",
    "format_",
    type=Registered("kg.validate", "FORMATS"),
    default="text",
    show_default=True,
    help="Form of the report; ttl is a sh:ValidationReport.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    show_default="20 in text, else all",
    help="Violations of each shape to list; all are counted.",
)
@click.option(
    "--shapes",
    "more",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check these shapes too, each with a kg:violation_query (Turtle).",
)
@workspace_option
@output_option
def validate(
    files: tuple[Path, ...],
    *,
    format_: str,
    limit: int | None,
    more: tuple[Path, ...],
    workspace: Path,
    output: str,
) -> None:
    """Check the graph against its shapes, or RDF in FILEs, taken together.

    Exit status 1 says that it does not conform.

    \b
    Example:
      kg validate -w my-graph
      kg validate graph.nq.gz additions.ttl --format ttl -o report.ttl
    """
    from kg.validate import FORMATS, SHOWN, validate_files
    from kg.validate import validate as validate_store
    from kg.workspace import Workspace

    limit = SHOWN if limit is None and format_ == "text" else limit
    shapes = _own_shapes(more)
    if files:
        report = validate_files(files, shapes=shapes, limit=limit)
    else:
        build = Workspace(workspace).build()
        report = validate_store(build.file("store"), config=config_of(build, None), shapes=shapes, limit=limit)
    emit(output, FORMATS[format_](report))
    if not report.conforms:
        sys.exit(1)


def _own_shapes(paths: tuple[Path, ...]) -> "list[Shape]":
    """Read shapes of a user, whose queries may do no more than those of `kg query`."""
    from kg.config import Config
    from kg.namespaces import Namespaces
    from kg.query.check import check
    from kg.validate import read_shapes

    shapes = [shape for path in paths for shape in read_shapes(path)]
    for shape in shapes:
        check(shape.query, prefixes=Namespaces(Config().base_iri).prefixes, graphs=(), terms=())
    return shapes


@click.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--predictions",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Score this output of `kg extract` instead; once for all of GOLD, or once for each.",
)
@click.option("--plot", "picture", metavar="FILE", help="Also draw the reliability of entities and relations (SVG).")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@output_option
@model_option
@workers_option
@config_option
def evaluate(
    gold: tuple[Path, ...],
    *,
    predictions: tuple[Path, ...],
    picture: str | None,
    as_json: bool,
    output: str,
    model: str | None,
    workers: int | None,
    config_file: Path | None,
) -> None:
    """Tell precision, recall, F1 and calibration on annotated papers.

    GOLD has one paper a line: id, title, abstract, entities, relations. Of several files, each is scored, and all
    together. Intervals hold 95 % of 1,000 resamples of the papers.

    \b
    Example:
      kg evaluate gold/dev.jsonl gold/dev-arxiv.jsonl --plot reliability.svg
      kg extract gold/dev.jsonl -o mine.jsonl; kg evaluate gold/dev.jsonl --predictions mine.jsonl
    """
    from kg.evaluate import summarise, tally
    from kg.gold import read_gold, read_predictions
    from kg.reliability import plot

    if len(predictions) not in (0, 1, len(gold)):
        raise click.UsageError(f"--predictions is given {len(predictions)} times for {len(gold)} files of GOLD")
    wanted = [read_gold(path) for path in gold]
    given = [read_predictions(path) for path in predictions]
    found = (
        (given * len(gold))[: len(gold)]
        if given
        else _extracted(wanted, load_config(config_file, model=model), workers)
    )
    tallies = [tally(*pair) for pair in zip(wanted, found, strict=True)]
    parts = [(str(path), summarise(own)) for path, own in zip(gold, tallies, strict=True)]
    whole = summarise([own for part in tallies for own in part])
    if picture is not None:
        emit(picture, plot({"Entities": whole.calibration["entity"], "Relations": whole.calibration["relation"]}))
    if as_json:
        files = [{"gold": name, **part.as_dict()} for name, part in parts]
        emit(output, json.dumps({**whole.as_dict(), "files": files}) + "\n")
    elif len(parts) == 1:
        emit(output, _figures_text(whole))
    else:
        named = [*parts, ("All together", whole)]
        emit(output, "\n".join(f"{name}: {part.papers} papers\n{_figures_text(part)}" for name, part in named))


def _extracted(
    gold: list[list[dict[str, Any]]], config: "Config", workers: int | None
) -> list[dict[str, dict[str, Any]]]:
    """Extract from the titles and abstracts of each gold file, by paper id."""
    from kg import engine
    from kg.interchange import to_dict
    from kg.model import Paper
    from kg.text import clean

    rows = [(number, row) for number, part in enumerate(gold) for row in part]
    papers = [Paper(clean(row["title"]), clean(row.get("abstract", "")), key=str(row["id"])) for _, row in rows]
    found: list[dict[str, dict[str, Any]]] = [{} for _ in gold]
    with stages() as tell:
        results = engine.extract(papers, config, workers=workers)
        for done, ((number, _), paper, extraction) in enumerate(zip(rows, papers, results, strict=True), 1):
            found[number][paper.key] = to_dict(paper, extraction)
            tell("extract", done, len(papers))
    return found


def _figures_text(found: "Evaluation") -> str:
    """Lay the figures out as a table."""
    lines = [f"{'':28}{'P':>8}{'R':>8}{'F1':>8}{'95 %':>16}{'tp':>7}{'fp':>7}{'fn':>7}"]
    for name, row in found.figures.items():
        low, high = found.intervals[name]["f1"]
        sure = f"{low:.3f} to {high:.3f}"
        figures = f"{row.precision:8.3f}{row.recall:8.3f}{row.f1:8.3f}{sure:>16}"
        lines.append(f"{name:28}{figures}{row.tp:7}{row.fp:7}{row.fn:7}")
    for name, own in found.calibration.items():
        lines += ["", f"{name}: expected calibration error {own.ece:.3f} over {own.predictions} predictions"]
        lines += [f"{'':6}{'stated':>8}{'right':>8}{'n':>7}"] if own.bins else []
        lines += [f"{'':6}{stated:8.3f}{right:8.3f}{size:7}" for stated, right, size in own.bins]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--seed", required=True, metavar="TEXT", help="Any text; the same text draws the same claims.")
@click.option("-n", "number", type=click.IntRange(min=1), default=40, show_default=True, help="Claims to draw.")
@click.option("--relations", "what", flag_value="relations", default=True, help="Draw relations (the default).")
@click.option("--merges", "what", flag_value="merges", help="Draw decisions that two names mean one thing, or do not.")
@click.option("--entities", "what", flag_value="entities", help="Draw entities.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form."
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help="Draw relations at least this sure; default: those the graph asserts (export_threshold).",
)
@workspace_option
@output_option
def sample(
    *, seed: str, number: int, what: str, format_: str, min_confidence: float | None, workspace: Path, output: str
) -> None:
    """Draw random claims with their sentences, for a person to judge.

    \b
    Example:
      kg sample --seed 7 -n 20
      kg sample --seed "$(git rev-parse HEAD)" --entities --format json > to-judge.json
    """
    from kg.sampling import draw
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    threshold = config_of(build, None).export_threshold if min_confidence is None else min_confidence
    claims = draw(build.tables(), what, number=number, seed=seed, threshold=threshold)
    if not claims:
        raise InputError(f"{workspace}: the graph holds no {what} to draw")
    if format_ == "json":
        emit(output, json.dumps([claim.as_dict() for claim in claims], ensure_ascii=False, indent=1) + "\n")
    else:
        emit(output, "\n".join(_claim_text(place, claim) for place, claim in enumerate(claims, 1)))


def _claim_text(place: int, claim: "Claim") -> str:
    """Lay a claim out for a reader."""
    lines = [f"{place}. {claim.statement}", *(f"   {note}" for note in claim.notes)]
    for quote in claim.quotes:
        lines += [f"   > {quote.marked()}", f"     — {quote.title}" + (f"  [{quote.note}]" if quote.note else "")]
    lines += [f"   ... and {claim.left_out} more"] if claim.left_out else []
    return "\n".join(lines) + "\n"
