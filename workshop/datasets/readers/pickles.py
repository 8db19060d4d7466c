"""A pickle reader of our own, which can build only plain values.

A pickle is a program. Python's unpickler runs it on live objects. A program that may only rebuild arrays can
still change them without NumPy's knowledge and read foreign memory. This machine knows the instructions that
the published files use, on None, bool, int, str, bytes, and tuples, lists and dictionaries of them. A global
is a name for one of the caller's functions, or a name only. Intermediate values (`Inner`) never get into a
result.
"""

import pickle
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from workshop.errors import DataError, UnsafePickleError

Globals = Mapping[Tuple[str, str], Optional[Callable[..., Any]]]

_LONGEST_RECALLED = 1000  # enough for names and words: a long text must not be copied many times
# Picklers write the items of lists and dictionaries a thousand at a time. No value can contain itself, so
# values are nested no deeper than the stack is high.
_HIGHEST = 4096
# far more than any published file has; integers that are appended to a list together count as one
_MOST_INSTRUCTIONS = 500000
_INTEGERS = re.compile(rb"\((?:K.|M..|J....){1,1024}e", re.DOTALL)


class Inner:
    """A value for the caller's functions only, which no list, dictionary or result may contain."""


class Arguments(tuple, Inner):  # type: ignore[type-arg]  # not generic in Python 3.7
    """A tuple that contains an inner value."""

    __slots__ = ()


class Global(Inner):
    """A name that the caller admits, with its function if it may be called."""

    def __init__(self, name: str, call: Optional[Callable[..., Any]]) -> None:
        self.name, self.call = name, call


