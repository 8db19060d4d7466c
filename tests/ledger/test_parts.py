"""The rule on several parts of one quantity."""

import pytest

from workshop.ledger.rules import Rule, parse_rule

RULE = parse_rule(
    {
        "parts": {
            "checks": [
                {"at": "loss[0]", "rule": {"at_most": {"bound": 1.0}}},
                {"at": "n", "rule": "equal"},
                {"at": "loss", "rule": {"curve": {"property": "falling"}}},
            ]
        }
    }
)
# measured, whether it holds, a part of the detail
MEASURED = [
    ({"loss": [0.75, 0.5, 0.4], "n": 3}, True, "loss[0]: 0.75, at most 1; n: equal"),
    ({"loss": [1.25, 0.5, 0.4], "n": 3}, False, "loss[0]: 1.25, at most 1"),
    ({"loss": [0.75, 0.5, 0.4], "n": 4}, False, "n: value is 4, not 3"),
    ({"loss": [0.75, 0.5, 0.5], "n": 3}, False, "is not falling"),
    ({"loss": [], "n": 3}, False, "leads nowhere"),
    ({"n": 3}, False, "leads nowhere"),
]


@pytest.mark.parametrize(("measured", "holds", "detail"), MEASURED)
def test_every_part_has_its_own_rule(measured, holds, detail):
    """All parts must hold; the detail names the first that fails."""
    decision = RULE.decide({"n": 3}, measured)

    assert decision.holds is holds
    assert detail in decision.detail


def test_the_tightest_part_gives_the_margin():
    """Of the parts that are a matter of degree, the one with the least room counts."""
    assert RULE.decide({"n": 3}, {"loss": [0.75, 0.5, 0.4], "n": 3}).margin == pytest.approx(0.1)


def test_a_printed_value_may_stand_for_one_part():
    rule = parse_rule({"parts": {"documents": "last", "checks": [{"at": "last", "rule": "equal"}]}})

    assert rule.decide(5, {"last": 5, "first": 1}).holds
    assert not rule.decide(5, {"last": 1, "first": 5}).holds


WRONG = [
    ({"parts": {"checks": []}}, "checks"),
    (
        {"parts": {"checks": [{"rule": {"literature": {"reason": "history of it"}}}]}},
        "can't be decided by a literature rule",
    ),
    ({"parts": {"checks": [{"rule": "repeats"}]}}, "can't be decided by a repeats rule"),
    (
        {"parts": {"checks": [{"rule": {"parts": {"checks": [{"rule": "equal"}]}}}]}},
        "can't be decided by a parts rule",
    ),
    ({"parts": {"checks": [{"at": "a b", "rule": "equal"}]}}, "can't be read"),
]


@pytest.mark.parametrize(("written", "message"), WRONG)
def test_what_the_rule_refuses(written, message):
    with pytest.raises(ValueError, match=message):
        parse_rule(written)


def test_a_check_must_fit_its_part():
    """A rule that needs a documented number says so for its part."""
    rule: Rule = parse_rule({"parts": {"checks": [{"at": "a", "rule": "rounds"}]}})

    with pytest.raises(ValueError, match="rounds needs numbers"):
        rule.fit({"a": "text"})


BOUND, CLOSE = {"at_most": {"bound": 1.0}}, {"within": {"atol": 0.1}}
# a rule, and the kind that readers see
KINDS = [
    ("equal", "exact"),
    (CLOSE, "close"),
    ({"reference": {"decimals": 4}}, "stochastic"),
    ({"parts": {"checks": [{"at": "n", "rule": "equal"}, {"at": "loss", "rule": CLOSE}]}}, "close"),
    (
        {"parts": {"documents": "n", "checks": [{"at": "n", "rule": "equal"}, {"at": "gap", "rule": BOUND}]}},
        "exact",
    ),
    (
        {
            "parts": {
                "documents": "n",
                "checks": [{"at": "gap", "rule": BOUND}, {"at": "n[0]", "rule": CLOSE}],
            }
        },
        "close",
    ),
]


@pytest.mark.parametrize(("rule", "kind"), KINDS)
def test_the_kind_follows_from_the_rule(rule, kind):
    """Of several parts it is the least strict one's; what is not printed does not count."""
    assert parse_rule(rule).kind == kind
