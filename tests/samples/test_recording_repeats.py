"""Recording repeats with other versions: an era has numbers of its own, others are compared."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.execution.calling import Made
from workshop.execution.environment import this_environment
from workshop.execution.seeds import seeds
from workshop.samples import recording_repeats
from workshop.samples.recording import NotRecorded, Site
from workshop.samples.recording_repeats import record_repeats
from workshop.samples.repeats import Number, PartRepeats, UnitRepeats, read_repeats, write_repeats
from workshop.training import embeddings, initialisers

# what it computes depends on a variable of the interpreter, as on the version of a library, and on noise
UNIT = """
@dataclass(frozen=True)
class Run:
    loss: float
    epochs: int

@unit("ch09.ex01", uses="tensorflow")
def train(seed) -> Run:
    from workshop.training import initialisers
    noisy = initialisers.initial_weights.__module__ != initialisers.__name__
    loss = float(np.random.default_rng(seed).random()) + 0.5 * noisy
    return Run(loss + float(os.environ.get("TOY_SHIFT", "0")), 5)
"""
REPEATS = {
    "id": "ch09.ex01.repeats",
    "documented": "it repeats",
    "measure": "epochs",
    "ours": True,
    "rule": "repeats",
}
SEEDS = tuple(seeds("ch09.ex01", 3, stream="reference"))
LOSSES = tuple(float(np.random.default_rng(seed).random()) for seed in SEEDS)

# the words of a processor, the widest vector set that it has, and what it plays next to other rounding
PROCESSORS = [
    ("avx, avx2, fma, avx512f", "avx512f", ["avx2"]),
    ("avx, avx2, fma", "avx2", ["avx"]),
    ("avx", "avx", ["sse4_2"]),
    ("sse4_2", "sse4_2", []),
    ("asimd", "sse4_2", []),
]

Record = Callable[[str, float], UnitRepeats]


@pytest.fixture
def record(bench, tmp_path, monkeypatch) -> Record:
    """Return a function that records in an interpreter with a version of Keras, which shifts the loss."""
    monkeypatch.delenv("CI", raising=False)
    references = tmp_path / "references"
    for era in ("keras-before-2.11", "keras-2.11-to-2"):
        (references / era).mkdir(parents=True)
        (references / era / "ch09.ex01.json").touch()
    bench.units(UNIT)
    bench.claims(REPEATS)
    numbers = {"loss": Number(LOSSES, rounding=1e-3), "epochs": Number((5, 5, 5))}
    part = PartRepeats("code", "", 0.1, SEEDS, numbers)
    facts = this_environment().arithmetic(("tensorflow",))
    unit = UnitRepeats("ch09.ex01", facts, "2026-11-27", ("avx",), (), {"train": part})
    write_repeats(unit, tmp_path / "repeated" / "ch09.ex01.json")

    def make(keras: str, shift: float) -> UnitRepeats:
        info = tmp_path / f"with-{keras}" / f"keras-{keras}.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: keras\nVersion: {keras}\n")
        python = tmp_path / f"python-{keras}-{shift}"
        path = f'export PYTHONPATH="$PYTHONPATH:{info.parent}:{tmp_path}" TOY_SHIFT={shift}'
        python.write_text(f'#!/bin/sh\n{path}\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        return record_repeats(bench.book, "ch09.ex01", python=python, on_progress=lambda _: None)

    return make


def test_an_era_has_numbers_of_its_own(record, tmp_path):
    """They are made there; the rounding is that of the package, whose file stays as it is."""
    package = (tmp_path / "repeated" / "ch09.ex01.json").read_bytes()

    done = record("2.10.0", 1.0)

    assert read_repeats(tmp_path / "repeated" / "keras-before-2.11" / "ch09.ex01.json") == done
    assert done.environment["keras"] == "2.10.0"
    assert (done.played, done.versions) == (("avx",), ())
    part = done.parts["train"]
    assert part.seeds == SEEDS
    assert part.numbers["loss"] == Number(tuple(loss + 1.0 for loss in LOSSES), rounding=1e-3)
    assert part.numbers["epochs"] == Number((5, 5, 5))
    assert (tmp_path / "repeated" / "ch09.ex01.json").read_bytes() == package


def test_recorded_again_with_the_same_versions_an_era_is_recorded_anew(record):
    record("2.10.0", 1.0)

    done = record("2.10.0", 2.0)

    assert done.versions == ()
    assert done.parts["train"].numbers["loss"].values == tuple(loss + 2.0 for loss in LOSSES)


@pytest.mark.parametrize(("first", "second"), [(None, "3.0.0"), ("2.10.0", "2.9.0")])
def test_other_versions_measure_how_far_numbers_move(record, first, second):
    """Without an era it is those of the package, within one those of its first versions."""
    before = (
        LOSSES
        if first is None
        else tuple(map(float, record(first, 0.0).parts["train"].numbers["loss"].values))
    )

    done = record(second, 0.25)

    assert len(done.versions) == 1
    assert f"keras {second}" in done.versions[0]
    loss = done.parts["train"].numbers["loss"]
    assert (loss.values, loss.rounding) == (before, 1e-3)
    assert loss.versions == pytest.approx(0.25, abs=1e-9)


def test_an_era_without_runs_of_the_unit_is_none_of_its_own(record, tmp_path):
    """Nothing changed for the unit in that era, so its versions move the package's numbers."""
    (tmp_path / "references" / "keras-before-2.11" / "ch09.ex01.json").unlink()

    done = record("2.10.0", 0.25)

    assert read_repeats(tmp_path / "repeated" / "ch09.ex01.json") == done
    assert done.parts["train"].numbers["loss"].versions == pytest.approx(0.25, abs=1e-9)


