"""Nights: the fresh runs of nightly runs, pooled for as long as what they depend on stays the same.

Each night draws another seed set. The drift test then looks at all nights together after 1, 2, 4, … 256 of
them, and replaces that of a single run. `nights.json` in the folder of the result store has them:

    {claim: {"conditions": digest of what the runs depend on,
             "nights": [{"seed_set": …, "values": {name of a number: [six digits of each run's]}}, …]}, …}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from workshop.execution.environment import Environment
from workshop.execution.planner import conditions_digest
from workshop.execution.store import Store, exclusive
from workshop.files import write_atomically
from workshop.samples.model import OUTCOME_LIBRARIES
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.statistics.hypothesis_tests import keeps_to
from workshop.statistics.looks import LOOKS, look_level, p_of_looks, round_digits
from workshop.statistics.scales import Numbers, Scale
from workshop.strict_json import NotJSON, read_json
from workshop.verification.judging import Judgement
from workshop.verification.plans import Outcomes, Plan
from workshop.verification.results import Line, Number

Values = Mapping[str, Annotated[tuple[Number | None, ...], Field(min_length=1)]]


@dataclass(frozen=True)
class Night:
    """The fresh runs of one claim in one night: each number by name, None for infinity or NaN."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    seed_set: Annotated[int, Field(strict=True, ge=1)]
    values: Values


