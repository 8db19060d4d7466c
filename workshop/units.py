"""`@unit`: the unit that a chapter function computes, and its needs.

A unit's parameters name its needs, the way pytest fixtures do: a data set (`mnist`), another unit's outcome
(`ch06_ex01` is unit `ch06.ex01`), `seed`, or one of the three doors (`workdir`, `checkpoint`, `clock`).
A function that computes many seeds at once takes `seeds` instead, and returns a tuple of one outcome per
seed. Parameters with a default are settings of the procedure. The decorated function stays an ordinary
function and can be called by hand with plain arrays.

A function returns a frozen dataclass with its quantities. One that has a single quantity names it in `value`
and returns it as it is.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field, fields, is_dataclass, make_dataclass
from typing import Any, Callable, Iterable, Mapping, Optional, TypeVar

DOORS = ("workdir", "checkpoint", "clock")
UNIT_ID = re.compile(r"ch\d\d\.(ex|act|text)\d\d")
_UNIT_PARAMETER = re.compile(r"(ch\d\d)_((?:ex|act|text)\d\d)")
_SEEDS = frozenset({"seed", "seeds"})
_MANY = re.compile(r"[Tt]uple\[(.+), \.\.\.\]")
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Part:
    """One function of a unit, with its needs and settings."""

    unit: str
    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    settings: Mapping[str, Any]
    first_steps: bool
    uses: tuple[str, ...]
    module: str = field(default="")
    value: str = ""

    @property
    def key(self) -> str:
        """The part's unique name in the package, e.g. `ch02.ex05:fit_perceptron`."""
        return f"{self.unit}:{self.name}"

    @property
    def stochastic(self) -> bool:
        """Whether the procedure draws random numbers, i.e. takes a `seed` or `seeds`."""
        return not _SEEDS.isdisjoint(self.needs)

    @property
    def batched(self) -> bool:
        """Whether one call computes many seeds, i.e. takes `seeds`; no outcome depends on the others."""
        return "seeds" in self.needs

    @property
    def datasets(self) -> tuple[str, ...]:
        """Ids of the data sets that the part takes."""
        others = {*_SEEDS, *DOORS}
        return tuple(n for n in self.needs if n not in others and unit_of(n) is None)

    @property
    def units(self) -> tuple[str, ...]:
        """Ids of the units whose outcomes the part takes."""
        return tuple(u for u in (unit_of(n) for n in self.needs) if u is not None)

    def outcome_type(self) -> type:
        """Return the frozen dataclass of one seed's outcome: that of the annotation, or one of the `value`.

        Raises
        ------
        TypeError
            If the return annotation is missing or is not a frozen dataclass of the function's module, or a
            tuple of them (`Tuple[Outcome, ...]`) where the function takes `seeds`.
        """
        if self.value:
            made: type = self.function.Outcome  # type: ignore[attr-defined]
            return made
        annotation = _of_one_seed(self)
        kind = self.function.__globals__.get(annotation) if isinstance(annotation, str) else annotation
        parameters = getattr(kind, "__dataclass_params__", None)
        if (
            not is_dataclass(kind)
            or not isinstance(kind, type)
            or parameters is None
            or not parameters.frozen
        ):
            name = "Tuple[Outcome, ...] of a frozen dataclass" if self.batched else "a frozen dataclass"
            raise TypeError(
                f"{self.key}: the return annotation must name {name} of {self.function.__module__}"
            )
        return kind

    def outcome_fields(self) -> tuple[str, ...]:
        """Return the names of the quantities that one run of the part returns."""
        return tuple(f.name for f in fields(self.outcome_type()))


def unit_of(parameter: str) -> Optional[str]:
    """Return the unit whose outcome a parameter names (`ch06_ex01` → `ch06.ex01`), or None."""
    match = _UNIT_PARAMETER.fullmatch(parameter)
    return f"{match.group(1)}.{match.group(2)}" if match else None


def _of_one_seed(part: Part) -> Any:
    """Return the annotation of what a function returns for one seed, None if it is not that."""
    annotation = part.function.__annotations__.get("return")
    if not part.batched:
        return annotation
    many = _MANY.fullmatch(annotation) if isinstance(annotation, str) else None
    return many.group(1) if many else None


