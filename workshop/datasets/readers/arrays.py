"""Arrays from NPZ archives and from pickles, whose sizes are checked before NumPy makes them."""

import re
import zipfile
from pathlib import Path
from typing import Any, Dict

import numpy as np

from workshop.datasets.readers import LARGEST, member, reading
from workshop.datasets.readers.pickles import (
    Arguments,
    Global,
    Globals,
    Inner,
    Unbuilt,
    refuse,
    sizes,
    text,
    unpickle,
)
from workshop.errors import DataError

_SIMPLE = re.compile(r"b1|[iu][1248]|f[248]")
# as every NumPy writes it, Python 2's long integers included
_HEADER = re.compile(
    rb"\{'descr': '([<>|])(\w+)', 'fortran_order': (True|False), 'shape': \(([\dL, ]*)\), *\} *\n"
)


class _Dtype(Inner):
    """A dtype with its byte order."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype


def _dtype(order: str, code: str) -> Any:
    """Return a dtype of truth values, numbers or objects."""
    if code in ("O", "O8") and order == "|":
        return np.dtype(object)
    if not _SIMPLE.fullmatch(code) or order not in "<>|" or (order == "|") != (code[1] == "1"):
        raise refuse("has the dtype %r, which is not admitted" % (order + code))
    return np.dtype(order + code)


def _array(content: Any, dtype: Any, shape: Any, fortran: bool) -> np.ndarray:
    """Return a new array from bytes, or from a list of objects, whose number must fit the shape."""
    count = 1
    for size in sizes(shape):
        count *= size
    if dtype.hasobject:
        if type(content) is not list or len(content) != count:
            raise refuse("has an array whose shape does not fit its content")
        objects = np.empty(count, object)
        for number, value in enumerate(content):
            objects[number] = value
        return objects.reshape(shape)
    if type(content) is not bytes or len(content) != count * dtype.itemsize:
        raise DataError("an array's size does not fit its bytes; run: workshop data check")
    return np.ndarray((count,), dtype, content).copy().reshape(shape, order="F" if fortran else "C")


def _call_dtype(code: Any, *_: Any) -> Unbuilt:
    """Replace `numpy.dtype`: its state may only add the byte order."""
    code = text(code)

    def build(state: Any) -> _Dtype:
        rest = (None, None, None, -1, -1, 63 if code == "O8" else 0)
        if type(state) is not tuple or len(state) != 8 or state[0] != 3 or state[2:] != rest:
            raise refuse("changes a dtype")
        return _Dtype(_dtype(text(state[1]), code))

    return Unbuilt(build)


def _call_reconstruct(kind: Any, shape: Any, code: Any) -> Unbuilt:
    """Replace `_reconstruct`: the array is made from its state alone."""
    if (
        not isinstance(kind, Global)
        or kind.name != "numpy.ndarray"
        or shape != (0,)
        or code not in (b"b", "b")
    ):
        raise refuse("rebuilds something other than an array")

    def build(state: Any) -> np.ndarray:
        if not isinstance(state, Arguments) or len(state) != 5 or not isinstance(state[2], _Dtype):
            raise refuse("has an array without its dtype")
        return _array(state[4], state[2].dtype, state[1], bool(state[3]))

    return Unbuilt(build)


def encode(value: Any, encoding: Any) -> bytes:
    """Replace `_codecs.encode`: protocol 2 writes bytes as Latin-1 text."""
    if encoding not in ("latin1", "latin-1"):
        raise refuse("asks for the encoding %r" % (encoding,))
    return text(value).encode("latin1")


_GLOBALS: Globals = {
    ("numpy.core.multiarray", "_reconstruct"): _call_reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _call_reconstruct,
    ("numpy", "ndarray"): None,
    ("numpy", "dtype"): _call_dtype,
    ("_codecs", "encode"): encode,
}


def unpickle_arrays(content: bytes) -> Any:
    """Return the value of a pickle that may contain arrays; text of Python 2 becomes bytes.

    Raises UnsafePickleError or DataError, as `unpickle` does.
    """
    return unpickle(content, _GLOBALS)[0]


def load_npz(path: Path, objects: bool = False, limit: int = LARGEST) -> Dict[str, np.ndarray]:
    """Return the arrays of an `.npz` archive.

    `objects` : whether arrays of objects, which are pickled, are admitted. `limit` : the most bytes that all
    members together may have.

    Raises
    ------
    UnsafePickleError
        If an object array's pickle asks for anything but arrays.
    DataError
        If the file can't be read.
    """
    with reading(path.name), zipfile.ZipFile(str(path)) as archive:
        total = sum(each.file_size for each in archive.infolist())
        if total > limit:
            raise DataError(
                "its arrays have %d bytes, more than %d; run: workshop data check" % (total, limit)
            )
        return {
            name[: -len(".npy")]: _parse_npy(member(archive, name, limit), objects)
            for name in archive.namelist()
        }


def _parse_npy(content: bytes, objects: bool) -> np.ndarray:
    """Return the array of an NPY file."""
    start = {b"\x93NUMPY\x01\x00": 10, b"\x93NUMPY\x02\x00": 12}.get(content[:8], 0)
    end = start + int.from_bytes(content[8:start], "little")
    header = _HEADER.fullmatch(content, start, end)
    if not start or not header:
        raise DataError("a member is not an array of numbers; run: workshop data check")
    order, code, fortran, numbers = (group.decode("ascii") for group in header.groups())
    dtype = _dtype(order, code)
    shape = tuple(int(number.rstrip("L")) for number in numbers.replace(",", " ").split())
    if not dtype.hasobject:
        return _array(content[end:], dtype, shape, fortran == "True")
    if not objects:
        raise refuse("is not admitted here")
    value = unpickle(content, _GLOBALS, end)[0]
    if not isinstance(value, np.ndarray) or value.shape != shape:
        raise DataError(
            "an object array is a %s or has another shape; run: workshop data check" % type(value).__name__
        )
    return value
