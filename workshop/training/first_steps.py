"""First steps: the first updates of every training in a function, then everything that follows a training.

Inside `first_steps`, each training of this package makes UPDATES updates instead of all, under the full
procedure: all data, full batches, the same draws. Validation and whatever comes after the training run on
the weights that were reached. Every epoch of the history repeats the values of the first steps, while numbers
of epochs, updates and rows are those that the whole training would have.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Sequence
from zlib import crc32

import numpy as np

UPDATES = 20  # later ones add rounding faster than they add signal


@dataclass(frozen=True)
class Training:
    """What one training was about to do, and its first updates.

    `plan` : what the whole training does: epochs, rows, batch size, optimizer and so on, by name. `losses` :
    those of the updates, (updates,) or (iterations, updates per iteration). `length` : norm of all weights
    after them. `moved` : distance of each weight array from its start.
    """

    plan: dict[str, Any]
    losses: np.ndarray
    length: float
    moved: tuple[float, ...]


@dataclass(frozen=True)
class Stepped:
    """The outcome of a function that ran in first steps, and its trainings in their order."""

    outcome: Any
    trainings: tuple[Training, ...]


@dataclass
class _Trace:
    trainings: list[Training]
    start: Sequence[np.ndarray] = ()  # of the last one


_traces: list[_Trace] = []


@contextmanager
def first_steps() -> Iterator[list[Training]]:
    """Run trainings in first steps; the list has them when the block ends."""
    trace = _Trace([])
    _traces.append(trace)
    try:
        yield trace.trainings
    finally:
        _traces.remove(trace)


@contextmanager
def suspended() -> Iterator[None]:
    """Run trainings to their end, also inside `first_steps`."""
    outer, _traces[:] = _traces[:], []
    try:
        yield
    finally:
        _traces[:] = outer


def active() -> bool:
    """Whether trainings run in first steps."""
    return bool(_traces)


def take(
    steps: Callable[[int], tuple[np.ndarray, ...]],
    start: Sequence[np.ndarray],
    end: Callable[[], Sequence[np.ndarray]],
    plan: dict[str, Any],
    *,
    of: int,
    before: int = 0,
    continued: tuple[str, ...] = (),
) -> tuple[np.ndarray, ...]:
    """Make the first updates of a training, and note it; return what `steps` returned.

    Parameters
    ----------
    steps : makes a number of updates; returns their losses, and what else there is of them.
    start, end : the weights before the updates, and what returns those after them.
    plan : what the whole training does.
    of : number of updates of the training, or of its first epoch.
    before : number of updates before these.
    continued : numbers of the plan to which those of the last training are added, where this is the rest of
        it; its losses come first.
    """
    made = steps(min(of, max(0, UPDATES - before)))
    losses, trace = made[0], _traces[-1]
    if continued:
        last = trace.trainings.pop()
        losses = np.concatenate([last.losses, losses])
        plan = {**plan, **{name: np.add(plan[name], last.plan[name]).tolist() for name in continued}}
    else:
        trace.start = start
    after = end()
    length = float(np.sqrt(sum(np.square(value, dtype=np.float64).sum() for value in after)))
    moves = (np.subtract(b, a, dtype=np.float64) for a, b in zip(trace.start, after))
    trace.trainings.append(Training(plan, losses, length, tuple(float(np.linalg.norm(m)) for m in moves)))
    return made


def describe_last(**plan: Any) -> None:
    """Add entries to the plan of the last training, such as the order and variants behind its inputs."""
    last = _traces[-1].trainings[-1]
    last.plan.update(plan)


def order_checksum(order: np.ndarray) -> str:
    """Return a checksum of the row numbers of all epochs, so that a plan says what later epochs take."""
    return f"{crc32(np.ascontiguousarray(order, dtype='<i8').tobytes()):08x}"


def draw_checksum(drawn: np.ndarray) -> float:
    """Return a sum of drawn numbers, weighted by their places; other instructions move it by rounding."""
    numbers = np.asarray(drawn, np.float64).ravel()
    return float(numbers @ np.linspace(0.5, 1.0, numbers.size))


def outcome_of(made: Any) -> Any:
    """Return the outcome of a function, however it ran."""
    return made.outcome if isinstance(made, Stepped) else made
