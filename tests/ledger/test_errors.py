"""A broken ledger is one line that names file, id and remedy."""

# ruff: noqa: E501  a broken claim is a line
import copy
from typing import Any

import pytest
import yaml

from tests.toy.claims import READER
from workshop.ledger import LedgerError, build, read_chapter

NAME = "made_up.yaml"
SOUND = {"id": "loss", "what": "the loss", "documented": 0.25, "evidence": "measured", "rule": "rounds"}
# what is wrong: keys of a claim, which is sound but for them; a key with … is left out
BROKEN = """
unknown key: colour: 1
no rule: rule: …
no documented value: documented: …
two rules: rule: {equal: {}, rounds: {}}
empty rule: rule: {}
a number as a rule: rule: 3
unknown rule: rule: rouns
parameters that are not a mapping: rule: {within: 0.1}
unknown parameter: rule: {within: {tol: 0.1}}
missing parameter: rule: {between: {low: 0.1}}
text as a parameter: rule: {within: {atol: '0.1'}}
negative tolerance: rule: {within: {atol: -1.0}}
endless tolerance: rule: {within: {atol: .inf}}
no tolerance: rule: {within: {atol: 0.0}}
bounds the wrong way round: rule: {between: {low: 2, high: 1}}
unknown curve property: rule: {curve: {property: wavy}}
error inside a part: rule: {parts: {'': {within: {tol: 1}}}}
no parts: rule: {parts: {}}
parts inside a part: rule: {parts: {'': {literature: {reason: because of that}}}}
share of a text: documented: often, rule: {reference: {shares: [{of: equal, documented: true}]}}
place of a text: documented: high, rule: reference
equal of nothing: documented: null, rule: equal
rounds of a text: documented: pizza
rounds of a truth value: documented: true
within of a text: documented: [a], rule: {within: {atol: 1.0}}
at_least of a text: documented: a, rule: at_least
at_most of a text: documented: a, rule: at_most
ordering of a number: rule: ordering
ordering of one: documented: [a], rule: ordering
ordering of twins: documented: [a, a], rule: ordering
consistency of a text: documented: a, rule: {consistency: {of: [1.0]}}
printed number as literature: rule: {literature: {reason: a diagram without a source}}
arbitrary without a number: documented: a, rule: {literature: {reason: words of a drawing, arbitrary: true}}
any data of a measured claim: any_data: true, needs: [iris]
any data without data: any_data: true, evidence: setting
any data of recorded runs: any_data: true, needs: [iris], evidence: setting, rule: reference
literature without a reason: documented: a, rule: {literature: {reason: none}}
id with a unit: id: ch09.ex01.loss
id without a name: id: ''
further quantities of a mapping: measure: {a: loss}, also: {gain: equal}
a value of ours without the book's words: documented: {a: 1.0}, tested_as: {b: 2.0}
a value of ours that is printed, too: documented: {a: 1.0}, tested_as: {a: 2.0}, statement: s
a value of ours next to another kind: tested_as: 2.0, statement: s
a test of a claim of ours: ours: true, statement: s, test: t
an empty test: test: ''
a wrong rule of a further quantity: also: {gain: {within: {tol: 1}}}
a kind, which follows from the rule: kind: exact
page in words: page: seven
needs that are not a list: needs: iris
correct value too near: correct: 0.252, rule: {within: {atol: 0.01}}
correct value that is the printed one: correct: 0.25
correct value of another kind: correct: a
correct and finding: correct: 0.5, finding: {verdict: refuted, reason: it was measured, instead: 0.5}
correct value without a text for readers: correct: 0.5, consequence: 1
finding without a consequence: finding: {verdict: refuted, reason: it was measured, instead: 0.5}, reader: *reader
text for readers of a claim that holds: reader: *reader
consequence of a claim that holds: consequence: 1
surprise of a claim that holds: surprise: 1
consequence beyond 3: correct: 0.5, consequence: 4, reader: *reader
consequence in words: correct: 0.5, consequence: high, reader: *reader
text for readers without a proof: correct: 0.5, consequence: 1, reader: {<<: *reader, proof: ''}
text for readers with a number: correct: 0.5, consequence: 1, reader: {<<: *reader, printed: 5}
text for readers with another key: correct: 0.5, consequence: 1, reader: {<<: *reader, why: because}
finding without instead: finding: {verdict: refuted, reason: it was measured}
finding without a reason: finding: {verdict: refuted, instead: 1.0}
change without versions: finding: {verdict: changed, reason: it was measured, instead: 1.0}
version that is none: finding: {verdict: changed, reason: it was measured, instead: 1.0, when: {keras: three}}
unknown instruction set: finding: {verdict: changed, reason: it was measured, instead: 1.0, when: {numpy: '>=1.25 with avx512 or >=2.0 with sse9'}}
a word for true: full_only: 'yes'
the same as no claim: same_as: ch09.ex01.gain
the same as itself: same_as: ch09.ex01.loss
the same error where there is none: same_error_as: ch09.ex01.gain
the same error as no claim: correct: 0.9, same_error_as: ch09.ex01.gain
the same error as itself: correct: 0.9, same_error_as: ch09.ex01.loss
the same error with a text of its own: correct: 0.9, same_error_as: ch09.ex01.gain, consequence: 2
unconfirmed without an error: unconfirmed: more runs
a placeholder that is none: correct: 0.9, consequence: 2, reader: {<<: *reader, proof: 'In {count} runs it is less.'}
a number of recorded runs without any: correct: 0.9, consequence: 2, reader: {<<: *reader, proof: 'In {runs} runs it is less.'}
evidence that is not a word for it: evidence: strong
printed evidence of a rule that runs: evidence: printed
measured evidence of printed values: rule: {consistency: {of: [0.25]}}
evidence of what can't be tested: documented: a drawing, rule: {literature: {reason: 'a drawing, no numbers'}}
measure of a rule without a run: evidence: printed, measure: loss, rule: {consistency: {of: [0.25]}}
measure that is not a path: measure: 9loss
measure that breaks off: measure: 'loss[7'
measure in a mapping that breaks off: measure: {a: 'loss['}
measure of another type: measure: 3
measure of an unknown unit: measure: ch09.ex07.loss
consistency with no claim: evidence: printed, rule: {consistency: {of: [ch09.ex01.gain]}}
consistency with no such entry: evidence: printed, rule: {consistency: {of: ['ch09.ex01.loss[4]']}}
a mean of words: evidence: printed, documented: [0.25, a], rule: {consistency: {operation: mean, of: ['ch09.ex01.loss[1]']}}
"""


