"""Making outcomes: from the store, else by calling the function, here or in another Python; then stored."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workshop import datasets
from workshop.execution.calling import Call, Made, call, storable
from workshop.execution.codec import CodecError
from workshop.execution.interpreter import other_python
from workshop.execution.store import Store


@dataclass(frozen=True)
class Task:
    """A job in a form that travels to another process; `python` is the interpreter that calls, or None."""

    key: str
    module: str
    function: str
    seed: int | None
    settings: Mapping[str, Any]
    data: Mapping[str, datasets.Found]
    outcomes: Mapping[str, Sequence[Any]]
    fingerprint: str
    store: Path | None
    python: Path | None = None


def make_all(tasks: Sequence[Task]) -> list[Made]:
    """Return the outcomes of tasks that differ in the seed alone: from the store, else computed and stored.

    A function that takes `seeds` computes all that are missing in one call.
    """
    if _asked(tasks[:1], None).part.batched:
        return _make_together(tasks)
    return [_make_together([task])[0] for task in tasks]


def _make_together(tasks: Sequence[Task]) -> list[Made]:
    store = None if tasks[0].store is None else Store(tasks[0].store)
    with contextlib.ExitStack() as locks:
        if store is not None:
            try:
                # one order, so that two runs never wait in a circle
                for task in sorted(tasks, key=lambda t: t.fingerprint):
                    locks.enter_context(store.lock(task.fingerprint, task.key))
            except OSError as error:
                store.give_up(error)
                store = None
        made: dict[str, Made] = {}
        for task in tasks:
            stored = None if store is None else store.get(task.fingerprint)
            if stored is not None:
                made[task.key] = Made(stored.outcome, stored.seconds, stored=True)
        missing = [task for task in tasks if task.key not in made]
        if missing:
            computed = _compute(missing, store)
            made.update({t.key: _put(store, t, m) for t, m in zip(missing, computed, strict=True)})
    return [made[task.key] for task in tasks]


def _put(store: Store | None, task: Task, made: Made) -> Made:
    """Return what was made, stored if it can be; an outcome that can't be written as bytes is a failure."""
    if store is None:
        return storable(task.key, made)
    if made.failure is not None:
        return made
    try:
        store.put(task.fingerprint, made.outcome, seconds=made.seconds)
    except CodecError as error:
        return Made(None, made.seconds, failure=f"{task.key}: {error}")
    except OSError as error:
        store.give_up(error)
    else:
        store.drop_checkpoints(task.fingerprint)
    return made


def _asked(tasks: Sequence[Task], checkpoint: Path | None) -> Call:
    task = tasks[0]
    return Call(
        module=task.module,
        function=task.function,
        keys=tuple(t.key for t in tasks),
        seeds=tuple(t.seed for t in tasks),
        settings=dict(task.settings),
        outcomes=dict(task.outcomes),
        checkpoint=None if checkpoint is None else str(checkpoint),
    )


def _compute(tasks: Sequence[Task], store: Store | None) -> list[Made]:
    """Call the function once, for the seeds of all tasks."""
    task = tasks[0]
    asked = _asked(tasks, None)
    if store is not None and "checkpoint" in asked.part.needs:
        try:
            asked = _asked(tasks, store.checkpoint_folder(task.fingerprint))
        except OSError as error:
            store.give_up(error)
    if task.python is not None:
        return other_python(task.python).call(asked, task.data)
    return call(asked, lambda name: _load(task.data[name]))


@lru_cache(maxsize=4)
def _loaded(identity: tuple[str, str]) -> Any:
    return datasets.load(_waiting.pop(identity))


_waiting: dict[tuple[str, str], datasets.Found] = {}


def _load(found: datasets.Found) -> Any:
    """Load a data set once per process (the last few are kept)."""
    identity = (found.id, found.checksum)
    _waiting[identity] = found
    return _loaded(identity)
