"""Runs of the command line in folders of their own, marked so that what they leave alive is found."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.attacks.judging import Answer, Tally, lost, outcomes, tracebacks

ROOT = Path(__file__).parents[2]
_MARK = "WORKSHOP_FAULTS"
_LIMIT = 600.0  # seconds after which a run counts as hung
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GONE = 5.0  # seconds that processes may outlive their run


@dataclass(frozen=True)
class Place:
    """The folders of an attack, the folder whose package is run, and further environment variables."""

    root: Path
    package: Path = ROOT
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        """Folder of the cache."""
        return self.root / "cache"

    @property
    def store(self) -> Path:
        """Folder of the result store."""
        return self.root / "store"

    @property
    def results(self) -> Path:
        """Folder of results."""
        return self.root / "results"

    @property
    def temporary(self) -> Path:
        """Folder of temporary files, empty but for what runs leave."""
        return self.root / "tmp"

    def leftovers(self) -> list[Path]:
        """Return temporary files and folders that runs have left, `.part` files and unfinished downloads."""
        folders = (self.cache, self.store, self.results)
        paths = [path for folder in folders for path in folder.rglob("*")]
        parts = [path for path in paths if path.suffix == ".part" or path.parent.name == "incoming"]
        return sorted([*self.temporary.iterdir(), *parts])


class Run:
    """A run of `workshop` with these words, or of Python with them, in a session of its own."""

    def __init__(
        self,
        place: Place,
        words: Sequence[str],
        token: str,
        wrap: Sequence[str] = (),
        program: Sequence[str] = ("-m", "workshop"),
    ) -> None:
        self._output = place.root / f"output-{secrets.token_hex(4)}.txt"
        inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTHONPATH")}
        self.started = time.monotonic()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*wrap, sys.executable, *program, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=place.root,
                start_new_session=True,
                env={
                    **inherited,
                    "PYTHONPATH": str(place.package),
                    "WORKSHOP_CACHE": str(place.cache),
                    "WORKSHOP_STORE": str(place.store),
                    "TMPDIR": str(place.temporary),
                    "COLUMNS": "200",
                    **place.variables,
                    _MARK: token,
                },
            )

    @property
    def text(self) -> str:
        """What it has printed so far, errors included."""
        return self._output.read_text("utf-8", errors="replace")

    def send(self, number: int) -> bool:
        """Send a signal to all its processes; False if it has ended before."""
        if self.process.poll() is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return True

    def end(self, limit: float = _LIMIT) -> int | None:
        """Wait until it ends and return its exit code; kill it after `limit` seconds and return None."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.process.wait()
            return None


@dataclass(frozen=True)
class Undisturbed:
    """What a run gives that is not attacked, its seconds and its folders."""

    answer: Answer
    seconds: float
    place: Place


@dataclass
class Lab:
    """A temporary folder for all attacks; leaving it ends its runs, unmounts its disks and removes it."""

    seed: int
    tries: int | None = None
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="workshop-faults-")))
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    mounted: list[Path] = field(default_factory=list)
    _known: dict[Sequence[str], Undisturbed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def __enter__(self) -> Lab:  # noqa: PYI034  typing.Self is Python 3.11
        # a handler, and not the inherited disposition: runs of a background shell would ignore SIGINT
        self._handlers = {number: signal.signal(number, _stop) for number in _SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # nothing may interrupt the cleaning up
        self.kill_orphans(patience=0)
        for folder in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(self.root, ignore_errors=True)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def count(self, usual: int) -> int:
        """Return how often to try: as asked for, else as usual."""
        return usual if self.tries is None else min(self.tries, usual)

    def place(self, package: Path = ROOT, variables: Mapping[str, str] | None = None) -> Place:
        """Return new, empty folders."""
        place = Place(Path(tempfile.mkdtemp(dir=self.root)), package, variables or {})
        for folder in (place.cache, place.store, place.results, place.temporary):
            folder.mkdir()
        return place

    def start(self, place: Place, words: Sequence[str], wrap: Sequence[str] = ()) -> Run:
        """Start a run."""
        return Run(place, words, self.token, wrap)

    def undisturbed(
        self,
        words: Sequence[str],
        answer: Callable[[Place], Answer],
        prepare: Callable[[Lab], Place] | None = None,
    ) -> Undisturbed:
        """Return what a run gives without an attack, made once; raises RuntimeError if it fails."""
        if words not in self._known:
            place = (prepare or Lab.place)(self)
            run = self.start(place, words)
            code = run.end()
            seconds = time.monotonic() - run.started
            found = answer(place)
            if code != 0 or not found:
                message = f"workshop {' '.join(words)} ends with {code} without an attack"
                raise RuntimeError(f"{message}:\n{run.text}")
            self._known[tuple(words)] = Undisturbed(found, seconds, place)
        return self._known[tuple(words)]

    def marked(self) -> list[int]:
        """Return the living processes that descend from a run."""
        mark = f"{_MARK}={self.token}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def kill_orphans(self, patience: float = _GONE) -> list[str]:
        """Return the processes that outlive their runs by `seconds`, and kill them."""
        until = time.monotonic() + patience
        while (alive := self.marked()) and time.monotonic() < until:
            time.sleep(0.1)
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return [f"process {pid}" for pid in alive]

    def judge(self, tally: Tally, place: Place, run: Run, before: dict[str, str]) -> None:
        """Count what any run must not do, attacked or not."""
        tally.count("tracebacks", tracebacks(run.text))
        tally.count("orphans", self.kill_orphans())
        tally.count("lost", lost(before, outcomes(place.store)))


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
