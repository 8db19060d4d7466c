"""The report's page: one HTML file that asks for nothing else, and works from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workshop.figures.registry import Figure
from workshop.files import write_atomically
from workshop.ledger import Claim, Ledger
from workshop.reporting.explaining import environment_line
from workshop.reporting.report import findings
from workshop.reporting.report.by_version import by_release, changes, told
from workshop.reporting.report.missing_data import missing
from workshop.reporting.report.summary import NOT_HOLDING, totals
from workshop.reporting.report.view import ChapterCards, chapters, counted
from workshop.verification.results import Results
from workshop.verification.verdicts import MEANINGS

Figures = Mapping[str, Sequence[Figure]]


def write_page(results: Results, ledger: Ledger, path: Path, *, figures: Figures | None = None) -> None:
    """Write the page, whole or not at all."""
    write_atomically(path, page(results, ledger, figures=figures).encode())


def page(results: Results, ledger: Ledger, *, figures: Figures | None = None) -> str:
    """Return the page's HTML; `figures` are those of each unit.

    What the results hold and this ledger does not, such as a claim of another version, is named and left out.
    """
    unknown = [record.id for record in results.claims if record.id not in ledger.claims]
    known = Results(results.environment, tuple(r for r in results.claims if r.id in ledger.claims))
    shown = chapters(known, ledger, figures or {})
    contradicted = findings.contradicted(known, ledger)
    changed = changes(known, ledger)
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(Path(__file__).parent),
    )
    environment.filters["svg"] = Markup  # our own drawings, whose texts are escaped
    environment.filters["told"] = told
    environment.globals["choice"] = _choice
    environment.filters["css"] = lambda verdict: verdict.replace(" ", "-")
    return environment.get_template("report.html.j2").render(
        date=str(results.environment.get("date", ""))[:10],
        environment=environment_line(results.environment),
        profile=results.environment.get("profile", "default"),
        totals=totals(known),
        unknown=unknown,
        chapters=shown,
        counts=counted(known.claims),
        meanings=MEANINGS,
        not_holding=NOT_HOLDING,
        missing=missing(known, ledger),
        kinds=_counted(shown, lambda claim: [claim.kind]),
        needs=_counted(shown, lambda claim: claim.needs or ["nothing"]),
        groups=contradicted,
        contradictions=findings.count(contradicted),
        sorted_by=findings.SORTED_BY,
        undecided=findings.undecided(known, ledger),
        changes=changed,
        by_release=by_release(changed),
        changed=[claim for versions in changed for claim in versions.claims],
        samples={
            card.claim.id: {"made": s.made, "numbers": s.values, "naive": s.naive}
            for chapter in shown
            for unit in chapter.units
            for card in unit.claims
            if (s := card.sample) is not None and s.values
        },
    )


def _counted(shown: Sequence[ChapterCards], names: Callable[[Claim], Iterable[str]]) -> list[tuple[str, int]]:
    """Return how many claims have each of the names, in the order of the alphabet."""
    cards = [card for chapter in shown for unit in chapter.units for card in unit.claims]
    return sorted(Counter(name for card in cards for name in names(card.claim)).items())


def _choice(verdicts: Iterable[str] = (), chapter: str = "", needs: str = "") -> str:
    """Return the address, inside the page, of the claims with one of these verdicts, of a chapter, a need."""
    chosen = [("chapter", chapter), ("needs", needs), *(("verdict", verdict) for verdict in verdicts)]
    return f"?{urlencode([(name, value) for name, value in chosen if value])}#cards"
