"""Where formats of several files are written: a zip with fixed dates, or a folder that is replaced file by file.

A folder that holds an export has the file ``kg-export.json``, which names its files with their SHA-256. Writing there
again replaces these and removes those no longer needed; other files stay, and a file changed by hand is an error.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from kg.config import Config
from kg.errors import KGError
from kg.tables import Tables

#: The file that marks a folder as an export.
MARK = "kg-export.json"

#: Version of the layout of that file.
_LAYOUT = 1

#: A folder of files that are being written has this prefix; one that a killed process left may be deleted.
_NEW = ".kg-export-"

#: The earliest date a zip can hold.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


class Files(Protocol):
    """A place for the files of an export."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new file for writing; its name has slashes. One file is open at a time."""


#: Writes the files of an export.
WriteFiles = Callable[[Tables, Config, Files], None]


class _Zip:
    """Files in a zip."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a new member."""
        info = zipfile.ZipInfo(name, _NO_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # else it depends on the machine
        info.external_attr = 0o644 << 16
        with self._archive.open(info, "w", force_zip64=True) as stream:
            yield cast(BinaryIO, stream)


class _Folder:
    """Files in a folder; ``names`` lists those written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: list[str] = []

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            yield stream
        self.names.append(name)


class _OneWay:
    """A stream without a position, so that a zip has the same bytes in a file and in a pipe."""

    def __init__(self, stream: BinaryIO) -> None:
        self.write, self.flush = stream.write, stream.flush


def zipped(write: WriteFiles) -> Callable[[Tables, Config, BinaryIO], None]:
    """Make a writer of one stream, which is a zip, of a writer of files."""

    def write_zip(tables: Tables, config: Config, stream: BinaryIO) -> None:
        with zipfile.ZipFile(cast(BinaryIO, _OneWay(stream)), "w") as archive:
            write(tables, config, _Zip(archive))

    return write_zip


def write_folder(folder: Path, name: str, write: Callable[[Files], None]) -> None:
    """Write the files of the format ``name`` into a folder that is new, empty or an earlier export of it.

    All files are written aside first, so a failure leaves the folder as it was.
    """
    if folder.exists() and not folder.is_dir():
        raise KGError(f"{folder}: is no folder; this format has several files, give a folder or a name with .zip")
    if not folder.absolute().parent.is_dir():
        raise KGError(f"{folder}: the folder {folder.parent} does not exist; make it first")
    is_new = not folder.exists()
    before = {} if is_new else _earlier(folder, name)
    folder.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder, prefix=_NEW))
    try:
        files = _Folder(aside)
        write(files)
        _check_free(folder, files.names, before)
        _swap(folder, aside, name, files.names, before)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


def _earlier(folder: Path, name: str) -> dict[str, str]:
    """Give the digests of the files of the earlier export in a folder; another content is an error."""
    mark = folder / MARK
    if not mark.is_file():
        if foreign := sorted(path.name for path in folder.iterdir() if not path.name.startswith(_NEW)):
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            raise KGError(f"{folder}: holds files that are no export of kg ({shown}); choose an empty or new folder")
        return {}
    try:
        found = json.loads(mark.read_text(encoding="utf-8"))
        form, whole, digests = found["format"], found["whole"], dict(found["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise KGError(f"{mark}: no readable mark of an export ({error}); choose an empty or new folder") from error
    if any(item.startswith("/") or ".." in Path(item).parts for item in digests):
        raise KGError(f"{mark}: names files outside its folder; choose an empty or new folder")
    if form != name:
        raise KGError(f"{folder}: holds an export as {form}; choose another folder for {name}")
    changed = [item for item in digests if whole and _is_changed(folder / item, digests[item])]
    if changed:
        raise KGError(
            f"{folder}: {len(changed)} of the exported files were changed since, the first is {changed[0]}; "
            "move what you wrote elsewhere and delete them, or choose another folder"
        )
    return digests


def _is_changed(path: Path, digest: str) -> bool:
    """Tell whether a file is there with other content than was written."""
    return path.is_file() and _digest(path) != digest


def _check_free(folder: Path, names: list[str], before: dict[str, str]) -> None:
    """Refuse to overwrite a file that is not of the earlier export."""
    taken = [name for name in names if name not in before and (folder / name).exists()]
    if taken:
        raise KGError(f"{folder / taken[0]}: is a file of yours that the export would replace; move it elsewhere")


def _swap(folder: Path, aside: Path, name: str, names: list[str], before: dict[str, str]) -> None:
    """Move finished files to their places and remove those of the earlier export that are no longer needed."""
    digests = {item: _digest(aside / item) for item in sorted(names)}
    _mark(folder, name, before | digests, whole=False)
    for item in before.keys() - digests.keys():
        (folder / item).unlink(missing_ok=True)
        for parent in (folder / item).parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    for item in names:
        path = folder / item
        path.parent.mkdir(parents=True, exist_ok=True)
        (aside / item).replace(path)
    _mark(folder, name, digests, whole=True)


def _mark(folder: Path, name: str, digests: dict[str, str], *, whole: bool) -> None:
    """Say which files of a folder are the export's; ``whole`` is false while they are being moved."""
    mark = {"tool": "kg", "layout": _LAYOUT, "format": name, "whole": whole, "files": digests}
    temporary = folder / f"{_NEW}mark"
    temporary.write_text(json.dumps(mark, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(folder / MARK)


def _digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
