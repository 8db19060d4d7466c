"""Pickles: arrays pass, everything else is refused by name and never runs."""

import io
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.datasets.readers import pickles, reading
from workshop.datasets.readers.pickles import load_npz, load_torch_state, unpickle_arrays
from workshop.errors import DataError, UnsafePickleError

FIXTURE = Path(__file__).parent.parent.parent / "fixtures" / "readers" / "legacy.pth"


class Malicious:
    """An object whose pickle makes a folder when it is loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


def npz(path: Path, array: np.ndarray[Any, Any]) -> Path:
    """Write an archive of one object array as NumPy itself does."""
    np.savez(path, x=array)
    return path


def test_object_arrays_of_lists_pass(tmp_path):
    array = np.empty(2, object)
    array[:] = [[1, 2], [3]]
    assert load_npz(npz(tmp_path / "lists.npz", array), objects=True)["x"].tolist() == [[1, 2], [3]]


@pytest.mark.parametrize("order", ["C", "F"])
def test_plain_arrays_pass_in_both_orders(tmp_path, order):
    array = np.asarray(np.arange(6, dtype=np.int16).reshape(2, 3), order=order)
    assert load_npz(npz(tmp_path / "plain.npz", array))["x"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_malicious_npz_is_refused(tmp_path):
    """A pickle that calls os.mkdir is refused, in one line with file and global, and makes no folder."""
    array = np.empty(1, object)
    array[0] = Malicious(tmp_path / "made")
    path = npz(tmp_path / "bad.npz", array)
    with pytest.raises(UnsafePickleError) as caught:
        load_npz(path, objects=True)
    assert str(caught.value) == (
        f"bad.npz: its pickle asks for {os.mkdir.__module__}.mkdir, "
        "which is not admitted; don't use this file"
    )
    assert not (tmp_path / "made").exists()


def test_a_malicious_state_is_refused(tmp_path):
    head = [pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    bad = pickle.dumps({"weight": Malicious(tmp_path / "made")}, 2)
    for number, content in enumerate((b"".join([*head, bad]), bad)):
        path = tmp_path / f"bad{number}.pth"
        path.write_bytes(content)
        with pytest.raises(UnsafePickleError, match=rf"^bad{number}\.pth: its pickle asks for \w+\.mkdir"):
            load_torch_state(path)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "name", [b"builtins\neval", b"numpy\nload", b"numpy.core.multiarray\nscalar", b"os\nsystem"]
)
def test_other_globals_are_refused(name):
    content = b"c" + name + b"\n."
    with (
        pytest.raises(UnsafePickleError, match=r"^bad: .*" + name.replace(b"\n", b".").decode()),
        reading("bad"),
    ):
        unpickle_arrays(io.BytesIO(content))


ARRAYS = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
STORAGES = ("Float", "Double", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool")
STATE = {
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor_v2"),
    *(("torch", f"{kind}Storage") for kind in STORAGES),
}


def test_the_admitted_names_are_exactly_those_of_the_files(tmp_path, monkeypatch):
    """A name more is a door: add one here, too, and say which published file needs it.

    In a state dictionary, the four pickles around the tensors name nothing.
    """
    admitted: list[set[tuple[str, str]]] = []

    class Spy(pickles._Unpickler):
        def __init__(self, stream: Any, names: Any) -> None:
            admitted.append(set(names))
            super().__init__(stream, names)

    monkeypatch.setattr(pickles, "_Unpickler", Spy)
    unpickle_arrays(io.BytesIO(pickle.dumps([1], 2)))
    array = np.empty(1, object)
    array[0] = [1]
    load_npz(npz(tmp_path / "lists.npz", array), objects=True)
    assert admitted == [ARRAYS, ARRAYS]

    admitted.clear()
    load_torch_state(FIXTURE)
    assert admitted == [set(), set(), set(), STATE, set()]


def test_a_tensor_beyond_its_storage_is_refused(tmp_path):
    """A shape that reaches beyond the stored numbers is refused, instead of reading foreign memory."""
    content = FIXTURE.read_bytes()
    shape = b"K\x02K\x03\x86"
    assert content.count(shape) == 1
    path = tmp_path / "beyond.pth"
    path.write_bytes(content.replace(shape, b"K\x63K\x03\x86"))
    with pytest.raises(DataError, match=r"^beyond\.pth: a tensor reaches beyond its storage"):
        load_torch_state(path)


def test_a_cut_state_is_one_line(tmp_path):
    """A .pth without its last byte is one line with the remedy."""
    path = tmp_path / "cut.pth"
    path.write_bytes(FIXTURE.read_bytes()[:-1])
    with pytest.raises(Exception, match=r"^cut\.pth: a tensor reaches beyond"):
        load_torch_state(path)


def test_an_object_array_where_none_is_expected(tmp_path):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + pickle.dumps([1])
    path = tmp_path / "odd.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", member)
    with pytest.raises(DataError, match=r"^odd\.npz can't be read \(Object arrays cannot be loaded"):
        load_npz(path)
