"""Verdicts by themselves: what a claim is, what was measured and recorded of it, and what follows."""

from typing import Any, get_args

import numpy as np
import pytest
from scipy import stats

from tests.toy.claims import claim, runs
from workshop.book import Book
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Equal
from workshop.samples.recorded import RecordedRuns
from workshop.samples.repeats import SeedDifference
from workshop.statistics.hypothesis_tests import prediction_p
from workshop.statistics.scales import Scale
from workshop.verification.drift import Observed
from workshop.verification.judging import (
    Context,
    Judgement,
    judge,
    measured_on,
)
from workshop.verification.plans import Once, Recorded, Sampled
from workshop.verification.repeats import Repetition
from workshop.verification.verdicts import BASES, MEANINGS, VERDICTS, VERIFIED, Basis, Verdict

BOOK = Book(Ledger(()))
GLASS = ("data: made of glass",)
NEW, OLD = {"keras": "3.5.0"}, {"keras": "2.15.0"}
REFUTED = {"verdict": "refuted", "reason": "another file was used"}
CHANGED = {"verdict": "changed", "reason": "the library counts otherwise", "when": {"keras": ">=3"}}


def test_every_verdict_is_explained_once():
    """And five of them mean that a claim was verified."""
    assert set(VERDICTS) == set(MEANINGS) == set(get_args(Verdict))
    assert len(VERDICTS) == len(set(VERDICTS)) == 10
    assert VERDICTS[0] == "failed"
    assert {*VERDICTS[1:6]} == VERIFIED
    assert set(BASES) == {*get_args(Basis)} - {""}


NEAR = {"rule": {"within": {"atol": 0.5}}}
WRONG = {**NEAR, "correct": 2.0}
INSTEAD = {"instead": 2.0}
ANY = {"any_data": True, "evidence": "setting", "needs": ["data"]}
OWN = ("data: your own data",)
# documented, the claim's other keys, versions, measured, substitutes, verdict, margin
DECIDED = [
    (2.0, NEAR, NEW, [2.25], (), "reproduced", 0.25),
    (2.0, NEAR, NEW, [2.75], (), "failed", -0.25),
    (2.0, NEAR, NEW, [2.25, 2.75], (), "failed", -0.25),
    (2.0, NEAR, NEW, [2.25], GLASS, "supported", 0.25),
    (2.0, NEAR, NEW, [2.75], GLASS, "unavailable", -0.25),
    (2.0, {**NEAR, "ours": True}, NEW, [2.75], GLASS, "failed", -0.25),
    (2.0, {**NEAR, "ours": True}, NEW, [2.25], GLASS, "supported", 0.25),
    (2.0, {**NEAR, **ANY}, NEW, [2.25], GLASS, "reproduced", 0.25),
    (2.0, {**NEAR, **ANY}, NEW, [2.75], GLASS, "failed", -0.25),
    (2.0, {**NEAR, **ANY}, NEW, [2.25], OWN, "supported", 0.25),
    (2.0, {**NEAR, **ANY}, NEW, [2.75], OWN, "unavailable", -0.25),
    (4.0, WRONG, NEW, [2.25], (), "corrected", 0.25),
    (4.0, WRONG, NEW, [4.25], (), "failed", 0.25),
    (4.0, WRONG, NEW, [3.0], (), "failed", -0.5),
    (4.0, WRONG, NEW, [2.25], GLASS, "supported", 0.25),
    (4.0, {**NEAR, "finding": REFUTED | INSTEAD}, NEW, [2.25], (), "refuted", 0.25),
    (4.0, {**NEAR, "finding": REFUTED | INSTEAD}, NEW, [4.25], (), "failed", 0.25),
    (4.0, {**NEAR, "finding": REFUTED | INSTEAD}, NEW, [3.0], (), "failed", -0.5),
    (4.0, {**NEAR, "finding": CHANGED | INSTEAD}, NEW, [2.25], (), "changed", 0.25),
    (4.0, {**NEAR, "finding": CHANGED | INSTEAD}, NEW, [4.25], (), "failed", 0.25),
    (4.0, {**NEAR, "finding": CHANGED | INSTEAD}, OLD, [4.25], (), "reproduced", 0.25),
    (4.0, {**NEAR, "finding": CHANGED | INSTEAD}, OLD, [2.25], (), "failed", -1.25),
]


