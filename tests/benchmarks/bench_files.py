"""Made-up JSON of benchmarks, and the page that is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from benchmarks.report.__main__ import app

Content = dict[str, Any]


def ratio(median: float) -> dict[str, float]:
    """Return a ratio with an interval of 10 % to both sides."""
    return {"median": median, "low": 0.9 * median, "high": 1.1 * median}


def goal(at_least: float, measured: float, state: str, *, fired: bool = False) -> Content:
    """Return a goal against Keras' fit."""
    values = {"against": "Keras fit", "at_least": at_least, "gate": 0.8 * at_least}
    return {**values, "ratio": ratio(measured), "state": state, "fired": fired}


def entries(
    seconds: float,
    measured: float,
    *,
    path: str = "training step",
    goals: tuple[Content, ...] = (),
    **size: float,
) -> list[Content]:
    """Return the entries of a case: ours, and Keras' fit that takes n times as long."""
    work = {"flops": 1e9 * seconds, "bytes": 1e8 * seconds, "floor": seconds / 4, "bound": "arithmetic"}
    return [
        {
            "fullname": f"benchmarks/test_made_up.py::test_{name}",
            "stats": {"median": median},
            "extra_info": {
                "path": path,
                "case": "MNIST CNN",
                "size": size,
                "contender": name,
                "per": "step",
                "reference": "ours",
                "ratio": None if name == "ours" else ratio(measured),
                "rounds": 20,
                "coverage": 0.99,
                "work": work,
                "fraction": seconds / 4 / median,
                "goals": list(goals) if name == "ours" else [],
            },
        }
        for name, median in (("ours", seconds), ("Keras fit", seconds * measured))
    ]


def content(*cases: list[Content], day: int = 1, machine: str = "cafe", **environment: str) -> Content:
    """Return the JSON of a run; without cases, of one case with an open goal."""
    chosen = cases or (entries(0.002, 19.0, goals=(goal(20, 19, "open"),), batch=64),)
    return {
        "commit_info": {"id": "0123456789abcdef", "dirty": False},
        "benchmarks": [entry for case in chosen for entry in case],
        "datetime": f"2026-01-{day:02}T12:00:00+00:00",
        "workshop": {
            "schema": "workshop-bench/1",
            "machine": machine,
            "environment": {"python": "3.12.1", "tensorflow": "2.21.0", "device": "cpu", **environment},
            "limits": {"flops": 4e9, "bandwidth": 2e9, "note": "best of 20"},
            "left_out": [
                {"contender": "PyTorch eager", "reason": "torch is not installed: pip install torch"}
            ],
        },
    }


def write(path: Path, written: Content | str) -> Path:
    """Write a file and return its path."""
    path.write_text(written if isinstance(written, str) else json.dumps(written), "utf-8")
    return path


def report(folder: Path, *arguments: str | Path) -> Result:
    """Run `nox -s bench -- --report` with its page in the folder."""
    command = [*map(str, arguments), "--output", str(folder / "page.html")]
    return CliRunner().invoke(app, command, env={"COLUMNS": "120"})


class Page(HTMLParser):
    """All elements of a page with their attributes, and the text in its cells."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.elements[-1][0] in ("td", "th"):
            self.cells.append(data)

    def attributes(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [value for _, attributes in self.elements if (value := attributes.get(name))]


def change(*keys: str | int, to: Any) -> Callable[[Content], None]:
    """Return a function that changes a value deep in a JSON; without a new value it is left out."""

    def changed(whole: Any) -> None:
        *way, last = keys
        for key in way:
            whole = whole[key]
        if to is None:
            del whole[last]
        else:
            whole[last] = to

    return changed
