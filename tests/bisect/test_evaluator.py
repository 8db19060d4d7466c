"""Evaluating versions: on the newest Python that has them, and two of them where little else differs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workshop.bisect import evaluator
from workshop.bisect.evaluate import Evaluation
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
    """An index of packages: on which Pythons a version installs, and which numbers come with it there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **pythons: str) -> None:
        self.pythons = {version.replace("_", "."): set(names.split()) for version, names in pythons.items()}
        self.raises: set[tuple[str, str]] = set()
        self.brings: dict[tuple[str, str], str] = {}
        self.refuses: set[tuple[str, str]] = set()
        self.keras: dict[str, str] = {}
        self.asked: list[str] = []
        monkeypatch.setattr(evaluator, "resolve", self.resolve)
        monkeypatch.setattr(evaluator, "build", lambda python, lock: Path(f"{python} {' '.join(lock)}"))

    def resolve(self, python: str, requirements: tuple[str, ...]) -> tuple[str, ...]:
        """Return the version, and the NumPy that it brings there unless one is asked for that it takes."""
        named = [line.split("==") for line in requirements]
        version = next(rest[0] for name, *rest in named if name == "toy" and rest)
        if python not in self.pythons[version]:
            raise NotBuilt(f"no toy {version} for {python}")
        numpy = next((rest[0] for name, *rest in named if name == "numpy" and rest), None)
        if numpy is not None and (version, numpy) in self.refuses:
            raise NotBuilt(f"toy {version} refuses numpy {numpy}")
        keras = self.keras.get(version)
        if any(line.startswith("keras==") and line != f"keras=={keras}" for line in requirements):
            raise NotBuilt(f"toy {version} brings its own keras")
        lock = (f"toy=={version}", f"numpy=={numpy or self.brings.get((version, python), '2.0')}")
        return lock if keras is None else (*lock, f"keras=={keras}")

    def evaluate(self, environment: Path) -> Evaluation | str:
        """Evaluate: it holds before version 3, and on NumPy 1 whatever the version."""
        python, version, numpy = re.fullmatch(r"(\S+) toy==(\S+) numpy==(\S+).*", str(environment)).groups()
        self.asked.append(str(environment))
        if (version, python) in self.raises:
            return f"toy {version} raised"
        holds = version < "3" or numpy.startswith("1.")
        return Evaluation(holds, 0, "-", {"toy": version, "python": python, "numpy": numpy})

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


def test_the_newest_python_that_has_a_version_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It skips Pythons on which it can't be installed, and never asks ones that aren't here."""
    index = Index(monkeypatch, **{"1_0": "3.11 3.10 3.9 3.8"})

    found = index.evaluator("3.12 3.9 3.8").evaluate_version("1.0")

    assert found.versions["python"] == "3.9"
    assert index.asked == ["3.9 toy==1.0 numpy==2.0"]


def test_where_it_does_not_run_an_older_python_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed version whose unit can't run is tried on the next Python."""
    index = Index(monkeypatch, **{"1_0": "3.12 3.11 3.9"})
    index.raises = {("1.0", "3.12"), ("1.0", "3.11")}

    assert index.evaluator().evaluate_version("1.0").versions["python"] == "3.9"


def test_an_environment_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, it has the same result, also a failure."""
    index = Index(monkeypatch, **{"1_0": "3.12", "2_0": "3.12"})
    index.raises = {("2.0", "3.12")}
    here = index.evaluator()

    assert here.evaluate_version("1.0") is here.evaluate_version("1.0")
    assert (
        here.evaluate_version("2.0")
        == here.evaluate_version("2.0")
        == ("can't be decided on Python 3.12: toy 2.0 raised")
    )
    assert len(index.asked) == 2


# Pythons on which it installs, whether it raises there, Pythons here; the reason
UNDECIDED = [
    ("", False, "3.12 3.8", "can't be installed: no toy 1.0 for 3.12"),
    ("3.12 3.11", True, "3.12 3.11 3.8", "can't be decided on Python 3.11: toy 1.0 raised"),
    ("3.12", False, "", "can't be installed: no Python that it runs on is here"),
]


@pytest.mark.parametrize(("pythons", "raising", "here", "reason"), UNDECIDED)
def test_why_a_version_is_undecided(
    monkeypatch: pytest.MonkeyPatch, pythons: str, raising: bool, here: str, reason: str
) -> None:
    """The reason is that of the newest Python, or of the last one on which it did not run."""
    index = Index(monkeypatch, **{"1_0": pythons})
    index.raises = {("1.0", python) for python in pythons.split() if raising}

    assert index.evaluator(here).evaluate_version("1.0") == reason


def test_not_every_python_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments cost time: after some in which it did not run, it is given up."""
    index = Index(monkeypatch, **{"1_0": "3.12 3.11 3.9 3.8 3.7"})
    index.raises = {("1.0", python) for python in ("3.12", "3.11", "3.9", "3.8", "3.7")}

    index.evaluator().evaluate_version("1.0")

    assert len(index.asked) == MOST_TRIES < 5


