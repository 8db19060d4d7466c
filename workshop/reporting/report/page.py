"""The report's page: one HTML file that loads nothing else and works from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from workshop.figures.registry import Figure
from workshop.files import write_atomically
from workshop.ledger import Claim, Ledger
from workshop.reporting.describe import environment_line
from workshop.reporting.html import render
from workshop.reporting.report import findings
from workshop.reporting.report.by_version import by_release, changes, counts_text
from workshop.reporting.report.missing_data import missing
from workshop.reporting.report.summary import NOT_HOLDING, totals
from workshop.reporting.report.view import ChapterCards, Code, chapters, counted
from workshop.verification.results import Results
from workshop.verification.verdicts import BASES, MEANINGS

Figures = Mapping[str, Sequence[Figure]]


def write_page(
    results: Results, ledger: Ledger, path: Path, *, figures: Figures | None = None, code: Code | None = None
) -> None:
    """Write the page, whole or not at all."""
    write_atomically(path, page(results, ledger, figures=figures, code=code).encode())


def page(
    results: Results, ledger: Ledger, *, figures: Figures | None = None, code: Code | None = None
) -> str:
    """Return the page's HTML; `figures` and `code` are those of each unit.

    Claims that this ledger does not have, such as those of another version, are named and left out.
    """
    unknown = [record.id for record in results.claims if record.id not in ledger.claims]
    known = Results(results.environment, tuple(r for r in results.claims if r.id in ledger.claims))
    shown = chapters(known, ledger, figures or {}, code)
    contradicted = findings.contradicted(known, ledger)
    changed = changes(known, ledger)
    date = str(results.environment.get("date", ""))[:10]
    content = {
        "title": f"The Deep Learning Workshop, verified {date}".rstrip(),
        "date": date,
        "environment": environment_line(results.environment),
        "profile": results.environment.get("profile", "default"),
        "totals": totals(known, ledger),
        "unknown": unknown,
        "chapters": shown,
        "counts": counted(known.claims),
        "meanings": MEANINGS,
        "not_holding": NOT_HOLDING,
        "missing": missing(known, ledger),
        "kinds": _counted(shown, lambda claim: [claim.kind]),
        "evidence": _counted(shown, lambda claim: [claim.evidence or "none"]),
        "bases": BASES,
        "recorded": sum(record.basis == "recorded" for record in known.claims),
        "needs": _counted(shown, lambda claim: claim.needs or ["nothing"]),
        "groups": contradicted,
        "contradictions": sum(len(group.findings) for group in contradicted),
        "undecided": findings.undecided(known, ledger),
        "changes": changed,
        "by_release": by_release(changed),
        "changed": [claim for versions in changed for claim in versions.claims],
        "link": _link,
        "samples": {
            card.claim.id: {"made": s.made, "numbers": s.values, "naive": s.naive}
            for chapter in shown
            for unit in chapter.units
            for card in unit.claims
            if (s := card.sample) is not None and s.values
        },
    }
    return render("report/report.html.j2", content, counts_text=counts_text)


def _counted(shown: Sequence[ChapterCards], names: Callable[[Claim], Iterable[str]]) -> list[tuple[str, int]]:
    """Return how many claims have each of the names, in alphabetical order."""
    cards = [card for chapter in shown for unit in chapter.units for card in unit.claims]
    return sorted(Counter(name for card in cards for name in names(card.claim)).items())


def _link(verdicts: Iterable[str] = (), chapter: str = "", needs: str = "") -> str:
    """Return the address, within the page, of the claims with these verdicts, chapter and need."""
    chosen = [("chapter", chapter), ("needs", needs), *(("verdict", verdict) for verdict in verdicts)]
    return f"?{urlencode([(name, value) for name, value in chosen if value])}#cards"
