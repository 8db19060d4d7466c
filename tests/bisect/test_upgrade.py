"""What `workshop upgrade` installs: exact versions, and all else as in an earlier run where that works."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from workshop.bisect import upgrade
from workshop.bisect.upgrade import describe_age, find_nightly, make_environment, read_versions
from workshop.errors import UsageError
from workshop.matrix import virtualenvs
from workshop.matrix.table import table
from workshop.matrix.virtualenvs import NotBuilt

EARLIER = {"python": "3.11.7", "tensorflow": "2.20.0", "keras": "3.14.0", "numpy": "2.4.6", "scipy": "1.17.1"}


@pytest.fixture
def resolved(monkeypatch) -> list[tuple[str, tuple[str, ...]]]:
    """Replace uv and the index; return the requirements that are resolved, each with its Python."""
    calls: list[tuple[str, tuple[str, ...]]] = []

    def resolve(python: str, requirements: Sequence[str]) -> tuple[str, ...]:
        calls.append((python, tuple(requirements)))
        return tuple(requirements)

    monkeypatch.setattr(virtualenvs, "resolve", resolve)
    monkeypatch.setattr(virtualenvs, "build", lambda python, lock: Path(python, *lock[-1:]))
    monkeypatch.setattr(virtualenvs, "list_versions", lambda library, python: ("2.20.0", "2.21.0"))
    monkeypatch.setattr(upgrade, "find_python", lambda version: f"/python{version}")
    return calls


def refuse(monkeypatch: pytest.MonkeyPatch, calls: list[tuple[str, tuple[str, ...]]], *refused: str) -> None:
    """Let uv refuse requirements that have one of these lines."""

    def resolve(python: str, requirements: Sequence[str]) -> tuple[str, ...]:
        calls.append((python, tuple(requirements)))
        if any(line.startswith(refused) for line in (python, *requirements)):
            raise NotBuilt("unsatisfiable")
        return tuple(requirements)

    monkeypatch.setattr(virtualenvs, "resolve", resolve)


def test_requirements_are_read():
    found = read_versions(["TensorFlow==2.21", "scikit_learn == 1.9.1", "keras==3.15.1rc1"], table())

    assert found == {"tensorflow": "2.21", "scikit-learn": "1.9.1", "keras": "3.15.1rc1"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tensorflow>=2.21"], "'tensorflow>=2.21' is not an exact version of a library"),
        (["tensorflow==2.21.*"], "is not an exact version of a library: write it like tensorflow==2.21.0"),
        (["tensorflow==2.20,==2.21"], "is not an exact version"),
        (["tensorflow==new"], "is not an exact version"),
        (["==2.21"], "is not an exact version"),
        (["tensorflow==2.21\n--index-url=x"], "is not an exact version"),
        (["requests==2.0"], "no chapter uses requests: name one of gensim, keras, "),
        (["keras==3.0", "keras==3.1"], "two versions of keras are asked for: name one"),
    ],
)
def test_what_is_no_version_is_wrong_usage(words, message):
    with pytest.raises(UsageError) as caught:
        read_versions(words, table())

    assert message in str(caught.value)


def test_all_else_is_as_in_the_earlier_run(resolved):
    """The same Python and libraries, and the newest of others that the chapters need."""
    make_environment({"tensorflow": "2.21.0"}, EARLIER, table())

    ((python, lines),) = resolved
    assert python == "/python3.11"
    assert {"keras==3.14.0", "numpy==2.4.6", "scipy==1.17.1", "gensim", "nltk", "pandas"} <= {*lines}
    assert [line.partition(";")[0] for line in lines if line.startswith("tensorflow")] == [
        "tensorflow-cpu==2.21.0",
        "tensorflow==2.21.0",
    ]


def test_versions_that_are_asked_for_replace_those_of_the_earlier_run(resolved):
    """TensorFlow stays as it was if only Keras is asked for."""
    make_environment({"keras": "3.15.1"}, EARLIER, table())

    ((_, lines),) = resolved
    assert [line for line in lines if line.startswith("keras")] == ["keras==3.15.1"]
    assert any(line.startswith("tensorflow-cpu==2.20.0;") for line in lines)


def test_what_does_not_fit_is_left_out(resolved, monkeypatch):
    refuse(monkeypatch, resolved, "keras==", "numpy==", "/python3.11")

    make_environment({"tensorflow": "2.21.0"}, EARLIER, table())

    assert [python for python, _ in resolved] == ["/python3.11"] * 3 + ["/python3.13"] * 3
    pinned = [{line.partition("==")[0] for line in lines if "==" in line} for _, lines in resolved[:3]]
    assert [{"keras", "numpy"} & own for own in pinned] == [{"keras", "numpy"}, {"numpy"}, set()]


def test_the_bounds_of_an_old_release_are_kept(resolved):
    """A release in the table brings the bounds that it does not name itself, a newer one none."""
    make_environment({"tensorflow": "2.15.1"}, {"python": "3.11.7"}, table())
    make_environment({"tensorflow": "2.99.0"}, {"python": "3.11.7"}, table())

    (_, old), (_, new) = resolved
    assert {*table().releases["2.15"]["bounds"]} <= {*old}
    assert not {*table().releases["2.15"]["bounds"]} & {*new}


def test_a_version_of_an_earlier_run_can_not_be_an_option(resolved):
    make_environment({"tensorflow": "2.21.0"}, {**EARLIER, "numpy": "2\n--index-url x"}, table())

    ((_, lines),) = resolved
    assert not any("index" in line or "\n" in line for line in lines)


def test_a_version_that_is_not_published_is_wrong_usage(resolved, monkeypatch):
    refuse(monkeypatch, resolved, "tensorflow")

    with pytest.raises(UsageError, match=r"^tensorflow 2\.99\.0 is not published, 2\.20\.0 to 2\.21\.0 are$"):
        make_environment({"tensorflow": "2.99.0"}, EARLIER, table())

    assert len(resolved) == 1


def test_what_can_not_be_installed_is_one_line(resolved, monkeypatch):
    """It has the first reason; without a Python it says how to get one."""
    refuse(monkeypatch, resolved, "tensorflow")
    with pytest.raises(NotBuilt, match=r"^tensorflow==2\.21\.0 can't be installed: unsatisfiable$"):
        make_environment({"tensorflow": "2.21.0"}, EARLIER, table())

    monkeypatch.setattr(upgrade, "find_python", lambda version: None)
    with pytest.raises(NotBuilt, match="pyenv install"):
        make_environment({"tensorflow": "2.21.0"}, EARLIER, table())


INDEX = {"tf-nightly": "2.23.0.dev20261026", "keras-nightly": "3.16.0.dev2026102704"}


def index(monkeypatch: pytest.MonkeyPatch, *has: str) -> None:
    """Let the index have nightly versions for these Pythons, each asked by its path or its version."""

    def list_versions(library: str, python: str, options: Sequence[str]) -> tuple[str, ...]:
        assert {"--pre", "--only-binary"} <= {*options}
        version = options[-1] if "--python-version" in options else python.removeprefix("/python")
        if version not in has:
            raise NotBuilt("no matching distribution")
        return ("2.1.0.dev1", INDEX[library])

    monkeypatch.setattr(virtualenvs, "list_versions", list_versions)


def test_nightly_versions_replace_the_released_ones(resolved, monkeypatch):
    """The newest of the first Python that has any; all else is as in the earlier run."""
    index(monkeypatch, "3.12")

    found = find_nightly(EARLIER, table())
    make_environment(found, EARLIER, table())

    ((_, lines),) = resolved
    assert found == INDEX
    assert {f"{name}=={version}" for name, version in INDEX.items()} | {"numpy==2.4.6"} <= {*lines}
    assert not [line for line in lines if line.startswith(("tensorflow", "keras=="))]


@pytest.mark.parametrize(
    ("has", "remedy"),
    [(("3.13",), ": pyenv install 3.13"), ((), ", and none for another one: try again tomorrow")],
)
def test_a_python_without_nightly_versions_is_one_line(has, remedy, resolved, monkeypatch):
    index(monkeypatch, *has)
    monkeypatch.setattr(upgrade, "find_python", lambda version: "/python3.11" if version == "3.11" else None)

    with pytest.raises(NotBuilt) as caught:
        find_nightly(EARLIER, table())

    assert str(caught.value) == f"there is no tf-nightly for Python 3.11{remedy}"


@pytest.mark.parametrize(("day", "said"), [(9, ""), (10, "is 15 days old: no newer one is published")])
def test_what_is_older_than_14_days_is_said(day, said):
    for name, version in INDEX.items():
        age = describe_age(name, version, date(2026, 11, day + ("keras" in name)))
        assert age.removeprefix(f"{name} {version} ") == said
