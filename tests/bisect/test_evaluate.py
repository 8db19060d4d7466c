"""Evaluating a claim in an environment, whatever finding is recorded: it holds or not, or a repeated seed."""

import math
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.bisect.evaluate import (
    UNRECORDED,
    Evaluation,
    draws_numbers,
    evaluate,
    find_difference,
    find_parts,
    of_value,
    takes_time,
)
from workshop.bisect.messages import measures_alike
from workshop.book import package_book
from workshop.execution.catalogue import catalogue
from workshop.execution.environment import this_environment
from workshop.execution.seeds import seeds
from workshop.ledger.model import Finding
from workshop.samples.repeats import FACTOR, Number, PartRepeats, UnitRepeats

ROWS = "ch02.act01.n_rows"  # decided without a library


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch) -> None:
    """Give each test an empty cache and no mirror."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.delenv("WORKSHOP_STORE", raising=False)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)


def test_a_claim_holds_in_an_interpreter_whatever_is_recorded():
    """It is decided there, with what is measured, under that interpreter's versions.

    What is recorded as changed, and is, does not hold: a search ignores the finding.
    """
    book = package_book()

    found = evaluate(book.ledger.claims[ROWS], book, Path(sys.executable))

    assert isinstance(found, Evaluation)
    assert found.holds
    assert found.measured == book.ledger.claims[ROWS].documented
    assert found.versions == this_environment().versions
    claim = book.ledger.claims[ROWS]
    finding = Finding(
        verdict="changed", reason="it is not so", when={"python": ">=3"}, instead=claim.documented
    )
    wrong = claim.model_copy(update={"documented": 207, "finding": finding})

    found = evaluate(wrong, book, Path(sys.executable))

    assert isinstance(found, Evaluation)
    assert not found.holds
    assert found.measured == claim.documented
    assert "208, not 207" in found.reason


def test_an_interpreter_that_does_not_run_units_is_no_evaluation(tmp_path):
    """It is one line, and no traceback."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    book = package_book()

    found = evaluate(book.ledger.claims[ROWS], book, python)

    assert isinstance(found, str)
    assert "exit code 3" in found
    assert "\n" not in found


# verdict, what was measured; whether it holds, None if that is open
VERDICTS = [
    ("reproduced", 1, True),
    ("corrected", 1, True),
    ("supported", 1, True),
    ("failed", 1, False),
    ("failed", None, None),  # it raised
    ("unavailable", 1, False),  # a substitute disagrees
    ("unavailable", None, None),
    ("undecided", 1, None),
    ("deferred", None, None),
]


@pytest.mark.parametrize(("verdict", "measured", "holds"), VERDICTS)
def test_verdicts_as_evaluations(monkeypatch, verdict, measured, holds):
    """Where nothing was measured or decided, there is none."""
    book = package_book()
    record = SimpleNamespace(verdict=verdict, measured=measured, reason="so it is")
    engine = SimpleNamespace(
        verify=lambda claims: SimpleNamespace(claims=[record]),
        environment=SimpleNamespace(versions={"python": "3.12"}),
        catalogue=lambda claims: catalogue({"ch02"}),
    )
    monkeypatch.setattr("workshop.bisect.evaluate.Engine", lambda *given, **options: engine)
    monkeypatch.setattr(
        "workshop.bisect.evaluate.other_python", cache(lambda python: SimpleNamespace(close=lambda: None))
    )

    found = evaluate(book.ledger.claims[ROWS], book, Path("python"))

    if holds is None:
        assert found == "so it is"
        return
    assert isinstance(found, Evaluation)
    assert (found.holds, found.measured, found.reason) == (holds, measured, "so it is")


# a training whose first steps depend on the version of a library, here a variable of the interpreter
STEPPED = """
from workshop.training import first_steps

@dataclass(frozen=True)
class Run:
    test: float
    epochs: int

@unit("ch09.ex01", first_steps=True)
def train(seed, epochs=50) -> Run:
    tally(seed)
    version = os.environ.get("TOY_VERSION", "")
    if version == "broken":
        raise ValueError("no such argument")
    rate = 0.011 if version == "changed" else 0.01
    rng = np.random.default_rng(seed)
    start = weights = rng.normal(size=3)
    losses = []
    for _ in range(20 if first_steps.active() else 1000):
        losses.append(float(weights @ weights))
        weights = weights * (1 - rate) * (1 + (1e-9 if version == "rounded" else 0))
    first_steps.take(lambda _: (np.array(losses),), [start], lambda: [weights], {"epochs": epochs}, of=20)
    return Run(float(weights.sum()), epochs)
"""
TEST = {"id": "ch09.ex01.test", "documented": 0.1, "rule": "reference"}
PART, SEED = "ch09.ex01:train", seeds("ch09.ex01", 1, stream="reference")[0]


