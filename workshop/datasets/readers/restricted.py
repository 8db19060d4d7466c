"""Unpickling that can build arrays and nothing else.

Two published formats hold pickles: ``.npz`` archives with object arrays (imdb.npz), CIFAR-10's Python
batches, and the legacy ``.pth`` of PyTorch. A pickle is a program; here it may call only the few functions
that rebuild a NumPy array or name a tensor's storage, each replaced by one of ours where it would do more.
Everything else is refused by name.
"""

import collections
import pickle
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, List, Tuple, TypeVar

import numpy as np

from workshop.datasets.errors import DataError, UnsafePickleError

_NUMPY_1 = np.__version__.startswith("1.")
_multiarray = import_module("numpy.core.multiarray" if _NUMPY_1 else "numpy._core.multiarray")
_reconstruct = getattr(_multiarray, "_reconstruct")  # noqa: B009 - the one function that pickled arrays name

T = TypeVar("T")

_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_STORAGE_DTYPES = {
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


def _encode(text: str, encoding: str) -> bytes:
    """Bytes as protocol 2 writes them: Latin-1 text."""
    if encoding not in ("latin1", "latin-1"):
        raise UnsafePickleError("a pickle asks for the encoding %r; only latin1 is admitted" % encoding)
    return text.encode("latin1")


_ARRAY_GLOBALS: Dict[Tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    """Unpickler that admits the given globals only."""

    def __init__(
        self, stream: BinaryIO, name: str, admitted: Dict[Tuple[str, str], Any], **options: Any
    ) -> None:
        super().__init__(stream, **options)
        self._name = name
        self._admitted = admitted

    def find_class(self, module: str, name: str) -> Any:
        """Return the admitted object, or refuse with the file and the global."""
        try:
            return self._admitted[module, name]
        except KeyError:
            raise UnsafePickleError(
                "%s: its pickle asks for %s.%s, which is not admitted; don't use this file"
                % (self._name, module, name)
            ) from None


class _TorchUnpickler(_Unpickler):
    """Unpickler of a legacy state dictionary: storages are named now and filled afterwards."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        super().__init__(stream, name, _torch_globals(), encoding="utf-8")
        self.storages = {}  # type: Dict[str, np.ndarray]

    def persistent_load(self, pid: Any) -> np.ndarray:
        """Return the still empty storage of ``pid`` = ('storage', type, key, location, count, view)."""
        if not (
            isinstance(pid, tuple) and len(pid) >= 5 and pid[0] == "storage" and isinstance(pid[1], np.dtype)
        ):
            raise UnsafePickleError(
                "%s: its pickle refers to an unknown object; don't use this file" % self._name
            )
        if len(pid) > 5 and pid[5] is not None:
            raise UnsafePickleError(
                "%s: views of storages are not admitted; don't use this file" % self._name
            )
        key, count = str(pid[2]), int(pid[4])
        if key not in self.storages:
            self.storages[key] = np.zeros(count, pid[1])
        return self.storages[key]


def _rebuild_tensor(storage: np.ndarray, offset: int, size: Any, stride: Any, *_: Any) -> np.ndarray:
    """Return the tensor as a view of its storage, after checking that it lies within it."""
    size, stride = tuple(size), tuple(stride)
    last = offset + sum((n - 1) * step for n, step in zip(size, stride))
    if (
        not isinstance(storage, np.ndarray)
        or min((offset, *size, *stride)) < 0
        or last >= max(storage.size, 1)
    ):
        raise UnsafePickleError("a tensor reaches beyond its storage; don't use this file")
    steps = tuple(step * storage.itemsize for step in stride)
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps)


def _torch_globals() -> Dict[Tuple[str, str], Any]:
    """What a state dictionary may name."""
    admitted: Dict[Tuple[str, str], Any] = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        ("_codecs", "encode"): _encode,
    }
    for name, dtype in _STORAGE_DTYPES.items():
        admitted["torch", name] = np.dtype(dtype)
    return admitted


def _guarded(path: Path, read: Callable[[], T]) -> T:
    """Return what ``read`` returns; whatever a broken file makes it raise becomes one line."""
    try:
        return read()
    except DataError as error:
        message = str(error)
        raise type(error)(message if path.name in message else "%s: %s" % (path.name, message)) from None
    except Exception as error:  # a broken pickle can raise anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError("%s can't be read (%s); run: workshop data check" % (path.name, reason)) from error


def load_npz(path: Path) -> Dict[str, np.ndarray]:
    """
    Return the arrays of an ``.npz`` archive, object arrays through the restricted unpickler.

    Raises
    ------
    UnsafePickleError
        If an object array's pickle names anything but array reconstruction.
    DataError
        If the file can't be read.
    """

    def read() -> Dict[str, np.ndarray]:
        arrays = {}
        with zipfile.ZipFile(str(path)) as archive:
            for member in archive.namelist():
                with archive.open(member) as stream:
                    arrays[member[: -len(".npy")]] = _read_npy(stream, path.name)
        return arrays

    return _guarded(path, read)


def _read_npy(stream: Any, name: str) -> np.ndarray:
    """Return one array of the NPY format."""
    version = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = header(stream)
    if dtype.hasobject:
        held = _Unpickler(stream, name, _ARRAY_GLOBALS).load()
        if not isinstance(held, np.ndarray):
            raise DataError(f"an object array holds a {type(held).__name__}")
        array: np.ndarray = held
    else:
        array = np.frombuffer(stream.read(), dtype).copy()
    array = np.asarray(array.reshape(shape[::-1] if fortran else shape))
    return array.T if fortran else array


def load_array_pickle(path: Path, stream: BinaryIO) -> Any:
    """Return the arrays that a Python 2 pickle holds (CIFAR-10's batches); text comes as bytes."""
    return _guarded(path, lambda: _Unpickler(stream, path.name, _ARRAY_GLOBALS, encoding="bytes").load())


def load_torch_state(path: Path) -> Dict[str, np.ndarray]:
    """
    Return name → array of a legacy ``.pth`` state dictionary, without PyTorch.

    The file is five pickles (magic number, protocol, machine, dictionary, storage keys), then each storage:
    its element count as eight bytes, then its elements, little-endian.

    Raises
    ------
    UnsafePickleError
        If its pickles name anything but tensors and ordered dictionaries.
    DataError
        If the file can't be read.
    """

    def read() -> Dict[str, np.ndarray]:
        with path.open("rb") as stream:
            head = [_Unpickler(stream, path.name, {}).load() for _ in range(3)]
            if head[0] != _TORCH_MAGIC or not head[2].get("little_endian", True):
                raise DataError("not a legacy little-endian state dictionary")
            unpickler = _TorchUnpickler(stream, path.name)
            state = unpickler.load()
            keys: List[str] = _Unpickler(stream, path.name, {}).load()
            for key in keys:
                storage = unpickler.storages[str(key)]
                count = int.from_bytes(stream.read(8), "little")
                content = stream.read(storage.nbytes)
                if count != storage.size or len(content) != storage.nbytes:
                    raise DataError("a tensor's storage is cut short")
                storage[:] = np.frombuffer(content, storage.dtype)
        return {str(name): np.array(array) for name, array in state.items()}

    return _guarded(path, read)
