"""The report's page: one HTML file that loads nothing else and works from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from workshop.figures.model import Figure, by_error
from workshop.ledger import Claim, Ledger
from workshop.reporting.describe import EVIDENCE
from workshop.reporting.errata import CONSEQUENCES, Erratum, counted_errors, errata, unconfirmed
from workshop.reporting.html import render
from workshop.reporting.own_number import BEYOND, SENTENCES, OwnNumber
from workshop.reporting.report.answer import opening
from workshop.reporting.report.by_version import changes, counts_text, lanes
from workshop.reporting.report.missing_data import missing
from workshop.reporting.report.overview import FACTS, MARKS, WHEN, overview, stamped
from workshop.reporting.report.view import ClaimRow, Code, chapters, failures
from workshop.statistics.own_number import STATES
from workshop.verification.results import Results
from workshop.verification.verdicts import BASES, MEANINGS
from workshop.wording.words import (
    CHANGED,
    DECIDED,
    DEFERRED,
    FAILED,
    NOT_HOLDING,
    OPEN,
    WORD_OF,
    WORDS,
    condition_text,
)

CARDS = 14
_WARNINGS = 3

Figures = Mapping[str, Sequence[Figure]]

# under the squares of the map, where a title has no room
_SHORT = {
    "ch01": "Basics", "ch02": "Neural nets", "ch03": "Images", "ch04": "Text", "ch05": "Sequences",
    "ch06": "LSTMs", "ch07": "GANs",
}  # fmt: skip


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


def page(
    results: Results, ledger: Ledger, *, figures: Figures | None = None, code: Code | None = None
) -> str:
    """Return the page's HTML; `figures` and `code` are those of each unit."""
    return stamped(timeless_page(results, ledger, figures=figures, code=code), results.environment)


def timeless_page(
    results: Results, ledger: Ledger, *, figures: Figures | None = None, code: Code | None = None
) -> str:
    """Return the page of all runs that differ in time and memory alone, with marks in their places.

    Claims that this ledger does not have, such as those of another version, are named and left out.
    """
    unknown = [record.id for record in results.claims if record.id not in ledger.claims]
    known = Results(results.environment, tuple(r for r in results.claims if r.id in ledger.claims))
    shown = chapters(known, ledger, figures or {}, code)
    rows = [row for chapter in shown for unit in chapter.units for row in unit.claims]
    top = overview(known, ledger)
    changed = changes(known, ledger)
    content = {
        "title": f"{top.run.failed} failed · The Deep Learning Workshop"
        if top.run.failed
        else "The Deep Learning Workshop, checked",
        "top": top,
        "ran": WHEN,
        "facts": FACTS,
        "unknown": unknown,
        "alarm": failures(known, ledger),
        "chapters": shown,
        "short": _SHORT,
        "wall": wall(known, ledger),
        "pictures": by_error(one for drawn in (figures or {}).values() for one in drawn),
        "warnings": warnings(known, ledger),
        "consequences": CONSEQUENCES,
        "missing": missing(known, ledger),
        "changes": changed,
        "lanes": lanes(changed, results.environment),
        "changed": [claim for versions in changed for claim in versions.claims],
        "words": {"all": WORDS, "changed": CHANGED, "failed": FAILED, "deferred": DEFERRED, "open": OPEN},
        "not_holding": [word.key for word in NOT_HOLDING],
        "decided": DECIDED,
        "word_of": WORD_OF,
        "meanings": MEANINGS,
        "worth": EVIDENCE,
        "marks_of": MARKS,
        "bases": BASES,
        "kinds": _counted([row.claim.kind] for row in rows),
        "evidence": _counted([row.claim.evidence or "none"] for row in rows),
        "needs": _counted(row.claim.needs or ["nothing"] for row in rows),
        "link": _link,
        "own_numbers": _own_numbers(rows),
        "claims": [
            {
                "id": row.claim.id,
                "unit": row.claim.unit,
                "chapter": row.claim.unit[:4],
                "own": row.ours,
                "page": row.claim.page,
                "verdict": row.word.key,
                "kind": row.claim.kind,
                "needs": list(row.claim.needs or ["nothing"]),
                "evidence": row.claim.evidence or "none",
            }
            for row in rows
        ],  # what the filters ask of a claim
        "sentences": SENTENCES,
        "states": STATES,
        "beyond": sorted(BEYOND),
    }
    return render("report/report.html.j2", content, counts_text=counts_text, opening=opening)


def _own_numbers(rows: Iterable[ClaimRow]) -> dict[str, Any]:
    """Return what a reader's numbers are compared with, by claim and name, without what is as by default.

    Several numbers share their `others` or their runs, which are written once; the runs in ascending order,
    in which they take less space.
    """
    others: dict[Any, int] = {}
    runs: dict[Any, int] = {}
    numbers: dict[str, dict[str, Any]] = {}
    defaults = vars(OwnNumber())
    for row in rows:
        for name, number in row.numbers.items():
            its = number.runs
            if its is not None:
                its = (*number.ended, *(run for run in its if run is None))
            numbers.setdefault(row.claim.id, {})[name] = {
                **{field: value for field, value in vars(number).items() if value != defaults[field]},
                "others": others.setdefault(number.others, len(others)),
                "runs": runs.setdefault(its, len(runs)),
            }
    return {"numbers": numbers, "others": list(others), "runs": list(runs), "defaults": defaults}


def _counted(names: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    """Return how many claims have each name, in alphabetical order."""
    return sorted(Counter(chain.from_iterable(names)).items())


def _link(chapter: str = "", **chosen: str | Sequence[str]) -> str:
    """Return the address, within the page, of the claims with these choices of the filters."""
    pairs = [
        ("chapter", chapter),
        *((n, v) for n, vs in chosen.items() for v in ([vs] if isinstance(vs, str) else vs)),
    ]
    return f"?{urlencode([(name, value) for name, value in pairs if value])}#chapters"


# The errors of the book


def wall(results: Results, ledger: Ledger) -> Wall:
    """Return the errors of the book; the first are cards."""
    errors = tuple(errata(ledger, results))
    likely = (one for one in unconfirmed(ledger, results) if one.verdict not in {None, "failed"})
    return Wall(errors[:CARDS], errors[CARDS:], tuple(likely))


def warnings(results: Results, ledger: Ledger) -> list[Caution]:
    """Return what this run shows to be changed with a serious consequence, one for each reason."""
    cautions: dict[str, Caution] = {}
    for record in results.claims:
        claim = ledger.claims[record.id]
        if record.verdict == "changed" and claim.consequence == 3 and claim.finding and claim.reader:
            cautions.setdefault(claim.finding.reason, Caution(claim, condition_text(claim.finding.when)))
    return [*cautions.values()][:_WARNINGS]
