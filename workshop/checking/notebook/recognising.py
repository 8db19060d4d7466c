"""Which unit of the book a notebook's code belongs to: by layers, data sets and words, and by their order."""

from __future__ import annotations

import difflib
import fnmatch
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from workshop.checking.notebook.code import CellCall, CellCode
from workshop.strict_yaml import read_yaml

# layers that are written in several ways, and compute nothing of their own or what others say
_SHAPING = {"Activation", "Flatten", "Reshape"}
# a model that differs from a unit's in so much is still taken for it, if the data set is the unit's
_MOST_EDITS = 2.0


@dataclass(frozen=True)
class KnownModel:
    """A unit's model: its layers without those that only shape, and the claims of its summary."""

    layers: tuple[str, ...]
    summary: str | None = None
    params: str | None = None


@dataclass(frozen=True)
class KnownCode:
    """How a unit's code is recognised; see `units.yaml`."""

    unit: str
    data: str | None = None
    models: Mapping[str, KnownModel] = field(default_factory=dict)
    code: tuple[tuple[str, ...], ...] = ()
    evaluated: str | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundUnit:
    """A call that belongs to a unit's model; `edits` says where the reader's layers are others."""

    unit: KnownCode
    model: str
    call: CellCall
    edits: tuple[str, ...] = ()


@cache
def known_units() -> Mapping[str, KnownCode]:
    """Return what is known of the units' code, by unit in the book's order."""
    units = {}
    for unit, entry in _content()["units"].items():
        models = {
            name: KnownModel(_essential(model["layers"]), model.get("summary"), model.get("params"))
            for name, model in entry.get("models", {}).items()
        }
        words = tuple(tuple(word.split("|")) for word in entry.get("code", ()))
        others = {name: entry[name] for name in ("data", "evaluated", "training", "reads") if name in entry}
        units[unit] = KnownCode(unit, models=models, code=words, **others)
    return units


@cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = read_yaml(
        (resources.files("workshop.checking.notebook") / "units.yaml").read_text("utf-8")
    )
    return content


def classes_of(unit: str) -> int:
    """Return how many classes a unit's network tells apart; 2 where its last layer has one unit."""
    known = known_units().get(unit)
    last = [model.layers[-1].partition(" ") for model in known.models.values()] if known else []
    return max([2, *(int(size) for kind, _, size in last if kind == "Dense" and size.isdigit())])


def _essential(layers: Sequence[str]) -> tuple[str, ...]:
    return tuple(layer for layer in layers if layer.split()[0] not in _SHAPING)


@dataclass
class Recognised:
    """What the cells of a notebook belong to.

    `calls` are, by cell, those on models of units. `units` are, by cell, the units whose models or words are
    all in the notebook, the one that was complete last up to this cell first.
    """

    calls: list[list[FoundUnit]]
    units: list[list[KnownCode]]


def recognise(codes: Sequence[CellCode]) -> Recognised:
    """Return which calls and cells belong to which units; what is not sure belongs to none."""
    words = _Words(codes)
    stacks = {call.model for code in codes for call in code.calls}
    written = {_essential([str(part) for part in stack]) for stack in stacks}
    there = {
        unit.unit: sum(
            any(_alike(stack, model.layers) for stack in written) for model in unit.models.values()
        )
        for unit in known_units().values()
    }
    calls = [
        [found for call in code.calls if (found := _owner(call, cell, words, there))]
        for cell, code in enumerate(codes)
    ]
    models = {found.unit.unit: found.unit for its in calls for found in its}
    units_there = [u for u in known_units().values() if u.unit in models or (not u.models and words.has(u))]
    units, built = [], dict[str, int]()
    for cell in range(len(codes)):
        built.update((found.unit.unit, cell) for found in calls[cell])
        # of two that share their last word, the one that began last: the other is an earlier exercise
        since = {unit.unit: words.since(unit, cell) for unit in units_there}
        ranks = {unit: (max(last, built.get(unit, -1)), first) for unit, (first, last) in since.items()}
        units.append(sorted(units_there, key=lambda unit: ranks[unit.unit], reverse=True))
    return Recognised(calls, units)


class _Words:
    """Where the words of a notebook come first and last."""

    def __init__(self, codes: Sequence[CellCode]) -> None:
        self._cells: dict[str, list[int]] = {}
        for cell, code in enumerate(codes):
            for word in code.words:
                self._cells.setdefault(word, []).append(cell)
        self._matching: dict[str, list[int]] = {}

    def _places(self, pattern: str) -> list[int]:
        if pattern not in self._matching:
            names = fnmatch.filter(self._cells, pattern.replace("[", "[[]")) if "*" in pattern else [pattern]
            self._matching[pattern] = sorted({c for name in names for c in self._cells.get(name, ())})
        return self._matching[pattern]

    def last(self, patterns: Collection[str], cell: int) -> int | None:
        """Return the last cell up to this one that has one of the words, or None."""
        found = ((places, bisect_right(places, cell)) for places in map(self._places, patterns))
        return max((places[after - 1] for places, after in found if after), default=None)

    def data(self, name: str, cell: int) -> int | None:
        """Return the last cell up to this one that names a data set, or None."""
        return self.last(_content()["data"][name], cell)

    def _needed(self, unit: KnownCode) -> list[Collection[str]]:
        return [*unit.code, *([_content()["data"][unit.data]] if unit.data else [])]

    def has(self, unit: KnownCode) -> bool:
        """Whether the notebook has the words that a unit without a model is recognised by."""
        needed = self._needed(unit)
        return bool(unit.code) and all(any(self._places(word) for word in words) for words in needed)

    def since(self, unit: KnownCode, cell: int) -> tuple[int, int]:
        """Return the first and last of the cells, up to this one, that have a unit's words last.

        -1 stands for both if not all words are there yet.
        """
        places = [self.last(words, cell) for words in self._needed(unit)]
        known = [place for place in places if place is not None]
        return (min(known), max(known)) if known and len(known) == len(places) else (-1, -1)


