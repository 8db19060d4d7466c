"""Readers, which turn verified files into arrays, frames and texts.

A reader takes a mapping of file names to paths of one edition, and its settings. It knows no checksum, cache
or network. Readers keep to Python 3.7, so that the book's own stack reads the same data.
"""

import csv
import lzma
import pickle
import struct
import tarfile
import tokenize
import zipfile
import zlib
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Iterator, Mapping

from workshop.errors import DataError

READERS = {
    "csv": "tables:read_csv_table",
    "reviews_csv": "tables:read_review_tables",
    "fasttext": "tables:read_fasttext",
    "idx": "images:read_idx",
    "keras_npz": "images:read_keras_npz",
    "cifar_webp": "images:read_cifar_webp",
    "cifar_batches": "images:read_cifar_batches",
    "image_zip": "folders:read_image_zip",
    "path": "folders:read_path",
    "text": "corpora:read_text",
    "words": "corpora:read_words",
    "punkt": "corpora:read_punkt",
    "wordnet": "corpora:read_wordnet",
    "brown": "corpora:read_brown",
    "reviews": "corpora:read_reviews",
    "text8": "corpora:read_text8",
    "imdb_npz": "imdb:read_imdb_npz",
    "imdb_reviews": "imdb:read_imdb_reviews",
    "word_index": "imdb:read_word_index",
    "word_vectors": "vectors:read_word_vectors",
    "keras_weights": "weights:read_keras_weights",
    "efficientnet_lite0": "weights:read_efficientnet_lite0",
}

# bytes of a member that are read at once; the largest member of a published archive has a third of them
LARGEST = 1 << 27

# What Python and the libraries raise on broken content. Errors of JSON, pandas and text are ValueErrors.
# Pillow raises OSError and, for PNG, SyntaxError; an encrypted zip raises RuntimeError.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    csv.Error,
    lzma.LZMAError,
    pickle.UnpicklingError,
    struct.error,
    tarfile.TarError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def reading(*names: str) -> Iterator[None]:
    """Turn the errors of broken content into one DataError that names files and remedy."""
    where = ", ".join(names)
    try:
        yield
    except DataError as error:
        message = _one_line(error)
        known = any(name in message for name in names)
        raise type(error)(message if known else "%s: %s" % (where, message)) from None
    except _BROKEN as error:
        reason = _one_line(error) or type(error).__name__
        if isinstance(error, KeyError):
            reason = "missing: " + reason
        raise DataError("%s can't be read (%s); run: workshop data check" % (where, reason)) from error


def _one_line(error: Exception) -> str:
    """Return the message without line ends and control characters, which may come from the file."""
    return "".join(mark if mark.isprintable() else "?" for mark in " ".join(str(error).split()))


def member(archive: zipfile.ZipFile, name: str, limit: int = LARGEST) -> bytes:
    """Return the content of one member, if its size in the archive's list is within the limit."""
    size = archive.getinfo(name).file_size
    if size > limit:
        raise DataError("%s has %d bytes, more than %d; run: workshop data check" % (name, size, limit))
    return archive.read(name)


# what readers import; the others need only NumPy, or leave the import to the unit that uses their values
LIBRARIES = {
    "csv": ("pandas",),
    "reviews_csv": ("pandas",),
    "fasttext": ("pandas",),
    "cifar_webp": ("PIL",),
    "punkt": ("nltk",),
    "wordnet": ("nltk",),
    "brown": ("nltk",),
}


def read(loader: str, paths: Mapping[str, Path], **settings: Any) -> Any:
    """Return the value of an edition's files, read by the named reader.

    Raises
    ------
    DataError
        If there is no such reader, a library it needs is not installed, or a file can't be read.
    """
    if loader not in READERS:
        raise DataError("no reader is called %r; there are %s" % (loader, ", ".join(sorted(READERS))))
    module, function = READERS[loader].split(":")
    try:
        reader = getattr(import_module("workshop.datasets.readers." + module), function)
        with reading(*(name.rsplit("/", 1)[-1] for name in paths)):
            return reader(paths, **settings)
    except ImportError as error:
        raise DataError(
            "%s is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')" % error.name
        ) from error


def only(paths: Mapping[str, Path]) -> Path:
    """Return the path of an edition's only file."""
    (path,) = paths.values()
    return path
