"""Texts: corpora as sentences of words, one long text, stop words, and NLTK's data."""

import csv
import io
import string
import warnings
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from workshop.datasets.readers import member, only, reading
from workshop.datasets.readers.sentences import Lines, TaggedCorpus

if TYPE_CHECKING:
    from nltk.corpus.reader import WordNetCorpusReader
    from nltk.tokenize.punkt import PunktSentenceTokenizer


class WordCounts(NamedTuple):
    """How many sentences a corpus has, and how often each word occurs, in the order of first occurrence."""

    sentences: int
    counts: Dict[str, int]

    def as_arrays(self) -> Dict[str, np.ndarray]:
        """Return what `from_arrays` takes."""
        words = " ".join(self.counts).encode("utf-8")
        return {
            "sentences": np.array([self.sentences], dtype=np.int64),
            "words": np.frombuffer(words, dtype=np.uint8),
            "counts": np.array(list(self.counts.values()), dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "WordCounts":
        """Return the counts from the result of `as_arrays`."""
        words = arrays["words"].tobytes().decode("utf-8").split()
        return cls(int(arrays["sentences"][0]), dict(zip(words, arrays["counts"].tolist())))


class Text8:
    """text8 as sentences of 10,000 words, read from its file on each pass; reviews may follow it."""

    def __init__(self, path: Path, reviews: Optional[Path] = None, every: int = 1) -> None:
        self._path, self._reviews, self._every = path, reviews, every

    @property
    def size(self) -> int:
        """Number of bytes of text8, which are characters."""
        return self._path.stat().st_size

    def word_counts(self) -> WordCounts:
        """Read all sentences and count their words."""
        counts: "Counter[str]" = Counter()
        sentences = 0
        for sentence in self:
            counts.update(sentence)
            sentences += 1
        return WordCounts(sentences, dict(counts))

    def __iter__(self) -> Iterator[List[str]]:
        from gensim.models.word2vec import Text8Corpus

        with reading(self._path.name):
            yield from Text8Corpus(str(self._path))
        if self._reviews is not None:
            with reading(self._reviews.name):
                yield from _review_words(self._reviews, self._every)


def _review_words(path: Path, every: int) -> Iterator[List[str]]:
    """Yield the words of every `every`-th review in lower case, as in text8, but without numbers."""
    letters = string.ascii_letters.encode()
    table = bytes(byte if byte in letters else ord(" ") for byte in range(256)).lower()
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream)):
            if number % every == 0:
                yield row["text"].replace("<br />", " ").encode().translate(table).decode().split()


def read_text8(paths: Mapping[str, Path], *, reviews_every: int = 0) -> Text8:
    """Return text8, followed by every `reviews_every`-th review of a CSV file (column text), if above 0.

    Source: chapter 4, text on training word embeddings
    """
    if not reviews_every:
        return Text8(only(paths))
    (reviews,) = (path for name, path in paths.items() if name.endswith(".csv"))
    (text,) = (path for name, path in paths.items() if not name.endswith(".csv"))
    return Text8(text, reviews, reviews_every)


def read_text(paths: Mapping[str, Path]) -> str:
    """Return a text in Latin-1 with its own line ends."""
    return only(paths).read_bytes().decode("latin-1")


def read_words(paths: Mapping[str, Path]) -> Tuple[str, ...]:
    """Return the words of a list with one word per line."""
    return tuple(only(paths).read_text(encoding="utf-8").split())


def read_punkt(paths: Mapping[str, Path]) -> "PunktSentenceTokenizer":
    """Return NLTK's sentence tokenizer with the parameters of four tables, for any version of NLTK."""
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    rows: Dict[str, List[List[str]]] = {}
    for name, path in paths.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        rows[name.rsplit("/", 1)[-1]] = [line.split("\t") for line in lines]
    parameters = PunktParameters()
    parameters.abbrev_types = {row[0] for row in rows["abbrev_types.txt"]}
    parameters.collocations = {(first, second) for first, second in rows["collocations.tab"]}
    parameters.sent_starters = {row[0] for row in rows["sent_starters.txt"]}
    contexts = {word: int(context) for word, context in rows["ortho_context.tab"]}
    parameters.ortho_context = defaultdict(int, contexts)
    return PunktSentenceTokenizer(parameters)


def read_wordnet(paths: Mapping[str, Path]) -> "WordNetCorpusReader":
    """Return NLTK's reader of WordNet for the files of a folder, or of a zip that contains it.

    Only `morphy(form, pos)` is supported: glosses and senses are in files that it opens later.
    """
    import nltk
    from nltk.corpus.reader import WordNetCorpusReader

    class Lemmas(WordNetCorpusReader):  # type: ignore[misc]  # NLTK has no types
        def open(self, file: str) -> Any:
            # Debian leaves out the names of lexicographers' files, which only senses need
            return io.StringIO() if file == "lexnames" else super().open(file)

        def map_wn(self, version: str = "wordnet") -> Any:  # NLTK would use its search path
            return None

    first = next(iter(paths.values()))
    archive = first.suffix == ".zip"
    folder = str(first.parent)
    searched = list(nltk.data.path)
    nltk.data.path.insert(0, folder)  # since 3.10, NLTK opens no file outside its search path
    try:
        root = nltk.data.ZipFilePathPointer(str(first), "wordnet/") if archive else folder
        with warnings.catch_warnings():  # NLTK warns that other languages are missing
            warnings.simplefilter("ignore", UserWarning)
            return Lemmas(root, None)
    finally:
        nltk.data.path[:] = searched


def read_brown(paths: Mapping[str, Path]) -> TaggedCorpus:
    """Return the Brown corpus, which has one sentence per line, each word as word/tag.

    The categories are in `cats.txt`.

    Source: chapter 4, exercise 4.06
    """
    from nltk.tag import str2tuple

    categories: Dict[str, List[str]] = {}
    sentences: List[List[str]] = []
    with zipfile.ZipFile(str(only(paths))) as archive:
        for row in member(archive, "brown/cats.txt").decode("ascii").splitlines():
            name, category = row.split()
            categories.setdefault(category, []).append(name)
            for line in member(archive, "brown/" + name).decode("ascii").splitlines():
                words = [str2tuple(tagged)[0] for tagged in line.split()]
                if words:
                    sentences.append(words)
    return TaggedCorpus({name: tuple(names) for name, names in categories.items()}, Lines(sentences))


def read_reviews(paths: Mapping[str, Path]) -> Tuple[str, ...]:
    """Return the texts of NLTK's film reviews in the order of their names: 1,000 negative, 1,000 positive."""
    with zipfile.ZipFile(str(only(paths))) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".txt"))
        return tuple(member(archive, name).decode("ascii") for name in names)
