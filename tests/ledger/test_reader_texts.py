"""The texts for readers: each result that does not hold as printed has one, in a reader's words."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.toy.claims import claim as made_up
from workshop.ledger import Claim, ledger
from workshop.ledger.model import PLACEHOLDER
from workshop.reporting.showing import print_unit

DIFFER = [c for c in ledger().claims.values() if c.correct is not None or c.finding is not None]
WRONG = [c for c in DIFFER if c.same_error_as is None]
# words of the suite and of how it was made, and idioms that a reader need not know, except in code to type
FORBIDDEN = re.compile(
    r"(?<!\.)\b(OCR|replicas?|WRONG|scan\w*|witness|seeds?|claims?|margins?|verdicts?|refuted)\b(?!=)"
)
# remarks on the scan, on the port to this suite, and for those who write it: editor's notes
EDITORS = re.compile(
    r"\b(OCR|JAX|replicas?|WRONG|BUG|TRAP|scan\w*|garbled?|seed lines|literal port"
    r"|[Rr]e-?implement\w*|[Pp]ure functions?|claims?|documented|taken from the notebook"
    r"|(missing|lost) (in|by) the|([Ff]igures?|[Ss]nippets?|[Cc]ode)( \S+)? (is|are) lost"
    r"|not in the book's text|book's text at hand)\b"
)
# arrows, semicolons, ids of units and names of code
SHORTHAND = re.compile(r"[;`_→]|->|\(\)|\bch\d\d\b")
DOCS = Path(__file__).parents[2] / "docs"
# words of what we ask, and how we find it out
OUR_TEST = re.compile(
    r"\b(medians?|means?|averages?|shares?|at (most|least)|\w*correlat\w+|distances?|differences?|deviations?"
    r"|slopes?|ratios?|bounds?|tolerances?|largest|smallest|greatest|least|nearest|usual|(most )?runs|seeds?"
    r"|percentiles?|quantiles?|p-values?|by hand|NumPy|drawn|ours?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])\d+(,\d{3})*(\.\d+)?|(?<!\w)\.\d+")
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# what is counted by recorded runs, and how far from it a number says how many there are
_COUNTED = re.compile(r"(runs|trainings|seeds|others)\W*")
_NEAR = 4


def counts(text: str) -> list[str]:
    """Return where a text has a bare number within four words of runs, trainings, seeds or others.

    Not in another part of the sentence; a percentage is not a count, and neither is a number with decimals.
    """
    found = []
    for part in re.split(r"[;:()]|[.,](?=\s|$)", PLACEHOLDER.sub("…", text)):
        words = part.split()
        for place, word in enumerate(words):
            near = words[max(place - _NEAR, 0) : place + _NEAR + 1]
            usual = place > 0 and words[place - 1] == "most"
            if _COUNTED.fullmatch(word.lower()) and not usual:
                numbers = [i for i, each in enumerate(near) if re.fullmatch(r"\d[\d,]*", each)]
                found += [" ".join(near) for i in numbers if near[i + 1 : i + 2] not in (["%"], ["epochs"])]
    return found


def texts_of(claim: Claim) -> Iterator[str]:
    """Yield all that readers are shown of a claim in words."""
    yield claim.what
    yield from filter(None, (claim.statement, claim.test, claim.unconfirmed))
    if claim.finding is not None:
        yield claim.finding.reason
    if claim.reader is not None:
        yield from claim.reader.model_dump().values()


def said(text: str) -> bool:
    """Return whether a text is two sentences that a person would say: 40 words at most, and no shorthand."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    whole = [re.fullmatch(r"[A-Z].*\.", sentence) is not None for sentence in sentences]
    return whole == [True, True] and len(text.split()) <= 40 and not SHORTHAND.search(text)


def documented(value: Any) -> Iterator[float | str]:
    """Yield the texts and numbers of a documented value, those in its texts and its sizes, too."""
    if isinstance(value, list | tuple | dict):
        yield len(value)
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from documented(part)
    elif isinstance(value, str):
        yield value
        yield from (_value(number[0]) for number in _NUMBER.finditer(value))
    elif value is not None:
        yield abs(value)


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def of_our_test(claim: Claim) -> list[str]:
    """Return the numbers and words of a statement that are not the book's.

    They are the book's if they are documented, a number as a percentage, too, or in quotation marks, which
    stand around the book's own words alone.
    """
    known = [] if claim.documented == claim.statement else [*documented(claim.documented)]
    words = " ".join(part for part in known if isinstance(part, str))
    text = re.sub('"[^"]+"', "…", claim.statement or "")
    found = [word[0] for word in OUR_TEST.finditer(text) if not re.search(rf"\b{word[0]}\b", words)]
    for count, word in enumerate(_WORDS, start=2):
        if re.search(rf"\b{word}\b", text) and count not in known and word not in words:
            found.append(word)
    for number in _NUMBER.finditer(text):
        value, percent = _value(number[0]), re.match(" ?%", text[number.end() :])
        if value not in known and not (percent and round(value / 100, 9) in known):
            found.append(number[0])
    return found


