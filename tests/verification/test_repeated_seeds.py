"""Repeated seeds by themselves: what is compared, what counts for a claim, and what a difference means."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.toy.claims import claim
from workshop.execution.calling import Made
from workshop.ledger import Claim
from workshop.samples.repeats import Number, PartRepeats, UnitRepeats, code_of
from workshop.verification.repeats import NotRepeated, RepeatedPart, Repetition, measured_paths, repeated

PART: Any = SimpleNamespace(module="workshop.errors", name="DataError")  # any name has a digest
HERE = {"python": "3.11", "keras": "3.5.0", "cpu": "this one"}
ELSEWHERE = {**HERE, "cpu": "another one"}
NEWER = {**ELSEWHERE, "keras": "9.0.0"}
LOSS = Number((0.5, 0.75, 1.0), rounding=0.001)
NUMBERS = {"loss": LOSS, "log[0]": Number((1.0, 2.0, 3.0), rounding=0.001), "epochs": Number((5, 5, 5))}
TODAY = {"loss": 0.5, "log": [1.0], "epochs": 5}


def part(
    numbers: dict[str, Number] | None = None,
    *,
    seeds: int = 1,
    code: str = "",
    form: str = "",
    unit: str = "ch09.ex01",
    versions: tuple[str, ...] = (),
    **keys: Any,
) -> RepeatedPart:
    """Return a part of which the first seeds, of 1, 3 and 5, are repeated."""
    jobs = [SimpleNamespace(key=f"{unit}#{i}", seeds=(2 * i + 1, 99), part=PART) for i in range(seeds)]
    recorded = PartRepeats(code or code_of(PART), form, 0.1, (1, 3, 5), numbers or NUMBERS)
    own = UnitRepeats(unit, HERE, "2026-11-27", ("avx",), versions, {"train": recorded})
    return RepeatedPart(tuple(jobs), own, recorded, **keys)  # type: ignore[arg-type]


def found(
    parts: Sequence[RepeatedPart],
    today: Sequence[dict[str, Any]] | None = None,
    environment: dict[str, str] = ELSEWHERE,
    measure: Any = None,
) -> Repetition:
    """Return what repeating shows, each seed giving today's outcome."""
    keys = [job.key for one in parts for job in one.jobs]
    outcomes = {key: Made(made, 0.1) for key, made in zip(keys, today or [TODAY] * len(keys), strict=True)}
    asking = None if measure is None else claim(0.5, rule="rounds").model_copy(update={"measure": measure})
    return repeated(parts, outcomes, environment, asking)


@pytest.mark.parametrize(
    ("environment", "how"), [(HERE, "bit for bit"), (ELSEWHERE, "within their tolerance")]
)
def test_seeds_that_repeat(environment, how):
    """On the recorded processor bit for bit, elsewhere within what was measured."""
    moved = {**TODAY, "loss": 0.5 + 0.003}
    shown = found([part()], [TODAY if environment is HERE else moved], environment)
    assert shown == Repetition(f"1 recorded seed repeated {how}", notices=True)
    if environment is HERE:
        assert found([part()], [moved], environment).failure


def test_one_seed_or_number_is_not_all_of_them():
    """Where one seed moved, not all bits are the same; a change shows in one number."""
    second = {"loss": 0.7502, "log": [2.0], "epochs": 5}
    shown = found([part(seeds=2)], [TODAY, second])
    assert shown.summary == "2 recorded seeds repeated within their tolerance"
    wild, other = (part({"loss": WILD}), {"loss": 7.0}), (part(unit="ch09.ex02"), TODAY)
    for pair in ((wild, other), (other, wild)):
        parts, today = zip(*pair, strict=True)
        assert found(parts, today, measure={"a": "loss", "b": "ch09.ex02.epochs"}).notices


def test_each_seed_has_its_own_recorded_numbers():
    """All are counted once, over all parts; first steps are named."""
    rows = [{"loss": loss, "log": [log], "epochs": 5} for loss, log in ((0.5, 1.0), (0.75, 2.0), (1.0, 3.0))]
    assert found([part(seeds=3)], rows).summary == "3 recorded seeds repeated bit for bit"
    both = [part(seeds=2), part(seeds=2, unit="ch09.ex02", form="first steps")]
    assert found(both, rows[:2] * 2).summary == "first steps of 2 recorded seeds repeated bit for bit"
    swapped = found([part(seeds=2)], rows[1::-1])
    assert [(each.path, each.seed) for each in swapped.differences] == [
        ("loss", 1), ("log[0]", 1), ("loss", 3), ("log[0]", 3),
    ]  # fmt: skip


