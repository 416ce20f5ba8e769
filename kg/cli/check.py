"""`kg validate`, `kg evaluate` and `kg sample`: tell whether what the graph holds is right."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import (
    config_of,
    config_option,
    emit,
    load_config,
    output_option,
    stages,
    workers_option,
    workspace_option,
)
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.evaluate import Calibration, Figures
    from kg.sampling import Claim


@click.command()
@workspace_option
@output_option
def validate(workspace: Path, output: str) -> None:
    """Check the graph against its shapes.

    Exit status 1 says that it does not conform.

    \b
    Example:
      kg validate -w my-graph
    """
    from kg.validate import validate as check
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    report = check(build.file("store"), config=config_of(build, None))
    emit(output, report.text())
    if not report.conforms:
        sys.exit(1)


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option(
    "--predictions", type=click.Path(path_type=Path), metavar="FILE", help="Score this output of `kg extract` instead."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@output_option
@workers_option
@config_option
def evaluate(
    gold: Path,
    *,
    predictions: Path | None,
    as_json: bool,
    output: str,
    workers: int | None,
    config_file: Path | None,
) -> None:
    """Tell precision, recall, F1 and calibration on annotated papers.

    GOLD has one paper a line: id, title, abstract, entities, relations.

    \b
    Example:
      kg evaluate gold/dev.jsonl
      kg extract gold/dev.jsonl -o mine.jsonl; kg evaluate gold/dev.jsonl --predictions mine.jsonl
    """
    from kg.evaluate import calibrate, read_gold, read_predictions, score

    wanted = read_gold(gold)
    found = read_predictions(predictions) if predictions else _extracted(wanted, config_file, workers)
    figures, calibration = score(wanted, found), calibrate(wanted, found)
    if as_json:
        rows = {name: row.as_dict() for name, row in figures.items()}
        quality = {name: {"ece": row.ece, "n": row.predictions, "bins": row.bins} for name, row in calibration.items()}
        emit(output, json.dumps({"figures": rows, "calibration": quality}) + "\n")
    else:
        emit(output, _figures_text(figures, calibration))


def _extracted(gold: list[dict[str, Any]], config_file: Path | None, workers: int | None) -> dict[str, dict[str, Any]]:
    """Extract from the gold's titles and abstracts, by paper id."""
    from kg import engine
    from kg.interchange import to_dict
    from kg.model import Paper
    from kg.text import clean

    papers = [Paper(clean(row["title"]), clean(row.get("abstract", "")), key=str(row["id"])) for row in gold]
    found = {}
    with stages() as tell:
        results = engine.extract(papers, load_config(config_file), workers=workers)
        for number, (paper, extraction) in enumerate(zip(papers, results, strict=True), 1):
            found[paper.key] = to_dict(paper, extraction)
            tell("extract", number, len(papers))
    return found


def _figures_text(figures: "dict[str, Figures]", calibration: "dict[str, Calibration]") -> str:
    """Lay the figures out as a table."""
    lines = [f"{'':28}{'P':>8}{'R':>8}{'F1':>8}{'tp':>7}{'fp':>7}{'fn':>7}"]
    lines += [
        f"{name:28}{row.precision:8.3f}{row.recall:8.3f}{row.f1:8.3f}{row.tp:7}{row.fp:7}{row.fn:7}"
        for name, row in figures.items()
    ]
    for name, row in calibration.items():
        lines += ["", f"{name}: expected calibration error {row.ece:.3f} over {row.predictions} predictions"]
        lines += [f"{'':6}{'stated':>8}{'right':>8}{'n':>7}"] if row.bins else []
        lines += [f"{'':6}{stated:8.3f}{right:8.3f}{size:7}" for stated, right, size in row.bins]
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
