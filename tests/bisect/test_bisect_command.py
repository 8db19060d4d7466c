"""The command: what it searches, its lines, its conclusion and its exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from workshop.bisect import evaluate, evaluator, virtualenvs
from workshop.bisect.evaluate import Answer, NoAnswer
from workshop.bisect.virtualenvs import NotBuilt
from workshop.cli.app import app
from workshop.verification.engine import Engine

SENTENCE = "ch04.text05.sentence"
VERSIONS = ("3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10")
PLACE = {name: place for place, name in enumerate(VERSIONS)}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache, all data sets, and nothing that asks an index."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(Engine, "missing_datasets", lambda engine, claims: set())
    monkeypatch.setattr(
        virtualenvs, "published", lambda library, python: ("2.4",) * (library == "keras") + VERSIONS
    )
    monkeypatch.setattr(evaluator, "build", lambda python, lock: Path(lock[0]))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that sets what each version gives, and returns the versions that are asked so far."""

    def make(
        give: Callable[[str], tuple[bool, object] | str], numpy: tuple[str, str] = ("2.0", "2.0")
    ) -> list[str]:
        asked: list[str] = []

        def resolve(python: str, requirements: tuple[str, ...]) -> tuple[str, ...]:
            """Resolve a bare name to the last version but one: the newest is for no Python."""
            pinned = [line for line in requirements if line.startswith("nltk==")]
            if pinned == ["nltk==3.10"]:
                raise NotBuilt("no wheel")
            return (pinned[0] if pinned else "nltk==3.9",)

        def answer(claim: object, book: object, environment: Path) -> Answer:
            version = environment.name.split("==")[1]
            asked.append(version)
            given = give(version)
            if isinstance(given, str):
                raise NoAnswer(given)
            return Answer(
                *given, "as told", {"nltk": version, "python": "3.12.1", "numpy": numpy[given[0] is False]}
            )

        monkeypatch.setattr(evaluator, "resolve", resolve)
        monkeypatch.setattr(evaluate, "answer", answer)
        return asked

    return make


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["bisect", *arguments])


def test_the_neighbours_of_a_change_are_told(world) -> None:
    """It goes from the book's version to the newest that installs, a line for each, and ends with 0."""
    asked = world(lambda version: (PLACE[version] < PLACE["3.8"], version))

    result = run(SENTENCE)

    assert result.exit_code == 0, result.output
    *lines, conclusion = result.stdout.splitlines()
    assert [line.split()[1] for line in lines] == asked
    assert asked[:2] == ["3.5", "3.9"]
    assert set(asked) <= {"3.5", "3.6", "3.7", "3.8", "3.9"}
    assert conclusion == (
        "changed between nltk 3.7 and 3.8: it held, and does not since (as told); nothing else differs"
    )


@pytest.mark.parametrize(("numpy", "beside"), [(("1.26", "1.26"), False), (("1.26", "2.0"), True)])
def test_neighbours_that_differ_in_more_are_decided_side_by_side(
    world, monkeypatch: pytest.MonkeyPatch, numpy: tuple[str, str], beside: bool
) -> None:
    """What is told of a library is what it changes alone; else it is said that it can't be told."""
    pairs = []

    def together(decider: evaluator.Decider, before: str, after: str) -> tuple[Answer, Answer]:
        pairs.append((before, after))
        return tuple(Answer(True, 1, "-", {"nltk": v, "python": "3.9", "numpy": "1.26"}) for v in pairs[-1])

    world(lambda version: (PLACE[version] < PLACE["3.8"], 1), numpy)
    monkeypatch.setattr(evaluator.Decider, "together", together)

    result = run(SENTENCE)

    assert pairs == [("3.7", "3.8")] * beside
    assert result.exit_code == int(beside)
    assert ("it can't be told: " in result.stdout) is beside


def test_where_holding_is_the_same_the_value_is_searched(world) -> None:
    """A value that changes within what its rule allows has its version, too."""
    world(lambda version: (True, 1.0 if PLACE[version] < PLACE["3.6"] else 1.25))

    result = run(SENTENCE)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith(
        "changed between nltk 3.5 and 3.6: it measured 1 → 1.25, and holds"
    )


