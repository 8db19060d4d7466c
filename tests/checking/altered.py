"""Notebooks of `fixtures/notebooks` as other readers would have them: with other code or other outputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[2] / "fixtures" / "notebooks"
Cells = list[dict[str, Any]]


def alter(name: str, folder: Path, change: Callable[[Cells], object]) -> Path:
    """Write a notebook after a change of its code cells, and return its path."""
    content = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
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
