"""Evaluating a claim in an environment, whatever finding is recorded: it holds or not, or why it is open."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.bisect.evaluate import (
    Evaluation,
    depends_on_chance,
    estimate_seconds,
    evaluate,
    find_parts,
    shortest_profile,
)
from workshop.bisect.messages import find_difference
from workshop.execution.catalogue import catalogue
from workshop.execution.environment import this_environment
from workshop.ledger import ledger
from workshop.ledger.model import Finding
from workshop.verification import printed_vs_recorded

COLUMNS = "ch01.text01.columns"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache and no mirror."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.delenv("WORKSHOP_STORE", raising=False)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)


def test_a_claim_holds_in_an_interpreter() -> None:
    """It is decided there, with what is measured, under that interpreter's versions."""
    book = ledger()

    found = evaluate(book.claims[COLUMNS], book, Path(sys.executable))

    assert isinstance(found, Evaluation)
    assert found.holds
    assert found.measured == book.claims[COLUMNS].documented
    assert found.versions == this_environment().versions


def test_a_recorded_finding_is_left_out() -> None:
    """What is recorded as changed, and is, does not hold: a search ignores the finding."""
    book = ledger()
    claim = book.claims[COLUMNS]
    finding = Finding(
        verdict="changed", reason="it is not so", when={"python": ">=3"}, instead=claim.documented
    )
    wrong = claim.model_copy(update={"documented": ["a", "b"], "finding": finding})

    found = evaluate(wrong, book, Path(sys.executable))

    assert isinstance(found, Evaluation)
    assert not found.holds
    assert found.measured == claim.documented
    assert "entries, not 2" in found.reason


def test_an_interpreter_that_does_not_run_units_is_no_evaluation(tmp_path: Path) -> None:
    """It is one line, and no traceback."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    book = ledger()

    found = evaluate(book.claims[COLUMNS], book, python)

    assert isinstance(found, str)
    assert "exit code 3" in found
    assert "\n" not in found


# rule, verdicts without a finding and as refuted, what was measured; whether it holds, None if that is open
VERDICTS = [
    ("equal", "reproduced", "", 1, True),
    ("equal", "corrected", "", 1, True),
    ("equal", "supported", "", 1, True),
    ("equal", "failed", "", 1, False),
    ("equal", "failed", "", None, None),  # it raised
    ("equal", "unavailable", "", 1, False),  # a substitute disagrees
    ("equal", "unavailable", "", None, None),
    ("equal", "undecided", "", 1, None),
    ("equal", "deferred", "", None, None),
    ("reference", "reproduced", "failed", 1, True),
    ("reference", "failed", "refuted", 1, False),
    ("reference", "failed", "failed", 1, None),  # today's runs are unlike the recorded ones
    ("reference", "unavailable", "supported", 1, False),
    ("reference", "undecided", "undecided", 1, None),
]


@pytest.mark.parametrize(("rule", "verdict", "refuted", "measured", "holds"), VERDICTS)
def test_verdicts_as_evaluations(
    monkeypatch: pytest.MonkeyPatch,
    rule: str,
    verdict: str,
    refuted: str,
    measured: object,
    holds: bool | None,
) -> None:
    """Where today's runs are unlike the recorded ones, or nothing was measured, there is none."""

    def verify(claims: list) -> SimpleNamespace:
        """Return the verdict for a claim without finding, or with the one that asks whether it is refuted."""
        given = verdict if claims[0].finding is None else refuted
        return SimpleNamespace(claims=[SimpleNamespace(verdict=given, measured=measured, reason="so it is")])

    environment = SimpleNamespace(versions={"python": "3.12"}, facts=lambda: {"device": "cpu"})
    engine = SimpleNamespace(verify=verify, environment=environment)
    monkeypatch.setattr("workshop.bisect.evaluate.Engine", lambda *given, **options: engine)
    monkeypatch.setattr(printed_vs_recorded, "answer", lambda *given: SimpleNamespace(detail="excluded"))
    monkeypatch.setattr("workshop.bisect.evaluate._close", lambda python: None)
    book = ledger()
    claim = next(c for c in book.claims.values() if c.rule.name == rule and c.correct is None)

    found = evaluate(claim, book, Path("python"))

    if holds is None:
        assert found == "so it is"
        return
    assert isinstance(found, Evaluation)
    assert (found.holds, found.measured) == (holds, measured)
    assert found.reason == ("excluded" if rule == "reference" and not holds else "so it is")


# a claim; the libraries that decide it, and whether chance does
CLAIMS = [
    ("ch04.text05.sentence", {"nltk"}, False),
    ("ch04.act02.first3", {"nltk"}, False),  # other functions of its unit use gensim
    ("ch04.act02.phrase_own", {"gensim", "nltk"}, True),  # it takes an outcome that nltk makes
    ("ch07.ex05.lr_heeded", {"tensorflow"}, False),
    ("ch06.ex02.slower_than_rnn", {"tensorflow"}, True),  # it has no seed, but a clock
]


@pytest.mark.parametrize(("name", "used", "chance"), CLAIMS)
def test_what_a_claim_depends_on(name: str, used: set[str], chance: bool) -> None:
    """It is what its own functions use, and those whose outcomes they take."""
    claim = ledger().claims[name]
    parts = find_parts(claim, catalogue({name[:4]}))

    assert {library for part in parts for library in part.uses} == used
    assert depends_on_chance(parts) is chance


def test_what_a_claim_of_the_full_procedure_takes_is_known() -> None:
    """The shortest profile that decides a claim is taken; the seconds are those of all its functions."""
    book = ledger()

    assert shortest_profile(book.claims["ch07.ex05.lr_heeded"]) == "default"
    assert shortest_profile(book.claims["ch06.ex02.epoch1"]) == "full"
    assert estimate_seconds(find_parts(book.claims["ch06.ex02.epoch1"], catalogue({"ch06"}))) > 15


DIFFERENCES = [
    (1, 1, None),
    (0.12345678901, 0.12345678902, None),
    (0.1234567890, 0.1234567990, "0.123456789 → 0.123456799"),
    ({"a": [1, 2]}, {"a": [1, 3]}, "a[1] 2 → 3"),
    ([1, 2], [1], "value has 1 entries, not 2"),
    ("x" * 300 + "a", "x" * 300 + "b", "…"),
]


@pytest.mark.parametrize(("before", "after", "expected"), DIFFERENCES)
def test_the_first_difference(before: object, after: object, expected: str | None) -> None:
    """It has its path in the value, and both sides."""
    found = find_difference(before, after)

    assert found == expected or (expected == "…" and found is not None)
