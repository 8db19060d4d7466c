"""Outcomes to bytes and back: JSON for structure, NumPy's own format for arrays, no pickle."""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_STRUCTURE = "structure"


class CodecError(ValueError):
    """A value can't be stored, or bytes are no outcome of this code."""


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


def decode(data: bytes) -> Any:
    """Read back what `encode` wrote. Raises CodecError if it is not that."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            structure = json.loads(archive[_STRUCTURE].tobytes())
            return _unpack(structure, archive)
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


def _unpack(value: Any, archive: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_unpack(v, archive) for v in value]
    if not isinstance(value, dict):
        return value
    tag = value["$"]
    if tag == "array":
        return archive[f"a{value['i']}"]
    if tag == "scalar":
        return archive[f"a{value['i']}"][()]
    if tag == "bytes":
        return bytes.fromhex(value["v"])
    if tag == "tuple":
        return tuple(_unpack(v, archive) for v in value["v"])
    if tag == "dict":
        return {_unpack(k, archive): _unpack(v, archive) for k, v in value["v"]}
    return _dataclass(value["t"], {k: _unpack(v, archive) for k, v in value["v"].items()})


def _dataclass(name: str, values: dict[str, Any]) -> Any:
    module, _, qualname = name.partition(":")
    kind = getattr(importlib.import_module(module), qualname, None)
    if not dataclasses.is_dataclass(kind) or not isinstance(kind, type):
        raise CodecError(f"{name} is no dataclass of this code")
    if {f.name for f in dataclasses.fields(kind)} != set(values):
        raise CodecError(f"{name} has other fields in this code")
    return kind(**values)
