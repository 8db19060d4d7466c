"""What the book states, held against recorded runs: orders, shares of runs, equivalence, places."""

import math
import re

import numpy as np
import pytest
from scipy import stats

from workshop.samples import recorded
from workshop.samples.model import ReferenceSample, Run
from workshop.samples.recorded import NotDecidable, Recordings
from workshop.verification.printed_vs_recorded import answer, shows

NORMAL = stats.norm.ppf((np.arange(64) + 0.5) / 64)


@pytest.fixture
def stated(bench, monkeypatch):
    """Return a function that answers a claim on recorded values of `a`, and of `b`, run by run."""

    def state(rule, documented, a, b=None, *, expected=None, measure=None, ask=answer):
        values = [(x,) for x in a] if b is None else list(zip(a, b, strict=True))
        mishaps = (("crashed", ()) if row[0] is None else ("", row) for row in values)
        runs = [Run(2 * i + 1, 0, "2026-11-24", 0.1, *row) for i, row in enumerate(mishaps)]
        sample = ReferenceSample("ch09.ex01", ({},), (), ("a", "b")[: len(values[0])], tuple(runs))
        monkeypatch.setattr(recorded, "reference_sample", lambda *_: sample)
        measure = measure or ({"a": "a", "b": "b"} if b is not None else "a")
        ledger = bench.claims(
            {
                "id": "ch09.ex01.c",
                "measure": measure,
                "documented": documented,
                "rule": {"reference": rule} if rule else "reference",
            }
        )
        claim = ledger.claims["ch09.ex01.c"]
        return ask(Recordings(bench.book, {}).of(claim), claim.documented if expected is None else expected)

    return state


def shuffled(values, seed: int = 1):
    """Return the values in another order."""
    return np.random.default_rng(seed).permutation(values).tolist()


UNPAIRED = [
    (2.0, ["a", "b"], "compatible"),
    (2.0, ["b", "a"], "excluded"),
    (0.2, ["a", "b"], "inconclusive"),
    (0.2, ["b", "a"], "inconclusive"),
]


@pytest.mark.parametrize(("shift", "documented", "expected"), UNPAIRED)
def test_an_unpaired_order_of_two_samples(stated, shift, documented, expected):
    """B lies above a by this many deviations: SciPy's one-sided test decides at one in a thousand."""
    a, b = shuffled(NORMAL), shuffled(NORMAL + shift, 2)
    answered = stated({"order": "unpaired"}, documented, a, b)
    low, high = (a, b) if documented == ["a", "b"] else (b, a)
    p = [
        stats.mannwhitneyu(high, low, alternative=side, method="exact").pvalue for side in ("greater", "less")
    ]
    assert answered.answer == expected
    assert (p[0] <= 1e-3, p[1] <= 1e-3) == (expected == "compatible", expected == "excluded")
    message = f"{documented[1]} above {documented[0]} in "
    assert answered.detail.startswith(message)
    assert "of 64 by as many runs" in answered.detail


def test_an_open_order_says_how_many_runs_could_tell(stated):
    """With that many, an effect of the size seen would be shown at the level, in about half of the cases."""
    answered = stated({"order": "unpaired"}, ["a", "b"], shuffled(NORMAL), shuffled(NORMAL + 0.3, 2))
    message = re.search(r"(\d+) runs could decide", answered.detail)
    assert message is not None
    more = stats.norm.ppf((np.arange(int(message[1])) + 0.5) / int(message[1]))
    p = stats.mannwhitneyu(more + 0.3, more, alternative="greater", method="asymptotic").pvalue
    assert p <= 1e-3


@pytest.mark.parametrize(
    ("up", "expected"),
    [
        (64, "compatible"),
        (45, "compatible"),
        (44, "inconclusive"),
        (20, "inconclusive"),
        (19, "excluded"),
        (0, "excluded"),
    ],
)
def test_a_paired_order_counts_the_pairs(stated, up, expected):
    """Of 64 pairs, 45 one way exclude chance at one in a thousand, 44 do not."""
    a = np.arange(64.0)
    b = a + np.where(np.arange(64) < up, 1.0, -1.0)
    answered = stated({"order": "paired"}, ["a", "b"], a.tolist(), b.tolist())
    p = stats.binomtest(up, 64, alternative="greater" if up > 32 else "less").pvalue
    assert (p <= 1e-3) == (expected != "inconclusive")
    assert answered.answer == expected
    assert f"b above a in {up / 64:.1%} of 64 pairs" in answered.detail


