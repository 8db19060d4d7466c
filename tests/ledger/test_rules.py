"""Each rule: values it must accept, values it must refuse, and the sign of its margin."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from workshop.ledger.rules import AnyRule, Rule, vocabulary

NAN, INF = math.nan, math.inf


def rule(written: Any) -> Rule:
    """Read a rule as the ledger does."""
    read: Rule = TypeAdapter(AnyRule).validate_python(written)
    return read


# rule as written, expected, values accepted, values refused
TABLE: list[tuple[Any, Any, list[Any], list[Any]]] = [
    ("equal", 3, [3, 3.0, np.int64(3), np.float32(3), np.array(3)], [4, True, "3", None, [3], NAN, {"a": 3}]),
    ("equal", 1, [1, 1.0], [True, np.bool_(True), "1"]),
    ("equal", True, [True, np.bool_(True), np.array(True)], [1, 1.0, "True", False, None]),
    ("equal", "pizza", ["pizza", np.str_("pizza"), b"pizza"], ["Pizza", "pizza ", ["pizza"], None, 0]),
    ("equal", 0.1, [0.1, np.float64(0.1)], [0.1 + 1e-17 + 1e-16, np.float32(0.1), NAN, INF]),
    (
        "equal",
        [1, 2],
        [[1, 2], (1, 2), np.array([1, 2])],
        [[2, 1], [1, 2, 3], [1], [[1, 2]], 1, "12", {0: 1, 1: 2}],
    ),
    ("equal", [[1], [2]], [np.array([[1], [2]]), ([1], (2,))], [[1, 2], [[1, 2]], [[1], [2, 2]]]),
    ("equal", [], [[], (), np.array([])], [[0], None, "", [[]]]),
    ("equal", {"a": 1}, [{"a": 1}, {"a": np.int8(1)}], [{"a": 2}, {"b": 1}, {}, {"a": 1, "b": 1}, [1], 1]),
    ({"equal": {"dtype": "float32"}}, [0.5], [np.array([0.5], "float32")], [np.array([0.5]), [0.5], (0.5,)]),
    ({"equal": {"dtype": "int64"}}, 2, [np.int64(2)], [np.int32(2), 2, np.int64(3)]),
    (
        "rounds",
        0.93,
        [0.93, 0.925, 0.935, 0.9349],
        [0.9249, 0.9351, 0.94, NAN, INF, -INF, "0.93", True, [0.93]],
    ),
    ("rounds", 12, [12, 11.5, 12.5, np.float32(12.4)], [11.4, 12.6, -12, None]),
    ("rounds", 120.0, [119.95, 120.05], [119.9, 120.1]),
    ("rounds", 1.5e-05, [1.5e-05, 1.549e-05], [1.56e-05, 0.0, 1.5e-04]),
    ({"rounds": {"decimals": 2}}, 0.9, [0.9, 0.905, 0.895], [0.906, 0.894, 0.95]),
    ({"rounds": {"decimals": 0}}, 3.0, [2.5, 3.4, 3.5], [2.4, 3.6]),
    ("rounds", ["a", 0.1], [["a", 0.12]], [["a", 0.2], ["b", 0.12]]),
    ("rounds", [0.1, "a"], [[0.12, "a"], (0.14, "a")], [[0.12, "b"], [0.2, "a"], [0.1], ["a", 0.1], 0.1]),
    (
        "rounds",
        [0.1, 0.25],
        [np.array([0.12, 0.2501])],
        [np.array([0.12, 0.26]), np.array([[0.1, 0.25]]), [0.1, NAN]],
    ),
    ({"within": {"atol": 0.5}}, 2.0, [1.5, 2.5, 2], [1.49, 2.51, 0, NAN, INF, "2", True, [2.0]]),
    ({"within": {"atol": 0.5}}, 0, [0, 0.5, -0.5], [0.51, -0.51, "0", False]),
    ({"within": {"rtol": 0.1}}, -10.0, [-11.0, -9.0], [-11.01, -8.99, 10.0]),
    ({"within": {"rtol": 0.1, "atol": 1.0}}, 10.0, [8.0, 12.0], [7.9, 12.1]),
    ("at_least", 0.5, [0.5, 0.6, 1], [0.49, NAN, INF, "1", True, None, [0.6]]),
    (
        {"at_least": {"bound": 0.5}},
        "a text",
        [0.5, [0.5, 0.9], np.array([[1.0], [0.5]])],
        [[0.6, 0.4], [], NAN, [1, NAN], [1, INF]],
    ),
    ("at_least", [1, 5], [[1, 5], [2, 9]], [[2, 4], [9], 9]),
    ("at_most", 0.5, [0.5, -3, 0], [0.51, NAN, -INF, "0", False]),
    ({"at_most": {"bound": 0}}, None, [0, [-1, 0]], [1e-9, [-1, 1], {}, []]),
    (
        {"at_most": {"bound": 0, "numbers": 2}},
        None,
        [[-1, 0], {"a": 0, "b": -1}],
        [-1, [-1, 0, -1], {"a": 0}],
    ),
    (
        {"between": {"low": -1, "high": 1}},
        None,
        [-1, 1, 0.0, [0, 1], {"a": 0}],
        [-1.01, 1.01, [0, 2], NAN, INF, [], "0", True, None],
    ),
    (
        "ordering",
        ["a", "b", "c"],
        [{"a": 1, "b": 2, "c": 3}, {"c": 3.0, "b": 2, "a": -1}],
        [
            {"a": 1, "b": 1, "c": 3},
            {"a": 3, "b": 2, "c": 1},
            {"a": 1, "b": 2},
            {"a": 1, "b": 2, "c": NAN},
            {"a": 1, "b": 2, "c": INF},
            {"a": 1, "b": 2, "c": "3"},
            {"a": 1, "b": 2, "c": 3, "d": 4},
            [1, 2, 3],
            {"a": False, "b": 2, "c": 3},
        ],
    ),
    ({"ordering": {"gap": 0.5}}, ["a", "b"], [{"a": 0, "b": 0.6}], [{"a": 0, "b": 0.5}, {"a": 0, "b": 0.4}]),
    ("ordering", [1, 2], [{1: 0.1, 2: 0.2}, {"1": 0.1, "2": 0.2}], [{1: 0.2, 2: 0.1}]),
    (
        {"curve": {"property": "falling"}},
        None,
        [[3, 2, 1], (1.0, 0.5), np.array([2, 1])],
        [
            [3, 3, 1],
            [1, 2],
            [1],
            [],
            3,
            "321",
            [3, None, 1],
            [[3], [2]],
            [3, NAN, 1],
            [INF, 1],
            ["3", "2"],
            [True, False],
            {"a": 2, "b": 1},
            [[1, 2], [1]],
        ],
    ),
    ({"curve": {"property": "rising"}}, None, [[1, 2, 3]], [[1, 2, 2], [3, 2, 1]]),
    ({"curve": {"property": "convex"}}, None, [[4, 1, 0, 1, 4]], [[0, 1, 2], [0, 3, 4], [1, 0]]),
    ({"curve": {"property": "concave"}}, None, [[0, 3, 4]], [[4, 1, 0, 1], [0, 1, 2]]),
]

ACCEPTED = [(w, e, m) for w, e, accepted, _ in TABLE for m in accepted]
REFUSED = [(w, e, m) for w, e, _, refused in TABLE for m in refused]


@pytest.mark.parametrize(("written", "expected", "measured"), ACCEPTED)
def test_accepts(written, expected, measured):
    """The rule holds, and where it is a matter of degree its margin is not negative."""
    decision = rule(written).decide(expected, measured)

    assert decision.holds
    assert decision.margin is None or decision.margin >= 0


@pytest.mark.parametrize(("written", "expected", "measured"), REFUSED)
def test_refuses(written, expected, measured):
    """The rule does not hold, its margin is not positive, and it says why in one line."""
    decision = rule(written).decide(expected, measured)

    assert not decision.holds
    assert decision.margin is None or decision.margin <= 0
    assert decision.detail
    assert "\n" not in decision.detail


@pytest.mark.parametrize("written", ["rounds", {"within": {"atol": 1.0}}])
def test_tolerance_of_no_numbers_is_refused(written):
    """An empty list, in which every tolerance would hold, never gets past the ledger."""
    with pytest.raises(ValueError, match="needs numbers"):
        rule(written).fit([])


MARGINS = [
    ({"within": {"atol": 0.5}}, 2.0, 2.2, 0.3),
    ({"within": {"atol": 0.5}}, 2.0, 3.0, -0.5),
    ({"within": {"atol": 0.5}}, [2.0, 2.0], [2.0, 1.6], 0.1),
    ("rounds", 0.93, 0.93, 0.005),
    ("rounds", 0.93, 0.94, -0.005),
    ("at_least", 0.5, 0.7, 0.2),
    ({"at_most": {"bound": 1.0}}, None, [0.2, 1.5], -0.5),
    ({"between": {"low": 0.0, "high": 1.0}}, None, 0.25, 0.25),
    ({"between": {"low": 0.0, "high": 1.0}}, None, -0.25, -0.25),
    ("ordering", ["a", "b", "c"], {"a": 0, "b": 2, "c": 3}, 1.0),
    ({"ordering": {"gap": 1.5}}, ["a", "b", "c"], {"a": 0, "b": 2, "c": 3}, -0.5),
    ({"curve": {"property": "falling"}}, None, [5, 3, 2], 1.0),
    ({"curve": {"property": "rising"}}, None, [5, 3, 2], -2.0),
    ({"curve": {"property": "convex"}}, None, [4, 1, 0], 2.0),
]


@pytest.mark.parametrize(("written", "expected", "measured", "margin"), MARGINS)
def test_margin(written, expected, measured, margin):
    decision = rule(written).decide(expected, measured)

    assert decision.margin == pytest.approx(margin, rel=1e-6)


@given(digits=st.integers(-(10**6), 10**6), places=st.integers(0, 8), tenths=st.integers(-20, 20))
def test_rounds_accepts_exactly_half_a_digit(digits, places, tenths):
    """A value is accepted if and only if it lies within half of the last printed digit."""
    printed = round(digits * 10.0**-places, places)
    measured = (digits * 10 + tenths) * 10.0 ** -(places + 1)

    decision = rule({"rounds": {"decimals": places}}).decide(printed, measured)

    if abs(tenths) != 5:  # exactly half-way is in the table; here binary fractions blur it
        assert decision.holds == (abs(tenths) < 5)


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-3, 1e6), measured=st.floats(-1e7, 1e7))
def test_between_margin_has_the_sign_of_the_decision(low, width, measured):
    high = low + width

    decision = rule({"between": {"low": low, "high": high}}).decide(None, measured)

    assert decision.holds == (low <= measured <= high)
    assert decision.margin is not None
    assert (decision.margin >= 0) == decision.holds


@given(values=st.lists(st.integers(-50, 50), min_size=2, max_size=8))
def test_rising_and_falling_exclude_each_other(values):
    """A curve rises if it is strictly sorted, falls if its mirror image does, and never both."""
    rises = rule({"curve": {"property": "rising"}}).decide(None, values).holds
    falls = rule({"curve": {"property": "falling"}}).decide(None, values).holds

    assert rises == (values == sorted(set(values)))
    assert falls == (values[::-1] == sorted(set(values)))


def test_worst_outcome_decides():
    decision = rule({"at_least": {"bound": 1.0}}).decide_all(None, [5.0, 0.5, 0.75])

    assert (decision.holds, decision.margin) == (False, -0.5)


def test_an_outcome_of_another_kind_is_not_the_worst_by_distance():
    """It has no margin, so the one that misses by a measured distance gives it."""
    decision = rule("rounds").decide_all(0.93, ["0.93", 0.94])

    assert not decision.holds
    assert decision.margin == pytest.approx(-0.005, rel=1e-6)


def test_the_detail_names_the_first_of_the_worst_numbers():
    decision = rule({"within": {"atol": 0.5}}).decide([2.0, 2.0, 2.0], [2.0, 1.625, 2.375])

    assert decision.detail == "[1] 1.625 against 2 ± 0.5"


PARAMETERS = [
    ({"consistency": {"of": []}}, "of"),
    ({"consistency": {"of": [1.0], "atol": -0.5}}, "atol"),
    ({"rounds": {"decimals": -1}}, "decimals"),
    ({"within": {"rtol": -0.5, "atol": 1.0}}, "rtol"),
    ({"between": {"low": 1, "high": 1}}, "low < high"),
    ({"ordering": {"gap": -0.5}}, "gap"),
    ({"literature": {"reason": "nine char"}}, "reason"),
    ({"at_most": {"bound": 1.0, "numbers": 1}}, "numbers"),
    ({"reference": {"differences": {"gap": ["a", "b"]}, "decimals": -1}}, "decimals"),
]


@pytest.mark.parametrize(("written", "named"), PARAMETERS)
def test_parameters_out_of_range(written, named):
    """A rule that would accept everything, or nothing, is refused by the name of its parameter."""
    with pytest.raises(ValueError, match=named):
        rule(written)


OVER_1 = {"at_least": {"bound": 1.0}}
# rule as written, documented values that it fits, and values that it does not fit
FITS: list[tuple[Any, list[Any], list[Any]]] = [
    ("equal", [0, "", [], False], [None]),
    ("rounds", [0.5, ["a", 0.5], {"a": "x", "b": 1}], ["a", ["a"], True, None]),
    ("at_least", [1, [1, 2]], ["a", [1, "a"], ["a", 1]]),
    (OVER_1, ["a", None, [1, "a"]], []),
    ({"between": {"low": 0.0, "high": 1.0}}, ["a", None], []),
    ("ordering", [["a", "b"], [1, 2]], ["ab", ["a"], ["a", "b", "a"], {"a": 1, "b": 2}]),
    ({"consistency": {"of": [1.0]}}, [1, ["a", 1]], ["a", []]),
    ({"consistency": {"of": ["a"], "relation": "among"}}, ["a", 1], []),
    ({"literature": {"reason": "single numbers", "arbitrary": True}}, [0.5, ["a", 0.5]], ["a"]),
    ("reference", [0.5, [0.5, 1]], [[], "a", [0.5, "a"], ["a", 0.5]]),
    ({"reference": {"differences": {"gap": ["a", "b"]}}}, [{"a": 1, "b": 2}],
     [{"a": 1}, {"b": 1}, {"a": 1, "b": "x"}, [1, 2], 3]),
    ({"reference": {"first": 2}}, [["a", "b"], [["a", 0.5], ["b", 0.4]]], [["a"], "ab"]),
    ({"reference": {"first": 1, "scored": True}}, [[["a", 0.5]]], [["a"]]),
    ({"reference": {"shown": [{"rule": OVER_1}, {"rule": OVER_1}]}}, ["a"], []),
    ({"reference": {"shown": [{"rule": OVER_1}, {"rule": "equal"}]}}, [], ["a"]),
    ({"reference": {"shares": [{"of": OVER_1}, {"of": OVER_1}]}}, ["mostly"], []),
    ({"reference": {"shares": [{"of": OVER_1}, {"of": "equal"}]}}, [], ["mostly"]),
    ({"reference": {"shares": [{"of": OVER_1, "documented": True}]}}, [0.5], ["often"]),
    ({"reference": {"shares": [{"of": OVER_1}, {"of": OVER_1, "documented": True}]}}, [], [0.5]),
    ({"reference": {"order": "paired"}}, [["a", "b"], [["a", "b"], ["b", "c"]]],
     ["ab", [], ["a"], ["a", "b", "a"], [["a", "b"], ["c"]], ["ab", ["b", "c"]], [["a", "b"], ["a", 1]]]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "fitting", "others"), FITS)
def test_what_a_rule_can_be_of(written, fitting, others):
    """Whatever else a documented value has, and each part of a rule of several parts."""
    read = rule(written)
    for documented in fitting:
        read.fit(documented)
    for documented in others:
        with pytest.raises(ValueError, match=r"\w"):
            read.fit(documented)


def test_literature_decides_nothing():
    with pytest.raises(NotImplementedError):
        rule({"literature": {"reason": "history of the field"}}).decide(1, 1)


REFUTATIONS = [
    # measured, whether it refutes the printed 0.9 in favour of 0.5, what is said
    ([0.5], True, "0.5 against 0.5"),
    ([0.9], False, "the printed value holds after all"),
    ([0.7], False, "0.7 against 0.5"),
    ([0.5, 0.7], False, "0.7 against 0.5"),
]


@pytest.mark.parametrize(("sample", "holds", "said"), REFUTATIONS)
def test_refute_needs_both(sample, holds, said):
    """A refutation refuses the printed value and accepts what is recorded instead; other values fail."""
    decision = rule("rounds").refute(0.9, 0.5, sample)

    assert decision.holds is holds
    assert said in decision.detail


# operation, other printed values, relation, printed value, atol, holds, margin
CONSISTENCY = [
    ("value", [0.5], "equal", 0.5, 0.0, True, 0.0),
    ("value", [0.5], "equal", 0.6, 0.2, True, 0.1),
    ("value", [0.5], "equal", 0.8, 0.2, False, -0.1),
    ("value", [[0.5], {"a": 9}], "equal", [0.5, 0.5], 0.0, True, 0.0),
    ("sum", [1, 2, [3, 4]], "equal", 10, 0.0, True, 0.0),
    ("product", [3, 4], "equal", 12, 0.0, True, 0.0),
    ("minimum", [3, 1, 2], "above", 2, 0.0, True, 1.0),
    ("minimum", [3, 1, 2], "above", 1, 0.0, False, 0.0),
    ("minimum", [3, 1, 2], "above", 2, 0.25, True, 0.75),
    ("maximum", [3, 1, 2], "below", 2, 0.0, True, 1.0),
    ("maximum", [3, 1, 2], "below", 2, 0.25, True, 0.75),
    ("maximum", [3, 1, 2], "below", [2, 4], 0.0, False, -1.0),
    ("mean", [1, 2, 6], "equal", 3, 0.0, True, 0.0),
    ("mean", [1, 2, 6], "equal", 2, 0.0, False, -1.0),
]


@pytest.mark.parametrize(
    ("operation", "others", "relation", "printed", "atol", "holds", "margin"), CONSISTENCY
)
def test_consistency(*, operation, others, relation, printed, atol, holds, margin):
    """The printed value stands in the relation to the others' sum, ratio, and so on."""
    consistency = rule(
        {"consistency": {"operation": operation, "relation": relation, "of": [1.0], "atol": atol}}
    )

    decision = consistency.decide(printed, others)

    assert decision.holds is holds
    assert decision.margin == pytest.approx(margin)


