"""
Calling a unit's function: data loaded, doors opened, randomness its own, what it returned checked.

It keeps to Python 3.7, so that other interpreters call functions as this one does.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import tempfile
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

import numpy as np

from workshop.execution.codec import CodecError, encode
from workshop.execution.surroundings import usual_settings
from workshop.training.first_steps import Stepped, first_steps, outcome_of
from workshop.units import Part
from workshop.untrusted import printable


@dataclass(frozen=True)
class Call:
    """
    One call of a part's function, for jobs that differ in the seed alone; it travels to other processes.

    ``keys``, ``seeds`` and ``fingerprints`` are those of the jobs, in one order; ``data`` says what was found
    of each data set; ``outcomes`` has those of the parts of each unit that the part takes; ``checkpoint`` is
    the folder of that door, None for one that is thrown away; with ``first_steps`` trainings make only their
    first updates.
    """

    module: str
    function: str
    keys: tuple[str, ...]
    seeds: tuple[Optional[int], ...]
    fingerprints: tuple[str, ...]
    settings: Mapping[str, Any]
    data: Mapping[str, Any]
    outcomes: Mapping[str, Sequence[Any]]
    checkpoint: Optional[str] = None
    first_steps: bool = False

    @property
    def part(self) -> Part:
        """The part that is called."""
        part: Part = getattr(importlib.import_module(self.module), self.function).__unit_part__
        return part

    def of(self, keys: Sequence[str]) -> "Call":
        """Return the call for some of its jobs."""
        places = [self.keys.index(key) for key in keys]
        return replace(
            self,
            keys=tuple(keys),
            seeds=tuple(self.seeds[place] for place in places),
            fingerprints=tuple(self.fingerprints[place] for place in places),
        )


@dataclass(frozen=True)
class Made:
    """An outcome and what it took; ``outcome`` is None and ``failure`` one line where the function raised."""

    outcome: Any
    seconds: float
    stored: bool = False
    failure: Optional[str] = None


def run_call(call: Call, load: Callable[[Any], Any]) -> list[Made]:
    """
    Call the function once, and return what was made for each job; a failure is that of all of them.

    ``load`` turns what was found of a data set into its value; its time is not the function's.
    """
    part = call.part
    missing = [unit for unit in part.units if unit not in call.outcomes]
    if missing:
        why = f"needs the outcome of {missing[0]}, which failed"
        return [Made(None, 0.0, failure=f"{key} {why}") for key in call.keys]
    begin = time.perf_counter()
    try:
        with _doors(part, call.checkpoint) as doors, _own_randomness(), usual_settings():
            arguments = {name: load(call.data[name]) for name in part.datasets}
            taken = {name.replace(".", "_"): _merge(own) for name, own in call.outcomes.items()}
            if part.batched:
                arguments["seeds"] = tuple(call.seeds)
            elif part.stochastic:
                arguments["seed"] = call.seeds[0]
            begin = time.perf_counter()
            if call.first_steps:
                with first_steps() as trainings:
                    outcome = part.function(**arguments, **taken, **doors, **call.settings)
            else:
                outcome = part.function(**arguments, **taken, **doors, **call.settings)
            seconds = (time.perf_counter() - begin) / len(call.keys)
    except (Exception, SystemExit) as error:  # whatever a unit raises is judged, not a crash of ours
        why = f"raised {type(error).__name__}: {' '.join(printable(str(error)).split())[:300]}"
        return [Made(None, time.perf_counter() - begin, failure=f"{key} {why}") for key in call.keys]
    outcomes = outcome if part.batched else (outcome,)
    if not isinstance(outcomes, tuple) or len(outcomes) != len(call.keys):
        why = f"{part.key} returned no tuple of {len(call.keys)} outcomes for as many seeds"
        return [Made(None, seconds, failure=why) for _ in call.keys]
    made = [_checked(key, part, each, seconds) for key, each in zip(call.keys, outcomes)]
    if call.first_steps:
        made = [
            replace(each, outcome=Stepped(each.outcome, tuple(trainings))) if each.failure is None else each
            for each in made
        ]
    return made


def storable(key: str, made: Made) -> Made:
    """Return what was made; an outcome that can't be written as bytes is a failure."""
    try:
        encode(made.outcome)
    except CodecError as error:
        return Made(None, made.seconds, failure=f"{key}: {error}")
    return made


def _checked(key: str, part: Part, outcome: Any, seconds: float) -> Made:
    expected = part.outcome_type()
    if part.value:
        outcome = expected(outcome)
    if type(outcome) is not expected:
        why = f"{key} returned a {type(outcome).__name__}, not the {expected.__name__} of its annotation"
        return Made(None, seconds, failure=why)
    return Made(outcome, seconds)


def _merge(outcomes: Sequence[Any]) -> Any:
    """Return the outcomes of a unit's parts as one; the fields of its parts are disjoint."""
    outcomes = [outcome_of(each) for each in outcomes]
    if len(outcomes) == 1:
        return outcomes[0]
    return SimpleNamespace(
        **{field.name: getattr(outcome, field.name) for outcome in outcomes for field in fields(outcome)}
    )


@contextlib.contextmanager
def _doors(part: Part, checkpoint: Optional[str]) -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:

        def thrown_away() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workshop-")))

        doors: dict[str, Any] = {}
        if "workdir" in part.needs:
            doors["workdir"] = thrown_away()
        if "checkpoint" in part.needs:
            doors["checkpoint"] = Path(checkpoint) if checkpoint is not None else thrown_away()
        if "clock" in part.needs:
            doors["clock"] = time.process_time  # other work on the machine does not count
        yield doors


@contextlib.contextmanager
def _own_randomness() -> Iterator[None]:
    """
    Start from the same global random state whatever ran before, and leave it as it was.

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
