"""Sentences of a corpus in memory."""

from typing import Iterable, Iterator, List, Mapping, NamedTuple, Tuple


class Lines:
    """Sentences that are split at blanks on each pass: this needs a tenth of the memory of lists of words."""

    def __init__(self, sentences: Iterable[List[str]]) -> None:
        self._lines = tuple(" ".join(words) for words in sentences)

    def __iter__(self) -> Iterator[List[str]]:
        return (line.split(" ") for line in self._lines)

    def __len__(self) -> int:
        return len(self._lines)


class TaggedCorpus(NamedTuple):
    """A tagged corpus: the names of the samples of each category, and all sentences without the tags."""

    categories: Mapping[str, Tuple[str, ...]]
    sentences: Lines
