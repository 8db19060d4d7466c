"""The recorded runs of mistakes: their files, their rows in the catalogue, and one of them made again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.mutants.rows import read_rows
from tests.mutants.simulating import SEEDS, _row, quick_samples, with_one
from workshop.checking.mistake_runs import (
    Mistake,
    MistakeRuns,
    as_row,
    mistakes_folder,
    numbers_of_claims,
    read_mistakes,
    recorded_mistakes,
    write_mistakes,
)
from workshop.execution.seeds import seeds
from workshop.ledger import ledger
from workshop.samples.model import DamagedReference

ROOT = Path(__file__).parents[2]
ROWS = read_rows()
TOY = MistakeRuns("ch00.ex01", ({"python": "3"},), ("loss", "log[0]"), (1, 3), ())
RATE = Mistake("the rate is doubled", "ab", "cd", 0, "2026-01-01", 0.1, "", ((0.5, None), (0.25, 1.0)))


@pytest.mark.parametrize("unit", quick_samples(ledger()))
def test_the_mistakes_of_each_quick_unit_are_recorded(unit: str) -> None:
    """Each row of the catalogue is there once, in its words, with a number for each seed and quantity."""
    recorded = recorded_mistakes(unit)
    assert recorded is not None
    assert recorded.seeds == seeds(unit, SEEDS, stream="reference")
    names = {_row(mutant): mutant.name for mutant in ROWS.of([unit])}
    assert {each.row: each.what for each in recorded.mistakes} == names
    assert len({each.what for each in recorded.mistakes}) == len(recorded.mistakes)
    for each in recorded.mistakes:
        assert each.left_out or np.isfinite(each.numbers).any(axis=1).mean() > 0.5


def test_only_quick_units_are_recorded() -> None:
    """There is no file for any other unit."""
    assert {path.stem for path in mistakes_folder().iterdir()} == set(quick_samples(ledger()))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """All of it, also a number that is missing; and a mistake that is recorded again takes its own place."""
    here, there = {"python": "3"}, {"python": "4"}
    runs = with_one(with_one(TOY, RATE, here), replace(RATE, row="xy", left_out="it crashes", runs=()), there)
    write_mistakes(runs, tmp_path / "ch00.ex01.json")
    found = read_mistakes(tmp_path / "ch00.ex01.json")
    assert found == runs
    assert np.isnan(found.mistakes[0].numbers[0, 1])
    again = with_one(found, replace(RATE, seconds=9.0), there)
    assert [(each.row, each.seconds, each.environment) for each in again.mistakes] == [
        ("xy", 0.1, 1),
        ("ab", 9.0, 1),
    ]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[:-20], "JSONDecodeError"),
        (lambda text: text.replace("0.25", "0.26"), "checksum"),
        (lambda text: text.replace("mistakes/1", "mistakes/9"), "schema"),
        (lambda text: "[]", "TypeError"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, damage, why: str) -> None:
    """The message has file, reason and remedy."""
    path = tmp_path / "ch00.ex01.json"
    write_mistakes(with_one(TOY, RATE, {}), path)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    with pytest.raises(DamagedReference, match=rf"ch00\.ex01\.json.*{why}.*restore it"):
        read_mistakes(path)


def test_each_mistake_has_a_number_for_each_quantity_and_seed(tmp_path: Path) -> None:
    """A missing one is null; a mistake that is left out has none."""
    assert as_row({"a": 0.1234567, "b": np.nan}, "abc") == (0.123457, None, None)
    short, out = replace(RATE, row="xy", runs=((0.5, 1.0),)), replace(RATE, row="z", left_out="why", runs=())
    for rows, fails in (((RATE, out), False), ((RATE, short), True)):
        path = tmp_path / "ch00.ex01.json"
        write_mistakes(replace(TOY, environments=({},), mistakes=rows), path)
        with pytest.raises(DamagedReference, match="a number for each") if fails else nullcontext():
            read_mistakes(path)


def test_a_file_of_another_unit_is_refused(tmp_path: Path) -> None:
    """Mistakes of one unit must not explain the numbers of another."""
    path = tmp_path / "ch00.ex02.json"
    write_mistakes(with_one(TOY, RATE, {}), path)
    with pytest.raises(DamagedReference, match=r"it is that of ch00\.ex01.*restore it"):
        read_mistakes(path)


def test_numbers_have_the_names_of_their_claims() -> None:
    """A claim of one number has its id, others the path after it; the same quantity has one place."""
    (found,) = numbers_of_claims(
        ledger(), "ch05.text07", [{"log[0][0]": 0.5, "log[:, 0]": [0.5, 0.4, 0.3], "test_rmse": 0.03}]
    )
    assert found["ch05.text07.epoch1.loss"][1] == found["ch05.text07.loss_decreases[0]"][1] == 0.5
    assert found["ch05.text07.test_rmse"][0] == found["ch05.text07.test_rmse_bound"][0]
    assert found["ch05.text07.test_rmse"][0].scale.name == "log"
    assert found["ch05.text07.loss_decreases[1]"][0].quantity == "log[:, 0][1]"
    assert "ch05.text07.train_rmse" not in found


REMAKE = """
import json, sys
from pathlib import Path
from tests.mutants import simulating
from tests.mutants.claims import Task
from tests.mutants.rows import ROOT, read_rows
from workshop.ledger import ledger
from workshop.samples.model import DamagedReference

simulating.SEEDS = 3
mutant = next((m for m in read_rows().of(["ch07.ex02"]) if m.name == sys.argv[1]), None)
print(json.dumps(simulating._run(Task("ch07.ex02", mutant, ""), ledger(), ROOT)))
"""


def remade(mistake: str) -> dict[str, Any]:
    """Return the result of exercise 7.02 with a mistake, or of its check without one."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WORKSHOP_THREADS": "1"}
    command = [sys.executable, "-c", REMAKE, mistake]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.nightly("tests/mutants", "workshop/chapters/ch07_gans", "workshop/training", "workshop/samples")
def test_the_unit_as_it_is_repeats_its_recorded_seeds() -> None:
    """Otherwise no mistake of it is recorded."""
    assert remade("")["agrees"] is True


def test_a_mistake_that_is_made_again_gives_the_recorded_numbers() -> None:
    """Within rounding; and it gives others than the next mistake."""
    recorded = recorded_mistakes("ch07.ex02")
    assert recorded is not None
    made = remade("uniform noise")["numbers"]
    by_name = {each.what: each.numbers for each in recorded.mistakes}
    rows = np.array([[run[name] for name in recorded.quantities] for run in made])
    assert rows == pytest.approx(by_name["uniform noise"][:3], rel=1e-3)
    assert rows != pytest.approx(by_name["the last layer has no SELU"][:3], rel=1e-3)
