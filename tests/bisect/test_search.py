"""The search: it finds the neighbours of a change, asks few versions, and leaves out what can't tell."""

from __future__ import annotations

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.bisect.search import NoSearch, search


class Asked:
    """A function of a version's place: 0 before a change, 1 from it on, None where it can't tell."""

    def __init__(self, change: int, untold: frozenset[int] = frozenset()) -> None:
        self.change, self.untold, self.places = change, untold, []

    def __call__(self, version: str) -> int | None:
        place = int(version)
        self.places.append(place)
        return None if place in self.untold else int(place >= self.change)


def names(count: int) -> list[str]:
    """Return versions that are named by their places."""
    return [str(place) for place in range(count)]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 9, 16, 17, 31, 100])
def test_every_change_is_found_with_few_questions(count: int) -> None:
    """Wherever the change is, its neighbours are found by at most ⌈log2 n⌉ + 2 questions, none twice."""
    for change in range(1, count):
        ask = Asked(change)
        found = search(names(count), ask, operator.eq)

        assert (found.before, found.after) == (str(change - 1), str(change))
        assert (found.was, found.now, found.untold) == (0, 1, ())
        assert len(ask.places) <= math.ceil(math.log2(count)) + 2
        assert len(set(ask.places)) == len(ask.places)


@given(st.data())
def test_versions_that_can_not_tell_are_left_out(data: st.DataObject) -> None:
    """The neighbours are the nearest ones that can tell; all that lie between are named."""
    count = data.draw(st.integers(2, 40))
    change = data.draw(st.integers(1, count - 1))
    untold = frozenset(data.draw(st.sets(st.integers(1, count - 2)))) if count > 2 else frozenset()
    ask = Asked(change, untold)

    found = search(names(count), ask, operator.eq)

    before = max(place for place in range(change) if place not in untold)
    after = min(place for place in range(change, count) if place not in untold)
    assert (int(found.before), int(found.after)) == (before, after)
    assert found.untold == tuple(str(place) for place in range(before + 1, after))
    assert len(set(ask.places)) == len(ask.places)


def test_of_several_changes_one_is_found() -> None:
    """What is neither the first version's answer nor the last one's counts as changed."""
    answers = {"1": "a", "2": "a", "3": "b", "4": "c"}

    found = search(list(answers), answers.get, operator.eq)

    assert (found.before, found.after, found.was, found.now) == ("2", "3", "a", "b")


def test_without_a_change_only_the_ends_are_asked() -> None:
    """Equal answers at both ends are no change."""
    ask = Asked(99)

    assert search(names(50), ask, operator.eq) is None
    assert ask.places == [0, 49]


@pytest.mark.parametrize(
    ("versions", "untold", "told"),
    [
        ([], set(), "no version"),
        (["4"], set(), "from 4 to 4: two versions are needed"),
        (["0", "1", "2"], {0}, "0 can't tell: choose another end"),
        (["0", "1", "2"], {2}, "2 can't tell: choose another end"),
    ],
)
def test_two_ends_that_tell_are_needed(versions: list[str], untold: set[int], told: str) -> None:
    """Equal ends and ends that can't tell are refused in one line."""
    with pytest.raises(NoSearch, match=f"^{told}$"):
        search(versions, Asked(1, frozenset(untold)), operator.eq)
