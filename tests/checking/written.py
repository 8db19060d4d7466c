"""Notebooks for tests: real runs of `fixtures/notebooks`, as they are or altered, and typed cells."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[2] / "fixtures" / "notebooks"
REAL = "ch05.ex04-1001-adds"
Cells = list[dict[str, Any]]


def notebook(cells: Sequence[tuple[str, Sequence[dict[str, Any]]]]) -> dict[str, Any]:
    """Return a notebook of code cells, as JSON has it."""
    written = [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": code, "outputs": list(outputs)}
        for code, outputs in cells
    ]
    return {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}


def stdout(text: str) -> dict[str, Any]:
    """Return what a cell printed, as an output."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def result(text: str) -> dict[str, Any]:
    """Return the last value of a cell, as an output."""
    return {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": text},
    }


def error(name: str, message: str) -> dict[str, Any]:
    """Return the error that ended a cell, as an output."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": []}


def real(name: str = REAL) -> dict[str, Any]:
    """Return the notebook of a real run, as JSON has it."""
    content: dict[str, Any] = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
    return content


def alter(name: str, folder: Path, change: Callable[[Cells], object]) -> Path:
    """Write a notebook after a change of its code cells, and return its path."""
    content = real(name)
    change([cell for cell in content["cells"] if cell["cell_type"] == "code"])
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(content), "utf-8")
    return path


def replace(*pairs: tuple[str, str]) -> Callable[[Cells], None]:
    """Return a change of texts, each of which has to be there, in code and in what was printed."""

    def change(cells: Cells) -> None:
        for old, new in pairs:
            found = False
            for cell in cells:
                parts = [cell, *cell["outputs"]]
                for part, key in ((part, key) for part in parts for key in ("source", "text") if key in part):
                    text = "".join(part[key])
                    found |= old in text
                    part[key] = text.replace(old, new)
            assert found, old

    return change
