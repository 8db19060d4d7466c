"""The search: it finds the neighbours of a change, asks few versions, and leaves out the undecided."""

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.bisect.search import Change, search


class Asked:
    """A function of a version's index: 0 before a change, 1 from it on, None where it is undecided."""

    def __init__(self, change: int, undecided: frozenset[int] = frozenset()) -> None:
        self.change, self.undecided = change, undecided
        self.indices: list[int] = []

    def __call__(self, version: str) -> int | None:
        index = int(version)
        self.indices.append(index)
        return None if index in self.undecided else int(index >= self.change)


def search_numbered(count: int, ask: Asked) -> Change[int] | None:
    """Search versions that are named by their indices; both ends are decided."""
    versions = [str(index) for index in range(count)]
    ends = (int(ask.change <= 0), int(count - 1 >= ask.change))
    return search(versions, ends, ask, operator.eq)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 9, 16, 17, 31, 100])
def test_every_change_is_found_with_few_questions(count):
    """Wherever the change is, its neighbours are found by at most ⌈log2 n⌉ questions, none twice."""
    for change in range(1, count):
        ask = Asked(change)
        found = search_numbered(count, ask)

        assert (found.before, found.after) == (str(change - 1), str(change))
        assert (found.was, found.now, found.undecided) == (0, 1, ())
        assert len(ask.indices) <= math.ceil(math.log2(count))
        assert len(set(ask.indices)) == len(ask.indices)


@given(st.data())
def test_undecided_versions_are_left_out(data):
    count = data.draw(st.integers(2, 40))
    change = data.draw(st.integers(1, count - 1))
    undecided = frozenset(data.draw(st.sets(st.integers(1, count - 2)))) if count > 2 else frozenset()
    ask = Asked(change, undecided)

    found = search_numbered(count, ask)

    before = max(index for index in range(change) if index not in undecided)
    after = min(index for index in range(change, count) if index not in undecided)
    assert (int(found.before), int(found.after)) == (before, after)
    assert found.undecided == tuple(str(index) for index in range(before + 1, after))
    assert len(set(ask.indices)) == len(ask.indices)


def test_of_several_changes_one_is_found():
    answers = {"1": "a", "2": "a", "3": "b", "4": "c"}

    found = search(list(answers), ("a", "c"), answers.get, operator.eq)

    assert (found.before, found.after, found.was, found.now) == ("2", "3", "a", "b")


def test_without_a_change_nothing_more_is_asked():
    ask = Asked(99)

    assert search_numbered(50, ask) is None
    assert ask.indices == []
