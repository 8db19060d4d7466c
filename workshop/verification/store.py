"""The result store: outcomes on disk under their fingerprints, written atomically, checked when read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workshop.datasets.cache import cache_folder
from workshop.files import write_atomically
from workshop.verification.codec import CodecError, decode, encode

log = logging.getLogger("workshop.store")


@dataclass(frozen=True)
class Stored:
    """An outcome and the seconds that it took to compute."""

    outcome: Any
    seconds: float


def default_store() -> Path:
    """Return the folder of the result store: `WORKSHOP_STORE`, or `outcomes` in the cache folder."""
    named = os.environ.get("WORKSHOP_STORE")
    return Path(named) if named else cache_folder() / "outcomes"


def usual_seconds() -> dict[str, float]:
    """Return the seconds that parts usually take, for a machine that has not run them yet."""
    file = resources.files("workshop.verification").joinpath("usual_seconds.json")
    return {str(k): float(v) for k, v in json.loads(file.read_text("utf-8")).items()}


class Store:
    """Outcomes by fingerprint in one folder; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Stored | None:
        """Return what is stored under a fingerprint, or None; a damaged entry is told and removed."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            head, _, payload = data.partition(b"\n")
            meta = json.loads(head)
            if hashlib.sha256(payload).hexdigest() == meta["sha256"]:
                return Stored(decode(payload), float(meta["seconds"]))
            why = "its checksum is wrong"
        except CodecError as error:
            why = " ".join(str(error).split())
        except (ValueError, KeyError, TypeError):
            why = "its head can't be read"
        log.warning("store: entry %s is damaged (%s): it is computed again", path.name, why)
        path.unlink(missing_ok=True)
        return None

    def put(self, key: str, outcome: Any, *, seconds: float) -> None:
        """Store an outcome, whole or not at all. Raises CodecError for what can't be stored."""
        payload = encode(outcome)
        head = json.dumps({"sha256": hashlib.sha256(payload).hexdigest(), "seconds": seconds}).encode()
        write_atomically(self._path(key), head + b"\n" + payload)

    @contextlib.contextmanager
    def lock(self, key: str, what: str) -> Iterator[None]:
        """Hold the one lock of a fingerprint; a second run says that it waits, and finds the work done."""
        path = self.folder / "locks" / f"{key}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.warning("store: another run computes %s: waiting for it", what)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def checkpoint_folder(self, key: str) -> Path:
        """Return a folder, outliving a killed run, for the checkpoints of an outcome."""
        path = self.folder / "checkpoints" / key
        path.mkdir(parents=True, exist_ok=True)
        return path

    def drop_checkpoints(self, key: str) -> None:
        """Remove the checkpoints of an outcome that is stored: nothing continues from them."""
        shutil.rmtree(self.folder / "checkpoints" / key, ignore_errors=True)

    def read_timings(self) -> dict[str, float]:
        """Return the seconds that parts took last time, or usually take: for the order and the time left."""
        try:
            timings = json.loads((self.folder / "timings.json").read_text("utf-8"))
            return {**usual_seconds(), **{str(k): float(v) for k, v in timings.items()}}
        except (OSError, ValueError, AttributeError, TypeError):
            return usual_seconds()  # a hint only: nothing but the order of work depends on it

    def write_timings(self, timings: dict[str, float]) -> None:
        """Remember the seconds that parts took."""
        merged = {**self.read_timings(), **timings}
        write_atomically(self.folder / "timings.json", json.dumps(merged, indent=0, sort_keys=True).encode())

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.outcome"
