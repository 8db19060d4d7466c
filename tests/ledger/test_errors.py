"""A broken ledger is one line that names file, id and remedy."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.toy.claims import READER
from workshop.ledger import LedgerError, build, read_chapter

NAME = "made_up.yaml"


def chapter(**claim: Any) -> dict[str, Any]:
    """Return a sound chapter of one claim, with keys of the claim exchanged (left out if `...`)."""
    sound: dict[str, Any] = {
        "id": "loss",
        "what": "the loss",
        "documented": 0.25,
        "evidence": "measured",
        "rule": "rounds",
    }
    merged = {key: value for key, value in {**sound, **claim}.items() if value is not ...}
    unit = {"id": "ch09.ex01", "title": "one", "procedure": "none", "pitfalls": "none", "claims": [merged]}
    return {"chapter": 9, "title": "made up", "units": [unit]}


def complaint(*contents: dict[str, Any] | str) -> str:
    """Return the message of the error when these chapters are read and put together."""
    with pytest.raises(LedgerError) as caught:
        build(
            (NAME, read_chapter(c if isinstance(c, str) else yaml.safe_dump(c, sort_keys=False), NAME))
            for c in contents
        )
    return str(caught.value)


def test_sound_chapter_is_read() -> None:
    """The chapter that the broken ones are made of is itself sound."""
    text = yaml.safe_dump(chapter(needs=["iris"]))

    ledger = build([(NAME, read_chapter(text, NAME))])

    assert list(ledger.claims) == ["ch09.ex01.loss"]


BROKEN_CLAIMS: dict[str, tuple[dict[str, Any], str, str]] = {
    # what is wrong: (the claim's keys, what the message says of it, the remedy)
    "unknown key": ({"colour": 1}, "unknown key 'colour'", "remove or rename it"),
    "no rule": ({"rule": ...}, "'rule' is missing", "add it"),
    "no documented value": ({"documented": ...}, "'documented' is missing", "add it"),
    "two rules": ({"rule": {"equal": {}, "rounds": {}}}, "not equal, rounds", "give one"),
    "empty rule": ({"rule": {}}, "a rule is one name", "give one"),
    "a number as a rule": ({"rule": 3}, "not 3", "give one"),
    "unknown rule": ({"rule": "rouns"}, "unknown rule 'rouns'", "use one of at_least, at_most, between"),
    "parameters that are not a mapping": (
        {"rule": {"within": 0.1}},
        "rule within has no mapping",
        "add them, or write the bare name",
    ),
    "unknown parameter": (
        {"rule": {"within": {"tol": 0.1}}},
        "rule within: unknown key 'tol'",
        "remove or rename it",
    ),
    "missing parameter": ({"rule": {"between": {"low": 0.1}}}, "rule between: 'high' is missing", "add it"),
    "text as a parameter": (
        {"rule": {"within": {"atol": "0.1"}}},
        "rule within: atol '0.1' has the wrong type",
        "write a number",
    ),
    "negative tolerance": (
        {"rule": {"within": {"atol": -1.0}}},
        "rule within: atol -1.0 is out of range",
        "make it at least 0",
    ),
    "endless tolerance": (
        {"rule": {"within": {"atol": float("inf")}}},
        "rule within: atol inf has the wrong type",
        "write a finite number",
    ),
    "no tolerance": ({"rule": {"within": {"atol": 0.0}}}, "within needs rtol or atol above 0", "use equal"),
    "bounds the wrong way round": (
        {"rule": {"between": {"low": 2, "high": 1}}},
        "rule between: between needs low < high",
        "not 2 and 1",
    ),
    "unknown curve property": (
        {"rule": {"curve": {"property": "wavy"}}},
        "property 'wavy' is unknown",
        "use 'falling', 'rising', 'convex' or 'concave'",
    ),
    "error inside a part": (
        {"rule": {"parts": {"": {"within": {"tol": 1}}}}},
        "rule parts: rule within: unknown key 'tol'",
        "remove or rename it",
    ),
    "no parts": (
        {"rule": {"parts": {}}},
        "checks is too short",
        "give",
    ),
    "parts inside a part": (
        {"rule": {"parts": {"": {"literature": {"reason": "because of that"}}}}},
        "can't be decided by a literature rule",
        "use one that decides a single value",
    ),
    "share of a text": (
        {"documented": "often", "rule": {"reference": {"shares": [{"of": "equal", "documented": True}]}}},
        "a documented share is one number",
        "give it, or drop `documented`",
    ),
    "place of a text": (
        {"documented": "high", "rule": "reference"},
        "a place among recorded runs needs documented numbers",
        "use order, shares or equivalent",
    ),
    "equal of nothing": ({"documented": None, "rule": "equal"}, "equal needs a documented value", ""),
    "rounds of a text": ({"documented": "pizza"}, "rounds needs numbers", "use equal"),
    "rounds of a truth value": ({"documented": True}, "rounds needs numbers", "use equal"),
    "within of a text": (
        {"documented": ["a"], "rule": {"within": {"atol": 1.0}}},
        "within needs numbers",
        "use equal",
    ),
    "at_least of a text": (
        {"documented": "a", "rule": "at_least"},
        "at_least without a bound needs a documented number",
        "give the bound",
    ),
    "at_most of a text": (
        {"documented": "a", "rule": "at_most"},
        "at_most without a bound needs a documented number",
        "give the bound",
    ),
    "ordering of a number": (
        {"rule": "ordering"},
        "ordering needs a documented list of names",
        "smallest first",
    ),
    "ordering of one": ({"documented": ["a"], "rule": "ordering"}, "ordering needs", "smallest first"),
    "ordering of twins": ({"documented": ["a", "a"], "rule": "ordering"}, "ordering needs", "smallest first"),
    "consistency of a text": (
        {"documented": "a", "rule": {"consistency": {"of": [1.0]}}},
        "consistency needs a documented number",
        "",
    ),
    "printed number as literature": (
        {"rule": {"literature": {"reason": "a diagram without a source"}}},
        "a printed number is never literature",
        "use a rule that measures, or consistency",
    ),
    "arbitrary without a number": (
        {"documented": "a", "rule": {"literature": {"reason": "words of a drawing", "arbitrary": True}}},
        "`arbitrary` is for printed numbers",
        "remove it",
    ),
    "any data of a measured claim": (
        {"any_data": True, "needs": ["iris"]},
        "`any_data` is for a setting that one run on data shows",
        "remove it",
    ),
    "any data without data": (
        {"any_data": True, "evidence": "setting"},
        "`any_data` is for a setting that one run on data shows",
        "remove it",
    ),
    "any data of recorded runs": (
        {"any_data": True, "needs": ["iris"], "evidence": "setting", "rule": "reference"},
        "`any_data` is for a setting that one run on data shows",
        "remove it",
    ),
    "literature without a reason": (
        {"documented": "a", "rule": {"literature": {"reason": "none"}}},
        "reason is too short",
        "give at least 10 characters",
    ),
    "id with a unit": (
        {"id": "ch09.ex01.loss"},
        "claim id 'ch09.ex01.loss' is not a name",
        "after its unit's id",
    ),
    "id without a name": ({"id": ""}, "claim id '' is not a name", "after its unit's id"),
    "further quantities of a mapping": (
        {"measure": {"a": "loss"}, "also": {"gain": "equal"}},
        "`also` adds rules by path to a single quantity",
        "write paths, and one `measure`",
    ),
    "a value of ours without the book's words": (
        {"documented": {"a": 1.0}, "tested_as": {"b": 2.0}},
        "`tested_as` needs the `statement`",
        "add it",
    ),
    "a value of ours that is printed, too": (
        {"documented": {"a": 1.0}, "tested_as": {"a": 2.0}, "statement": "s"},
        "`tested_as` adds to `documented` by name",
        "write mappings of different names",
    ),
    "a value of ours next to another kind": (
        {"tested_as": 2.0, "statement": "s"},
        "`tested_as` adds to `documented` by name",
        "write mappings of different names",
    ),
    "a test of a claim of ours": (
        {"ours": True, "statement": "s", "test": "t"},
        "`test` is what we ask of the book",
        "say it in `statement`",
    ),
    "an empty test": ({"test": ""}, "test is too short", "give at least 1 characters"),
    "a wrong rule of a further quantity": (
        {"also": {"gain": {"within": {"tol": 1}}}},
        "rule parts: rule within: unknown key 'tol'",
        "remove or rename it",
    ),
    "a kind, which follows from the rule": ({"kind": "exact"}, "unknown key 'kind'", "remove or rename it"),
    "page in words": ({"page": "seven"}, "page 'seven' has the wrong type", "write a whole number"),
    "needs that are not a list": ({"needs": "iris"}, "needs 'iris' has the wrong type", "write a list"),
    "correct value too near": (
        {"correct": 0.252, "rule": {"within": {"atol": 0.01}}},
        "can't separate the correct from the printed value",
        "tighten it",
    ),
    "correct value that is the printed one": ({"correct": 0.25}, "`correct` equals `documented`", "drop it"),
    "correct value of another kind": ({"correct": "a"}, "rounds needs numbers", "use equal"),
    "correct and finding": (
        {"correct": 0.5, "finding": {"verdict": "refuted", "reason": "it was measured", "instead": 0.5}},
        "needs no finding",
        "the note says why",
    ),
    "correct value without a text for readers": (
        {"correct": 0.5, "consequence": 1},
        "a claim with `correct` or `finding` needs `reader`",
        "add it",
    ),
    "finding without a consequence": (
        {
            "finding": {"verdict": "refuted", "reason": "it was measured", "instead": 0.5},
            "reader": READER,
        },
        "a claim with `correct` or `finding` needs `consequence`",
        "add it",
    ),
    "text for readers of a claim that holds": (
        {"reader": READER},
        "`reader` is only for a claim with `correct` or `finding`",
        "remove it",
    ),
    "consequence of a claim that holds": (
        {"consequence": 1},
        "`consequence` is only for a claim with `correct` or `finding`",
        "remove it",
    ),
    "surprise of a claim that holds": (
        {"surprise": 1},
        "`surprise` is an order of those with the same `consequence`",
        "remove it",
    ),
    "consequence beyond 3": (
        {"correct": 0.5, "consequence": 4, "reader": READER},
        "consequence 4 is out of range",
        "make it at most 3",
    ),
    "consequence in words": (
        {"correct": 0.5, "consequence": "high", "reader": READER},
        "consequence 'high' has the wrong type",
        "write a whole number",
    ),
    "text for readers without a proof": (
        {"correct": 0.5, "consequence": 1, "reader": {**READER, "proof": ""}},
        "proof is too short",
        "give at least 1",
    ),
    "text for readers with a number": (
        {"correct": 0.5, "consequence": 1, "reader": {**READER, "printed": 5}},
        "printed 5 has the wrong type",
        "write text",
    ),
    "text for readers with another key": (
        {"correct": 0.5, "consequence": 1, "reader": {**READER, "why": "because"}},
        "unknown key 'why'",
        "remove or rename it",
    ),
    "finding without instead": (
        {"finding": {"verdict": "refuted", "reason": "it was measured"}},
        "does not say what is measured instead",
        "add `instead`",
    ),
    "finding without a reason": (
        {"finding": {"verdict": "refuted", "instead": 1.0}},
        "'reason' is missing",
        "add it",
    ),
    "change without versions": (
        {"finding": {"verdict": "changed", "reason": "it was measured", "instead": 1.0}},
        "a changed finding names its versions in `when`",
        "",
    ),
    "version that is none": (
        {
            "finding": {
                "verdict": "changed",
                "reason": "it was measured",
                "instead": 1.0,
                "when": {"keras": "three"},
            }
        },
        "keras 'three' is not a version condition",
        "like '>=3.0'",
    ),
    "unknown instruction set": (
        {
            "finding": {
                "verdict": "changed",
                "reason": "it was measured",
                "instead": 1.0,
                "when": {"numpy": ">=1.25 with avx512 or >=2.0 with sse9"},
            }
        },
        "numpy has an unknown instruction set 'sse9'",
        "use avx2 or avx512",
    ),
    "a word for true": ({"full_only": "yes"}, "full_only 'yes' has the wrong type", "write true or false"),
    "the same as no claim": (
        {"same_as": "ch09.ex01.gain"},
        "no first claim ch09.ex01.gain",
        "mend `same_as`",
    ),
    "the same as itself": ({"same_as": "ch09.ex01.loss"}, "no first claim ch09.ex01.loss", "mend `same_as`"),
    "the same error where there is none": (
        {"same_error_as": "ch09.ex01.gain"},
        "`same_error_as` is only for a claim with `correct` or `finding`",
        "remove it",
    ),
    "the same error as no claim": (
        {"correct": 0.9, "same_error_as": "ch09.ex01.gain"},
        "no first error ch09.ex01.gain",
        "mend `same_error_as`",
    ),
    "the same error as itself": (
        {"correct": 0.9, "same_error_as": "ch09.ex01.loss"},
        "no first error ch09.ex01.loss",
        "mend `same_error_as`",
    ),
    "the same error with a text of its own": (
        {"correct": 0.9, "same_error_as": "ch09.ex01.gain", "consequence": 2},
        "`consequence` is that of ch09.ex01.gain, which shows the same error",
        "remove one",
    ),
    "unconfirmed without an error": (
        {"unconfirmed": "more runs"},
        "`unconfirmed` is only for an error of the book",
        "remove it",
    ),
    "a placeholder that is none": (
        {"correct": 0.9, "consequence": 2, "reader": {**READER, "proof": "In {count} runs it is less."}},
        "has an unknown placeholder",
        "use runs, range, median or share",
    ),
    "a number of recorded runs without any": (
        {"correct": 0.9, "consequence": 2, "reader": {**READER, "proof": "In {runs} runs it is less."}},
        "no recorded runs decide it",
        "drop {…}",
    ),
    "evidence that is not a word for it": (
        {"evidence": "strong"},
        "evidence 'strong'",
        "measured",
    ),
    "printed evidence of a rule that runs": (
        {"evidence": "printed"},
        "`printed` is for claims that need no run",
        "choose another `evidence`",
    ),
    "measured evidence of printed values": (
        {"rule": {"consistency": {"of": [0.25]}}},
        "the evidence of a consistency rule is printed",
        "mend `evidence`",
    ),
    "evidence of what can't be tested": (
        {"documented": "a drawing", "rule": {"literature": {"reason": "a drawing, no numbers"}}},
        "the evidence of a literature rule is None",
        "mend `evidence`",
    ),
    "measure of a rule without a run": (
        {"evidence": "printed", "measure": "loss", "rule": {"consistency": {"of": [0.25]}}},
        "a consistency rule needs no run",
        "no `measure`",
    ),
    "measure that is not a path": (
        {"measure": "9loss"},
        "measure '9loss' is not a path",
        "like history.loss[7:]",
    ),
    "measure that breaks off": ({"measure": "loss[7"}, "can't be read from '[7' on", "use .name, [index]"),
    "measure in a mapping that breaks off": ({"measure": {"a": "loss["}}, "can't be read from '[' on", "use"),
    "measure of another type": (
        {"measure": 3},
        "measure 3 is unreadable",
        "write a path, or a mapping of names to paths",
    ),
    "measure of an unknown unit": (
        {"measure": "ch09.ex07.loss"},
        "measures unknown unit ch09.ex07",
        "mend `measure`",
    ),
    "consistency with no claim": (
        {"evidence": "printed", "rule": {"consistency": {"of": ["ch09.ex01.gain"]}}},
        "no claim ch09.ex01.gain",
        "mend `of`",
    ),
    "consistency with no such entry": (
        {"evidence": "printed", "rule": {"consistency": {"of": ["ch09.ex01.loss[4]"]}}},
        "[4] leads nowhere in 0.25",
        "mend `of`",
    ),
    "a mean of words": (
        {
            "evidence": "printed",
            "documented": [0.25, "a"],
            "rule": {"consistency": {"operation": "mean", "of": ["ch09.ex01.loss[1]"]}},
        },
        "there is no mean of the printed values a",
        "mend `of`",
    ),
}


@pytest.mark.parametrize("case", BROKEN_CLAIMS)
def test_broken_claim(case: str) -> None:
    """The message is one line with file, id, what is wrong and the remedy."""
    claim, wrong, remedy = BROKEN_CLAIMS[case]

    message = complaint(chapter(**claim))

    assert "\n" not in message
    assert message.startswith(f"{NAME}: ch09.ex01{'' if 'id' in claim else '.loss'}: ")
    assert wrong in message
    assert remedy in message
    assert "pydantic" not in message
    assert "validation error" not in message


def test_unknown_data_set() -> None:
    """A data set that the registry does not have is an error that names file, claim and remedy."""
    text = yaml.safe_dump(chapter(needs=["iris", "irys"]))
    ledger = build([(NAME, read_chapter(text, NAME))])

    ledger.check_needs({"iris", "irys"})
    with pytest.raises(LedgerError) as caught:
        ledger.check_needs({"iris", "mnist"})

    assert str(caught.value) == (
        "ch09.yaml: ch09.ex01.loss: unknown data set 'irys' in needs: add it to the registry"
    )


def test_repeated_claim_id() -> None:
    """The message on two claims of one id names both files."""
    content = chapter()
    content["units"][0]["claims"] *= 2

    message = complaint(content)

    assert message == f"{NAME}: ch09.ex01.loss is given twice (first in {NAME}): rename one"


def test_repeated_unit_id() -> None:
    """Two units of one id are an error, whichever files they are in."""
    message = complaint(chapter(), copy.deepcopy(chapter()))

    assert message == f"{NAME}: ch09.ex01 is given twice (first in {NAME}): rename one"


def test_unit_of_another_chapter() -> None:
    """The message on a unit whose id does not begin with its chapter's has the remedy."""
    content = {**chapter(), "chapter": 8}

    message = complaint(content)

    assert message == f"{NAME}: unit ch09.ex01 does not begin with its chapter's id: rename it ch08.ex01"