def test_statements_are_the_books():
    """What we ask, with its numbers and words, is in `test`; a claim of our own states what is ours."""
    claims = [claim for claim in ledger().claims.values() if claim.statement and not claim.ours]
    found = {claim.id: words for claim in claims if (words := of_our_test(claim))}

    assert not found, f"{len(found)} of {len(claims)}"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("better, but not perfect", []),
        ("better in most runs, near-white share above 0.7", ["most runs", "share", "0.7"]),
        ("the 1,000 epochs, the 2.5 and the half of the rows", []),
        ("12 % of three rows, the lower bound", []),
        ("13 % of four rows", ["four", "13"]),
        ('the "average of 0.7"', []),
        ("x1 is lower than layer_5", []),
        ("its median rank", ["median"]),
        ("the least of its five rows", ["least", "five"]),
    ],
)
def test_what_is_not_the_books_is_found(statement, found):
    """Unless it is documented, in quotation marks, or part of a name."""
    value = {"epochs": 1000, "rows": ["lower bound", 0.12, "2.5 on average"]}

    assert of_our_test(made_up(value, statement=statement)) == found


def test_no_number_of_recorded_runs_is_typed():
    """They are filled in from the samples, so that they are right after the next recording."""
    found = [(claim.id, *counts(text)) for claim in ledger().claims.values() for text in texts_of(claim)]
    found += [(name, *counts((DOCS / name).read_text("utf-8"))) for name in ("errata.md", "faq.md")]

    assert not [each for each in found if len(each) > 1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.46 to 0.67 in 128 recorded runs; the fit was run again", 1),
        ("Both printed losses are below those of all 44 recorded trainings with today's Keras.", 1),
        ("0.67 in the printed log, 0.57 to 0.74 in 80 others", 1),
        ("Of 64 trainings with gensim 13 have three, and of 10 with older ones 6 have", 2),
        ("0.46 to 0.67 in {runs} recorded runs", 0),
        ("In 19 % of the recorded runs it is within 0.5 of 0.", 0),
        ("Trainings of 60 epochs end lower", 0),
        ("slope of the accuracy above 0 in most runs, with the first print", 0),
        ("one gate starts with a bias of 1, the others with 0.5", 0),
    ],
)
def test_a_typed_number_of_runs_is_found(text, number):
    """Only where it counts them: percentages, epochs, values and what is filled in do not."""
    assert len(counts(text)) == number


@pytest.mark.parametrize("claim", WRONG, ids=lambda claim: claim.id)
def test_text_is_for_readers(claim):
    """A short title, at most two sentences on what it means, and no word of the suite."""
    reader = claim.reader
    assert reader is not None
    assert claim.consequence in (1, 2, 3)

    sentences = re.findall(r"[.!?](?=\s|$)", reader.sentence)
    assert len(reader.title.split()) <= 8
    assert not reader.title.endswith(".")
    assert 1 <= len(sentences) <= 2, reader.sentence
    assert reader.sentence.endswith(".")
    assert reader.proof.endswith(".")
    assert reader.printed != reader.right
    assert not FORBIDDEN.search(" ".join(reader.model_dump().values()))


def one_character_apart(printed: str, right: str) -> bool:
    """Return whether a single character that is replaced, added or left out makes one text of the other."""
    short, long = sorted((printed, right), key=len)
    gap = len(long) - len(short)
    without = [(short[:i] + short[i + 1 - gap :], long[:i] + long[i + 1 :]) for i in range(len(long))]
    return gap <= 1 and any(one == other for one, other in without)


def test_slips_of_one_character_are_small():
    """An error that rests on one letter or digit of the text is a slip, and its text says so."""
    slips = {c.id: c for c in WRONG if c.reader and one_character_apart(c.reader.printed, c.reader.right)}

    assert one_character_apart("0.85", "0.815")
    assert not one_character_apart("75", "90")
    assert {"ch05.ex02.recurrent_name", "ch04.act02.phrase_glove"} <= set(slips)
    assert not [name for name, claim in slips.items() if claim.consequence != 1]
    for name, claim in slips.items():
        assert claim.reader is not None
        assert re.search(r"\b([Oo]ne|single) (\w+ )?(letter|digit)\b", claim.reader.sentence), name