@dataclass(frozen=True)
class Pool:
    """The nights of one claim under the same conditions. Raises ValueError if a night is there twice."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    conditions: Line
    nights: Annotated[tuple[Night, ...], Field(min_length=1, max_length=LOOKS[-1])]

    def __post_init__(self) -> None:
        if len({night.seed_set for night in self.nights}) < len(self.nights):
            raise ValueError("a seed set is there twice")

    def add(self, night: Night, conditions: str) -> Pool:
        """Return the nights with one more; with that one alone if earlier ones had other conditions.

        A seed set that is there, or a night after the last look, adds nothing.
        """
        same = self.conditions == conditions and all(
            night.values.keys() == earlier.values.keys() for earlier in self.nights
        )
        nights = self.nights if same else ()
        full = len(nights) == LOOKS[-1] or any(night.seed_set == earlier.seed_set for earlier in nights)
        return Pool(conditions, nights if full else (*nights, night))

    def text(self) -> str:
        """Say how many nights there are."""
        return f"{len(self.nights)} pooled here, the last with seed set {self.nights[-1].seed_set}"


_EMPTY = Pool("", ())
_POOL = TypeAdapter(Pool)
_POOLS = TypeAdapter(dict[str, Pool])


def read_nights(folder: Path) -> dict[str, Pool]:
    """Return the nights in a result store by claim; what is damaged is left out, and starts afresh."""
    try:
        content = read_json(folder / "nights.json")
    except NotJSON:
        return {}
    pools = {}
    for claim, pool in content.items() if isinstance(content, dict) else ():
        try:
            pools[claim] = _POOL.validate_python(pool)
        except ValidationError:
            continue
    return pools


def next_seed_set(folder: Path) -> int:
    """Return the seed set of the next night: one more than the largest so far."""
    pools = read_nights(folder).values()
    return 1 + max((night.seed_set for pool in pools for night in pool.nights), default=0)


def judge_nights(
    folder: Path,
    seed_set: int,
    plans: Sequence[Plan],
    judgements: Sequence[Judgement],
    outcomes: Outcomes,
    environment: Environment,
    level: float,
) -> list[Judgement]:
    """Add a run's fresh outcomes to the nights in a result store, and return its judgements after all looks.

    A claim fails if any look so far alarms; `level` is that of all looks at one number together. A claim
    without fresh runs, or with one that failed, gets no night and keeps its judgement.
    """
    tonight = {}
    for plan in plans:
        values = _fresh_values(plan, outcomes)
        if values is not None:
            tonight[plan.claim.id] = Night(seed_set, values), _conditions(plan, environment)
    pools = _add_nights(folder, tonight)
    return [
        _look(plan.recorded, pools[plan.claim.id].nights, judgement, look_level(level))
        if plan.recorded is not None and plan.claim.id in tonight
        else judgement
        for plan, judgement in zip(plans, judgements, strict=True)
    ]


def _fresh_values(plan: Plan, outcomes: Outcomes) -> Values | None:
    """Return each number of a claim on its fresh runs; None if it has none, or a run failed."""
    if plan.recorded is None or not plan.sample or plan.failure(outcomes) is not None:
        return None
    try:
        numbers = plan.recorded.numbers_of(plan.observe(outcomes).fresh)
    except (LookupError, NotDecidable):  # the judgement says what is wrong
        return None
    if numbers.keys() != plan.recorded.numbers.keys():
        return None
    rounded = {name: round_digits(values).tolist() for name, values in numbers.items()}
    return {name: tuple(None if value == np.inf else value for value in rounded[name]) for name in rounded}


def _conditions(plan: Plan, environment: Environment) -> str:
    """Return the digest of what pooled runs share: quantities, code, settings, data, libraries and device."""
    versions = {name: environment.versions.get(name) for name in OUTCOME_LIBRARIES}
    text = json.dumps([environment.device, versions])
    measured = [
        (name, str(measure), conditions_digest(plan.sample[0][measure], text))
        for name, measure in plan.claim.measures().items()
    ]
    return hashlib.sha256(repr([plan.claim.documented, measured]).encode()).hexdigest()


def _add_nights(folder: Path, tonight: Mapping[str, tuple[Night, str]]) -> dict[str, Pool]:
    """Add a night to the claims' pools and return them; what can't be written is drawn again next time."""

    def added() -> dict[str, Pool]:
        pools = read_nights(folder)
        return pools | {claim: pools.get(claim, _EMPTY).add(*night) for claim, night in tonight.items()}

    try:
        with exclusive(folder / "nights.lock"):
            pools = added()
            write_atomically(folder / "nights.json", _POOLS.dump_json(pools))
    except OSError as error:
        Store(folder).give_up(error)
        pools = added()
    return pools


def _look(recorded: RecordedRuns, nights: Sequence[Night], judgement: Judgement, level: float) -> Judgement:
    """Return a judgement after all looks that the nights have reached; `level` is that of one look."""
    if judgement.verdict == "failed":
        return judgement
    fresh = {name: [_numbers(night.values[name]) for night in nights] for name in recorded.numbers}
    looks = sorted(
        (look, p, name)
        for name, values in recorded.numbers.items()
        for look, p in p_of_looks(round_digits(values), fresh[name], level, _scale(recorded, name)).items()
    )
    for look, p, name in looks:
        if p <= level:
            before, pooled = recorded.numbers[name], np.concatenate(fresh[name][:look])
            return Judgement(
                "failed",
                None,
                f"over {look} night{'s' if look > 1 else ''}, {name or 'the quantity'} of {len(pooled)} "
                f"fresh runs ({_median(pooled)}) is unlike the {len(before)} recorded "
                f"({_median(before)}), p = {p:.1e}",
            )
    last = looks[-1][0]
    runs = len(np.concatenate(fresh[looks[-1][2]][:last]))
    least = min(p for look, p, _ in looks if look == last)
    alike = f"{runs} fresh runs up to night {last} alike, p = {least:.2g} or more"
    return replace(judgement, reason=f"{judgement.reason}; nights pooled: {len(nights)}; {alike}")


def _numbers(values: Sequence[float | None]) -> Numbers:
    return np.array([np.inf if value is None else value for value in values])


def _scale(recorded: RecordedRuns, name: str) -> Scale | None:
    """Return the scale of a number if its recorded runs may pass for normal on it."""
    scale = recorded.claim.scale_of(name)
    return scale if keeps_to(recorded.numbers[name], scale, len(recorded.numbers)) else None


def _median(values: Numbers) -> str:
    return f"median {np.quantile(values, 0.5, method='nearest'):.4g}"
