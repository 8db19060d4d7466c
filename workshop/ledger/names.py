"""Names of units as people write them."""

from __future__ import annotations

import difflib
import re

from workshop.errors import UsageError
from workshop.ledger.loading import ledger

_KINDS = {"exercise": "ex", "activity": "act", "text": "text", "ex": "ex", "act": "act"}
_NUMBERED = re.compile(r"(?:([a-z]+)\s*)?(?:ch)?(\d{1,2})\.(?:([a-z]+))?(\d{1,2})")


def unit_id(text: str, kind: str = "ex") -> str:
    """Return the id of the unit that a person names: `5.04`, `exercise 5.04`, `CH05.ex04`.

    Raises UsageError, which names the closest unit.
    """
    match = _NUMBERED.fullmatch(str(text).strip().lower())
    if match is not None:
        word, chapter, inner, number = match.groups()
        named = f"ch{int(chapter):02d}.{_KINDS.get(inner or word or kind, kind)}{int(number):02d}"
        if named in ledger().units:
            return named
    close = difflib.get_close_matches(str(text).lower(), ledger().units, n=1)
    raise UsageError(
        f"no unit is named {text!r}: " + (f"did you mean {close[0]!r}?" if close else "see `workshop list`")
    )
