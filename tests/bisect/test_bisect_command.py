"""The command: what it searches, its lines, its conclusion and its exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.golden import Golden
from tests.toy.commands import invoke
from workshop.bisect import evaluator
from workshop.bisect.evaluate import Evaluation, of_value
from workshop.matrix import interpreters, virtualenvs
from workshop.matrix.virtualenvs import NotBuilt
from workshop.verification.engine import Engine

World = Callable[..., list[str]]

SENTENCE = "ch04.text05.sentence"
VERSIONS = ("3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10")
INDEX = {name: index for index, name in enumerate(VERSIONS)}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache, all data sets and interpreters, and nothing that asks an index."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(Engine, "lacking_datasets", lambda engine, claims: (set(), set()))
    monkeypatch.setattr(
        virtualenvs, "list_versions", lambda library, python: ("2.4",) * (library == "keras") + VERSIONS
    )
    monkeypatch.setattr(evaluator, "build", lambda python, lock: Path(lock[0]))
    monkeypatch.setattr(interpreters, "_list_candidates", lambda version: [f"python{version}"])
    monkeypatch.setattr(interpreters, "_probe", lambda command, version: command)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a function that sets what each version gives, and returns the versions that are asked so far."""

    def make(
        give: Callable[[str], tuple[bool | None, object] | str], numpy: tuple[str, str] = ("2.0", "2.0")
    ) -> list[str]:
        asked: list[str] = []

        def resolve(python: str, requirements: tuple[str, ...]) -> tuple[str, ...]:
            """Resolve a bare name to the last version but one: the newest is for no Python."""
            pinned = [line for line in requirements if line.startswith("nltk==")]
            if pinned == ["nltk==3.10"]:
                raise NotBuilt("no wheel")
            return (pinned[0] if pinned else "nltk==3.9",)

        def evaluate(claim: object, book: object, environment: Path) -> Evaluation | str:
            version = environment.name.split("==")[1]
            asked.append(version)
            given = give(version)
            if isinstance(given, str):
                return given
            versions = {"nltk": version, "python": "3.12.1", "numpy": numpy[given[0] is False]}
            if given[0] is None:
                return Evaluation(None, "2 numbers of seed 17", "", versions, *given[1], (17,))
            return of_value(*given, "as given", versions)

        monkeypatch.setattr(evaluator, "resolve", resolve)
        monkeypatch.setattr("workshop.bisect.evaluate.evaluate", evaluate)
        return asked

    return make


def seeded(loss: float, length: float = 1.0) -> tuple[None, object]:
    """Return what repeating a seed gives: numbers and tolerances of a loss, and of a chaotic number."""
    names = "ch04.act02:train loss", "ch04.act02:train length"
    return None, [dict(zip(names, pair, strict=True)) for pair in ((loss, length), (0.01, float("inf")))]


def before(version: str) -> Callable[[str], bool]:
    """Return whether a version is older than this one."""
    return lambda other: INDEX[other] < INDEX[version]


DRAWS = ("ch04.act02.phrase_own", "--library", "nltk")
# what a version gives, and what is asked
SEARCHES: dict[str, tuple[Callable[[str], Any], tuple[str, ...]]] = {
    "it no longer holds": (lambda v: (before("3.8")(v), v), (SENTENCE,)),
    "it holds, with another value": (lambda v: (True, 1.0 if before("3.6")(v) else 1.25), (SENTENCE,)),
    "nothing changes": (lambda _: (True, 1.0), (SENTENCE, "--issue")),
    "a seed gives other numbers": (lambda v: seeded(0.5 if before("3.7")(v) else 0.75), DRAWS),
    "a seed is rounded otherwise": (lambda v: seeded(0.5 + 0.001 * INDEX[v], INDEX[v]), DRAWS),
    "the ends are given": (lambda v: (before("3.7")(v), 1), (SENTENCE, "--from", "3.4", "--to", "3.8")),
    "the first can't be decided": (lambda v: "it raised" if v == "3.5" else (True, 1), (SENTENCE,)),
    "the last can't be decided": (lambda v: "it raised" if v == "3.9" else (True, 1), (SENTENCE,)),
}


def test_a_search_reads_as_written(golden: Golden, world: World) -> None:
    said = {}
    for name, (give, words) in SEARCHES.items():
        asked = world(give)
        result = invoke("bisect", *words)
        said[name] = f"{result.stdout}{result.stderr}asked: {' '.join(asked)}\nexit code {result.exit_code}"
    golden("searches.txt", said)


