"""`@unit` and what it reads off a function."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.units import parts_of, short_text, unit, unit_of


@dataclass(frozen=True)
class Outcome:
    """An outcome of two quantities."""

    loss: float
    accuracy: float


@dataclass
class Loose:
    """A dataclass that is not frozen."""

    loss: float


@unit("ch02.ex05", first_steps=True, uses="tensorflow")
def fit(sonar, ch02_text01, seed, workdir, *, epochs=10, batch=4) -> Outcome:
    """Take something of every kind."""
    return Outcome(epochs / batch, len(sonar))


@unit("ch02.act01")
def look(iris) -> Outcome:
    """Take a data set alone."""
    return Outcome(0.0, 0.0)


alias = fit


def test_parameters_become_needs_and_settings():
    """Parameters without a default are needs, those with one are settings."""
    part = fit.__unit_part__
    assert part.key == "ch02.ex05:fit"
    assert part.needs == ("sonar", "ch02_text01", "seed", "workdir")
    assert part.settings == {"epochs": 10, "batch": 4}


def test_needs_are_sorted_into_data_units_seed_and_doors():
    """A need is a data set unless it names a unit, the seed or a door."""
    part = fit.__unit_part__
    assert part.datasets == ("sonar",)
    assert part.units == ("ch02.text01",)
    assert part.stochastic
    assert not look.__unit_part__.stochastic


def test_a_part_says_what_it_uses_and_whether_it_is_slow():
    assert (fit.__unit_part__.first_steps, fit.__unit_part__.uses) == (True, ("tensorflow",))
    assert (look.__unit_part__.first_steps, look.__unit_part__.uses) == (False, ())


def test_a_decorated_function_is_called_like_any_other():
    """By hand, with plain values, a unit's function needs no machinery."""
    assert fit([1, 2, 3], None, 7, None, epochs=8) == Outcome(2.0, 3)


def test_outcome_fields_come_from_the_return_annotation():
    assert fit.__unit_part__.outcome_type() is Outcome
    assert fit.__unit_part__.outcome_fields() == ("loss", "accuracy")


def no_annotation(iris) -> None:
    """Say nothing of what it returns."""


def not_frozen(iris) -> Loose:
    """Return a dataclass that is not frozen."""


def no_dataclass(iris) -> float:
    """Return a number."""


def unknown(iris) -> Nowhere:  # noqa: F821  the name is meant to be unknown
    """Return a name that there is not."""


@pytest.mark.parametrize("function", [no_annotation, not_frozen, no_dataclass, unknown])
def test_a_return_annotation_that_is_no_frozen_dataclass_is_refused(function):
    """The error names the part and what the annotation must be."""
    part = unit("ch02.ex05")(function).__unit_part__
    with pytest.raises(TypeError, match=rf"ch02.ex05:{function.__name__}: .*must name a frozen dataclass"):
        part.outcome_type()


@pytest.mark.parametrize("name", ["ch2.ex05", "ch02.ex5", "ch02.exercise05", "ch02.ex05.loss", "ch02", ""])
def test_a_malformed_unit_id_is_refused(name):
    with pytest.raises(ValueError, match=r"expected chNN\.exNN"):
        unit(name)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [("ch06_ex01", "ch06.ex01"), ("ch06_act01", "ch06.act01"), ("ch02_text10", "ch02.text10"),
     ("iris", None), ("ch06_ex1", None), ("xch06_ex01", None), ("ch06_ex01_loss", None)],
)  # fmt: skip
def test_a_parameter_names_a_unit_or_none(parameter, expected):
    assert unit_of(parameter) == expected


