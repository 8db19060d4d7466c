"""The rule for stochastic claims: what is asked of a reference sample, and of each run by construction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from workshop.ledger.parts import Check, Strict
from workshop.ledger.paths import follow, parse_steps
from workshop.ledger.rules import AnyRule, Decision, Overlap, Rule
from workshop.ledger.values import half_digit, is_number, leaves, plain

Scale = Literal["identity", "log", "logit"]
Order = Literal["paired", "unpaired"]
Rankings = Mapping[str, Callable[[Any], dict[str, float]]]


class RunShare(Check):
    """The share of runs on which the rule holds: above `above`, or below `below`, or else as documented."""

    rule: AnyRule = Field(alias="of")
    above: float | None = Field(default=None, ge=0, lt=1)
    below: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _one_side(self) -> RunShare:
        if self.above is not None and self.below is not None:
            raise ValueError("a share of runs is `above` or `below` something, or as documented: drop one")
        return self

    @property
    def documented(self) -> bool:
        """Whether the documented value is the share itself."""
        return self.above is None and self.below is None

    @property
    def ranks(self) -> bool:
        """Whether it holds a ranking against the documented one."""
        return isinstance(self.rule, Overlap)

    def ranking_numbers(self, documented: Any) -> Callable[[Any], dict[str, float]]:
        """Return what gives a measured ranking's numbers: common names, and the first row's score if any."""
        rule, expected = self.rule, follow(documented, parse_steps(self.at))
        assert isinstance(rule, Overlap)

        def numbers(ranking: Any) -> dict[str, float]:
            scores = [row[1] for row in ranking[:1] if isinstance(row, list)]
            return {"common": rule.common(expected, ranking), **({"best": scores[0]} if scores else {})}

        return numbers

    def text(self) -> str:
        """Write it in words."""
        side = f"above {self.above:g}" if self.above is not None else f"below {self.below}"
        return f"share of runs with {super().text()} {'as documented' if self.documented else side}"


class Equivalent(Strict):
    """The mean over runs lies within a distance of a value: two one-sided tests.

    `at` leads to the number; without it, each one that is measured is asked.
    """

    at: str = ""
    to: float
    within: float = Field(gt=0)

    def text(self) -> str:
        """Write it in words."""
        return f"{self.at + ' ' if self.at else ''}mean equivalent to {self.to:g} ± {self.within:g}"


class Reference(Rule):
    """Decided on the unit's reference sample: outcomes recorded for many seeds.

    A recorded seed gives its recorded outcome again, bit for bit; every number of today's runs is tested
    against the recorded ones; then the statement is decided on the recorded runs. The statement is the place
    of the printed value, or an order of several quantities, shares of runs, an equivalence.

    `decimals`: printed decimals, where trailing zeros are lost. `scale`: where the quantity is near normal,
    so that a few runs can exclude what lies beyond them all. `documents`: which of several measured
    quantities the printed value stands for. `order`: the documented names, smallest first; `paired` only
    where seeds share start and order of data.
    """

    name = "reference"
    decimals: int | None = Field(default=None, ge=0)
    scale: Scale | None = None
    documents: str | None = None
    order: Order | None = None
    shares: tuple[RunShare, ...] = Field(default=(), strict=False)
    equivalent: Equivalent | None = None
    every: tuple[Check, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _one_statement(self) -> Reference:
        given = [n for n in ("order", "shares", "equivalent") if getattr(self, n)]
        if len(given) > 1:
            raise ValueError(f"a claim makes one statement, not {' and '.join(given)}: split the claim")
        if given and (self.decimals is not None or self.documents is not None):
            raise ValueError(f"`decimals` and `documents` place a printed value: drop them beside {given[0]}")
        return self

    @property
    def places_printed(self) -> bool:
        """Whether the statement is the place of the printed value among the recorded runs."""
        return not (self.order or self.shares or self.equivalent)

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the documented value does not fit the statement."""
        if self.order and not _chains(documented):
            raise ValueError(
                "order needs a documented list of names, smallest first, or a list of such lists"
            )
        for share in self.shares:
            if share.ranks:
                share.rule.fit(follow(documented, parse_steps(share.at)))
        numbers = list(leaves(documented))
        if any(share.documented for share in self.shares) and not (
            len(self.shares) == 1 and is_number(documented)
        ):
            raise ValueError("a documented share is one number: give it, or `above` or `below`")
        if self.places_printed and not (numbers and all(is_number(n) for n in numbers)):
            raise ValueError(
                "a place among recorded runs needs documented numbers: use order, shares or equivalent"
            )

    def chains(self, documented: Any) -> list[list[str]]:
        """Return the documented orders, each a list of names, smallest first."""
        return _chains(documented)

    def placed(self, value: Any) -> dict[str, float]:
        """Return the printed numbers by the path of the measured number that each stands for."""
        return numbers_of(value if self.documents is None else {self.documents: value})

    def numbers(self, value: Any, documented: Any) -> dict[str, float]:
        """Return the numbers of a measured quantity by their paths.

        A ranking that a share holds counts by how many documented names are among its first, and by the
        score of its first row.
        """
        return numbers_of(value, ranked={s.at: s.ranking_numbers(documented) for s in self.shares if s.ranks})

    def interval(self, printed: float) -> tuple[float, float]:
        """Return the lowest and highest value that a printed number stands for: its rounding interval."""
        half = half_digit(printed, None)
        if self.decimals is not None:
            half = min(half, half_digit(printed, self.decimals))
        return printed - half, printed + half

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Raise TypeError: one value decides nothing here."""
        raise TypeError(
            "a reference rule is decided on the recorded runs, not on one value: "
            "workshop show CLAIM --mine NUMBER"
        )

    def decide_each(self, documented: Any, measured: Any) -> Decision:
        """Check what each run shows by construction (`every`); the rest takes the reference sample."""
        decisions = [every.decide(documented, measured) for every in self.every]
        failed = next((d for d in decisions if not d.holds), None)
        return failed or Decision(True, None, "; ".join(d.detail for d in decisions))

    def text(self) -> str:
        """Write the rule in words."""
        if self.order:
            statement = f"{self.order} order over the recorded runs"
        elif self.shares:
            statement = "; ".join(share.text() for share in self.shares)
        elif self.equivalent:
            statement = self.equivalent.text()
        else:
            scale = f", near normal on the {self.scale} scale" if self.scale else ""
            statement = f"printed value's place among the recorded runs{scale}"
        return "; ".join(
            ["like the reference sample", statement, *(f"each run {e.text()}" for e in self.every)]
        )


def numbers_of(value: Any, where: str = "", ranked: Rankings | None = None) -> dict[str, float]:
    """Return the numbers of a nested value by their paths; booleans count as 0 and 1.

    `ranked` gives the numbers of rankings by the paths that these have. Raises ValueError if it holds
    something else.
    """
    value = plain(value)
    if ranked and where in ranked:
        items = [(f"{where}.{key}" if where else key, item) for key, item in ranked[where](value).items()]
    elif isinstance(value, dict):
        items = [(f"{where}.{key}" if where else str(key), item) for key, item in value.items()]
    elif isinstance(value, list):
        items = [(f"{where}[{i}]", item) for i, item in enumerate(value)]
    elif is_number(value) or isinstance(value, bool):
        return {where: float(value)}
    else:
        raise ValueError(f"{where or 'the quantity'} is {value!r}, no number")
    return {path: number for key, item in items for path, number in numbers_of(item, key, ranked).items()}


def _chains(documented: Any) -> list[list[str]]:
    rows = documented if isinstance(documented, list) else []
    if rows and all(isinstance(row, str) for row in rows):
        rows = [rows]
    good = all(
        isinstance(row, Sequence)
        and len(row) > 1
        and len(set(map(str, row))) == len(row)
        and all(isinstance(name, str) for name in row)
        for row in rows
    )
    return [list(row) for row in rows] if good else []
