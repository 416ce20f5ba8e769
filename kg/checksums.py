"""Checksums of files, and the list of them that a folder holds about itself."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: The list in a folder, as `sha256sum -c` of the GNU coreutils reads it.
LIST = "sha256sums"


def digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_list(folder: Path, *, leaving: tuple[str, ...] = ()) -> None:
    """List the checksums of a folder's files, leaving those whose names start so."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    names = [name for name in names if not name.startswith((LIST, *leaving))]
    rows = zip(_digests(folder, names), names, strict=True)
    (folder / LIST).write_text("".join(f"{hashed}  {name}\n" for hashed, name in rows), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Tell whether a folder has its list, and the listed files their checksums."""
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
        wanted = {name: hashed for hashed, name in (line.split("  ", 1) for line in lines)}
        return bool(wanted) and _digests(folder, wanted) == list(wanted.values())
    except (OSError, ValueError):
        return False


def _digests(folder: Path, names: Iterable[str]) -> list[str]:
    """Give the checksums of files, on all cores: those of a store take a second for each gigabyte on one."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(digest, (folder / name for name in names)))
