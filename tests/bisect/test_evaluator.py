"""Evaluating versions: on the newest Python that has them."""

import re
from pathlib import Path

import pytest

from workshop.bisect import evaluator
from workshop.bisect.evaluate import Evaluation, of_value
from workshop.bisect.evaluator import MOST_TRIES, Evaluator
from workshop.matrix.table import read
from workshop.matrix.virtualenvs import NotBuilt

KNOWN = read("""
environments = {}
libraries = []
[keras.k2]
means = "-"
requirements = []
[[tensorflow]]
release = "2.1"
pythons = ["3.7"]
keras = []
bounds = []
[[tensorflow]]
release = "2.9"
pythons = ["3.12"]
keras = ["k2"]
bounds = []
""")


class Index:
    """An index of packages: on which Pythons a version installs, and whether it raises there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **pythons: str) -> None:
        self.pythons = {version.replace("_", "."): set(names.split()) for version, names in pythons.items()}
        self.raises: set[tuple[str, str]] = set()
        self.asked: list[str] = []
        monkeypatch.setattr(evaluator, "resolve", self.resolve)
        monkeypatch.setattr(evaluator, "build", lambda python, lock: Path(f"{python} {' '.join(lock)}"))

    def resolve(self, python: str, requirements: tuple[str, ...]) -> tuple[str, ...]:
        """Return the version, and NumPy."""
        version = next(line.split("==")[1] for line in requirements if line.startswith("toy=="))
        if python not in self.pythons[version]:
            raise NotBuilt(f"no toy {version} for {python}")
        return f"toy=={version}", "numpy==2.0"

    def evaluate(self, environment: Path) -> Evaluation | str:
        """Evaluate: it holds."""
        python, version, numpy = re.fullmatch(r"(\S+) toy==(\S+) numpy==(\S+).*", str(environment)).groups()
        self.asked.append(str(environment))
        if (version, python) in self.raises:
            return f"toy {version} raised"
        return of_value(True, 0, "-", {"toy": version, "python": python, "numpy": numpy})

    def evaluator(self, pythons: str = "3.12 3.11 3.9 3.8 3.7") -> Evaluator:
        """Return an evaluator that finds these Pythons."""
        here = pythons.split()
        return Evaluator(
            "toy",
            frozenset({"toy", "numpy"}),
            KNOWN,
            self.evaluate,
            lambda python: python if python in here else None,
        )


def test_the_newest_python_that_has_a_version_is_taken(monkeypatch):
    """It skips Pythons on which it can't be installed, and never asks ones that aren't here."""
    index = Index(monkeypatch, **{"1_0": "3.11 3.10 3.9 3.8"})

    found = index.evaluator("3.12 3.9 3.8").evaluate_version("1.0")

    assert found.versions["python"] == "3.9"
    assert index.asked == ["3.9 toy==1.0 numpy==2.0"]


def test_where_it_does_not_run_an_older_python_is_taken(monkeypatch):
    """An installed version whose unit can't run is tried on the next Python."""
    index = Index(monkeypatch, **{"1_0": "3.12 3.11 3.9"})
    index.raises = {("1.0", "3.12"), ("1.0", "3.11")}

    assert index.evaluator().evaluate_version("1.0").versions["python"] == "3.9"


# Pythons on which it installs, whether it raises there, Pythons here; the reason
UNDECIDED = [
    ("", False, "3.12 3.8", "can't be installed: no toy 1.0 for 3.12"),
    ("3.12 3.11", True, "3.12 3.11 3.8", "can't be decided on Python 3.11: toy 1.0 raised"),
    ("3.12", False, "", "can't be installed: no Python that it runs on is here"),
]


@pytest.mark.parametrize(("pythons", "raising", "here", "reason"), UNDECIDED)
def test_why_a_version_is_undecided(monkeypatch, pythons, raising, here, reason):
    """The reason is that of the newest Python, or of the last one on which it did not run."""
    index = Index(monkeypatch, **{"1_0": pythons})
    index.raises = {("1.0", python) for python in pythons.split() if raising}

    assert index.evaluator(here).evaluate_version("1.0") == reason


def test_not_every_python_is_tried(monkeypatch):
    """Environments cost time: after some in which it did not run, it is given up."""
    index = Index(monkeypatch, **{"1_0": "3.12 3.11 3.9 3.8 3.7"})
    index.raises = {("1.0", python) for python in ("3.12", "3.11", "3.9", "3.8", "3.7")}

    index.evaluator().evaluate_version("1.0")

    assert len(index.asked) == MOST_TRIES < 5


def test_without_a_python_the_message_names_the_remedy(monkeypatch):
    index = Index(monkeypatch)

    with pytest.raises(NotBuilt, match=r"^no Python 3\.12 on PATH .*: pyenv install 3\.12$"):
        index.evaluator("").python()
