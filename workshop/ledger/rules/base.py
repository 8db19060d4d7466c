"""The base of all rules: how a rule is written, what it decides, and the vocabulary of rules."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, PlainValidator, SerializeAsAny, ValidationError

from workshop.ledger.errors import in_words

# what to expect of a value, from the strictest to what is decided without a run
Kind = Literal["exact", "close", "bound", "ordering", "shape", "stochastic", "external"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# rules by name, then by the parameter in which rules of one name differ
_vocabulary: dict[str, dict[str, type[Rule]]] = {}


@dataclass(frozen=True)
class Decision:
    """Whether a rule holds, by what margin, and why.

    The margin is in the quantity's unit: positive if the rule holds, None if there is no distance to measure.
    """

    holds: bool
    margin: float | None
    detail: str


class StrictRule(BaseModel):
    """A mapping of known keys to values of their exact types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)


class Rule(StrictRule):
    """A rule compares a measured value with the expected one, which is the printed value or its correction.

    `name` is its name in the ledger. Rules of the same name differ in their `key`, a parameter that only one
    of them has. `of_kind` says what to expect of the value. `needs_run`: it takes a measured value; a rule
    that does not has an `evidence` of its own. `needs_sample`: it takes recorded runs, so that one measured
    value can't decide it. `is_whole`: it takes a whole quantity and is not a part of another rule.
    """

    name: ClassVar[str]
    of_kind: ClassVar[Kind] = "exact"
    key: ClassVar[str] = ""
    needs_run: ClassVar[bool] = True
    evidence: ClassVar[str | None] = None
    needs_sample: ClassVar[bool] = False
    is_whole: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Add a rule that has a name to the vocabulary."""
        super().__pydantic_init_subclass__(**kwargs)
        if "name" in cls.__dict__ or "key" in cls.__dict__:
            _vocabulary.setdefault(cls.name, {})[cls.key] = cls

    @property
    def kind(self) -> Kind:
        """What to expect of the value that the rule decides."""
        return self.of_kind

    def fit(self, documented: Any) -> None:
        """Raise ValueError, with the remedy, if the rule does not fit the documented value's type."""

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Compare one measured value with the expected one."""
        raise NotImplementedError

    @abstractmethod
    def text(self) -> str:
        """Write the rule in words."""

    def decide_all(self, expected: Any, sample: Sequence[Any]) -> Decision:
        """Compare every outcome of a sample with the expected value; the worst one decides."""
        decisions = [self.decide(expected, measured) for measured in sample]
        return min(decisions, key=lambda d: (d.holds, math.inf if d.margin is None else d.margin))

    def refute(self, printed: Any, instead: Any, sample: Sequence[Any]) -> Decision:
        """Check a finding on a sample: the rule must refuse the printed value and accept the one instead."""
        decision = self.decide_all(printed, sample)
        if decision.holds:
            return Decision(False, decision.margin, f"the printed value holds after all: {decision.detail}")
        return self.decide_all(instead, sample)


def parse_rule(value: Any) -> Rule:
    """Build a rule from its written form, a name or a mapping of one name to parameters.

    Raises ValueError with the remedy.
    """
    if isinstance(value, Rule):
        return value
    parameters: Any = {}
    if isinstance(value, str):
        name = value
    elif isinstance(value, Mapping) and len(value) == 1:
        ((name, parameters),) = value.items()
        if not isinstance(parameters, Mapping) or not parameters:
            raise ValueError(f"rule {name} has no mapping of parameters: add them, or write the bare name")
    else:
        given = ", ".join(map(str, value)) if isinstance(value, Mapping) else repr(value)
        raise ValueError(
            f"a rule is one name, or one name with its parameters, not {given or 'none'}: give one"
        )
    if name not in _vocabulary:
        raise ValueError(f"unknown rule {name!r}: use one of {', '.join(sorted(_vocabulary))}")
    kinds = _vocabulary[name]
    keys = [key for key in kinds if key in parameters]
    if len(keys) > 1:
        raise ValueError(f"a claim makes one statement, not {' and '.join(keys)}: split the claim")
    try:
        return kinds[keys[0] if keys else ""].model_validate(dict(parameters))
    except ValidationError as error:
        raise ValueError(f"rule {name}: {in_words(error)}") from None


AnyRule = Annotated[SerializeAsAny[Rule], PlainValidator(parse_rule)]


def vocabulary() -> dict[str, tuple[type[Rule], ...]]:
    """Return all rules by the name that the ledger writes."""
    return {name: tuple(kinds.values()) for name, kinds in _vocabulary.items()}
