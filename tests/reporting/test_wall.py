"""The errors of the book on the page: cards, table and warnings."""

import re
from io import StringIO

from rich.console import Console

from tests.toy.records import record
from workshop.book import SAMPLES, package_book
from workshop.ledger import Claim, ledger
from workshop.ledger.model import PLACEHOLDER
from workshop.reporting.errata import errata
from workshop.reporting.report.page import CARDS, page, wall, warnings
from workshop.reporting.showing import print_claim
from workshop.reporting.terminal import print_run
from workshop.samples.model import sample_in
from workshop.samples.texts import with_numbers
from workshop.verification.results import Results
from workshop.verification.verdicts import Verdict


def run() -> Results:
    """Return a run that confirms all that the ledger records."""

    def verdict(claim: Claim) -> Verdict:
        if claim.finding is not None:
            return claim.finding.verdict
        return "corrected" if claim.correct is not None else "reproduced"

    return Results(
        {},
        tuple(record(c, verdict(c)) for c in ledger().claims.values()),
    )


def test_cards_are_the_worst_and_the_most_surprising():
    """Each error is there once, the worst first; of those of equal consequence the order is the ledger's."""
    found = wall(run(), ledger())

    assert len(found.cards) == CARDS
    assert {one.claim.id for one in (*found.cards, *found.rest)} == {
        one.claim.id for one in errata(ledger(), run())
    }
    assert found.number == len(found.cards) + len(found.rest)
    for part in (found.cards, found.rest):
        assert [one.consequence for one in part] == sorted((one.consequence for one in part), reverse=True)
    least = min(one.consequence for one in found.cards)
    assert all(one.consequence <= least for one in found.rest)
    first = ["ch05.text01.company", "ch02.act01.log", "ch06.text05.indices", "ch07.ex05.text_confused"]
    assert [one.claim.id for one in found.cards[:4]] == first
    order = [(-one.consequence, one.claim.surprise or 99) for one in (*found.cards, *found.rest)]
    assert order == sorted(order)


def test_few_errors_are_all_cards():
    """A run without errors has no cards, and one with a few has no table."""
    assert wall(Results({}, ()), ledger()).number == 0
    few = Results({}, tuple(r for r in run().claims if r.unit.startswith("ch01")))
    assert wall(few, ledger()).rest == ()


def test_warnings_are_no_misprints():
    found = warnings(run(), ledger())

    assert found
    assert all(one.claim.consequence == 3 and one.since for one in found)
    reasons = [one.claim.finding.reason for one in found if one.claim.finding is not None]
    assert len(set(reasons)) == len(reasons) == len(found)
    assert not {one.claim.id for one in found} & {one.claim.id for one in errata(ledger(), run())}


def test_no_placeholder_of_the_ledger_is_shown():
    """Page, terminal and `show` show the numbers of the recorded runs that their ledger has."""
    text = StringIO()
    console = Console(file=text, width=100)
    results, book = run(), with_numbers(package_book())
    for claim in book.claims.values():
        if claim.differs:
            part = Results({}, tuple(r for r in results.claims if r.id == claim.id))
            print_run(part, book, console, own=True)
            print_claim(claim, book, console, last=None, verbose=True)

    log = sample_in("ch02.act01", "", SAMPLES)
    assert log is not None
    assert f"in {len(log.runs)} recorded fresh trainings" in " ".join(text.getvalue().split())
    # scripts have sentences to fill
    written = re.sub(r"<script\b.*?</script>", "", page(results, book), flags=re.DOTALL)
    for shown in (text.getvalue(), written):
        assert not PLACEHOLDER.search(shown)