def test_titles_differ():
    """No two results of a chapter have the same title, so that a list of titles says which is which."""
    titles = [(claim.id[:4], claim.reader.title) for claim in WRONG if claim.reader is not None]

    assert len(titles) == len(set(titles))


def test_one_claim_of_each_error_has_the_text():
    """Claims with the same error name the one that has its text, and have none of their own."""
    others = [claim for claim in DIFFER if claim.same_error_as is not None]

    assert others
    for claim in others:
        first = ledger().first_of(claim)
        assert first is not claim
        assert first.reader is not None
        assert (claim.reader, claim.consequence) == (None, None)


def test_only_what_differs_has_a_text():
    """A result that holds as printed has neither a text for readers nor a consequence."""
    wrong = {claim.id for claim in WRONG}
    others = [claim for claim in ledger().claims.values() if claim.id not in wrong]

    assert others
    assert not [claim.id for claim in others if claim.reader is not None or claim.consequence is not None]


def test_show_prints_no_remark_for_editors():
    """All that `workshop show` prints of the units is for readers, unless --verbose asks for more."""
    console = Console(record=True, width=100, file=io.StringIO())
    for unit in ledger().units.values():
        print_unit(unit, ledger(), console, {}, code={})
    found = re.compile(r"\b(OCR|JAX|replicas?|WRONG|scan\w*|book's text at hand)\b")

    shown = console.export_text()
    assert "Pitfalls" in shown
    assert not found.findall(shown)
    assert found.search(" ".join(filter(None, (unit.editor for unit in ledger().units.values()))))


@pytest.mark.parametrize("unit", ledger().units.values(), ids=lambda unit: unit.id)
def test_procedure_is_two_sentences(unit):
    """What the exercise does, and what comes of it, as a person would say it."""
    assert said(unit.procedure), unit.procedure


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("A network reads 0.5 of the data. It is right on 83 %.", True),
        ("A network reads ten days.", False),
        ("A network reads ten days. It forecasts. It fails.", False),
        ("A network reads ten days\nIt does no better.", False),
        ("A network reads ten days. It does no better", False),
        ("A network reads ten days. no better than before.", False),
        ("A network reads ten days; it forecasts. It fails.", False),
        ("Reshape → SimpleRNN → Dense. It fails.", False),
        ("Reshape -> SimpleRNN -> Dense. It fails.", False),
        ("The network of ch05.text07 is built. It is not trained.", False),
        ("A network is built by `fit`. It fails.", False),
        ("The function load_model reads it. It is the same.", False),
        ("A network reads days. It " + "really " * 40 + "fails.", False),
    ],
)
def test_what_nobody_would_say_is_refused(text, accepted):
    """Telegrams, arrows, semicolons, ids of units and names of code, and more than 40 words."""
    assert said(text) == accepted


@pytest.mark.parametrize("unit", ledger().units.values(), ids=lambda unit: unit.id)
def test_procedure_and_pitfalls_are_for_readers(unit):
    """What the exercise does and what goes wrong today; remarks on scan and port are in `editor`."""
    for text in (unit.procedure, unit.pitfalls):
        found = EDITORS.search(text)
        assert found is None, f"move it to `editor`: {text[max(found.start() - 40, 0) : found.end() + 40]}"


@pytest.mark.parametrize(
    ("text", "for_editors"),
    [
        ("The compile line is missing in the OCR (from the notebook: adam).", True),
        ("of 60 numpy replicas 42 % reach it", True),
        ("The printed tensors are lost by the print.", True),
        ("Figure 3.14 is lost: the bottom two blocks cannot be rebuilt.", True),
        ("the compile call is not in the book's text, only in the notebook", True),
        ("Re-implementation: a function that unrolls this recurrence", True),
        ("computed: 18300 (not documented, but a good extra check)", True),
        ("scan of the two-dimensional space of starts", True),
        ("a literal port leaves the discriminator untrained", True),
        ("WRONG naming: sepal and petal are swapped", True),
        ("The compile line is not printed; the notebook has adam.", False),
        ("A stride of 2 gives a smaller map (some information lost).", False),
        ("the missing values at the top become 0", False),
        ("predict_classes is gone from Keras: compare the output of predict with 0.5.", False),
    ],
)
def test_a_remark_for_editors_is_found(text, for_editors):
    assert (EDITORS.search(text) is not None) == for_editors