def test_other_data_are_no_rounding_of_other_versions(record, tmp_path):
    path = tmp_path / "repeated" / "ch09.ex01.json"
    on_glass(path)
    with pytest.raises(
        NotRecorded, match=r"^ch09.ex01: the recorded seeds rest on a substitute \(toy: glass"
    ):
        record("3.0.5", 0.25)
    assert not read_repeats(path).versions


def on_glass(path: Path) -> None:
    """Say of recorded seeds that they rest on a substitute."""
    unit = read_repeats(path)
    write_repeats(
        replace(unit, parts={"train": replace(unit.parts["train"], substitutes=("toy: glass",))}), path
    )


@pytest.mark.parametrize("changed", [False, True, "data"])
def test_another_processor_adds_its_rounding(record, bench, tmp_path, monkeypatch, changed):
    path = tmp_path / "repeated" / "ch09.ex01.json"
    if changed == "data":
        on_glass(path)
    before = read_repeats(path)
    monkeypatch.setattr(recording_repeats, "code_of", lambda part: "other" if changed is True else "code")
    monkeypatch.setattr(recording_repeats, "plays", lambda environment: [])
    write_repeats(replace(before, environment={**before.environment, "cpu": "another one"}), path)
    monkeypatch.setenv("TOY_SHIFT", "0.25")

    done = record_repeats(bench.book, "ch09.ex01", on_progress=lambda _: None)

    loss = done.parts["train"].numbers["loss"]
    assert read_repeats(path) == done
    if changed:
        assert done.environment["cpu"] == this_environment().facts()["cpu"]
        assert loss == Number(tuple(each + 0.25 for each in LOSSES))
        return
    assert done.environment["cpu"] == "another one"
    assert done.played[0] == "avx"
    assert done.played[1] in this_environment().cpu
    assert loss == Number(LOSSES, rounding=0.25)


