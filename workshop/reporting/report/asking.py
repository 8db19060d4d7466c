"""`workshop show CLAIM --mine NUMBER`: a reader's number among the recorded runs, in the page's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop.errors import UsageError
from workshop.execution.environment import this_environment
from workshop.ledger import Claim
from workshop.reporting.report.reader_number import assess
from workshop.reporting.report.samples import made_with, naive
from workshop.samples.model import DamagedReference
from workshop.samples.recorded import NotDecidable, recorded_runs
from workshop.untrusted import one_line


class NoSuchNumber(UsageError):
    """A claim has no recorded runs, or not of what is asked; the message says what it has."""


def mine_rows(claim: Claim, asked: str, last: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return (name, text) rows that tell whether a number, given as NUMBER or NAME=NUMBER, is normal.

    `last` is the claim's last record, which has the naive baseline. Raises NoSuchNumber.
    """
    if not claim.rule.needs_sample:
        raise NoSuchNumber(f"{claim.id} is decided without recorded runs: its rule is {claim.rule.text()}")
    try:
        found = recorded_runs(claim, this_environment().facts())
        names = list(found.numbers)
        given, equals, typed = asked.rpartition("=")
        name = given if equals else names[0]
        if name not in names or (not equals and len(names) > 1):
            told = ", ".join(f"--mine '{name}=…'" if name else "--mine alone" for name in names)
            raise NoSuchNumber(f"--mine {one_line(asked)} names none of the numbers of {claim.id}: {told}")
        baseline = naive({} if last is None else last.get("beside", {}), names)
        answer = assess(typed, found.numbers[name].tolist(), naive=baseline.get(name), made=made_with(found))
    except (ValueError, NotDecidable, DamagedReference) as error:
        raise NoSuchNumber(str(error)) from None
    return [("mine", line) for line in answer.lines]
