"""The search for the two neighbouring versions between which an answer changed.

It assumes one change between the ends, and finds one of several. It asks the middle of what is left next, and
the nearest version instead of one that has no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")


@dataclass(frozen=True)
class Change(Generic[A]):
    """The last version with the first one's answer, the next with another, and those between without any."""

    before: str
    after: str
    was: A
    now: A
    undecided: tuple[str, ...]


def search(
    versions: Sequence[str], ends: tuple[A, A], ask: Callable[[str], A | None], same: Callable[[A, A], bool]
) -> Change[A] | None:
    """Return where the first version's answer changed, or None if the last version has it, too.

    It asks at most ⌈log2 n⌉ of n versions if each has an answer, and none twice.

    Parameters
    ----------
    versions : two or more in ascending order, each once.
    ends : the answers of the first and of the last version.
    ask : returns a version's answer, None where it has none.
    same : whether an answer is the first version's, which is the first argument.
    """
    first, last = ends
    if same(first, last):
        return None
    low, high, was, now = 0, len(versions) - 1, first, last
    undecided: set[int] = set()
    while left := [index for index in range(low + 1, high) if index not in undecided]:
        middle = min(left, key=lambda index: abs(2 * index - low - high))
        answer = ask(versions[middle])
        if answer is None:
            undecided.add(middle)
        elif same(first, answer):
            low, was = middle, answer
        else:
            high, now = middle, answer
    return Change(versions[low], versions[high], was, now, tuple(versions[low + 1 : high]))