@pytest.mark.parametrize(
    ("relation", "printed", "others", "holds"),
    [
        ("among", ["a", "b"], [[["b", 0.5], ["a", 0.4], ["c", 0.3]]], True),
        ("among", ["a", "d"], [[["b", 0.5], ["a", 0.4], ["c", 0.3]]], False),
    ],
)
def test_consistency_of_what_is_printed_twice(relation, printed, others, holds):
    decision = rule({"consistency": {"relation": relation, "of": ["ch01.ex01.a"]}}).decide(printed, others)
    assert decision.holds == holds
    assert ("not there" in decision.detail) == (not holds)


@pytest.mark.parametrize(("relation", "counts"), [("among", False), ("above", True)])
def test_only_relations_of_numbers_combine(relation, counts):
    """What is looked up as printed may be words, which have no sum."""
    assert rule({"consistency": {"relation": relation, "of": ["ch01.ex01.a"]}}).counts == counts


def test_names_have_no_operation():
    with pytest.raises(ValueError, match="drop operation and atol"):
        rule({"consistency": {"relation": "among", "operation": "sum", "of": [1.0]}}).fit(["a"])


def test_every_rule_says_what_it_is():
    written = {
        "equal": {"dtype": "int8"},
        "rounds": {"decimals": 1},
        "within": {"atol": 0.25},
        "at_least": {"bound": 0.25},
        "at_most": {"bound": 0.25},
        "between": {"low": 0.25, "high": 1},
        "ordering": {"gap": 0.25},
        "curve": {"property": "falling"},
        "parts": {"checks": [{"at": "loss", "rule": {"at_most": {"bound": 0.25}}}, {"rule": "equal"}]},
        "reference": {"scale": "log", "every": [{"at": "loss", "rule": {"curve": {"property": "falling"}}}]},
        "repeats": {},
        "consistency": {"of": ["ch01.ex01.a", 0.25]},
        "literature": {"reason": "history of the field"},
    }
    words = {
        "equal": "equal, dtype int8",
        "rounds": "rounds to the printed digits",
        "within": "within atol 0.25",
        "at_least": "at least 0.25",
        "at_most": "at most 0.25",
        "between": "between 0.25 and 1",
        "ordering": "in the printed ascending order, each step over 0.25",
        "curve": "falling at every step",
        "parts": "loss at most 0.25; equal",
        "reference": "like the reference sample; printed value's place among the recorded runs; "
        "each run loss falling at every step",
        "repeats": "recorded seeds give every number of the outcome again, within its measured tolerance",
        "consistency": "equal to value of ch01.ex01.a, 0.25",
        "literature": "not testable: history of the field",
    }

    assert {name: rule({name: given} if given else name).text() for name, given in written.items()} == words
    assert set(vocabulary()) == set(words)