class Unbuilt(Inner):
    """A value that the instruction BUILD completes: `build` takes the state and returns the value."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self.build = build


def refuse(what: str) -> UnsafePickleError:
    """Return the error of a pickle that asks for something no published file needs."""
    return UnsafePickleError("its pickle %s; don't use this file" % what)


def text(value: Any) -> str:
    """Return a string, which Python 2 pickles as bytes."""
    if type(value) is bytes:
        return value.decode("ascii")
    if type(value) is not str:
        raise refuse("has %s for text" % type(value).__name__)
    return value


def sizes(value: Any) -> Tuple[int, ...]:
    """Return a shape or strides: a tuple of at most 32 integers that are not negative."""
    if type(value) is not tuple or len(value) > 32 or not all(type(n) is int and n >= 0 for n in value):
        raise refuse("has no sizes where an array needs them")
    return value


def unpickle(
    content: bytes, admitted: Globals, start: int = 0, persistent: Optional[Callable[[Any], Any]] = None
) -> Tuple[Any, int]:
    """Return the value of the pickle that begins at `start`, and where it ends.

    `admitted` : (module, name) → function that replaces the global, or None if it may only be named.
    `persistent` : function of the tuple that identifies a persistent object.

    Raises
    ------
    UnsafePickleError
        If the pickle has an instruction or a name that is not admitted, or uses one in another way.
    DataError
        If it is cut short.

    A broken pickle can raise other errors, which `reading` turns into DataError.
    """
    machine = _Machine(content, start, admitted, persistent)
    return machine.run(), machine.at


class _Machine:
    def __init__(
        self, content: bytes, start: int, admitted: Globals, persistent: Optional[Callable[[Any], Any]]
    ) -> None:
        self.content, self.at, self.admitted, self.persistent = content, start, admitted, persistent
        self.stack: List[Any] = []
        self.marks: List[int] = []
        self.memo: Dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(_MOST_INSTRUCTIONS):
            code = self.take(1)
            if code == b".":
                value = self.pop()
                if self.stack or self.marks:
                    raise refuse("leaves values behind")
                return _plain([value])[0]
            if code not in _INSTRUCTIONS:
                raise refuse("has the instruction %r, which is not admitted" % code)
            _INSTRUCTIONS[code](self)
            if len(self.stack) > _HIGHEST:
                raise refuse("nests or lines up too many values")
        raise refuse("is too long")

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.content):
            raise DataError("its pickle is cut short; run: workshop data check")
        self.at, start = end, self.at
        return self.content[start:end]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def counted(self, width: int) -> bytes:
        return self.take(self.number(width))

    def line(self) -> str:
        end = self.content.find(b"\n", self.at, self.at + 256)
        if end < 0:
            raise refuse("has a name that does not end")
        taken = self.take(end - self.at)
        self.at += 1
        return taken.decode("ascii")

    def pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise refuse("takes a value from an empty stack")
        return self.stack.pop()

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def mark(self) -> None:
        integers = _INTEGERS.match(self.content, self.at - 1)
        if integers:  # Python's unpickler gets only these, and reads them in a tenth of the time
            self.at = integers.end()
            self.extend(pickle.loads(b"]" + integers.group() + b"."))  # noqa: S301
        elif len(self.marks) < _HIGHEST:
            self.marks.append(len(self.stack))
        else:
            raise refuse("nests too many values")

    def items(self) -> List[Any]:
        """Return the values pushed since the last mark."""
        if not self.marks:
            raise refuse("has no mark where it needs one")
        mark = self.marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items

    def push_tuple(self, items: List[Any]) -> None:
        inner = any(isinstance(item, Inner) for item in items)
        if any(isinstance(item, Arguments if inner else tuple) for item in items):
            raise refuse("nests tuples")
        self.push(Arguments(items) if inner else tuple(items))

    def push_some(self, count: int) -> None:
        self.push_tuple([self.pop() for _ in range(count)][::-1])

    def extend(self, items: List[Any]) -> None:
        target = self.pop()
        if type(target) is not list:
            raise refuse("appends to a %s" % type(target).__name__)
        target += items
        self.push(target)

    def set_items(self, items: List[Any]) -> None:
        target = self.pop()
        if type(target) is not dict or len(items) % 2:
            raise refuse("sets an item of a %s" % type(target).__name__)
        if not {type(key) for key in items[::2]} <= {str, bytes}:
            raise refuse("has a key that is no text")
        target.update(zip(items[::2], _plain(items[1::2])))
        self.push(target)

    def set_item(self) -> None:
        value, key = self.pop(), self.pop()
        self.set_items([key, value])

    def remember(self, number: int) -> None:
        value = self.pop()
        self.memo[number] = value
        self.push(value)

    def recall(self, number: int) -> None:
        """Push a name or a short text again: any other value could then contain itself."""
        value = self.memo.get(number)
        if not isinstance(value, (str, bytes, Global)) or (
            not isinstance(value, Global) and len(value) > _LONGEST_RECALLED
        ):
            raise refuse("uses a value twice")
        self.push(value)

    def push_global(self, module: str, name: str) -> None:
        if (module, name) not in self.admitted:
            raise refuse("asks for %s.%s, which is not admitted" % (module, name))
        self.push(Global(module + "." + name, self.admitted[module, name]))

    def named_global(self) -> None:
        module = self.line()
        self.push_global(module, self.line())

    def stacked_global(self) -> None:
        name, module = self.pop(), self.pop()
        self.push_global(text(module), text(name))

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, Global) or function.call is None or not isinstance(arguments, tuple):
            raise refuse("calls something that is not a function")
        self.push(function.call(*arguments))

    def build(self) -> None:
        state, target = self.pop(), self.pop()
        if isinstance(target, Unbuilt):
            target = target.build(state)
        elif type(target) is not dict or type(state) is not dict:  # a dictionary's attributes are ignored
            raise refuse("changes a %s" % type(target).__name__)
        self.push(target)

    def persist(self) -> None:
        if self.persistent is None:
            raise refuse("refers to an unknown object")
        self.push(self.persistent(self.pop()))


def _plain(values: List[Any]) -> List[Any]:
    """Return the values, if they may be part of a result."""
    if any(issubclass(kind, Inner) for kind in set(map(type, values))):
        raise refuse("has a name or an unfinished array for a value")
    return values


_INSTRUCTIONS: Dict[bytes, Callable[[_Machine], Any]] = {
    b"\x80": lambda m: m.take(1),  # PROTO
    b"\x95": lambda m: m.take(8),  # FRAME
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number(1)),
    b"M": lambda m: m.push(m.number(2)),
    b"J": lambda m: m.push(int.from_bytes(m.take(4), "little", signed=True)),
    b"\x8a": lambda m: m.push(int.from_bytes(m.counted(1), "little", signed=True)),  # LONG1
    b"U": lambda m: m.push(m.counted(1)),  # SHORT_BINSTRING
    b"T": lambda m: m.push(m.counted(4)),  # BINSTRING
    b"C": lambda m: m.push(m.counted(1)),  # SHORT_BINBYTES
    b"B": lambda m: m.push(m.counted(4)),  # BINBYTES
    b"\x8c": lambda m: m.push(m.counted(1).decode("utf-8")),  # SHORT_BINUNICODE
    b"X": lambda m: m.push(m.counted(4).decode("utf-8")),  # BINUNICODE
    b"(": _Machine.mark,
    b")": lambda m: m.push(()),
    b"]": lambda m: m.push([]),
    b"}": lambda m: m.push({}),
    b"t": lambda m: m.push_tuple(m.items()),
    b"\x85": lambda m: m.push_some(1),
    b"\x86": lambda m: m.push_some(2),
    b"\x87": lambda m: m.push_some(3),
    b"a": lambda m: m.extend(_plain([m.pop()])),
    b"e": lambda m: m.extend(_plain(m.items())),
    b"s": _Machine.set_item,
    b"u": lambda m: m.set_items(m.items()),
    b"q": lambda m: m.remember(m.number(1)),
    b"r": lambda m: m.remember(m.number(4)),
    b"\x94": lambda m: m.remember(len(m.memo)),  # MEMOIZE
    b"h": lambda m: m.recall(m.number(1)),
    b"j": lambda m: m.recall(m.number(4)),
    b"c": _Machine.named_global,
    b"\x93": _Machine.stacked_global,
    b"R": _Machine.call,
    b"b": _Machine.build,
    b"Q": _Machine.persist,
}
