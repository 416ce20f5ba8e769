"""What the benchmark of faults reads: the build in use while another is made, and every byte afterwards."""

import hashlib
import threading
import time
from collections.abc import Iterator

import pyoxigraph as ox

from kg.checksums import digest
from kg.errors import KGError
from kg.tables import RECORDS
from kg.workspace import LINKED, Workspace

#: Seconds between two readings of the build in use, and as a share of what the last one took, so that builds get on.
PAUSE, SHARE = 0.2, 4


class Reader(threading.Thread):
    """Reads the build in use over and over until it is ended."""

    def __init__(self, space: Workspace, known: dict[str, Workspace], *, must: bool) -> None:
        """Take the workspace, the whole builds it may hold by their manifests, and whether it must hold one."""
        super().__init__()
        self.space, self.known, self.must = space, known, must
        self.readings = 0
        self.wrong: list[str] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Read until ended."""
        pause = PAUSE
        while not self._over.wait(pause):
            begun = time.perf_counter()
            self.look()
            pause = max(PAUSE, SHARE * (time.perf_counter() - begun))

    def look(self) -> None:
        """Read the build in use once."""
        self.readings += 1
        try:
            self.wrong += unreadable(self.space, self.known, must=self.must)
        except (KGError, OSError, ValueError, RuntimeError) as error:
            self.wrong.append(f"{type(error).__name__}: {error}")

    def end(self) -> None:
        """End the thread, and read once more."""
        self._over.set()
        self.join()
        self.look()


def unreadable(space: Workspace, known: dict[str, Workspace], *, must: bool) -> Iterator[str]:
    """Say what of the build in use cannot be read, or is of no ``known`` build."""
    if not space.has_build():
        if must:
            yield "no build is in use"
        return
    build = space.build()
    text = build.file("manifest.json").read_text(encoding="utf-8")
    if text not in known:
        yield "the manifest is that of no whole build"
    counts = build.manifest().counts
    if not build.is_intact():
        yield "a file has other bytes than the manifest says"
    for name in RECORDS:
        if sum(1 for _ in build.tables().rows(name)) != counts[name]:
            yield f"table {name} lacks rows"
    store = ox.Store.read_only(str(build.file("store")))
    (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    if int(row["n"].value) != counts["triples"]:
        yield "the store lacks triples"
    for name in LINKED[:4]:
        if digest(space.path / name) not in {digest(other.path / name) for other in known.values()}:
            yield f"{name} is that of no whole build"


def content(space: Workspace) -> dict[str, str]:
    """Hash every file of the build in use and of the workspace; of the store, what it holds."""
    folder = space.build().folder
    files = [path for path in folder.rglob("*") if path.is_file() and folder / "store" not in path.parents]
    found = {path.relative_to(folder).as_posix(): digest(path) for path in files}
    hashed = hashlib.sha256()
    for line in sorted(str(quad) for quad in ox.Store.read_only(str(folder / "store"))):
        hashed.update(line.encode("utf-8", "surrogatepass") + b"\n")
    found["store"] = hashed.hexdigest()
    replaced = space.path / "identity.parquet"
    found["identity.parquet"] = digest(replaced) if replaced.exists() else ""
    left = [path.name for path in space.path.rglob("*") if path.name.endswith(".new") or path.name.startswith(".new-")]
    return found | dict.fromkeys(left, "left behind")
