"""The errors a caller can meet.

A message says what was found, where (file and line, or paper) and what to do.

    KGError
    ├── InputError        a source that cannot be read
    ├── ConfigError       a kg.toml with a wrong key or value
    ├── VocabularyError   a vocabulary file that breaks its rules
    ├── WorkspaceError    a workspace that is locked, foreign, damaged or absent
    ├── QueryError        a query that is wrong, refused or too slow
    └── FetchError        a web service that cannot be asked, or a folder for its answers that cannot be used
"""


class KGError(Exception):
    """Anything that went wrong in a way the message explains."""


class InputError(KGError):
    """A source that cannot be read."""


class ConfigError(KGError):
    """A configuration with a wrong key or value."""


class VocabularyError(KGError):
    """A vocabulary file that breaks its rules."""


class WorkspaceError(KGError):
    """A workspace that is locked, foreign, damaged or absent."""


class QueryError(KGError):
    """A query that is wrong, refused or too slow."""


class FetchError(KGError):
    """A web service that cannot be asked, or a folder for its answers that cannot be used."""
