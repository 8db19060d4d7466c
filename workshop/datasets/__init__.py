"""Data sets: one registry, files verified by their checksums, and the values that chapter functions take.

`find` locates a data set, by default without a network. `load` turns it into arrays, frames, texts or paths.
Names are imported on first use, so that the readers also work on the book's own stack, which does not have
the registry's libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workshop.errors import DataError, UnsafePickleError

if TYPE_CHECKING:
    from workshop.datasets.finding import Found, Missing, find, find_data_set
    from workshop.datasets.loading import load, reader_of
    from workshop.datasets.model import DataSet, UnknownDataSetError, registry
    from workshop.datasets.own_data import Own, is_data, own
    from workshop.datasets.readers.folders import ZippedImages
    from workshop.datasets.readers.images import ImageArrays
    from workshop.datasets.readers.imdb import ReviewIds
    from workshop.datasets.readers.tables import ReviewTables
    from workshop.datasets.readers.vectors import WordVectors
    from workshop.datasets.readers.weights import PretrainedFiles
    from workshop.datasets.status import Status, check, fetch, fetch_small, statuses

_HOMES = {
    "registry": "model",
    "DataSet": "model",
    "UnknownDataSetError": "model",
    "find": "finding",
    "find_data_set": "finding",
    "Found": "finding",
    "Missing": "finding",
    "load": "loading",
    "reader_of": "loading",
    "fetch": "status",
    "fetch_small": "status",
    "check": "status",
    "statuses": "status",
    "Status": "status",
    "Own": "own_data",
    "is_data": "own_data",
    "own": "own_data",
    "ImageArrays": "readers.images",
    "ZippedImages": "readers.folders",
    "ReviewTables": "readers.tables",
    "ReviewIds": "readers.imdb",
    "WordVectors": "readers.vectors",
    "PretrainedFiles": "readers.weights",
}
__all__ = [
    "DataError",
    "DataSet",
    "Found",
    "ImageArrays",
    "Missing",
    "Own",
    "PretrainedFiles",
    "ReviewIds",
    "ReviewTables",
    "Status",
    "UnknownDataSetError",
    "UnsafePickleError",
    "WordVectors",
    "ZippedImages",
    "check",
    "fetch",
    "fetch_small",
    "find",
    "find_data_set",
    "is_data",
    "load",
    "own",
    "reader_of",
    "registry",
    "statuses",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("workshop.datasets." + _HOMES[name]), name)
    globals()[name] = value
    return value
