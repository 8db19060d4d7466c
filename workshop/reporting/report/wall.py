"""The errors of the book on the page, as cards and as a table, and warnings that are not misprints."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.ledger import Claim, Ledger
from workshop.reporting.errata import Erratum, counted_errors, errata, unconfirmed
from workshop.verification.results import Results
from workshop.wording.words import condition_text

CARDS = 14
_WARNINGS = 3


@dataclass(frozen=True)
class Wall:
    """The errors that a run confirmed: the first as cards, the rest in a table, each the worst first.

    `likely` : what the ledger records as errors and the run left open.
    """

    cards: tuple[Erratum, ...]
    rest: tuple[Erratum, ...]
    likely: tuple[Erratum, ...]

    @property
    def number(self) -> int:
        """All errors that the run confirmed."""
        return len(self.cards) + len(self.rest)

    @property
    def counted(self) -> str:
        """The number in words, with that of the results that show them."""
        return counted_errors([*self.cards, *self.rest])


@dataclass(frozen=True)
class Caution:
    """A result that was right with the book's libraries and is wrong since these versions."""

    claim: Claim
    since: str


def wall(results: Results, ledger: Ledger) -> Wall:
    """Return the errors of the book; the first are cards."""
    found = tuple(errata(ledger, results))
    likely = (one for one in unconfirmed(ledger, results) if one.verdict not in {None, "failed"})
    return Wall(found[:CARDS], found[CARDS:], tuple(likely))


def warnings(results: Results, ledger: Ledger) -> list[Caution]:
    """Return what this run shows to be changed with a serious consequence, one for each reason."""
    found: dict[str, Caution] = {}
    for record in results.claims:
        claim = ledger.claims[record.id]
        if record.verdict == "changed" and claim.consequence == 3 and claim.finding and claim.reader:
            found.setdefault(claim.finding.reason, Caution(claim, condition_text(claim.finding.when)))
    return [*found.values()][:_WARNINGS]
