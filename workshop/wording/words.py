"""What verdicts, libraries and versions are called where people read them, in all views alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workshop.ledger.model import alternatives
from workshop.statistics.own_number import State

# the libraries of findings and environments, as their projects write them; those of TensorFlow come first
LIBRARIES = {
    "tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "scikit-learn": "scikit-learn",
    "pandas": "pandas", "pillow": "Pillow", "nltk": "NLTK", "gensim": "gensim", "python": "Python",
}  # fmt: skip
INSTRUCTIONS = {"avx2": "AVX2", "avx512": "AVX-512"}
COMPUTING = tuple(name for name in LIBRARIES if name not in {"pandas", "pillow"})  # these only read files
_SIGNS = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


_SINGULAR = {"are": "is", "have": "has", "were": "was", "hold": "holds", "need": "needs"}


@dataclass(frozen=True)
class Word:
    """A verdict for readers; several verdicts of the engine share one.

    `name` : the word. `sign`, `ascii` : one character, and the one for output that can't show it. `colour` :
    rich's style on the terminal. `key` : name of its class and colour on pages, and of its filter. `phrase` :
    what the claims do, after a number. `meaning` : one sentence.
    """

    name: str
    sign: str
    ascii: str
    colour: str
    key: str
    phrase: str
    meaning: str

    def counted(self, number: int) -> str:
        """Write how many results have it, e.g. `61 are wrong in print`, `1 has no data`."""
        verb, _, rest = self.phrase.partition(" ")
        return f"{number} {_SINGULAR.get(verb, verb) if number == 1 else verb} {rest}".rstrip()


FAILED = Word(
    "failed", "✘", "X", "bold red", "failed", "failed", "It disagrees, and nothing recorded explains why."
)
HOLDS = Word("holds", "✔", "+", "green", "holds", "hold as printed", "This run gives what the book prints.")
WRONG = Word(
    "book wrong", "≠", "!", "bold yellow", "wrong", "are wrong in print",
    "The book is wrong here: the right value is known, or the printed one is excluded.",
)  # fmt: skip
CHANGED = Word(
    "changed", "△", "^", "magenta", "changed", "were changed by later libraries",
    "It was right with the book's versions; a later version of a library changed it.",
)  # fmt: skip
SUPPORTED = Word(
    "supported", "◐", "~", "blue", "supported", "hold on substitute data",
    "It holds on substitute data, because the book's own are not here.",
)  # fmt: skip
OPEN = Word("open", "?", "?", "yellow", "open", "are open", "The runs that we have can't decide it.")
DEFERRED = Word(
    "deferred", "…", ".", "dim", "deferred", "need the long trainings",
    "Only the long trainings decide it, and they were not run; --full runs them.",
)  # fmt: skip
NO_DATA = Word(
    "no data", "∅", "-", "dim", "no-data", "have no data",
    "Data, weights or a service are missing here, or a substitute does not agree.",
)  # fmt: skip
NOT_TESTABLE = Word(
    "not testable", "–", " ", "dim", "not-testable", "are not testable",
    "A citation, a diagram without numbers, or numbers that are arbitrary.",
)  # fmt: skip

# in the order of all lists
WORDS = (FAILED, HOLDS, WRONG, CHANGED, SUPPORTED, OPEN, DEFERRED, NO_DATA, NOT_TESTABLE)
DECIDED = (FAILED, HOLDS, WRONG, CHANGED, SUPPORTED)
NOT_HOLDING = (FAILED, WRONG, CHANGED)
WORD_OF: Mapping[str, Word] = {
    "failed": FAILED,
    "reproduced": HOLDS,
    "corrected": WRONG,
    "refuted": WRONG,
    "changed": CHANGED,
    "supported": SUPPORTED,
    "undecided": OPEN,
    "deferred": DEFERRED,
    "unavailable": NO_DATA,
    "not testable": NOT_TESTABLE,
}

# of a reader's own number
STATE_WORDS: Mapping[State, Word] = {"✔": HOLDS, "≠": WRONG, "?": OPEN, "✘": FAILED, "–": NOT_TESTABLE}


class Judged(Protocol):
    """A record of a run, as far as it is counted."""

    @property
    def verdict(self) -> str:
        """What was decided."""

    @property
    def ours(self) -> bool:
        """Whether the claim is the suite's own."""


@dataclass(frozen=True)
class Tally:
    """How many of the book's results have each word, in the order of lists; and of the suite's own checks."""

    counts: Mapping[Word, int]
    own: Mapping[Word, int]

    @property
    def total(self) -> int:
        """All results."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Results that the run decided."""
        return sum(self.counts[word] for word in DECIDED)

    @property
    def failed(self) -> int:
        """Results and own checks that failed."""
        return self.counts[FAILED] + self.own[FAILED]

    @property
    def missed(self) -> int:
        """Results without data if they are too many to pass over, more than a tenth; else 0."""
        return self.counts[NO_DATA] if 10 * self.counts[NO_DATA] > self.total else 0

    @property
    def not_holding(self) -> Mapping[Word, int]:
        """How many failed, are wrong in print, or were changed by later versions."""
        return {word: self.counts[word] for word in NOT_HOLDING if self.counts[word]}

    @property
    def text(self) -> str:
        """The counts in words, e.g. `1 book wrong, 13 holds`."""
        return ", ".join(f"{number} {word.name}" for word, number in self.counts.items())


def tally(records: Iterable[Judged]) -> Tally:
    """Count the words of records."""
    words = Counter((WORD_OF[record.verdict], record.ours) for record in records)
    book, own = (
        Counter({word: words[word, ours] for word in WORDS if words[word, ours]}) for ours in (False, True)
    )
    return Tally(book, own)


def condition_text(when: Mapping[Any, str]) -> str:
    """Write a finding's `when`, e.g. `Keras ≥ 3.0` or `NumPy ≥ 1.25 with AVX-512 or ≥ 2.0 with AVX2`."""
    return ", ".join(f"{LIBRARIES.get(name, name)} {_bounds(condition)}" for name, condition in when.items())


def _bounds(condition: str) -> str:
    texts = []
    for versions, instructions in alternatives(condition):
        bounds = [re.fullmatch(r"\s*([<>=!~]+)\s*(.*?)\s*", bound) for bound in versions.split(",")]
        written = " and ".join(f"{_SIGNS.get(bound[1], bound[1])} {bound[2]}" for bound in bounds if bound)
        texts.append(written + (f" with {INSTRUCTIONS[instructions]}" if instructions else ""))
    return " or ".join(texts)