class Meddlesome:
    """Like the lazy TensorFlow: asking it for anything has a price."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"asked for {name}")


def test_parts_are_found_in_the_module_that_defines_them_once_and_in_order():
    elsewhere = SimpleNamespace(__name__="elsewhere", fit=fit)
    here = SimpleNamespace(__name__=__name__, tf=Meddlesome(), fit=fit, look=look, alias=alias, other=3)
    assert [part.name for part in parts_of(here)] == ["fit", "look"]
    assert parts_of(elsewhere) == ()


@unit("ch02.ex06")
def fit_many(sonar, seeds, *, epochs=10) -> tuple[Outcome, ...]:
    """Take many seeds at once."""
    return tuple(Outcome(seed / epochs, len(sonar)) for seed in seeds)


@unit("ch02.ex06")
def fit_one_of_many(sonar, seeds) -> Outcome:
    """Promise one outcome for many seeds."""
    return Outcome(0.0, 0.0)


def test_a_function_of_many_seeds_returns_an_outcome_for_each():
    """`seeds` makes a part stochastic and batched; its outcome type is that of a single seed."""
    part = fit_many.__unit_part__

    assert (part.stochastic, part.batched, part.datasets) == (True, True, ("sonar",))
    assert part.outcome_type() is Outcome
    assert not fit.__unit_part__.batched


@unit("ch02.ex07", value="loss")
def fit_and_return_the_loss(sonar, *, epochs=10) -> float:
    """Return one quantity as it is."""
    return epochs / len(sonar)


@unit("ch02.ex07", value="losses")
def fit_many_and_return_the_losses(sonar, seeds) -> tuple[list[float], ...]:
    """Return one quantity for each seed."""
    return tuple([seed / len(sonar)] for seed in seeds)


def test_a_function_of_one_quantity_returns_it_as_it_is():
    part = fit_and_return_the_loss.__unit_part__
    outcome = part.outcome_type()(fit_and_return_the_loss([1, 2]))

    assert part.outcome_fields() == ("loss",)
    assert repr(outcome) == "Outcome(\n    loss=5,\n)"
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    with pytest.raises(FrozenInstanceError):
        outcome.loss = 4.0
    many = fit_many_and_return_the_losses.__unit_part__
    assert (many.batched, many.outcome_fields()) == (True, ("losses",))
    assert many.outcome_type() is not part.outcome_type()


def test_a_function_of_many_seeds_must_promise_a_tuple():
    with pytest.raises(TypeError, match=r"must name Tuple\[Outcome, \.\.\.\] of a frozen dataclass"):
        fit_one_of_many.__unit_part__.outcome_type()


@dataclass(frozen=True)
class Inner:
    """A dataclass within an outcome."""

    weights: np.ndarray


@dataclass(frozen=True)
class Walled:
    """An outcome with more than fits on a screen."""

    loss: float
    inner: Inner
    words: list[str]


@unit("ch02.ex09")
def fit_wall() -> Walled:
    """Return many numbers."""
    return Walled(0.123456789, Inner(np.zeros((500, 20))), ["word"] * 1000)


def test_outcomes_have_a_short_repr():
    """One line a field, arrays by type and shape, also in dataclasses within; all else stays as it was."""
    outcome = fit_wall()

    lines = repr(outcome).splitlines()
    assert lines[:3] == ["Walled(", "    loss=0.123457,", "    inner=Inner(weights=float64 array (500, 20)),"]
    assert max(map(len, lines)) < 110
    assert repr(outcome.inner).splitlines()[1:] == ["    weights=float64 array (500, 20),", ")"]
    assert pickle.loads(pickle.dumps(outcome)).words == outcome.words
    assert Walled(1.0, outcome.inner, []) == Walled(1.0, outcome.inner, [])


@pytest.mark.parametrize(
    ("value", "text"),
    [(1 / 3, "0.333333"), (np.float32(0.5), "0.5"), (np.arange(3), "int64 array (3,)"), ("", "''"),
     ({"a": [1, (2.0, None)]}, "{a: [1, [2, None]]}"), ("two\nlines", "two lines"), (True, "True")],
)  # fmt: skip
def test_a_value_in_short(value, text):
    assert short_text(value) == text


def test_a_long_value_is_cut_without_being_written_whole():
    assert short_text([*range(10**6)], 20) == "[0, 1, 2, 3, 4, 5, …"
