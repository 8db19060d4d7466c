"""The search for the two neighbouring versions between which an answer changed.

It assumes one change between the ends: of several it finds one. What lies in the middle of what is left is
asked next; a version that can't tell is left out, and the nearest one asked in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workshop.errors import WorkshopError

A = TypeVar("A")


class NoSearch(WorkshopError):
    """There is nothing to search between these ends; the message is one line."""


@dataclass(frozen=True)
class Change(Generic[A]):
    """The last version with the first one's answer, the next that can tell, and those between that can't."""

    before: str
    after: str
    was: A
    now: A
    untold: tuple[str, ...]


def search(
    versions: Sequence[str], ask: Callable[[str], A | None], same: Callable[[A, A], bool]
) -> Change[A] | None:
    """Return where the first version's answer changed, or None if the last version has it, too.

    It asks at most ⌈log2 n⌉ + 2 of n versions if each can tell. Raises NoSearch if there are not two
    versions, or one at an end can't tell.

    Parameters
    ----------
    versions : in ascending order, each once.
    ask : returns a version's answer, None where it can't tell; no version is asked twice.
    same : whether an answer is the first version's, which is the first argument.
    """
    if len(versions) < 2:
        raise NoSearch(
            f"from {versions[0]} to {versions[0]}: two versions are needed" if versions else "no version"
        )
    ends = []
    for version in (versions[0], versions[-1]):
        answer = ask(version)
        if answer is None:
            raise NoSearch(f"{version} can't tell: choose another end")
        ends.append(answer)
    first, last = ends
    if same(first, last):
        return None
    low, high, was, now = 0, len(versions) - 1, first, last
    untold: set[int] = set()
    while left := [place for place in range(low + 1, high) if place not in untold]:
        middle = min(left, key=lambda place: abs(2 * place - low - high))
        answer = ask(versions[middle])
        if answer is None:
            untold.add(middle)
        elif same(first, answer):
            low, was = middle, answer
        else:
            high, now = middle, answer
    between = tuple(versions[place] for place in range(low + 1, high))
    return Change(versions[low], versions[high], was, now, between)
