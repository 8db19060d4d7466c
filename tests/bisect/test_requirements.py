"""What is installed to have a version: the newest Python and TensorFlow first, each with its bounds."""

import pytest

from workshop.bisect.requirements import (
    choose_library,
    find_oldest,
    list_distributions,
    list_pythons,
    list_recipes,
    list_releases,
    select_range,
)
from workshop.errors import UsageError
from workshop.matrix.table import read, table

KNOWN = read("""
environments = {}
libraries = []
[keras.k2]
means = "-"
requirements = []
[keras.k3]
means = "-"
requirements = ["keras>=3"]
[[tensorflow]]
release = "2.1"
pythons = ["3.8"]
keras = []
bounds = ["numpy==1.18.*", "nltk==3.5.*"]
[[tensorflow]]
release = "2.9"
pythons = ["3.10"]
keras = ["k2"]
bounds = ["numpy<2"]
[[tensorflow]]
release = "2.16"
pythons = ["3.10", "3.11"]
keras = ["k2", "k3"]
shipped_keras = "3.0"
bounds = []
""")

# library, version, what is used; the settings of its recipes, and what the first asks for next to TensorFlow
CASES = [
    ("nltk", "3.9", {"numpy", "nltk"}, ["3.11", "3.10", "3.9", "3.8"], {"nltk==3.9", "numpy"}),
    ("nltk", "", {"numpy", "nltk", "pillow"}, ["3.11", "3.10", "3.9", "3.8"], {"nltk", "numpy", "pillow"}),
    ("numpy", "2.0", {"numpy"}, ["3.11", "3.10", "3.9", "3.8"], {"numpy==2.0"}),
    ("tensorflow", "2.16", {"numpy", "tensorflow"}, ["3.11", "3.10"], {"keras>=3", "numpy"}),
    ("tensorflow", "2.9", {"numpy", "tensorflow"}, ["3.10"], {"numpy<2", "numpy"}),
    (
        "tensorflow",
        "2.1",
        {"numpy", "tensorflow", "pandas"},
        ["3.8"],
        {"numpy==1.18.*", "nltk==3.5.*", "numpy", "pandas"},
    ),
    (
        "keras",
        "3.1.0",
        {"numpy", "tensorflow"},
        ["3.11, TensorFlow 2.16", "3.10, TensorFlow 2.16"],
        {"keras>=3", "keras==3.1.0", "numpy"},
    ),
    (
        "numpy",
        "1.20",
        {"numpy", "tensorflow"},
        [
            "3.11, TensorFlow 2.16",
            "3.10, TensorFlow 2.16",
            "3.10, TensorFlow 2.9",
            "3.8, TensorFlow 2.1",
        ],
        {"keras>=3", "numpy==1.20"},
    ),
]


@pytest.mark.parametrize(("library", "version", "used", "settings", "first"), CASES)
def test_recipes(library, version, used, settings, first):
    found = list(list_recipes(library, version, frozenset(used), KNOWN))

    assert [recipe.setting for recipe in found] == [f"Python {setting}" for setting in settings]
    assert [recipe.python for recipe in found] == [setting.split(",")[0] for setting in settings]
    asked = {line for line in found[0].requirements if not line.startswith("tensorflow")}
    assert asked == first
    of_tensorflow = [line for line in found[0].requirements if line.startswith("tensorflow")]
    release = version if library == "tensorflow" else "2.16"
    assert all(f"~={release}.0" in line for line in of_tensorflow)
    assert bool(of_tensorflow) == ("tensorflow" in used)


def test_versions_are_ordered_by_numbers():
    assert list_releases(KNOWN) == ["2.1", "2.9", "2.16"]
    assert list_pythons(KNOWN) == ["3.11", "3.10", "3.9", "3.8"]


@pytest.mark.parametrize(
    ("library", "versions", "oldest"),
    [
        ("tensorflow", ["2.1", "2.9"], "2.1"),
        ("numpy", ["1.17.5", "1.18.0", "1.18.5", "1.19.0"], "1.18.5"),
        ("nltk", ["3.4", "3.5", "3.6"], "3.5"),
        ("keras", ["2.3.1", "2.15.0", "3.0.0", "3.0.1"], "3.0.0"),
        ("keras", ["2.3.1", "2.15.0"], "2.3.1"),
        ("pandas", ["0.25", "1.0"], "0.25"),
    ],
)
def test_the_oldest_known_is_that_of_the_oldest_row(library, versions, oldest):
    assert find_oldest(library, versions, KNOWN) == oldest


def test_the_packages_table_knows_an_oldest_of_each():
    """The book's own stack is in the table with the libraries that a search may be about."""
    row = table().releases["2.1"]
    assert {"numpy", "scikit-learn", "pandas", "nltk", "gensim"} <= {
        bound.split("=")[0].split("<")[0] for bound in row["bounds"]
    }


# what is asked for, what is used; the library, or what the one line says
CHOICES = [
    ("", {"nltk"}, "nltk"),
    ("", {"sklearn"}, "scikit-learn"),
    ("pillow", {"sklearn", "PIL"}, "pillow"),
    ("", {"tensorflow"}, "tensorflow"),
    ("", set(), "numpy"),
    ("numpy", {"nltk"}, "numpy"),
    ("keras", {"tensorflow"}, "keras"),
    ("gensim", {"gensim", "nltk"}, "gensim"),
]
UNCLEAR = [
    ("", {"gensim", "nltk"}, "uses several libraries: add --library, one of numpy, nltk, gensim"),
    ("", {"tensorflow", "pandas"}, "add --library, one of tensorflow, keras, numpy, pandas"),
    ("gensim", {"nltk"}, "does not use gensim: --library is one of numpy, nltk"),
    ("keras", {"nltk"}, "does not use keras"),
    ("pillow", {"nltk"}, "does not use pillow"),
    ("", {"sklearn", "PIL"}, "add --library, one of numpy, scikit-learn, pillow"),
]


@pytest.mark.parametrize(("asked", "used", "library"), CHOICES)
def test_the_library(asked, used, library):
    """It is the one that is asked for, or the only one apart from NumPy."""
    assert choose_library(asked, list_distributions(used)) == library


@pytest.mark.parametrize(("asked", "used", "message"), UNCLEAR)
def test_an_unclear_library_is_one_line(asked, used, message):
    with pytest.raises(UsageError, match=message):
        choose_library(asked, list_distributions(used))


VERSIONS = ["3.5", "3.8.1", "3.9", "3.10.0"]


def test_a_range_has_both_ends():
    assert select_range(VERSIONS, "3.8.1", "3.10.0") == ["3.8.1", "3.9", "3.10.0"]


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("3.9.1", "3.10.0", "no version 3.9.1 is known: the nearest are 3.9 and 3.10.0"),
        ("3.5", "3.11", "no version 3.11 is known, 3.5 to 3.10.0 are"),
        ("3.5", "new", "no version new is known: a version is written like 3.10.0"),
        ("3.9", "3.9", "3.9 is not older than 3.9: choose two ends in ascending order"),
        ("3.9", "3.5", "3.9 is not older than 3.5: choose two ends in ascending order"),
    ],
)
def test_what_is_no_range_is_one_line(start, end, message):
    with pytest.raises(UsageError) as caught:
        select_range(VERSIONS, start, end)
    assert str(caught.value) == message


def test_python_37_gets_what_reads_versions():
    every = {
        recipe.python: recipe.requirements
        for recipe in list_recipes("nltk", "3.5", frozenset({"nltk"}), table())
    }
    asking = [python for python, requirements in every.items() if "importlib-metadata" in requirements]
    assert asking == ["3.7"]