@pytest.mark.parametrize(
    ("documented", "keys", "versions", "sample", "substitutes", "verdict", "margin"), DECIDED
)
def test_a_claim_is_decided_on_what_was_measured(
    documented,
    keys,
    versions,
    sample,
    substitutes,
    verdict,
    margin,
):
    """A correction and a finding are strict both ways, and substitutes never refute the book.

    They decide what the ledger says no data change, but one's own data may be too few for it.
    """
    judged = judge(
        claim(documented, **keys), Observed(sample), Context(BOOK, versions, substitutes=substitutes)
    )

    assert (judged.verdict, judged.margin) == (verdict, pytest.approx(margin))
    named = any(line in judged.reason for line in substitutes)
    assert named == (verdict in {"supported", "unavailable"})
    finding = keys.get("finding", {})
    begins = {"corrected": "printed 4 is wrong; correct is 2 (2.25 against 2 ± 0.5)"}.get(verdict, "")
    if verdict == finding.get("verdict"):
        begins = f"{finding['reason']} (printed 4, instead 2; 2.25 against 2 ± 0.5)"
    elif finding and versions is NEW:
        begins = f"recorded as {finding['verdict']}, but "
    assert judged.reason.startswith(begins)


CHANGED_TO_2 = {"finding": {**CHANGED, "instead": 2}}
OURS = {"tested_as": {"a": 4}, "statement": "four", "correct": {"a": 2}}
# documented, the claim's other keys, measured, the reason
SAID = [
    (4, {"correct": 2}, 2, "printed 4 is wrong; measured 2, the right value"),
    (4, CHANGED_TO_2, 2, "the library counts otherwise (printed 4, measured 2)"),
    (4, {**CHANGED_TO_2, "ours": True}, 2, "the library counts otherwise (expected 4, measured 2)"),
    ({}, OURS, {"a": 2}, "the statement tested as a 4 is wrong; measured a 2, the right value"),
]


@pytest.mark.parametrize(("documented", "keys", "measured", "reason"), SAID)
def test_a_reason_says_what_was_compared_with_what(documented, keys, measured, reason):
    """What is printed, or ours, and what is measured."""
    assert judge(claim(documented, **keys), Observed([measured]), Context(BOOK, NEW)).reason == reason


def test_a_substitutes_lists_are_summed_up_in_words():
    """How many of the printed words are in them, and the scores that they begin with."""
    stated = stochastic([["a", 0.5], ["b", 0.25]], rule={"first": 2})
    lists = [[["b", 0.75], ["c", 0.5]], [["b", 0.5], ["a", 0.375]]]

    judged = outcome(stated, Observed([]), runs(stated, lists), substitutes=GLASS)

    assert (
        "(2 recorded runs on it give 1 to 2 of the 2 printed words, the best cosine 0.5 to 0.75; "
        in judged.reason
    )


@pytest.mark.parametrize(("documented", "keys", "versions", "sample", "verdict"), [
    (documented, keys, versions, sample, verdict)
    for documented, keys, versions, sample, substitutes, verdict, _ in DECIDED
    if not substitutes
] + [(2.0, {**NEAR, "ours": True}, NEW, [2.75], "failed")])  # fmt: skip
def test_what_is_first_measured_on_its_own_data_never_fails(documented, keys, versions, sample, verdict):
    """A disagreement is undecided with both values, also one with a correction or a finding, or of ours."""
    judged = judge(claim(documented, **keys), Observed(sample), Context(BOOK, versions, first_contact=True))

    agrees = verdict != "failed"
    assert judged.verdict == (verdict if agrees else "undecided")
    assert judged.first_contact == ("agrees" if agrees else "disagrees")
    assert agrees or f"{documented:g}, measured {sample[0]:g} (" in judged.reason
    assert agrees or "first measured here: it may be our code, the data or the book" in judged.reason
    usual = judge(claim(documented, **keys), Observed(sample), Context(BOOK, versions))
    assert (usual.verdict, usual.first_contact, usual.margin) == (verdict, "", judged.margin)


NEEDS = [
    ({"needs": ["iris"]}, "documented"),
    ({"needs": ["iris", "text8"]}, "substitute"),
    ({"needs": ["gtts_service", "text8"]}, "never"),
    ({"needs": ["text8"], "measured_on": "documented"}, "documented"),
    ({**ANY, "needs": ["text8"]}, "documented"),
    ({"needs": ["a set of a toy"]}, "documented"),
    ({}, "documented"),
]


