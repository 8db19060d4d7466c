"""Claims decided on one outcome or on a sample of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from workshop.book import Book
from workshop.datasets.model import DataSet, MeasuredOn
from workshop.datasets.own_data import YOUR_OWN
from workshop.ledger import Claim, Ledger
from workshop.ledger.model import Finding
from workshop.ledger.rules import Decision, Literature, PrintedRanking, Repeats
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.samples.texts import filled
from workshop.statistics.placement import Answer
from workshop.statistics.scales import Numbers
from workshop.values import brief
from workshop.verification.drift import Observed, alarm, fresh_p, refusal
from workshop.verification.printed_vs_recorded import answer
from workshop.verification.repeats import Repetition
from workshop.verification.verdicts import VERIFIED, FirstContact, Verdict
from workshop.wording.numbers import counted
from workshop.wording.pairs import side_by_side

_FIRST = (
    "first measured here: it may be our code, the data or the book; "
    "please send the maintainers the results file"
)
_MOST_NUMBERS = 4  # of the recorded runs in a reason
# the verdict on a printed value of which nothing else is recorded
_ALONE: Mapping[Answer, Verdict] = {
    "compatible": "reproduced",
    "excluded": "failed",
    "inconclusive": "undecided",
}


@dataclass(frozen=True)
class Judgement:
    """A verdict, the reason in one line, and the margin by which the rule holds or is missed.

    `first_contact` is set where the claim was measured on its documented data for the first time. A claim
    that recorded runs decide `waits_for` a unit whose code or library changed since. `rounding` and
    `moved_first` are what repeated seeds showed: see `Repetition`. A `final` one holds whatever data the runs
    rest on. `refused` is the value of a run that does not show what each run must.
    """

    verdict: Verdict
    reason: str
    margin: float | None = None
    first_contact: FirstContact = ""
    waits_for: str = ""
    rounding: str = ""
    moved_first: str = ""
    final: bool = False
    refused: Any = None


def measured_on(claim: Claim, known: Mapping[str, DataSet]) -> MeasuredOn:
    """Return on what a claim has been measured by anyone so far; of several data sets, the worst counts."""
    if claim.measured_on is not None or claim.any_data:
        return "documented"
    sets = [known[name].measured_on for name in claim.needs if name in known]
    return max(sets, key=get_args(MeasuredOn).index, default="documented")


@dataclass(frozen=True)
class Context:
    """What a claim of a book is judged in, next to what it measured.

    `versions` are the facts of the environment. `substitutes` says why the outcomes rest on substitute data.
    At a `first_contact` nobody has measured the claim on its documented data before; if `strict`, it fails if
    it disagrees then. `repeats` is what repeating recorded seeds showed, None if none were.
    """

    book: Book
    versions: Mapping[str, str]
    substitutes: Sequence[str] = ()
    first_contact: bool = False
    strict: bool = False
    repeats: Repetition | None = None


def judge(
    claim: Claim, observed: Observed, context: Context, recorded: RecordedRuns | None = None
) -> Judgement:
    """Decide a claim by its rule, then by what its runs rest on.

    Substitute data can support a claim, never refute it. A claim of ours is about our code, so it fails on
    any substitute. One that the ledger marks `any_data` is decided on the registry's substitutes as on the
    documented data. At a first contact with documented data nothing fails: nobody knows yet whether code,
    data or book is wrong.
    """
    if isinstance(claim.rule, Repeats) and context.repeats is not None:
        judgement = _on_repeats(claim, context.repeats, context)
    elif recorded is None:
        judgement = _on_values(claim, observed.values, context.versions)
    else:
        judgement = _on_sample(claim, recorded, observed, context)
    ours = claim.ours and recorded is None and judgement.verdict == "failed" and not context.first_contact
    if judgement.final or ours:
        return judgement
    values = observed.values if recorded is None or observed.values else recorded.values
    values = values if judgement.refused is None else [judgement.refused]
    if context.first_contact:
        return _first_measured(claim, judgement, values, strict=context.strict)
    if claim.any_data:
        context = replace(context, substitutes=[line for line in context.substitutes if _is_own(line)])
    return _on_substitutes(judgement, values, context) if context.substitutes else judgement


def judge_recorded(
    claim: Claim, observed: Observed, recorded: RecordedRuns | None, context: Context
) -> Judgement:
    """Decide a claim on recorded runs, or on what a training was about to do, if the repeats agree."""
    repeats, alone = context.repeats, replace(context, repeats=None)
    if repeats is not None and (repeats.unknown or (repeats.differences and recorded is not None)):
        return _not_counted(repeats)
    judgement = judge(claim, observed if recorded is None else Observed(), alone, recorded)
    if repeats is None:
        return judgement
    if repeats.differences and judgement.verdict != "failed":
        return _not_counted(repeats)
    return replace(judgement, reason=f"{judgement.reason}; {repeats.summary}")


def _not_counted(repeats: Repetition) -> Judgement:
    why = f"recorded runs don't count here: {repeats.summary}"
    return Judgement("deferred", why, waits_for=repeats.unit if repeats.failure else "")


def _finding(claim: Claim, versions: Mapping[str, str]) -> Finding | None:
    """Return the recorded finding on a claim if it applies to these versions."""
    return claim.finding if claim.finding is not None and claim.finding.applies(versions) else None


def _on_repeats(claim: Claim, repeats: Repetition, context: Context) -> Judgement:
    """Decide a claim that recorded seeds give their numbers again."""
    finding = _finding(claim, context.versions)
    if repeats.unknown or (repeats.differences and not repeats.failure):
        return Judgement("undecided", repeats.summary, final=True)
    if finding is not None and repeats.differences:
        return Judgement(finding.verdict, f"{finding.reason} ({repeats.summary})", final=True)
    if finding is not None:
        why = f"recorded as {finding.verdict}, but {repeats.summary}"
        return Judgement("failed", why, final=True)
    if repeats.failure:
        return Judgement("failed", repeats.summary, final=True)
    return Judgement("reproduced", repeats.summary)


def _on_sample(claim: Claim, recorded: RecordedRuns, observed: Observed, context: Context) -> Judgement:
    """Decide a stochastic claim on its reference sample.

    A run that differs from the recorded ones fails even on substitute data: both used it, so the code must
    have changed. Where neither fresh nor repeated seeds could notice a change, the claim stays undecided: a
    run that was not tested is not evidence of agreement.
    """
    repeats, finding = context.repeats, _finding(claim, context.versions)
    if repeats is not None and repeats.failure and (finding is None or not finding.when):
        return Judgement("failed", repeats.summary, final=True)
    try:
        p = fresh_p(recorded, observed.fresh)
        # recorded runs that don't show what each run must say it of substitutes, or of data new to us
        unmet = refusal(recorded, recorded.values)
        of_data = unmet is not None and (context.first_contact or (context.substitutes and not claim.ours))
        unmet = unmet if of_data else refusal(recorded, observed.values) or unmet
        why = alarm(recorded, observed.fresh, p)
        if unmet is not None and not (of_data and why):
            decision, value = unmet
            return Judgement("failed", decision.detail, decision.margin, final=not of_data, refused=value)
        if why:
            return Judgement("failed", why, final=True)
        judgement = _on_runs(claim, recorded, context)
    except NotDecidable as error:
        return Judgement("failed", str(error), final=True)
    if context.substitutes and judgement.verdict == "undecided":
        judgement = replace(judgement, reason=_undecidable(recorded))
    few = f"{counted(len(observed.fresh), 'fresh seed')} not compared: so few could not alarm"
    if observed.fresh and not p and judgement.verdict != "failed" and not (repeats and repeats.notices):
        return Judgement("undecided", f"nothing would notice a change: {few}", final=True)
    details = [judgement.reason]
    if observed.fresh:
        details.append(_alike(recorded, observed, p) if p else few)
    if repeats is not None:
        details.append(repeats.summary)
    return replace(judgement, reason="; ".join(details))


def _undecidable(recorded: RecordedRuns) -> str:
    """Say what recorded runs on a substitute show where they neither agree with the print nor exclude it."""
    ranges = [f"{name} {_range(values)}".lstrip() for name, values in recorded.numbers.items()]
    if isinstance(recorded.claim.rule, PrintedRanking):
        words, *best = map(_range, recorded.numbers.values())
        ranges = [f"{words} of the {recorded.claim.rule.first} printed words"]
        ranges += [f"the best cosine {each}" for each in best]
    shown = ", ".join(ranges[:_MOST_NUMBERS]) + (", …" if len(ranges) > _MOST_NUMBERS else "")
    return (
        f"{len(recorded.values)} recorded runs on it give {shown}; they neither agree with the print nor "
        "exclude it, and only the book's data decide"
    )


def _range(values: Numbers) -> str:
    low, high = f"{values.min():.4g}", f"{values.max():.4g}"
    return low if low == high else f"{low} to {high}"


def _alike(recorded: RecordedRuns, observed: Observed, p: Mapping[str, float]) -> str:
    """Say how fresh seeds agree with the recorded ones."""
    words = f"{counted(len(observed.fresh), 'fresh seed')} alike, p = {min(p.values()):.2g} or more"
    left = [name for name in recorded.numbers if name not in p]
    return words + (f"; {', '.join(left)} not compared: so few runs could not alarm" if left else "")


def _verdict(printed: Answer, instead: Answer | None, recorded: Verdict) -> Verdict:
    """Return the verdict on a printed value, and on what the ledger records instead of it, if anything.

    A finding or correction is strict both ways: the printed value must be excluded, the other compatible.
    """
    if instead is None:
        return _ALONE[printed]
    if printed == "compatible" or instead == "excluded":
        return "failed"
    return "undecided" if "inconclusive" in (printed, instead) else recorded


def _on_runs(claim: Claim, recorded: RecordedRuns, context: Context) -> Judgement:
    """Decide the statement of a claim on the recorded runs."""
    printed = answer(recorded, claim.documented)
    if claim.correct is not None:
        right = answer(recorded, claim.correct)
        verdict = _verdict(printed.answer, right.answer, "corrected")
        detail = f"{_printed(claim)} is wrong: {printed.detail}"
        if verdict == "failed":
            after_all = "the printed value is compatible after all"
            why = after_all if printed.answer == "compatible" else "not the correct value"
            detail = f"{why}: {printed.detail}; correct: {right.detail}"
    elif (finding := _finding(filled(claim, context.book.samples), context.versions)) is not None:
        verdict = _verdict(printed.answer, "compatible", finding.verdict)
        detail = {
            "failed": f"recorded as {finding.verdict}, but the printed value is compatible after all: "
            f"{printed.detail}",
            "undecided": printed.detail,
        }.get(verdict, f"{finding.reason} ({printed.detail})")
    else:
        verdict = _verdict(printed.answer, None, "failed")
        of_notebook = ""  # where the second documented run lies, if it is another one
        another = claim.notebook not in (None, claim.documented) and claim.sampled_rule.compares
        if verdict != "undecided" and another:
            placed = answer(recorded, claim.notebook)
            of_notebook = f"; the authors' notebook: {placed.answer}, {placed.detail}"
        advice = ": find out why, then record a finding"
        advice = advice if verdict == "failed" and not context.substitutes else ""
        detail = printed.detail + of_notebook + advice
    return Judgement(verdict, detail)


def _on_substitutes(judgement: Judgement, sample: Sequence[Any], context: Context) -> Judgement:
    """Return the judgement of runs on substitutes: they support a claim, and no number of them decides it."""
    substitutes = context.substitutes
    rest = f"substitute for {'; '.join(substitutes)}"
    if judgement.verdict in {"failed", "undecided"}:
        reason = f"the substitute gives {brief(sample[0])} ({judgement.reason})"
        reason = "; ".join([reason, rest, *remedies(substitutes, context.book.data_sets())])
        return replace(judgement, verdict="unavailable", reason=reason)
    return replace(judgement, verdict="supported", reason=f"{judgement.reason}; on a {rest}")


def _first_measured(claim: Claim, judgement: Judgement, sample: Sequence[Any], *, strict: bool) -> Judgement:
    """Return the judgement of a claim that nobody has measured on its documented data before."""
    if judgement.verdict == "failed":
        expected = f"{'printed' if claim.own is None else 'expected'} {brief(claim.documented)}"
        both = f"{expected}, measured {brief(sample[0])} ({judgement.reason})"
        verdict: Verdict = "failed" if strict else "undecided"
        return Judgement(verdict, f"{both}; {_FIRST}", judgement.margin, "disagrees")
    return replace(judgement, first_contact="agrees" if judgement.verdict in VERIFIED else "")


def remedies(substitutes: Sequence[str], known: Mapping[str, DataSet]) -> list[str]:
    """Return the commands that get the documented data instead of these substitutes, those of each set once.

    There are none for data of one's own, which are there instead of the documented ones on purpose.
    """
    names = [line.partition(": ")[0] for line in substitutes if not _is_own(line)]
    return list(dict.fromkeys(known[name].remedy() for name in names if name in known))


def _is_own(line: str) -> bool:
    return line.endswith(f": {YOUR_OWN}")


def judge_printed(claim: Claim, ledger: Ledger) -> Judgement:
    """Decide a claim that needs no run: literature, or consistency with other printed values."""
    if isinstance(claim.rule, Literature):
        return Judgement("not testable", claim.rule.reason)
    return _on_values(claim, [ledger.others(claim)], {})


def _on_values(claim: Claim, sample: Sequence[Any], versions: Mapping[str, str]) -> Judgement:
    """Decide a claim on measured values by its rule."""
    finding = _finding(claim, versions)
    instead = claim.correct if finding is None else finding.instead
    printed = claim.rule.decide_all(claim.documented, sample)
    if instead is None:
        return Judgement(_verdict(_answer(printed), None, "failed"), printed.detail, printed.margin)
    right = claim.rule.refute(claim.documented, instead, sample)
    recorded: Verdict = "corrected" if finding is None else finding.verdict
    verdict = _verdict(_answer(printed), _answer(right), recorded)
    detail, equal = right.detail, right.detail == "equal"
    stated, shown = side_by_side(claim.documented, instead, 60)
    who = "printed" if claim.printed is not None else "expected" if claim.ours else "the statement tested as"
    if finding is not None and verdict == "failed":
        detail = f"recorded as {recorded}, but {detail}"
    elif finding is not None:
        seen = f"measured {shown}" if equal else f"instead {shown}; {detail}"
        detail = f"{finding.reason} ({who} {stated}, {seen})"
    elif verdict != "failed" and claim.rule.needs_run:
        seen = f"measured {shown}, the right value" if equal else f"correct is {shown} ({detail})"
        detail = f"{who} {stated} is wrong; {seen}"
    elif verdict != "failed":
        detail = f"{_printed(claim)} is wrong: {detail}"
    return Judgement(verdict, detail, right.margin)


def _answer(decision: Decision) -> Answer:
    return "compatible" if decision.holds else "excluded"


def _printed(claim: Claim) -> str:
    """Name what is printed, if it is a value."""
    return "the statement" if claim.printed is None else f"printed {brief(claim.printed, 60)}"
