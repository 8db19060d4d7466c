"""Loading: the value that a chapter function takes for a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshop.datasets import readers
from workshop.datasets.array_cache import CACHED_TYPES, load_cached
from workshop.datasets.finding import Found, Missing, find
from workshop.datasets.model import registry
from workshop.datasets.own_data import Own
from workshop.datasets.photographs import Photographs
from workshop.datasets.reachability import READ_SECONDS
from workshop.datasets.readers.array_checksums import verify
from workshop.datasets.readers.corpora import Text8, WordCounts
from workshop.datasets.readers.folders import ZippedImages
from workshop.errors import DataError


def load(data_set: Found | str) -> Any:
    """Return the value of a data set, by its id, or of what `find` returned.

    Images are `ImageArrays` or `ZippedImages`, tables pandas frames, reviews `ReviewIds` or `ReviewTables`,
    the word index a dict, word vectors `WordVectors`, pretrained networks `PretrainedFiles`, and a photograph
    a path. text8 is an iterable of sentences, and speech a function of text and path. NLTK's punkt is a
    sentence tokenizer, WordNet a corpus reader, Brown a `TaggedCorpus`; word lists and film reviews are
    tuples of strings, and a book is a string.

    Raises
    ------
    DataError
        If the data set is unknown or not here, a file can't be read, or a library is missing.
    """
    found = find(data_set) if isinstance(data_set, str) else data_set
    if isinstance(found, Missing):
        raise DataError(f"{found.id}: {found.reason}: {found.remedy}")
    if isinstance(found, Own):
        return found.value
    edition = registry()[found.id].edition(found.edition)
    if edition.loader == "gtts":
        return _gtts

    def read() -> Any:
        return readers.read(edition.loader, found.paths, **edition.settings)

    cached = edition.loader in CACHED_TYPES
    value = load_cached(edition.loader, found.checksum, read) if cached else read()
    verify(found.id, value, edition.arrays)
    if isinstance(value, ZippedImages):
        return Photographs.of(value, found.checksum)
    return _CountedOnce(value, found.checksum) if isinstance(value, Text8) else value


class _CountedOnce(Text8):
    """text8 whose words are counted once: the counts are kept in the array cache."""

    def __init__(self, text: Text8, checksum: str) -> None:
        self.__dict__.update(vars(text))
        self._checksum = f"{checksum} {self._every}"

    def word_counts(self) -> WordCounts:
        counted: WordCounts = load_cached("word_counts", self._checksum, super().word_counts)
        return counted


def reader_of(found: Found) -> tuple[str, tuple[str, ...]]:
    """Return the function that reads a data set (`module:function`), and the libraries that it imports."""
    if isinstance(found, Own):
        return __name__, ()
    loader = registry()[found.id].edition(found.edition).loader
    if loader == "gtts":
        return f"{__name__}:{_gtts.__name__}", ()
    return f"{readers.__name__}.{readers.READERS[loader]}", readers.LIBRARIES.get(loader, ())


def _gtts(text: str, path: Path) -> None:
    """Write `text` as spoken English to an MP3 file, using gTTS's web service."""
    import gtts

    try:
        gtts.gTTS(text, lang="en", timeout=READ_SECONDS).save(str(path))
    except gtts.gTTSError as error:
        raise DataError(f"the speech service did not answer ({error}); try again online") from error
