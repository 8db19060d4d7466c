"""Rules on recorded runs: outcomes of a unit for many seeds, its reference sample.

A recorded seed must give its recorded outcome again, bit for bit. Every number of today's runs is tested
against the recorded ones. Then the rule's statement is decided on the recorded runs. The ledger writes all of
these rules as `reference`. A key says which statement is made.

What the book prints of one run is placed among the recorded runs: numbers (no key), `differences` of two
printed numbers, the `first` names of a list, a printed `order`, and what the run has `shown`. A general
sentence of the book is decided by most runs: another `order`, `shares`, `equivalent`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from workshop.ledger.rules.base import AnyRule, Decision, Rule, StrictRule
from workshop.ledger.rules.parts import PartCheck
from workshop.statistics.scales import ScaleName
from workshop.values import half_digit, is_number, leaves, named_leaves, plain

Order = Literal["paired", "unpaired", "printed"]
# A general sentence is about the usual run, so it must be true in more than half of ours. It is one level for
# all statements. What every run must show by construction is a check of `every`, not a share.
USUALLY = 0.5


def numbers_of(value: Any) -> dict[str, float]:
    """Return the numbers of a nested value by their paths; booleans count as 0 and 1.

    Raises ValueError if the value has anything else in it.
    """
    found = dict(named_leaves(value))
    for path, leaf in found.items():
        if not (is_number(leaf) or isinstance(leaf, bool)):
            raise ValueError(f"{path or 'the quantity'} is {leaf!r}, no number")
    return {path: float(leaf) for path, leaf in found.items()}


class SampledRule(Rule):
    """A rule that recorded runs decide.

    `scale`: that of quantities whose names do not say it, one for all numbers or one for each place of the
    last index (`[log, logit]` for rows of loss and accuracy). `every`: checks that each single run passes by
    construction. `compares`: the statement compares the printed value with the runs.
    """

    name = "reference"
    of_kind = "stochastic"
    needs_sample = True
    compares: ClassVar[bool] = False
    scale: ScaleName | Annotated[tuple[ScaleName, ...], Field(strict=False)] | None = None
    every: tuple[PartCheck, ...] = Field(default=(), strict=False)

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Raise TypeError: a single value decides nothing here."""
        raise TypeError(
            f"a {self.name} rule is decided on recorded runs, not on one value: "
            "ask `workshop.check(CLAIM, NUMBER)`; `decide_each` checks what each run shows"
        )

    def decide_each(self, documented: Any, measured: Any) -> Decision:
        """Decide the checks that each run passes by construction on one run."""
        decisions = [every.decide(documented, measured) for every in self.every]
        failed = next((d for d in decisions if not d.holds), None)
        return failed or Decision(True, None, "; ".join(d.detail for d in decisions))

    def numbers(self, value: Any, documented: Any) -> dict[str, float]:
        """Return the numbers of a measured quantity by their paths. Raises ValueError if it has others."""
        return numbers_of(value)

    @abstractmethod
    def statement(self) -> str:
        """Write what is stated of the runs in words."""

    def text(self) -> str:
        """Write the rule in words."""
        each = (f"each run {every.text()}" for every in self.every)
        return "; ".join(["like the reference sample", self.statement(), *each])


class PrintedAmongRuns(SampledRule):
    """The printed numbers lie where the recorded runs lie.

    `decimals`: printed decimals, where trailing zeros are lost. `documents`: the one of several measured
    quantities that is printed.
    """

    key = ""
    compares = True
    decimals: int | None = Field(default=None, ge=0)
    documents: str | None = None

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the documented value has anything but numbers."""
        numbers = list(leaves(documented))
        if not (numbers and all(is_number(n) for n in numbers)):
            raise ValueError(
                "a place among recorded runs needs documented numbers: use order, shares or equivalent"
            )

    def placed(self, value: Any) -> dict[str, float]:
        """Return the printed numbers by the paths of the measured numbers."""
        return numbers_of(value if self.documents is None else {self.documents: value})

    def interval(self, printed: float) -> tuple[float, float]:
        """Return the lowest and highest value that are printed as this number: its rounding interval."""
        half = _half_digit(printed, self.decimals)
        return printed - half, printed + half

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return "printed value's place among the recorded runs"


def _half_digit(printed: float, decimals: int | None) -> float:
    return min(half_digit(printed, places) for places in (None, decimals))


class PrintedDifferences(SampledRule):
    """The differences of printed numbers lie where those of the recorded runs lie.

    `differences` has, by name, the names of the two printed numbers, the first less the second. A difference
    that the claim measures has its name; any other is that of two measured numbers of these names.
    """

    key = "differences"
    compares = True
    differences: Mapping[str, Annotated[tuple[str, str], Field(strict=False)]] = Field(min_length=1)
    decimals: int | None = Field(default=None, ge=0)

    def fit(self, documented: Any) -> None:
        """Raise ValueError if a difference is not that of two documented numbers."""
        printed = documented if isinstance(documented, Mapping) else {}
        for name in (name for pair in self.differences.values() for name in pair):
            if not is_number(printed.get(name)):
                raise ValueError(f"a difference needs a documented number {name!r}: add it")

    def intervals(self, documented: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        """Return the lowest and highest difference that two rounded numbers can have, by its name."""
        found = {}
        for name, (first, second) in self.differences.items():
            half = sum(_half_digit(documented[each], self.decimals) for each in (first, second))
            between = documented[first] - documented[second]
            found[name] = between - half, between + half
        return found

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        pairs = ", ".join(f"{first} less {second}" for first, second in self.differences.values())
        return f"printed difference's place among the recorded runs: {pairs}"


class PrintedRanking(SampledRule):
    """A printed list is like one of the recorded lists, by the names that its `first` ones have in common.

    `scored`: the score of its first row lies among theirs, too.
    """

    key = "first"
    compares = True
    first: int = Field(ge=1)
    scored: bool = False

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the documented value is not a list of this many names."""
        if not isinstance(documented, list) or len(documented) < self.first:
            raise ValueError(f"a printed list needs {self.first} documented names or more")
        if self.scored and "best" not in self.numbers(documented, documented):
            raise ValueError("a scored list needs rows of a name and a score: add the scores")

    def names(self, ranking: Any) -> set[str]:
        """Return the first names of a plain list of names, or of rows that begin with a name."""
        return {str(row[0] if isinstance(row, list) else row) for row in ranking[: self.first]}

    def numbers(self, value: Any, documented: Any) -> dict[str, float]:
        """Return how many documented names are among a run's first, and the score of its first row if any."""
        rows = plain(value)
        scores = [row[1] for row in rows[:1] if isinstance(row, list)]
        common = float(len(self.names(documented) & self.names(rows)))
        return {"common": common, **({"best": float(scores[0])} if scores else {})}

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return f"the first {self.first} printed names, as common as those of a recorded run"


