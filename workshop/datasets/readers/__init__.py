"""
Readers: verified files in, arrays, frames and texts out.

Each reader takes the mapping file name → path of one edition (and its settings), and no checksum, cache or
network concerns it. They keep to Python 3.7, so that the book's own stack reads the same data.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Mapping

from workshop.datasets.errors import DataError

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

# what readers import; the others need NumPy alone, or leave it to the unit that uses what they return
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
    """
    Return the value that the named reader makes of an edition's files.

    Raises
    ------
    DataError
        If there is no such reader, a library it needs is not installed, or a file can't be read.
    """
    if loader not in READERS:
        raise DataError("no reader is called %r; there are %s" % (loader, ", ".join(sorted(READERS))))
    module, function = READERS[loader].split(":")
    try:
        return getattr(import_module("workshop.datasets.readers." + module), function)(paths, **settings)
    except ImportError as error:
        raise DataError(
            "%s is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')" % error.name
        ) from error


def only(paths: Mapping[str, Path]) -> Path:
    """Return the path of an edition that is one file."""
    (path,) = paths.values()
    return path
