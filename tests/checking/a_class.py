"""A class of thirty students: their notebooks are real runs, some with a mistake."""

import json
from pathlib import Path
from typing import Any

from tests.checking.test_written_notebooks import HONEST
from tests.checking.written import error, notebook, real, result

STUDENTS = 30
EXERCISES = (
    "ch01.ex03", "ch01.ex06", "ch02.ex01", "ch02.ex02", "ch02.ex03", "ch02.ex04", "ch02.ex06", "ch02.act01",
    "ch05.ex02", "ch05.ex04", "ch05.ex05", "ch05.act01",
)  # fmt: skip
# what every n-th student does, the exercise, and what is changed in its notebook
MISTAKES = [
    (2, "ch05.ex04", "batch_size=1,", "batch_size=32,"),
    (3, "ch02.act01", "epochs = 30", "epochs = 20"),
    (4, "ch05.ex05", " RMSE: 0.0", " RMSE: 0.3"),
    (4, "ch05.ex05", "loss: 0.00", "loss: 0.02"),
    (5, "ch02.ex06", "m1,191", "m9,191"),
]
FORGOTTEN = {6: "ch05.act01", 9: "ch05.ex05"}  # by the number of a student
STOPS = 11  # the student whose notebook ends with an error after nine exercises
AS_PRINTED = "Index(['petallength', 'petalwidth', 'sepallength', 'sepalwidth', 'species'], dtype='object')"


def write_class(folder: Path) -> list[Path]:
    """Write the notebooks of a class, and return their files; the last one can't be read."""
    paths = [folder / f"student-{student:02d}.ipynb" for student in range(1, STUDENTS + 1)]
    for student, path in enumerate(paths, start=1):
        done = [unit for unit in EXERCISES if FORGOTTEN.get(student) != unit]
        cells = [cell for unit in done[: 9 if student == STOPS else None] for cell in _cells(unit, student)]
        cells += notebook([("table.columns", [result(AS_PRINTED)])])["cells"]
        if student == STOPS:
            stops = error("ValueError", "Shapes (None, 10) and (None, 1) are incompatible")
            cells += notebook([("model.fit(x, y)", [stops])])["cells"]
        path.write_text(json.dumps({**notebook([]), "cells": cells}), "utf-8")
    paths[-1].write_text("{", "utf-8")
    return paths


def _cells(unit: str, student: int) -> list[dict[str, Any]]:
    runs = [name for name in HONEST if name.startswith(unit)]
    text = json.dumps(real(runs[student % len(runs)]))
    for every, where, right, wrong in MISTAKES:
        if where == unit and student % every == 0:
            text = text.replace(right, wrong)
    cells: list[dict[str, Any]] = json.loads(text)["cells"]
    return cells
