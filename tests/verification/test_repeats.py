"""Repeated seeds in the engine: what they decide, and what a difference means."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from workshop.book import SAMPLES, package_book
from workshop.datasets import registry
from workshop.execution.catalogue import catalogue
from workshop.execution.environment import this_environment
from workshop.execution.planner import Planner
from workshop.execution.run import Runner
from workshop.samples import recorded, recording_repeats, repeats
from workshop.samples.model import DamagedReference
from workshop.samples.repeats import SEEDS, Number, PartRepeats, UnitRepeats, code_of, entries
from workshop.verification.plans import parts_for_full

# a descent whose end is chaotic, of which the first steps are not
UNIT = """
from workshop.training import first_steps

@dataclass(frozen=True)
class Ran:
    epochs: int

@dataclass(frozen=True)
class Run:
    loss: float
    test: float
    ran: Ran

@unit("ch09.ex01"FORM)
def train(seed, epochs=50) -> Run:
    rng = np.random.default_rng(seed)
    start = weights = rng.normal(size=3)
    losses = []
    for _ in range(20 if first_steps.active() else 10 * epochs):
        losses.append(float(weights @ weights))
        weights = weights * (1 - RATE)
    if first_steps.active():
        first_steps.take(lambda _: (np.array(losses),), [start], lambda: [weights], {"epochs": epochs}, of=20)
    noise = 0.0 if first_steps.active() else float(rng.normal())
    CHANGE
    return Run(losses[-1] + noise, float(weights.sum()), Ran(epochs))
