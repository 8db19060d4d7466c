"""What chapter 1 counts of its table notices what is in another place."""

from __future__ import annotations

import pytest

from workshop.ledger import ledger
from workshop.measures.ch01_building_blocks import _checks

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_a_column_counts_only_with_its_own_values() -> None:
    """The book's table is confirmed; with the names as in its file, sepals and petals are exchanged."""
    pandas, data = pytest.importorskip("pandas"), pytest.importorskip("sklearn.datasets").load_iris()
    book = pandas.DataFrame(data.data, columns=["petallength", "petalwidth", "sepallength", "sepalwidth"])
    book["species"] = data.target
    as_named = book.rename(
        columns={"petallength": "sepallength", "petalwidth": "sepalwidth",
                 "sepallength": "petallength", "sepalwidth": "petalwidth"}
    )  # fmt: skip
    turned = book.assign(species=2 - book["species"])

    names = ledger().claims["ch01.text01.columns"].documented
    assert _checks.columns_by_value(book) == names
    assert _checks.columns_by_value(as_named) == [*(f"{n}?" for n in names[:4]), "species"]
    assert _checks.columns_by_value(turned) == [*names[:4], "species?"]


def test_elements_of_another_shape_all_differ() -> None:
    """A difference is counted by elements; another shape makes all of them differ, and at least one."""
    assert _checks.differing([1, 2, 3], [1, 0, 3]) == 1
    assert _checks.differing([[1, 2, 3]], [1, 2, 3]) == 3
    assert _checks.differing([1], []) == 1
