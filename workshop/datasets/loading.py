"""Loading: the value that a chapter function gets for a data set that was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshop.datasets import readers
from workshop.datasets.array_cache import KEPT, kept
from workshop.datasets.finding import Found, Missing, find
from workshop.datasets.model import Edition, registry
from workshop.datasets.readers.array_checksums import hold
from workshop.errors import DataError


def load(data_set: Found | str) -> Any:
    """
    Return the value of a data set that was found; of one that is named, if it is here.

    Images come as ``ImageArrays`` or ``ZippedImages``, tables as pandas frames, reviews as ``ReviewIds`` or
    ``ReviewTables``, the word index as a dict, word vectors as ``WordVectors``, pretrained networks as
    ``PretrainedFiles``, a photograph as a path; of NLTK's data, punkt as a sentence tokenizer, WordNet as a
    corpus reader, word lists as tuples, a book as a string, film reviews as strings, Brown as a
    ``TaggedCorpus``; text8 as an iterable of sentences; speech as a function of text and path.

    Raises
    ------
    DataError
        If the data set is not here, a file can't be read, or a library is missing.
    """
    found = find(data_set) if isinstance(data_set, str) else data_set
    if isinstance(found, Missing):
        raise DataError(f"{found.id}: {found.reason}: {found.remedy}")
    edition = _edition(found)
    if edition.loader == "gtts":
        return _gtts

    def read() -> Any:
        return readers.read(edition.loader, found.paths, **edition.settings)

    value = kept(edition.loader, found.checksum, read) if edition.loader in KEPT else read()
    hold(found.id, value, edition.arrays)
    return value


def reader_of(found: Found) -> tuple[str, tuple[str, ...]]:
    """Return the module that reads a data set, and the libraries that it imports."""
    loader = _edition(found).loader
    if loader == "gtts":
        return __name__, ()
    module, _, _ = readers.READERS[loader].partition(":")
    return f"{readers.__name__}.{module}", readers.LIBRARIES.get(loader, ())


def _edition(found: Found) -> Edition:
    (edition,) = (each for each in registry()[found.id].editions if each.name == found.edition)
    return edition


def _gtts(text: str, path: Path) -> None:
    """Write ``text`` as spoken English to an MP3 file, by gTTS's web service."""
    import gtts

    try:
        gtts.gTTS(text, lang="en").save(str(path))
    except gtts.gTTSError as error:
        raise DataError(f"the speech service did not answer ({error}); try again online") from error
