"""A class of thirty students: notebooks whose numbers are those of recorded runs, some with a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.checking import written
from tests.checking.synthetic import UNITS
from workshop.book import package_book
from workshop.ledger import Claim
from workshop.ledger.values import named_leaves, plain
from workshop.samples.recorded import Recordings

STUDENTS = 30
EXERCISES = (
    "ch02.ex02", "ch02.ex03", "ch02.ex04", "ch02.ex06", "ch02.ex07", "ch02.act01", "ch05.ex02",
    "ch05.ex03", "ch05.text07", "ch05.ex04", "ch05.ex05", "ch05.act01", "ch06.ex02",
)  # fmt: skip
# what some of them do: every n-th student, the exercise, and what is changed in its cells
MISTAKES = [
    (2, "ch05.ex04", "batch_size=1,", "batch_size=32,"),
    (3, "ch02.act01", "epochs=30", "epochs=20"),
    (4, "ch05.text07", "Test RMSE: 0.0", "Test RMSE: 0.3"),
    (5, "ch02.ex06", "Total params: ", "Total params: 9"),
]
FORGOTTEN = {6: "ch05.act01", 9: "ch05.ex05"}  # by the number of a student
STOPS = 11  # the student whose notebook ends with an error after this many exercises


def write_class(folder: Path) -> list[Path]:
    """Write the notebooks of a class, and return their files; the last one can't be read."""
    recordings = Recordings(package_book(), {"device": "cpu"})
    paths = [folder / f"student-{student:02d}.ipynb" for student in range(1, STUDENTS + 1)]
    for student, path in enumerate(paths, start=1):
        cells: list[dict[str, Any]] = []
        with patch.object(written, "printed", lambda claim, run=student: _recorded(claim, run, recordings)):
            for unit in EXERCISES[:7] if student == STOPS else EXERCISES:
                if FORGOTTEN.get(student) != unit:
                    cells += _cells(unit, student, path)
        if student == STOPS:
            stops = written.error("ValueError", "Shapes (None, 10) and (None, 1) are incompatible")
            cells += written.notebook([("model.fit(x, y)", [stops])])["cells"]
        path.write_text(json.dumps({**written.notebook([]), "cells": cells}), "utf-8")
    paths[-1].write_text("{", "utf-8")
    return paths


def _cells(unit: str, student: int, path: Path) -> list[dict[str, Any]]:
    if unit not in UNITS:
        return []
    written.write_unit(unit, written.ERAS[student % len(written.ERAS)], path)
    text = path.read_text("utf-8")
    for every, where, right, wrong in MISTAKES:
        if where == unit and student % every == 0:
            text = text.replace(right, wrong)
    cells: list[dict[str, Any]] = json.loads(text)["cells"]
    return cells


def _recorded(claim: Claim, run: int, recordings: Recordings) -> Any:
    """Return what a claim prints, with the numbers of a recorded run where it has them."""
    form = plain(claim.documented if claim.notebook is None else claim.notebook)
    found = recordings.of(claim) if claim.rule.needs_sample else None
    if isinstance(form, float) and found is not None and "fresh" in found.numbers:
        return float(f"{found.numbers['fresh'][run]:.4g}")
    if found is None or not all(
        name in found.numbers and isinstance(leaf, float) for name, leaf in named_leaves(form)
    ):
        return form
    return _filled(form, "", {name: runs[run % len(runs)] for name, runs in found.numbers.items()})


def _filled(form: Any, path: str, numbers: dict[str, float]) -> Any:
    if isinstance(form, dict):
        return {
            key: _filled(item, f"{path}.{key}" if path else str(key), numbers) for key, item in form.items()
        }
    if isinstance(form, list):
        return [_filled(item, f"{path}[{place}]", numbers) for place, item in enumerate(form)]
    return float(f"{numbers[path]:.4g}")
