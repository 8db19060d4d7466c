"""
The runner: `python -m workshop.execution.worker FOLDER` in an interpreter without the engine's libraries.

The engine writes an order to a file of the folder and its name to standard input, followed by the modules
whose dataclasses it has; the runner writes the answer next to it, and to standard output its name and where
the package lies that it has imported, until the input ends. Both files are of `codec`: an order is a dict
whose `order` is `environment`, `installed` or `call`. It keeps to Python 3.7, on which the book's own stack
runs.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Mapping

from workshop.datasets import readers
from workshop.datasets.readers.array_checksums import verify
from workshop.execution.calling import Made, run_call, storable
from workshop.execution.codec import MESSAGES, decode, encode
from workshop.execution.environment import this_environment
from workshop.execution.processes import end_with_parent, package_uri

_editions: dict[str, Mapping[str, Any]] = {}


@lru_cache(maxsize=4)
def _read(key: str) -> Any:
    """Read an edition once (the last few stay loaded); its key stands for content and reader."""
    edition = _editions[key]
    paths = {name: Path(path) for name, path in edition["paths"].items()}
    value = readers.read(edition["loader"], paths, **edition["settings"])
    verify(edition["id"], value, edition["arrays"])
    return value


def _call(order: Mapping[str, Any]) -> list[Made]:
    call = order["call"]
    _editions.update({edition["key"]: edition for edition in call.data.values()})
    made = run_call(call, lambda edition: _read(edition["key"]))
    return [storable(key, each) for key, each in zip(call.keys, made)]


ORDERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "environment": lambda _: this_environment(),
    "installed": lambda order: importlib.util.find_spec(order["name"]) is not None,
    "call": _call,
}


def main() -> None:
    """Answer orders until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes, and the engine ends this one
    end_with_parent(os.getppid())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    for line in sys.stdin:
        name, *homes = line.split()
        path = Path(sys.argv[1], name)
        order = decode(path.read_bytes(), (*MESSAGES, *homes))
        answer = path.with_suffix(".answer")
        answer.write_bytes(encode(ORDERS[order["order"]](order)))
        answers.write(f"{answer.name} {package_uri()}\n")
        answers.flush()


if __name__ == "__main__":
    main()
