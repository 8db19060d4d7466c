"""Claims decided on one outcome or on a sample of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from workshop.datasets import registry
from workshop.datasets.finding import remedy
from workshop.datasets.model import MeasuredOn
from workshop.datasets.own_data import YOUR_OWN
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Consistency, Decision, Literature, Repeats
from workshop.ledger.values import brief
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.samples.texts import filled
from workshop.statistics.scales import Numbers
from workshop.verification.drift import Observed, Untestable, drift, objection, refusal, untested
from workshop.verification.printed_vs_recorded import answer
from workshop.verification.repeats import Repeated
from workshop.verification.verdicts import VERIFIED, Basis, FirstContact, Verdict

_FIRST = (
    "first measured here: it may be our code, the data or the book; please report it: "
    "workshop report --first-contact"
)
_MOST_NUMBERS = 4  # of the recorded runs in a reason


@dataclass(frozen=True)
class Judgement:
    """A verdict, the margin by which the rule holds or is missed, and the reason in one line.

    `first_contact` is set where the claim was measured on its documented data for the first time.
    """

    verdict: Verdict
    margin: float | None
    reason: str
    first_contact: FirstContact = ""


def measured_on(claim: Claim) -> MeasuredOn:
    """Return on what a claim has been measured by anyone so far; of several data sets, the worst counts."""
    if claim.measured_on is not None or claim.any_data:
        return "documented"
    known = registry()
    sets = [known[name].measured_on for name in claim.needs if name in known]
    return max(sets, key=get_args(MeasuredOn).index, default="documented")


def judge(
    claim: Claim,
    sample: Sequence[Any],
    *,
    versions: dict[str, str],
    substitutes: Sequence[str] = (),
    first_contact: bool = False,
) -> Judgement:
    """Decide a claim on what was measured for it on each seed.

    `substitutes` says why the outcomes rest on substitute data; they can support a claim, never refute it.
    A claim of ours is about our code, so it fails on any substitute. One that the ledger marks
    `any_data` is decided on the registry's substitutes as on the documented data. At a `first_contact` with
    documented data nothing fails: nobody knows yet whether code, data or book is wrong.
    """
    verdict, decision = _decide(claim, sample, versions)
    if claim.any_data:
        substitutes = [line for line in substitutes if _is_own(line)]
    if claim.ours and verdict == "failed" and not first_contact:
        return Judgement(verdict, decision.margin, decision.detail)
    if first_contact:
        return _first_measured(claim, verdict, decision, sample)
    return _on_substitutes(verdict, decision, sample, substitutes)


def judge_outcomes(
    claim: Claim,
    observed: Observed,
    recorded: RecordedRuns | None,
    p: Mapping[str, float],
    alarms: set[str],
    *,
    level: float,
    versions: dict[str, str],
    substitutes: Sequence[str],
    repeats: Repeated | None = None,
    basis: Basis = "run here",
    first_contact: bool = False,
) -> Judgement:
    """Decide a claim on what it measured, and on its recorded runs if its rule needs them.

    `repeats` is what repeating recorded seeds showed, None if none were. On the basis "recorded" the claim is
    deferred if they don't agree.
    """
    known: dict[str, Any] = {"versions": versions, "substitutes": substitutes}
    try:
        if isinstance(claim.rule, Repeats) and repeats is not None:
            return judge_repeats(claim, repeats, **known)
        known["first_contact"] = first_contact
        if basis == "recorded" and repeats is not None:
            return _judge_recorded(claim, observed, recorded, repeats, level=level, **known)
        if recorded is None:
            return judge(claim, observed.fresh, **known)
        return judge_reference(claim, recorded, observed, p, alarms, level=level, repeats=repeats, **known)
    except (TypeError, ValueError, AttributeError) as error:  # a value of a kind that the rule can't read
        read = brief(observed.values[0])
        return Judgement(
            "failed", None, f"{claim.rule.name} can't read {read}: {' '.join(str(error).split())}"
        )


def judge_repeats(
    claim: Claim, repeats: Repeated, *, versions: dict[str, str], substitutes: Sequence[str]
) -> Judgement:
    """Decide a claim that recorded seeds give their numbers again."""
    if repeats.unknown or (repeats.differences and not repeats.failure):
        return Judgement("undecided", None, repeats.summary)
    finding = claim.finding if claim.finding is not None and claim.finding.applies(versions) else None
    if finding is not None:
        if not repeats.differences:
            why = f"recorded as {finding.verdict}, but {repeats.summary}"
            return Judgement("failed", None, why)
        return Judgement(finding.verdict, None, f"{finding.reason} ({repeats.summary})")
    if repeats.failure:
        return Judgement("failed", None, repeats.summary)
    return _on_substitutes("reproduced", Decision(True, None, repeats.summary), [], substitutes)


def _judge_recorded(
    claim: Claim,
    observed: Observed,
    recorded: RecordedRuns | None,
    repeats: Repeated,
    *,
    level: float,
    **known: Any,
) -> Judgement:
    """Decide a claim on recorded runs, or on what a training was about to do, if the repeats agree."""
    if repeats.unknown or repeats.differences:
        deferred = Judgement("deferred", None, f"recorded runs don't count here: {repeats.summary}")
        if recorded is not None or repeats.unknown:
            return deferred
    if recorded is not None:
        judgement = judge_reference(claim, recorded, Observed(()), {}, set(), level=level, **known)
    else:
        judgement = judge(claim, observed.fresh, **known)
    if repeats.differences and judgement.verdict != "failed":
        return deferred
    return replace(judgement, reason=f"{judgement.reason}; {repeats.summary}")


def _explained(claim: Claim, versions: dict[str, str]) -> bool:
    """Whether a finding explains that this environment's libraries give other numbers."""
    return claim.finding is not None and bool(claim.finding.when) and claim.finding.applies(versions)