def test_two_versions_are_evaluated_on_the_same_python_with_the_same_numpy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The newest Python that has both is taken, and NumPy is the older version's."""
    index = Index(monkeypatch, **{"2_0": "3.9 3.8", "3_0": "3.12 3.11 3.9 3.8"})
    index.brings = {("2.0", "3.9"): "2.1", ("3.0", "3.9"): "2.2"}

    before, after = index.evaluator().evaluate_alike("2.0", "3.0")

    assert before.versions == {"toy": "2.0", "python": "3.9", "numpy": "2.1"}
    assert after.versions == {"toy": "3.0", "python": "3.9", "numpy": "2.1"}


def test_what_the_newer_does_not_take_the_older_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the newer version refuses the older one's NumPy, the older one gets the newer one's."""
    index = Index(monkeypatch, **{"2_0": "3.9", "3_0": "3.9"})
    index.brings = {("2.0", "3.9"): "2.1", ("3.0", "3.9"): "2.2"}
    index.refuses = {("3.0", "2.1")}

    before, after = index.evaluator().evaluate_alike("2.0", "3.0")

    assert (before.versions["numpy"], after.versions["numpy"]) == ("2.2", "2.2")
    assert (before.versions["toy"], after.versions["toy"]) == ("2.0", "3.0")


def test_where_neither_takes_the_others_each_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then NumPy differs, and the versions show it."""
    index = Index(monkeypatch, **{"2_0": "3.9", "3_0": "3.9"})
    index.brings = {("2.0", "3.9"): "1.9", ("3.0", "3.9"): "2.2"}
    index.refuses = {("3.0", "1.9"), ("2.0", "2.2")}

    before, after = index.evaluator().evaluate_alike("2.0", "3.0")

    assert (before.versions["numpy"], after.versions["numpy"]) == ("1.9", "2.2")


def test_a_keras_that_comes_with_a_version_does_not_keep_numpy_from_being_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Releases of TensorFlow refuse each other's Keras; all else can still be the same."""
    index = Index(monkeypatch, **{"2_0": "3.9", "3_0": "3.9"})
    index.brings = {("2.0", "3.9"): "2.1", ("3.0", "3.9"): "2.2"}
    index.keras = {"2.0": "2.15", "3.0": "3.12"}

    before, after = index.evaluator().evaluate_alike("2.0", "3.0")

    assert (before.versions["numpy"], after.versions["numpy"]) == ("2.1", "2.1")


def test_no_setting_has_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python on which one of them is undecided does not count."""
    index = Index(monkeypatch, **{"2_0": "3.8 3.7", "3_0": "3.12 3.8"})
    index.raises = {("2.0", "3.8")}

    assert index.evaluator().evaluate_alike("2.0", "3.0") is None


def test_without_a_python_the_message_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(monkeypatch)

    with pytest.raises(NotBuilt, match=r"^no Python 3\.12 on PATH .*: pyenv install 3\.12$"):
        index.evaluator("").python()


def test_releases_of_tensorflow_without_a_common_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed to find that no setting has both."""
    index = Index(monkeypatch)
    here = index.evaluator()
    here.library, here.used = "tensorflow", frozenset({"numpy", "tensorflow"})

    assert here.evaluate_alike("2.1", "2.9") is None
