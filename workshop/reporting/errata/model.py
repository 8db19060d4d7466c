"""What the book gets wrong: each error as readers need it, the worst first."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from workshop.ledger import Claim, Ledger
from workshop.values import brief
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict
from workshop.wording.numbers import counted
from workshop.wording.pairs import stated_value
from workshop.wording.places import place
from workshop.wording.words import LIBRARIES, condition_text

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
    for an error of the book. `also` : place and id of other claims that show it. `confirms` : what would
    confirm it, "" if it is confirmed.
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
    also: tuple[tuple[str, str], ...] = ()
    confirms: str = ""

    @property
    def names(self) -> set[str]:
        """The ids of all claims that show it."""
        return {self.claim.id, *(name for _, name in self.also)}

    @property
    def also_text(self) -> str:
        """The other claims that show it, by place."""
        return "; ".join(
            f"{where} ({', '.join(name for _, name in pairs)})"
            for where, pairs in groupby(self.also, lambda pair: pair[0])
        )


def errata(ledger: Ledger, results: Results | None = None) -> list[Erratum]:
    """Return the confirmed errors of the book, the worst and most surprising first, else in its order.

    With results these are those that the run confirmed. Without, they are those that a run of the whole book
    confirms: the ledger marks the others. Results that a later version of a library changed are not errors.
    """
    return [one for one in _errors(ledger, results) if not one.confirms]


def unconfirmed(ledger: Ledger, results: Results | None = None) -> list[Erratum]:
    """Return what the ledger records as errors and is not confirmed, in the order of `errata`."""
    return [one for one in _errors(ledger, results) if one.confirms]


def changes(ledger: Ledger) -> list[Erratum]:
    """Return what later versions of libraries changed, the worst first, else in the book's order.

    Those of chapter 7 come before all others: its GANs stop training, and no error says so. Claims of our own
    are among them, because they say what the book's code does today. A result that differs only under older
    versions is not a later change.
    """
    claims = [
        claim
        for claim in ledger.claims.values()
        if claim.differs and not claim.is_error
        if claim.finding is not None and any(">" in versions for versions in claim.finding.when.values())
    ]
    changed = [_erratum(same, ledger, None) for same in _same(claims)]
    return sorted(changed, key=lambda one: (not one.claim.unit.startswith("ch07."), *_place_in_list(one)))


def _place_in_list(one: Erratum) -> tuple[int, float]:
    """Return what errors are sorted by: consequence, then surprise, else the book's order stays."""
    return -one.consequence, one.claim.surprise or math.inf


def counted_errors(shown: Sequence[Erratum]) -> str:
    """Write how many errors there are, and how many printed results show them where these are more."""
    results = len(shown) + sum(len(one.also) for one in shown)
    errors = counted(len(shown), "error")
    return errors if results == len(shown) else f"{results} results, {errors}"


def run_text(environment: Mapping[str, Any]) -> str:
    """Name a run by its day and environment, as the beginning of a sentence."""
    day = str(environment.get("date", ""))[:10]
    names = ("tensorflow", "keras", "python")
    facts = [f"{LIBRARIES[name]} {environment[name]}" for name in names if name in environment]
    facts.append(str(environment.get("device", "cpu")).upper())
    return f"The run{' of ' + day if day else ''} with {', '.join(facts)}"


def _errors(ledger: Ledger, results: Results | None) -> list[Erratum]:
    """Return all errors that the ledger or a run knows; each says what would confirm it."""
    records = {} if results is None else {record.id: record for record in results.claims}

    def confirmed(claim: Claim) -> bool:
        if results is None:
            return claim.is_error and claim.unconfirmed is None
        return claim.id in records and records[claim.id].verdict in {"corrected", "refuted"}

    book = [claim for claim in ledger.claims.values() if not claim.ours]
    errors = []
    for claims in _same([claim for claim in book if claim.is_error or confirmed(claim)]):
        shown = [claim for claim in claims if confirmed(claim)] or claims
        record = next((records[claim.id] for claim in shown if claim.id in records), None)
        one, first = _erratum(shown, ledger, record), shown[0]
        if not confirmed(first):  # the ledger says what would, else the run that did not
            run = records[first.id].reason if first.id in records else f"workshop verify {first.id}"
            one = replace(one, confirms=first.unconfirmed or run)
        errors.append(one)
    return sorted(errors, key=_place_in_list)


def _same(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Put claims with the same error together, the one with its text first."""
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.same_error_as or claim.id].append(claim)
    return [sorted(group, key=lambda claim: claim.same_error_as is not None) for group in groups.values()]


def _erratum(claims: Sequence[Claim], ledger: Ledger, record: Record | None) -> Erratum:
    claim, *others = claims
    first = ledger.first_of(claim)
    reader, verdict = first.reader, None if record is None else record.verdict
    finding = first.finding
    since = condition_text(finding.when) if finding is not None and finding.when else ""
    also = tuple((place(other, ledger), other.id) for other in others)
    if reader is None:  # results of another version: today's ledger has no error here
        printed = brief(stated_value(claim), 60)
        return Erratum(claim, place(claim, ledger), 3, claim.what, "", printed, "", "", verdict, "", also)
    return Erratum(
        claim,
        place(claim, ledger),
        first.consequence or 3,
        reader.title,
        reader.sentence,
        reader.printed,
        reader.right,
        reader.proof,
        verdict,
        since,
        also,
    )
