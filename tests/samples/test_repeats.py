"""Repeats: what is recorded of an outcome, what may differ, and files that are damaged."""

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from workshop.book import SAMPLES
from workshop.execution.catalogue import catalogue
from workshop.samples.model import DamagedReference
from workshop.samples.repeats import (
    CHAOTIC_SHARE,
    FACTOR,
    FLOAT_STEPS,
    Number,
    PartRepeats,
    SeedDifference,
    UnitRepeats,
    code_of,
    compare,
    entries,
    read_repeats,
    write_repeats,
)
from workshop.training.first_steps import Stepped, Training

EPS = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Outcome:
    """A toy outcome."""

    loss: float
    log: dict[int, list[float]]
    image: np.ndarray
    words: list[str]
    mishap: str
    unknown: float


OUTCOME = Outcome(0.5, {1: [0.25, 0.75]}, np.arange(100.0), ["a", "b"], "", math.nan)
STEPS = Training({"epochs": 5, "optimizer": {"name": "Adam"}}, np.array([0.7, 0.6]), 3.0, (1.0, 2.0))


def test_every_number_and_word_is_recorded_large_arrays_by_mean_and_size():
    """Paths lead into the outcome, and into its trainings if it ran in first steps."""
    found = entries(Stepped(OUTCOME, (STEPS,)))
    assert found == {
        "trainings[0].plan.epochs": 5,
        "trainings[0].plan.optimizer.name": "Adam",
        "trainings[0].losses[0]": 0.7,
        "trainings[0].losses[1]": 0.6,
        "trainings[0].length": 3.0,
        "trainings[0].moved[0]": 1.0,
        "trainings[0].moved[1]": 2.0,
        "loss": 0.5,
        "log.1[0]": 0.25,
        "log.1[1]": 0.75,
        "image.shape": "(100,)",
        "image.mean": 49.5,
        "image.rms": float(np.sqrt(np.mean(np.arange(100.0) ** 2))),
        "words[0]": "a",
        "words[1]": "b",
        "mishap": "",
        "unknown": "nan",
    }
    assert entries(OUTCOME) == {k: v for k, v in found.items() if not k.startswith("trainings")}


def test_an_array_with_gaps_is_recorded_by_its_finite_numbers():
    gaps = np.where(np.arange(100) < 90, np.nan, 2.0)
    found = entries(replace(OUTCOME, image=gaps))
    assert {k: v for k, v in found.items() if k.startswith("image")} == {
        "image.shape": "(100,)", "image.finite": 10, "image.mean": 2.0, "image.rms": 2.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Number((2.0**20,) * 3), 1.0),  # eight steps of float32
        (Number((0.0, 50.0, 100.0)), 1.0),  # one in a hundred of the range of a count
        (Number((0.0, 50.0, 100.0), rounding=1.0), 4.0),  # four times what was measured
        (Number((0.0, 50.0, 100.0), rounding=5.0), 20.0),  # up to a fifth of the range
        (Number((0.0, 50.0, 100.0), rounding=5.001), math.inf),
        (Number((0.0, 2.0**19, 2.0**20), rounding=1e-9), 1.0),  # less than eight steps was measured
        (Number((1.0, 1.0, 1.0), rounding=0.1), math.inf),  # moved, but by no seed
    ],
)
def test_the_numbers_behind_a_tolerance(number, expected):
    """A multiple of what was measured, at least some float32 steps; recorded files were judged by them."""
    assert number.tolerance(other_versions=False) == expected


def test_versions_have_a_tolerance_of_their_own():
    """What other versions moved counts only for other versions, and never less than rounding."""
    number = Number((1.0, 2.0, 3.0), rounding=1e-4, versions=1e-3)
    assert number.tolerance(other_versions=False) == pytest.approx(FACTOR * 1e-4)
    assert number.tolerance(other_versions=True) == pytest.approx(FACTOR * 1e-3)
    assert replace(number, versions=0.0).tolerance(other_versions=True) == pytest.approx(FACTOR * 1e-4)


