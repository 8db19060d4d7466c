"""Errors in files: pydantic's first error as one line, in words for the editor of the file."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workshop.errors import WorkshopError

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "dataclass_type": "a mapping",
}
_LIMITS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}
# pydantic's names of the two forms of `measure`, and of those of `scale`
_UNION_TAG = re.compile(r"str$|dict\[str,str\]$|literal\[|tuple\[")


class LedgerError(WorkshopError):
    """A ledger file breaks a rule of the model; the message is one line that names file, id and remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def in_words(error: ValidationError, whole: str = "the file") -> str:
    """Return the first error as one line: the key (or `whole`), what is wrong with it, and the remedy."""
    return " ".join(_describe(error.errors(include_url=False)[0], whole).split())


def _describe(first: ErrorDetails, whole: str) -> str:
    names = [str(step) for step in first["loc"] if isinstance(step, str) and not _UNION_TAG.match(step)]
    key = names[-1] if names else whole
    kind, value, context = first["type"], first["input"], first.get("ctx", {})
    if "measure" in names:
        return f"measure {_short(value)} is unreadable: write a path, or a mapping of names to paths"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"unknown key {key!r}: remove or rename it"
    if kind == "missing":
        return f"{key!r} is missing: add it"
    if kind == "literal_error":
        return f"{key} {_short(value)} is unknown: use {context['expected']}"
    if kind in _WANTED:
        return f"{key} {_short(value)} has the wrong type: write {_WANTED[kind]}"
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return f"{key} {_short(value)} is out of range: make it {words} {context[limit]}"
    if kind in ("string_too_short", "too_short"):
        unit = "characters" if kind == "string_too_short" else "entries"
        return f"{key} is too short: give at least {context['min_length']} {unit}"
    return f"{key} {_short(value)}: {first['msg']}: mend it"


def _short(value: Any) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
