"""Paths of measures: how they are read, refused and followed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.paths import Measure, follow, is_within, parse_measure, parse_steps

PARSED: list[tuple[str, str, str, tuple[Any, ...]]] = [
    ("loss", "ch01.ex01", "loss", ()),
    ("history.loss", "ch01.ex01", "history", ("loss",)),
    ("history.loss[7:]", "ch01.ex01", "history", ("loss", slice(7, None))),
    ("summary[0][1]", "ch01.ex01", "summary", (0, 1)),
    ("loss[-1]", "ch01.ex01", "loss", (-1,)),
    ("loss[:-2]", "ch01.ex01", "loss", (slice(None, -2),)),
    ("loss[::2]", "ch01.ex01", "loss", (slice(None, None, 2),)),
    ("loss[1:9:-3]", "ch01.ex01", "loss", (slice(1, 9, -3),)),
    ("table[:, 2]", "ch01.ex01", "table", ((slice(None), 2),)),
    ("table[:,-1]", "ch01.ex01", "table", ((slice(None), -1),)),
    ("ch06.ex01.test_accuracy", "ch06.ex01", "test_accuracy", ()),
    ("ch06.act02.rows[3].name", "ch06.act02", "rows", (3, "name")),
    ("ch06.text11.counts.5", "ch06.text11", "counts", ("5",)),
]


def test_a_path_is_within_what_leads_to_it() -> None:
    """A name that only begins alike is another."""
    within = {path: is_within(path, "log") for path in ("log", "log.loss", "log[0]", "logs", "lo", "")}

    assert within == {"log": True, "log.loss": True, "log[0]": True, "logs": False, "lo": False, "": False}
    assert is_within("log", "")
    assert is_within("", "")


@pytest.mark.parametrize(("text", "unit", "field", "steps"), PARSED)
def test_parse(text, unit, field, steps):
    """A path is read into unit, field and steps, and written back to one that is read the same."""
    measure = parse_measure(text, home="ch01.ex01")

    assert measure == Measure(unit, field, steps)
    assert parse_measure(str(measure), home="ch99.ex99") == measure


NO_PATHS = [
    "",
    ".loss",
    "9loss",
    "[0]",
    "loss[",
    "loss[]",
    "loss[a]",
    "loss[1.5]",
    "loss[-]",
    "loss[-:]",
    "loss[::0]",
    "loss[1:2:3:4]",
    "loss..x",
    "loss.",
    "loss x",
    "loss[0]x",
    "table[1, 2]",
    "table[:, ]",
    "loss ",
    "loss[0",
]


@pytest.mark.parametrize("text", NO_PATHS)
def test_no_path(text):
    """Text that is not a path is refused in one line that quotes it and shows a correct one."""
    with pytest.raises(ValueError, match=r"is not a path like|can't be read from") as caught:
        parse_measure(text, home="ch01.ex01")

    assert "\n" not in str(caught.value)


step = st.one_of(
    st.from_regex(r"[a-z_]\w{0,5}", fullmatch=True).filter(str.isascii),
    st.integers(-20, 20),
    st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9)),
    st.tuples(st.just(slice(None)), st.integers(-9, 9)),
)


@given(steps=st.lists(step, max_size=5).map(tuple))
def test_written_path_is_read_back(steps):
    measure = Measure("ch02.ex03", "field", steps)

    assert parse_measure(str(measure), home="ch01.ex01") == measure


@dataclass(frozen=True)
class Outcome:
    """An outcome with the structures that fields have."""

    history: dict[str, list[float]]
    table: Any
    counts: dict[int, str]


OUTCOME = Outcome({"loss": [3.0, 2.0, 1.0]}, np.array([[1, 2], [3, 4]]), {5: "five"})

FOLLOWED: list[tuple[str, Any]] = [
    ("history.loss", [3.0, 2.0, 1.0]),
    ("history.loss[1:]", [2.0, 1.0]),
    ("history.loss[::-1]", [1.0, 2.0, 3.0]),
    ("history.loss[-1]", 1.0),
    ("table[1][0]", 3),
    ("table[:, 1]", [2, 4]),
    ("counts.5", "five"),
    ("", OUTCOME),
]


@pytest.mark.parametrize(("path", "value"), FOLLOWED)
def test_follow(path, value):
    assert follow(OUTCOME, parse_steps(path)) == value


NOWHERE = [
    "gain",
    "history.gain",
    "history.loss[3]",
    "history.loss.x",
    "history[0]",
    "table[2]",
    "table[:, 2]",
    "history.loss[:, 0]",
    "counts.6",
    "history[1:]",
    "table[0][0][0]",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_nowhere(path):
    with pytest.raises(LookupError, match="leads nowhere in") as caught:
        follow(OUTCOME, parse_steps(path))

    assert "\n" not in str(caught.value)
