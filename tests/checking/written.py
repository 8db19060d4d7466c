"""Synthetic notebooks with the authors' values as outputs, in the shapes that Keras 2.2 to 3.15 print."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.checking.synthetic import UNITS
from workshop.checking.notebook.recognising import known_units
from workshop.ledger import Claim, ledger
from workshop.ledger.values import plain

CHAPTERS = Path(__file__).parents[2] / "workshop" / "chapters"
ERAS = ("2.2", "2.2 lines", "2.3", "2.4", "2.15 lines", "3", "3 lines")
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
Log = dict[int, dict[str, float]]


def notebook(cells: Sequence[tuple[str, Sequence[dict[str, Any]]]]) -> dict[str, Any]:
    """Return a notebook of code cells, as JSON has it."""
    written = [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": code, "outputs": list(outputs)}
        for code, outputs in cells
    ]
    return {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}


def stdout(text: str) -> dict[str, Any]:
    """Return what a cell printed, as an output."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def result(text: str) -> dict[str, Any]:
    """Return the last value of a cell, as an output."""
    return {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": text},
    }


def error(name: str, message: str) -> dict[str, Any]:
    """Return the error that ended a cell, as an output."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": []}


def write_unit(unit: str, era: str, path: Path) -> list[str]:
    """Write a unit's notebook, and return the claims whose values it shows."""
    writer = _Unit(unit, era)
    cells = [cell for code, shows in UNITS[unit] for cell in writer.cells(code, shows)]
    path.write_text(json.dumps(notebook(cells)), "utf-8")
    return writer.shown


def printed(claim: Claim) -> Any:
    """Return what the authors' notebook prints of a claim."""
    return plain(claim.documented if claim.notebook is None else claim.notebook)