@pytest.mark.parametrize(("keys", "expected"), NEEDS)
def test_on_what_a_claim_has_been_measured(keys, expected):
    """The worst of its data sets counts, unless the ledger or the kind of claim says more."""
    assert measured_on(claim(2.0, **NEAR, **keys), BOOK.data_sets()) == expected


# NumPy's version, the instruction sets with which it computes, what was measured, and the verdict
SORTED = [
    ("1.25.0", "avx2 avx512", 4, "changed"),
    ("2.0.0", "avx2", 4, "changed"),
    ("1.26.4", "avx2", 3, "reproduced"),
    ("2.4.6", "none", 3, "reproduced"),
    ("1.24.4", "avx2 avx512", 3, "reproduced"),
    ("2.4.6", "", 3, "reproduced"),
    ("2.4.6", "avx2", 3, "failed"),  # as printed after all
    ("1.26.4", "avx2", 4, "failed"),  # changed without the reason
    ("2.4.6", "avx2 avx512", 5, "failed"),
]


@pytest.mark.parametrize(("numpy", "instructions", "measured", "verdict"), SORTED)
def test_a_change_may_need_an_instruction_set(numpy, instructions, measured, verdict):
    """The environment decides whether the printed value must come out, with any of the alternatives."""
    when = {"numpy": ">=1.25 with avx512 or >=2.0 with avx2"}
    stated = claim(3, finding={**CHANGED, "when": when, "instead": 4})

    judged = judge(
        stated, Observed([measured]), Context(BOOK, {"numpy": numpy, "instructions": instructions})
    )

    assert judged.verdict == verdict


def test_a_substitute_that_disagrees_shows_its_value():
    judged = judge(claim(3), Observed([4, 5]), Context(BOOK, {}, substitutes=GLASS))
    assert judged.reason.startswith("the substitute gives 4 (")


def repeated(
    unknown: str = "", differ: bool = False, failure: bool = False, notices: bool = True
) -> Repetition:
    """Return what repeating seeds showed."""
    differences = (SeedDifference("loss", 3, 0.5, 0.625, 0.0),) if differ else ()
    return Repetition(unknown or "what repeating showed", differences, failure, bool(unknown), notices)


REPEATED = [
    # what repeating showed, the claim's finding, versions, substitutes, verdict
    (repeated(), None, NEW, (), "reproduced"),
    (repeated(), None, NEW, GLASS, "supported"),
    (repeated("no tolerance"), None, NEW, (), "undecided"),
    (repeated("no tolerance"), REFUTED, NEW, (), "undecided"),
    (repeated("no tolerance", failure=True), None, NEW, (), "undecided"),
    (repeated(differ=True), None, NEW, (), "undecided"),
    (repeated(differ=True, failure=True), None, NEW, (), "failed"),
    (repeated(differ=True, failure=True), None, NEW, GLASS, "failed"),
    (repeated(differ=True, failure=True), REFUTED, NEW, (), "refuted"),
    (repeated(differ=True, failure=True), CHANGED, NEW, (), "changed"),
    (repeated(differ=True, failure=True), CHANGED, OLD, (), "failed"),
    (repeated(), CHANGED, NEW, (), "failed"),
    (repeated(), CHANGED, OLD, (), "reproduced"),
]


@pytest.mark.parametrize(("repeats", "finding", "versions", "substitutes", "verdict"), REPEATED)
def test_a_claim_that_seeds_repeat(repeats, finding, versions, substitutes, verdict):
    """A change fails it, a finding explains the change, and what was not measured decides nothing."""
    keys = {} if finding is None else {"finding": finding | {"instead": "it does not"}}
    stated = claim("it repeats", rule="repeats", **keys)
    context = Context(BOOK, versions, substitutes=substitutes, repeats=repeats)
    judged = judge(stated, Observed(), context)

    assert (judged.verdict, judged.margin) == (verdict, None)
    assert repeats.summary in judged.reason
    assert ("another file" in judged.reason or "counts otherwise" in judged.reason) == (
        verdict in {"refuted", "changed"}
    )
    through = Once(claim=stated, repeats=()).judge_observed(Observed([1]), context)
    assert through == judged


NORMAL = stats.norm.ppf((np.arange(64) + 0.5) / 64)[np.random.default_rng(0).permutation(64)]
SPREAD = NORMAL.tolist()
SCALE = {"scale": "identity"}