def test_crashed_runs_are_the_largest_of_an_order(stated):
    """A crashed run has no smaller quantity: both of its are last. A diverged number is larger than any."""
    a = [None if i % 2 else 0.5 + i / 1000 for i in range(64)]
    b = [0.1 + i / 1000 for i in range(64)]
    answered = stated({"order": "paired"}, ["b", "a"], a, b)
    assert answered.answer == "compatible"  # the 32 crashed pairs are ties, the others agree
    assert "of 64 pairs" in answered.detail
    diverged = [math.nan if i % 2 else 0.05 for i in range(64)]
    assert stated({"order": "paired"}, ["a", "b"], diverged, b).answer == "inconclusive"  # 32 up, 32 down


def test_a_chain_belongs_only_if_each_step_does(stated):
    """The worst step decides; several chains are several statements."""
    measure = {"x": "a", "y": "b", "z": "b"}
    a, b = NORMAL.tolist(), (NORMAL + 3).tolist()
    assert stated({"order": "paired"}, ["x", "y"], a, b, measure=measure).answer == "compatible"
    assert stated({"order": "paired"}, ["x", "y", "z"], a, b, measure=measure).answer == "inconclusive"
    assert stated({"order": "paired"}, ["x", "z", "x2"][:2], a, b, measure=measure).answer == "compatible"
    assert stated({"order": "paired"}, [["x", "y"], ["z", "x"]], a, b, measure=measure).answer == "excluded"
    with pytest.raises(NotDecidable, match="w is not measured, but x, y, z: mend `measure`"):
        stated({"order": "paired"}, ["x", "w"], a, b, measure=measure)


HIGH = {"at_least": {"bound": 0.5}}
SHARES = [
    # runs of 64 that reach 0.5; Clopper and Pearson's bounds of 46/64 are 0.52 and 0.87
    ({"of": HIGH}, "mostly", 46, "compatible"),
    ({"of": HIGH}, "mostly", 43, "inconclusive"),
    ({"of": HIGH}, "mostly", 40, "inconclusive"),
    ({"of": HIGH}, "mostly", 20, "inconclusive"),
    ({"of": HIGH}, "mostly", 18, "excluded"),
    ({"of": HIGH}, "mostly", 0, "excluded"),
    # as printed: compatible only if the interval is at most 0.3 wide, which 64 runs reach near 0 and 1
    ({"of": HIGH, "documented": True}, 0.75, 40, "inconclusive"),
    ({"of": HIGH, "documented": True}, 0.9, 40, "excluded"),
    ({"of": HIGH, "documented": True}, 0.3, 40, "excluded"),
    ({"of": HIGH, "documented": True}, 0.9, 57, "compatible"),
    ({"of": HIGH, "documented": True}, 1.0, 64, "compatible"),
    ({"of": HIGH, "documented": True}, 0.0, 0, "compatible"),
    ({"of": HIGH, "documented": True}, 0.5, 64, "excluded"),
]


@pytest.mark.parametrize(("share", "documented", "hits", "expected"), SHARES)
def test_a_share_of_runs(stated, share, documented, hits, expected):
    """More than half of the runs, or the printed share, with a confidence of 0.999 to either side."""
    values = shuffled([0.9] * hits + [0.1] * (64 - hits))
    interval = stats.binomtest(hits, 64).proportion_ci(0.998, method="exact")
    answered = stated({"shares": [share]}, documented, values)
    assert answered.answer == expected
    assert f": {hits} of 64 recorded runs ({interval.low:.1%} to {interval.high:.1%})" in answered.detail


def test_a_crashed_run_is_no_hit_of_a_share(stated):
    """It counts among the runs: 46 of 64, not 46 of 46."""
    values = [0.9] * 46 + [None] * 18
    assert "46 of 64 recorded runs" in stated({"shares": [{"of": HIGH}]}, "mostly", values).detail


def test_an_open_share_says_how_many_runs_could_tell(stated):
    """The next planned size with which, at the share here, the bound lies beyond one half."""
    answered = stated({"shares": [{"of": HIGH}]}, "mostly", [0.9] * 44 + [0.1] * 20)
    low = stats.binomtest(round(128 * 44 / 64), 128).proportion_ci(0.998, method="exact").low
    assert low > 0.5
    assert answered.detail.endswith("128 runs could decide")


