"""Pickles that the readers must take or refuse: valid ones, hostile ones, and seeded mutations of the valid.

Run as a program it reads them all, and prints a line of JSON with what came of each. A crash ends it alone.
"""

import io
import json
import random
import struct
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workshop.datasets.readers import reading
from workshop.datasets.readers.pickles import load_npz, load_torch_state, unpickle_arrays
from workshop.errors import DataError

NONE, NO, YES = b"N", b"\x89", b"\x88"


class Stream(NamedTuple):
    """A pickle; `kind` is arrays, npz (the pickle of an array of two objects) or state (a whole .pth)."""

    name: str
    kind: str
    content: bytes


def number(value: int) -> bytes:
    """Push an integer of any size."""
    content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(content)]) + content


def text(value: str) -> bytes:
    """Push a string."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def raw(value: bytes) -> bytes:
    """Push bytes."""
    return b"B" + struct.pack("<I", len(value)) + value


def row(*items: bytes) -> bytes:
    """Push a tuple."""
    return b"(" + b"".join(items) + b"t"


def numbers(*values: int) -> bytes:
    """Push a tuple of integers."""
    return row(*map(number, values))


def named(module: str, name: str) -> bytes:
    """Push a global."""
    return f"c{module}\n{name}\n".encode()


def dtype(
    code: str, order: str = "|", fields: bytes = NONE + NONE, size: int = -1, flags: int | None = None
) -> bytes:
    """Push a dtype with its state."""
    flags = (63 if code == "O8" else 0) if flags is None else flags
    state = row(number(3), text(order), NONE, fields, number(size), number(size), number(flags))
    return named("numpy", "dtype") + row(text(code), number(0), number(1)) + b"R" + state + b"b"


def bare_array() -> bytes:
    """Push an array that has no state."""
    arguments = row(named("numpy", "ndarray"), numbers(0), raw(b"b"))
    return named("numpy.core.multiarray", "_reconstruct") + arguments + b"R"


def array_state(shape: bytes, kind: bytes, content: bytes, fortran: bytes = NO) -> bytes:
    """Push the state of an array and give it to the array below."""
    return row(number(1), shape, kind, fortran, content) + b"b"


def array(shape: bytes, kind: bytes, content: bytes, fortran: bytes = NO) -> bytes:
    """Push an array."""
    return bare_array() + array_state(shape, kind, content, fortran)


def storage(kind: str = "FloatStorage", key: str = "0", count: int = 4, view: bytes = NONE) -> bytes:
    """Push a storage."""
    description = (text("storage"), named("torch", kind), text(key), text("cpu"), number(count), view)
    return row(*description) + b"Q"


def tensor(
    base: bytes | None = None, offset: int = 0, size: bytes = numbers(2, 2), stride: bytes = numbers(2, 1)
) -> bytes:
    """Push a tensor."""
    hooks = named("collections", "OrderedDict") + b")R"
    arguments = row(storage() if base is None else base, number(offset), size, stride, NO, hooks)
    return named("torch._utils", "_rebuild_tensor_v2") + arguments + b"R"


def state(*tensors: bytes, keys: tuple[str, ...] = ("0",), count: int = 4, more: bytes = b"") -> bytes:
    """Return a .pth file of these tensors over storages of four float32."""
    head = [number(0x1950A86A20F9469CFC6C), number(1001), b"}" + text("little_endian") + YES + b"s"]
    items = b"".join(text(f"weight {place}") + each for place, each in enumerate(tensors))
    body = named("collections", "OrderedDict") + b")R(" + items + b"u" + more
    names = b"](" + b"".join(map(text, keys)) + b"e"
    values = struct.pack("<Q", count) + np.arange(count if count < 100 else 4, dtype="<f4").tobytes()
    return b"".join(b"\x80\x02" + part + b"." for part in (*head, body, names)) + values * len(keys)


def pickled(content: bytes) -> bytes:
    """Return a whole pickle."""
    return b"\x80\x02" + content + b"."


EIGHT = raw(bytes(range(8)))
U1, I8, O8 = dtype("u1"), dtype("i8", "<"), dtype("O8")
LISTS = b"](](K\x01M\x00\x02e]K\x03ae"

_VALID = {
    "arrays": {
        "bytes": array(numbers(2, 4), U1, EIGHT),
        "columns": array(numbers(2, 4), U1, EIGHT, YES),
        "big numbers": array(numbers(1), dtype("i8", ">"), EIGHT),
        "empty": array(numbers(0, 3), I8, raw(b"")),
        "batch": b"}q\x00("
        + raw(b"data")
        + array(numbers(1, 8), U1, EIGHT)
        + b"U\x06labelsq\x01](K\x01K\x02e"
        + b"U\x04path](T\x01\x00\x00\x00ah\x01eu",
        "latin": named("_codecs", "encode") + row(text("\xe9"), text("latin1")) + b"R",
    },
    "npz": {"lists": array(numbers(2), O8, LISTS)},
}
VALID = [
    *(Stream(name, kind, pickled(body)) for kind, each in _VALID.items() for name, body in each.items()),
    Stream("state", "state", state(tensor(), tensor(stride=numbers(1, 2)), tensor(None, 3, b")", b")"))),
    Stream("attributes", "state", state(tensor(), more=b"}" + text("_metadata") + b"}sb")),
]

_HUGE, _LONG_ROW, _LONG_STEP = numbers(1 << 62), numbers(1000000), numbers(0)
_HOSTILE = {
    "state": {
        "a view with stride 0 as a storage, by the memo": state(
            tensor(None, 0, _LONG_ROW, _LONG_STEP) + b"q\x07", tensor(b"h\x07", 0, _LONG_ROW, numbers(1))
        ),
        "a storage that is cut": state(tensor())[:-16],
        "a view with stride 0": state(tensor(None, 0, _LONG_ROW, _LONG_STEP)),
        "stride below 0": state(tensor(None, 3, numbers(2, 2), numbers(-2, 1))),
        "a tensor as a storage": state(
            tensor(tensor(None, 0, numbers(4), numbers(0)), 0, numbers(4), numbers(1))
        ),
        "an item set in a storage": state(tensor(storage() + number(1 << 20) + number(1) + b"s")),
        "items set in a tensor": state(tensor() + b"(" + number(1 << 20) + number(1) + b"u"),
        "a tensor built": state(tensor() + row(number(1), NONE, NO, raw(b"")) + b"b"),
        "offset below 0": state(tensor(None, -1)),
        "offset beyond": state(tensor(None, 1)),
        "two sizes below 0": state(tensor(None, 0, numbers(-2, -2))),
        "stride beyond": state(tensor(None, 0, numbers(2, 2), numbers(3, 1))),
        "a huge size": state(tensor(None, 0, _HUGE, numbers(0))),
        "sizes whose product wraps": state(tensor(None, 0, numbers(1 << 32, 1 << 32), numbers(0, 0))),
        "fewer strides": state(tensor(None, 0, numbers(2, 2), numbers(1))),
        "a huge storage": state(tensor(storage(count=1 << 40)), count=1 << 40),
        "a storage larger than its member": state(tensor(storage(count=5)), count=4),
        "a storage of two dtypes": state(tensor(), tensor(storage("DoubleStorage"))),
        "a storage without numbers": state(tensor(storage(key="9"))),
        "numbers without a storage": state(tensor(), keys=("0", "9")),
        "a name that is a value": state(named("torch", "FloatStorage")),
        "a dictionary of pairs": state(
            named("collections", "OrderedDict") + row(b"]" + numbers(1, 2) + b"a") + b"R"
        ),
        "tensors that fill the memory": state(
            *[tensor(storage(count=5000), 0, numbers(5000), numbers(1))] * 2000, keys=()
        ),
    },
    "arrays": {
        "a field beyond its item": array(
            numbers(1),
            dtype("V1", fields=row(text("a")) + b"}" + text("a") + row(I8, number(1 << 20)) + b"s", size=1),
            raw(b"A"),
        )
        + number(0)
        + row(number(7))
        + b"s",
        "objects out of bytes": array(numbers(1), O8, raw(b"AAAAAAAA")),
        "objects said to be none": array(numbers(1), dtype("O8", flags=0), raw(b"AAAAAAAA")),
        "an item set in an array": array(numbers(8), U1, EIGHT) + number(0) + number(9) + b"s",
        "an array built twice": array(numbers(8), U1, EIGHT) + array_state(_HUGE, U1, raw(b"")),
        "an array without state": bare_array(),
        "two sizes below 0": array(numbers(-2, -4), U1, EIGHT),
        "a huge size": array(_HUGE, U1, EIGHT),
        "sizes whose bytes wrap to 8": array(numbers((1 << 61) + 1), I8, EIGHT),
        "fewer bytes": array(numbers(9), U1, EIGHT),
        "more bytes": array(numbers(7), U1, EIGHT),
        "a storage": storage(),
        "fewer objects": array(numbers(3), O8, LISTS),
        "text for bytes": array(numbers(8), U1, text("01234567")),
        "a dtype of dtypes": array(
            numbers(1), named("numpy", "dtype") + row(row(text("i8"), numbers(9))) + b"R" + NONE + b"b", EIGHT
        ),
        "another byte order": array(numbers(1), dtype("i8", "!"), EIGHT),
        "a called array": named("numpy", "ndarray") + numbers(1 << 20) + b"R",
        "another encoding": named("_codecs", "encode") + row(text("a"), text("idna")) + b"R",
        "an extension": b"\x82\x01",
        "an object": named("numpy", "ndarray") + b")\x81",
        "marks on marks": b"(" * 100000,
        "bytes beyond the end": b"T\xff\xff\xff\xffa",
        "no UTF-8": b"X\x01\x00\x00\x00\xff",
        "an empty stack": b"a",
        "a value below the mark": b"](a",
        "a call of text": text("a") + b")R",
        "a key without a value": b"}(" + text("a") + b"u",
        "a name without an end": b"cnumpy\ndtype",
    },
    "npz": {
        "nothing": b"",
    },
}
HOSTILE = [
    Stream(name, kind, body if kind == "state" else pickled(body))
    for kind, each in _HOSTILE.items()
    for name, body in each.items()
]

# values of odd forms, which may be read or refused
ODD = [
    Stream(name, "arrays", pickled(body))
    for name, body in {
        "a list that contains itself": b"]q\x00h\x00a",
        "a dictionary that contains itself": b"}q\x00U\x01ah\x00s",
        "lists in lists": b"]" * 100000 + b"a" * 99999,
        "tuples in tuples": b")" + b"\x85" * 100000,
        "too long": b"]" + b"]a" * 300000,
        "doubling": b"]" + b"".join(b"q" + bytes([n]) + b"](h" + bytes([n]) * 2 + b"e" for n in range(40)),
    }.items()
]


def mutated(stream: Stream, seed: int) -> Stream:
    """Return a stream with one to three bytes or rows of bytes flipped, dropped, doubled, moved or put in."""
    draw = random.Random(f"{stream.name} {seed}")
    content = bytearray(stream.content)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        start = draw.randrange(len(content))
        end = min(len(content), start + draw.randint(1, 12))
        kind = draw.randrange(6)
        if kind == 0:
            content[start] ^= 1 << draw.randrange(8)
        elif kind == 1 and end - start < len(content):
            del content[start:end]
        elif kind == 2:
            content[start:start] = content[start:end]
        elif kind == 3:
            content[start] = draw.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 4:
            content[start:start] = bytes([draw.choice(b"NK]})(tauesbRQq\x85\x86\x87h.")])
        else:
            place = draw.randrange(len(content))
            content[place:place] = content[start:end]
    return Stream(f"{stream.name} {seed}", stream.kind, bytes(content))


def streams(mutations: int) -> Iterator[Stream]:
    """Yield the valid streams, the hostile ones, n mutations of each valid one, and the odd ones."""
    yield from VALID
    yield from HOSTILE
    for valid in VALID:
        yield from (mutated(valid, seed) for seed in range(mutations))
    yield from ODD


def read_stream(stream: Stream, folder: Path) -> Any:
    """Return the value of a stream, read by the reader of its kind."""
    path = folder / "hostile"
    if stream.kind == "arrays":
        with reading(path.name):
            return unpickle_arrays(io.BytesIO(stream.content))
    if stream.kind == "npz":
        header = b"{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n"
        with zipfile.ZipFile(path, "w") as archive:
            member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + stream.content
            archive.writestr("x.npy", member)
        return load_npz(path, objects=True)
    path.write_bytes(stream.content)
    return load_torch_state(path)


def described(value: Any) -> str:
    """Return the value as text, every byte of its arrays read; raises TypeError for other values."""
    if isinstance(value, np.ndarray):
        items = [described(item) for item in value.ravel()] if value.dtype.hasobject else value.tobytes()
        return f"{value.dtype.str}{value.shape}{items!r}"
    if type(value) in (list, tuple):
        return f"{type(value).__name__}{[described(item) for item in value]}"
    if type(value) is dict:
        return str({described(key): described(item) for key, item in value.items()})
    if type(value) in (type(None), bool, int, str, bytes):
        return repr(value)
    raise TypeError(f"a {type(value).__name__} came out")


def main() -> None:
    """Print what comes of each stream."""
    with tempfile.TemporaryDirectory() as folder:
        for stream in streams(int(sys.argv[1])):
            try:
                value = read_stream(stream, Path(folder))
                outcome, what = "value", "" if stream in ODD else described(value)
            except DataError as error:
                outcome, what = "refused", str(error)
            except Exception as error:  # the test shows it
                outcome, what = "error", repr(error)
            line = {"name": stream.name, "kind": stream.kind, "outcome": outcome, "what": what[:300]}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()  # a crash loses nothing


if __name__ == "__main__":
    main()
