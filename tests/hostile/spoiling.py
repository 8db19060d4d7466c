"""Damaged inputs: valid files with odd values, or with bytes removed, inserted or replaced, and noise."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

# what a text editor, another program or an attacker may have left in a file
ODD_TEXTS = (
    "2001-99-99", "!!bool x", "!!python/object/apply:os.system ['true']", "&a [*a]", "{<<: *b}", "? ",
    "9" * 5000, "1e999", "0x", "-.inf", "\x00", "\x1b]0;x\x07", "\u202e", "\n\n", "\t", "'", '"',
    "{", "}}", "[", "]]",
    ":", "=", "inf", "٣", "1_000", "../../etc/passwd", "\\ud800", "\r", "%", "#",
)  # fmt: skip
ODD_BYTES = (
    b"\xff",
    b"\x00" * 9,
    b"\xed\xa0\x80",
    b"\x80\x04.",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\x7f\xff\xff\xff\xff",
)
ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, 2**63, 0.5, float("nan"), float("inf"), "", "x", "\ud800", "\x1b]0;x\x07",
    "../..", "/etc/passwd", "a\nb", "{name.__class__}", "{", "9" * 5000, "x" * 3000, [], {}, [[]], [None],
    {"": None}, {"a": {}},
)  # fmt: skip


def texts(*valid: str) -> st.SearchStrategy[str]:
    """Generate valid texts with an insertion or a cut, and any text."""
    return st.one_of(
        _spliced(valid, st.sampled_from(ODD_TEXTS) | st.text(max_size=4), ""), st.text(max_size=30)
    )


def contents(*valid: bytes) -> st.SearchStrategy[bytes]:
    """Generate valid contents with an insertion or a cut, and any bytes."""
    odd = st.sampled_from((*ODD_BYTES, *(text.encode() for text in ODD_TEXTS))) | st.binary(max_size=4)
    return st.one_of(_spliced(valid, odd, b""), st.binary(max_size=60))


def trees(valid: Any, write: Callable[[Any], bytes]) -> st.SearchStrategy[bytes]:
    """Files of a tree of mappings and lists with one or two odd values, and those of `contents`."""
    return st.one_of(
        _changed(valid).map(write), _changed(valid).flatmap(_changed).map(write), contents(write(valid))
    )


@st.composite
def _spliced(draw: Any, valid: tuple[Any, ...], odd: st.SearchStrategy[Any], empty: Any) -> Any:
    content = draw(st.sampled_from(valid))
    start = draw(st.integers(0, len(content)))
    length = draw(st.sampled_from((0, 0, 1, 2, 8, len(content))))
    return content[:start] + draw(st.one_of(odd, st.just(empty))) + content[start + length :]


@st.composite
def _changed(draw: Any, valid: Any) -> Any:
    tree = copy.deepcopy(valid)
    places = list(_places(tree))
    if not places:
        return draw(st.sampled_from(ODD_VALUES))
    owner, key = draw(st.sampled_from(places))
    action = draw(st.sampled_from(("replace", "replace", "remove", "rename")))
    if action == "replace":
        owner[key] = draw(st.sampled_from(ODD_VALUES))
    elif action == "remove":
        del owner[key]
    elif isinstance(owner, dict):
        owner[draw(st.sampled_from(("", "x", "id", "\x1b[1m", "value")))] = owner.pop(key)
    else:
        owner.append(owner[key])
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every owner and key or index of a tree, the topmost first."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield tree, key
        yield from _places(value)
