"""The table of environments, read with the standard library alone, because noxfile.py and toxfile.py read it.

An environment is a Python, a TensorFlow release and a factor of Keras, and its name says
which, e.g. `py312-tf218-k3`. The rows of environments.toml give its requirements; one line refuses a
combination that no row allows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workshop.errors import WorkshopError
from workshop.untrusted import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).with_name("environments.toml")
# the oldest Python that the engine runs on; older ones need it in a separate environment
ENGINE = (3, 10)
NAME = re.compile(r"py(?P<python>3\d+)-tf(?P<tensorflow>2\d+)(?:-(?P<keras>\w+))?")
# half the size of `tensorflow`, but only for 64-bit Intel and AMD machines with Linux or Windows
DISTRIBUTIONS = {
    "tensorflow-cpu": "sys_platform != 'darwin' and platform_machine in 'x86_64 AMD64'",
    "tensorflow": "sys_platform == 'darwin' or platform_machine not in 'x86_64 AMD64'",
}


class TableError(WorkshopError):
    """The table has no such environment; the message is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(printable(message).split()))


@dataclass(frozen=True)
class MatrixEnvironment:
    """A Python, a TensorFlow release and a factor of Keras, "" where TensorFlow contains Keras.

    `requirements` are TensorFlow, Keras and bounds, for an environment that has the package with its extra
    `units`; `complete` are all that one without the package needs. The package can't be installed in a
    `separate` one.
    """

    python: str
    tensorflow: str
    keras: str
    requirements: tuple[str, ...]
    complete: tuple[str, ...]
    variables: Mapping[str, str]
    separate: bool
    keras_in_words: str

    @property
    def name(self) -> str:
        """Its name, from its parts."""
        parts = f"py{self.python}-tf{self.tensorflow}".replace(".", "")
        return f"{parts}-{self.keras}" if self.keras else parts


@dataclass(frozen=True)
class Table:
    """Releases of TensorFlow, factors of Keras, and why each environment is in the matrix, all by name."""

    releases: Mapping[str, Mapping[str, Any]]
    factors: Mapping[str, Mapping[str, Any]]
    libraries: tuple[str, ...]
    reasons: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the environments of the matrix."""
        return tuple(self.reasons)

    def environment(self, python: str, tensorflow: str, keras: str = "") -> MatrixEnvironment:
        """Return the environment of a Python, a TensorFlow release ("2.18") and a factor of Keras.

        Raises TableError where the release has no row, or does not run so.
        """
        row = self.releases.get(tensorflow)
        if row is None:
            raise TableError(f"no row for TensorFlow {tensorflow}: one of {', '.join(self.releases)}")
        if python not in row["pythons"]:
            known = ", ".join(row["pythons"])
            raise TableError(f"TensorFlow {tensorflow} does not run on Python {python}: one of {known}")
        if keras not in (row["keras"] or [""]):
            known = ", ".join(row["keras"]) or "none, because it contains Keras"
            raise TableError(f"TensorFlow {tensorflow} has no factor {keras or 'of none'}: {known}")
        lowest = row.get("candidate", f"{tensorflow}.0")
        factor = self.factors.get(keras, {"means": "the Keras that it contains", "requirements": []})
        requirements = (
            *(f"{name}~={lowest}; {marker}" for name, marker in DISTRIBUTIONS.items()),
            *(text.format_map(row) for text in factor["requirements"]),
            *row["bounds"],
        )
        return MatrixEnvironment(
            python=python,
            tensorflow=tensorflow,
            keras=keras,
            requirements=requirements,
            complete=(*requirements, *self.libraries),
            variables=MappingProxyType(dict(factor.get("variables", {}))),
            separate=row.get("separate", False) or numbers(python) < ENGINE,
            keras_in_words=factor["means"].format_map(row),
        )

    def named(self, name: str) -> MatrixEnvironment:
        """Return the environment of this name, also of one that is not in the matrix; raises TableError."""
        match = NAME.fullmatch(name)
        if match is None:
            raise TableError(f"{name}: an environment's name is like py312-tf218-k3")
        python, tensorflow = (f"{match[part][0]}.{match[part][1:]}" for part in ("python", "tensorflow"))
        try:
            return self.environment(python, tensorflow, match["keras"] or "")
        except TableError as error:
            raise TableError(f"{name}: {error}") from None

    def environments(self) -> dict[str, MatrixEnvironment]:
        """Return the environments of the matrix by name, in the table's order."""
        return {name: self.named(name) for name in self.names}


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers, by which versions are ordered."""
    return tuple(int(part) for part in version.split("."))


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the package's table."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Table:
    """Read a table from TOML."""
    data = tomllib.loads(text)
    return Table(
        MappingProxyType({row["release"]: {"bounds": [], **row} for row in data["tensorflow"]}),
        MappingProxyType(data["keras"]),
        tuple(data["libraries"]),
        MappingProxyType(data["environments"]),
    )
