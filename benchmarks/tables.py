"""Results as Markdown tables, and the block of a page that holds them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Row, middle
from kg.text import counted

#: What stands before and after the tables in a page.
BEGIN, END = "<!-- python -m benchmarks -->\n", "<!-- end -->\n"

#: A part of the results: where and of what, whether whole, and rows.
Part = dict[str, Any]

#: Tells of rows as lines; gives claims and figures of the last rows by name.
Tell = Callable[[Sequence[Row]], Iterator[str]]
Claim = Callable[[dict[str, Row]], Iterator[tuple[str, str]]]

#: Stages of a build that are told of, in order, with what they are called there.
STAGES = ("start", "read", "extract", "resolve", "tables", "rdf", "store", "page", "publish", "end")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table; all columns but the first are numbers.

    >>> list(table(["what", "s"], [["a", "1.5"]]))
    ['| what | s |', '| --- | ---: |', '| a | 1.5 |']
    """
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return (f"| {' | '.join(cells)} |" for cells in (headings, rule, *rows))


def number(value: float, digits: int = 0) -> str:
    """Write a number with thin groups of three digits.

    >>> number(60403), number(0.256, 2)
    ('60 403', '0.26')
    """
    return f"{value:,.{digits}f}".replace(",", " ")


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write the median of a few values, with the least and the most where there are several.

    >>> spread([1.0, 1.5, 1.1]), spread([2.0])
    ('1.10 (1.00–1.50)', '2.00')
    """
    shown = number(middle(values), digits)
    return f"{shown} ({number(min(values), digits)}–{number(max(values), digits)})" if len(values) > 1 else shown


def gigabytes(row: Row) -> str:
    """Write the peak memory of a row."""
    return number(row["megabytes"] / 1024, 2)


def peers(rows: Sequence[Row]) -> Iterator[str]:
    """Tell of whole builds beside the others; what could not run has its reason below."""
    headings = ["", "processes", "papers", "papers a second", "times the parse", "without start-up", "peak GB"]
    cells = []
    for row in sorted(rows, key=lambda row: int(row["processes"])):
        own = [row["what"], str(row["processes"]), number(row["papers"])]
        if row["seconds"]:
            rate = number(row["papers"] / middle(row["seconds"]), 1)
            inner = spread(row["reading_speed"]) if "reading_speed" in row else "–"
            cells.append([*own, rate, spread(row.get("speed", [1.0])), inner, gigabytes(row)])
        else:
            cells.append([*own, *["could not run"] * 2, "–", "–"])
    yield from table(headings, cells)
    for what, why in {row["what"]: row["failed"] for row in rows if "failed" in row}.items():
        yield from ("", f"{what} could not run: `{why}`")


def throughput(rows: Sequence[Row]) -> Iterator[str]:
    """Tell of extraction beside the parse in one process."""
    cells = [
        [row["what"], number(1000 * middle(row["seconds"]) / row["papers"], 1), spread(row["speed"])] for row in rows
    ]
    yield from table(["one process, start-up left out", "ms a paper", "times the parse"], cells)


def builds(rows: Sequence[Row]) -> Iterator[str]:
    """Tell of whole builds by size, how they grow, and what each stage costs."""
    headings = ["", "papers", "processes", "seconds", "papers a second", "peak GB", "grew", "exponent"]
    cells = []
    for row in rows:
        grown = row.get("growth")
        told = (
            [f"{grown['seconds']:g} × for {grown['papers']:g} ×", number(grown["exponent"], 2)] if grown else ["", ""]
        )
        rate = number(row["papers"] / middle(row["seconds"]), 1)
        cells.append([row["what"], number(row["papers"]), str(row["processes"]), spread(row["seconds"], 0)])
        cells[-1] += [rate, gigabytes(row), *told]
    yield from table(headings, cells)
    names = [name for name in STAGES if any(name in row["stages"] for row in rows)]
    yield from ("", "Seconds of each stage:", "")
    yield from table(
        ["", "papers", *names],
        [
            [row["what"], number(row["papers"]), *(number(middle(row["stages"].get(name, [0.0])), 1) for name in names)]
            for row in rows
        ],
    )
    yield from ("", "Peak memory in each stage, GB:", "")
    yield from table(
        ["", "papers", *names],
        [
            [row["what"], number(row["papers"]), *(number(row["stage_megabytes"].get(n, 0) / 1024, 2) for n in names)]
            for row in rows
        ],
    )


def commands(rows: Sequence[Row]) -> Iterator[str]:
    """Tell of start-up and the commands on the sample."""
    cells = [[row["what"], spread(row["seconds"]), gigabytes(row)] for row in rows]
    yield from table(["on the bundled sample", "seconds", "peak GB"], cells)


def export(rows: Sequence[Row]) -> Iterator[str]:
    """Tell of the steps of the RDF export, and the ratios."""
    steps = [row for row in rows if row["what"] != "ratios"]
    cells = [[row["what"], spread(row["processor"]), number(row["bytes"] / 1e6, 1), gigabytes(row)] for row in steps]
    yield from table(["", "processor seconds", "MB written", "peak GB"], cells)
    ratios = next((row for row in rows if row["what"] == "ratios"), {})
    yield ""
    yield from table(["", "times as long"], [[name, spread(found)] for name, found in ratios.items() if name != "what"])


def _last(rows: Sequence[Row]) -> dict[str, Row]:
    """Give the last row of each thing that was measured: that of most papers, or of most processes."""
    return {row["what"]: row for row in rows if row.get("seconds", True)}


def claim_peers(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Tell of builds and the others in multiples of the parse."""
    names = [name for name, row in rows.items() if "speed" in row and not name.startswith("parse")]
    if names:
        most = max(rows[name]["processes"] for name in names)
        figures = "; ".join(number(middle(rows[name]["speed"]), 2) for name in names)
        yield f"times the bare parse, {counted(most, 'process', 'processes')}: {'; '.join(names)}", figures


