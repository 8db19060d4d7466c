"""Ids are understood as people write them, and what is unknown leads to what was meant."""

import pytest

from workshop.ledger import ledger
from workshop.ledger.names import UnknownNameError, canonical, find_id, unknown_pattern

# what a person writes, the id as the ledger has it
WRITTEN = [
    ("5.04", "ch05.ex04"),
    ("5.4", "ch05.ex04"),
    ("05.04", "ch05.ex04"),
    ("exercise 5.04", "ch05.ex04"),
    ("Exercise 5.4", "ch05.ex04"),
    (" ex5.04 ", "ch05.ex04"),
    ("Ex. 5.04", "ch05.ex04"),
    ("activity 5.01", "ch05.act01"),
    ("act 5.01", "ch05.act01"),
    ("text 5.7", "ch05.text07"),
    ("CH05", "ch05"),
    ("ch5", "ch05"),
    ("chapter 5", "ch05"),
    ("5", "ch05"),
    ("ch5.04", "ch05.ex04"),
    ("ch5.ex4", "ch05.ex04"),
    ("CH05.EX04", "ch05.ex04"),
    ("ch05-ex04", "ch05.ex04"),
    ("ch05ex04", "ch05.ex04"),
    ("chapter 5 exercise 4", "ch05.ex04"),
    ("CH05.EX04.test_rmse", "ch05.ex04.test_rmse"),
    ("5.04.test_rmse", "ch05.ex04.test_rmse"),
    ("activity 5.01.test_rmse", "ch05.act01.test_rmse"),
    # globs
    ("ch0?.ex*", "ch0?.ex*"),
    ("ch05.ex0[12]", "ch05.ex0[12]"),
    ("*.test_rmse", "*.test_rmse"),
    ("ch5.*", "ch05.*"),
    ("5.04.*rmse", "ch05.ex04.*rmse"),
    # no ids
    ("", ""),
    ("plain RNN", "plain rnn"),
    ("exercise 5", "exercise 5"),
    ("exercise 5.ex4", "exercise 5.ex4"),
    ("5.04.7", "5.04.7"),
    ("5.123", "5.123"),
]


def unit_id(text: str, kind: str = "ex") -> str:
    """Return the id of a unit of the book."""
    return find_id(text, ledger(), "unit", kind)


@pytest.mark.parametrize(("text", "name"), WRITTEN)
def test_ids_as_people_write_them(text, name):
    assert canonical(text) == name
    assert canonical(name) == name


def test_every_id_is_itself():
    book = ledger()

    names = [*(chapter.id for chapter in book.chapters), *book.units, *book.claims]

    assert [name for name in names if canonical(name) != name] == []


@pytest.mark.parametrize("unit", [u for u in ledger().units if ".text" not in u])
def test_titles_have_the_numbers_of_ids(unit):
    """The number that the book prints in a title leads to its exercise or activity."""
    assert unit_id(ledger().units[unit].title.partition(":")[0]) == unit


def test_a_number_alone_is_an_exercise():
    """`5.01` is the exercise unless the caller wants activities; a word decides whoever calls."""
    assert unit_id("5.01") == unit_id("exercise 5.01", kind="act") == "ch05.ex01"
    assert unit_id("5.01", kind="act") == unit_id("activity 5.01") == "ch05.act01"


# what a person wrote, what the message asks or says
UNKNOWN_UNITS = (
    "plain rnn",
    "sonar signls",
    "ch05.txt07",
    "activity 5.05",
    "5.04.rmse",
    "5.04.test_rmse",
    "5.99",
    "chapter 5",
    "8.01",
    "ch08",
    "",
    "of the",
    "nothing like it",
)


def test_unknown_units_are_answered_as_written(golden):
    """One line repeats what was written, and names what was meant or the command that lists what is there."""
    said = {}
    for text in UNKNOWN_UNITS:
        with pytest.raises(UnknownNameError) as raised:
            unit_id(text)
        said[repr(text)] = str(raised.value)
    assert not any("\n" in line for line in said.values())
    golden("names.txt", said)


def test_claims_and_units_are_found():
    """What is wanted decides: a unit is not a claim, and the message lists the unit's claims."""
    book = ledger()

    assert find_id("5.04", book, "claim or unit") == "ch05.ex04"
    assert find_id("5.04.test_rmse", book, "claim") == "ch05.ex04.test_rmse"
    with pytest.raises(
        UnknownNameError, match=r"^no claim is named '5\.04': see `workshop list ch05\.ex04`$"
    ):
        find_id("5.04", book, "claim")


def test_patterns_may_mean_chapters():
    assert "did you mean ch07, Generative Adversarial Networks?" in str(
        unknown_pattern("generative adversarial", ledger())
    )
