"""Data sets: one registry, files verified by their checksums, and the values that chapter functions take.

`find` locates a data set, by default without a network. `load` turns it into arrays, frames, texts or paths.
Names are imported on first use, so that the readers also work on the book's own stack, which does not have
the registry's libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workshop.errors import DataError

if TYPE_CHECKING:
    from workshop.datasets.finding import Found, Missing, find, find_data_set
    from workshop.datasets.loading import load, reader_of
    from workshop.datasets.model import DataSet, registry
    from workshop.datasets.own_data import Own, is_data, own
    from workshop.datasets.readers.imdb import ReviewIds
    from workshop.datasets.readers.tables import ReviewTables
    from workshop.datasets.status import Status, check, fetch, fetch_small, statuses

_NAMES = {
    "model": "registry DataSet",
    "finding": "find find_data_set Found Missing",
    "loading": "load reader_of",
    "status": "fetch fetch_small check statuses Status",
    "own_data": "Own is_data own",
    "readers.tables": "ReviewTables",
    "readers.imdb": "ReviewIds",
}


def __getattr__(name: str) -> Any:
    for module, names in _NAMES.items():
        if name in names.split():
            globals()[name] = value = getattr(import_module("workshop.datasets." + module), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