class _Rank(NamedTuple):
    """How well a unit's model fits a call: the same layers and the latest data, or else the fewest edits."""

    same: bool
    nearness: float
    models: int = 0


def _owner(call: CellCall, cell: int, words: _Words, there: Mapping[str, int]) -> FoundUnit | None:
    """Return the unit's model on which a call is, None if that is not sure.

    `there` : how many of a unit's models the notebook has.
    """
    layers = _essential([str(part) for part in call.model])
    ranked: list[tuple[_Rank, FoundUnit]] = []
    for unit in known_units().values():
        data = words.data(unit.data, cell) if unit.data else -1
        if data is None or any(words.last(word, cell) is None for word in unit.code):
            continue
        for name, model in unit.models.items():
            if (call.name == "summary") != (model.summary is not None) and _has_other(unit, model):
                continue
            whole = there[unit.unit] == len(unit.models)
            if _alike(layers, model.layers) and (whole or unit.data):
                rank = _Rank(True, float(data), there[unit.unit] if whole else 0)
                ranked.append((rank, FoundUnit(unit, name, call)))
            elif unit.data and len(layers) > 1 and (cost := _cost(layers, model.layers)) <= _MOST_EDITS:
                edits = _edits(layers, model.layers)
                ranked.append((_Rank(False, -cost), FoundUnit(unit, name, call, edits)))
    best = max((rank for rank, _ in ranked), default=None)
    first = [found for rank, found in ranked if rank == best]
    return first[0] if len({found.unit.unit for found in first}) == 1 else None


def _alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether layers are the same; a size that the code does not show may be any, if most are known."""
    if mine == theirs:
        return True
    if len(mine) != len(theirs):
        return False
    unknown = [a.split(" ")[0] == b.split(" ")[0] and "?" in a for a, b in zip(mine, theirs, strict=True)]
    same = all(a == b or u for a, b, u in zip(mine, theirs, unknown, strict=True))
    return same and 3 * sum(unknown) <= len(theirs)


def _has_other(unit: KnownCode, model: KnownModel) -> bool:
    """Whether another unit has the summary, or the training, of the same model of the same data."""
    return any(
        other.unit != unit.unit and other.data == unit.data and model.layers == its.layers
        for other in known_units().values()
        for its in other.models.values()
        if not set(other.models) & {"generator"}
    )


def _cost(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Return how far two stacks of layers are apart: 1 for another size, 2 for a layer more or less."""
    kinds = [[layer.split()[0] for layer in stack] for stack in (mine, theirs)]
    if kinds[0] == kinds[1]:
        different = sum(a != b for a, b in zip(mine, theirs, strict=True))
        return float(different) if 2 * different <= len(theirs) else 9.0
    if abs(len(mine) - len(theirs)) > 1:  # each layer more or less costs 2
        return 9.0
    blocks = difflib.SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return 2.0 * (len(mine) + len(theirs) - 2 * same) if same >= 3 else 9.0


def _edits(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    texts = []
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        yours, book = ", ".join(mine[a:b]), ", ".join(theirs[c:d])
        if kind == "replace":
            texts.append(f"the model has {yours}, in the book {book}")
        elif kind == "delete":
            texts.append(f"the model has {yours}, which the book's has not")
        elif kind == "insert":
            texts.append(f"the model has no {book}")
    return tuple(texts)


# what Keras takes where a training does not say it, and other names of a loss
_DEFAULTS = {"epochs": 1, "batch_size": 32}
_LOSSES = {"mse": "mean_squared_error"}
_RATES = {"adam": 0.001, "rmsprop": 0.001, "sgd": 0.01}


def training_edits(found: FoundUnit) -> tuple[str, ...]:
    """Say where a training's settings are others than the unit's; what the code does not show is left out."""
    call, texts = found.call, []
    rate = {"learning_rate": _RATES[its]} if (its := found.unit.training.get("optimizer")) in _RATES else {}
    settings = {**rate, **found.unit.training}
    if call.settings.get("optimizer") != its:
        settings.pop("learning_rate", None)  # those of another optimizer mean something else
    for name, book in settings.items():
        mine = call.settings.get(name, None if name in call.given else _DEFAULTS.get(name))
        mine = _LOSSES.get(mine, mine) if isinstance(mine, str) else mine
        if mine is None and name == "validation_split" and not call.given & {name, "**"}:
            texts.append(f"{name} is not given, in the book {book}")
        elif mine is not None and mine != book:
            texts.append(f"{name} is {mine}, in the book {book}")
    return tuple(texts)


def steps_edit(found: FoundUnit, steps: int) -> tuple[str, ...]:
    """Say that an epoch has other steps than the unit's, nothing if it has not or they are not known.

    Another size of the batches explains it. Keras 2.2 counts rows.
    """
    training = found.unit.training
    book, batch = training.get("steps", 0), training.get("batch_size", _DEFAULTS["batch_size"])
    mine = found.call.settings.get("batch_size", _DEFAULTS["batch_size"])
    if not steps or not book or mine != batch or book in {steps, -(-steps // batch)}:
        return ()
    return (f"an epoch has {steps} steps, in the book {book}: the data, or how they are split, are others",)