class _Unit:
    """Writes the cells of one unit's notebook."""

    def __init__(self, unit: str, era: str) -> None:
        self.claims = {claim.name: claim for claim in ledger().units[unit].claims if not claim.ours}
        self.unit, self.era, self.shown = unit, era, list[str]()
        self.models: dict[str, int] = {}

    def cells(self, code: str, shows: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield a cell, or those that a word in capitals stands for."""
        head, *rest = code.split(" ")
        if head == "MODEL":
            yield _model(self.unit, *rest), []
        elif head == "SUMMARY":
            layers, params, *names = rest
            yield f"{names[0] if names else 'model'}.summary()", self._summary(layers, params)
        elif head == "FIT":
            yield f"history = model.fit(x, y, {' '.join(rest)})", [stdout(self._log())]
        elif head == "EVALUATE":
            data, loss, accuracy = rest
            numbers = [printed(self._show(name)) for name in (loss, accuracy)]
            yield (
                f"model.evaluate({data}, {data.replace('x', 'y')})",
                [stdout(_bar(self.era, 21, *numbers)), result(str(numbers))],
            )
        elif head == "SCORE":
            yield "predicted = (model.predict(x_test) > 0.5).astype(int)", []
            yield "print(accuracy_score(y_test, predicted))", [stdout(f"{printed(self._show(rest[0]))}\n")]
        elif head == "RMSE":
            train, test = (printed(self._show(f"{part}_rmse")) for part in ("train", "test"))
            text = f"Train RMSE: {train:.2f} RMSE\nTest RMSE: {test:.2f} RMSE\n"
            yield "performance(model)", [stdout(text)]
        elif head == "GAN":
            log = printed(self._show("accuracy_log"))
            self._show("final_accuracy")
            rows = (
                f"Real accuracy:{a},Fake accuracy:{b}\n"
                for a, b in zip(log["real"], log["fake"], strict=True)
            )
            yield "disc.train_on_batch(a, b)\n_, real = disc.evaluate(a, b)", [stdout("".join(rows))]
        elif shows and shows[0].startswith("table "):
            yield code, self._summary(*shows[0].split(" ")[1:])
        else:
            yield code, self._outputs(shows)

    def _show(self, name: str) -> Claim:
        self.shown.append(f"{self.unit}.{name}")
        return self.claims[name]

    def _outputs(self, shows: Sequence[str]) -> list[dict[str, Any]]:
        lines, results = [], []
        for show in shows:
            how, _, name = show.rpartition(" ")
            value = printed(self._show(name))
            if how == "like":  # the same output as that of the claim before
                continue
            (results if how in {"=", "array", "tuple", "types", "frame", "tail"} else lines).append(
                _text(value, how)
            )
        separator = " " if len(shows) == 2 and shows[0] == "w" else "\n"
        outputs = [stdout(separator.join(lines) + "\n")] if lines else []
        return [*outputs, *map(result, results)]

    def _summary(self, layers: str, params: str) -> list[dict[str, Any]]:
        rows, totals = printed(self._show(layers)), printed(self._show(params))
        if isinstance(rows, dict):
            rows = [["Flatten" if name == "flatten" else "Dense", *row] for name, row in rows.items()]
        numbers = list(totals.values()) if isinstance(totals, dict) else totals
        return [stdout(_summary_text(self.era, rows, numbers))]

    def _log(self) -> str:
        """Write the log of the unit's training; what nobody printed gets numbers of its own."""
        log: Log = {}
        samples: list[int] = []
        steps: list[int] = []
        for claim in self.claims.values():
            if claim.notebook is None:
                continue
            if claim.name in {"n_train_val", "n_samples", "n_train", "split_sizes"} and self.era in {
                "2.2",
                "2.2 lines",
                "2.3",
            }:
                value = printed(self._show(claim.name))
                value = value.get("samples", list(value.values())) if isinstance(value, dict) else value
                samples = value if isinstance(value, list) else [value]
            elif claim.name == "training_setup":
                self._show(claim.name)
            elif claim.name == "steps" and self.era == "2.3":
                steps = list(printed(self._show(claim.name)).values())
            elif claim.name == "first_epoch_at_1":
                log.setdefault(printed(claim), {})["accuracy"] = 1.0
            else:
                _place(claim, log)
        planned = {"ch02.ex05": 1000, "ch02.ex06": 50, "ch02.ex07": 50, "ch02.act01": 30}.get(
            self.unit, max(log)
        )
        metrics = (
            METRICS
            if self.unit[:4] in {"ch03", "ch06"}
            else METRICS[:2]
            if self.unit[:4] == "ch02"
            else ("loss", "val_loss")
        )
        rng = random.Random(self.unit)
        for epoch in range(1, planned + 1):
            for metric in metrics:
                log.setdefault(epoch, {}).setdefault(metric, round(rng.uniform(0.2, 0.9), 4))
        for claim in self.claims.values():
            if claim.notebook is not None and _is_of_log(claim):
                self._show(claim.name)
        started = "Train for {} steps, validate for {} steps\n".format(*steps) if steps else ""
        return started + _log_text(self.era, log, metrics, samples, _steps(self.unit))


def _steps(unit: str) -> int:
    """Return the steps of an epoch in the book's training; any number where it is not known."""
    known = known_units().get(unit)
    return known.training.get("steps", 53) if known else 53


def _model(unit: str, module: str, function: str, name: str = "model") -> str:
    """Return the code of a chapter's model, layer by layer."""
    (path,) = CHAPTERS.glob(f"{unit[:4]}_*/{module}.py")
    tree = ast.parse(path.read_text("utf-8"))
    (defined,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    arguments = defined.args
    lines = [
        "layers = keras.layers",
        "VOCABULARY = " + ("10000" if unit == "ch06.act01" else "8000"),
        f"{name} = Sequential()",
    ]
    for argument, default in zip(arguments.args[::-1], arguments.defaults[::-1], strict=False):
        lines.insert(0, f"{argument.arg} = {ast.unparse(default)}")
    (built,) = (
        node
        for node in ast.walk(defined)
        if isinstance(node, ast.List) and isinstance(node.elts[0], ast.Call)
    )
    layers = [layer for layer in built.elts if "InputLayer" not in ast.unparse(layer)]
    return "\n".join([*lines, *(f"{name}.add({ast.unparse(layer)})" for layer in layers)])


def _text(value: Any, how: str) -> str:
    if how == "types":
        return "(" + ", ".join(str(item) for item in value) + ")"
    if how == "shapes":
        return " ".join(str(tuple(shape)) for shape in value)
    if how == "classes":
        return "\n".join(f"<class '{item}'>" for item in value)
    if how == "padded":
        return str(np.array([0] * value["zeros_in_front"] + value["tokens"]))
    if how == "tuple":
        return str(tuple(value))
    if how == "array":
        return f"array([{value}], dtype=float32)"
    if how in {"frame", "tail"}:
        value = value if how == "frame" else [row[1:] for row in value]
        columns = "  ".join(f"column{place}" for place in range(len(value[0])))
        return "\n".join(
            [f"   {columns}", *(f"{n}  {'  '.join(map(str, row))}" for n, row in enumerate(value))]
        )
    leaf = value
    while isinstance(leaf, list) and leaf:
        leaf = leaf[0]
    numbers = isinstance(leaf, int | float)
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], list)
        and any(isinstance(x, str) for x in value[0])
        and any(isinstance(x, int | float) for x in value[0])
    ):
        return str([tuple(row) for row in value])
    if isinstance(value, list) and numbers:
        if how != "=" and all(isinstance(item, int) for item in value):
            return str(value)
        rows = np.array2string(
            np.array(value),
            separator=", " if how == "=" else " ",
            precision=9,
            threshold=10**6,
            floatmode="maxprec",
        )
        return f"array({rows})" if how == "=" else rows
    return repr(value) if how == "=" else str(value)


def _is_of_log(claim: Claim) -> bool:
    return any(_places(claim)) or claim.name in {"first_epoch_at_1", "within_50", "val_acc", "loss_decreases"}


