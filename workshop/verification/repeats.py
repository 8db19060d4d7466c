"""Recorded seeds repeated today: do a claim's parts still give what they gave when they were recorded?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop.execution.calling import Made
from workshop.execution.planner import Job
from workshop.ledger import Claim
from workshop.samples.model import quantity
from workshop.samples.repeats import (
    Comparison,
    Difference,
    PartRepeats,
    UnitRepeats,
    code_of,
    compare,
    entries,
)


@dataclass(frozen=True)
class RepeatedPart:
    """A part of which recorded seeds are repeated: the jobs, one a seed, and what is recorded.

    `recorded` is None where nothing is, `why` says so and names the remedy.
    """

    jobs: tuple[Job, ...]
    unit: UnitRepeats | None
    recorded: PartRepeats | None
    why: str = ""


@dataclass(frozen=True)
class Repeated:
    """What repeating recorded seeds showed, of all parts of a claim together.

    `unknown` : why nothing can be concluded, "" if it can. `differences` : entries beyond their tolerance.
    `failure` : whether they mean that the procedure changed. `summary` : all of it in words.
    """

    unknown: str
    differences: tuple[Difference, ...]
    failure: bool
    summary: str


def repeated(
    parts: Sequence[RepeatedPart],
    outcomes: Mapping[str, Made],
    environment: Mapping[str, str],
    claim: Claim | None = None,
) -> Repeated:
    """Compare the seeds that were repeated of some parts with the recorded ones.

    With a claim, only the numbers that it measures count. A difference means that the procedure changed
    where the code or a library did, or nothing did at all. On another processor it only means that its
    tolerance was not measured.
    """
    unknown = next((part.why for part in parts if part.why), "")
    if unknown:
        return Repeated(unknown, (), False, unknown)
    found: list[tuple[RepeatedPart, Comparison]] = []
    for part in parts:
        assert part.unit is not None
        assert part.recorded is not None
        exact, alike = part.unit.exact(environment), part.unit.alike(environment)
        if not alike and not part.unit.versions:
            why = (
                f"how far other versions move the repeated seeds of {part.unit.unit} is not recorded: "
                f"workshop record {part.unit.unit} --repeats --python PATH"
            )
            return Repeated(why, (), False, why)
        for job in part.jobs:
            comparison = compare(
                part.recorded,
                job.seeds[0],
                entries(outcomes[job.key].outcome),
                exact=exact,
                other_versions=not alike,
            )
            found.append((part, comparison))
    paths = [""] if claim is None else [quantity(measure) for measure in claim.measures().values()]

    def counts(path: str) -> bool:
        return any(path.startswith(each) for each in paths)

    own = [(part, each) for part, one in found for each in one.differences if counts(each.path)]
    if own:
        part, first = own[0]
        failure, why = _meaning(part, environment)
        return Repeated("", tuple(each for _, each in own), failure, f"repeated seed: {first.text()}: {why}")
    chaotic = {path for _, one in found for path in one.chaotic if counts(path)}
    return Repeated("", (), False, _summary(parts, all(one.exact for _, one in found), len(chaotic)))


def _meaning(part: RepeatedPart, environment: Mapping[str, str]) -> tuple[bool, str]:
    """Return whether a difference is a failure, and what to do."""
    assert part.unit is not None
    assert part.recorded is not None
    unit = part.unit.unit
    if code_of(part.jobs[0].part.module) != part.recorded.code:
        return True, f"the code changed; if that is meant, workshop record {unit} --repeats"
    if not part.unit.alike(environment):
        return True, f"a library changed it: workshop bisect {unit}.CLAIM finds the version"
    if part.unit.exact(environment):
        return True, "neither code nor environment changed: run it again without the store"
    return False, f"this processor rounds otherwise; workshop record {unit} --repeats measures by how much"


def _summary(parts: Sequence[RepeatedPart], exact: bool, chaotic: int) -> str:
    seeds = len({seed for part in parts for job in part.jobs for seed in job.seeds[:1]})
    forms = {part.recorded.form for part in parts if part.recorded is not None}
    what = "first steps of " if "first steps" in forms else ""
    how = "bit for bit" if exact else "within their tolerance"
    left = f", {chaotic} chaotic numbers left out" if chaotic else ""
    return f"{what}{seeds} recorded seed{'s' if seeds > 1 else ''} repeated {how}{left}"
