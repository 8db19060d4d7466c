"""Rules on recorded runs: rounding intervals, paths of numbers, checks of each run."""

from typing import Any

import pytest

from workshop.ledger.rules import SampledRule, numbers_of, parse_rule


def reference(**parameters: Any) -> SampledRule:
    """Return the rule as the ledger would write it."""
    rule = parse_rule({"reference": parameters} if parameters else "reference")
    assert isinstance(rule, SampledRule)
    return rule


INTERVALS = [
    ({}, 0.02, 0.015, 0.025),
    ({}, 680, 679.5, 680.5),
    ({"decimals": 4}, 0.001, 0.00095, 0.00105),  # printed as 0.0010
    ({"decimals": 4}, 0.00049603, 0.000496025, 0.000496035),  # its own digits are finer
]


@pytest.mark.parametrize(("parameters", "printed", "low", "high"), INTERVALS)
def test_a_printed_number_means_its_rounding_interval(parameters, printed, low, high):
    """Half a unit of the last printed digit to either side; trailing zeros count with `decimals`."""
    assert reference(**parameters).interval(printed) == pytest.approx((low, high), rel=1e-12)


def test_printed_numbers_have_the_paths_of_measured_ones():
    assert reference().placed({1: [0.3, 0.9], "loss": 2}) == {"1[0]": 0.3, "1[1]": 0.9, "loss": 2.0}
    assert reference(documents="scaled").placed(0.02) == {"scaled": 0.02}


def test_numbers_of_what_is_no_number():
    assert numbers_of({"a": [True, 0.5]}) == {"a[0]": 1.0, "a[1]": 0.5}
    with pytest.raises(ValueError, match=r"a\[1\] is 'x', no number"):
        numbers_of({"a": [1, "x"]})


PRINTED = [["insect", 0.76], ["animals", 0.73], ["ants", 0.64]]


def test_numbers_of_a_ranking():
    """How many of the documented names are among the first, and the first score if there are any."""
    rule = reference(first=3)
    measured = [["ants", 0.8], ["herd", 0.7], ["insect", 0.6], ["animals", 0.5]]
    assert rule.numbers(measured, PRINTED) == {"common": 2.0, "best": 0.8}
    assert rule.numbers(["ants", "herd"], PRINTED) == {"common": 1.0}
    assert rule.numbers([], PRINTED) == {"common": 0.0}
    assert rule.numbers(["ants", ["herd", 0.7]], PRINTED) == {"common": 1.0}  # the first has no score
    with pytest.raises(ValueError, match=r"\[0\]\[0\] is 'ants', no number"):
        reference(shares=[{"of": {"at_least": {"bound": 1}}}]).numbers(measured, PRINTED)


def test_a_ranking_needs_a_documented_one():
    with pytest.raises(ValueError, match="needs 2 documented names"):
        reference(first=2).fit(["insect"])
    reference(first=2).fit(["insect", "ants"])
    with pytest.raises(ValueError, match="a scored list needs rows of a name and a score"):
        reference(first=2, scored=True).fit(["insect", "ants"])


def test_a_difference_of_rounded_numbers_is_an_interval():
    """Of the half digits of both; zeros that a number has lost count with `decimals`."""
    asked = {"gap": ["gru", "lstm"]}
    low, high = reference(differences=asked).intervals({"gru": 0.8716, "lstm": 0.87})["gap"]
    assert (low, high) == pytest.approx((0.0016 - 0.00505, 0.0016 + 0.00505))
    low, high = reference(differences=asked, decimals=4).intervals({"gru": 0.8716, "lstm": 0.87})["gap"]
    assert (low, high) == pytest.approx((0.0015, 0.0017))


WRONG = [
    ({"order": "paired", "equivalent": {"to": 0.5, "within": 0.1}}, "one statement"),
    ({"order": "paired", "decimals": 2}, "unknown key 'decimals'"),
    ({"shares": [{"of": "equal", "above": 0.9}]}, "unknown key 'above'"),
    ({"every": [{"rule": "reference"}]}, "can't be decided by a reference rule"),
    (
        {"every": [{"rule": {"literature": {"reason": "history of it"}}}]},
        "can't be decided by a literature rule",
    ),
    ({"scale": "sqrt"}, "scale"),
    ({"decimals": -1}, "decimals"),
    ({"shares": []}, "shares"),
    ({"equivalent": {"to": 0.5, "within": 0}}, "within"),
    ({"first": 0}, "first"),
    ({"differences": {}}, "differences"),
    ({"differences": {"gap": ["gru"]}}, "missing"),
    ({"shown": []}, "shown"),
]


