"""The authors' values, in the shapes that Keras 2.2 to 3.15 print, are read back, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checking.synthetic import UNITS
from tests.checking.written import ERAS, printed, write_unit
from workshop.checking.notebook.cells import read_notebook
from workshop.checking.notebook.readings import Readings, read_claims
from workshop.ledger import ledger
from workshop.ledger.values import is_number, named_leaves

# what the authors' notebooks show without a number or word to compare: pictures, and what the code says
PICTURES = ("plot", "grid", "scatter", "fake_before", "generated", "noisier", "initial_range", "progress")
OTHERS = ("slower", "faster", "speed", "time_classes", "overfit", "print_", "params_setup", "probability")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[set[str], Readings]]:
    """Return, by unit and era, the claims whose values a notebook shows, and what is read of it."""
    path = tmp_path_factory.mktemp("notebooks") / "reader.ipynb"

    def read(unit: str, era: str) -> tuple[set[str], Readings]:
        claims = set(write_unit(unit, era, path))
        return claims, read_claims(read_notebook(path))

    return {(unit, era): read(unit, era) for unit in UNITS for era in ERAS}


def _quantity(claim: str) -> str:
    """Return what a claim measures: the book prints some quantities in several exercises."""
    measures = ledger().claims[claim].measures()
    return " ".join(map(str, measures.values())) or claim


def _wrong(shown: dict[tuple[str, str], tuple[set[str], Readings]]) -> Iterator[str]:
    for (unit, era), (claims, read) in shown.items():
        for reading in read.readings:
            own = dict(named_leaves(printed(reading.claim)))
            mine = {path: leaf for path, leaf in named_leaves(reading.value) if path in own}
            for path, leaf in mine.items():
                alike = abs(leaf - own[path]) <= 6e-5 if is_number(own[path]) and is_number(leaf) else True
                if not alike:
                    yield f"{era} {reading.claim.id}.{path}: {leaf} for {own[path]}"
            if _quantity(reading.claim.id) not in map(_quantity, claims):
                yield f"{era} {unit}: {reading.claim.id} is not there"


def test_nine_of_ten_values_are_matched(shown: dict[tuple[str, str], tuple[set[str], Readings]]) -> None:
    """In each shape that Keras printed, at least 90 % of the values are found."""
    for era in ERAS:
        there = [claim for (_, its), (claims, _) in shown.items() if its == era for claim in claims]
        found = {
            _quantity(reading.claim.id)
            for (_, its), (_, read) in shown.items()
            if its == era
            for reading in read.readings
        }

        assert sum(_quantity(claim) in found for claim in there) >= 0.9 * len(there), era


def test_no_value_is_matched_with_another_claim(
    shown: dict[tuple[str, str], tuple[set[str], Readings]],
) -> None:
    """A reading has its claim's own numbers, and belongs to a claim whose value the notebook shows."""
    assert list(_wrong(shown)) == []


def test_a_wrong_match_would_be_noticed(shown: dict[tuple[str, str], tuple[set[str], Readings]]) -> None:
    """The check of wrong matches has teeth: without one claim's value its reading is wrong."""
    key = ("ch05.ex04", "3")
    claims, read = shown[key]

    assert list(_wrong({key: (claims - {"ch05.ex04.test_rmse"}, read)})) == [
        "3 ch05.ex04: ch05.ex04.test_rmse is not there"
    ]


def test_the_notebooks_show_what_can_be_shown(
    shown: dict[tuple[str, str], tuple[set[str], Readings]],
) -> None:
    """Nine in ten of the notebook values that are printed as text are in one of the notebooks."""
    there = {claim for claims, _ in shown.values() for claim in claims}
    text = [
        claim.id
        for claim in ledger().claims.values()
        if claim.notebook is not None
        and not claim.ours
        and not any(word in claim.name for word in (*PICTURES, *OTHERS))
    ]

    assert len(text) > 300
    assert sum(claim in there for claim in text) >= 0.9 * len(text)