def unit(
    unit_id: str,
    *,
    value: str = "",
    first_steps: bool = False,
    uses: str = "",
) -> Callable[[_Function], _Function]:
    """Declare a function as a unit or one of its parts.

    Parameters
    ----------
    unit_id : id of the unit, `chNN.exNN`, `chNN.actNN` or `chNN.textNN`.
    value : name of the one quantity that the function returns, if it returns no dataclass of several.
    first_steps : whether a default run makes only the first updates of its trainings, which take more than
        two seconds.
    uses : import names of the libraries that the part can't run without, separated by blanks.

    Raises
    ------
    ValueError
        If the id is malformed.
    """
    if not UNIT_ID.fullmatch(unit_id):
        raise ValueError(f"unit id {unit_id!r}: expected chNN.exNN, chNN.actNN or chNN.textNN")

    def declare(function: _Function) -> _Function:
        parameters = inspect.signature(function).parameters
        empty = inspect.Parameter.empty
        needs = tuple(n for n, p in parameters.items() if p.default is empty)
        given: dict[str, Any] = {n: p.default for n, p in parameters.items()}
        settings = {n: default for n, default in given.items() if default is not empty}
        part = Part(
            unit=unit_id,
            name=function.__name__,
            function=function,
            needs=needs,
            settings=settings,
            first_steps=first_steps,
            uses=tuple(uses.split()),
            module=function.__module__,
            value=value,
        )
        function.__unit_part__ = part  # type: ignore[attr-defined]
        if value:
            function.Outcome = _outcome_of_one(part)  # type: ignore[attr-defined]
        _shorten_reprs(function)
        return function

    return declare


def _outcome_of_one(part: Part) -> type:
    """Make the dataclass of a part's one quantity; `NAME.Outcome` in the module leads to it."""
    annotation = _of_one_seed(part)
    annotation = part.function.__globals__.get(annotation, annotation)  # the part's module may not have it
    kind = make_dataclass("Outcome", [(part.value, annotation)], frozen=True)
    kind.__module__ = part.module
    kind.__qualname__ = f"{part.name}.Outcome"
    kind.__repr__ = _short_repr  # type: ignore[assignment]
    return kind


def short_text(value: Any, limit: int = 70) -> str:
    """Write a value on one line of at most `limit` characters, an array by its type and shape."""
    text = " ".join(_write(value, limit).split())
    return text if len(text) <= limit else text[: limit - 2].rstrip() + " …"


def _write(value: Any, limit: int) -> str:
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        if value.shape:
            return "%s array %s" % (value.dtype, tuple(value.shape))
        value = value.item()
    if isinstance(value, float):
        return "%.6g" % value
    if is_dataclass(value) and not isinstance(value, type):
        return "%s(%s)" % (
            type(value).__name__,
            _join(("%s=%s" % (f.name, _write(getattr(value, f.name), limit)) for f in fields(value)), limit),
        )
    if isinstance(value, Mapping):
        return "{%s}" % _join(("%s: %s" % (k, _write(v, limit)) for k, v in value.items()), limit)
    if isinstance(value, (list, tuple)):
        return "[%s]" % _join((_write(item, limit) for item in value), limit)
    return str(value) or "''"


def _join(texts: Iterable[str], limit: int) -> str:
    """Join texts, but no more than can be shown."""
    shown = ""
    for text in texts:
        shown += (", " if shown else "") + text
        if len(shown) > limit:
            break
    return shown


def _short_repr(self: Any) -> str:
    lines = ["    %s=%s," % (f.name, short_text(getattr(self, f.name))) for f in fields(self)]
    return "\n".join([type(self).__name__ + "(", *lines, ")"])


def _shorten_reprs(function: Callable[..., Any]) -> None:
    """Give the outcomes that a function can return, and the dataclasses in them, a short repr.

    They are the dataclasses of its package that its module defines or imports.
    """
    package = function.__module__.rpartition(".")[0]
    for value in list(function.__globals__.values()):
        if isinstance(value, type) and is_dataclass(value):
            home = value.__module__
            if home == function.__module__ or (package and home.rpartition(".")[0] == package):
                value.__repr__ = _short_repr  # type: ignore[method-assign]


def parts_of(module: Any) -> tuple[Part, ...]:
    """Return the parts that a chapter's module declares, in the order of definition."""
    found: dict[str, Part] = {}
    for value in vars(module).values():
        # functions only: asking the lazy TensorFlow for an attribute would import it
        part = getattr(value, "__unit_part__", None) if inspect.isfunction(value) else None
        if isinstance(part, Part) and part.module == module.__name__:
            found.setdefault(part.key, part)  # a second name of the function is no second part
    return tuple(found.values())
