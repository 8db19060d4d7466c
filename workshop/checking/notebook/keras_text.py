"""What Keras 2.2 to 3.15 print: logs of trainings, results of evaluations, and summaries of models.

No pattern goes over a text twice, whatever is in it: digits, names and blanks are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from workshop.checking.notebook.values import MOST_DIGITS, NUMBER, Shown

Metrics = Mapping[str, Shown]

_EPOCH = re.compile(r"^[ \t]*Epoch (\d{1,9})/(\d{1,9})(?!\d)\s*", re.MULTILINE)
_SAMPLES = re.compile(r"Train on (\d{1,15}) samples(?:, validate on (\d{1,15}) samples)?")
_CHAIN = re.compile(rf"(?: [-—] \w+: {NUMBER})+")
_METRIC = re.compile(rf"(\w+): ({NUMBER})")
_TIMED = re.compile(r"(?:/(?:sample|step)|(?:^|\d) ?- \d+m?s)\s*$")
_COUNT = re.compile(r"^\s*(\d+)/(\d+)\b")
# names of Keras 2.2, and of compiled metrics with a class of their own
_NAMES = {"acc": "accuracy", "val_acc": "val_accuracy", "binary_accuracy": "accuracy"}
_LONGEST_MARK = 40  # characters before a chain that say how long a step took
_LONGEST_ROW = 1000  # characters of a summary's row that is wrapped
_RULE = re.compile(r"^[\s_=─━┃│┡╇┩├┼┤└┴┘┏┳┓]*$")
_ROW = re.compile(
    r"^(?P<name>[\w.]+) \((?P<kind>\w+)(?P<end>\)?) ?(?P<shape>[\[(].*?[\])]|\?|multiple)?,? "
    r"(?P<params>\d[\d,]{0,30})(?![\w,])"
)
_TOTAL = re.compile(r"^(Total|Trainable|Non-trainable) params: (\d[\d,]{0,30})(?![\d,])")


@dataclass(frozen=True)
class Log:
    """A training's log: metrics by epoch from 1 on, and numbers of samples if they were printed.

    `steps` : of an epoch, 0 if they were not printed; Keras 2.2 counts samples.
    """

    epochs: Mapping[int, Metrics]
    planned: int
    samples: tuple[Shown, ...] = ()
    steps: int = 0

    def column(self, name: str) -> list[Shown]:
        """Return a metric of all epochs in order, nothing if an epoch is missing."""
        if len(self.epochs) < self.planned:  # no list is made of more epochs than were printed
            return []
        numbers = [self.epochs.get(epoch, {}).get(name) for epoch in range(1, self.planned + 1)]
        return [number for number in numbers if number is not None] if None not in numbers else []


@dataclass(frozen=True)
class SummaryRow:
    """A row of a summary: name, class, output shape, parameters; Keras 2 may have `cut` off the class."""

    name: str
    kind: str
    shape: tuple[int | None, ...]
    params: int
    cut: bool = False


@dataclass(frozen=True)
class SummaryTable:
    """A model's summary: its layers, and the numbers of all, trainable and other parameters."""

    layers: tuple[SummaryRow, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)


def read_logs(text: str) -> list[Log]:
    """Return the logs of trainings in a text; an epoch that did not end is left out."""
    logs: list[Log] = []
    marks = list(_EPOCH.finditer(text))
    epochs: dict[int, Metrics] = {}
    samples: tuple[Shown, ...] = ()
    planned = begin = steps = 0
    for mark, after in zip(marks, [*marks[1:], None], strict=False):
        number, of = int(mark[1]), int(mark[2])
        if number == 1 or of != planned or number in epochs:
            if epochs:
                logs.append(Log(epochs, planned, samples, steps))
            epochs, planned, steps = {}, of, 0
            found = list(_SAMPLES.finditer(text[begin : mark.start()]))
            samples = tuple(Shown(number) for number in found[-1].groups() if number) if found else ()
        block = text[mark.end() : after.start() if after else len(text)]
        metrics = _final(block, last=after is None)
        if metrics:
            epochs[number] = metrics
            steps = steps or _steps(block)
        begin = mark.end()
    if epochs:
        logs.append(Log(epochs, planned, samples, steps))
    return logs


