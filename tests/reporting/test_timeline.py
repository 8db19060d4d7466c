"""What later versions changed, as lanes from the book's version to the run's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reporting.test_by_version import KERAS_2, KERAS_3, SLOWER, STRICTER, made_up
from workshop.reporting.report.by_version import Lane, Stop, changes, lanes

ENVIRONMENT = {"tensorflow": "2.21.0", "nltk": "3.10.4", "python": "3.12.1"}


def lane_of(library: str, found: list[Lane]) -> dict[str, Stop]:
    """Return the stops of a library by version."""
    (lane,) = [lane for lane in found if lane.library == library]
    return {stop.version: stop for stop in lane.stops}


def test_lanes_go_from_the_books_version_to_the_runs() -> None:
    """Keras is on the lane of its TensorFlow; each stop says how many changed and where they are listed."""
    found = lanes(
        changes(
            *made_up(
                [
                    (KERAS_2, STRICTER, "changed", False),
                    (KERAS_2, STRICTER, "deferred", False),
                    (KERAS_3, STRICTER, "changed", True),
                    ({"nltk": ">=3.6"}, SLOWER, "deferred", False),
                ]
            )
        ),
        ENVIRONMENT,
    )

    assert [lane.library for lane in found] == ["TensorFlow", "NLTK"]
    assert found[0].note.endswith("2.1 → 2.21")
    stops = lane_of("TensorFlow", found)
    assert list(stops)[-1] == "2.21"
    assert next(iter(stops)) == "2.1"
    assert [stop.place for stop in stops.values()] == sorted(stop.place for stop in stops.values())
    assert (stops["2.1"].place, stops["2.21"].place) == (0, 100)
    assert (stops["2.11"].number, stops["2.11"].state) == (2, "changed")
    assert (stops["2.16"].number, stops["2.16"].state) == (1, "own")
    assert stops["2.16"].target == "since-keras-3.0"
    assert (stops["2.15"].number, stops["2.15"].target) == (0, "")
    assert lane_of("NLTK", found)["3.6"].state == "recorded"


def test_what_changes_once_more_has_a_stop() -> None:
    """An era that ends is a stop without a number, which leads to its reason."""
    stops = lane_of(
        "TensorFlow", lanes(changes(*made_up([(KERAS_2, SLOWER, "changed", False)])), ENVIRONMENT)
    )

    assert (stops["2.16"].number, stops["2.16"].target) == (0, "since-keras-3.0")


@pytest.mark.parametrize("version", [None, "unknown"])
def test_a_run_may_not_know_its_versions(version: str | None) -> None:
    environment = {} if version is None else {"tensorflow": version}

    (lane,) = lanes(changes(*made_up([(KERAS_3, STRICTER, "changed", False)])), environment)

    assert "2.16" in [stop.version for stop in lane.stops]
    assert lane.note == ""


def test_the_book_counts_before_our_own() -> None:
    run, ledger = made_up([(KERAS_3, STRICTER, "changed", False), (KERAS_3, STRICTER, "changed", True)])
    run = replace(run, environment=ENVIRONMENT)

    assert lane_of("TensorFlow", lanes(changes(run, ledger), ENVIRONMENT))["2.16"].number == 1