def test_an_unmeasured_version_moves_numbers_as_its_training_moved_them():
    """By four times what the number moved, or its training by then in shares of the ranges; times four."""
    numbers = {
        "trainings[0].losses[0]": Number((1.0, 2.0, 3.0), rounding=1e-4),
        "trainings[0].losses[1]": Number((1.0, 2.0, 3.0), rounding=1e-6, versions=1e-3),
        "trainings[0].moved[0]": Number((0.0, 5.0, 10.0), rounding=1e-5),
        "count": Number((0.0, 50.0, 100.0)),
        "chaotic": Number((1.0, 2.0, 3.0), rounding=1.0),
        "last bits": Number((1.0, 1.0 + 2 * EPS, 1.0), rounding=2 * EPS),
        "epochs": Number((5, 5, 5)),
        "word": Number(("a", "b", "c")),
    }
    found = PartRepeats("c", "", 1.0, (1, 3, 5), numbers).unmeasured
    assert found == pytest.approx(
        {
            "trainings[0].losses[0]": FACTOR * FACTOR * 1e-4,
            "trainings[0].losses[1]": FACTOR * FACTOR * 1e-3,
            "trainings[0].moved[0]": FACTOR * 1e-3 / 2 * 10,
            "count": 1.0,
            "chaotic": math.inf,
            "last bits": FACTOR * FACTOR * 2 * EPS,
            "epochs": FLOAT_STEPS * EPS * 5,
            "word": 0.0,
        }
    )


@pytest.mark.parametrize("path", sorted((SAMPLES / "repeated").glob("*.json")), ids=lambda path: path.stem)
def test_versions_left_out_are_moved_by_rounding(path):
    """Tolerances made without the measured versions, from the processors' instructions alone, hold for them.

    A finding says what differs before Keras 3.
    """
    unit = read_repeats(path)
    if not unit.versions or any("keras 2." in line for line in unit.versions):
        pytest.skip("no version was measured, or an earlier Keras, too")
    for part in unit.parts.values():
        without = {name: replace(number, versions=0.0) for name, number in part.numbers.items()}
        allowed = replace(part, numbers=without).unmeasured
        assert [name for name, number in part.numbers.items() if number.versions > allowed[name]] == []


RECORDED = PartRepeats(
    code="c",
    form="",
    seconds=1.0,
    seeds=(1, 3, 5),
    numbers={
        "loss": Number((0.5, 0.6, 0.7), rounding=1e-5),
        "wild": Number((0.5, 0.6, 0.7), rounding=1.0),
        "epochs": Number((5, 5, 5)),
        "mishap": Number(("", "", "")),
    },
)
TODAY: dict[str, Any] = {"loss": 0.6, "wild": 0.6, "epochs": 5, "mishap": ""}


@pytest.mark.parametrize(
    ("change", "exact", "differing", "chaotic"),
    [
        ({}, True, [], 0),
        ({"loss": 0.6 + 1e-12}, True, ["loss"], 0),
        ({"loss": 0.6 + 1e-12}, False, [], 0),
        ({"loss": 0.6 + 3.9e-5}, False, [], 0),
        ({"loss": 0.6 - 4.1e-5}, False, ["loss"], 0),
        ({"wild": 9.0}, False, [], 1),
        ({"wild": 9.0}, True, ["wild"], 0),
        ({"epochs": 4}, False, ["epochs"], 0),
        ({"mishap": "diverged"}, False, ["mishap"], 0),
        ({"loss": "nan"}, False, ["loss"], 0),
        ({"wild": None}, False, ["wild"], 0),
        ({"new": 1.0}, False, ["new"], 0),
        ({"loss": 0.6 + 3.9e-5, "epochs": 4}, False, ["epochs"], 0),
        ({"wild": 9.0, "epochs": 4}, False, ["epochs"], 1),
        ({"epochs": "5"}, False, ["epochs"], 0),
    ],
)
def test_what_differs(change, exact, differing, chaotic):
    """Numbers beyond their tolerance, words, and what is missing or new; bit for bit if asked."""
    found = compare(RECORDED, 3, {**TODAY, **change}, exact=exact, other_versions=False)
    assert [each.path for each in found.differences] == differing
    assert len(found.chaotic) == chaotic
    assert found.exact == (not change)


def test_a_difference_in_words():
    (found,) = compare(RECORDED, 3, {**TODAY, "loss": 0.7}, exact=False, other_versions=False).differences
    assert found.text() == "loss is 0.7, recorded 0.6 (seed 3, 2,500 times the tolerance of 4.0e-05)"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("trainings[0].losses[3]", "the loss of update 4 of training 1 (trainings[0].losses[3])"),
        ("trainings[1].losses[2][0]", "the loss of update 3, number 1 of training 2"),
        ("trainings[0].moved[1]", "the distance moved by weights 2 of training 1"),
        ("trainings[0].length", "the norm of all weights of training 1"),
        ("trainings[0].plan.optimizers[1].beta_1", "optimizers[1].beta_1 of training 1"),
        ("log[0][0]", "log[0][0]"),
    ],
)
def test_where_a_number_stands(path, place):
    """Updates and weights are counted from 1; a field of the outcome is its own name."""
    assert SeedDifference(path, 3, 1.0, 2.0, 0.0).text().startswith(place)