def judge_reference(
    claim: Claim,
    recorded: RecordedRuns,
    observed: Observed,
    p: Mapping[str, float],
    alarms: set[str],
    *,
    level: float,
    versions: dict[str, str],
    substitutes: Sequence[str] = (),
    repeats: Repeated | None = None,
    first_contact: bool = False,
) -> Judgement:
    """Decide a stochastic claim on its reference sample.

    `p` are the drift tests of its numbers, `alarms` those that alarm in this run; `level` is the least that
    one of them must reach. Runs unlike the recorded ones fail on substitutes, too, on which these were made:
    then it is the code that changed. Where neither fresh nor repeated seeds could notice a change, nothing is
    decided: an untested run is no agreement.
    """
    untestable = ""
    try:
        if observed.fresh and not p:
            try:
                drift(recorded, observed.fresh, level)
            except Untestable as error:
                untestable = str(error)
        # recorded runs that don't show what each run must say it of substitutes, or of data new to us
        of_data = first_contact or (substitutes and not claim.ours)
        unmet = refusal(recorded, recorded.values) if of_data else None
        against = objection(recorded, observed, p, alarms, each=unmet is None)
        if repeats is not None and repeats.failure and not _explained(claim, versions):
            against = Decision(False, None, repeats.summary)
        if against is not None:
            return Judgement("failed", against.margin, against.detail)
        if unmet is not None and first_contact:
            return _first_measured(claim, "failed", unmet[0], [unmet[1]])
        if unmet is not None:
            return _on_substitutes("failed", unmet[0], [unmet[1]], substitutes)
        verdict, decision = _state(claim, recorded, versions, substitutes)
        if substitutes and verdict == "undecided":
            decision = Decision(False, None, _undecidable(recorded))
    except NotDecidable as error:
        return Judgement("failed", None, str(error))
    repeated = observed.repeated is not None or (repeats is not None and repeats.notices)
    if untestable and not repeated and verdict != "failed":
        why = f"nothing would notice a change: no recorded seed is repeated here, and {untestable}"
        return Judgement("undecided", None, why)
    details = [decision.detail, *([f"fresh seeds not compared: {untestable}"] if untestable else [])]
    details += _alike(recorded, observed, p, repeats)
    decision = Decision(decision.holds, None, "; ".join(details))
    alone = recorded.values if observed.repeated is None else [observed.repeat]
    if first_contact:
        return _first_measured(claim, verdict, decision, observed.fresh or alone)
    return _on_substitutes(verdict, decision, observed.fresh or alone, substitutes)


def _undecidable(recorded: RecordedRuns) -> str:
    """Say what recorded runs on a substitute show where they neither agree with the print nor exclude it."""
    numbers = list(recorded.numbers.items())[:_MOST_NUMBERS]
    ranges = ", ".join(f"{name} {_range(values)}".lstrip() for name, values in numbers)
    more = ", …" if len(recorded.numbers) > _MOST_NUMBERS else ""
    return (
        f"{len(recorded.values)} recorded runs on it give {ranges}{more}; they neither agree with the print "
        "nor exclude it, and only the book's data decide"
    )


def _range(values: Numbers) -> str:
    low, high = f"{values.min():.4g}", f"{values.max():.4g}"
    return low if low == high else f"{low} to {high}"


def _failed(decision: Decision) -> tuple[Verdict, Decision]:
    return "failed", decision


def _alike(
    recorded: RecordedRuns, observed: Observed, p: Mapping[str, float], repeats: Repeated | None
) -> list[str]:
    """Say how today's runs agree with the recorded ones."""
    seeds = f"{len(observed.fresh)} fresh seed{'s' if len(observed.fresh) > 1 else ''} alike"
    words = [f"{seeds}, p = {min(p.values()):.2g} or more"] if p else []
    left = untested(recorded, p) if p else []
    words += [f"{', '.join(left)} not compared: so few runs could not alarm"] if left else []
    if repeats is not None:
        return [*words, repeats.summary]
    return words if observed.repeated is None else [*words, "a recorded seed repeated bit for bit"]