"""
STEPPED = ", first_steps=True"
LOSS = {"id": "ch09.ex01.loss", "documented": 0.1, "rule": "reference"}
REPEATS = {
    "id": "ch09.ex01.repeats",
    "documented": "it repeats",
    "measure": "ran",
    "ours": True,
    "rule": "repeats",
}
EPOCHS = {"id": "ch09.ex01.epochs", "documented": 50, "measure": "ran.epochs"}
BOUND = {
    "id": "ch09.ex01.bound", "documented": 0, "measure": "test", "full_only": True,
    "rule": {"at_most": {"bound": 99}},
}  # fmt: skip
TEST = {**LOSS, "id": "ch09.ex01.test", "measure": "test", "documented": 0.0}


def source(change: str = "pass", rate: str = "0.01", form: str = STEPPED) -> str:
    """Return the source of the unit, but for a change."""
    return UNIT.replace("CHANGE", change).replace("RATE", rate).replace("FORM", form)


Record = Callable[..., None]


@pytest.fixture
def record(bench, references, monkeypatch) -> Record:
    """Return a function that records runs and repeats of the unchanged unit under some claims."""

    def make(
        *claims: dict[str, Any], form: str = STEPPED, rounding: float = 1e-9, **environment: str
    ) -> None:
        bench.units(source(form=form))
        bench.claims(*claims)
        references.record_once()
        references.change(seconds=3.0 if form else 0.5, elsewhere=True)
        here = this_environment()
        planner = Planner(bench.catalogue, {}, here.digest_text())
        (part,) = bench.catalogue.parts["ch09.ex01"]
        jobs = [planner.job(part, index, "default", "reference") for index in range(3)]
        made: dict[str, Any] = {}
        Runner().execute(jobs, made, None)
        rows = [entries(made[job.key].outcome) for job in jobs]
        numbers = {name: Number(tuple(row[name] for row in rows), rounding) for name in rows[0]}
        numbers = {n: replace(v, rounding=0.0) if v.range == 0 else v for n, v in numbers.items()}
        own = PartRepeats(
            code_of(part), form and "first steps", 0.1, tuple(j.seeds[0] for j in jobs), numbers
        )
        facts = {**here.arithmetic(("tensorflow",)), **environment}
        unit = UnitRepeats("ch09.ex01", facts, "2026-11-27", ("avx",), (), {"train": own})
        monkeypatch.setattr(recorded, "unit_repeats", lambda *_: unit)

    return make


def test_a_default_run_decides_on_recorded_runs(bench, record):
    """First steps and plan repeat, so that the recorded runs count; each record says on which basis."""
    record(LOSS, REPEATS, EPOCHS, BOUND)
    records = bench.verify()
    found = {name: (each.verdict, each.basis) for name, each in records.items()}
    assert found == {
        "loss": ("reproduced", "recorded"),
        "repeats": ("reproduced", "run here"),
        "epochs": ("reproduced", "recorded"),
        "bound": ("deferred", ""),  # no recorded run has its quantity
    }
    assert (
        "; first steps of 1 recorded seed repeated bit for bit; recorded: 64 runs" in records["loss"].reason
    )
    assert records["loss"].runs == 64


def test_a_full_run_runs_here(bench, record):
    """Its fresh seed is compared with the recorded runs."""
    record(LOSS, BOUND)
    records = bench.verify(profile="full")
    assert {name: (each.verdict, each.basis) for name, each in records.items()} == {
        "loss": ("reproduced", "run here"),
        "bound": ("reproduced", "run here"),
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"rate": "0.01001"}, "the loss of update 2 of training 1 (trainings[0].losses[1]) is "),
        ({"change": "weights = weights + 1e-6"}, "test is "),
        ({"change": "epochs -= 1"}, "ran.epochs is 49, recorded 50"),
    ],
    ids=["update", "after the training", "plan"],
)
def test_changed_code_fails_on_any_processor(bench, record, change, path):
    """The claim that it repeats fails and names the number; recorded runs count no more."""
    record(LOSS, REPEATS, cpu="another one")
    assert bench.verify()["repeats"].verdict == "reproduced"
    bench.units(source(**change))
    records = bench.verify()
    assert records["repeats"].verdict == "failed"
    assert path in records["repeats"].reason
    assert (
        "the code changed; if that is meant, workshop record ch09.ex01 --repeats" in records["repeats"].reason
    )
    assert records["loss"].verdict == "deferred"
    assert path in records["loss"].reason


def test_what_is_not_recorded_is_deferred(bench, record, monkeypatch):
    """It names the command that records it."""
    record(LOSS, REPEATS, EPOCHS)
    monkeypatch.setattr(recorded, "unit_repeats", lambda *_: None)
    records = bench.verify()
    assert {name: each.verdict for name, each in records.items()} == {
        "loss": "deferred", "repeats": "undecided", "epochs": "deferred",
    }  # fmt: skip
    assert all("workshop record ch09.ex01 --repeats" in each.reason for each in records.values())


@pytest.mark.parametrize("form", [STEPPED, ""])
@pytest.mark.parametrize("then", [(), ("toy: made of glass",)])
def test_seeds_of_other_data_say_nothing(bench, record, monkeypatch, form, then):
    """They neither fail a claim nor confirm it, and rounding is not blamed; those of the same data do."""
    record(LOSS, REPEATS, EPOCHS, form=form, cpu="another one")
    unit = recorded.unit_repeats("ch09.ex01", {}, bench.folder)
    assert unit is not None
    other = replace(unit, parts={"train": replace(unit.parts["train"], substitutes=then)})
    monkeypatch.setattr(recorded, "unit_repeats", lambda *_: other)
    bench.units(source("epochs -= 1", form=form))
    records = bench.verify()
    if not then:
        assert records["repeats"].verdict == "failed"
        return
    assert records["repeats"].verdict == "undecided"
    assert records["repeats"].reason == (
        "the recorded seeds rest on a substitute (toy: made of glass), today's on the documented data: "
        "workshop record ch09.ex01 --repeats"
    )
    assert {records[name].verdict for name in ("loss", "epochs")} == (
        {"deferred"} if form else {"reproduced", "failed"}
    )
    assert not any("rounds otherwise" in each.reason for each in records.values())


def test_what_waits_for_a_changed_unit(bench, record):
    """The failure names the results of the book that wait, and these name the unit."""
    record(REPEATS, LOSS, {**LOSS, "id": "ch09.ex01.other", "measure": "loss"}, cpu="another one")
    assert {each.waits_for for each in bench.verify().values()} == {""}
    bench.units(source(rate="0.011"))
    records = bench.verify()
    assert {name: each.waits_for for name, each in records.items()} == {
        "loss": "ch09.ex01", "other": "ch09.ex01", "repeats": "",
    }  # fmt: skip
    reason = records["repeats"].reason
    assert reason.startswith("repeated seed: the loss of update 2 of training 1 ")
    assert reason.endswith("; 2 results of the book wait for it: ch09.ex01.loss, ch09.ex01.other")


def test_nothing_waits_for_a_unit_that_did_not_change(bench, record, monkeypatch):
    """On another processor numbers may differ: results that don't count for it are not said to wait."""
    record(REPEATS, LOSS, cpu="another one")
    unit = recorded.unit_repeats("ch09.ex01", {}, bench.folder)
    assert unit is not None
    numbers = {
        name: replace(number, values=tuple(v * 1.01 if isinstance(v, float) else v for v in number.values))
        for name, number in unit.parts["train"].numbers.items()
    }
    moved = replace(unit, parts={"train": replace(unit.parts["train"], numbers=numbers)})
    monkeypatch.setattr(recorded, "unit_repeats", lambda *_: moved)
    records = bench.verify()
    assert records["loss"].verdict == "deferred"
    assert {each.waits_for for each in records.values()} == {""}


