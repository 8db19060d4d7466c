"""A lint of the wiring: every field of an outcome has a reader, or is named among its unit's extras."""

from __future__ import annotations

import ast
import inspect
import textwrap

from tests.toy.bench import FIT_AND_SCORE, Bench
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.ledger import Ledger, ledger
from workshop.units import Part


def unread(units: Catalogue, claims: Ledger) -> list[str]:
    """Return a message for each field that nobody reads or two parts return, and for each stale extra."""
    read = {
        (measure.unit, measure.field)
        for claim in claims.claims.values()
        for measure in (*claim.measures().values(), *claim.shown_next_to().values())
    }
    for part in (part for parts in units.parts.values() for part in parts):
        read |= fields_read(part)
    messages = set()
    for unit, parts in units.parts.items():
        extras = set(claims.units[unit].extras) if unit in claims.units else set()
        fields = [field for part in parts for field in part.outcome_fields()]
        for name in fields:
            if (unit, name) not in read and name not in extras:
                messages.add(
                    f"{unit}: nothing reads field {name!r}: drop it, or name it in the unit's `extras`"
                )
            if fields.count(name) > 1:
                messages.add(f"{unit}: field {name!r} is returned by two parts: keep one")
        for name in extras - set(fields):
            messages.add(f"{unit}: extra {name!r} is not a field of its outcome: drop it")
    return sorted(messages)


def fields_read(part: Part) -> set[tuple[str, str]]:
    """Return the (unit, field) pairs that a function reads from the outcomes it takes."""
    parameters = {unit.replace(".", "_"): unit for unit in part.units}
    tree = ast.parse(textwrap.dedent(inspect.getsource(part.function))) if parameters else ast.Module([], [])
    return {
        (parameters[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in parameters
    }


def test_every_outcome_field_of_the_package_has_a_reader() -> None:
    """Each field is read by a claim or a unit, or the ledger names it as an extra."""
    assert unread(catalogue(chapter.id for chapter in ledger().chapters), ledger()) == []


def test_a_field_is_read_by_a_claim_or_another_unit_or_named_as_an_extra(bench: Bench) -> None:
    """There is no message as long as every field has a reader."""
    units = bench.units(FIT_AND_SCORE)
    claims = [
        {"id": "ch09.ex01.loss", "needs": ["toy_data"]},
        {"id": "ch09.ex02.other", "measure": "ch09.ex01.loss"},
    ]
    assert unread(units, bench.claims(*claims, extras={"ch09.ex02": ["accuracy"]})) == []
    assert unread(units, bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"})) == []


def test_a_field_that_nothing_reads_is_reported(bench: Bench) -> None:
    """The message names unit, field and remedies."""
    units = bench.units(FIT_AND_SCORE)
    messages = unread(units, bench.claims({"id": "ch09.ex02.accuracy"}))
    assert messages == ["ch09.ex01: nothing reads field 'loss': drop it, or name it in the unit's `extras`"]


def test_an_extra_that_is_no_field_is_reported(bench: Bench) -> None:
    """A stale name among the extras is found."""
    units = bench.units(FIT_AND_SCORE)
    claims = bench.claims(
        {"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"}, extras={"ch09.ex01": ["gone"]}
    )
    assert unread(units, claims) == ["ch09.ex01: extra 'gone' is not a field of its outcome: drop it"]


def test_a_field_that_two_parts_return_is_reported(bench: Bench) -> None:
    """The fields of a unit's parts are disjoint."""
    units = bench.units(
        FIT_AND_SCORE + '\n@unit("ch09.ex02", value="accuracy")\ndef again() -> float:\n    return 1.0\n'
    )
    messages = unread(units, bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"}))
    assert messages == ["ch09.ex02: field 'accuracy' is returned by two parts: keep one"]
