"""What a misspelt name or some words of a title stand for."""

import pytest

from workshop.suggestions import did_you_mean, suggest

TITLES = {
    "ex01": "The plain network",
    "ex02": "A plain network, stacked",
    "iris": "Fisher's flowers",
    "mnist": "Handwritten digits",
    "IMDB": "Film reviews of plain people",
}

# what was written, what it stands for
MEANT = [
    ("irys", ("iris",)),
    ("IRIS", ("iris",)),
    ("imdb", ("IMDB",)),
    ("ex03", ("ex01", "ex02")),
    ("flowers", ("iris",)),
    ("digits handwriten", ("mnist",)),
    ("plain", ("ex01", "ex02", "IMDB")),
    ("the stacked network", ("ex02",)),
    ("plain flowers", ()),
    ("the", ()),
    ("", ()),
    ("x" * 100_000, ()),
]


@pytest.mark.parametrize(("text", "names"), MEANT)
def test_suggestions(text, names):
    """The closest name in any case, else the first names whose titles have all the words."""
    assert suggest(text, TITLES) == names


def test_many_close_names_are_no_suggestion():
    assert suggest("ex9", {f"ex{n}": "" for n in range(4)}) == ()


def test_question():
    """Names are asked with their titles, long ones shortened; without a name there is no question."""
    assert did_you_mean("irys", TITLES) == "did you mean iris, Fisher's flowers?"
    assert did_you_mean("ex03", TITLES).endswith("network? Or ex02, A plain network, stacked?")
    assert did_you_mean("iriz", {"iris": "word " * 30}).endswith("word …?")
    assert did_you_mean("nothing", TITLES) == ""
