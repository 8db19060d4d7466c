"""Recording reference samples: by hand only, piece by piece, resumable, with every mishap named."""

import shutil
import signal
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from workshop.execution.environment import Environment, this_environment
from workshop.execution.seeds import seeds
from workshop.execution.store import Store
from workshop.samples import recording
from workshop.samples.model import write_reference
from workshop.samples.recording import NotRecorded
from workshop.samples.repeats import Number, PartRepeats, UnitRepeats

UNIT = """
@dataclass(frozen=True)
class Run:
    loss: float
    curve: np.ndarray

@unit("ch09.ex01")
def train(seed) -> Run:
    tally(seed)
    rng = np.random.default_rng(seed)
    return Run(rng.normal(), rng.random(2).astype(np.float32))
"""
MANY = """
from typing import Tuple

@dataclass(frozen=True)
class Run:
    loss: float
    curve: np.ndarray

@unit("ch09.ex01")
def train(seeds) -> Tuple[Run, ...]:
    tally(len(seeds))
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return tuple(Run(rng.normal(), rng.random(2).astype(np.float32)) for rng in rngs)
"""
LOSS = {"id": "ch09.ex01.loss", "documented": 0.1, "rule": "reference"}
CURVE = {"id": "ch09.ex01.end", "measure": "curve[1]", "documented": 0.5, "rule": "reference"}
STREAM = seeds("ch09.ex01", 64, stream="reference")


def values_of(seed: int) -> tuple[float, float]:
    """Return what both units above give for a seed: the end of the curve, and the loss."""
    rng = np.random.default_rng(seed)
    loss = rng.normal()
    return float(np.float32(rng.random(2)[1])), float(loss)


@pytest.mark.parametrize("source", [UNIT, MANY], ids=["one seed a call", "many seeds a call"])
def test_a_sample_holds_the_outcomes_of_the_reference_seeds(bench, references, source):
    """In the stream's order, each with its date, seconds and environment; just what claims measure."""
    bench.units(source)
    bench.claims(LOSS, CURVE, {"id": "ch09.ex01.low", "measure": "loss", "rule": {"at_most": {"bound": 9}}})
    sample = references.record(40)
    assert "ch09.ex01:train" in Store(bench.store).read_timings()
    assert [run.seed for run in sample.runs] == list(STREAM[:40])
    assert sample.quantities == ("curve[1]", "loss")
    assert [run.values for run in sample.runs] == [values_of(seed) for seed in STREAM[:40]]
    assert sample.environments == (this_environment().arithmetic(),)
    assert sample.environments[0]["threads"] == "1"
    assert {"python", "numpy", "cpu", "device"} <= set(sample.environments[0])
    assert all(abs((date.fromisoformat(run.date) - date.today()).days) <= 1 for run in sample.runs)  # noqa: DTZ011
    assert all(run.seconds >= 0 and not run.mishap for run in sample.runs)
    assert references.find("ch09.ex01") == sample


def test_recording_unchanged_code_again_changes_nothing(bench, references):
    """From the store it costs nothing; without it, the same numbers come, and the file stays as it was."""
    bench.units(UNIT)
    bench.claims(LOSS)
    first = references.record(12)
    assert len(bench.tally()) == 12
    again = references.record(12)
    assert len(bench.tally()) == 12
    bench.store = bench.folder / "another store"
    references.change(seconds=99.0)  # those of its first time stay
    anew = references.record(12)
    assert len(bench.tally()) == 24
    runs = tuple(replace(run, seconds=99.0) for run in first.runs)
    assert (first, replace(first, runs=runs)) == (again, anew)


def test_recording_nothing_changes_nothing(bench, references, monkeypatch):
    """A machine of another processor that computes no run is not among those that did."""
    bench.units(UNIT)
    bench.claims(LOSS)
    references.record(6)
    (path,) = references.folder.glob("*.json")
    before = path.read_bytes()
    monkeypatch.setattr(recording, "_agrees", lambda *_: True)
    monkeypatch.setattr(Environment, "arithmetic", lambda *_: {"python": "3.11.7", "cpu": "another"})
    monkeypatch.setattr(recording, "_of_same_libraries", lambda *_: True)

    seen: list[tuple[int, int]] = []
    assert len(references.record(4, on_progress=lambda *progress: seen.append(progress)).runs) == 6
    assert seen == [(6, 6)]
    assert path.read_bytes() == before


def test_a_gpu_has_a_file_of_its_own(bench, references, device):
    """Every run is its own, and the CPU's file stays as it was; it, too, continues where it was."""
    bench.units(UNIT)
    bench.claims(LOSS)
    cpu = references.record(3)
    references.change(seconds=99.0)
    assert [path.name for path in references.folder.iterdir()] == ["ch09.ex01.json"]
    before = (references.folder / "ch09.ex01.json").read_bytes()
    device("gpu")
    gpu = references.record(3)
    assert len(bench.tally()) == 6
    assert (references.folder / "ch09.ex01.json").read_bytes() == before
    assert [*(references.folder / "gpu").iterdir()] == [references.folder / "gpu" / "ch09.ex01.json"]
    assert references.find("ch09.ex01", {"device": "gpu"}) == gpu == references.record(3)
    assert all(run.seconds < 99 for run in gpu.runs)
    assert [sample.environments[0]["device"] for sample in (cpu, gpu)] == ["cpu", "gpu"]
    assert len(bench.tally()) == 6


