"""The text of chapter 1: Machine Learning: sample of the IRIS data."""

from typing import Any

import pytest

from workshop.ledger import ledger
from workshop.measures.ch01_building_blocks import text01_iris_sample


@pytest.mark.usefixtures("tensorflow")
def test_a_column_counts_only_with_its_own_values():
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
    assert text01_iris_sample.columns_by_value(book) == names
    assert text01_iris_sample.columns_by_value(as_named) == [*(f"{n}?" for n in names[:4]), "species"]
    assert text01_iris_sample.columns_by_value(turned) == [*names[:4], "species?"]


def test_iris_columns_get_their_true_names():
    """The numbers under petallength, the sepal's lengths, come out as sepal_length; species get names."""
    pandas = pytest.importorskip("pandas")
    book = pandas.DataFrame(
        {
            "petallength": [6.0, 7.0, 5.0],
            "petalwidth": [2.9, 3.2, 3.4],
            "sepallength": [4.5, 4.7, 1.5],
            "sepalwidth": [1.5, 1.4, 0.2],
            "species": [2, 1, 0],
        }
    )

    frame = text01_iris_sample.with_true_names(book)

    assert list(frame.columns) == ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    assert frame.iloc[0].tolist() == [6.0, 2.9, 4.5, 1.5, "virginica"]
    assert frame["species"].tolist() == ["virginica", "versicolor", "setosa"]


@pytest.fixture
def flowers() -> Any:
    """A table with other columns and in another order than the book's, and species by name."""
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(
        {
            "species": ["rose", 1],
            "garden": ["east", "west"],
            "sepalwidth": [0.2, 1.5],
            "sepallength": [1.5, 4.7],
            "petalwidth": [3.4, 3.2],
            "petallength": [5.0, 7.0],
        }
    )


def test_own_flowers_are_shown_in_the_classic_order(flowers):
    sample = text01_iris_sample.iris_sample(flowers)

    assert sample.rows == [[5.0, 3.4, 1.5, 0.2, "rose"], [7.0, 3.2, 4.7, 1.5, "versicolor"]]
