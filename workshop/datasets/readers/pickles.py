"""Arrays and tensors from pickles: what a pickle names is looked up here, and nothing else is.

Python's own unpickler runs the pickle. Each name that the published files use gets a function or a class of
this module, which only keeps what it is given: NumPy makes the arrays afterwards, and checks their sizes.
"""

import io
import pickle
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, Dict, Mapping, Tuple

import numpy as np

from workshop.datasets.readers import LARGEST, member, reading
from workshop.errors import DataError, UnsafePickleError

_MAGIC = 0x1950A86A20F9469CFC6C  # of PyTorch's legacy format
_SHARED = 4  # tensors may share a storage, but have at most so many times the bytes of their file
_STORAGES = {  # texts, because a pickle could change a live dtype
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}


class _Dtype:
    """Stands for `numpy.dtype`."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = _text(code)

    def __setstate__(self, state: Any) -> None:
        self.code = _text(state[1]) + self.code  # the byte order


class _Array:
    """Stands for NumPy's `_reconstruct`, whose array gets everything from its state."""

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        _, self.shape, self.dtype, self.fortran, self.content = state

    def array(self) -> np.ndarray:
        """Return a new array; NumPy refuses a shape that does not fit the content."""
        if isinstance(self.content, list):
            objects = np.empty(len(self.content), object)
            for number, value in enumerate(self.content):
                objects[number] = value
            return objects.reshape(self.shape)
        flat: Any = np.frombuffer(self.content, self.dtype.code)
        array: np.ndarray = flat.reshape(self.shape, order="F" if self.fortran else "C").copy("K")
        return array


def _encode(text: str, encoding: Any) -> bytes:
    """Stand for `_codecs.encode`: protocol 2 writes bytes as Latin-1 text."""
    if _text(encoding) not in ("latin1", "latin-1"):
        raise ValueError("bytes are not written as Latin-1")
    return text.encode("latin1")


def _tensor(*arguments: Any) -> Tuple[Any, ...]:
    """Stand for `_rebuild_tensor_v2`: storage, offset, size and strides in elements."""
    return arguments[:4]


def _text(value: Any) -> str:
    """Return a string, which Python 2 pickles as bytes."""
    return value.decode("ascii") if isinstance(value, bytes) else value


_ARRAYS = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}
_TENSORS = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    **{("torch", name): dtype for name, dtype in _STORAGES.items()},
}


class _Unpickler(pickle.Unpickler):
    """Admits the given names alone."""

    def __init__(self, stream: IO[bytes], names: Mapping[Tuple[str, str], Any]) -> None:
        super().__init__(stream, encoding="bytes")
        self._names = names

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._names:
            raise UnsafePickleError(
                "its pickle asks for %s.%s, which is not admitted; don't use this file" % (module, name)
            )
        return self._names[module, name]

    def persistent_load(self, pid: Any) -> Any:
        """Return the storage's key, dtype and number of elements."""
        _, dtype, key, _, count = pid[:5]
        return _text(key), np.dtype(dtype), count


def unpickle_arrays(stream: IO[bytes]) -> Any:
    """Return an array, or a dictionary of arrays and plain values; text of Python 2 becomes bytes.

    Raises UnsafePickleError if the pickle names anything but arrays. A broken pickle can raise other errors,
    which `reading` turns into DataError.
    """
    value = _Unpickler(stream, _ARRAYS).load()
    return {key: _made(item) for key, item in value.items()} if isinstance(value, dict) else _made(value)


def _made(value: Any) -> Any:
    return value.array() if isinstance(value, _Array) else value


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


def _parse_npy(content: bytes, objects: bool) -> Any:
    """Return the array of an NPY file."""
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy reads the long integers of Python 2, and warns of them
        if objects:
            version = np.lib.format.read_magic(stream)
            _, _, dtype = getattr(np.lib.format, "read_array_header_%d_%d" % version)(stream)
            if dtype.hasobject:
                return unpickle_arrays(stream)
            stream.seek(0)
        array = np.lib.format.read_array(stream, allow_pickle=False)
    if stream.read(1):
        raise DataError("an array has more bytes than its shape; run: workshop data check")
    return array


def load_torch_state(path: Path) -> Dict[str, np.ndarray]:
    """Return name → array of a state dictionary in PyTorch's legacy `.pth` format, without PyTorch.

    The file is five pickles (magic number, protocol, machine, dictionary, storage keys), then each storage:
    its element count as eight bytes, then its elements, little-endian.

    Raises
    ------
    UnsafePickleError
        If its pickles name anything but tensors and ordered dictionaries.
    DataError
        If the file can't be read.
    """
    with reading(path.name), path.open("rb") as stream:
        magic, _, machine = (_Unpickler(stream, {}).load() for _ in range(3))
        if magic != _MAGIC or not machine.get("little_endian", True):
            raise DataError("it is not a legacy little-endian state dictionary; run: workshop data check")
        tensors = _Unpickler(stream, _TENSORS).load()
        keys = [_text(key) for key in _Unpickler(stream, {}).load()]
        stored = {key: (dtype, count) for (key, dtype, count), _, _, _ in tensors.values()}
        storages = {}
        for key in keys:
            dtype, count = stored[key]
            if int.from_bytes(stream.read(8), "little") != count:
                raise DataError("a tensor's storage has another size; run: workshop data check")
            storages[key] = stream.read(count * dtype.itemsize)
        state, room = {}, _SHARED * path.stat().st_size
        for name, ((key, dtype, _), offset, size, strides) in tensors.items():
            elements, last = 1, offset
            for count, step in zip(size, strides):
                elements *= count
                last += (count - 1) * step
            room -= elements * dtype.itemsize
            inside = (last + 1) * dtype.itemsize <= len(storages[key]) or not elements
            if min(offset, *size, *strides, room) < 0 or len(size) != len(strides) or not inside:
                raise DataError("a tensor reaches beyond its storage; run: workshop data check")
            steps = [step * dtype.itemsize for step in strides]
            state[_text(name)] = np.empty(size, dtype)
            if elements:
                view = np.ndarray(size, dtype, storages[key], offset * dtype.itemsize, steps)
                state[_text(name)] = view.copy("K")
        return state
