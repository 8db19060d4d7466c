"""Making outcomes: load the data, open the doors, call the function, store what it returned."""

from __future__ import annotations

import contextlib
import importlib
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
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


def make_all(tasks: Sequence[Task]) -> list[Made]:
    """Return the outcomes of tasks that differ in the seed alone: from the store, else computed and stored.

    A function that takes `seeds` computes all that are missing in one call.
    """
    part: Part = getattr(importlib.import_module(tasks[0].module), tasks[0].function).__unit_part__
    if part.batched:
        return _make_together(tasks, part)
    return [_make_together([task], part)[0] for task in tasks]


def _make_together(tasks: Sequence[Task], part: Part) -> list[Made]:
    if tasks[0].store is None:
        return _compute(tasks, part, None)
    store = Store(tasks[0].store)
    with contextlib.ExitStack() as locks:
        for task in sorted(
            tasks, key=lambda t: t.fingerprint
        ):  # one order, so that two runs never wait in a circle
            locks.enter_context(store.lock(task.fingerprint, task.key))
        made: dict[str, Made] = {}
        for task in tasks:
            stored = store.get(task.fingerprint)
            if stored is not None:
                made[task.key] = Made(stored.outcome, stored.seconds, stored=True)
        missing = [task for task in tasks if task.key not in made]
        if missing:
            computed = _compute(missing, part, store)
            made.update({t.key: _put(store, t, m) for t, m in zip(missing, computed, strict=True)})
    return [made[task.key] for task in tasks]


def _put(store: Store, task: Task, made: Made) -> Made:
    if made.failure is not None:
        return made
    try:
        store.put(task.fingerprint, made.outcome, seconds=made.seconds)
    except CodecError as error:
        return Made(None, made.seconds, failure=f"{task.key}: {error}")
    store.drop_checkpoints(task.fingerprint)
    return made


def _compute(tasks: Sequence[Task], part: Part, store: Store | None) -> list[Made]:
    """Call the function once, for the seeds of all tasks; a failure is that of all of them."""
    task = tasks[0]
    lacking = [unit for unit in part.units if unit not in task.outcomes]
    if lacking:
        return [
            Made(None, 0.0, failure=f"{t.key} needs the outcome of {lacking[0]}, which failed") for t in tasks
        ]
    begin = time.perf_counter()
    try:
        with _doors(task, part, store) as doors, _own_randomness():
            arguments = {name: _load(task.data[name]) for name in part.datasets}
            arguments.update({name.replace(".", "_"): outcome for name, outcome in task.outcomes.items()})
            if part.batched:
                arguments["seeds"] = tuple(t.seed for t in tasks)
            elif part.stochastic:
                arguments["seed"] = task.seed
            begin = time.perf_counter()
            outcome = part.function(**arguments, **doors, **task.settings)
            seconds = (time.perf_counter() - begin) / len(tasks)
    except Exception as error:  # whatever a unit raises is told and judged, not a crash of ours
        told = f"raised {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return [Made(None, time.perf_counter() - begin, failure=f"{t.key} {told}") for t in tasks]
    outcomes = outcome if part.batched else (outcome,)
    if not isinstance(outcomes, tuple) or len(outcomes) != len(tasks):
        told = f"{part.key} returned no tuple of {len(tasks)} outcomes for as many seeds"
        return [Made(None, seconds, failure=told) for _ in tasks]
    return [_checked(t, o, seconds, part) for t, o in zip(tasks, outcomes, strict=True)]


def _checked(task: Task, outcome: Any, seconds: float, part: Part) -> Made:
    expected = part.outcome_type()
    if type(outcome) is not expected:
        told = (
            f"{task.key} returned a {type(outcome).__name__}, not the {expected.__name__} of its annotation"
        )
        return Made(None, seconds, failure=told)
    if task.store is None:
        try:
            encode(outcome)  # what can't be stored is an error with --no-store too
        except CodecError as error:
            return Made(None, seconds, failure=f"{task.key}: {error}")
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
