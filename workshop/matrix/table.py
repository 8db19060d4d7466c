"""The table of environments, read with the standard library alone: noxfile.py and toxfile.py read it, too.

An environment is a Python, a TensorFlow release and a factor of Keras, and its name is made of them, e.g.
`py312-tf218-k3`. What it needs is put together from the rows of environments.toml; a combination that no row
allows is refused in one line.
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

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).with_name("environments.toml")
# the oldest Python that the engine runs on; an environment of an older one has it beside itself
ENGINE = (3, 10)
NAME = re.compile(r"py(?P<python>3\d+)-tf(?P<tensorflow>2\d+)(?:-(?P<keras>\w+))?")
# half the size of `tensorflow`, but published for 64-bit Intel and AMD machines with Linux or Windows only
DISTRIBUTIONS = {
    "tensorflow-cpu": "sys_platform != 'darwin' and platform_machine in 'x86_64 AMD64'",
    "tensorflow": "sys_platform == 'darwin' or platform_machine not in 'x86_64 AMD64'",
}
# the keys of a row, and their types; the others are its bounds'
ROW = {"release": str, "pythons": list, "keras": list, "bounds": list}
OPTIONAL = {"shipped_keras": str, "beside": bool}


class TableError(ValueError):
    """The table has no such environment, or is not well formed; the message is one line."""


@dataclass(frozen=True)
class Environment:
    """A Python, a TensorFlow release and a factor of Keras, "" where TensorFlow holds a Keras of its own.

    `requirements` are TensorFlow, Keras and bounds, beside the package with its extra `units`; `complete` are
    all that an environment without the package needs. `beside` tells that it can't be installed in this one.
    """

    python: str
    tensorflow: str
    keras: str
    requirements: tuple[str, ...]
    complete: tuple[str, ...]
    variables: Mapping[str, str]
    beside: bool
    keras_in_words: str

    @property
    def name(self) -> str:
        """Its name, made of its parts."""
        parts = f"py{self.python}-tf{self.tensorflow}".replace(".", "")
        return f"{parts}-{self.keras}" if self.keras else parts


@dataclass(frozen=True)
class Table:
    """Releases of TensorFlow by number, factors of Keras by name, and the names of the environments."""

    releases: Mapping[str, Mapping[str, Any]]
    factors: Mapping[str, Mapping[str, Any]]
    libraries: tuple[str, ...]
    names: tuple[str, ...]

    def environment(self, python: str, tensorflow: str, keras: str = "") -> Environment:
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
            known = ", ".join(row["keras"]) or "none, for it holds a Keras of its own"
            raise TableError(f"TensorFlow {tensorflow} has no factor {keras or 'of none'}: {known}")
        factor = self.factors.get(keras, {"means": "the Keras that it holds", "requirements": []})
        requirements = (
            *(f"{name}~={tensorflow}.0; {marker}" for name, marker in DISTRIBUTIONS.items()),
            *(text.format_map(row) for text in factor["requirements"]),
            *row["bounds"],
        )
        return Environment(
            python=python,
            tensorflow=tensorflow,
            keras=keras,
            requirements=requirements,
            complete=(*requirements, *self.libraries),
            variables=MappingProxyType(dict(factor.get("variables", {}))),
            beside=row.get("beside", False) or numbers(python) < ENGINE,
            keras_in_words=factor["means"].format_map(row),
        )

    def named(self, name: str) -> Environment:
        """Return the environment of this name, whether it is one of the matrix or not; raises TableError."""
        match = NAME.fullmatch(name)
        if match is None:
            raise TableError(f"{name}: an environment's name is made like py312-tf218-k3")
        python, tensorflow = (f"{match[part][0]}.{match[part][1:]}" for part in ("python", "tensorflow"))
        try:
            return self.environment(python, tensorflow, match["keras"] or "")
        except TableError as error:
            raise TableError(f"{name}: {error}") from None

    def environments(self) -> dict[str, Environment]:
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
    """Read a table from TOML; raises TableError in one line where it is not well formed."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"environments.toml is no TOML: {error}") from None
    for row in data["tensorflow"]:
        _check(row, data["keras"])
    releases = {row["release"]: {"bounds": [], **row} for row in data["tensorflow"]}
    if len(releases) < len(data["tensorflow"]):
        raise TableError("environments.toml has two rows of one release of TensorFlow")
    found = Table(
        MappingProxyType(releases),
        MappingProxyType(data["keras"]),
        tuple(data["libraries"]),
        tuple(data["environments"]),
    )
    if len({*found.names}) < len(found.names):
        raise TableError("environments.toml names an environment twice")
    found.environments()
    return found


def _check(row: Mapping[str, Any], factors: Mapping[str, Any]) -> None:
    """Raise TableError where a row lacks something, or has what nothing reads."""
    where = f"environments.toml, TensorFlow {row.get('release', 'without a release')}"
    wrong = [key for key, value in row.items() if not isinstance(value, (ROW | OPTIONAL).get(key, ()))]
    lacking = [key for key in ROW if key not in row]
    unknown = [name for name in row.get("keras", ()) if name not in factors]
    if "k3min" in row.get("keras", ()) and "shipped_keras" not in row:
        lacking.append("shipped_keras")
    for told, names in (("wrong", wrong), ("lacking", lacking), ("no factor of Keras", unknown)):
        if names:
            raise TableError(f"{where}: {told}: {', '.join(names)}")