def stochastic(documented: Any = 0.0, rule: dict[str, Any] | None = None, **keys: Any) -> Claim:
    """Return a claim that recorded runs decide."""
    return claim(documented, rule={"reference": {**SCALE, **(rule or {})}}, **keys)


def outcome(stated: Claim, observed: Observed, recorded: RecordedRuns | None, **known: Any) -> Judgement:
    """Decide a claim, with what is usual."""
    basis = known.pop("basis", "run here")
    context = Context(**{"book": BOOK, "versions": NEW, **known})
    if basis == "recorded":
        return Recorded(claim=stated, repeats=(), recorded=recorded).judge_observed(observed, context)
    if recorded is None:
        return Once(claim=stated).judge_observed(observed, context)
    return Sampled(claim=stated, recorded=recorded).judge_observed(observed, context)


@pytest.mark.parametrize("error", [TypeError, ValueError, AttributeError])
def test_what_a_rule_can_not_read_fails_its_claim(monkeypatch, error):
    """With the first value; other errors are the suite's own, and are not hidden."""

    def decide_all(*_: Any) -> None:
        raise error("two\nlines")

    monkeypatch.setattr(Equal, "decide_all", decide_all)
    judged = outcome(claim(3), Observed([7, 8]), None)
    assert judged == Judgement("failed", "equal can't read 7: two lines")
    monkeypatch.setattr(Equal, "decide_all", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        outcome(claim(3), Observed([7, 8]), None)


def test_without_repeats_a_rule_on_them_decides_nothing():
    judged = outcome(claim("it repeats", rule="repeats"), Observed([1]), None)
    assert judged.verdict == "failed"
    assert judged.reason.startswith("repeats can't read 1: a repeats rule is decided on recorded seeds")


ON_RECORDED = [
    # what repeating showed, what is printed of runs whose mean is 0, verdict
    (repeated(), 0.0, "reproduced"),
    (repeated(), 9.0, "failed"),
    (repeated("no tolerance"), 0.0, "deferred"),
    (repeated("no tolerance"), 9.0, "deferred"),
    (repeated(differ=True), 0.0, "deferred"),
    (repeated(differ=True), 9.0, "deferred"),
    (repeated(differ=True, failure=True), 0.0, "deferred"),
]


@pytest.mark.parametrize(("repeats", "printed", "verdict"), ON_RECORDED)
def test_recorded_runs_count_where_their_seeds_repeat(repeats, printed, verdict):
    """Else the claim is deferred to a full run, whatever they show."""
    stated = stochastic(printed)
    judged = outcome(stated, Observed([]), runs(stated, SPREAD), repeats=repeats, basis="recorded")

    assert judged.verdict == verdict
    assert judged.reason.startswith("recorded runs don't count here") == (verdict == "deferred")
    assert judged.reason.endswith(repeats.summary)


ON_A_PLAN = [
    (repeated(), 3, "reproduced"),
    (repeated(), 4, "failed"),
    (repeated("no tolerance"), 3, "deferred"),
    (repeated("no tolerance"), 4, "deferred"),
    (repeated(differ=True), 3, "deferred"),
    (repeated(differ=True), 4, "failed"),
]


@pytest.mark.parametrize(("repeats", "measured", "verdict"), ON_A_PLAN)
def test_what_a_training_was_about_to_do(repeats, measured, verdict):
    """Its own setting fails a claim though the seeds differ, and agrees only if they repeat."""
    judged = outcome(claim(3), Observed([measured]), None, repeats=repeats, basis="recorded")

    assert judged.verdict == verdict
    assert judged.reason.endswith(repeats.summary)


def test_a_run_here_decides_by_itself():
    """Without repeats, recorded runs count as they are; run here, repeats are only shown."""
    stated = stochastic()
    assert outcome(stated, Observed([]), runs(stated, SPREAD), basis="recorded").verdict == "reproduced"
    differing = repeated(differ=True)
    assert outcome(stated, Observed([]), runs(stated, SPREAD), repeats=differing).verdict == "reproduced"
    assert outcome(claim(3), Observed([4]), None, repeats=differing).reason == "value is 4, not 3"


STATED = [
    # documented, other keys, versions, verdict
    (0.0, {}, NEW, "reproduced"),
    (9.0, {}, NEW, "failed"),
    (9.0, {"finding": REFUTED}, NEW, "refuted"),
    (0.0, {"finding": REFUTED}, NEW, "failed"),
    (9.0, {"finding": CHANGED}, NEW, "changed"),
    (0.0, {"finding": CHANGED}, NEW, "failed"),
    (9.0, {"finding": CHANGED}, OLD, "failed"),
    (0.0, {"finding": CHANGED}, OLD, "reproduced"),
    (9.0, {"correct": 0.0}, NEW, "corrected"),
    (0.0, {"correct": 0.5}, NEW, "failed"),
    (9.0, {"correct": 8.0}, NEW, "failed"),
]


@pytest.mark.parametrize(("documented", "keys", "versions", "verdict"), STATED)
def test_recorded_runs_decide_what_is_printed(documented, keys, versions, verdict):
    """64 runs with a normal spread around 0 contain 0 and exclude 9."""
    stated = stochastic(documented, **keys)
    judged = outcome(stated, Observed([]), runs(stated, SPREAD), versions=versions)

    assert (judged.verdict, judged.margin) == (verdict, None)
    assert ("find out why" in judged.reason) == (
        documented == 9.0 and verdict == "failed" and "correct" not in keys
    )
    reason = {"corrected": "printed 9 is wrong: printed value at "}.get(verdict, "")
    if verdict in {"refuted", "changed"}:
        reason = f"{keys['finding']['reason']} (printed value at 100%"
    assert judged.reason.startswith(reason)
    holds_after_all = documented == 0.0 and verdict == "failed"
    assert ("compatible after all" in judged.reason) == holds_after_all


@pytest.mark.parametrize("keys", [{}, {"finding": REFUTED}, {"correct": 8.0}, {"correct": 0.0}])
def test_too_few_runs_leave_a_statement_open(keys):
    """Neither a finding nor a correction is confirmed by them."""
    stated = stochastic(9.0, **keys)
    judged = outcome(stated, Observed([]), runs(stated, SPREAD[:4]))

    assert judged.verdict == "undecided"
    assert "only 4 recorded runs" in judged.reason
    on_glass = outcome(stated, Observed([]), runs(stated, SPREAD[:4]), substitutes=GLASS)
    assert on_glass.verdict == "unavailable"
    assert "4 recorded runs on it give " in on_glass.reason
    assert "runs could decide" not in on_glass.reason


def test_a_substitute_shows_the_first_numbers_of_many():
    """Four of them, by name: a number that is always the same, or its range."""
    rows = [{name: n * (i + 1) / 4 for i, name in enumerate("abcde")} | {"a": 1.5} for n in range(4)]
    for names in ("abcde", "abcd"):
        stated = stochastic(dict.fromkeys(names, 9.0), measure={name: name for name in names})
        recorded = runs(stated, [{name: row[name] for name in names} for row in rows])
        judged = outcome(stated, Observed([]), recorded, substitutes=GLASS)
        ranges = "a 1.5, b 0 to 1.5, c 0 to 2.25, d 0 to 3" + (", …" if names == "abcde" else "")
        assert f"(4 recorded runs on it give {ranges}; they neither agree" in judged.reason


ORDERS = [
    # the printed order, the correct one, verdict: b lies far above a, c slightly above b
    (["b", "a"], ["a", "b"], "corrected"),
    (["b", "a"], ["b", "c"], "undecided"),
    (["b", "c"], ["a", "b"], "undecided"),
    (["b", "c"], ["b", "a"], "failed"),
    (["a", "b"], ["b", "c"], "failed"),
]


@pytest.mark.parametrize(("printed", "correct", "verdict"), ORDERS)
def test_a_correction_is_open_until_both_orders_are_decided(printed, correct, verdict):
    """One that is excluded, and a printed one that is compatible, fail at once."""
    stated = stochastic(
        printed, {"order": "unpaired"}, correct=correct, measure={"a": "a", "b": "b", "c": "c"}
    )
    rows = [{"a": x, "b": y + 9, "c": z + 9.25} for x, y, z in zip(NORMAL, NORMAL[::-1], NORMAL, strict=True)]
    judged = outcome(stated, Observed([]), runs(stated, rows))

    assert judged.verdict == verdict
    after_all = verdict == "failed" and printed == ["a", "b"]
    assert judged.reason.startswith("the printed value is compatible after all") == after_all
    assert judged.reason.startswith("not the correct value") == (verdict == "failed" and not after_all)


@pytest.mark.parametrize(
    ("notebook", "rule", "shown"),
    [
        (None, {}, ""),
        (0.0, {}, ""),
        (0.5, {}, "; the authors' notebook: compatible, "),
        (9.0, {}, "; the authors' notebook: excluded, "),
        (0.5, {"equivalent": {"to": 0.0, "within": 1.0}}, ""),
    ],
)
def test_the_notebooks_number_is_placed_too(notebook, rule, shown):
    """If it is another one, and if the statement compares printed numbers with runs."""
    stated = stochastic(0.0, rule, notebook=notebook)
    judged = outcome(stated, Observed([]), runs(stated, SPREAD))

    assert judged.verdict == "reproduced"
    assert ("the authors' notebook" in judged.reason) == bool(shown)
    assert shown in judged.reason


BELOW = {"every": [{"rule": {"at_most": {"bound": 5}}}]}


def reference(
    stated: Claim, observed: Observed, recorded: RecordedRuns | None = None, **known: Any
) -> Judgement:
    """Decide a claim on recorded runs, with what is usual."""
    context = Context(**{"book": BOOK, "versions": NEW, **known})
    return judge(stated, observed, context, recorded or runs(stated, SPREAD))


def test_what_was_alike_is_named():
    """How many fresh seeds, the least p of theirs, and the numbers that were not compared."""
    stated = stochastic({"a": 0.0, "b": 0.0}, measure={"a": "a", "b": "b"})
    recorded = runs(stated, [{"a": x, "b": x**9} for x in NORMAL])
    fresh = [{"a": 0.0, "b": 0.0}, {"a": 1.0, "b": 0.0}]
    p = prediction_p(NORMAL, np.array([0.0, 1.0]), Scale(), 2)

    def words(*observed: Any, **known: Any) -> list[str]:
        return reference(stated, Observed(*observed), recorded, **known).reason.split("; ")[1:]

    assert words(fresh) == [
        f"2 fresh seeds alike, p = {p:.2g} or more",
        "b not compared: so few runs could not alarm",
    ]
    assert words(fresh[:1])[0] == "1 fresh seed alike, p = 1 or more"
    assert words(fresh * 10)[0].startswith("20 fresh seeds alike, p = 0.054")
    assert words(fresh * 10, repeats=repeated()) == [words(fresh * 10)[0], "what repeating showed"]
    assert words([], recorded.values[:1], repeats=repeated()) == ["what repeating showed"]


def test_an_alarm_fails_a_claim_on_any_data():
    """A drift, a changed bit, and a bound that a fresh run misses."""
    stated = stochastic(0.0, BELOW)
    fresh = Observed([0.5, 1.0])
    assert reference(stated, fresh).verdict == "reproduced"
    assert reference(stated, fresh, substitutes=GLASS).verdict == "supported"
    for known in ({}, {"substitutes": GLASS}):
        drifted = reference(stated, Observed([4.5, 4.75]), **known)
        assert (drifted.verdict, drifted.margin) == ("failed", None)
        assert "the quantity of 2 fresh runs (median 4.5, 4.5 to 4.75) is unlike" in drifted.reason
        missed = reference(stated, Observed([0.5, 5.5]), **known)
        assert (missed.verdict, missed.margin) == ("failed", -0.5)


@pytest.mark.parametrize(("ours", "verdict"), [(False, "unavailable"), (True, "failed")])
def test_recorded_runs_that_miss_a_bound_say_it_of_the_substitute(ours, verdict):
    """A claim of ours is about our code, so it fails; on the documented data both do."""
    stated = stochastic(0.0, {"every": [{"rule": {"at_most": {"bound": 0.5}}}]}, ours=ours)
    first = next(value for value in NORMAL if value > 0.5)
    for fresh in ([0.25], [0.75]):
        judged = reference(stated, Observed(fresh), substitutes=GLASS)
        assert judged.verdict == verdict
        assert judged.margin == pytest.approx(0.5 - (first if not ours or fresh == [0.25] else 0.75))
        assert judged.reason.startswith(f"the substitute gives {first:.9g} (") == (not ours)
        assert reference(stated, Observed(fresh)).verdict == "failed"


def test_recorded_runs_on_data_that_are_new_refute_nothing():
    """What they exclude and what each must show is undecided; changed code still fails."""
    stated = stochastic(0.0, {"every": [{"rule": {"at_most": {"bound": 0.5}}}]})
    known = {"first_contact": True}
    missed = reference(stated, Observed([0.25]), **known)
    assert (missed.verdict, missed.first_contact) == ("undecided", "disagrees")
    far = stochastic(99.0, BELOW)
    assert reference(far, Observed([0.5])).verdict == "failed"
    excluded = reference(far, Observed([0.5]), **known)
    assert (excluded.verdict, excluded.first_contact) == ("undecided", "disagrees")
    assert "printed 99, measured 0.5 (" in excluded.reason
    near = stochastic(0.0, BELOW)
    alike = reference(near, Observed([0.5]), **known)
    assert (alike.verdict, alike.first_contact) == ("reproduced", "agrees")
    drifted = reference(near, Observed([4.5, 4.75]), **known)
    assert (drifted.verdict, drifted.first_contact) == ("failed", "")


EXPLAINED = [
    (None, NEW, "failed"),
    (REFUTED, NEW, "failed"),
    (CHANGED, NEW, "changed"),
    (CHANGED, OLD, "failed"),
]


@pytest.mark.parametrize(("finding", "versions", "verdict"), EXPLAINED)
def test_other_numbers_of_repeated_seeds_fail_unless_versions_explain_them(finding, versions, verdict):
    """Only a finding that names this run's versions does."""
    stated = stochastic(9.0, **({} if finding is None else {"finding": finding}))
    failure = repeated(differ=True, failure=True)
    judged = reference(stated, Observed([]), repeats=failure, versions=versions)

    assert judged.verdict == verdict
    assert (judged.reason == failure.summary) == (verdict == "failed")


def test_runs_that_nothing_could_test_are_no_agreement():
    """Six recorded runs with a long tail: only a repeated seed shows that the code is the same."""
    stated = stochastic(9.0, {"scale": "log", "every": [{"rule": {"at_most": {"bound": 99}}}]})
    few = runs(stated, [-2.0, -1.0, 0.5, 1.0, 2.0, 40.0])
    fresh = Observed([0.5])

    def known(observed: Observed = fresh, **keys: Any) -> Judgement:
        return reference(stated, observed, few, **keys)

    assert known().verdict == "undecided"
    assert (
        known().reason == "nothing would notice a change: 1 fresh seed not compared: so few could not alarm"
    )
    assert known(repeats=repeated(notices=False)).reason == known().reason
    seen = known(repeats=repeated())
    assert seen.reason.startswith("printed value at 100% of 5 recorded runs")
    assert seen.reason.endswith("1 fresh seed not compared: so few could not alarm; what repeating showed")
    assert known(Observed([99.5])).verdict == "failed"
    assert "not compared" not in known(Observed([])).reason


def test_fresh_runs_of_other_numbers_fail():
    """They can't be compared with the recorded ones, and the reason says what to do."""
    stated = stochastic([0.0, 0.0], measure="pair")
    judged = reference(stated, Observed([[0.5]]), runs(stated, [[x, x] for x in NORMAL]))
    assert judged.verdict == "failed"
    assert judged.reason.endswith("workshop record ch09.ex01")


def test_an_untestable_run_still_fails_by_the_statement():
    """Many runs exclude the printed value by rank, though the one of today can't be compared with them."""
    stated = stochastic(9.0)
    wide = runs(stated, np.linspace(0.0, 1.0, 2048).tolist())
    judged = reference(stated, Observed([0.5]), wide)
    assert judged.verdict == "failed"
    assert "find out why, then record a finding; 1 fresh seed not compared" in judged.reason


def test_a_substitutes_value_is_that_of_today():
    """The fresh ones come first, then the repeated one; without any it is that of the first recorded run."""
    stated = stochastic(9.0)
    first, second = SPREAD[:2]
    fresh = reference(stated, Observed([0.5, 1.0], [second]), substitutes=GLASS)
    assert fresh.verdict == "unavailable"
    assert fresh.reason.startswith("the substitute gives 0.5 (")
    alone = reference(stated, Observed([], [second]), substitutes=GLASS)
    assert alone.reason.startswith(f"the substitute gives {second:.9g} (")
    none = reference(stated, Observed([]), substitutes=GLASS)
    assert none.reason.startswith(f"the substitute gives {first:.9g} (")
