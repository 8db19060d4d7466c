"""Outcomes to bytes and back: JSON for structure, NumPy's own format for arrays, no pickle.

Bytes may come from others. They can make plain values, arrays and dataclasses of known modules, and nothing
that they name is imported unless it is one of these modules.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
import pkgutil
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

_STRUCTURE = "structure"
# what the engine and its runners tell each other, which is in no outcome
MESSAGES = ("workshop.execution.calling", "workshop.execution.environment")
# modules besides the chapters' with dataclasses that outcomes have
_TRAINING = (
    "workshop.training.epochs",
    "workshop.training.first_steps",
    "workshop.training.network_checks",
    "workshop.training.optimizers",
    "workshop.training.summaries",
)


class CodecError(ValueError):
    """A value can't be stored, or bytes are not an outcome of this code."""


def encode(outcome: Any) -> bytes:
    """Write a frozen dataclass as bytes.

    Raises CodecError naming a field that is neither plain values, arrays nor dataclasses.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    structure = _pack(outcome, arrays, type(outcome).__name__)
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"a{i}": array for i, array in enumerate(arrays)}
    named[_STRUCTURE] = np.frombuffer(json.dumps(structure).encode(), dtype=np.uint8)
    np.savez(buffer, **named)
    return buffer.getvalue()


def decode(data: bytes | memoryview, homes: Sequence[str] = ()) -> Any:
    """Read back what `encode` wrote.

    `homes` are modules whose dataclasses it may have besides those of the package's chapters. Raises
    CodecError if it is not that, or has something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            # we compress nothing, so a few bytes can't become many
            if any(m.compress_type for m in members) or sum(m.file_size for m in members) > len(data):
                raise CodecError("its arrays are larger than it is")
            reader = _Reader(archive, homes)
            return reader.unpack(json.loads(reader.array(_STRUCTURE).tobytes()))
    except CodecError:
        raise
    except Exception as error:  # zipfile, json and numpy each raise their own kinds on damaged bytes
        raise CodecError(f"no stored outcome: {error}") from None


def _pack(value: Any, arrays: list[np.ndarray[Any, Any]], where: str) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is np.ndarray or isinstance(value, np.generic):
        if value.dtype.hasobject:
            raise CodecError(f"{where} is an array of objects: return numbers, strings or lists")
        arrays.append(np.asarray(value))
        return {"$": "array" if isinstance(value, np.ndarray) else "scalar", "i": len(arrays) - 1}
    if isinstance(value, bytes):
        return {"$": "bytes", "v": value.hex()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        packed = {
            f.name: _pack(getattr(value, f.name), arrays, f"{where}.{f.name}")
            for f in dataclasses.fields(value)
        }
        return {"$": "dataclass", "t": f"{kind.__module__}:{kind.__qualname__}", "v": packed}
    if type(value) is dict:
        pairs = [[_pack(k, arrays, where), _pack(v, arrays, f"{where}[{k!r}]")] for k, v in value.items()]
        return {"$": "dict", "v": pairs}
    if type(value) is list:
        return [_pack(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]
    if type(value) is tuple:
        return {"$": "tuple", "v": [_pack(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]}
    raise CodecError(
        f"{where} is of type {type(value).__name__}: return plain values, arrays or frozen dataclasses"
    )


class _Reader:
    """What the structure of an archive says, made of its arrays; each is read once, as it was written."""

    def __init__(self, archive: zipfile.ZipFile, homes: Sequence[str]) -> None:
        self._archive = archive
        self._homes = homes
        self._unread = set(archive.namelist())
        self._makers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "array": lambda value: self.array(f"a{value['i']}"),
            "scalar": lambda value: self.array(f"a{value['i']}")[()],
            "bytes": lambda value: bytes.fromhex(value["v"]),
            "tuple": lambda value: tuple(self.unpack(value["v"])),
            "dict": lambda value: {self.unpack(k): self.unpack(v) for k, v in value["v"]},
            "dataclass": self._dataclass,
        }

    def unpack(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.unpack(v) for v in value]
        if not isinstance(value, dict):
            return value
        tag = value.get("$")
        if not isinstance(tag, str) or tag not in self._makers:
            raise CodecError(f"it has a value of kind {tag!r}, which this code does not know")
        return self._makers[tag](value)

    def array(self, name: str) -> np.ndarray[Any, Any]:
        self._unread.remove(f"{name}.npy")
        with self._archive.open(f"{name}.npy") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
        if not array.itemsize:  # there may be any number of them in no bytes
            raise CodecError("it has an array whose items have no size")
        return array

    def _dataclass(self, value: dict[str, Any]) -> Any:
        name = str(value["t"])
        module, _, qualname = name.partition(":")
        if module not in self._homes and module not in _own_homes():
            raise CodecError(f"it has a {name}, which is not of this package's chapters")
        kind = _class(module, qualname)
        if kind is None:
            raise CodecError(f"{name} is not a dataclass of this code")
        values = {k: self.unpack(v) for k, v in value["v"].items()}
        if {f.name for f in dataclasses.fields(kind)} != set(values):
            raise CodecError(f"{name} has other fields in this code")
        return kind(**values)


def _class(module: str, qualname: str) -> Any:
    """Return the dataclass of a module with this name, None if it has none."""
    kind: Any = importlib.import_module(module)
    for step in qualname.split("."):  # through what is there: asking the lazy TensorFlow would import it
        kind = getattr(kind, "__dict__", {}).get(step)
    is_own = dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module
    return kind if is_own else None


@lru_cache(maxsize=1)
def _own_homes() -> frozenset[str]:
    """Return the names of the modules of chapters, measures and a few others; none is imported."""
    import workshop.chapters
    import workshop.measures

    names: list[str] = list(_TRAINING)
    for package in (workshop.chapters, workshop.measures):
        for chapter in pkgutil.iter_modules(package.__path__):
            paths = [str(Path(folder, chapter.name)) for folder in package.__path__]
            inner = pkgutil.iter_modules(paths, f"{package.__name__}.{chapter.name}.")
            names += [module.name for module in inner]
    return frozenset(names)
