"""States of exercises and of whole files, from made-up judgements and runs."""

import math
from typing import Any

import numpy as np
import pytest

from workshop.checking.checks import Report, UnitCheck, Unread, _as_shown, _stuck
from workshop.checking.judging import TypedNumber, ValueJudgement, _inside, each_p, left_out_of_joint
from workshop.checking.notebook.cells import CellError
from workshop.checking.notebook.values import Shown
from workshop.statistics.own_number import Known, Placed, ok_of
from workshop.statistics.scales import Scale

LOG, IDENTITY = Scale("log"), Scale()


def judged(state: Any, verdict: Any = "an ordinary run") -> ValueJudgement:
    """Return a judgement in this state."""
    return ValueJudgement("ch02.ex04.accuracy", "", "", "", state, verdict, ("",))


@pytest.mark.parametrize(
    ("states", "together", "other", "state"),
    [
        ("✔✔", "✔", {}, "✔"), ("✔?", "✔", {}, "✔"), ("✔?", "–", {}, "?"), ("✔?", "?", {}, "?"),
        ("✔–", "–", {}, "✔"), ("–", "–", {}, "–"),
        ("✔≠", "✔", {}, "≠"),
        ("✔", "✘", {}, "✘"), ("✔", "✔", {"edits": ("a",)}, "✘"), ("✔", "✔", {"learned": False}, "✘"),
    ],
)  # fmt: skip
def test_the_state_of_an_exercise(states: str, together: Any, other: dict[str, Any], state: str) -> None:
    unit = UnitCheck("ch02.ex04", tuple(map(judged, states)), together=together, **other)
    assert unit.state == state
    assert ok_of(unit.state) == {"✔": True, "≠": True, "✘": False}.get(state)


FAILED, WARNED = CellError(1, known=True, sentence=""), CellError(1, known=True, sentence="", failed=False)


@pytest.mark.parametrize(
    ("states", "other", "state", "judged_any"),
    [
        ("", {}, "–", False), ("–", {}, "–", False), ("✔", {}, "✔", True), ("✔?", {}, "?", True),
        ("✔", {"errors": (WARNED,)}, "✔", True), ("✔", {"errors": (WARNED, FAILED)}, "✘", True),
        ("", {"errors": (FAILED,)}, "✘", True), ("", {"errors": (WARNED,)}, "–", False),
        ("✔", {"unread": (Unread("line 1", "why"),)}, "✘", True), ("", {"problem": "broken"}, "✘", False),
    ],
)  # fmt: skip
def test_the_state_of_a_file(states: str, other: dict[str, Any], state: str, judged_any: bool) -> None:
    report = Report("a", tuple(UnitCheck("ch02.ex04", (judged(each),)) for each in states), **other)
    assert (report.state, report.judged) == (state, judged_any)
    assert [each.state for each in report.judgements] == [*states]


def test_what_is_no_number_is_not_judged() -> None:
    """Though it is wrong."""
    assert not Report("a", (UnitCheck("ch02.ex04", (judged("✘", "no number"),)),)).judged


def typed(mine: float, *runs: float, scale: Any = LOG) -> TypedNumber:
    """Return a number next to its runs."""
    return TypedNumber("", Shown(f"{mine}"), Known(runs=runs), scale)


@pytest.mark.parametrize(
    ("losses", "accuracies", "classes", "stuck"),
    [
        ((1.0, 1.0, 1.0), (), 2, True),
        ((200.0, 200.0, 199.0), (), 2, True),
        ((200.0, 200.0, 198.9), (), 2, False),
        ((0.693, 0.6793), (0.5, 0.575), 2, True),  # 0.98 ln 2, and 0.15 of the way from 0.5 to 1
        ((0.693, 0.6792), (0.5, 0.5), 2, False),
        ((0.693, 0.693), (0.5, 0.576), 2, False),
        ((2.3, 2.26), (0.1, 0.234), 10, True),
        ((2.3, 2.25), (0.1, 0.1), 10, False),
        ((2.3, 2.3), (0.1, 0.236), 10, False),
        ((9.0, 4.7), (0.01, 0.157), 120, True),
    ],
)
def test_whether_a_training_is_stuck(losses: Any, accuracies: Any, classes: int, stuck: bool) -> None:
    assert _stuck(classes, losses, accuracies) == stuck