def chapter(**claim: Any) -> dict[str, Any]:
    """Return a sound chapter of one claim, with keys of the claim exchanged."""
    merged = {key: value for key, value in {**SOUND, **claim}.items() if value != "…"}
    unit = {"id": "ch09.ex01", "title": "one", "procedure": "none", "pitfalls": "none", "claims": [merged]}
    return {"chapter": 9, "title": "made up", "units": [unit]}


def claim(text: str) -> dict[str, Any]:
    """Return the keys of a claim, in which `*reader` stands for a sound text for readers."""
    both: dict[str, Any] = yaml.safe_load(f"reader: &reader {READER}\nclaim: {{{text}}}")
    return both["claim"]  # type: ignore[no-any-return]


def complaint(*contents: dict[str, Any] | str) -> str:
    """Return the message of the error when these chapters are read and put together."""
    with pytest.raises(LedgerError) as caught:
        build(
            (NAME, read_chapter(c if isinstance(c, str) else yaml.safe_dump(c, sort_keys=False), NAME))
            for c in contents
        )
    return str(caught.value)


def test_sound_chapter_is_read():
    text = yaml.safe_dump(chapter(needs=["iris"]))

    ledger = build([(NAME, read_chapter(text, NAME))])

    assert list(ledger.claims) == ["ch09.ex01.loss"]


def test_a_broken_claim_is_answered_as_written(golden):
    said = {row: complaint(chapter(**claim(row.partition(": ")[2]))) for row in BROKEN.strip().splitlines()}

    for row, message in said.items():
        name = "" if " id:" in row else ".loss"
        assert message.startswith(f"{NAME}: ch09.ex01{name}: "), row
        assert "\n" not in message
        assert "validation error" not in message
    golden("errors.txt", said)


def test_a_broken_chapter_is_answered_as_written(golden):
    sound, twins, page, empty = (chapter() for _ in range(4))
    twins["units"][0]["claims"] *= 2
    page["units"][0]["page_no"] = 3
    empty["units"][0]["claims"] = []
    text = yaml.safe_dump(sound, sort_keys=False)
    twice = text.replace("documented: 0.25\n", "documented: 0.25\n    what: again\n")
    said = {
        "a claim twice": complaint(twins),
        "a unit twice": complaint(sound, copy.deepcopy(sound)),
        "a unit of another chapter": complaint({**sound, "chapter": 8}),
        "an unknown key of a unit": complaint(page),
        "a unit without claims": complaint(empty),
        "a key twice": complaint(twice),
        **{repr(text): complaint(text) for text in ("", "- 1\n- 2", "just text")},
    }

    assert not any("\n" in message for message in said.values())
    golden("broken_chapters.txt", said)


@pytest.mark.parametrize("text", ["units: [", "a: b: c", "\t- 1"])
def test_what_is_no_yaml_names_its_line(text):
    message = complaint(text)

    assert message.startswith(f"{NAME} line ")
    assert message.endswith(": mend the YAML")
    assert "\n" not in message


def test_unknown_data_set():
    """A data set that the registry does not have is an error that names file, claim and remedy."""
    text = yaml.safe_dump(chapter(needs=["iris", "irys"]))
    ledger = build([(NAME, read_chapter(text, NAME))])

    ledger.check_needs({"iris", "irys"})
    with pytest.raises(LedgerError) as caught:
        ledger.check_needs({"iris", "mnist"})

    assert str(caught.value) == (
        "ch09.yaml: ch09.ex01.loss: unknown data set 'irys' in needs: add it to the registry"
    )