def test_of_a_quick_unit_a_claim_fails_by_its_own_numbers_alone(bench, record):
    """Three seeds are repeated to their end; the other claim of the unit stays as it is."""
    record(LOSS, TEST, REPEATS, form="", cpu="another one")
    records = bench.verify()
    assert records["loss"].reason.endswith("3 recorded seeds repeated bit for bit")
    bench.units(source("weights = weights * 1.00001", form=""))
    records = bench.verify()
    assert {name: each.verdict for name, each in records.items()} == {
        "loss": "reproduced", "test": "failed", "repeats": "failed",
    }  # fmt: skip
    assert records["test"].reason.startswith("repeated seed: test is ")
    assert "wait" not in records["repeats"].reason


def test_the_data_of_the_package_fit_its_code():
    """Each recorded part is there, in the form of a default run, for the first seeds of its stream."""
    files = sorted((SAMPLES / "repeated").glob("*.json"))
    assert files
    for path in files:
        unit = repeats.read_repeats(path)
        chapter = catalogue([unit.unit[:4]])
        planner = Planner(chapter, registry(), "")
        parts = {part.name: part for part in chapter.parts[unit.unit]}
        for name, before in unit.parts.items():
            assert planner.form(parts[name]).lstrip("@") == before.form
            jobs = [planner.job(parts[name], index, "default", "reference") for index in range(SEEDS)]
            assert tuple(job.seeds[0] for job in jobs) == before.seeds
            chaotic = [np.isinf(each.tolerance(other_versions=False)) for each in before.numbers.values()]
            assert np.mean(chaotic) < 0.6


def test_trainings_with_the_earlier_rmsprop_are_for_a_full_run():
    book = package_book()

    found = parts_for_full(book.ledger, book.catalogue(["ch06"]))

    assert found == {f"ch06.ex0{number}:exercise_6_0{number}_earlier" for number in range(1, 6)}


SUMMED = """
@unit("ch09.ex01", value="loss")
def train(seed) -> float:
    values = np.random.default_rng(seed).normal(size=999).astype(np.float32)
    if os.environ.get("TOY_DEVICE") == "gpu":
        values = values[::-1]
    return float(np.cumsum(values)[-1]) / 30 CHANGE
"""


def test_a_gpu_counts_once_its_tolerance_is_recorded(bench, references, device, monkeypatch):
    """Before, the comparison is provisional and sampled claims are open; then a changed procedure fails."""
    monkeypatch.setattr(recording_repeats, "plays", lambda environment: [])
    bench.units(SUMMED.replace("CHANGE", ""))
    bench.claims(LOSS, {**REPEATS, "measure": "loss"})
    references.record(64)
    recording_repeats.record_repeats(bench.book, "ch09.ex01", on_progress=lambda text: None)
    device("gpu")
    monkeypatch.setenv("TOY_DEVICE", "gpu")

    records = bench.verify()
    assert {name: each.verdict for name, each in records.items()} == {
        "loss": "undecided",
        "repeats": "undecided",
    }
    assert records["repeats"].reason.startswith("provisional: ")
    assert "on a GPU, workshop record ch09.ex01 --repeats" in records["loss"].reason

    recording_repeats.record_repeats(bench.book, "ch09.ex01", on_progress=lambda text: None)
    records = bench.verify()
    assert {name: each.verdict for name, each in records.items()} == {
        "loss": "reproduced",
        "repeats": "reproduced",
    }
    assert records["loss"].reason.endswith("3 recorded seeds repeated within their tolerance")

    bench.units(SUMMED.replace("CHANGE", "* 1.001"))
    assert bench.verify()["repeats"].verdict == "failed"


def test_a_damaged_file_fails_its_own_claims_alone(bench, record, monkeypatch):
    """Each claim that needs it says so; the run goes on."""
    record(LOSS, REPEATS)

    def damaged(*_: Any) -> Any:
        raise DamagedReference("repeats of ch09.ex01: restore it")

    monkeypatch.setattr(recorded, "unit_repeats", damaged)
    records = bench.verify()
    assert {(each.verdict, each.reason) for each in records.values()} == {
        ("failed", "repeats of ch09.ex01: restore it")
    }