def claim_throughput(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Tell of extraction in multiples of the parse."""
    names = [name for name in rows if name.startswith("extraction")]
    if names:
        figures = "; ".join(number(middle(rows[name]["speed"]), 2) for name in names)
        yield f"times the bare parse, start-up left out: {'; '.join(names)}", figures


def claim_builds(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Tell of the largest build with each model."""
    for name, row in rows.items():
        figure = f"{number(middle(row['seconds']) / 60, 1)} minutes, {gigabytes(row)} GB"
        if grown := row.get("growth"):
            figure += f"; {grown['seconds']:g} times as long for {grown['papers']:g} times as many"
        processes = counted(row["processes"], "process", "processes")
        yield f"{name}: {number(row['papers'])} papers, {processes}; peak memory", figure


def claim_export(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Tell of the ratios of the export."""
    for name, found in rows.get("ratios", {}).items():
        if name != "what":
            yield name, f"{number(middle(found), 2)} times as long"


def claim_commands(rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Tell of start-up and the build of the sample."""
    for name in ("kg --help", "kg build", "kg build, nothing new"):
        if name in rows:
            figure = f"{number(middle(rows[name]['seconds']), 2)} s, {gigabytes(rows[name])} GB"
            yield f"`{name}` on the sample, peak memory", figure


#: Measurement -> its heading, what tells of its rows, and what of them in short.
TABLES: dict[str, tuple[str, Tell, Claim]] = {
    "peers": ("Whole builds beside the parse and other programs", peers, claim_peers),
    "throughput": ("Extraction beside the parse", throughput, claim_throughput),
    "builds": ("Builds by size", builds, claim_builds),
    "export": ("RDF export", export, claim_export),
    "commands": ("Start-up and commands", commands, claim_commands),
}


def claims(results: dict[str, Part]) -> Iterator[tuple[str, str, str]]:
    """Give what the README of kg says in short: claim, figure and what measures it; nothing of what is not there."""
    for name, (_, _, claim) in TABLES.items():
        rows = results.get(name, {}).get("rows", [])
        yield from ((*told, f"`python -m benchmarks {name}`") for told in claim(_last(rows)))


def tables(results: dict[str, Part]) -> str:
    """Lay out all results: in short, then each part with where it was measured."""
    lines: list[str] = []
    if short := list(claims(results)):
        lines += ["", "## In short", "", *table(["claim", "figure", "by"], short)]
    for name, (heading, tell, _) in TABLES.items():
        if (part := results.get(name)) and part["rows"]:
            lines += ["", f"## {heading}", "", f"`python -m benchmarks {name}`: {place(part)}", "", *tell(part["rows"])]
    return "".join(f"{line}\n" for line in lines[1:])


def place(part: Part) -> str:
    """Say in a sentence where a part was measured, of how many rounds, and whether it came to its end."""
    about = part["about"]
    machine = about["machine"]
    memory = f"{int(machine['memory'].split()[0]) / 1024**2:.0f} GB" if "memory" in machine else "unknown memory"
    where = f"{machine.get('processor', 'processor')}, {machine['cores']} cores, {memory}, Python {machine['python']}"
    rest = "" if part["complete"] else " Not finished."
    most = max(len(row.get("seconds", [])) for row in part["rows"])
    rounds = f"{'up to ' * (most > 1)}{counted(most, 'round')}"
    return f"medians (least–most) of {rounds}, commit {about['commit']}, {where}.{rest}"


def replaced(text: str, block: str) -> str:
    r"""Put the tables between the two marks of a page; `ValueError` where these are missing.

    >>> replaced(f"a\n{BEGIN}old\n{END}b\n", "new\n") == f"a\n{BEGIN}new\n{END}b\n"
    True
    """
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the page lacks the lines {BEGIN.strip()} and {END.strip()}")
    return f"{before}{BEGIN}{block}{END}{after}"


def write(page: Path, results: dict[str, Part]) -> None:
    """Put the tables into a page."""
    page.write_text(replaced(page.read_text(encoding="utf-8"), tables(results)), encoding="utf-8")
