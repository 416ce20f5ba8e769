"""Memory of work that makes millions of records and no cycle."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from itertools import chain

import pyarrow as pa


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause the search for cycles, which walks through every record again and again and doubles the time.

    >>> with no_collection():
    ...     gc.isenabled()
    False
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def let_go() -> None:
    """Give memory that is no longer used back to the system.

    What functions remember of the data lies between millions of records that are gone and would keep most of their
    memory taken: it is forgotten, cycles are searched for once, and the system's allocator is told to return the rest.

    >>> let_go()
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("kg.")]
    for item in chain.from_iterable(list(vars(module).values()) for module in modules):
        if isinstance(item, _lru_cache_wrapper) and item.cache_parameters()["maxsize"]:
            item.cache_clear()
    gc.collect()
    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # of glibc
        trim(0)
