"""The line of a first contact."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from workshop.ledger import ledger
from workshop.reporting.terminal import first_contact_line, print_closing
from workshop.verification.results import Record, Results

FOUND = {
    "ch03.ex03.total_train": ("agrees", "reproduced"),
    "ch03.act02.counts": ("disagrees", "undecided"),
    "ch04.text12.text8_size": ("disagrees", "undecided"),
    "ch01.text02.scalar_rank": ("", "reproduced"),
}


@pytest.fixture
def records() -> tuple[Record, ...]:
    """Return a run that measured three results on their own data for the first time."""
    made = []
    for name, (contact, verdict) in FOUND.items():
        claim, known = ledger().claims[name], {"first_contact": contact}
        values: Any = (claim.ours, verdict, claim.documented, None, {}, "equal", None, (), 0.0, "made up")
        made.append(Record(name, claim.unit, *values, **known))  # type: ignore[arg-type]
    return tuple(made)


def test_the_line_counts_the_books_results(records: tuple[Record, ...]) -> None:
    """Those that agree and those that do not."""
    assert first_contact_line(records) == (
        "3 results were measured on their own data for the first time: 1 agrees, 2 do not."
    )
    assert first_contact_line(records[:1]) == (
        "1 result was measured on its own data for the first time: 1 agrees, 0 do not."
    )
    assert first_contact_line(records[:2]).endswith(": 1 agrees, 1 does not.")
    assert first_contact_line(records[-1:]) == ""


@pytest.mark.parametrize(("written", "said"), [(Path("results/verify.json"), True), (None, False)])
def test_the_maintainers_are_sent_the_results(
    records: tuple[Record, ...], written: Path | None, said: bool
) -> None:
    """If there is a file of them, with a word on what it names."""
    shown = Console(file=StringIO(), width=200)
    print_closing(Results({}, records), ledger(), shown, written=written)
    text = " ".join(shown.file.getvalue().split())  # type: ignore[attr-defined]
    sentence = "Please send results/verify.json to the maintainers. It names folders of this machine."
    assert (sentence in text) == said