@pytest.mark.parametrize(("parameters", "message"), WRONG)
def test_what_the_rule_refuses(parameters, message):
    """Two statements, half a statement, an unknown scale, a rule that does not decide one run."""
    with pytest.raises(ValueError, match=message):
        reference(**parameters)


MISFITS = [
    ({}, "near 0.5", "needs documented numbers"),
    ({}, [], "needs documented numbers"),
    ({"shares": [{"of": "equal", "documented": True}]}, "often", "a documented share is one number"),
    ({"shares": [{"of": {"within": {"atol": 0.1}}}]}, 0.5, "within needs"),
    ({"order": "paired"}, {"rnn": 1}, "list of names"),
    (
        {"differences": {"gap": ["gru", "lstm"]}},
        {"gru": 0.87},
        "a difference needs a documented number 'lstm'",
    ),
    ({"differences": {"gap": ["gru", "lstm"]}}, "similar", "a difference needs a documented number 'gru'"),
    ({"shown": [{"rule": {"within": {"atol": 0.1}}}]}, 0.5, "within needs"),
    ({"order": "paired"}, ["rnn", "rnn"], "list of names"),
    ({"order": "paired"}, [["rnn", "conv"], ["rnn"]], "list of names"),
]


@pytest.mark.parametrize(("parameters", "documented", "message"), MISFITS)
def test_documented_values_that_do_not_fit(parameters, documented, message):
    """A place needs numbers, an order needs chains of distinct names."""
    with pytest.raises(ValueError, match=message):
        reference(**parameters).fit(documented)


OFTEN = {"of": {"at_least": {"bound": 0.5}}, "documented": True}


def test_a_documented_share_is_the_only_one():
    reference(shares=[OFTEN]).fit(0.9)
    for shares, documented in (([OFTEN, OFTEN], 0.9), ([OFTEN], [0.9])):
        with pytest.raises(ValueError, match="a documented share is one number"):
            reference(shares=shares).fit(documented)
    reference(shares=[{**OFTEN, "documented": False}] * 2).fit("often")


STATEMENTS = [
    ({}, True, "printed value's place among the recorded runs"),
    ({"order": "unpaired"}, False, "unpaired order over the recorded runs"),
    ({"equivalent": {"to": 0.5, "within": 0.1}}, False, "mean equivalent to 0.5 ± 0.1"),
    ({"shares": [OFTEN]}, False, "share of runs with at least 0.5 as documented"),
    (
        {"shares": [{"at": "loss", "of": {"at_most": {"bound": 2}}}]},
        False,
        "share of runs with loss at most 2 above 0.5",
    ),
    ({"first": 3}, True, "the first 3 printed names, as common as those of a recorded run"),
    ({"order": "printed"}, False, "printed order shown by recorded runs"),
    ({"shown": [{"rule": {"at_most": {"bound": 2}}}]}, False, "shown by recorded runs: at most 2"),
    (
        {"differences": {"gap": ["gru", "lstm"]}},
        True,
        "printed difference's place among the recorded runs: gru less lstm",
    ),
]


@pytest.mark.parametrize(("parameters", "compares", "words"), STATEMENTS)
def test_what_is_stated_of_the_runs(parameters, compares, words):
    """Only places and a list compare the printed value itself with the runs."""
    rule = reference(**parameters)
    assert rule.compares is compares
    assert rule.statement() == words


def test_what_each_run_shows_by_construction():
    rule = reference(
        every=[{"at": "loss", "rule": {"curve": {"property": "falling"}}}, {"at": "n", "rule": "equal"}]
    )

    assert rule.decide_each({"n": 3}, {"loss": [3.0, 2.0, 1.0], "n": 3}).holds
    assert not rule.decide_each({"n": 3}, {"loss": [3.0, 2.0, 2.0], "n": 3}).holds
    assert not rule.decide_each({"n": 3}, {"loss": [3.0, 2.0, 1.0], "n": 4}).holds
    assert not rule.decide_each({"n": 3}, {"loss": [3.0, 2.0, 1.0]}).holds


def test_a_single_value_decides_nothing():
    for asked in (reference().decide, lambda e, m: reference().decide_all(e, [m])):
        with pytest.raises(TypeError, match=r"workshop\.check\(CLAIM, NUMBER\)"):
            asked(0.877, -5)
