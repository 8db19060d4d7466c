"""Loading: the value that a chapter function gets for a data set that was found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workshop.datasets import readers
from workshop.datasets.cache import LOGGER, cache_folder, locked, write_atomically
from workshop.datasets.errors import DataError
from workshop.datasets.finding import Found
from workshop.datasets.model import registry


def load(found: Found) -> Any:
    """
    Return a data set's value.

    Images come as ``ImageArrays`` or ``ZippedImages``, tables as pandas frames, reviews as ``ReviewIds`` or
    ``ReviewTables``, the word index as a dict, word vectors as ``WordVectors``, pretrained networks as
    ``PretrainedFiles``; a photograph, text8 and NLTK's data (a folder for ``nltk.data.path``) as a path;
    speech as a function of text and path.

    Raises
    ------
    DataError
        If a file can't be read, or a library is missing.
    """
    (edition,) = (each for each in registry()[found.id].editions if each.name == found.edition)
    if edition.loader == "gtts":
        return _gtts

    def read() -> Any:
        return readers.read(edition.loader, found.paths, **edition.settings)

    value = _kept(found, read, edition.arrays) if edition.keep_loaded else read()
    _compare(found.id, value, edition.arrays)
    return value


def _kept(found: Found, read: Callable[[], Any], arrays: Mapping[str, str]) -> Any:
    """
    Return the reviews from the cache's copy of the arrays, and make the copy first if it is not there or
    damaged.
    """
    from workshop.datasets.readers.imdb import ReviewIds

    path = cache_folder() / found.id / f"loaded-{found.checksum[:12]}.npz"
    with locked(f"{found.id}/loaded"):
        if path.is_file():
            try:
                with np.load(path) as held:
                    value = ReviewIds(**dict(held))
                _compare(path.name, value, arrays)
            except Exception:  # a damaged archive can raise anything
                LOGGER.warning("%s was damaged and is made anew", path)
            else:
                return value
        value = read()
        write_atomically(path, lambda part: _save(part, value._asdict()))
    return value


def _save(path: Path, arrays: Mapping[str, Any]) -> None:
    with path.open("wb") as stream:
        np.savez(stream, **arrays)


def _compare(name: str, value: Any, arrays: Mapping[str, str]) -> None:
    """Hold loaded arrays against their published checksums (of little-endian bytes)."""
    for field, expected in arrays.items():
        array = getattr(value, field)
        content = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        if hashlib.sha256(content.data).hexdigest() != expected:
            raise DataError(f"{name}: {field} differs from its published checksum; run: workshop data check")


def _gtts(text: str, path: Path) -> None:
    """Write ``text`` as spoken English to an MP3 file, by gTTS's web service."""
    import gtts

    try:
        gtts.gTTS(text, lang="en").save(str(path))
    except gtts.gTTSError as error:
        raise DataError(f"the speech service did not answer ({error}); try again online") from error
