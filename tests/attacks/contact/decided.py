"""The claims that nobody has measured on their documented data, and when a run on these decides them."""

from collections.abc import Mapping
from typing import Literal

from workshop.book import Book
from workshop.datasets import Found
from workshop.execution.planner import Given, Planner
from workshop.ledger.rules import Repeats
from workshop.samples.recorded import Recordings
from workshop.verification.plans import ClaimPlanner, Plan, Settled
from workshop.verification.repeats import NotRepeated

# by a first run, after `workshop record --missing`, or either after that or by `workshop verify --full`
When = Literal["at once", "after recording", "in full"]


def when_decided(book: Book) -> Mapping[str, When]:
    """Return when claims are decided that need documented data on which nobody has measured any.

    Nothing is run or looked for: these data, all libraries and all services count as there.
    """
    known = book.data_sets()
    new = {name for name, entry in known.items() if entry.measured_on != "documented"}
    claims = [
        c
        for c in book.ledger.claims.values()
        if c.rule.needs_run and not c.measured_on and new.intersection(c.needs)
    ]
    planner = Planner(
        book.catalogue(sorted({claim.unit[:4] for claim in claims})),
        known,
        "",
        installed=lambda _: True,
        given=Given(
            own={
                name: Found(name, entry.editions[0].name, False, None, {}, "here", "")
                for name, entry in known.items()
            }
        ),
    )
    recordings = Recordings(book, {"device": "cpu"})
    plans = ClaimPlanner("default", planner, recordings, lambda _: False)
    return {claim.id: _when(plans.plan(claim)) for claim in claims}


def _when(plan: Plan) -> When:
    if any(isinstance(part, NotRepeated) for part in plan.repeats):
        return "after recording" if isinstance(plan.claim.rule, Repeats) else "in full"
    if not isinstance(plan, Settled):
        return "at once"
    return "in full" if plan.judgement.verdict == "deferred" else "after recording"
