"""Outcomes to bytes and back: every kind of value returns as it was, objects are refused."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import io
import json
import math
import zipfile
from collections import Counter
from copy import copy
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple, get_args, get_type_hints

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.execution.catalogue import catalogue
from workshop.execution.codec import CodecError, decode, encode
from workshop.units import Part  # noqa: F401  a dataclass that is imported here and at home elsewhere

HOMES = (__name__,)


@dataclass(frozen=True)
class Inner:
    """A dataclass within another."""

    value: Any


@dataclass(frozen=True)
class Outer:
    """An outcome."""

    value: Any
    inner: Any = Inner(1)


DTYPES = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(), arrays.floating_dtypes(), arrays.complex_number_dtypes(),
    arrays.unicode_string_dtypes(max_len=5), arrays.byte_string_dtypes(max_len=5), arrays.datetime64_dtypes(),
)  # fmt: skip
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))
)
SCALARS = arrays.scalar_dtypes().flatmap(arrays.from_dtype)
KEYS = st.one_of(
    st.text(max_size=5),
    st.integers(),
    st.booleans(),
    st.none(),
    st.tuples(st.integers(), st.text(max_size=3)),
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(max_size=8)
)
VALUES = st.recursive(
    st.one_of(PLAIN, ARRAYS, SCALARS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(KEYS, inner, max_size=3),
        st.builds(Inner, inner),
    ),
    max_leaves=6,
)


class Point(NamedTuple):
    """A tuple with names, which a plain tuple would lose."""

    x: int
    y: int


def identical(a: Any, b: Any) -> bool:
    """Whether two values agree in kind, type and bits."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        same = np.asarray(a).tobytes() == np.asarray(b).tobytes()
        return a.dtype == b.dtype and np.shape(a) == np.shape(b) and same
    if isinstance(a, Inner | Outer):
        return identical(list(vars(a).values()), list(vars(b).values()))
    if isinstance(a, dict):
        return identical(list(a.items()), list(b.items()))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(identical(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b) or (math.isnan(a) and math.isnan(b))


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_every_kind_of_value_returns_as_it_was(value):
    outcome = Outer(value)
    assert identical(decode(encode(outcome), HOMES), outcome)


def test_one_of_each_kind_returns_as_it_was():
    arrays = [
        np.arange(6.0).reshape(2, 3),
        np.zeros(0),
        np.array(["a", "bc"]),
        np.float32(0.1),
        np.bool_(False),
    ]
    outcome = Outer(
        [None, True, 0, 0.0, "", b"\0\xff", [], (), {}, {"a": (1, [2.5]), (1, "b"): Inner({})}, *arrays]
    )
    assert identical(decode(encode(outcome), HOMES), outcome)


@pytest.mark.parametrize(
    "value",
    [
        object(), {1, 2}, Counter("aab"), Point(1, 2), np.array([object()]), lambda: 1, Outer,
        np.ma.masked_array([1, 2], [True, False]), range(3), iter([]),
        np.zeros(2, dtype=[("a", int), ("b", object)]),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"k": (v,)}, Inner])
def test_what_would_not_return_as_it_was_is_refused_by_name(value, wrap):
    with pytest.raises(CodecError, match=r"^Outer\.value"):
        encode(Outer(wrap(value)))


@pytest.mark.parametrize("cut", [0, 1, 10, -1, -30])
def test_damaged_bytes_are_a_codec_error(cut):
    with pytest.raises(CodecError):
        decode(encode(Outer(np.arange(5)))[:cut], HOMES)


def test_an_outcome_of_other_code_is_refused(monkeypatch):
    stored = encode(Outer(1))
    monkeypatch.setitem(
        globals(), "Outer", dataclass(frozen=True)(type("Outer", (), {"__annotations__": {"x": int}}))
    )
    with pytest.raises(CodecError, match="Outer has other fields in this code"):
        decode(stored, HOMES)
    monkeypatch.delitem(globals(), "Outer")
    with pytest.raises(CodecError, match="Outer is not a dataclass of this code"):
        decode(stored, HOMES)


def _dataclasses(kind: Any) -> set[type]:
    """Return the dataclasses that a type names, and those that their fields name, however deep."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return {found for inner in get_args(kind) for found in _dataclasses(inner)}
    hints = get_type_hints(kind)
    return {kind}.union(*(_dataclasses(hints[field.name]) for field in fields(kind)))


def test_all_that_the_chapters_return_can_be_read_back():
    """An outcome's dataclasses are of modules that `decode` knows; else it would be computed each time."""
    parts = [
        part for number in range(1, 8) for own in catalogue([f"ch0{number}"]).parts.values() for part in own
    ]
    kinds = set().union(*(_dataclasses(part.outcome_type()) for part in parts))

    assert len(kinds) > 100
    for kind in kinds:
        hollow = {"$": "dataclass", "t": f"{kind.__module__}:{kind.__qualname__}", "v": {}}
        with pytest.raises(CodecError, match="has other fields in this code"):
            decode(packed(hollow))