def test_an_open_share_says_that_no_planned_number_of_runs_could_tell(stated):
    """A share near one half takes more runs than are planned."""
    answered = stated({"shares": [{"of": HIGH}]}, "mostly", [0.9] * 33 + [0.1] * 31)
    assert answered.detail.endswith("it would take 9,778 runs, and at most 2,048 are planned")


ASKED = [
    # the printed share, hits, runs, how many could decide: by the normal approximation at one in a thousand
    (None, 40, 64, "256 runs could decide"),  # (3.09 / 0.125)² / 4
    (None, 24, 64, "256 runs could decide"),
    (None, 32, 64, "it would take 2,387,025 runs"),  # a thousandth from one half
    (None, 5, 5, "10 runs could decide"),  # more than there are
    (0.5, 10, 20, "128 runs could decide"),  # (2 · 3.09 / 0.3)² / 4 = 107
    (0.125, 3, 30, "64 runs could decide"),  # … · 0.09 = 39
    (0.0, 0, 10, "20 runs could decide"),
]


@pytest.mark.parametrize(("printed", "hits", "runs", "words"), ASKED)
def test_how_many_runs_could_decide_a_share(stated, printed, hits, runs, words):
    """The planned size with this many runs, or the number itself beyond all of them."""
    share = {"of": HIGH, "documented": printed is not None}
    answered = stated(
        {"shares": [share]}, "mostly" if printed is None else printed, [0.9] * hits + [0.1] * (runs - hits)
    )
    assert answered.answer == "inconclusive"
    assert words in answered.detail


@pytest.mark.parametrize(
    ("order", "up", "words"),
    [
        ("paired", 40, "256 runs could decide"),
        ("paired", 32, "it would take 2,387,025 runs"),
        ("paired", 42, "128 runs could decide"),  # (3.09 / 0.15625)² / 4 = 98
        ("unpaired", 36, "512 runs could decide"),  # (3.09 / 0.0625)² / 6
        ("unpaired", 28, "512 runs could decide"),
        ("unpaired", 32, "it would take 1,591,350 runs"),
    ],
)
def test_how_many_runs_could_decide_an_order(stated, order, up, words):
    """So often is b above a, of 64 runs."""
    a = [0.0] * up + [2.0] * (64 - up)
    answered = stated({"order": order}, ["a", "b"], a, [1.0] * 64)
    assert answered.answer == "inconclusive"
    assert words in answered.detail


LISTS = [["x", "y"]] * 54 + [["x", "z"]] * 10
PRINTED_LISTS = [
    # by hand: names in common with a run on average, and the answer
    (["y", "x"], LISTS, "1.8", "compatible"),
    (["x", "z"], LISTS, "1.2", "compatible"),  # ten runs show it: a printed run may be one of them
    (["z", "y"], LISTS, "1", "inconclusive"),  # less than any run has
    (["u", "v"], LISTS, "0", "inconclusive"),
    (["x", "y"], [[f"a{i}", f"b{i}"] for i in range(64)], "0", "inconclusive"),  # no run has a printed name
    (["x", "y"], [["x", "y"]] * 64, "2", "compatible"),
    (["x", "y"], [["x", "y"]] * 60 + [None] * 4, "1.9", "compatible"),  # crashed runs have no names
]


@pytest.mark.parametrize(("printed", "lists", "common", "expected"), PRINTED_LISTS)
def test_a_printed_list_is_placed_among_the_recorded_ones(stated, printed, lists, common, expected):
    """By the names that it has in common with each run, as any run has with the others."""
    answered = stated({"first": 2}, printed, lists)
    assert f"have on average {common} in common with a recorded run" in answered.detail
    assert answered.answer == expected


def test_one_more_list_is_excluded_as_seldom_as_one_more_number(stated):
    """A list of the same kind as the recorded ones lies beyond them in about 1 of 65 cases."""
    rng, answers = np.random.default_rng(3), []
    for _ in range(300):
        lists = [
            rng.choice(12, size=4, replace=False, p=np.arange(12, 0, -1) / 78).astype(str).tolist()
            for _ in range(65)
        ]
        answers.append(stated({"first": 4}, lists[0], lists[1:]).answer)
    assert answers.count("excluded") <= 3
    assert 0.93 <= answers.count("compatible") / 300 < 1


