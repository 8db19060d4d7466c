"""Making one outcome: load the data, open the doors, call the function, store what it returned."""

from __future__ import annotations

import contextlib
import importlib
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from workshop import datasets
from workshop.units import Part
from workshop.verification.codec import CodecError, encode
from workshop.verification.store import Store


@dataclass(frozen=True)
class Task:
    """A job in a form that travels to another process."""

    key: str
    module: str
    function: str
    seed: int | None
    settings: Mapping[str, Any]
    data: Mapping[str, datasets.Found]
    outcomes: Mapping[str, Any]
    fingerprint: str
    store: Path | None


@dataclass(frozen=True)
class Made:
    """An outcome and what it took; `outcome` is None and `failure` one line where the function raised."""

    outcome: Any
    seconds: float
    stored: bool = False
    failure: str | None = None


def make(task: Task) -> Made:
    """Return the outcome of a task, from the store if it is there, else computed and stored."""
    part: Part = getattr(importlib.import_module(task.module), task.function).__unit_part__
    if task.store is None:
        return _compute(task, part, None)
    store = Store(task.store)
    with store.lock(task.fingerprint, task.key):
        stored = store.get(task.fingerprint)
        if stored is not None:
            return Made(stored.outcome, stored.seconds, stored=True)
        made = _compute(task, part, store)
        if made.failure is not None:
            return made
        try:
            store.put(task.fingerprint, made.outcome, seconds=made.seconds)
        except CodecError as error:
            return Made(None, made.seconds, failure=f"{task.key}: {error}")
        store.drop_checkpoints(task.fingerprint)
        return made


def _compute(task: Task, part: Part, store: Store | None) -> Made:
    lacking = [unit for unit in part.units if unit not in task.outcomes]
    if lacking:
        return Made(None, 0.0, failure=f"{task.key} needs the outcome of {lacking[0]}, which failed")
    begin = time.perf_counter()
    try:
        with _doors(task, part, store) as doors, _own_randomness():
            arguments = {name: _load(task.data[name]) for name in part.datasets}
            arguments.update({name.replace(".", "_"): outcome for name, outcome in task.outcomes.items()})
            if part.stochastic:
                arguments["seed"] = task.seed
            begin = time.perf_counter()
            outcome = part.function(**arguments, **doors, **task.settings)
            seconds = time.perf_counter() - begin
        expected = part.outcome_type()
        if store is None and type(outcome) is expected:
            encode(outcome)  # what can't be stored is an error with --no-store too
    except CodecError as error:
        return Made(None, time.perf_counter() - begin, failure=f"{task.key}: {error}")
    except Exception as error:  # whatever a unit raises is told and judged, not a crash of ours
        told = f"{task.key} raised {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return Made(None, time.perf_counter() - begin, failure=told)
    if type(outcome) is not expected:
        told = (
            f"{task.key} returned a {type(outcome).__name__}, not the {expected.__name__} of its annotation"
        )
        return Made(None, seconds, failure=told)
    return Made(outcome, seconds)


@contextlib.contextmanager
def _doors(task: Task, part: Part, store: Store | None) -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        doors: dict[str, Any] = {}
        if "workdir" in part.needs:
            doors["workdir"] = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workshop-")))
        if "checkpoint" in part.needs:
            if store is not None:
                doors["checkpoint"] = store.checkpoint_folder(task.fingerprint)
            else:
                doors["checkpoint"] = Path(
                    stack.enter_context(tempfile.TemporaryDirectory(prefix="workshop-"))
                )
        if "clock" in part.needs:
            doors["clock"] = time.perf_counter
        yield doors


@contextlib.contextmanager
def _own_randomness() -> Iterator[None]:
    """Start from the same global random state whatever ran before, and leave it as it was.

    Units draw from their own generators; Keras takes default seeds of layers from Python's global one.
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(0)
    np.random.seed(0)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@lru_cache(maxsize=4)
def _loaded(identity: tuple[str, str]) -> Any:
    return datasets.load(_waiting.pop(identity))


_waiting: dict[tuple[str, str], datasets.Found] = {}


def _load(found: datasets.Found) -> Any:
    """Load a data set once per process (the last few are kept)."""
    identity = (found.id, found.checksum)
    _waiting[identity] = found
    return _loaded(identity)


def merge(outcomes: list[Any]) -> Any:
    """Return the outcomes of a unit's parts as one; the fields of its parts are disjoint."""
    if len(outcomes) == 1:
        return outcomes[0]
    return SimpleNamespace(
        **{f.name: getattr(outcome, f.name) for outcome in outcomes for f in fields(outcome)}
    )
