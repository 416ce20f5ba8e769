"""The errors a caller can meet.

A message says what was found, where (file and line, or paper) and what to do.

    KGError
    ├── InputError        a source that cannot be read
    ├── ConfigError       a kg.toml with a wrong key or value
    ├── VocabularyError   a vocabulary file that breaks its rules
    ├── WorkspaceError    a workspace that is locked, foreign, damaged or absent
    ├── QueryError        a query that is wrong
    │   ├── QueryRefusedError     an update, a request to elsewhere, or a graph that is not in the store
    │   ├── QueryFormError        no form of the answer that is wanted fits the query
    │   ├── QueryTimeError        a query beyond the time limit
    │   ├── QueryRowsError        an answer of more rows or bytes than the limit
    │   ├── QueryMemoryError      a query that needs too much memory, or ended its process
    │   ├── QueryBusyError        no process is free for a query
    │   └── QueryCancelledError   a query that was called off
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
    """A query that is wrong, or one of the children says what else is the matter."""


class QueryRefusedError(QueryError):
    """An update, a request to elsewhere, a graph the store lacks, or a query too long to be checked."""


class QueryFormError(QueryError):
    """No form of the answer that is wanted fits the query."""


class QueryTimeError(QueryError):
    """A query beyond the time limit."""


class QueryRowsError(QueryError):
    """An answer of more rows or bytes than the limit."""


class QueryMemoryError(QueryError):
    """A query that needs too much memory, or ended its process."""


class QueryBusyError(QueryError):
    """No process is free for a query."""


class QueryCancelledError(QueryError):
    """A query that was called off."""


class FetchError(KGError):
    """A web service that cannot be asked, or a folder for its answers that cannot be used."""
