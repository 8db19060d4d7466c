"""Text 1.01: Machine Learning: sample of the IRIS data (chapter 1, Figure 1.2).

The first rows of the table, under the correct names of its columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.units import unit

# The book's iris.csv swaps the names: its column "petallength" contains the length of the sepal, and so on.
TRUE_NAMES = {
    "petallength": "sepal_length",
    "petalwidth": "sepal_width",
    "sepallength": "petal_length",
    "sepalwidth": "petal_width",
}
SPECIES = ("setosa", "versicolor", "virginica")


@dataclass(frozen=True)
class IrisSample:
    """First rows of the Iris data: four measurements in cm and the species' name."""

    columns: list[str]
    rows: list[list[Any]]


def with_true_names(iris: Any, species: tuple[str, ...] = SPECIES) -> Any:
    """Return the book's iris.csv with the correct column names in the classic order, and species by name.

    Parameters
    ----------
    iris : DataFrame with columns petallength, petalwidth, sepallength, sepalwidth, species (0, 1, 2).
    species : the names of species 0, 1 and 2; another entry stays as it is.
    """
    frame = iris.rename(columns=TRUE_NAMES)
    names = dict(enumerate(species))
    frame["species"] = [names.get(code, code) for code in frame["species"]]
    return frame[[*TRUE_NAMES.values(), "species"]]


@unit("ch01.text01", uses="pandas")
def iris_sample(iris: Any, count: int = 6) -> IrisSample:
    """Show the first rows of the Iris data. Source: chapter 1, text "Machine Learning", Figure 1.2."""
    head = with_true_names(iris).head(count)
    return IrisSample(columns=[str(name) for name in head.columns], rows=head.values.tolist())


@unit("ch01.text01", value="confirmed_columns", uses="pandas sklearn")
def columns_by_value(iris: Any) -> list[str]:
    """Compare each column with scikit-learn's own Iris table, whose features are named.

    Returns the names of columns, each followed by a question mark if the values are not those of this
    feature. Source: ours.
    """
    from sklearn.datasets import load_iris

    reference, table = load_iris(), with_true_names(iris)
    rows = min(len(table), len(reference.data))
    names = ["_".join(name.split()[:2]) for name in reference.feature_names]
    confirmed = []
    for column in table.columns[:-1]:
        distances = abs(reference.data[:rows] - np.asarray(table[column], dtype=float)[:rows, np.newaxis])
        nearest = names[int(distances.mean(axis=0).argmin())]
        confirmed.append(column if column == nearest else column + "?")
    same = list(table["species"])[:rows] == list(reference.target_names[reference.target[:rows]])
    return [*confirmed, table.columns[-1] + ("" if same else "?")]