def test_the_p_of_numbers_is_their_share_of_runs_as_far_out() -> None:
    runs = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8]
    far, near = typed(9.0, *runs, scale=IDENTITY), typed(1.4, *runs, scale=IDENTITY)
    assert each_p([far])[-1] == 0.1
    assert each_p([far, far]).tolist() == each_p([far]).tolist()
    assert each_p([near])[-1] == 1.0
    assert each_p([near, far])[-1] == 0.1
    assert each_p([typed(9.0, *runs[:4], scale=IDENTITY)]).tolist() == [1.0] * 5
    assert each_p([typed(9.0, *runs[:5], scale=IDENTITY)])[-1] == pytest.approx(1 / 6)
    assert each_p([typed(1.0, *[1.0] * 9, scale=IDENTITY)]).tolist() == [1.0] * 10
    assert each_p([typed(math.inf, *[1.0] * 9, scale=IDENTITY)])[-1] == 0.1
    assert each_p([]).tolist() == [1.0]
    for off in (math.inf, math.nan):
        assert each_p([typed(off, *runs)]).tolist() == each_p([typed(9.0, *runs)]).tolist()
    assert each_p([typed(0.0, *runs)])[-1] == 0.1


def test_the_p_of_several_numbers_is_that_of_the_third_nearest_run() -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        runs, mine = rng.normal(size=(2, 21)), rng.normal(size=2) * 2
        numbers = [typed(mine[0], *runs[0], scale=IDENTITY), typed(mine[1], *runs[1][:20], scale=IDENTITY)]
        columns = []
        for its, own in zip(runs, mine, strict=True):
            ordered = sorted([*its[:20], own])
            columns.append([value / (ordered[15] - ordered[5]) for value in (*its[:20], own)])
        points = list(zip(*columns, strict=True))
        third = [sorted(math.dist(one, other) for other in points)[3] for one in points]
        shares = [sum(other >= one for other in third) / 21 for one in third]
        assert each_p(numbers).tolist() == pytest.approx(shares)


def test_what_a_scale_can_not_take_is_moved_to_its_edge() -> None:
    assert _inside(np.array([0.0, 4.0, 2.0, math.inf]), LOG).tolist() == [1.0, 4.0, 2.0, math.inf]
    assert _inside(np.array([-1.0, 0.0]), LOG).tolist() == [0.5, 0.5]
    shares = np.array([-1.0, 0.0, 50.0, 100.0, math.inf])
    assert _inside(shares, Scale("logit", whole=100.0)).tolist() == [1e-3, 1e-3, 50.0, 99.999, math.inf]
    assert _inside(shares, Scale("logit", 9, 100.0)).tolist() == shares.tolist()


@pytest.mark.parametrize(
    ("placed", "beyond"),
    [
        (Placed("equals the printed value"), True),
        (Placed("equals the printed value", as_far=1), False),
        (Placed("beyond all runs"), False),
    ],
)
def test_a_print_that_no_run_reaches(placed: Any, beyond: bool) -> None:
    assert left_out_of_joint(placed) == beyond


def test_values_as_they_are_printed() -> None:
    value = {1: [True, None, 0.5, "84.6", " a "], "b": np.array([1, 2])}
    shown = _as_shown(value, [20], percent=False)
    assert shown == {"1": [True, None, 0.5, 84.6, "a"], "b": [1, 2]}
    texts = [getattr(each, "text", each) for each in (*shown["1"], *shown["b"])]
    assert texts == [True, None, "0.5", "84.6", "a", "1", "2"]
    assert _as_shown("84.6%", [1], percent=True) != _as_shown("0.5", [1], percent=True)
    for many, room in (([1, 2], 2), (np.zeros(10_001), 99_999)):
        with pytest.raises(ValueError, match="more than 10,000 parts"):
            _as_shown(many, [room], percent=False)
    assert _as_shown([1, 2], [3], percent=False) == [1, 2]
    with pytest.raises(ValueError, match="too large"):
        _as_shown(10**30 + 1, [1], percent=False)
    assert _as_shown(10**30, [1], percent=False) == 1e30
