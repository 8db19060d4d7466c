"""A lint of the wiring: every field of an outcome has a reader."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection

from tests.toy.bench import FIT_AND_SCORE
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.figures.registry import sketches
from workshop.ledger import Ledger, ledger
from workshop.units import Part

RECORDER = {"mishap"}  # what a recorded run asks every outcome for
REPEATED = {"plain_loss", "base_passes", "mean_test_output"}  # recorded seeds still have them


def unread(units: Catalogue, claims: Ledger, shown: Collection[str] = ()) -> list[str]:
    """Return a message for each field whose name nobody reads, or that two parts return.

    `shown` : names that figures read.
    """
    parts = [part for parts in units.parts.values() for part in parts]
    read = RECORDER | REPEATED | {*shown} | {name for part in parts for name in fields_read(part)}
    for claim in claims.claims.values():
        read |= {m.field for m in (*claim.measures().values(), *claim.shown_next_to().values())}
    messages = set()
    for unit, own in units.parts.items():
        fields = [field for part in own for field in part.outcome_fields()]
        for name in fields:
            if name not in read:
                messages.add(f"{unit}: nothing reads field {name!r}: drop it")
            if fields.count(name) > 1:
                messages.add(f"{unit}: field {name!r} is returned by two parts: keep one")
    return sorted(messages)


def fields_read(part: Part) -> set[str]:
    """Return the fields that a function reads from the outcomes it takes."""
    parameters = {unit.replace(".", "_") for unit in part.units}
    tree = ast.parse(textwrap.dedent(inspect.getsource(part.function))) if parameters else ast.Module([], [])
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in parameters
    }


def test_every_outcome_field_of_the_package_has_a_reader():
    paths = [path for drawn in sketches().values() for sketch in drawn for path in sketch.paths]
    shown = {path.partition(".")[0] for path in paths}
    assert unread(catalogue(chapter.id for chapter in ledger().chapters), ledger(), shown) == []


def test_a_field_is_read_by_a_claim_another_unit_or_a_figure(bench):
    units = bench.units(FIT_AND_SCORE)
    claims = [
        {"id": "ch09.ex01.loss", "needs": ["toy_data"]},
        {"id": "ch09.ex02.other", "measure": "ch09.ex01.loss"},
    ]
    assert unread(units, bench.claims(*claims), ["accuracy"]) == []
    assert unread(units, bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"})) == []


def test_a_field_that_nothing_reads_is_reported(bench):
    units = bench.units(FIT_AND_SCORE)
    messages = unread(units, bench.claims({"id": "ch09.ex02.accuracy"}))
    assert messages == ["ch09.ex01: nothing reads field 'loss': drop it"]


def test_a_field_that_two_parts_return_is_reported(bench):
    units = bench.units(
        FIT_AND_SCORE + '\n@unit("ch09.ex02", value="accuracy")\ndef again() -> float:\n    return 1.0\n'
    )
    messages = unread(units, bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"}))
    assert messages == ["ch09.ex02: field 'accuracy' is returned by two parts: keep one"]
