"""Scales: what is on them, and shares of counted rows with half a row added on either side."""

import math

import numpy as np
import pytest
from scipy import special

from workshop.statistics.scales import Scale

INF = math.inf


def test_what_is_not_on_a_scale_is_infinite():
    """Of a log what is not positive, of a logit what is not a share."""
    assert Scale("log").of(np.array([-1.0, 0.0, 1.0, INF])).tolist() == [INF, -INF, 0.0, INF]
    assert Scale("logit").of(np.array([-0.5, 0.5, 1.0, 1.5, math.nan])).tolist() == [INF, 0.0, INF, INF, INF]
    assert Scale("identity").of(np.array([1.5, math.nan])).tolist() == [1.5, INF]


def test_none_and_all_of_counted_rows_are_on_the_logit_scale():
    """With half a row added to the hits and to the misses: log((k + 0.5) / (n - k + 0.5))."""
    hits = np.array([0.0, 7.0, 20.0, 21.0])
    expected = np.log((hits + 0.5) / (21 - hits + 0.5))
    assert Scale("logit", 21).of(hits / 21) == pytest.approx(expected, rel=1e-12)
    assert Scale("logit", 21, 100.0).of(100 * hits / 21) == pytest.approx(expected, rel=1e-12)


def test_many_rows_change_a_share_hardly():
    shares = np.array([0.1, 0.5, 0.975])
    assert Scale("logit", 10**9).of(shares) == pytest.approx(special.logit(shares), abs=1e-7)
    assert Scale("logit").of(shares) == pytest.approx(special.logit(shares), rel=1e-12)
    assert Scale("log").of(shares) == pytest.approx(np.log(shares), rel=1e-12)


@pytest.mark.parametrize(
    "scale", [Scale(), Scale("log"), Scale("logit"), Scale("logit", 21), Scale("logit", 21, 100.0)]
)
def test_the_way_back_from_a_scale(scale):
    """It leads to the values that were put on it; a scale is written by its name and never changes."""
    values = scale.whole * np.array([3.0, 7.0, 20.0]) / 21
    assert scale.back(scale.of(values)) == pytest.approx(values, rel=1e-12)
    assert str(scale) == scale.name
    with pytest.raises(AttributeError, match="rows"):
        scale.rows = 3  # type: ignore[misc]


def test_nothing_is_said_where_a_value_is_not_on_a_scale():
    """NumPy's warnings would be errors here."""
    with np.errstate(all="raise"):
        assert Scale("log").of(np.array([0.0, -1.0])).tolist() == [-INF, INF]
        assert Scale("logit").of(np.array([0.0, 1.0, 2.0])).tolist() == [-INF, INF, INF]