def _places(claim: Claim) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a claim that a log has: the path in the outcome, and the printed value."""
    value = printed(claim)
    for name, measure in claim.measures().items():
        path = str(measure).removeprefix(f"{claim.unit}.").removeprefix("fresh.")
        part = (
            value
            if not name
            else value.get(name, value.get(int(name)) if name.isdigit() else None)
            if isinstance(value, dict)
            else None
        )
        if part is not None and path.startswith(("history.", "log.", "log[")):
            yield path, part


def _place(claim: Claim, log: Log) -> None:
    """Put a claim's printed numbers into a log."""
    for path, value in _places(claim):
        if path.startswith("history."):
            metric, _, index = path.removeprefix("history.").partition("[")
            numbers = value if isinstance(value, list) else [value]
            first = {"-1": 5}.get(index.rstrip("]").partition(":")[0])
            if first is None:
                first = int(index.rstrip("]").partition(":")[0] or 0) + 1
            if "::" in index:
                continue
            for epoch, number in enumerate(numbers, start=first):
                log.setdefault(epoch, {})[metric] = number
        elif path.startswith("log."):
            if isinstance(value, list) and len(value) == 2:
                log.setdefault(int(path[4:]), {}).update(loss=value[0], accuracy=value[1])
        elif ", 0]" in path:
            for epoch, number in enumerate(value, start=1):
                log.setdefault(epoch, {})["loss"] = number
        elif ":" in path:
            for epoch, row in enumerate(value, start=2):
                log.setdefault(epoch, {}).update(loss=row[0], val_loss=row[1])
        else:
            epoch, column = (int(part) for part in path[4:-1].split("]["))
            log.setdefault(epoch + 1, {})["val_loss" if column else "loss"] = value


def _number(number: float) -> str:
    return f"{number:.4f}" if number > 1e-3 else f"{number:.4e}"


def _metrics(era: str, metrics: dict[str, float], names: Sequence[str]) -> str:
    names = sorted(names, key=lambda name: (name.startswith("val"), name)) if era.startswith("3") else names
    short = {"accuracy": "acc", "val_accuracy": "val_acc"} if era.startswith("2.2") else {}
    return "".join(f" - {short.get(name, name)}: {_number(metrics[name])}" for name in names)


def _log_text(era: str, log: Log, names: Sequence[str], samples: Sequence[int], steps: int) -> str:
    lines = []
    rows = samples[0] if samples else steps  # Keras 2.2 counts rows
    if samples:
        validated = f", validate on {samples[1]} samples" if len(samples) > 1 else ""
        lines.append(f"Train on {samples[0]} samples{validated}\n")
    for epoch in sorted(log):
        lines.append(f"Epoch {epoch}/{max(log)}\n")
        metrics = _metrics(era, log[epoch], names)
        first = _metrics(
            era, dict.fromkeys(names, 0.5), [name for name in names if not name.startswith("val")]
        )
        whole = {
            "2.2": f" 32/{rows} [>] - ETA: 3s{first}\b\b\b\b\b\b{rows}/{rows} [=====] - 3s 2ms/step{metrics}",
            "2.2 lines": f" - 3s{metrics}",
            "2.3": f"{rows}/{rows} [======] - ETA: 0s{first} - 3s 58us/sample{metrics}s - loss: 0.153",
            "2.4": f" 1/{steps} [....] - ETA: 3s{first}\r{steps}/{steps} [======] - 3s 2ms/step{metrics}",
            "2.15 lines": f"{steps}/{steps} - 3s{metrics} - 3s/epoch - 2ms/step",
            "3": f"{_bar_of_3(1, steps)} 60ms/step{first}\b\b\r{_bar_of_3(steps, steps)} 2ms/step{metrics}",
            "3 lines": f"{steps}/{steps} - 3s - 2ms/step{metrics}",
        }[era]
        lines.append(f"{whole}\n")
    return "".join(lines)


def _bar_of_3(step: int, steps: int) -> str:
    return f"\x1b[1m{step:{len(str(steps))}}/{steps}\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m3s\x1b[0m"


def _bar(era: str, count: int, loss: float, accuracy: float) -> str:
    metrics = _metrics(era, {"loss": loss, "accuracy": accuracy}, ("loss", "accuracy"))
    return f"{count}/{count} [======] - 0s 1ms/step{metrics}\n"


def _summary_text(era: str, rows: Sequence[Sequence[Any]], totals: Sequence[int]) -> str:
    lines = ['Model: "sequential_3"']
    kinds = [(str(kind).rpartition("(")[2].rstrip(")"), str(kind).partition(" (")[0]) for kind, *_ in rows]
    for place, ((kind, given), row) in enumerate(zip(kinds, rows, strict=True)):
        name = given if given != kind else f"{kind.lower()}_{place + 7}"
        shape = str(tuple(row[1]))
        if era.startswith("3"):
            lines.append(f"│ {name} ({kind}) │ {shape} │ {row[2]:,} │\n├────┼────┼────┤")
        else:
            shape = f"[{shape}]" if kind == "InputLayer" else shape
            lines.append(f"{(name + ' (' + kind + ')')[:28]:<29}{shape:<26}{row[2]:<10}\n{'_' * 65}")
    names = ("Total", "Trainable", "Non-trainable")
    size = " (1.00 KB)" if era.startswith(("3", "2.15")) else ""
    lines += [
        f" {name} params: {number:,}{size}".lstrip(" " * (not era.startswith("3")))
        for name, number in zip(names, totals, strict=True)
    ]
    return "\n".join(lines) + "\n"
