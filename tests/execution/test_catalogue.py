"""Claims, outcome fields and functions fit together, or one message says which do not."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import ast
import re
from dataclasses import make_dataclass
from pathlib import Path

import pytest

from tests.toy.bench import FIT_AND_SCORE
from workshop.execution import catalogue as catalogues
from workshop.execution.catalogue import Catalogue, WiringError, arrange, catalogue
from workshop.ledger import Claim, ledger
from workshop.paths import Measure
from workshop.units import Part

ROOT = Path(__file__).parents[2]
IMPLEMENTED = ("ch01", "ch02", "ch03", "ch04", "ch05", "ch06", "ch07")


def needed(units: Catalogue, claim: Claim) -> set[str]:
    """Return the data sets that a claim's quantities need."""
    return units.needed(units.owners(claim.measures().values(), claim.id))


def test_a_claim_whose_field_the_outcome_does_not_have_is_one_clear_error(bench):
    bench.units(FIT_AND_SCORE)
    bench.claims({"id": "ch09.ex01.lost"})
    with pytest.raises(WiringError) as caught:
        bench.verify()
    message = str(caught.value)
    assert "\n" not in message
    for part in ("ch09.ex01.lost", "ch09.ex01", "'lost'", "loss, weights", "`measure`"):
        assert part in message


def test_a_claim_on_a_unit_without_a_function_is_one_clear_error(bench):
    bench.units(FIT_AND_SCORE)
    bench.claims({"id": "ch09.ex07.loss"})
    with pytest.raises(WiringError, match=r"ch09.ex07.loss: no function is declared @unit\('ch09.ex07'\)"):
        bench.verify()


def test_data_sets_are_resolved_through_the_units_taken(bench):
    units = bench.units(FIT_AND_SCORE)
    ledger = bench.claims({"id": "ch09.ex02.accuracy"})
    assert needed(units, ledger.claims["ch09.ex02.accuracy"]) == {"toy_data"}


NUMBERED = """
@unit("ch09.text01", value="a")
def exercise_9_01_model(toy_data) -> int: ...

@unit("ch09.text01", value="a")
def exercise_9_011(more_data) -> int: ...

@unit("ch09.ex01", value="a")
def fit(ch09_act01) -> int: ...

@unit("ch09.act01", value="a")
def activity_9_01(other_data) -> int: ...
"""


def test_the_code_of_a_unit_is_found_by_id_and_by_number(bench):
    units = bench.units(NUMBERED)

    names = [[name for names in units.code(f"ch09.{own}").values() for name in names]
             for own in ("ex01", "act01", "text01", "ex02")]  # fmt: skip

    assert names == [
        ["fit", "exercise_9_01_model"],
        ["activity_9_01"],
        ["exercise_9_01_model", "exercise_9_011"],
        [],
    ]
    assert units.needed(units.named("ch09.ex01")) == {"toy_data", "other_data"}


@pytest.mark.parametrize("unit", ledger().units)
def test_the_code_of_each_unit_is_in_the_package(unit):
    code = catalogue(IMPLEMENTED).code(unit)

    assert code or ".text" in unit
    for file, names in code.items():
        body = ast.parse((ROOT / file).read_text("utf-8")).body
        assigned = (target for each in body if isinstance(each, ast.Assign) for target in each.targets)
        made = {name.id for target in assigned for name in ast.walk(target) if isinstance(name, ast.Name)}
        defined = {each.name for each in body if isinstance(each, ast.FunctionDef)}
        assert set(names) <= defined | made


ONE = "@dataclass(frozen=True)\nclass A:\n    a: int\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (ONE + '@unit("ch09.ex01")\ndef f(ch09_ex02) -> A: ...\n@unit("ch09.ex02")\ndef g(ch09_ex01) -> A: ...\n',
         "units take each other's outcomes"),
        (ONE + '@unit("ch09.ex01")\ndef f(ch09_ex02) -> A: ...\n',
         "ch09.ex01 takes the outcome of ch09.ex02, which no function is declared to be: write it"),
    ],
)  # fmt: skip
def test_outcomes_that_can_not_be_had_are_a_clear_error(bench, source, message):
    with pytest.raises(WiringError, match=re.escape(message)):
        bench.units(source)


