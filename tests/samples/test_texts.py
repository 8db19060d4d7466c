"""Numbers of the recorded runs in texts for readers: filled in from the samples, and from nothing else."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from workshop.book import SAMPLES
from workshop.ledger import Claim, ledger
from workshop.ledger.model import PLACEHOLDER
from workshop.samples import model, texts
from workshop.samples.model import DamagedReference, ReferenceSample, sample_in
from workshop.samples.texts import filled

SAMPLED = [
    claim
    for claim in ledger().claims.values()
    if claim.rule.needs_sample and (claim.finding is not None or claim.reader is not None)
]
SEVEN = 7


def of_seven(unit: str, inner: str, folder: Path) -> ReferenceSample | None:
    """Return a made-up sample: one recorded run seven times, so that each share of runs is all or none."""
    sample = sample_in(unit, inner, folder)
    return None if sample is None else replace(sample, runs=sample.runs[:1] * SEVEN)


def words_of(claim: Claim) -> str:
    """Return a claim's reason and text for readers."""
    parts = [*claim.reader.model_dump().values()] if claim.reader is not None else []
    return " | ".join([*parts, claim.finding.reason] if claim.finding is not None else parts)


def numbers_of_samples(claim: Claim) -> set[str]:
    """Return how many runs of a claim are recorded, and the shares that its texts have of them."""
    runs = {
        len(sample.runs)
        for m in claim.measures().values()
        if (sample := sample_in(m.unit, "", SAMPLES)) is not None
    }
    shares = [
        texts._number(m, claim, SAMPLES)
        for m in PLACEHOLDER.finditer(words_of(claim))
        if m["what"] == "share"
    ]
    return {*map(str, runs), *shares}


def still_there(words: str, numbers: set[str]) -> list[str]:
    """Return those of the numbers of real samples that a text has."""
    return [n for n in numbers if re.search(rf"(?<![\d.]){n}(?![\d.]\d)", words)]


@pytest.mark.parametrize("claim", SAMPLED, ids=lambda claim: claim.id)
def test_other_samples_give_other_numbers(claim, monkeypatch):
    """With made-up samples of seven runs, no count or share of the real ones is left in a text."""
    real, numbers = words_of(filled(claim, SAMPLES)), numbers_of_samples(claim)
    monkeypatch.setattr(model, "sample_in", of_seven)
    made_up = words_of(filled(claim, SAMPLES))

    assert not re.search(r"[{}?]", real.replace("?)", "")), real
    assert still_there(made_up, numbers) == []
    assert ("{runs}" in words_of(claim)) == (f"in {SEVEN} " in made_up)


def test_a_typed_number_would_be_left():
    """The check above can fail: on a count, and on a share that was typed in place of its placeholder."""
    assert still_there("0.46 to 0.67 in 128 recorded trainings", {"128"}) == ["128"]
    assert still_there("in only 3 % of the recorded trainings", {"64", "3 %"}) == ["3 %"]
    assert still_there("0.128 to 1128 in 13 % of 7 runs", {"128", "3 %"}) == []


VALUES = [[0.1, 3.0], [0.26, 1.0], [0.34, 2.0], [0.5, 4.0]]
FILLED = [
    ("{runs}", "4"),
    ("{range a .1f} of {runs}", "0.1 to 0.5 of 4"),
    ("{range a .2f}", "0.10 to 0.50"),
    ("{median a .2f}", "0.30"),
    ("{share a < 0.3}", "50 %"),
    ("{share 0.2 < a < 0.4}", "50 %"),
    ("{share b < 2.5}", "50 %"),
    ("{share a < b}", "100 %"),
    ("{share b < a}", "0 %"),
    ("{share a < b < a}", "0 %"),
    ("{older: runs} before", "1 before"),
]


def made_up_claim(reason: str) -> Claim:
    """Return a claim with this reason, that measures a and b."""
    claim = ledger().claims["ch07.ex05.text_confused"]
    assert claim.finding is not None
    finding = claim.finding.model_copy(update={"reason": reason})
    measure = {name: f"ch09.ex01.{name}" for name in "ab"}
    return claim.model_copy(update={"finding": finding, "reader": None, "measure": measure})


@pytest.fixture
def made_up_samples(monkeypatch) -> None:
    """Put made-up samples in the package's place: four runs, and one of an older era."""
    sample = sample_in("ch07.text07", "", SAMPLES)
    assert sample is not None
    runs = tuple(replace(sample.runs[0], values=tuple(values)) for values in VALUES)
    main = replace(sample, unit="ch09.ex01", quantities=("a", "b"), runs=runs)
    found = {"": main, "older": replace(main, runs=runs[:1])}
    monkeypatch.setattr(model, "sample_in", lambda unit, inner, folder: found.get(inner))


@pytest.mark.parametrize(("text", "expected"), FILLED)
@pytest.mark.usefixtures("made_up_samples")
def test_placeholders(text, expected):
    """Ranges are rounded outward, shares to a percent, and what a text has besides stays."""
    claim = filled(made_up_claim(text), SAMPLES)

    assert claim.finding is not None
    assert claim.finding.reason == expected


@pytest.mark.parametrize("text", ["{range c .2f}", "{share c < 0.5}", "{median .2f}"])
@pytest.mark.usefixtures("made_up_samples")
def test_a_number_that_is_not_measured_is_a_mistake(text):
    with pytest.raises(LookupError):
        filled(made_up_claim(text), SAMPLES)


def test_what_is_missing_or_damaged_is_a_question_mark(monkeypatch):
    def damaged(unit: str, *_: object) -> None:
        raise DamagedReference(unit)

    for find in (lambda *_: None, damaged):
        monkeypatch.setattr(model, "sample_in", find)
        claim = filled(made_up_claim("in {runs} runs"), SAMPLES)
        assert claim.finding is not None
        assert claim.finding.reason == "in ? runs"
