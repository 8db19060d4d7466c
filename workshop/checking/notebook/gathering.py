"""What a notebook's outputs say of each unit, as its outcome would have it: logs, scores, summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.keras_text import (
    Log,
    read_evaluation,
    read_logs,
    read_tables,
)
from workshop.checking.notebook.recognising import FoundUnit, Recognised, steps_edit, training_edits
from workshop.checking.notebook.values import MOST_DIGITS, NUMBER, Shown, read_values
from workshop.values import is_number

_PART = re.compile(r"\b(train|test)\w*", re.IGNORECASE)
_RMSE = re.compile(r"\bRMSE\b", re.IGNORECASE)
_FIRST_NUMBER = re.compile(rf"\s*({NUMBER})")
_LONGEST_LABEL = 200  # characters of a line that says what a number is
_GAN = re.compile(
    rf"Real accuracy\s*[:=]\s*({NUMBER})\D{{1,20}}?Fake accuracy\s*[:=]\s*({NUMBER})", re.IGNORECASE
)
_STEPS = re.compile(r"Train for (\d{1,15}) steps(?:, validate for (\d{1,15}) steps)?")
_SIZES = {
    "Conv1D": ("filters", "kernel_size"), "MaxPooling1D": ("pool_size",), "SimpleRNN": ("rnn_units",),
    "Embedding": ("vocabulary", "embedding_dim"), "SpatialDropout1D": ("spatial_dropout",),
    "Dropout": ("dropout",),
}  # fmt: skip


@dataclass
class Gathered:
    """What is known of one unit: an outcome as far as the notebook has it, and tables by claim.

    `cells` : where each field was found. `edits` : where the reader's model differs.
    """

    outcome: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    edits: tuple[str, ...] = ()

    @property
    def code(self) -> Literal["", "same", "other"]:
        """Whether the network and the settings of its training are the book's, "" without a training."""
        return "other" if self.edits else "same" if "settings" in self.cells else ""

    def put(self, cell: int, **fields: Any) -> None:
        """Add fields; what came later in the notebook counts."""
        self.outcome.update(fields)
        self.cells.update(dict.fromkeys(fields, cell))


def gather(cells: Sequence[Cell], recognised: Recognised) -> dict[str, Gathered]:
    """Return what the outputs of the cells say, by unit."""
    units: dict[str, Gathered] = {}
    for cell, calls in zip(cells, recognised.calls, strict=True):
        for found in calls:
            unit = units.setdefault(found.unit.unit, Gathered())
            unit.edits = unit.edits or found.edits
        text = f"{cell.stdout}\n{cell.result}"
        tables, summaries = read_tables(text), [found for found in calls if found.call.name == "summary"]
        for found, table in zip(summaries, tables, strict=True) if len(summaries) == len(tables) else ():
            unit, model = units[found.unit.unit], found.unit.models[found.model]
            for claim in filter(None, (model.summary, model.params)):
                unit.tables[claim], unit.cells[claim] = table, cell.number
        logs = read_logs(text)
        training = [found for found in calls if found.call.name == "fit"] or calls[: len(logs)]
        owners = {found.unit.unit for found in training}
        for found, log in zip(training, logs, strict=False):
            if len(logs) == len(training) or len(owners) == 1:
                unit = units[found.unit.unit]
                _log(cell.number, unit, log, text)
                unit.edits = steps_edit(found, log.steps) + unit.edits
        for found in training:
            if found.call.name == "fit":
                unit = units[found.unit.unit]
                _settings(cell.number, unit, found)
                unit.edits += tuple(text for text in training_edits(found) if text not in unit.edits)
        for found in calls:
            _scores(cell, units[found.unit.unit], found, after_log=bool(logs))
    return units


def _log(cell: int, unit: Gathered, log: Log, text: str = "") -> None:
    columns = {
        name: column
        for name in ("loss", "accuracy", "val_loss", "val_accuracy")
        if (column := log.column(name))
    }
    unit.put(cell, history=columns)
    loss, accuracy, val_loss = (columns.get(name, []) for name in ("loss", "accuracy", "val_loss"))
    epochs = {
        str(epoch): [metrics["loss"], metrics["accuracy"]]
        for epoch, metrics in log.epochs.items()
        if metrics.keys() >= {"loss", "accuracy"}
    }
    if epochs:
        unit.put(cell, log=epochs)
    elif loss and val_loss:
        unit.put(cell, log=[list(row) for row in zip(loss, val_loss, strict=True)])
    if loss and accuracy:
        first = next((n for n, value in enumerate(accuracy, start=1) if value >= 1.0), len(accuracy) + 1)
        unit.put(cell, first_epoch_at_1=Shown(str(first)), best_accuracy=max(accuracy))
    if "val_accuracy" in columns:
        unit.put(cell, best_val_accuracy=max(columns["val_accuracy"]))
    if log.samples:
        numbers = list(log.samples)
        ran = {"samples": numbers, "n_train_val": numbers}
        if len(numbers) == 2:
            unit.put(cell, sizes={"train": numbers[0], "validation": numbers[1]})
        unit.put(cell, n_samples=numbers[0], n_train=numbers[0], ran=ran, training=ran)
    steps = _STEPS.search(text)
    if steps and steps[2]:
        unit.put(cell, steps={"train": Shown(steps[1]), "validation": Shown(steps[2])})


