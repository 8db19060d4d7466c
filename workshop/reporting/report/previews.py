"""Previews of two values: where both are too long, the first place where they differ is what is kept."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import takewhile, zip_longest
from typing import Any

from workshop.ledger.values import beginning, brief, half_digit, is_number, plain

_SURROUNDINGS = 90  # characters, so that a difference is seen at once
Piece = tuple[str, Any]  # a bit of a value's text, and the number if it is one


def side_by_side(printed: Any, other: Any, limit: int) -> tuple[str, str]:
    """Write two values, each shortened to a limit so that the first place where they differ is seen.

    Numbers that agree in the printed digits do not differ, nor does the order of keys.
    """
    printed = plain(printed)
    other = _in_order(plain(other), printed)
    ours, theirs = list(_pieces(printed)), list(_pieces(other))
    pairs = list(zip(ours, theirs, strict=False))
    place = next((at for at, pair in enumerate(pairs) if not _alike(*pair)), None)
    if place is not None:
        (a, _), (b, _) = pairs[place]
        first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
        if not (_kept(ours, place, first, limit) and _kept(theirs, place, first, limit)):
            room = min(limit, _SURROUNDINGS)
            return _around(ours, place, first, room), _around(theirs, place, first, room)
    return brief(printed, limit), brief(other, limit)


def _pieces(value: Any) -> Iterator[Piece]:
    """Yield what joined is the value's text: brackets with their keys, separators, words, other scalars."""
    if isinstance(value, dict):
        for place, (key, item) in enumerate(value.items()):
            yield f"{', ' if place else '{'}{key}: ", None
            yield from _pieces(item)
        yield "}" if value else "{}", None
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield ", " if place else "[", None
            yield from _pieces(item)
        yield "]" if value else "[]", None
    elif isinstance(value, str):
        yield from ((word, None) for word in re.findall(r"\S+\s*|^\s+", value))
    else:
        yield brief(value, sys.maxsize), value


def _in_order(value: Any, model: Any) -> Any:
    """Return a value with its keys in the order of another's, further ones behind."""
    if isinstance(value, dict) and isinstance(model, dict):
        keys = [*(key for key in model if key in value), *(key for key in value if key not in model)]
        return {key: _in_order(value[key], model.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(model, list):
        return [_in_order(*pair) for pair in zip_longest(value, model[: len(value)])]
    return value


def _alike(printed: Piece, other: Piece) -> bool:
    one, two = printed[1], other[1]
    if isinstance(one, float) and is_number(two):
        return abs(one - two) <= half_digit(one)
    return printed[0] == other[0]


def _kept(pieces: list[Piece], place: int, first: int, limit: int) -> bool:
    """Whether `brief` keeps the character of a piece that is the first other one."""
    texts = [text for text, _ in pieces]
    whole = "".join(texts)
    return len(whole) <= limit or len("".join(texts[:place])) + first < len(beginning(whole, limit // 2 - 2))


def _around(pieces: list[Piece], place: int, first: int, limit: int) -> str:
    """Return a text from a bit before a piece on, or from its key on if that leaves room for it.

    `first` is the place of the other character in the piece, which may be long.
    """
    texts = [text for text, _ in pieces]
    begin = place
    if place and texts[place - 1].endswith(": ") and len(texts[place - 1]) < 3 * limit // 4:
        begin -= 1
    while begin and len("".join(texts[begin - 1 : place])) <= limit // 2:
        begin -= 1
    while begin < place and texts[begin] in {", ", "]", "}"}:
        begin += 1
    seen = len("".join(texts[begin:place])) + first
    hidden = max(seen - 3 * limit // 4, 0)
    text, room = "".join(texts[begin:])[hidden:].removeprefix(", "), limit - 4
    shown = f"{beginning(text, room, seen - hidden + 1)} …" if len(text) > room else text
    return f"{'… ' if begin or hidden else ''}{shown}"
