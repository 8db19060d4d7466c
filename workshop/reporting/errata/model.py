"""What the book has wrong: each error as readers need it, the worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workshop.ledger import Claim, Ledger
from workshop.ledger.values import brief
from workshop.reporting.formatting import condition_text, stated_value
from workshop.reporting.places import place
from workshop.verification.results import Results
from workshop.verification.verdicts import Verdict

# what follows from a result that does not hold as printed
CONSEQUENCES: Mapping[int, str] = {
    3: "changes a conclusion",
    2: "wrong, or will not run",
    1: "a slip",
}


@dataclass(frozen=True)
class Erratum:
    """An error of the book: place, consequence (3, 2, 1), and in words what is printed, right and proven.

    `verdict` is that of a run, None without one. An error that only this run found has no words for readers
    yet: its title is what the claim is about. `since` names the versions of a change by a later library, ""
    for an error of the book.
    """

    claim: Claim
    place: str
    consequence: int
    title: str
    sentence: str
    printed: str
    right: str
    proof: str
    verdict: Verdict | None
    since: str = ""


def errata(ledger: Ledger, results: Results | None = None) -> list[Erratum]:
    """Return the errors of the book, the worst first, else in the book's order.

    Without results these are all that the ledger records. With results these are those that the run
    confirmed. Results that a later version of a library changed are no errors of the book.
    """
    verdicts = {} if results is None else {record.id: record.verdict for record in results.claims}
    found = []
    for claim in ledger.claims.values():
        verdict = verdicts.get(claim.id)
        recorded = claim.correct is not None or (claim.finding and claim.finding.verdict == "refuted")
        if claim.ours or not (recorded if results is None else verdict in {"corrected", "refuted"}):
            continue
        found.append(_erratum(claim, ledger, verdict))
    return sorted(found, key=lambda one: -one.consequence)


def changes(ledger: Ledger) -> list[Erratum]:
    """Return what later versions of libraries changed, the worst first, else in the book's order.

    Those of chapter 7 come before all others: its GANs stop training, and no error says so. Claims of our own
    are among them, because they say what the book's code does today. What only older versions do otherwise is
    no later change.
    """
    found = [
        replace(_erratum(claim, ledger, None), since=condition_text(claim.finding.when))
        for claim in ledger.claims.values()
        if claim.finding is not None and claim.finding.verdict == "changed"
        if any(">" in versions for versions in claim.finding.when.values())
    ]
    return sorted(found, key=lambda one: (not is_warning(one), -one.consequence))


def is_warning(one: Erratum) -> bool:
    """Whether a change is so grave that it is shown before all errors: the GANs of chapter 7."""
    return bool(one.since) and one.claim.unit.startswith("ch07.")


def _erratum(claim: Claim, ledger: Ledger, verdict: Verdict | None) -> Erratum:
    reader = claim.reader
    if reader is None:  # results of another version: today's ledger has no error here
        printed = brief(stated_value(claim), 60)
        return Erratum(claim, place(claim, ledger), 3, claim.what, "", printed, "", "", verdict)
    return Erratum(
        claim,
        place(claim, ledger),
        claim.consequence or 3,
        reader.title,
        reader.sentence,
        reader.printed,
        reader.right,
        reader.proof,
        verdict,
    )
