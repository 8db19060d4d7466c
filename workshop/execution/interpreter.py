"""Another Python, in which unit functions run while the engine stays in this one.

It needs what the functions need and nothing of the engine, so that it may be as old as the book's own stack.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import tempfile
import threading
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import workshop
from workshop import datasets
from workshop.datasets.model import registry
from workshop.errors import WorkshopError
from workshop.execution.calling import Call, Made
from workshop.execution.codec import MESSAGES, decode, encode
from workshop.execution.environment import Environment
from workshop.execution.processes import children_ignoring_interrupts, killed_each_time, package_uri
from workshop.execution.surroundings import neutral
from workshop.untrusted import one_line, run_module

RUNNER = "workshop.execution.worker"
SECONDS_TO_ANSWER = 120.0  # for an interpreter that has to start, and imports nothing that is large
_SECONDS_TO_END = 10.0  # for one that says no more
_LONGEST_ANSWER = 20_000  # characters: a path may have 4,096 bytes, of which each becomes three


class NoRunner(WorkshopError):
    """An interpreter does not run unit functions; the message says why, and the remedy."""


class _Stopped(NoRunner):
    """A running interpreter ended; `code` is its exit code, negative for a signal."""

    def __init__(self, python: Path, code: int) -> None:
        super().__init__(
            f"{python} stopped with exit code {code} (its last lines above): "
            "it needs NumPy and what the units use"
        )
        self.code = code


class OtherPython:
    """A running interpreter that answers orders, one at a time; it ends with this process.

    `limit` is the number of seconds within which it says what it is. Raises NoRunner if it does not start.
    """

    def __init__(self, python: Path, limit: float = SECONDS_TO_ANSWER) -> None:
        self.python = python
        self.limit = limit
        self._folder = tempfile.TemporaryDirectory(prefix="workshop-")
        # the package alone: what lies next to it is of this interpreter
        Path(self._folder.name, "workshop").symlink_to(Path(workshop.__file__).parent)
        self._orders = count()
        self._process: subprocess.Popen[str] | None = None
        _all.append(self)
        self._start()

    def environment(self) -> Environment:
        """Return the environment in which it computes."""
        found: Environment = self._ask(limit=self.limit, order="environment")
        return found

    def installed(self, name: str) -> bool:
        """Whether it can import a library."""
        found: bool = self._ask(limit=self.limit, order="installed", name=name)
        return found

    def call(self, call: Call) -> list[Made]:
        """Call a function there, and return what was made for each job.

        If the interpreter is killed meanwhile, the call is tried once more in a new one, and then fails.
        """
        order = replace(call, data={name: _edition(found) for name, found in call.data.items()})
        codes: list[int] = []
        while len(codes) < 2:
            try:
                made: list[Made] = self._ask(call.module, limit=None, order="call", call=order)
            except _Stopped as stopped:
                codes.append(stopped.code)
            else:
                return made
        return [Made(None, 0.0, failure=f"{key}: {killed_each_time(codes)}") for key in call.keys]

    def close(self) -> None:
        """End it."""
        self._stop()
        self._folder.cleanup()

    def _start(self) -> subprocess.Popen[str]:
        usual = {n: v for n, v in neutral(os.environ, ()).items() if not n.startswith("PYTHON")}
        try:
            with children_ignoring_interrupts():
                self._process = subprocess.Popen(  # noqa: S603 - the user names the interpreter
                    [str(self.python), *run_module(RUNNER), self._folder.name],
                    env={**usual, "PYTHONPATH": self._folder.name, "PYTHONDONTWRITEBYTECODE": "1"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
        except OSError as error:
            self.close()
            raise NoRunner(
                f"{self.python} does not start ({error.strerror}): name a Python interpreter"
            ) from None
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # an order that it no longer read
                    stream.close()

    def _ask(self, *homes: str, limit: float | None, **order: Any) -> Any:
        """Give an order and return the answer; both may have dataclasses of these modules, too.

        Raises NoRunner without one, or after `limit` seconds.
        """
        name = f"{next(self._orders)}.order"
        path = Path(self._folder.name, name)
        path.write_bytes(encode(order))
        process = self._process or self._start()
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        over = threading.Event()

        def stop() -> None:
            over.set()
            process.kill()

        clock = threading.Timer(limit or 0.0, stop)
        clock.daemon = True
        if limit is not None:
            clock.start()
        try:
            stdin.write(" ".join([name, *homes]) + "\n")  # a folder's name may have several lines
            stdin.flush()
            answer = stdout.readline(_LONGEST_ANSWER).strip()
        except BrokenPipeError:
            answer = ""
        except UnicodeDecodeError:
            answer = "\ufffd"
        except BaseException:  # interrupted: its answer would be taken for that of the next order
            self._stop()
            raise
        finally:
            clock.cancel()
        if over.is_set():
            self._stop()
            raise NoRunner(f"{self.python} did not answer within {limit:g} s: name a Python interpreter")
        answer, _, package = answer.partition(" ")
        if answer and (answer, package) != (f"{Path(name).stem}.answer", package_uri()):
            self._stop()
            raise NoRunner(f"{self.python} {_describe(answer, package)}: name a Python interpreter")
        if not answer:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
            code = process.poll() or 0
            self._stop()
            raise _Stopped(self.python, code)
        answered = path.with_name(answer)
        value = decode(answered.read_bytes(), (*MESSAGES, *homes))
        path.unlink()
        answered.unlink()
        return value


def _describe(answer: str, package: str) -> str:
    """Say of an answer why it is not one of a runner of this package."""
    if package.startswith("file:"):
        imported, own = (one_line(unquote(uri).removeprefix("file://")) for uri in (package, package_uri()))
        return f"imports the package of {imported}, and not this one of {own}"
    return f"answers {one_line(answer[:40])!r}, as no runner of units does"


_all: list[OtherPython] = []


@atexit.register
def close_all() -> None:
    """End all interpreters that this process has started."""
    for each in _all:
        each.close()


@cache
def other_python(python: Path) -> OtherPython:
    """Return the running interpreter at a path; one a process. Raises NoRunner."""
    return OtherPython(python)


def _edition(found: datasets.Found) -> dict[str, Any]:
    """Return what a reader there needs to know of a data set that was found."""
    edition = registry()[found.id].edition(found.edition)
    return {
        "id": found.id,
        "key": f"{found.id} {found.checksum}",
        "loader": edition.loader,
        "paths": {name: str(path) for name, path in found.paths.items()},
        "settings": dict(edition.settings),
        "arrays": dict(edition.arrays),
    }
