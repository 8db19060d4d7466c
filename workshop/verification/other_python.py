"""Another Python, in which unit functions run while the engine stays in this one.

It needs what the functions need and nothing of the engine, so that it may be as old as the book's own stack.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import workshop
from workshop import datasets
from workshop.datasets.model import registry
from workshop.verification.calling import Call, Made
from workshop.verification.codec import decode, encode
from workshop.verification.environment import Environment

RUNNER = "workshop.verification.runner"


class NoRunner(Exception):
    """An interpreter does not run unit functions; the message says why, and the remedy."""


class OtherPython:
    """A running interpreter that answers orders, one at a time; it ends with this process.

    Raises NoRunner if it does not start.
    """

    def __init__(self, python: Path) -> None:
        self.python = python
        self._folder = tempfile.TemporaryDirectory(prefix="workshop-")
        # the package alone: what lies beside it is of this interpreter
        Path(self._folder.name, "workshop").symlink_to(Path(workshop.__file__).parent)
        self._orders = count()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user names the interpreter
                [str(python), "-m", RUNNER],
                env={**os.environ, "PYTHONPATH": self._folder.name, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        except OSError as error:
            self._folder.cleanup()
            raise NoRunner(f"{python} does not start ({error.strerror}): name a Python interpreter") from None
        atexit.register(self.close)

    def environment(self, threads: int) -> Environment:
        """Return the environment in which it computes with so many threads."""
        found: Environment = self._ask(order="environment", threads=threads)
        return found

    def installed(self, name: str) -> bool:
        """Whether it can import a library."""
        found: bool = self._ask(order="installed", name=name)
        return found

    def call(self, asked: Call, data: Mapping[str, datasets.Found]) -> list[Made]:
        """Call a function there, and return what was made for each job."""
        editions = {name: _edition(found) for name, found in data.items()}
        made: list[Made] = self._ask(order="call", call=asked, data=editions)
        return made

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # an order that it no longer read
                    stream.close()
        self._folder.cleanup()

    def _ask(self, **order: Any) -> Any:
        path = Path(self._folder.name, f"{next(self._orders)}.order")
        path.write_bytes(encode(order))
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(f"{json.dumps(str(path))}\n")  # a path may have line ends
            stdin.flush()
            answer = stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
        if not answer:
            code = self._process.wait()
            self.close()
            raise NoRunner(
                f"{self.python} stopped with exit code {code} (its last lines above): "
                "it needs NumPy and what the units use"
            )
        answered = Path(json.loads(answer))
        value = decode(answered.read_bytes())
        path.unlink()
        answered.unlink()
        return value


@cache
def other_python(python: Path) -> OtherPython:
    """Return the running interpreter at a path; one a process. Raises NoRunner."""
    return OtherPython(python)


def _edition(found: datasets.Found) -> dict[str, Any]:
    """Return what a reader there needs to know of a data set that was found."""
    (edition,) = (each for each in registry()[found.id].editions if each.name == found.edition)
    return {
        "id": found.id,
        "key": f"{found.id} {found.checksum}",
        "loader": edition.loader,
        "paths": {name: str(path) for name, path in found.paths.items()},
        "settings": dict(edition.settings),
        "arrays": dict(edition.arrays),
    }