def test_a_printed_score_lies_among_those_of_the_runs(stated):
    """With `scored`, the first row's score is placed, too."""
    rows = [[["x", 0.9 + i / 1000], ["y", 0.5]] for i in range(64)]
    rule = {"first": 2, "scored": True}
    assert stated(rule, [["x", 0.93], ["y", 0.5]], rows).answer == "compatible"
    assert stated(rule, [["x", 0.99], ["y", 0.5]], rows).answer == "inconclusive"
    assert stated({"first": 2}, [["x", 0.99], ["y", 0.5]], rows).answer == "compatible"


def test_a_printed_first_name_is_that_of_some_runs(stated):
    """How many of the runs have it is said."""
    answered = stated({"first": 1}, ["y"], [["x"]] * 55 + [["y"]] * 9)
    assert answered.answer == "compatible"
    assert answered.detail == "the printed name is the first in 14.1% of 64 recorded runs"
    assert stated({"first": 1}, ["z"], [["x"]] * 55 + [["y"]] * 9).answer == "inconclusive"


@pytest.mark.parametrize(
    ("hits", "runs", "expected"),
    [
        (1, 64, "compatible"),
        (64, 64, "compatible"),
        (0, 64, "inconclusive"),
        (0, 1023, "inconclusive"),
        (0, 1024, "excluded"),
        (1, 1024, "compatible"),
    ],
)
def test_what_a_printed_run_shows_some_recorded_run_shows(stated, hits, runs, expected):
    """What none of them shows is open below 999 runs, and 1,024 are a size. A crashed run shows nothing."""
    deciding = {64: 64, 1023: 512, 1024: 1024}[runs]
    values = [0.9] * hits + [0.1] * (runs - hits - 1) + [None] * (hits < runs)
    answered = stated({"shown": [{"rule": HIGH}]}, "high", values)
    assert f"shown by {hits} of {deciding} recorded runs" in answered.detail
    assert answered.answer == expected


def test_a_run_shows_what_is_printed_only_with_all_of_it(stated):
    """Each part of it by the same run."""
    shown = {"shown": [{"at": name, "rule": HIGH} for name in "ab"]}
    one, both = ([0.9] * 64, [0.1] * 64), ([0.9] * 32 + [0.1] * 32, [0.1] * 31 + [0.9] * 33)
    for (a, b), expected, hits in (
        (one, "inconclusive", 0),
        (one[::-1], "inconclusive", 0),
        (both, "compatible", 1),
    ):
        answered = stated(shown, "high", a, b)
        assert answered.answer == expected
        assert answered.detail.startswith(
            f"a at least 0.5; b at least 0.5: shown by {hits} of 64 recorded runs"
        )


def test_a_printed_order_is_shown_by_some_runs(stated):
    """All steps of all chains by the same run; equal numbers are in no order."""
    a, b = [0.0] * 64, [1.0] * 3 + [-1.0] * 60 + [0.0]
    answered = stated({"order": "printed"}, ["a", "b"], a, b)
    assert (answered.answer, answered.detail) == ("compatible", "a < b: shown by 3 of 64 recorded runs")
    assert stated({"order": "printed"}, [["a", "b"], ["b", "a"]], a, b).answer == "inconclusive"
    assert stated({"order": "printed"}, ["a", "b"], a, [-1.0] * 64).answer == "inconclusive"


def test_a_printed_difference_is_placed_among_those_of_the_runs(stated):
    """Of two measured numbers run by run, or of a measured difference."""
    a, b = NORMAL.tolist(), (NORMAL + 0.5 + NORMAL[::-1] / 10).tolist()  # b less a: 0.5 ± 0.25
    rule = {"differences": {"gap": ["b", "a"]}, "decimals": 3}
    assert stated(rule, {"a": 0.1, "b": 0.7}, a, b).answer == "compatible"
    assert stated(rule, {"a": 0.7, "b": 0.1}, a, b).answer == "excluded"
    gaps = (NORMAL / 10 + 0.5).tolist()
    assert stated(rule, {"a": 0.1, "b": 0.7}, gaps, measure={"gap": "a"}).answer == "compatible"
    assert stated(rule, {"a": 0.7, "b": 0.1}, gaps, measure={"gap": "a"}).answer == "excluded"
    with pytest.raises(NotDecidable, match="b is not measured, but a: mend `measure`"):
        stated(rule, {"a": 0.1, "b": 0.7}, a, measure={"a": "a"})


