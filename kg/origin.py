"""Hashes of what decides the bytes of a build: the program, and the set of records."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from functools import cache
from pathlib import Path

import kg
from kg.model import Paper, Reject
from kg.vocabulary import ontology_file

#: Files of the package that decide the bytes of a build.
_CODE = (".py", ".js", ".css", ".html", ".ttl")


def set_hash(records: Sequence[Paper], rejects: Sequence[Reject], filling: Sequence[Paper] = ()) -> str:
    """Hash the sorted records of a build, those that could not be used, and those that fill what others lack."""
    hashed = hashlib.sha256()
    for item in (*map(astuple, records), *map(astuple, rejects), *map(astuple, filling)):
        hashed.update(json.dumps(item).encode("ascii") + b"\n")
    return hashed.hexdigest()


@cache
def code_hash() -> str:
    """Hash the program and the ontology, so that a changed checkout builds anew."""
    package, ontology = Path(kg.__file__).parent, ontology_file("kg.ttl").parent
    files = {f"kg/{path.relative_to(package).as_posix()}": path for path in package.rglob("*")}
    files = {name: path for name, path in files.items() if ontology not in path.parents}
    files |= {f"ontology/{path.relative_to(ontology).as_posix()}": path for path in ontology.rglob("*")}
    hashed = hashlib.sha256()
    for name, path in sorted(files.items()):
        if path.suffix in _CODE:
            hashed.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()