@pytest.mark.parametrize("unit", ledger().units)
def test_the_needs_of_each_claim_are_what_its_function_resolves_to(unit):
    units, claims = catalogue(IMPLEMENTED), [c for c in ledger().select([unit]) if c.rule.needs_run]
    assert {c.id: set(c.needs) for c in claims} == {c.id: needed(units, c) for c in claims}


def part(unit: str, name: str, *needs: str, uses: tuple[str, ...] = ()) -> Part:
    """Return a part whose outcome has a field of its name."""

    def function() -> None: ...

    function.Outcome = make_dataclass("Outcome", [name], frozen=True)  # type: ignore[attr-defined]
    return Part(
        unit, name, function, needs, {}, False, uses, f"workshop.measures.{unit[:4]}_toys.{name}", "value"
    )


PARTS = (
    part("ch09.ex01", "exercise_9_01", "ch09_ex02", "iris", uses=("keras",)),
    part("ch09.ex01", "helper", "ch09_text01"),
    part("ch09.ex02", "exercise_9_02", "seed", "mnist", uses=("numpy",)),
    part("ch09.text01", "exercise_9_01_again"),
    part("ch09.act01", "activity_9_01", "ch09_ex01"),
    part("ch09.ex10", "exercise_9_010"),
)


def test_what_parts_rest_on():
    made = arrange(PARTS)
    assert [each.name for each in made.with_upstream(made.parts["ch09.act01"])] == [
        "activity_9_01", "exercise_9_01", "helper", "exercise_9_02", "exercise_9_01_again",
    ]  # fmt: skip
    assert made.libraries("ch09.act01") == {"keras", "numpy"}
    assert made.needed(made.parts["ch09.act01"]) == {"iris", "mnist"}
    assert [made.stochastic(each) for each in PARTS] == [True, False, True, False, True, False]
    loss = [Measure(each.unit, each.name, ()) for each in (*PARTS[:2], PARTS[0])]
    assert made.owners(loss, "a claim") == [PARTS[0], PARTS[1]]
    assert made.needed(made.owners(loss[1:2], "a claim")) == set()
    with pytest.raises(WiringError, match=r"^a claim: .* has no field 'x' \(it has exercise_9_01, helper\)"):
        made.owners([Measure("ch09.ex01", "x", ())], "a claim")


def test_chapters_whose_outcomes_are_taken_are_loaded(monkeypatch):
    chapters = {"ch09": PARTS, "ch08": (part("ch08.ex01", "x", "ch09_ex10"),), "ch07": ()}
    monkeypatch.setattr(catalogues, "_chapter_parts", chapters.pop)
    assert {*catalogue(["ch08"]).parts} == {each.unit for each in PARTS} | {"ch08.ex01"}
    assert {*chapters} == {"ch07"}


def test_functions_that_bear_a_units_number():
    made = arrange((PARTS[1], PARTS[0], *PARTS[2:]))
    assert [each.name for each in made.named("ch09.ex01")] == [
        "exercise_9_01",
        "helper",
        "exercise_9_01_again",
    ]
    assert [each.name for each in made.named("ch09.text01")] == ["exercise_9_01_again"]
    assert [each.name for each in made.named("ch09.act01")] == ["activity_9_01"]
    assert made.code("ch09.ex02") == {"workshop/measures/ch09_toys/exercise_9_02.py": ["exercise_9_02"]}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (part("ch09.ex01", "helper"), "ch09.ex01:helper: two functions of the unit have this name"),
        (part("ch09.ex03", "x", "ch09_ex01", "ch09_ex99"), "ch09.ex03 takes the outcome of ch09.ex99"),
        (
            part("ch09.ex03", "x", *(f"ch09_ex{n}" for n in range(99, 81, -1))),
            "takes the outcome of ch09.ex82",
        ),
        (part("ch09.ex02", "y", "ch09_act01"), "units take each other's outcomes: "),
        (
            part("ch09.ex04", "z", "seeds", "ch09_text01", "ch09_ex01"),
            "and the outcome of ch09.ex01, which differs",
        ),
    ],
)
def test_parts_that_do_not_fit_together(more, why):
    with pytest.raises(WiringError, match=re.escape(why)):
        arrange([*PARTS, more])