def test_a_diff_shows_the_runs_that_changed(bench, references):
    bench.units(UNIT)
    bench.claims(LOSS)
    before = references.record(5)
    changed = before.runs[2].seed
    bench.units(UNIT.replace("Run(rng.normal()", f"Run(rng.normal() + (seed == {changed})"))
    anew = references.record(5)
    assert [a == b for a, b in zip(before.runs, anew.runs, strict=True)] == [True, True, False, True, True]


def test_a_larger_sample_begins_with_the_smaller_one(bench, references):
    bench.units(UNIT)
    bench.claims(LOSS)
    small = references.record(5)
    large = references.record(9)
    assert [r.values for r in large.runs[:5]] == [r.values for r in small.runs]
    assert bench.tally() == [str(seed) for seed in STREAM[:9]]


@pytest.mark.parametrize(("source", "message"), [(UNIT, [1, 2, 3]), (MANY, [32, 40])])
def test_the_file_grows_piece_by_piece(bench, references, source, message):
    bench.units(source)
    bench.claims(LOSS)
    seen = []
    count = message[-1]
    sample = lambda: references.find("ch09.ex01")  # noqa: E731
    references.record(count, on_progress=lambda *progress: seen.append((*progress, len(sample().runs))))
    assert seen == [(done, count, done) for done in message]
    if source == MANY:
        assert bench.tally() == ["32", "8"]


@pytest.mark.parametrize(("seconds", "size"), [(None, 128), (0.5, 128), (361.0, 20)])
def test_without_a_number_the_planned_size_is_recorded(bench, references, seconds, size):
    """By the seconds that a seed took when it was recorded; without a sample, by those of the first five."""
    bench.units(MANY)
    bench.claims(LOSS)
    if seconds is not None:
        references.record(6)
        references.change(seconds=seconds)
    counts = []
    assert len(references.record(None, on_progress=lambda done, count: counts.append(count)).runs) == size
    assert {*counts} == {size}


RECORD = """
import os, signal
from workshop.samples.recording import Site, record_sample
store, kill = arguments

def message(done, count):
    if done == int(kill):
        os.kill(os.getpid(), signal.SIGKILL)

record_sample(Site(book, "ch09.ex01"), 6, store=Path(store), on_progress=message)
"""


def test_a_process_that_was_shot_loses_nothing_that_was_finished(bench, references):
    """A second process computes the rest, and writes what one process alone would have."""
    bench.units(UNIT)
    bench.claims(LOSS)

    def start(kill: int) -> int:
        process = bench.start(RECORD, str(bench.store), str(kill))
        process.communicate()
        return process.returncode

    assert start(3) == -signal.SIGKILL
    assert len(references.find("ch09.ex01").runs) == 3
    assert start(0) == 0
    assert [run.values for run in references.find("ch09.ex01").runs] == [
        (values_of(seed)[1],) for seed in STREAM[:6]
    ]
    assert bench.tally() == [str(seed) for seed in STREAM[:6]]


def test_never_in_ci(bench, references, monkeypatch):
    """A reference is reviewed by a person: nothing is computed or written where CI is set."""
    bench.units(UNIT)
    bench.claims(LOSS)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(NotRecorded, match="never in CI: unset CI to record"):
        references.record(5)
    assert not bench.tally()
    assert not references.folder.exists()


FIXED = """
@unit("ch09.ex01", value="loss")
def fixed(NEED) -> float:
    return 1.0
"""
REFUSED = {
    "no claim on a reference": ("seed", {"rule": "equal"}, "no claim is decided on its reference sample"),
    "no seed": ("", {}, "ch09.ex01 draws no random numbers: decide its claims on one outcome"),
    "no data": ("seed, toy_data", {"needs": ["toy_data"]}, "ch09.ex01: toy_data: it is nowhere; fetch it"),
}


