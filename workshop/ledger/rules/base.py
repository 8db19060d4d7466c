"""What all rules share: how a rule is written, what it decides, and the vocabulary of all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, PlainValidator, SerializeAsAny, ValidationError

from workshop.ledger.errors import in_words

# rules by name, then by the parameter that tells several of one name apart
_vocabulary: dict[str, dict[str, type[Rule]]] = {}


@dataclass(frozen=True)
class Decision:
    """Whether a rule holds, by what margin, and why.

    The margin is positive inside, in the quantity's unit; None if it is not a matter of degree.
    """

    holds: bool
    margin: float | None
    detail: str


class Strict(BaseModel):
    """A mapping of known keys to values of their exact types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Rule(Strict):
    """A rule sees the expected value, as printed or its correction, and what was measured.

    `name` is how the ledger writes it. Rules of the same name differ in a parameter that only one of them
    has, its `key`. `needs_run`: whether it takes a measured value. `needs_sample`: whether it takes recorded
    runs, so that one measured value can't decide it.
    """

    name: ClassVar[str]
    key: ClassVar[str] = ""
    needs_run: ClassVar[bool] = True
    needs_sample: ClassVar[bool] = False
    is_whole: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Add a rule that has a name to the vocabulary."""
        super().__pydantic_init_subclass__(**kwargs)
        if "name" in cls.__dict__ or "key" in cls.__dict__:
            _vocabulary.setdefault(cls.name, {})[cls.key] = cls

    def fit(self, documented: Any) -> None:
        """Raise ValueError, with the remedy, if the rule does not fit the documented value's type."""

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Hold one measured value against the expected one."""
        raise NotImplementedError

    def text(self) -> str:
        """Write the rule in words."""
        raise NotImplementedError

    def decide_all(self, expected: Any, sample: Sequence[Any]) -> Decision:
        """Hold every outcome of a sample against the expected value: the worst one decides."""
        decisions = [self.decide(expected, measured) for measured in sample]
        return min(decisions, key=lambda d: (d.holds, math.inf if d.margin is None else d.margin))

    def refute(self, printed: Any, instead: Any, sample: Sequence[Any]) -> Decision:
        """Hold a sample against a finding: refuse the printed value and accept what is recorded instead."""
        held = self.decide_all(printed, sample)
        if held.holds:
            return Decision(False, held.margin, f"the printed value holds after all: {held.detail}")
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