MEANINGS = [
    # digest of the recorded code, environment, failure, why
    ("another", ELSEWHERE, True, "the code changed; if that is meant, workshop record ch09.ex01 --repeats"),
    ("", HERE, True, "neither code nor environment changed"),
    ("", ELSEWHERE, False, "this processor rounds otherwise; workshop record ch09.ex01 --repeats"),
    ("", NEWER, True, "a library changed it: workshop bisect ch09.ex01 finds the version"),
    ("another", NEWER, True, "the code changed"),
]


@pytest.mark.parametrize(("code", "environment", "failure", "why"), MEANINGS)
def test_what_a_difference_means(code, environment, failure, why):
    """Changed code, else a library, else nothing at all is a failure; another processor is none."""
    shown = found([part(code=code, versions=("keras 2.0",))], [{**TODAY, "loss": 0.625}], environment)
    assert (shown.unknown, shown.failure, shown.notices) == (False, failure, True)
    assert [each.path for each in shown.differences] == ["loss"]
    assert shown.summary.startswith("repeated seed: loss is 0.625, recorded 0.5 (seed 1")
    assert why in shown.summary


def test_the_first_part_that_differs_gives_the_meaning():
    parts = [part(), part(unit="ch09.ex02", code="another"), part(unit="ch09.ex03")]
    wrong = {**TODAY, "loss": 0.625}
    assert "the code changed" in found(parts, [TODAY, wrong, wrong]).summary
    assert found(parts, [TODAY, wrong, wrong]).failure
    assert not found(parts, [wrong, wrong, TODAY]).failure


def test_without_a_record_nothing_is_known():
    """The first part that has none says why, and the others are not compared."""
    bare = NotRepeated("ch09.ex02 has no repeats: record them")
    other = replace(bare, why="another reason")
    assert repeated([part(), bare, other], {}, ELSEWHERE, None) == Repetition(bare.why, unknown=True)


def test_other_versions_have_their_own_tolerance():
    """It is wider than that of the recorded versions, and even wider for one that nobody has measured."""
    wide = part({**NUMBERS, "loss": replace(LOSS, versions=0.01)}, versions=("keras 9.0.0",))
    moved = [{**TODAY, "loss": 0.53}]
    assert found([wide], moved, NEWER).summary == "1 recorded seed repeated within their tolerance"
    assert found([wide], moved, ELSEWHERE).differences
    shown = found([part()], [{**TODAY, "loss": 0.515}], NEWER)
    text = "loss is 0.515, recorded 0.5 (seed 1, 3.8 times the tolerance of 4.0e-03)"
    summary = f"1 recorded seed repeated, moved by rounding (an unmeasured version): {text}"
    assert shown == Repetition(summary, notices=True, rounding=text)
    assert found([part()], moved, NEWER).failure
    assert found([part(code="another")], [{**TODAY, "loss": 0.515}], NEWER).failure


def test_the_result_that_a_library_moved_first_is_named_once():
    """The command is that of the claim whose number comes first; the others name it."""

    def of(name: str, measure: str) -> Claim:
        toy = claim(0.5, rule="rounds").model_copy(update={"measure": measure})
        return toy.model_copy(update={"id": f"ch09.ex01.{name}"})

    log, loss = of("log", "log"), of("loss", "loss")
    moved = {"loss": 0.9, "log": [9.0], "epochs": 5}
    made = {"ch09.ex01#0": Made(moved, 0.1)}
    shown = [repeated([part()], made, NEWER, one, (log, loss)) for one in (log, loss)]
    assert [one.first for one in shown] == ["ch09.ex01.loss"] * 2
    neither = repeated(
        [part()], {"ch09.ex01#0": Made({**moved, "log": TODAY["log"]}, 0.1)}, NEWER, None, (log,)
    )
    assert (neither.first, neither.failure) == ("", True)
    assert neither.summary.endswith(": a library changed it: workshop bisect ch09.ex01.log finds the version")
    assert shown[0].summary.endswith(": a library changed it, and moved ch09.ex01.loss first")
    assert shown[1].summary.endswith(
        ": a library changed it: workshop bisect ch09.ex01.loss finds the version"
    )


WILD = Number((0.5, 0.75, 1.0), rounding=9.0)