def packed(structure: Any, *, compression: int = zipfile.ZIP_STORED, **arrays: np.ndarray) -> bytes:
    """Return bytes with a structure that `encode` need not have written."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(structure).encode(), dtype=np.uint8)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in {**arrays, "structure": text}.items():
            info = zipfile.ZipInfo(f"{name}.npy")
            info.compress_type = compression if name in arrays else zipfile.ZIP_STORED
            with archive.open(info, "w") as file:
                np.lib.format.write_array(file, array)
    return buffer.getvalue()


REFUSED = {
    "a kind of its own": ({"$": "other", "t": "this:d", "v": {}}, "a value of kind 'other'"),
    "no kind": ({}, "a value of kind None"),
    "a kind without a name": ({"$": "", "v": []}, "a value of kind ''"),
    "a class of no module": ({"$": "dataclass", "t": ":Kind", "v": {}}, "is not of this package's"),
    "a class without its fields": ({"$": "dataclass", "t": f"{__name__}:Inner", "v": {}}, "has other fields"),
    "a list as kind": ({"$": ["tuple"], "v": []}, "a value of kind"),
    "a class of the library": (
        {"$": "dataclass", "t": "dataclasses:Field", "v": {}},
        "is not of this package's",
    ),
    "the command": ({"$": "dataclass", "t": "workshop.cli.app:app", "v": {}}, "is not of this package's"),
    **{
        f"a name like the package's: {name}": (
            {"$": "dataclass", "t": f"{name}:Kind", "v": {}},
            "is not of this package's",
        )
        for name in (
            "workshop",
            "workshop_sent",
            "workshop.chapters_sent",
            "workshop.chapters.ch02_neural_networks_sent.ex01_perceptron",
            "workshop.chapters.ch02_neural_networks.ex01_perceptron_sent",
            "workshop.training.first_steps_sent",
            "workshop.execution.codec",
            "sent.workshop.training.first_steps",
            f"{__name__}_sent",
        )
    },
    "a message": (
        {"$": "dataclass", "t": "workshop.execution.calling:Made", "v": {}},
        "is not of this package's",
    ),
    "a part of a module": (
        {"$": "dataclass", "t": "workshop.chapters:by_name", "v": {}},
        "is not of this package's",
    ),
    "what a chapter imports": (
        {"$": "dataclass", "t": f"{__name__}:Part", "v": {}},
        "is not a dataclass of this code",
    ),
    "an array twice": ([{"$": "array", "i": 0}] * 2, "no stored outcome"),
    "an array of objects": ({"$": "array", "i": 1}, "Object arrays cannot be loaded"),
    "no such array": ({"$": "array", "i": 7}, "no stored outcome"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_encode_never_writes_is_refused(case):
    structure, why = REFUSED[case]
    with pytest.raises(CodecError, match=why):
        decode(packed(structure, a0=np.zeros(1), a1=np.array([1, "x"], object)), HOMES)


def test_a_few_bytes_never_become_many():
    structure, zeros = {"$": "array", "i": 0}, np.zeros(1_000_000)

    assert decode(packed(structure, a0=zeros)).shape == zeros.shape
    for few in (zeros, zeros[:1]):
        with pytest.raises(CodecError, match="its arrays are larger than it is"):
            decode(packed(structure, a0=few, compression=zipfile.ZIP_DEFLATED))
    buffer = io.BytesIO(packed(structure, a0=zeros))
    with zipfile.ZipFile(buffer, "a") as archive:  # one array by several names
        archive.writestr("x", b"")
        archive.filelist += [copy(archive.getinfo("a0.npy")) for _ in "abc"]
    with pytest.raises(CodecError, match="its arrays are larger than it is"):
        decode(buffer.getvalue())


@pytest.mark.parametrize("dtype", ["|V0", "|S0", "<U0"])
def test_items_without_a_size_are_refused(dtype):
    file = io.BytesIO()
    structure = np.frombuffer(json.dumps({"$": "array", "i": 0}).encode(), np.uint8)
    with zipfile.ZipFile(file, "w") as archive:
        for name, header, content in (
            ("a0", {"descr": dtype, "fortran_order": False, "shape": (10**15,)}, b""),
            (
                "structure",
                {"descr": "|u1", "fortran_order": False, "shape": structure.shape},
                structure.tobytes(),
            ),
        ):
            array = io.BytesIO()
            np.lib.format.write_array_header_1_0(array, header)
            archive.writestr(f"{name}.npy", array.getvalue() + content)
    with pytest.raises(CodecError, match="an array whose items have no size"):
        decode(file.getvalue())