def _settings(cell: int, unit: Gathered, found: FoundUnit) -> None:
    """Put the settings of a training and of its layers, as the claims name them."""
    settings: dict[str, Any] = {}
    for part in found.call.model:
        settings = {**dict(zip(_SIZES.get(part.kind, ()), part.sizes, strict=False)), **settings}
    given = found.call.settings
    settings |= {name: given[name] for name in ("epochs", "batch_size", "validation_split") if name in given}
    unit.put(cell, settings={name: Shown(str(its)) for name, its in settings.items() if is_number(its)})


def _scores(cell: Cell, unit: Gathered, found: FoundUnit, *, after_log: bool) -> None:
    """Put what an evaluation, a score or a function of the reader's own says of a model."""
    name = found.call.name
    values = [value for text in (cell.result, cell.stdout) for value in read_values(text)]
    prefix, data = found.unit.evaluated, " ".join(found.call.data).lower()
    if name == "evaluate" and prefix and not after_log and not (prefix == "test" and "train" in data):
        bar = read_evaluation(cell.stdout)
        metrics: dict[str, Any] = {name: bar[name] for name in ("loss", "accuracy") if name in bar}
        pairs = [its for its in values if isinstance(its, list) and list(map(type, its)) == [Shown] * 2]
        if len(pairs) == 1:
            metrics = {"loss": pairs[0][0], "accuracy": pairs[0][1]}
        metrics = {**_labelled(cell.stdout), **metrics}
        unit.put(cell.number, **{f"{prefix}_{name}": number for name, number in metrics.items()})
    elif name == "accuracy_score":
        numbers = [value for value in values if isinstance(value, Shown)]
        if len(numbers) == 1 and 0 <= numbers[0] <= 1:
            unit.put(cell.number, test_accuracy=numbers[0], test_acc=numbers[0])
    elif name == "confusion_matrix":
        matrices = [value for value in values if isinstance(value, list)]
        if len(matrices) == 1:
            unit.put(cell.number, confusion=matrices[0])
    rmse = _rmse(cell.stdout)
    if rmse:
        unit.put(cell.number, **rmse)
    gan = _gan_log(cell.stdout)
    if gan:
        unit.put(cell.number, log=gan)


# Each call on a model of a cell asks for what the cell printed: it is read once.


@lru_cache(maxsize=1)
def _rmse(text: str) -> dict[str, Shown]:
    """Return errors such as `Train Score: 0.93 RMSE: 4.86` by the part of the data."""
    errors = {}
    pieces = re.split("[:=]", text)
    for piece, after in pairwise(pieces):
        label = piece.rpartition("\n")[2]
        part, number = _PART.search(label), _FIRST_NUMBER.match(after)
        if part and number and _RMSE.search(label, part.end()) and len(number[1]) < MOST_DIGITS:
            errors[f"{part[1].lower()}_rmse"] = Shown(number[1])
    return errors


@lru_cache(maxsize=1)
def _gan_log(text: str) -> dict[str, list[Shown]]:
    rows = [row for row in _GAN.findall(text) if max(map(len, row)) < MOST_DIGITS]
    real, fake = ([Shown(row[place]) for row in rows] for place in (0, 1))
    return {"real": real, "fake": fake} if rows else {}


@lru_cache(maxsize=1)
def _labelled(text: str) -> dict[str, Shown]:
    """Return loss and accuracy from lines such as `Test accuracy: 0.97`, each if it is there once."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    short = "\n".join(line if len(line) < _LONGEST_LABEL else "\n" for line in lines if line)
    metrics = {}
    for name in ("loss", "accuracy"):
        numbers = re.findall(
            rf"^[^\n:=\d-]*\b{name}\b\s?(?:is|[:=])?\s?({NUMBER})$", short, re.IGNORECASE | re.MULTILINE
        )
        if len(numbers) == 1 and len(numbers[0]) < MOST_DIGITS:
            metrics[name] = Shown(numbers[0])
    return metrics