@pytest.mark.parametrize(("need", "claim", "message"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_recorded_is_reported_in_a_line(bench, references, need, claim, message):
    bench.units(FIXED.replace("NEED", need))
    bench.claims(LOSS | claim)
    with pytest.raises(NotRecorded) as error:
        references.record(5)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert not references.folder.exists()


MISHAPS = """
@dataclass(frozen=True)
class Run:
    loss: float
    curve: list
    mishap: str

@unit("ch09.ex01")
def train(seed) -> Run:
    if seed == CRASHED:
        raise ZeroDivisionError("in an epoch")
    loss = float("nan") if seed == DIVERGED else 0.5
    curve = [1.0, float("inf") if seed == LATER else 0.0]
    return Run(loss, curve, "dead: every unit is silent" if seed == DEAD else "")
"""


def test_every_mishap_is_named_and_stays(bench, references):
    """A crash, numbers that are not finite, and what the outcome itself tells: none is drawn again."""
    source = MISHAPS
    for name, seed in zip(["CRASHED", "DIVERGED", "LATER", "DEAD"], STREAM, strict=False):
        source = source.replace(name, str(seed))
    bench.units(source)
    bench.claims(LOSS, {"id": "ch09.ex01.curve", "documented": [1.0, 0.0], "rule": "reference"})
    sample = references.record(6)
    assert [run.seed for run in sample.runs] == list(STREAM[:6])
    assert [run.mishap for run in sample.runs] == [
        "crashed: ch09.ex01:train#reference 0 raised ZeroDivisionError: in an epoch",
        "diverged: ch09.ex01.loss is nan",
        "diverged: ch09.ex01.curve[1] is inf",
        "dead: every unit is silent",
        "",
        "",
    ]
    assert [len(run.values) for run in sample.runs] == [0, 2, 2, 2, 2, 2]
    assert references.find("ch09.ex01").runs[2].values == ([1.0, float("inf")], 0.5)


TWO_PARTS = """
@unit("ch09.ex01", value="loss")
def one(seed) -> float:
    return float(seed)

@unit("ch09.ex01", value="other")
def two(ch09_ex02) -> float:
    return ch09_ex02.base + 0.5

@unit("ch09.ex02", value="base")
def base(seed) -> float:
    return float(seed)
"""


def test_parts_of_a_unit_and_what_they_rest_on_are_recorded_at_the_same_place(bench, references):
    """A part without a seed of its own rests on the recorded stream of the unit that it takes."""
    bench.units(TWO_PARTS)
    bench.claims(LOSS, {"id": "ch09.ex01.other", "documented": 0.5, "rule": "reference"})
    sample = references.record(5)
    below = seeds("ch09.ex02", 5, stream="reference")
    assert sample.quantities == ("loss", "other")
    assert [run.values for run in sample.runs] == [
        (float(own), other + 0.5) for own, other in zip(STREAM, below, strict=False)
    ]


NO_NUMBERS = [
    ('"much"', LOSS, "ch09.ex01.loss: the quantity is 'much', no number: mend `measure`"),
    ("[0.5]", LOSS | {"measure": "loss[3]"}, "[3] leads nowhere in [0.5]: mend `measure`"),
]


@pytest.mark.parametrize(("outcome", "claim", "message"), NO_NUMBERS)
def test_a_quantity_that_is_no_number_is_reported(bench, references, outcome, claim, message):
    """A text can't be tested, nor can what is not there: neither is a value of a reference sample."""
    bench.units(FIXED.replace("NEED", "seed").replace("1.0", outcome))
    bench.claims(claim)
    with pytest.raises(NotRecorded) as error:
        references.record(5)
    assert str(error.value) == f"seed {STREAM[0]}: {message}"
    assert not list(references.folder.glob("*.json"))


def test_runs_of_other_libraries_are_made_anew(bench, references, monkeypatch):
    bench.units(UNIT)
    bench.claims(LOSS)
    before = references.record(3)
    other = {**before.environments[0], "gensim": "0.1"}
    runs = tuple(replace(run, values=(9.0,)) for run in before.runs)
    write_reference(replace(before, environments=(other,), runs=runs), references.folder / "ch09.ex01.json")
    monkeypatch.setattr(recording, "_agrees", lambda *_: True)
    assert references.record(3) == before


@pytest.mark.parametrize("changed", [False, True], ids=["the same procedure", "a changed one"])
def test_runs_of_other_processors_stay_where_a_repeated_seed_agrees(bench, references, monkeypatch, changed):
    """Then only missing seeds are made here; else all are made again."""
    second = """
@unit("ch09.ex01", value="other")
def second(seed) -> int:
    return 5
"""
    bench.units(UNIT + second)
    bench.claims(LOSS, CURVE)
    references.record(5)
    references.change(elsewhere=True)
    end, loss = values_of(STREAM[0])
    numbers = {"loss": Number((loss,)), "curve[0]": Number((None,)), "curve[1]": Number((end + changed,))}
    rng = np.random.default_rng(STREAM[0])
    rng.normal()
    numbers["curve[0]"] = Number((float(np.float32(rng.random())),))
    train = PartRepeats("code", "", 0.1, STREAM[:1], numbers)
    parts = {"train": train, "second": replace(train, numbers={"other": Number((5,))})}
    unit = UnitRepeats("ch09.ex01", {"cpu": "another one"}, "2026-11-27", (), (), parts)
    monkeypatch.setattr(recording, "unit_repeats", lambda *_: unit)
    bench.tallies.unlink()
    shutil.rmtree(bench.store)

    sample = references.record(8)

    assert [run.seed for run in sample.runs] == list(STREAM[:8])
    cpus = [sample.environments[run.environment]["cpu"] for run in sample.runs]
    assert cpus.count("another one") == (0 if changed else 5)
    assert sorted(bench.tally()) == sorted(map(str, (STREAM[0], *STREAM[0 if changed else 5 : 8])))