@pytest.fixture
def version(bench, tmp_path, monkeypatch) -> Any:
    """Return a function that evaluates the claim with a version of the toy library."""
    bench.units(STEPPED)
    bench.claims(TEST)

    def make(name: str) -> Evaluation | str:
        python = tmp_path / f"python-{name}"
        path = f'export PYTHONPATH="$PYTHONPATH:{tmp_path}" TOY_VERSION={name}'
        python.write_text(f'#!/bin/sh\n{path}\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / name))  # the store does not know these versions
        return evaluate(bench.ledger.claims[TEST["id"]], bench.book, python)

    return make


def test_a_claim_that_draws_numbers_gives_its_first_recorded_seed(bench, version):
    """One short run in the form of a default run, without recorded runs or a verdict; all its numbers."""
    found = version("usual")

    assert isinstance(found, Evaluation)
    assert found.holds is None
    assert found.seeds == (SEED,)
    assert all(path.startswith(f"{PART} ") for path in found.numbers)
    assert len([path for path in found.numbers if ".losses[" in path]) == 20
    assert found.numbers[f"{PART} epochs"] == 50
    assert bench.tally() == [str(SEED)]


@pytest.mark.parametrize(("name", "alike"), [("usual", True), ("rounded", True), ("changed", False)])
def test_versions_whose_seeds_agree_are_alike(bench, version, name, alike):
    """Numbers without a record may differ by a ten-thousandth of their size."""
    assert measures_alike(version("first"), version(name)) is alike
    assert bench.tally() == [str(SEED)] * 2


def test_a_version_that_raises_is_no_evaluation(version):
    """It is one line with the cause."""
    assert "raised ValueError: no such argument" in version("broken")


def test_recorded_numbers_bring_their_tolerance(version, monkeypatch):
    """It is that of the package's own rounding, infinite where a number is chaotic."""
    numbers = {
        "test": Number((1.0, 2.0, 3.0), rounding=1e-3, versions=0.1),
        "trainings[0].length": Number((1.0, 1.1, 1.2), rounding=1.0),
    }
    part = PartRepeats("code", "first steps", 0.1, (SEED, 1, 3), numbers)
    unit = UnitRepeats("ch09.ex01", {}, "2026-11-27", ("avx",), (), {"train": part})
    asked = []
    monkeypatch.setattr(
        "workshop.bisect.evaluate.unit_repeats",
        lambda _, environment, folder: asked.append(environment) or unit,
    )

    seed = version("usual")

    assert asked == [{"device": this_environment().device}]
    assert seed.tolerances[f"{PART} test"] == FACTOR * 1e-3
    assert math.isinf(seed.tolerances[f"{PART} trainings[0].length"])
    loss = f"{PART} trainings[0].losses[3]"
    assert seed.tolerances[loss] == UNRECORDED * seed.numbers[loss]


def test_a_part_without_seed_counts_too(bench, version):
    """A claim may measure one part that draws numbers and one that does not."""
    bench.units(
        STEPPED
        + """
@dataclass(frozen=True)
class Shape:
    size: int

@unit("ch09.ex01")
def shape() -> Shape:
    return Shape(3)
"""
    )
    bench.claims({**TEST, "measure": {"test": "test", "size": "size"}, "documented": {"test": 1, "size": 3}})

    found = version("usual")

    assert {path.split()[0] for path in found.numbers} == {PART, "ch09.ex01:shape"}
    assert found.seeds == (SEED,)
    assert found.numbers["ch09.ex01:shape size"] == 3
    assert found.tolerances["ch09.ex01:shape size"] == UNRECORDED * 3


# a claim; the libraries that decide it, whether it draws random numbers, and whether the clock decides it
CLAIMS = [
    ("ch04.text05.sentence", {"nltk"}, False, False),
    ("ch04.act02.first3", {"nltk"}, False, False),  # other functions of its unit use gensim
    ("ch04.act02.phrase_own", {"gensim", "nltk"}, True, False),  # it takes an outcome that nltk makes
    ("ch07.ex05.lr_heeded", {"tensorflow"}, False, False),
    ("ch03.text09.training_time", {"tensorflow"}, False, True),
]


@pytest.mark.parametrize(("name", "used", "draws", "timed"), CLAIMS)
def test_what_a_claim_depends_on(name, used, draws, timed):
    """It is what its own functions use, and those whose outcomes they take."""
    claim = package_book().ledger.claims[name]
    parts = find_parts(claim, catalogue({name[:4]}))

    assert {library for part in parts for library in part.uses} == used
    assert (draws_numbers(parts), takes_time(parts)) == (draws, timed)


DIFFERENCES = [
    (1, 1, None),
    (0.12345678901, 0.12345678902, None),
    (0.1234567890, 0.1234567990, "0.123456789 → 0.123456799"),
    ({"a": [1, 2]}, {"a": [1, 3]}, "a[1] 2 → 3"),
    ([1, 2], [1], "[1] 2 → missing"),
    (1.0, float("nan"), "1 → nan"),
    ("x" * 300 + "a", "x" * 300 + "b", "from character 301: a → from character 301: b"),
]


@pytest.mark.parametrize(("before", "after", "expected"), DIFFERENCES)
def test_the_first_difference(before, after, expected):
    """It has its path in the value, and both sides."""
    first, second = (of_value(True, measured, "", {}) for measured in (before, after))

    assert find_difference(first, second) == expected