def test_where_holding_differs_other_values_do_not_count(world) -> None:
    """Values that move before the documented one is lost are not what is searched."""
    world(lambda version: (PLACE[version] < PLACE["3.8"], version))

    assert "between nltk 3.7 and 3.8" in run(SENTENCE).stdout


def test_of_what_depends_on_seeds_values_are_not_compared(world) -> None:
    """Only whether it holds is, and that is said before."""
    world(lambda version: (True, version))

    result = run("ch04.act02.phrase_own", "--library", "nltk")

    assert result.exit_code == 1
    assert "compared is whether it holds, not what is measured" in result.stderr
    assert result.stdout.splitlines()[-1].startswith("no change between the ends: ")


def test_ends_are_those_that_are_given(world) -> None:
    """Both ends are asked first."""
    asked = world(lambda version: (PLACE[version] < PLACE["3.7"], 1))

    assert run(SENTENCE, "--from", "3.4", "--to", "3.8").exit_code == 0
    assert asked[:2] == ["3.4", "3.8"]


def test_an_end_that_can_not_tell_is_one_line(world) -> None:
    """Its reason is in its own line; another end is the remedy."""
    world(lambda version: "it raised" if version == "3.5" else (True, 1))

    result = run(SENTENCE)

    assert result.exit_code == 1
    assert "it raised" in result.stdout
    assert result.stderr.splitlines()[-1] == "workshop: 3.5 can't tell: choose another end"


def test_an_interrupt_is_one_line(world) -> None:
    """What was made is kept."""

    def interrupt(version: str) -> str:
        raise KeyboardInterrupt

    world(interrupt)

    result = run(SENTENCE)

    assert result.exit_code == 130
    assert result.stderr.startswith("workshop: interrupted: ")


# arguments, exit code, what the line on standard error says
WRONG = [
    (["ch04.text05"], 2, "no claim is named 'ch04.text05': see `workshop list ch04.text05`"),
    (
        ["ch04.text05.sentence", "--library", "gensim"],
        2,
        "does not use gensim: --library is one of numpy, nltk",
    ),
    (["ch04.act02.phrase_own"], 2, "uses several libraries: add --library, one of numpy, nltk, gensim"),
    (
        ["ch03.ex03.train_accuracy"],
        2,
        "ch03.ex03.train_accuracy rests on no run, so that no version changes it",
    ),
    ([SENTENCE, "--from", "3.5.1"], 2, "no version 3.5.1 is known: the nearest are 3.5 and 3.6"),
    ([SENTENCE, "--to", "3.5"], 2, "3.5 is not older than 3.5: choose two ends in ascending order"),
    (["ch07.ex05.lr_heeded", "--from", "2.2"], 2, "no version 2.2 is known: the nearest are 2.1 and 2."),
    (
        ["ch07.ex05.lr_heeded", "--library", "keras", "--from", "2.4"],
        2,
        "Keras before 3.4 comes with a TensorFlow release: --library tensorflow",
    ),
    ([], 2, "Missing argument 'CLAIM'"),
]


@pytest.mark.parametrize(("arguments", "code", "told"), WRONG)
def test_wrong_usage_is_one_line(world, arguments: list[str], code: int, told: str) -> None:
    """Nothing is decided then."""
    asked = world(lambda version: (True, 1))

    result = run(*arguments)

    assert result.exit_code == code
    assert (result.stdout, asked) == ("", [])
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert told in line


def test_without_uv_nothing_is_searched(world, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is told in one line."""

    def lacking(library: str, python: str) -> tuple[str, ...]:
        raise NotBuilt("uv is not here, which makes the environments: pip install uv")

    world(lambda version: (True, 1))
    monkeypatch.setattr(virtualenvs, "published", lacking)

    result = run(SENTENCE)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "workshop: uv is not here, which makes the environments: pip install uv\n"


def test_a_missing_data_set_is_told_before_anything_is_made(world, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment could decide the claim; the command that gets it is named."""
    asked = world(lambda version: (True, 1))
    monkeypatch.setattr(Engine, "missing_datasets", lambda engine, claims: {"nltk_punkt"})

    result = run(SENTENCE)

    assert (result.exit_code, asked) == (1, [])
    assert result.stderr == f"workshop: {SENTENCE} needs nltk_punkt: workshop data fetch nltk_punkt\n"