def test_unknown_key_of_a_unit() -> None:
    """The message on a unit's unknown key names the unit."""
    content = chapter()
    content["units"][0]["page_no"] = 3

    message = complaint(content)

    assert message == f"{NAME}: ch09.ex01: unknown key 'page_no': remove or rename it"


def test_unit_without_claims() -> None:
    """A unit without claims is an error."""
    content = chapter()
    content["units"][0]["claims"] = []

    message = complaint(content)

    assert message == f"{NAME}: ch09.ex01: claims is too short: give at least 1 entries"


def test_repeated_yaml_key() -> None:
    """A key given twice is an error with its line; plain YAML would silently keep the last."""
    text = yaml.safe_dump(chapter(), sort_keys=False).replace(
        "documented: 0.25\n", "documented: 0.25\n    what: again\n"
    )
    line = 1 + [row.strip() for row in text.splitlines()].index("what: again")

    message = complaint(text)

    assert message == f"{NAME} line {line}: key 'what' is given twice: mend the YAML"


@pytest.mark.parametrize("text", ["units: [", "a: b: c", "\t- 1"])
def test_no_yaml(text: str) -> None:
    """Text that is not YAML gives one line with the line's number."""
    message = complaint(text)

    assert message.startswith(f"{NAME} line ")
    assert message.endswith(": mend the YAML")
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "- 1\n- 2", "just text"])
def test_no_mapping(text: str) -> None:
    """A file without a mapping is an error."""
    message = complaint(text)

    assert message.startswith(f"{NAME}: the file ")
    assert message.endswith("write a mapping")
