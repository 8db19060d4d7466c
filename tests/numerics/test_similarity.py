"""Cosine similarity and nearest vectors, compared with angles on paper and with gensim."""

import numpy as np
import pytest

from workshop.numerics.similarity import cosine_similarity, direction, distance, nearest, unit_rows

PLANE = np.array([[9.0, 1.0], [1.0, 1.0], [0.0, 2.0], [-3.0, 0.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    ("a", "b", "cosine"),
    [
        ([3, 4], [3, 4], 1.0),
        ([3, 4], [30, 40], 1.0),
        ([3, 4], [-3, -4], -1.0),
        ([3, 4], [4, -3], 0.0),
        ([1, 0], [1, 1], 0.5**0.5),
        ([3, 4], [4, 3], 24 / 25),
    ],
)
def test_angles_by_hand(a, b, cosine):
    found = cosine_similarity(np.float32(a), b)

    assert isinstance(found, float)
    assert found == pytest.approx(cosine, abs=1e-15)


def test_nearest_is_by_angle_not_by_distance():
    assert [index for index, _ in nearest(PLANE, [1.0, 0.0])] == [4, 0, 1, 2, 3]
    assert [index for index, _ in nearest(np.ones((4, 2)), [2.0, 1.0], count=3)] == [0, 1, 2]


def test_rows_are_left_out_and_few_are_enough():
    assert [index for index, _ in nearest(PLANE, [1.0, 0.0], exclude=[0, -1], count=2)] == [1, 2]
    assert len(nearest(PLANE, [1.0, 0.0], exclude=[0], count=9)) == 4
    with pytest.raises(IndexError):
        nearest(PLANE, [1.0, 0.0], exclude=[5])


def test_directions_count_alike_whatever_the_lengths():
    np.testing.assert_allclose(direction([[9, 0], [0, 0.1]]), [0.5, 0.5])
    np.testing.assert_allclose(direction([[9, 0]], [[0, 0.1]]), [0.5, -0.5])


@pytest.mark.parametrize("vectors", [[0.0, 0.0], [[1.0, 2.0], [0.0, 0.0]], [np.nan, 1.0]])
def test_no_direction_is_one_clear_line(vectors):
    with pytest.raises(
        ValueError, match=r"^a vector of zeros, or with a NaN, has no direction: leave it out$"
    ):
        unit_rows(vectors)


@pytest.mark.parametrize("seed", range(3))
def test_lists_of_gensim(seed):
    keyed = pytest.importorskip("gensim.models.keyedvectors")
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(200, 16)) * rng.uniform(0.1, 9, size=(200, 1))).astype(np.float32)
    words = [f"w{n}" for n in range(len(vectors))]
    of_gensim = keyed.KeyedVectors(vector_size=16)
    of_gensim.add_vectors(words, vectors)

    for positive, negative in (([3], []), ([5, 7], [11]), ([1, 2, 3], [4, 5])):
        found = nearest(
            vectors, direction(vectors[positive], vectors[negative]), exclude=positive + negative, count=10
        )
        expected = of_gensim.most_similar(
            positive=[words[n] for n in positive], negative=[words[n] for n in negative], topn=10
        )
        assert [words[index] for index, _ in found] == [word for word, _ in expected]
        np.testing.assert_allclose([c for _, c in found], [c for _, c in expected], atol=1e-6)
    assert cosine_similarity(vectors[0], vectors[1]) == pytest.approx(
        of_gensim.similarity("w0", "w1"), abs=1e-6
    )


def test_the_distance_of_arrays_is_their_largest_difference():
    """Arrays of other shapes are infinitely far, though NumPy would repeat them."""
    assert distance([[1, 2.5]], [[1, -2]]) == 4.5
    assert distance(np.zeros((1, 6, 1)), np.zeros((1, 3, 1))) == float("inf")