def test_what_has_no_tolerance():
    (word,) = compare(RECORDED, 3, {**TODAY, "mishap": "x"}, exact=False, other_versions=False).differences
    (number,) = compare(RECORDED, 3, {**TODAY, "loss": 0.7}, exact=True, other_versions=False).differences
    assert (word.tolerance, number.tolerance) == (0.0, 0.0)
    assert number.text() == "loss is 0.7, recorded 0.6 (seed 3)"
    assert Number(("a", "b", "c")).tolerance(other_versions=False) == 0.0
    assert Number(("a", "b", "c"), rounding=1.0).tolerance(other_versions=False) == math.inf


UNIT = UnitRepeats(
    "ch09.ex01",
    {"python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0", "cpu": "one", "device": "cpu"},
    "2026-11-27",
    ("avx",),
    (),
    {"train": RECORDED},
)


def test_a_file_keeps_all_bits(tmp_path):
    number = Number((0.1 + 0.2, -1e-300, 5), rounding=1.5e-5)
    unit = replace(
        UNIT, parts={"train": replace(RECORDED, numbers={"a": number, "b[0]": Number(("x", None, True))})}
    )
    path = tmp_path / "ch09.ex01.json"
    write_repeats(unit, path)
    assert read_repeats(path) == unit
    assert '    "a": [[0.30000000000000004, -1e-300, 5], 1.5e-05],' in path.read_text("utf-8").splitlines()


def test_a_file_says_on_which_data_the_seeds_rest(tmp_path):
    path = tmp_path / "ch09.ex01.json"
    on_glass = replace(UNIT, parts={"train": replace(RECORDED, substitutes=("toy: made of glass",))})
    write_repeats(on_glass, path)
    assert read_repeats(path) == on_glass
    write_repeats(UNIT, path)
    assert "substitutes" not in path.read_text("utf-8")
    assert read_repeats(path).parts["train"].substitutes == ()


def test_where_bits_or_versions_are_the_recorded_ones():
    here = dict(UNIT.environment)
    assert UNIT.exact({**here, "pandas": "3.0"})
    assert UNIT.exact(here)
    on_gpu = {**here, "device": "gpu"}
    assert not replace(UNIT, environment=on_gpu).exact(on_gpu)  # it never has to repeat bits
    assert UNIT.alike(on_gpu)
    for other in ({"cpu": "two"}, {"python": "3.12.0"}):
        assert not UNIT.exact({**here, **other})
        assert UNIT.alike({**here, **other})
    assert not UNIT.alike({**here, "keras": "2.10.0"})
    assert UNIT.measured(here)
    assert not UNIT.measured({**here, "keras": "2.10.0"})
    older = replace(UNIT, versions=("python 3.7.16 tensorflow 2.1.4 keras 2.2.4", "keras 2.10.0"))
    assert older.measured({**here, "keras": "2.10.0"})
    assert not older.measured({**here, "keras": "2.11.0"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c | {"schema": "other"},
        lambda c: c | {"unit": "ch09.ex02"},
        lambda c: c | {"date": "2026-11-28"},
        lambda c: {k: v for k, v in c.items() if k != "parts"},
        lambda c: [c],
    ],
    ids=["schema", "unit", "checksum", "no parts", "a list"],
)
def test_a_damaged_file_is_named_in_a_line(tmp_path, spoil):
    path = tmp_path / "ch09.ex01.json"
    write_repeats(UNIT, path)
    path.write_text(json.dumps(spoil(json.loads(path.read_text("utf-8")))), "utf-8")
    with pytest.raises(DamagedReference, match=r"repeats of ch09.ex01: .*: restore it: git checkout"):
        read_repeats(path)


def test_large_arrays_inside_of_other_values_are_recorded_by_size_too():
    inside = {"a": [{"b": np.ones((2, 40, 2))}], "c": [0.5] * 65, "d": np.float32(2), "e": ("x", None)}
    found = entries(inside)
    assert sorted(found) == sorted(
        [f"a[0].b.{what}" for what in ("shape", "mean", "rms")]
        + [f"c.{what}" for what in ("shape", "mean", "rms")]
        + ["d", "e[0]", "e[1]"]
    )