def _state(
    claim: Claim, recorded: RecordedRuns, versions: dict[str, str], substitutes: Sequence[str]
) -> tuple[Verdict, Decision]:
    """Decide the statement of a claim on the recorded runs."""
    printed = answer(recorded, claim.documented)
    finding = filled(claim).finding
    finding = finding if finding is not None and finding.applies(versions) else None
    if claim.correct is not None:
        right = answer(recorded, claim.correct)
        if printed.answer == "compatible" or right.answer == "excluded":
            why = (
                "the printed value is compatible after all"
                if printed.answer == "compatible"
                else "not the correct value"
            )
            return _failed(Decision(False, None, f"{why}: {printed.detail}; correct: {right.detail}"))
        wrong = Decision(True, None, f"{_printed(claim)} is wrong: {printed.detail}")
        return ("undecided" if "inconclusive" in (printed.answer, right.answer) else "corrected"), wrong
    if printed.answer == "inconclusive":
        return "undecided", Decision(True, None, printed.detail)
    if finding is not None:
        if printed.answer == "compatible":
            after_all = f"recorded as {finding.verdict}, but the printed value is compatible after all"
            return _failed(Decision(False, None, f"{after_all}: {printed.detail}"))
        return finding.verdict, Decision(True, None, f"{finding.reason} ({printed.detail})")
    detail = printed.detail + _of_notebook(claim, recorded)
    if printed.answer == "excluded":
        advice = "" if substitutes else ": find out why, then record a finding"
        return _failed(Decision(False, None, detail + advice))
    return "reproduced", Decision(True, None, detail)


def _of_notebook(claim: Claim, recorded: RecordedRuns) -> str:
    """Say where the second documented run lies, if it is another one."""
    if claim.notebook in (None, claim.documented) or not claim.sampled_rule.compares:
        return ""
    placed = answer(recorded, claim.notebook)
    return f"; the authors' notebook: {placed.answer}, {placed.detail}"


def _on_substitutes(
    verdict: Verdict, decision: Decision, sample: Sequence[Any], substitutes: Sequence[str]
) -> Judgement:
    """Return the judgement of runs on substitutes: they support a claim, and no number of them decides it."""
    if substitutes and verdict in {"failed", "undecided"}:
        reason = f"the substitute gives {brief(sample[0])} ({decision.detail})"
        missing = "; ".join([f"substitute for {'; '.join(substitutes)}", *remedies(substitutes)])
        return Judgement("unavailable", decision.margin, f"{reason}; {missing}")
    if substitutes:
        return Judgement(
            "supported", decision.margin, f"{decision.detail}; on a substitute for {'; '.join(substitutes)}"
        )
    return Judgement(verdict, decision.margin, decision.detail)


def _first_measured(claim: Claim, verdict: Verdict, decision: Decision, sample: Sequence[Any]) -> Judgement:
    """Return the judgement of a claim that nobody has measured on its documented data before."""
    if verdict == "failed":
        expected = f"{'printed' if claim.own is None else 'expected'} {brief(claim.documented)}"
        both = f"{expected}, measured {brief(sample[0])} ({decision.detail})"
        return Judgement("undecided", decision.margin, f"{both}; {_FIRST}", "disagrees")
    agrees: FirstContact = "agrees" if verdict in VERIFIED else ""
    return Judgement(verdict, decision.margin, decision.detail, agrees)


def remedies(substitutes: Sequence[str]) -> list[str]:
    """Return the commands that get the documented data instead of these substitutes, those of each set once.

    There are none for data of one's own, which are there instead of the documented ones on purpose.
    """
    names = [line.partition(": ")[0] for line in substitutes if not _is_own(line)]
    return list(dict.fromkeys(remedy(registry()[name]) for name in names if name in registry()))


def _is_own(line: str) -> bool:
    return line.endswith(f": {YOUR_OWN}")


def judge_printed(claim: Claim, ledger: Ledger) -> Judgement:
    """Decide a claim that needs no run: literature, or consistency with other printed values."""
    rule = claim.rule
    if isinstance(rule, Literature):
        return Judgement("not testable", None, rule.reason)
    assert isinstance(rule, Consistency)
    others = [ledger.printed(p, home=claim.unit) if isinstance(p, str) else p for p in rule.of]
    verdict, decision = _decide(claim, [others], {})
    return Judgement(verdict, decision.margin, decision.detail)


def _decide(claim: Claim, sample: Sequence[Any], versions: dict[str, str]) -> tuple[Verdict, Decision]:
    rule = claim.rule
    finding = claim.finding
    if finding is not None and finding.applies(versions):
        decision = rule.refute(claim.documented, finding.instead, sample)
        if not decision.holds:
            return "failed", Decision(
                False, decision.margin, f"recorded as {finding.verdict}, but {decision.detail}"
            )
        return finding.verdict, Decision(True, decision.margin, f"{finding.reason} ({decision.detail})")
    if claim.correct is None:
        decision = rule.decide_all(claim.documented, sample)
        return ("reproduced" if decision.holds else "failed"), decision
    decision = rule.refute(claim.documented, claim.correct, sample)
    if not decision.holds:
        return "failed", decision
    return "corrected", Decision(True, decision.margin, f"{_printed(claim)} is wrong: {decision.detail}")


def _printed(claim: Claim) -> str:
    """Name what is printed, if it is a value."""
    return "the statement" if claim.printed is None else f"printed {brief(claim.printed, 60)}"