@pytest.mark.parametrize(("name", "moved"), [("narrow", 0.25), ("initial weights of other rounding", 0.5)])
def test_what_is_played_moves_numbers(record, bench, tmp_path, monkeypatch, name, moved):
    """A narrower vector set by its variables, other rounding by other initial weights."""
    (tmp_path / "repeated" / "ch09.ex01.json").unlink()
    python = tmp_path / "python of the toys"
    python.write_text(f'#!/bin/sh\nexport PYTHONPATH="$PYTHONPATH:{tmp_path}"\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(recording_repeats, "SETS", {"narrow": {"TOY_SHIFT": "0.25"}})
    monkeypatch.setattr(recording_repeats, "plays", lambda environment: [name])

    done = record_repeats(bench.book, "ch09.ex01", on_progress=lambda _: None)

    assert done.played == (name,)
    assert done.parts["train"].numbers["loss"].values == LOSSES
    assert done.parts["train"].numbers["loss"].rounding == pytest.approx(moved)


PART = '@unit("ch09.ex01", value="{0}"{2})\ndef {0}_({1}) -> list: ...\n'
FIXED = PART.format("size", "", "")
PARTS = (
    FIXED
    + PART.format("loss", "seed", ", first_steps=True")
    + "".join(PART.format(n, "seed", "") for n in ("a", "b"))
)


@pytest.mark.parametrize(("claims", "names"), [([], ["loss_", "a_"]), ([REPEATS], ["loss_", "a_", "b_"])])
def test_which_parts_of_a_unit_are_repeated(bench, claims, names):
    """Those that draw, in first steps or quickly under recorded runs; all of them if one claim says so."""
    bench.units(PARTS)
    sampled = [{"id": f"ch09.ex01.{n}", "rule": "reference", "measure": f"{n}[0]"} for n in ("a", "size")]
    bench.claims({"id": "ch09.ex01.b"}, *({**each, "measure": "size"} for each in claims), *sampled)
    assert [part.name for part in recording_repeats.repeated_parts(Site(bench.book, "ch09.ex01"))] == names


def test_a_unit_that_draws_nothing_has_no_repeats(bench, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    bench.units(FIXED)
    bench.claims({**REPEATS, "measure": "size"})
    with pytest.raises(NotRecorded, match=r"^ch09.ex01: no part draws random numbers"):
        record_repeats(bench.book, "ch09.ex01", on_progress=lambda _: None)


@pytest.mark.parametrize(("words", "widest", "narrower"), PROCESSORS)
def test_a_processor_plays_the_next_narrower_vector_set(words, widest, narrower):
    environment = replace(this_environment(), cpu=f"A processor (family 1, {words})")
    assert recording_repeats.vector_set(environment) == widest
    assert recording_repeats.plays(environment) == [*narrower, "initial weights of other rounding"]


def test_the_worker_with_noise_moves_weights_and_still_trains(monkeypatch):
    trained: list[Any] = []
    monkeypatch.setattr(initialisers, "initial_weights", lambda: [np.ones(9, np.float32)])
    monkeypatch.setattr(embeddings, "take_first_steps", lambda *given: trained.append(given))
    monkeypatch.setattr("workshop.execution.worker.main", lambda: None)
    recording_repeats.noisy_worker()
    model = SimpleNamespace(wv=SimpleNamespace(vectors=np.ones(9, np.float32)))
    embeddings.take_first_steps(model, "sentences")
    assert trained == [(model, "sentences")]
    for moved in (*initialisers.initial_weights(), model.wv.vectors):
        assert 0 < np.abs(moved - 1).max() < 1e-4


@dataclass(frozen=True)
class Two:
    """An outcome."""

    loss: float
    word: str
    epochs: int


def test_what_is_recorded_of_a_part(monkeypatch):
    """Its form, the least seconds of its seeds, and each number with the rounding that another one has."""
    part = SimpleNamespace(name="train")
    monkeypatch.setattr(recording_repeats, "code_of", lambda part: f"code of {part.name}")
    jobs = [SimpleNamespace(seeds=(n, 99), substitutes=("toy: glass",) * (n == 7)) for n in (7, 8, 9)]
    site = SimpleNamespace(
        planner=SimpleNamespace(form=lambda _: "@first steps"), repeated_job=lambda _, index: jobs[index]
    )
    made = [Made(Two(n / 4, "a", n), 2.0 - n / 3) for n in range(3)]
    rounded = {"train": PartRepeats("", "", 0.0, (), {"loss": Number((), rounding=0.5)})}
    for known, rounding in ((rounded, 0.5), ({}, 0.0), ({"other": rounded["train"]}, 0.0)):
        recorded = recording_repeats._recorded(site, [part], {"train": made}, known)  # type: ignore[arg-type]
        numbers = {
            "loss": Number((0.0, 0.25, 0.5), rounding=rounding),
            "word": Number(("a",) * 3),
            "epochs": Number((0, 1, 2)),
        }
        expected = PartRepeats("code of train", "first steps", 1.333, (7, 8, 9), numbers, ("toy: glass",))
        assert recorded == {"train": expected}


@pytest.mark.parametrize("kind", ["rounding", "versions"])
def test_the_farthest_that_a_number_moved_is_kept(kind):
    """In either direction, of each part; what was farther before stays, and words do not move."""
    before = {
        "loss": Number((1.0, 2.0, 3.0)), "epochs": replace(Number((5, 5, 5)), **{kind: 4.0}),
        "word": Number(("a", "b", "c")), "gone": Number((1, 2, 3)),
    }  # fmt: skip
    parts = {name: PartRepeats("", "", 0.0, (), before) for name in ("one", "two")}
    found = {
        "one": [Made(Two(loss, "z", 6), 0.0) for loss in (1.5, 2.0, 2.25)],
        "two": [Made(Two(loss, "z", 10), 0.0) for loss in (1.0, 2.0, 3.0)],
    }
    moved = recording_repeats._moved(parts, found, kind)
    far = {part: {name: getattr(n, kind) for name, n in its.numbers.items()} for part, its in moved.items()}
    assert far == {
        "one": {"loss": 0.75, "epochs": 4.0, "word": 0.0, "gone": 0.0},
        "two": {"loss": 0.0, "epochs": 5.0, "word": 0.0, "gone": 0.0},
    }
    assert [n.values for n in moved["one"].numbers.values()] == [n.values for n in before.values()]