def test_the_text_of_an_issue(world: World) -> None:
    """Versions, print and what was measured with the two neighbours; all else goes to standard error."""
    world(lambda version: (INDEX[version] < INDEX["3.8"], version), numpy=("1.26", "1.26"))

    result = invoke("bisect", SENTENCE, "--issue")
    title, _, found, _, *table = result.stdout.splitlines()

    assert result.exit_code == 0
    assert title == "# nltk 3.8 changes this: stems of the tokens of the example sentence"
    assert found.startswith("Changed between nltk 3.7 and 3.8: it no longer holds (as given)")
    assert table[0] == "|  | 3.7 | 3.8 |"
    assert {"| measured | 3.7 | 3.8 |", "| numpy | 1.26 | 1.26 |", "| python | 3.12.1 | 3.12.1 |"} <= {*table}
    assert "nltk 3.9 " in result.stderr
    assert "workshop" not in result.stdout.lower().replace("the deep learning workshop", "")


def test_what_else_differs_between_the_neighbours_is_named(world: World) -> None:
    world(lambda version: (INDEX[version] < INDEX["3.8"], 1), ("1.26", "2.0"))

    result = invoke("bisect", SENTENCE)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith("; also different: numpy 1.26 → 2.0")


def test_of_what_depends_on_the_clock_values_are_not_compared(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only whether it holds is, and a line says so first."""
    monkeypatch.setattr("workshop.bisect.evaluate.takes_time", lambda parts: True)
    world(lambda version: (True, version))

    result = invoke("bisect", SENTENCE)

    assert result.exit_code == 1
    assert "only whether it holds is compared, not its value" in result.stderr
    assert result.stdout.splitlines()[-1].startswith("no change between the ends: ")


def test_an_interrupt_is_one_line(world: World) -> None:
    def interrupt(version: str) -> str:
        raise KeyboardInterrupt

    world(interrupt)

    result = invoke("bisect", SENTENCE)

    assert result.exit_code == 130
    assert result.stderr.startswith("workshop: interrupted: ")


# arguments, exit code, what the line on standard error says
WRONG = [
    (
        ["ch04.text05.sentence", "--library", "gensim"],
        2,
        "does not use gensim: --library is one of numpy, nltk",
    ),
    (["ch04.act02.phrase_own"], 2, "uses several libraries: add --library, one of numpy, nltk, gensim"),
    (
        ["ch03.ex03.train_accuracy"],
        2,
        "ch03.ex03.train_accuracy does not rest on a run, so no version changes it",
    ),
    ([SENTENCE, "--from", "3.5.1"], 2, "no version 3.5.1 is known: the nearest are 3.5 and 3.6"),
    ([SENTENCE, "--to", "3.5"], 2, "3.5 is not older than 3.5: choose two ends in ascending order"),
    (["ch07.ex05.lr_heeded", "--from", "2.2"], 2, "no version 2.2 is known: the nearest are 2.1 and 2."),
    (
        ["ch07.ex05.lr_heeded", "--library", "keras", "--from", "2.4"],
        2,
        "Keras before 3.4 comes with a TensorFlow release: --library tensorflow",
    ),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_wrong_usage_is_one_line(world: World, arguments: list[str], code: int, message: str) -> None:
    asked = world(lambda version: (True, 1))

    result = invoke("bisect", *arguments)

    assert result.exit_code == code
    assert (result.stdout, asked) == ("", [])
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert message in line


def test_without_uv_nothing_is_searched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(library: str, python: str) -> tuple[str, ...]:
        raise NotBuilt("uv, which builds the environments, is not here: pip install uv")

    world(lambda version: (True, 1))
    monkeypatch.setattr(virtualenvs, "list_versions", missing)

    result = invoke("bisect", SENTENCE)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "workshop: uv, which builds the environments, is not here: pip install uv\n"


def test_a_missing_data_set_is_named_before_anything_is_built(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = world(lambda version: (True, 1))
    monkeypatch.setattr(Engine, "lacking_datasets", lambda engine, claims: ({"nltk_punkt"}, set()))

    result = invoke("bisect", SENTENCE)

    assert (result.exit_code, asked) == (1, [])
    assert result.stderr == f"workshop: {SENTENCE} needs nltk_punkt: workshop data fetch nltk_punkt\n"
