"""The command: what it searches, its lines, its conclusion and its exit codes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.toy.commands import invoke
from workshop.bisect import evaluator
from workshop.bisect.evaluate import Evaluation, of_value
from workshop.matrix import interpreters
from workshop.matrix.virtualenvs import NotBuilt
from workshop.verification.engine import Engine

World = Callable[..., list[str]]

SENTENCE = "ch04.text05.sentence"
VERSIONS = ("3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10")
INDEX = {name: index for index, name in enumerate(VERSIONS)}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch) -> None:
    """Give each test an empty cache, all data sets and interpreters, and nothing that asks an index."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(Engine, "lacking_datasets", lambda engine, claims: (set(), set()))
    monkeypatch.setattr(
        "workshop.cli.bisect.list_versions",
        lambda library, python: ("2.4",) * (library == "keras") + VERSIONS,
    )
    monkeypatch.setattr(evaluator, "build", lambda python, lock: Path(lock[0]))
    monkeypatch.setattr(interpreters, "_list_candidates", lambda version: [f"python{version}"])
    monkeypatch.setattr(interpreters, "_probe", lambda command, version: command)


@pytest.fixture
def world(monkeypatch) -> World:
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
        monkeypatch.setattr("workshop.cli.bisect.evaluate", evaluate)
        return asked

    return make


def seeded(loss: float, length: float = 1.0) -> tuple[None, object]:
    """Return what repeating a seed gives: numbers and tolerances of a loss, and of a chaotic number."""
    names = "ch04.act02:train loss", "ch04.act02:train length"
    return None, [dict(zip(names, pair, strict=True)) for pair in ((loss, length), (0.01, float("inf")))]


def before(version: str) -> Callable[[str], bool]:
    """Return whether a version is older than this one."""
    return lambda other: INDEX[other] < INDEX[version]


def interrupt(version: str) -> str:
    """Stop as with Ctrl-C."""
    raise KeyboardInterrupt


def no_uv(*_: object) -> tuple[str, ...]:
    """Miss what builds environments."""
    raise NotBuilt("uv, which builds the environments, is not here: pip install uv")


DRAWS = ("ch04.act02.phrase_own", "--library", "nltk")
OLD, MIXED = ("1.26", "1.26"), ("1.26", "2.0")  # NumPy before the change and after it
# what a version gives, what is asked, and the versions of NumPy if they are not 2.0
SEARCHES: dict[str, tuple[Any, ...]] = {
    "it no longer holds": (lambda v: (before("3.8")(v), v), (SENTENCE,)),
    "it holds, with another value": (lambda v: (True, 1.0 if before("3.6")(v) else 1.25), (SENTENCE,)),
    "nothing changes": (lambda _: (True, 1.0), (SENTENCE, "--issue")),
    "a seed gives other numbers": (lambda v: seeded(0.5 if before("3.7")(v) else 0.75), DRAWS),
    "a seed is rounded otherwise": (lambda v: seeded(0.5 + 0.001 * INDEX[v], INDEX[v]), DRAWS),
    "the ends are given": (lambda v: (before("3.7")(v), 1), (SENTENCE, "--from", "3.6", "--to", "3.8")),
    "the first can't be decided": (lambda v: "it raised" if v == "3.5" else (True, 1), (SENTENCE,)),
    "the last can't be decided": (lambda v: "it raised" if v == "3.9" else (True, 1), (SENTENCE,)),
    "the text of an issue": (lambda v: (before("3.8")(v), v), (SENTENCE, "--issue"), OLD),
    "the neighbours have another NumPy": (lambda v: (before("3.8")(v), 1), (SENTENCE,), MIXED),
    "it is interrupted": (interrupt, (SENTENCE,)),
}
# what is replaced while a version gives its name
REPLACED: dict[str, tuple[str, Callable[..., Any]]] = {
    "it depends on the clock": ("workshop.cli.bisect.takes_time", lambda _: True),
    "uv is missing": ("workshop.cli.bisect.list_versions", no_uv),
    "a data set is missing": (
        "workshop.verification.engine.Engine.lacking_datasets", lambda *_: ({"nltk_punkt"}, set())
    ),
}  # fmt: skip
WRONG = f"""
{SENTENCE} --library gensim
ch04.act02.phrase_own
ch03.ex03.train_accuracy
{SENTENCE} --from 3.5.1
{SENTENCE} --to 3.5
ch07.ex05.lr_heeded --from 2.2
ch07.ex05.lr_heeded --library keras --from 2.4
"""


def test_a_search_reads_as_written(golden, world, monkeypatch):
    def said(give: Any, words: Sequence[str], numpy: tuple[str, str] = ("2.0", "2.0")) -> str:
        asked = world(give, numpy)
        result = invoke("bisect", *words)
        found = f"{result.stdout}standard error:\n{result.stderr}"
        return f"{found}asked: {' '.join(asked)}\nexit code {result.exit_code}"

    texts = {name: said(*search) for name, search in SEARCHES.items()}
    texts |= {words: said(lambda v: (True, v), words.split()) for words in WRONG.strip().splitlines()}
    for name, (target, instead) in REPLACED.items():
        with monkeypatch.context() as patch:
            patch.setattr(target, instead)
            texts[name] = said(lambda v: (True, v), (SENTENCE,))
    golden("searches.txt", texts)