def test_runs_with_the_printed_sign_are_counted(stated):
    """Above or below 0, whichever is printed; equal numbers have no sign."""
    a, b = [0.0] * 64, [0.1] * 24 + [-0.1] * 39 + [0.0]
    rule = {"differences": {"gap": ["b", "a"]}}
    up, down = (stated(rule, {"a": 0.5, "b": printed}, a, b, ask=shows) for printed in (0.6, 0.4))

    assert up == ("gap: above 0 as printed in 24 of 64 runs",)
    assert down == ("gap: below 0 as printed in 39 of 64 runs",)


@pytest.mark.parametrize(
    ("rule", "documented"), [({"order": "paired"}, ["a", "b"]), ({}, {"a": 0.5, "b": 0.1})]
)
def test_no_line_says_it_of_other_statements(stated, rule, documented):
    """A general sentence and a printed number have no runs that show it."""
    assert stated(rule, documented, [0.1] * 64, [0.2] * 64, ask=shows) == ()


def test_orders_that_so_few_runs_cannot_exclude_say_so(stated):
    """They hold or stay open, whatever the runs give."""
    lines = stated({"order": "printed"}, ["a", "b"], [0.0] * 64, [1.0] * 5 + [-1.0] * 59, ask=shows)

    assert lines == ("5 of 64 runs show it", "can hold or stay open, never fail at 64 runs")


def test_a_crashed_run_has_the_largest_difference(stated):
    """Of two crashed numbers there is none, which counts as the largest."""
    a = [None if i % 2 else 0.0 for i in range(64)]
    answered = stated(
        {"differences": {"gap": ["b", "a"]}}, {"a": 0.5, "b": 9.5}, a, [float(i) for i in range(64)]
    )
    assert answered.answer == "compatible"


SIZES = [
    # planned sizes alone decide: what the runs beyond the last full one show waits
    ([0.9] * 9 + [0.1] * 0, "inconclusive", "5 of 5 recorded runs"),
    ([0.9] * 10, "compatible", "10 of 10 recorded runs"),
    ([0.9] * 10 + [0.1] * 9, "compatible", "10 of 10 recorded runs"),
    ([0.9] * 10 + [0.1] * 10, "inconclusive", "10 of 20 recorded runs"),
    ([0.1] * 64 + [0.9] * 63, "excluded", "0 of 64 recorded runs"),
    ([0.9] * 4, "inconclusive", "only 4 recorded runs: 5 runs could decide"),
]


@pytest.mark.parametrize(("values", "expected", "detail"), SIZES)
def test_only_full_planned_sizes_decide(stated, values, expected, detail):
    """The first runs of the stream, up to the largest full size; fewer than five decide nothing."""
    answered = stated({"shares": [{"of": HIGH}]}, "mostly", values)
    assert answered.answer == expected
    assert detail in answered.detail


def test_a_place_is_decided_on_the_first_runs_of_a_full_size(stated):
    """A later run that reaches the printed value does not make it compatible before its size is full."""
    values = shuffled(NORMAL)
    assert stated({}, 9.0, [*values, 9.0]).answer == "excluded"
    assert stated({}, 9.0, [*values[:63], 9.0]).answer == "compatible"


def test_of_several_shares_the_worst_decides(stated):
    """Each looks at its own part of a run."""
    shares = [{"at": "a", "of": HIGH}, {"at": "b", "of": HIGH}]
    assert stated({"shares": shares}, "both", [0.9] * 64, [0.9] * 64).answer == "compatible"
    assert stated({"shares": shares}, "both", [0.9] * 64, [0.1] * 64).answer == "excluded"
    assert stated({"shares": shares}, "both", [0.9] * 64, [0.9, 0.1] * 32).answer == "inconclusive"


EQUIVALENT = [
    (0.5, 0.1, 0.1, "compatible"),  # 8 errors of 0.0125 inside either bound
    (0.61, 0.1, 0.1, "inconclusive"),
    (0.59, 0.1, 0.1, "inconclusive"),
    (0.7, 0.1, 0.1, "excluded"),
    (0.3, 0.1, 0.1, "excluded"),
    (0.5, 1.0, 0.1, "inconclusive"),  # "not significantly different" from one half, but too spread to tell
]


