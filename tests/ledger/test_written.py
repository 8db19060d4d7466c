"""Short forms of the ledger's YAML."""

from typing import Any

import pytest

from workshop.ledger import Chapter, Claim
from workshop.ledger.written import _claim, write_out

SMALL = {"at_most": {"bound": 0.1}}
CLAIM = {
    "id": "loss",
    "what": "w",
    "documented": 0.25,
    "evidence": "measured",
    "rule": "rounds",
}


def written(**changes: Any) -> Claim:
    """Return the claim that the model makes of a short one, in a unit on page 7."""
    unit = {"id": "ch09.ex01", "title": "t", "page": 7, "procedure": "p", "pitfalls": "-"}
    chapter = {"chapter": 9, "title": "t", "units": [{**unit, "claims": [{**CLAIM, **changes}]}]}
    return Chapter.model_validate(write_out(chapter)).units[0].claims[0]


def test_id_and_page_are_those_of_the_unit():
    """A claim has its unit's page unless it has its own."""
    assert (written().id, written().page, written(page=9).page) == ("ch09.ex01.loss", 7, 9)


def test_the_notebook_has_the_printed_value_or_its_own():
    """The word `same` means the printed value; without a word nothing is known of the notebook."""
    assert [written(notebook=n).notebook for n in ("same", 0.3, None)] == [0.25, 0.3, None]


def test_a_value_of_ours_is_compared_and_not_printed():
    """It is documented alone or behind what is printed, and nothing else takes it for printed."""
    part = written(documented={"a": 1}, tested_as={"b": [2], "c": {"d": 3}}, statement="s", rule="equal")
    whole = written(documented={"a": 1}, rule="equal")
    short = {**CLAIM, "statement": "s", "tested_as": 0.25}
    del short["documented"]
    alone = Claim.model_validate(_claim(short, {"id": "ch09.ex01"}))

    said = {**short, "rule": {"literature": {"reason": "a sentence of the book"}}, "evidence": None}
    del said["tested_as"]
    sentence = Claim.model_validate(_claim(said, {"id": "ch09.ex01"}))

    assert (alone.documented, alone.printed, alone.own, alone.prints("")) == (0.25, None, 0.25, False)
    assert (sentence.documented, sentence.printed, sentence.own) == ("s", None, None)
    assert part.documented == {"a": 1, "b": [2], "c": {"d": 3}}
    assert (part.printed, part.own) == ({"a": 1}, {"b": [2], "c": {"d": 3}})
    assert [name for name in ("a", "b", "b[0]", "c.d", "bc") if part.prints(name)] == ["a", "bc"]
    assert (whole.printed, whole.own, whole.prints("a")) == ({"a": 1}, None, True)
    assert not part.rule.decide(part.documented, {"a": 1, "b": [2], "c": {"d": 4}}).holds
    ours = written(ours=True)
    assert (ours.printed, ours.own, ours.prints("")) == (None, 0.25, False)


def test_parts_are_checked_by_path():
    parts = {"a": "equal", "b": [{"at_least": {"bound": 1}}, {"at_most": {"bound": 2}}]}
    rule = written(documented={"a": 1}, rule={"parts": parts}).rule

    assert rule.decide({"a": 1}, {"a": 1, "b": 1.5}).holds
    assert [rule.decide({"a": 1}, {"a": a, "b": b}).holds for a, b in ((2, 1.5), (1, 0.5), (1, 2.5))] == [
        False
    ] * 3


def test_parts_of_the_printed_value_and_further_quantities():
    parts = {"[0]": "rounds", "[1].low": {"at_most": {"bound": 1}}}
    claim = written(documented=[0.25], rule={"parts": parts}, also={"gap": SMALL})
    right = {"loss": [0.25, {"low": 0.5}], "gap": 0.0}

    assert claim.rule.decide(claim.documented, right).holds
    for wrong in ({"loss": [0.3, {"low": 0.5}]}, {"loss": [0.25, {"low": 1.5}]}, {"gap": 1.0}):
        assert not claim.rule.decide(claim.documented, {**right, **wrong}).holds


# what `also` has, the paths that are measured, and values that fail: each differs in one quantity
ALSO = [
    ({"gap": SMALL}, {"loss": "loss", "gap": "gap"}, {"gap": 0.2}),
    ({"gaps[0]": SMALL}, {"loss": "loss", "gaps": "gaps"}, {"gaps": [0.2]}),
    ({"other.loss[1]": SMALL}, {"loss": "loss", "other_loss": "other.loss"}, {"other_loss": [0.0, 0.2]}),
    ({"other.loss[1]": SMALL}, {"loss": "loss", "other_loss": "other.loss"}, {"loss": 0.3}),
]


@pytest.mark.parametrize(("also", "measures", "wrong"), ALSO)
def test_further_quantities_have_rules_of_their_own(also, measures, wrong):
    """The printed value belongs to the claim's own quantity alone; a quantity is named by its path's end."""
    claim = written(also=also)
    right = {"loss": 0.25, "gap": 0.0, "gaps": [0.0], "other_loss": [0.2, 0.0]}

    assert claim.measure == measures
    assert not claim.rule.decide(claim.documented, {**right, **wrong}).holds
    assert claim.rule.decide(claim.documented, right).holds
