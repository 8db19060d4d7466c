"""No raw structure reaches a person: each claim of the book on the terminal and in the page's rows."""

import io
import re
import sys
from typing import Any

import pytest
from rich.console import Console

from tests.reporting.made_up_run import ENVIRONMENT
from tests.selection import in_full
from tests.toy.records import record, sums
from workshop.book import package_book
from workshop.cli.list import _print_list
from workshop.ledger import Claim
from workshop.reporting.report.view import claim_row
from workshop.reporting.screen import Screen
from workshop.reporting.showing import print_claim
from workshop.reporting.terminal import ResultRow, print_rows
from workshop.samples.texts import with_numbers
from workshop.values import brief, for_json, is_number, leaves
from workshop.verification.results import LastRecord
from workshop.wording.numbers import map_leaves
from workshop.wording.pairs import pair_of

RAW = re.compile(r"\[\[|\[['\"\d]|\{\w|\d (quantities|entries)\b")
LEFT = re.compile(r"and [\d,]+ more|\d layers|\d of \d| to |^.+: ")
# what authors of the ledger write, e.g. a matrix in code
WRITTEN = ("what", "statement", "test", "note")


def measured(claim: Claim) -> Any:
    """Return another value than the documented one, as a run would give it: of several seeds a summary."""
    value = for_json(claim.documented)
    other = map_leaves(value, lambda leaf: leaf * 1.234567 if isinstance(leaf, float) else leaf)
    if not claim.rule.needs_sample:
        return other
    numbers = [*leaves(other)]
    if not numbers or not all(map(is_number, numbers)):
        return {"seeds": 64, "first": other}
    return sums(other, numbers, [2 * n + 1 for n in numbers], 64)


LEDGER = with_numbers(package_book())
CLAIMS = list(LEDGER.claims.values())
RECORDS = {
    claim.id: record(
        claim, measured=measured(claim), margin=0.1, reason="equal", evidence=claim.evidence or ""
    )
    for claim in CLAIMS
}


def _refuse_raw(text: str, claims: list[Claim]) -> None:
    own = " ".join(str(getattr(claim, name) or "") for claim in claims for name in WRITTEN)
    readers = " ".join(str(claim.reader) for claim in claims if claim.reader is not None)
    found = [match for match in RAW.finditer(text) if match[0] not in own + readers]
    assert not found, text[max(found[0].start() - 60, 0) : found[0].end() + 60]


@pytest.mark.parametrize(("place", "width"), [(0, 60), (1, 100), (2, 160)])
def test_no_raw_structure_on_the_terminal(place, width, request):
    """`show`, `verify` and `list` write values in words, whatever the width, before a run and after it.

    Each unit has one of the widths, or by night all of them.
    """
    step = 1 if in_full(request.config) else 3
    for unit in [*LEDGER.units.values()][place % step :: step]:
        claims = list(unit.claims)
        latest = {
            claim.id: LastRecord(**vars(RECORDS[claim.id]), environment=ENVIRONMENT) for claim in claims
        }
        shown = Console(file=io.StringIO(), width=width)
        print_rows([ResultRow(claim, RECORDS[claim.id]) for claim in claims], Screen(shown))
        _print_list(claims, LEDGER, latest, Screen(shown))
        for claim in claims:
            for last in (None, latest[claim.id]):
                print_claim(claim, LEDGER, shown, last=last)
        assert isinstance(shown.file, io.StringIO)
        _refuse_raw(shown.file.getvalue(), claims)


def test_no_raw_structure_in_the_rows_of_the_page():
    for claim in CLAIMS:
        row = claim_row(claim, RECORDS[claim.id], LEDGER, ENVIRONMENT)
        values = [text for cell in (row.book, row.run) for _, text in cell.lines]
        _refuse_raw("\n".join([*values, *(text for _, text in (*row.rows, *row.details))]), [claim])


def _entries(text: str) -> list[str]:
    return sorted(re.split("[,;] ", text))  # in the order of the other value


@pytest.mark.parametrize("limit", [24, 36, 64, 150])
def test_what_is_cut_says_how_much_is_left(limit):
    """Each value is whole, or says how many more entries, words or layers there are."""
    for claim in CLAIMS:
        pair = pair_of(claim, RECORDS[claim.id])
        for value, text in zip((pair.book, pair.value), pair.written(limit), strict=True):
            whole = text in {"", "same"} or _entries(text) == _entries(brief(value, sys.maxsize))
            assert whole or LEFT.search(text), (claim.id, text)
            assert "…" not in text or "…" in brief(value, sys.maxsize), (claim.id, text)
