"""Make the shipped models again, from the annotated papers and the corpus to the files in kg/extract/data.

usage: python make.py GOLD.jsonl CORPUS.jsonl.xz FOLDER --leave-out DEV.jsonl ... [--install]

Each step leaves its result in FOLDER and is passed over where that exists, so a run that was cut short goes on from
there; delete a file to make it and what rests on it anew. With --install the results are copied into the package.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "kg" / "extract" / "data"

#: Of every so many gold papers one is held back to join the experts and to calibrate them.
HELD = 5


def run(script: str, *arguments: object) -> None:
    """Run a script of this folder."""
    subprocess.run([sys.executable, HERE / script, *map(str, arguments)], check=True)


def split(gold: Path, fit: Path, held: Path) -> None:
    """Divide the gold papers."""
    lines = [line for line in gold.read_text(encoding="utf-8").splitlines() if json.loads(line)]
    held.write_text("".join(f"{line}\n" for line in lines[2::HELD]), encoding="utf-8")
    rest = [line for number, line in enumerate(lines) if number % HELD != 2]
    fit.write_text("".join(f"{line}\n" for line in rest), encoding="utf-8")


def unpack(corpus: Path, more: Path) -> None:
    """Join our own annotations to their texts."""
    packed = HERE / "annotations" / "arxiv.jsonl"
    with more.open("w", encoding="utf-8") as out:
        command = [sys.executable, HERE / "annotations.py", "unpack", corpus, packed]
        subprocess.run(command, check=True, stdout=out)


def step(result: Path, action: Callable[[], object]) -> None:
    """Do one step unless its result exists."""
    if result.exists():
        print(f"{result}: exists")
    else:
        print(f"{result}: being made", flush=True)
        action()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leave-out", type=Path, nargs="+", required=True, help="annotated papers kept for evaluation")
    parser.add_argument("--install", action="store_true", help="copy the results into the package")
    args = parser.parse_args()
    at = args.folder
    at.mkdir(parents=True, exist_ok=True)
    fit, held, more = at / "fit.jsonl", at / "held.jsonl", at / "more.jsonl"
    examples, trained, encoder = at / "examples.pickle", at / "encoder.pt", at / "encoder"
    rules, accurate, distilled, fast = (at / f"{name}.npz" for name in ("rules", "accurate", "distilled", "fast"))
    step(held, lambda: split(args.gold, fit, held))
    step(more, lambda: unpack(args.corpus, more))
    step(examples, lambda: run("prepare.py", fit, more, examples))
    step(trained, lambda: run("encoder.py", examples, trained))
    step(encoder, lambda: run("export.py", trained, encoder))
    step(rules, lambda: run("fit.py", fit, more, rules, "--held", held))
    step(accurate, lambda: run("fit.py", accurate, "--held", held, "--rules", rules, "--encoder", encoder))
    teacher = ("--encoder", encoder, "--leave-out", held, *args.leave_out)
    step(distilled, lambda: run("distil.py", args.corpus, rules, distilled, *teacher))
    step(fast, lambda: run("fit.py", fast, "--held", held, "--rules", distilled))
    if args.install:
        for path in (accurate, fast):
            shutil.copy(path, DATA)
        shutil.copytree(encoder, DATA / "encoder", dirs_exist_ok=True)


if __name__ == "__main__":
    main()
