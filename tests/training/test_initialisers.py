"""Initial weights are drawn as Keras defines them, from a generator of our own."""

import numpy as np
import pytest

from workshop.training import initialisers
from workshop.training.initialisers import (
    fans,
    glorot_uniform,
    he_uniform,
    initial_weights,
    orthogonal,
    shuffled,
)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((2, 1), (2, 1)), ((784, 50), (784, 50)), ((3, 3, 16, 32), (144, 288)), ((5, 8, 4), (40, 20))],
)
def test_fans_of_a_kernel(shape, expected):
    assert fans(shape) == expected


@pytest.mark.keras
@pytest.mark.parametrize("name", ["Orthogonal", "OrthogonalInitializer"])
def test_an_initialiser_may_have_the_name_of_keras_3_0(name):
    assert initialisers._name_of(type(name, (), {})()) == "Orthogonal"


@pytest.mark.parametrize(("draw", "limit"), [(glorot_uniform, 0.1), (he_uniform, 0.2)])
def test_uniform_draws_fill_their_interval(draw, limit):
    drawn = draw(np.random.default_rng(3), (150, 450))

    assert np.abs(drawn).max() <= limit
    assert np.abs(drawn).max() > 0.999 * limit
    # the standard error of the mean of 67,500 draws is limit/450, of their variance limit²·0.0011
    assert abs(drawn.mean()) < 5 * limit / 450
    assert abs(drawn.var() - limit**2 / 3) < 5 * limit**2 * 0.0012


@pytest.mark.parametrize(
    ("shape", "rows", "columns"), [((6, 6), 6, 6), ((8, 3), 8, 3), ((3, 8), 3, 8), ((2, 3, 4), 6, 4)]
)
def test_orthogonal_draws_are_orthonormal(shape, rows, columns):
    matrix = orthogonal(np.random.default_rng(5), shape).reshape(rows, columns)

    product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix

    np.testing.assert_allclose(product, np.eye(min(rows, columns)), rtol=0, atol=1e-12)


def test_orthogonal_draws_favour_no_direction():
    rng = np.random.default_rng(11)

    drawn = np.stack([orthogonal(rng, (3, 3)) for _ in range(2000)])

    # without signs fixed by R, Householder's Q has a diagonal of mean far below 0; 5 standard errors
    assert np.abs(drawn.mean(axis=0)).max() < 5 * np.sqrt(1 / 3 / 2000)
    assert np.abs(drawn.var(axis=0) - 1 / 3).max() < 5 * np.sqrt(4 / 45 / 2000)
    assert {round(value) for value in np.linalg.det(drawn)} == {-1, 1}


@pytest.mark.keras
def test_recurrent_kernels_are_drawn_as_keras_names_them():
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras

    model = keras.models.Sequential([keras.layers.InputLayer((10, 1)), keras.layers.SimpleRNN(32)])

    kernel, recurrent, bias = initial_weights(model, np.random.default_rng(1))

    assert 0.8 * np.sqrt(6 / 33) < np.abs(kernel).max() <= np.sqrt(6 / 33)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(32), rtol=0, atol=1e-5)
    assert not bias.any()


@pytest.mark.keras
def test_an_embedding_and_gated_layers_start_as_in_keras():
    """Embeddings are uniform up to 0.05; an LSTM's forget gate has a bias of one, a GRU's gates none.

    Both directions of a Bidirectional are drawn, one after the other.
    """
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras

    layers = keras.layers
    model = keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(500, 8),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.GRU(3),
        ]
    )

    embeddings, *lstms, kernel, recurrent, bias = initial_weights(model, np.random.default_rng(1))

    assert [w.shape for w in lstms] == [(8, 16), (4, 16), (16,)] * 2
    assert 0.049 < np.abs(embeddings).max() <= 0.05
    for place, forward in enumerate(lstms[:3]):
        backward = lstms[3 + place]
        if forward.ndim == 1:
            expected = [0] * 4 + [1] * 4 + [0] * 8  # input, forget, candidate, output
            assert forward.tolist() == backward.tolist() == expected
        else:
            assert not np.array_equal(forward, backward)
    np.testing.assert_allclose(lstms[1] @ lstms[1].T, np.eye(4), rtol=0, atol=1e-6)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(3), rtol=0, atol=1e-6)
    assert np.abs(kernel).max() <= np.sqrt(6 / (8 + 9))
    assert not bias.any()
    biases = [np.array_equal(w, lstms[2]) for w in model.get_weights() if w.shape == (16,)]
    assert biases == [True, True]  # as in Keras' own start


@pytest.mark.keras
def test_batch_normalisation_starts_as_in_keras():
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras

    layers = keras.layers
    dense = layers.Dense(80, kernel_initializer="he_uniform")
    model = keras.models.Sequential([layers.InputLayer((60,)), dense, layers.BatchNormalization()])

    kernel, _, *batch_norm = initial_weights(model, np.random.default_rng(1))

    assert 0.99 * np.sqrt(6 / 60) < np.abs(kernel).max() <= np.sqrt(6 / 60)
    assert [np.unique(value).tolist() for value in batch_norm] == [[1], [0], [0], [1]]
    np.testing.assert_array_equal(batch_norm, model.get_weights()[2:])


def test_initial_weights_follow_the_layers_and_the_generator_only():
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras

    model = keras.models.Sequential(
        [keras.layers.InputLayer((2,)), keras.layers.Dense(50, activation="relu"), keras.layers.Dense(1)]
    )
    first, again, other = (initial_weights(model, np.random.default_rng(seed)) for seed in (7, 7, 8))

    assert [w.shape for w in first] == [w.shape for w in model.get_weights()]
    assert [w.dtype for w in first] == [np.dtype("float32")] * 4
    assert not first[1].any()
    assert not first[3].any()
    assert 0.9 * np.sqrt(6 / 52) < np.abs(first[0]).max() <= np.sqrt(6 / 52)
    assert all(np.array_equal(a, b) for a, b in zip(first, again))  # noqa: B905 - runs on Python 3.7, too
    assert not np.array_equal(first[0], other[0])


def test_unknown_initialiser_is_reported():
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras

    layer = keras.layers.Dense(3, kernel_initializer="truncated_normal", name="odd")
    model = keras.models.Sequential([keras.layers.InputLayer((2,)), layer])

    with pytest.raises(ValueError, match="odd kernel: no initialiser TruncatedNormal"):
        initial_weights(model, np.random.default_rng(0))


def test_every_epoch_takes_every_row_once_in_an_order_of_its_own():
    order = shuffled(np.random.default_rng(0), epochs=4, n=100)

    assert (np.sort(order, axis=1) == np.arange(100)).all()
    assert len({tuple(row) for row in order.tolist()}) == 4