class ShownByRuns(SampledRule):
    """What the printed run shows, recorded runs show, too: some of them pass all checks."""

    key = "shown"
    shown: tuple[PartCheck, ...] = Field(min_length=1, strict=False)

    def fit(self, documented: Any) -> None:
        """Raise ValueError if a check has no bound of its own."""
        for check in self.shown:
            check.rule.fit(None)

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return f"shown by recorded runs: {'; '.join(check.text() for check in self.shown)}"


class OrderOverRuns(SampledRule):
    """The documented names ascend over the recorded runs; `paired` if seeds share start and order of data.

    `printed` if the book prints the order of one run: then recorded runs show it, too.
    """

    key = "order"
    order: Order

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the documented value is not a chain of names."""
        if not self.chains(documented):
            raise ValueError(
                "order needs a documented list of names, smallest first, or a list of such lists"
            )

    def chains(self, documented: Any) -> list[list[str]]:
        """Return the documented orders, each a list of names, smallest first; [] if it is not an order."""
        rows = documented if isinstance(documented, list) else []
        if all(isinstance(row, str) for row in rows):
            rows = [rows]
        good = all(
            isinstance(row, list)
            and all(isinstance(name, str) for name in row)
            and len({*row}) == len(row) > 1
            for row in rows
        )
        return rows if good else []

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return f"{self.order} order {'shown by' if self.order == 'printed' else 'over the'} recorded runs"


class RunShare(PartCheck):
    """The rule holds in more than USUALLY of the runs, or `documented`: in the share that is printed."""

    rule: AnyRule = Field(alias="of")
    documented: bool = False

    def text(self) -> str:
        """Write the share in words."""
        side = "as documented" if self.documented else f"above {USUALLY:g}"
        return f"share of runs with {super().text()} {side}"


class SharesOfRuns(SampledRule):
    """Shares of the recorded runs, each more than USUALLY, or as documented."""

    key = "shares"
    shares: tuple[RunShare, ...] = Field(min_length=1, strict=False)

    def fit(self, documented: Any) -> None:
        """Raise ValueError if a share is needed and the documented value is none, or a rule has no bound."""
        if any(share.documented for share in self.shares) and not (
            len(self.shares) == 1 and is_number(documented)
        ):
            raise ValueError("a documented share is one number: give it, or drop `documented`")
        for share in self.shares:
            share.rule.fit(None)

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return "; ".join(share.text() for share in self.shares)


class Equivalent(StrictRule):
    """The mean of each measured number is less than `within` away from `to`."""

    to: float
    within: float = Field(gt=0)


class MeanOfRuns(SampledRule):
    """The mean over the recorded runs lies within a distance of a value: two one-sided tests."""

    key = "equivalent"
    equivalent: Equivalent

    def statement(self) -> str:
        """Write what is stated of the runs in words."""
        return f"mean equivalent to {self.equivalent.to:g} ± {self.equivalent.within:g}"


class Repeats(Rule):
    """Recorded seeds of the unit's parts, repeated as a default run computes them, give their numbers again.

    What is measured is only shown.
    """

    name = "repeats"
    of_kind = "stochastic"
    is_whole = True

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Raise TypeError: recorded seeds decide, not one value."""
        raise TypeError(
            "a repeats rule is decided on recorded seeds, not on one value: run `workshop verify`"
        )

    def text(self) -> str:
        """Write the rule in words."""
        return "recorded seeds give every number of the outcome again, within its measured tolerance"
