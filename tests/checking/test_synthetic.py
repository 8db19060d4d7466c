"""The authors' values, in the shapes that Keras 2.2 to 3.15 print, are read back, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.checking.synthetic import UNITS
from tests.checking.written import ERAS, printed, write_unit
from workshop.checking.notebook.cells import Cell, read_notebook
from workshop.checking.notebook.readings import Readings, read_claims
from workshop.checking.notebook.values import Shown as Number
from workshop.ledger import ledger
from workshop.ledger.values import is_number, named_leaves

# what the authors' notebooks show without a number or word to compare: pictures, and what the code says
PICTURES = ("plot", "grid", "scatter", "fake_before", "generated", "noisier", "initial_range", "progress")
OTHERS = ("slower", "faster", "speed", "time_classes", "overfit", "print_", "params_setup", "probability")


# printed in a form that is not read: rows without their index, and numbers between zeros
NOT_READ = {"ch05.text01.tail", "ch06.text03.x_train_5_padded"}
# what exercise 4.01 prints, for which it is taken
REPEATED = {"ch04.text07.input", "ch04.ex02.input", "ch04.ex03.input"}
# by unit and era: the claims whose values a notebook shows, its cells, and what is read of it
Shown = dict[tuple[str, str], tuple[set[str], tuple[Cell, ...], Readings]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Return what is shown and read of all units in all eras."""
    path = tmp_path_factory.mktemp("notebooks") / "reader.ipynb"

    def read(unit: str, era: str) -> tuple[set[str], tuple[Cell, ...], Readings]:
        claims = set(write_unit(unit, era, path))
        cells = read_notebook(path)
        return claims, cells, read_claims(cells)

    return {(unit, era): read(unit, era) for unit in UNITS for era in ERAS}


def _quantity(claim: str) -> str:
    """Return what a claim measures: the book prints some quantities in several exercises."""
    measures = ledger().claims[claim].measures()
    return " ".join(map(str, measures.values())) or claim


def _alike(mine: Any, printed: Any) -> bool:
    """Whether a number is the printed one, or a word that or the class in it: `vgg16 (Model)`."""
    if is_number(printed):
        return is_number(mine) and abs(mine - printed) <= 6e-5
    return bool(mine == printed) or str(mine) in str(printed).split(" ")[0] or f"({mine})" in str(printed)


def _wrong(shown: Shown) -> Iterator[str]:
    for (unit, era), (claims, _, read) in shown.items():
        for reading in read.readings:
            own = dict(named_leaves(printed(reading.claim)))
            mine = dict(named_leaves(reading.value))
            partly = reading.claim.name == "training_setup" or "_top" in reading.claim.name
            for path, leaf in own.items():
                if not (_alike(mine[path], leaf) if path in mine else partly):
                    yield f"{era} {reading.claim.id}.{path}: {mine.get(path)} for {leaf}"
            if _quantity(reading.claim.id) not in map(_quantity, claims):
                yield f"{era} {unit}: {reading.claim.id} is not there"


def test_all_values_are_matched_but_two(shown: Shown) -> None:
    """In each shape that Keras printed; only the cells with those two are left over.

    Claims that say something else of a value are, too.
    """
    lost, left = set(), set()
    for (unit, era), (claims, _, read) in shown.items():
        lost |= {(claim, era) for claim in claims - {reading.claim.id for reading in read.readings}}
        left |= {(unit, era)} if read.unmatched else set()
    assert lost == {(claim, era) for claim in NOT_READ | REPEATED for era in ERAS}
    assert left == {(claim.rpartition(".")[0], era) for claim in NOT_READ for era in ERAS}


def test_a_value_stands_in_the_cell_that_is_named(shown: Shown) -> None:
    """With all its digits; settings may be variables of earlier cells."""
    for _, cells, read in shown.values():
        for reading in read.readings:
            cell = cells[reading.cell - 1]
            text = f"{cell.stdout}\n{cell.result}".replace(",", "")
            numbers = [leaf.text for _, leaf in named_leaves(reading.value) if isinstance(leaf, Number)]
            is_setting = reading.claim.name == "training_setup"
            assert is_setting or all(number in text for number in numbers), reading.claim.id


def test_the_code_of_a_training_is_the_books(shown: Shown) -> None:
    """What a training shows has the book's own code, and the rest has none."""
    for _, cells, read in shown.values():
        trained = any("model.fit(" in cell.code for cell in cells)
        for reading in read.readings:
            assert reading.edits == ()
            assert reading.code in ({"", "same"} if trained else {""})
        assert trained == any(reading.code == "same" for reading in read.readings)


def test_no_value_is_matched_with_another_claim(shown: Shown) -> None:
    """A reading has its claim's own numbers, and belongs to a claim whose value the notebook shows."""
    assert list(_wrong(shown)) == []


def test_a_wrong_match_would_be_noticed(shown: Shown) -> None:
    """The check of wrong matches has teeth: without one claim's value its reading is wrong."""
    key = ("ch05.ex04", "3")
    claims, cells, read = shown[key]

    assert list(_wrong({key: (claims - {"ch05.ex04.test_rmse"}, cells, read)})) == [
        "3 ch05.ex04: ch05.ex04.test_rmse is not there"
    ]


def test_the_notebooks_show_what_can_be_shown(shown: Shown) -> None:
    """Nine in ten of the notebook values that are printed as text are in one of the notebooks."""
    there = {claim for claims, *_ in shown.values() for claim in claims}
    text = [
        claim.id
        for claim in ledger().claims.values()
        if claim.notebook is not None
        and not claim.ours
        and not any(word in claim.name for word in (*PICTURES, *OTHERS))
    ]

    assert len(text) > 300
    assert sum(claim in there for claim in text) >= 0.9 * len(text)
