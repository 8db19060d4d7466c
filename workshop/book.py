"""The book as one value: its claims, the functions of its units, its data sets, and where its runs are.

Who verifies gets it, and hands it on; only what people call asks for the package's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workshop.datasets.model import DataSet, registry
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.ledger import Ledger, ledger

# the recorded runs of the package
SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Book:
    """A book that is verified. All but its claims are the package's own by default, and loaded late.

    `catalogue` returns the functions of chapters (`ch02`), and `data_sets` the data sets by id. `samples` is
    the folder of the recorded runs, with `references` and `repeated`.
    """

    ledger: Ledger
    catalogue: Callable[[Iterable[str]], Catalogue] = catalogue
    data_sets: Callable[[], Mapping[str, DataSet]] = registry
    samples: Path = SAMPLES


@cache
def package_book() -> Book:
    """Return the package's own. Raises LedgerError."""
    return Book(ledger())
