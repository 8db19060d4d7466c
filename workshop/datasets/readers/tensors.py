"""A state dictionary in PyTorch's legacy `.pth` format, read without PyTorch."""

from functools import partial
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import numpy as np

from workshop.datasets.readers import reading
from workshop.datasets.readers.arrays import encode
from workshop.datasets.readers.pickles import Arguments, Global, Inner, refuse, sizes, text, unpickle
from workshop.errors import DataError

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {
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
# tensors may share a storage, but a small file must not fill the memory
_SHARED = 4


class _Storage(Inner):
    """The numbers of tensors, which follow the pickles that name them."""

    def __init__(self, dtype: str, count: int) -> None:
        self.dtype, self.count = np.dtype(dtype), count
        self.content: Optional[memoryview] = None


class _Tensor:
    """The position of a tensor's elements in its storage."""

    def __init__(self, storage: _Storage, elements: int, index: Tuple[Any, Any, Any]) -> None:
        self.storage, self.elements, self._index = storage, elements, index

    def array(self) -> np.ndarray:
        """Return the elements as a new array; NumPy checks again that they are in the storage."""
        offset, size, stride = self._index
        dtype, content = self.storage.dtype, self.storage.content
        if content is None:
            raise DataError("a tensor's storage is missing; run: workshop data check")
        if self.elements == 0:
            return np.empty(size, dtype)
        steps = tuple(step * dtype.itemsize for step in stride)
        return np.ndarray(size, dtype, content, offset * dtype.itemsize, steps).copy("K")


def _call_rebuild_tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> _Tensor:
    """Replace `_rebuild_tensor_v2`."""
    size, stride = sizes(size), sizes(stride)
    if not isinstance(storage, _Storage) or type(offset) is not int or len(size) != len(stride):
        raise refuse("has a tensor without a storage")
    elements, last = 1, offset
    for count, step in zip(size, stride):
        elements *= count
        last += (count - 1) * step
    if offset < 0 or elements > storage.count or (elements and last >= storage.count):
        raise refuse("has a tensor that reaches beyond its storage")
    return _Tensor(storage, elements, (offset, size, stride))


def _call_ordered_dict(*content: Any) -> Dict[str, Any]:
    """Replace `OrderedDict`, which is pickled empty and filled afterwards."""
    if content:
        raise refuse("has a dictionary that is made of other values")
    return {}


def _load_storage(storages: Dict[str, _Storage], most: int, pid: Any) -> _Storage:
    """Return the storage of `pid` = ('storage', type, key, location, count, view)."""
    if not isinstance(pid, Arguments) or len(pid) not in (5, 6) or pid[0] not in ("storage", b"storage"):
        raise refuse("refers to an unknown object")
    kind, key, count = pid[1], text(pid[2]), pid[4]
    dtype = _DTYPES.get(kind.name[len("torch.") :]) if isinstance(kind, Global) else None
    if dtype is None or type(count) is not int:
        raise refuse("refers to an unknown object")
    if pid[5:] not in ((), (None,)):
        raise refuse("has a view of a storage")
    storage = storages.setdefault(key, _Storage(dtype, count))
    if storage.dtype != np.dtype(dtype) or storage.count != count:
        raise refuse("names a storage in two ways")
    if not 0 <= count * storage.dtype.itemsize <= most:
        raise refuse("has a storage that is larger than its file")
    return storage


_GLOBALS: Dict[Tuple[str, str], Any] = {
    ("collections", "OrderedDict"): _call_ordered_dict,
    ("torch._utils", "_rebuild_tensor_v2"): _call_rebuild_tensor,
    ("_codecs", "encode"): encode,
    **{("torch", name): None for name in _DTYPES},
}


def load_torch_state(path: Path) -> Dict[str, np.ndarray]:
    """Return name → array of a legacy `.pth` state dictionary.

    The file is five pickles (magic number, protocol, machine, dictionary, storage keys), then each storage:
    its element count as eight bytes, then its elements, little-endian.

    Raises
    ------
    UnsafePickleError
        If its pickles name anything but tensors and ordered dictionaries.
    DataError
        If the file can't be read.
    """
    with reading(path.name):
        content = path.read_bytes()
        storages: Dict[str, _Storage] = {}
        magic, at = unpickle(content, {})
        _, at = unpickle(content, {}, at)
        machine, at = unpickle(content, {}, at)
        if magic != _MAGIC or not machine.get("little_endian", True):
            raise DataError("it is not a legacy little-endian state dictionary; run: workshop data check")
        persistent = partial(_load_storage, storages, len(content))
        state, at = unpickle(content, _GLOBALS, at, persistent)
        keys, at = unpickle(content, {}, at)
        for key in map(text, keys):
            storage = storages[key]
            count = int.from_bytes(content[at : at + 8], "little")
            size = storage.count * storage.dtype.itemsize
            at += 8 + size
            if count != storage.count or at > len(content):
                raise DataError("a tensor's storage is cut short; run: workshop data check")
            storage.content = memoryview(content)[at - size : at]
        if type(state) is not dict or not all(type(tensor) is _Tensor for tensor in state.values()):
            raise DataError("it is not a dictionary of tensors; run: workshop data check")
        total = sum(each.elements * each.storage.dtype.itemsize for each in state.values())
        if total > _SHARED * len(content):
            raise refuse("has tensors that share too much")
        return {text(name): tensor.array() for name, tensor in state.items()}