def test_chaotic_numbers_are_left_out_and_counted():
    """What differs of them shows nothing, but for the recorded processor."""
    wild = part({**NUMBERS, "loss": WILD})
    moved = [{**TODAY, "loss": 7.0}]
    shown = found([wild], moved)
    assert shown == Repetition(
        "1 recorded seed repeated within their tolerance, 1 chaotic numbers left out", notices=True
    )
    assert not found([wild], moved, measure="loss").notices
    assert found([wild], moved, measure="log").notices
    assert "chaotic" not in found([wild], moved, measure="log").summary
    assert found([wild], moved, HERE).failure


def test_a_unit_whose_numbers_are_all_chaotic_repeats_nothing():
    """If no claim asks for them. What no seed moves does not count; the recorded processor repeats all."""
    wild = {"loss": WILD, "epochs": Number((5, 5, 5))}
    today = [{"loss": 7.0, "epochs": 5}]
    shown = found([part(wild)], today)
    why = (
        "every number of ch09.ex01 that seeds move is chaotic: "
        "only a processor like the recorded one shows a change"
    )
    assert shown == Repetition(why, unknown=True)
    assert not found([part(wild)], [{"loss": 0.5, "epochs": 5}], HERE).unknown
    assert not found([part(wild)], today, measure="loss").unknown
    assert not found([part({"epochs": Number((5, 5, 5))})], [{"epochs": 5}]).unknown
    by_version = {"loss": replace(LOSS, versions=9.0)}
    assert found([part(by_version, versions=("keras 2.0",))], [{"loss": 0.5}], NEWER) == Repetition(
        why, unknown=True
    )
    assert not found([part(by_version)], [{"loss": 0.5}]).unknown


def test_only_what_a_claim_measures_counts_for_it():
    """Of its own unit; without a claim every number counts, and those that are missing or new."""
    wrong = [{**TODAY, "epochs": 4, "extra": 1}]
    assert found([part()], wrong, measure="loss").differences == ()
    assert [each.path for each in found([part()], wrong, measure="epochs").differences] == ["epochs"]
    assert [each.path for each in found([part()], wrong).differences] == ["epochs", "extra"]
    elsewhere = [part(), part(unit="ch09.ex02")]
    assert found(elsewhere, [TODAY, {**TODAY, "loss": 0.625}], measure="loss").differences == ()
    assert found(elsewhere, [TODAY, {**TODAY, "loss": 0.625}]).differences
    assert found([part()], [{"log": [1.0], "epochs": 5}], measure="loss").differences[0].today is None


def test_a_gpu_without_a_tolerance_of_its_own_concludes_nothing():
    """How far it is from the CPU's numbers is shown."""
    fair = found([part(provisional=True)])
    assert (fair.differences, fair.failure, fair.notices) == ((), False, False)
    assert fair.unknown
    assert fair.summary.startswith(
        "provisional: no number leaves the CPU's tolerance; on a GPU, workshop record"
    )
    wrong = {**TODAY, "loss": 0.625, "epochs": 4}
    for parts in ([part(provisional=True)], [part(provisional=True), part(unit="ch09.ex02")]):
        shown = found(parts, [wrong, *([TODAY] * (len(parts) - 1))])
        assert (shown.differences, shown.failure) == ((), False)
        assert "2 numbers leave the CPU's tolerance, first loss is 0.625" in shown.summary
        assert shown.summary.endswith("workshop record ch09.ex01 --repeats measures its own")


PATHS = [
    "log[0].loss",
    "log[0].accuracy",
    "log[10].loss",
    "logs",
    "scores.shape",
    "scores.mean",
    "tree[1].mean",
    "tree.rms",
    "epochs",
]


@pytest.mark.parametrize(
    ("steps", "paths"),
    [
        ("epochs", ["epochs"]),
        ("log[0].loss", ["log[0].loss"]),
        ("log[0]", ["log[0].loss", "log[0].accuracy"]),
        ("log", ["log[0].loss", "log[0].accuracy", "log[10].loss"]),
        ("log[-1].loss", ["log[0].loss", "log[0].accuracy", "log[10].loss"]),
        ("log[1:4]", ["log[0].loss", "log[0].accuracy", "log[10].loss"]),
        ("log[:, 0]", ["log[0].loss", "log[0].accuracy", "log[10].loss"]),
        ("lo", []),
        ("scores[3][4]", ["scores.shape", "scores.mean"]),
        ("tree[1][2]", ["tree[1].mean"]),
        ("tree[2][2]", ["tree[1].mean", "tree.rms"]),
        ("nothing", []),
    ],
)
def test_the_paths_that_a_claim_measures(steps, paths):
    """Its own, else those of the nearest whole that has some."""
    (measure,) = claim(0.5, measure=steps, rule="rounds").measures().values()
    assert measured_paths(measure, PATHS) == paths