@pytest.mark.parametrize(("mean", "spread", "within", "expected"), EQUIVALENT)
def test_equivalence_of_the_mean(stated, mean, spread, within, expected):
    """Two one-sided t tests: near 0.5 must be shown, no difference is not enough."""
    values = mean + NORMAL * spread / NORMAL.std(ddof=1)
    answered = stated({"equivalent": {"to": 0.5, "within": within}}, "near 0.5", shuffled(values))
    low, high = stats.t.interval(0.998, 63, mean, spread / 8)
    assert answered.answer == expected
    assert (0.5 - within <= low and high <= 0.5 + within) == (expected == "compatible")
    assert (high < 0.5 - within or low > 0.5 + within) == (expected == "excluded")


@pytest.mark.parametrize("mean", [0.5, 0.7])
def test_a_t_test_of_few_runs_decides_nothing(stated, mean):
    """Its p rests on a normality that fewer than 30 runs could not refute."""
    values = (mean + stats.norm.ppf((np.arange(30) + 0.5) / 30) / 100).tolist()
    rule = {"equivalent": {"to": 0.5, "within": 0.1}}
    assert stated(rule, "near 0.5", values).answer == ("compatible" if mean == 0.5 else "excluded")
    few = stated(rule, "near 0.5", values[:29])
    assert few.answer == "inconclusive"
    assert few.detail.endswith("of 20 recorded runs against 0.5 ± 0.1: 30 runs could decide, by a t test")


@pytest.mark.parametrize(
    ("mean", "words"),
    [(0.56, "128 runs could decide"), (0.64, "128 runs could decide"), (0.599, "runs, and at most 2,048")],
)
def test_an_open_mean_says_how_many_runs_could_tell(stated, mean, words):
    """They show that the mean is on its side of the limit, 0.6: (3.09 · 0.12 / 0.04)² = 86."""
    values = mean + 0.12 * NORMAL / NORMAL.std(ddof=1)
    answered = stated({"equivalent": {"to": 0.5, "within": 0.1}}, "near 0.5", shuffled(values))
    assert answered.answer == "inconclusive"
    assert words in answered.detail


def test_equivalence_holds_of_each_quantity(stated):
    """The worst of them decides, and is named."""
    near, far = (0.5 + NORMAL / 100).tolist(), (0.9 + NORMAL / 100).tolist()
    answered = stated({"equivalent": {"to": 0.5, "within": 0.1}}, "near 0.5", near, far)
    assert answered.answer == "excluded"
    assert answered.detail.startswith("b mean 0.9 of 64 recorded runs against 0.5 ± 0.1")


PLACES = [
    # the largest run is 2.4176
    ({}, 0.6, "compatible"),
    ({}, 2.4, "compatible"),
    ({}, 2.5, "inconclusive"),  # from 2.45 on
    ({"decimals": 2}, 2.42, "compatible"),  # from 2.415 on
    ({"decimals": 2}, 2.43, "inconclusive"),
    ({}, 2.0, "compatible"),
    ({}, 3, "inconclusive"),  # a whole number, from 2.5 on
    ({"scale": "identity"}, 9.0, "excluded"),
    ({"scale": "identity"}, -9.0, "excluded"),
]


@pytest.mark.parametrize(("rule", "printed", "expected"), PLACES)
def test_a_printed_number_among_the_runs(stated, rule, printed, expected):
    """By its rounding interval, by rank or on the stated scale."""
    assert max(NORMAL) == pytest.approx(2.4176, abs=1e-4)
    assert stated(rule, printed, shuffled(NORMAL)).answer == expected


def test_what_a_printed_number_stands_for(stated):
    """`documents` names the one of several quantities; a name that was not recorded is an error."""
    a, b = NORMAL.tolist(), (NORMAL + 50).tolist()
    assert stated({"documents": "b"}, 50.0, a, b).answer == "compatible"
    assert stated({"documents": "a"}, 50.0, a, b).answer == "excluded"
    assert stated({}, {"a": 0.0, "b": 50.0}, a, b).answer == "compatible"
    assert stated({}, {"b": 50.0}, a, b).answer == "compatible"
    with pytest.raises(NotDecidable, match="the printed value has 'c', the recorded runs have a, b: mend"):
        stated({}, {"c": 50.0}, a, b)


def test_the_correct_and_the_witness_value_are_placed_like_the_printed_one(stated):
    """The value that is asked about decides, not the documented one."""
    rule = {"scale": "identity"}
    assert stated(rule, 0.1, NORMAL.tolist(), expected=9.0).answer == "excluded"
    assert stated(rule, 9.0, NORMAL.tolist(), expected=0.1).answer == "compatible"