def test_up_to_64_entries_are_recorded_one_by_one():
    """Larger arrays and lists by mean and size, more words by a checksum of all."""
    for few in (np.arange(64.0), [0.5] * 64, ["a"] * 64, ["a", 0.5] * 33):
        assert entries({"a": few}) == {f"a[{i}]": each for i, each in enumerate(few)}
    for many in (np.arange(65.0), [0.5] * 65):
        assert set(entries({"a": many})) == {"a.shape", "a.mean", "a.rms"}
    assert entries({"a": np.array([True, False] * 40)})["a.mean"] == 0.5
    assert entries({"a": {3}}) == {"a": "{3}"}
    words = ["a"] * 64
    digests = [entries({"w": many})["w.sha256"] for many in ([*words, "b"], (*words, "b"), ["b", *words])]
    assert digests[0] == digests[1] != digests[2]


def test_a_difference_of_exactly_the_tolerance_is_none():
    recorded = replace(RECORDED, numbers={"n": Number((0.0, 1.0, 2.0), rounding=0.0625)})
    assert FACTOR * 0.0625 == 0.25
    at, beyond = (
        compare(recorded, 3, {"n": 1.0 + moved}, exact=False, other_versions=False)
        for moved in (0.25, 0.2501)
    )
    assert (at.differences, at.exact, at.chaotic) == ((), False, ())
    assert [(each.path, each.tolerance) for each in beyond.differences] == [("n", 0.25)]
    recorded = replace(RECORDED, numbers={"n": Number((0.25, 1.0, 2.25), rounding=0.0625)})
    assert compare(recorded, 1, {"n": 0.0}, exact=False, other_versions=False).differences == ()
    edge = Number((0.0, 2.5, 5.0), rounding=0.25)
    assert CHAOTIC_SHARE * 5.0 == FACTOR * 0.25
    assert edge.tolerance(other_versions=False) == 1.0


def test_what_is_no_finite_number_has_no_range():
    """Words, truth values and what is missing do not count, nor do numbers among them."""
    assert Number((1, 2.5, -1)).range == 3.5
    for values in ((1.0, "nan", 2.0), (True, False), ("a", "b"), (None, 1.0)):
        assert Number(values).range == 0.0
    assert Number((1.0, "nan", -3.0)).tolerance(other_versions=False) == pytest.approx(FLOAT_STEPS * EPS * 3)


@pytest.mark.parametrize("text", ["[" * 100_000, "{", None])
def test_a_file_that_is_no_json_is_named_too(tmp_path, text):
    path = tmp_path / "ch09.ex01.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(DamagedReference, match=r"^repeats of ch09.ex01: no such file of this version \("):
        read_repeats(path)


def test_what_moved_is_written_as_far_as_it_did(tmp_path):
    path = tmp_path / "ch09.ex01.json"
    numbers = {
        "a": Number((1.0, 2.0, 3.0)),
        "b": Number((1.0, 2.0, 3.0), versions=0.00123456),
        "c": Number((1.0, 2.0, 3.0), rounding=0.5, versions=0.25),
    }
    write_repeats(replace(UNIT, parts={"train": replace(RECORDED, numbers=numbers)}), path)
    rows = json.loads(path.read_text("utf-8"))["parts"]["train"]["numbers"]
    assert rows == {
        "a": [[1.0, 2.0, 3.0]],
        "b": [[1.0, 2.0, 3.0], 0.0, 0.00123],
        "c": [[1.0, 2.0, 3.0], 0.5, 0.25],
    }


# recorded before a helper of it changed: workshop record ch06.text05 --repeats
STALE = {"ch06.text05 predictions"}


def test_recorded_seeds_are_of_todays_code():
    """Else a default run would compare a changed function with them; scripts/renew_digests.py renews them."""
    parts = catalogue(f"ch{number:02d}" for number in range(1, 8)).parts
    stale = set()
    for path in sorted((SAMPLES / "repeated").rglob("*.json")):
        recorded = read_repeats(path)
        today = {part.name: part for part in parts[recorded.unit]}
        for name, each in recorded.parts.items():
            if name not in today or each.code != code_of(today[name]):
                stale.add(f"{recorded.unit} {name}")
    assert stale == STALE