def _final(block: str, *, last: bool) -> Metrics:
    """Return the metrics at the end of an epoch: the longest chain, of several the last timed one.

    A line of a progress bar may end with the rest of a longer one that was written before.
    """
    chains: list[tuple[int, int, Metrics]] = []
    for line in block.split("\n"):
        count = _COUNT.match(line)
        if count is not None and count[1] != count[2]:
            continue  # the epoch goes on
        for chain in _CHAIN.finditer(line):
            if _TIMED.search(line, max(0, chain.start() - _LONGEST_MARK), chain.start()):
                place = -len(chains) if last else len(chains)  # an evaluation may follow the last epoch
                chains.append((chain[0].count(":"), place, _metrics(chain[0])))
    return max(chains, key=lambda chain: chain[:2])[2] if chains else {}


def _steps(block: str) -> int:
    """Return the steps that a finished epoch counts, 0 if it does not."""
    counts = (count for line in block.split("\n") if (count := _COUNT.match(line)) and count[1] == count[2])
    return next((int(count[1]) for count in counts if len(count[1]) < MOST_DIGITS), 0)


def _metrics(chain: str) -> dict[str, Shown]:
    pairs = _METRIC.findall(chain)
    return {_NAMES.get(name, name): Shown(number) for name, number in pairs if len(number) < MOST_DIGITS}


@lru_cache(maxsize=1)  # each evaluation of a cell asks for it
def read_evaluation(text: str) -> Metrics:
    """Return the metrics of the last line of an evaluation's progress bar; nothing if there is none."""
    lines = [line for line in text.split("\n") if _CHAIN.search(line)]
    return _final(lines[-1], last=False) if lines else {}


def read_tables(text: str) -> list[SummaryTable]:
    """Return the summaries of models in a text."""
    tables: list[SummaryTable] = []
    layers: list[SummaryRow] = []
    for line in _rows(text) if " params: " in text else ():
        row = _ROW.match(" ".join(line.split()))
        if row is not None and (shape := _shape(row["shape"])) is not None:
            params = int(row["params"].replace(",", ""))
            layers.append(SummaryRow(row["name"], row["kind"], shape, params, cut=not row["end"]))
            continue
        total = _TOTAL.match(line.strip())
        if total is not None:
            key = {"Total": "total", "Trainable": "trainable"}.get(total[1], "non_trainable")
            if key == "total":
                tables.append(SummaryTable(tuple(layers), {}))
                layers = []
            if tables:
                totals = {**tables[-1].totals, key: int(total[2].replace(",", ""))}
                tables[-1] = SummaryTable(tables[-1].layers, totals)
    return tables


def _rows(text: str) -> Iterator[str]:
    """Yield the lines of summaries, without frames; a row of Keras 3 that is wrapped as one."""
    open_row: list[str] = []
    for line in text.split("\n"):
        if "│" in line:
            cells = [cell.strip() for cell in line.strip().strip("│").split("│")]
            short = sum(map(len, open_row)) < _LONGEST_ROW
            if open_row and not cells[-1] and len(cells) == len(open_row) and short:
                pairs = zip(open_row, cells, strict=True)
                open_row = [f"{a} {b}" if b.startswith("(") else f"{a}{b}" for a, b in pairs]
            else:
                yield "  ".join(open_row)
                open_row = cells
            continue
        if open_row:
            yield "  ".join(open_row)
            open_row = []
        if not _RULE.match(line):
            yield line.strip()
    yield "  ".join(open_row)


def _shape(text: str | None) -> tuple[int | None, ...] | None:
    if text is None or not re.fullmatch(r"[\[(]+[\s\d,None]*[\])]+", text) or re.search(r"\d{16}", text):
        return () if text in {"?", "multiple"} else None
    parts = re.findall(r"\d+|None", text)
    return tuple(None if part == "None" else int(part) for part in parts)
