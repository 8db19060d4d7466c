"""The compiled epochs are Keras' own `fit`, and nothing is left over from one call to the next."""

from importlib.util import find_spec

import numpy as np
import pytest

from workshop.training import fitting
from workshop.training.fitting import Network, evaluate, fit, predict, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import SGD, Adam
from workshop.training.versions import keras_3

pytestmark = [
    pytest.mark.skipif(
        find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
    ),
    pytest.mark.usefixtures("without_xla"),
]
NIGHTLY = pytest.mark.nightly

# Settings that are exact in float32, as Keras stores them, so that only the arithmetic of the loop matters.
ADAM = Adam(learning_rate=2.0**-10, beta_1=0.875, beta_2=1 - 2.0**-10, epsilon=0.0009765625)
DESCENT = SGD(learning_rate=2.0**-6)
BINARY = ("binary_crossentropy", "binary_accuracy")
SPARSE = ("sparse_categorical_crossentropy", "sparse_categorical_accuracy")
MSE = ("mean_squared_error", "mean_absolute_error")
# kind of network: shape of a row, outputs, activation of the last layer, loss and metric
PROBLEMS = {
    "binary": ((7,), 1, "sigmoid", *BINARY),
    "sparse": ((7,), 5, "softmax", *SPARSE),
    "rnn": ((6, 2), 1, "linear", *MSE),
    "conv1d": ((8, 2), 1, "linear", *MSE),
    "conv2d": ((6, 5, 2), 5, "softmax", *SPARSE),
    "lstm": ((5, 2), 1, "sigmoid", *BINARY),
    "gru": ((5, 2), 1, "linear", *MSE),
}
# dtype, rows, batch size, epochs, optimizer, tolerance
# 16 updates; 1/8 is exact in float32, in which TensorFlow 2.1 takes means
OF_EACH_KIND = ("float64", 64, 8, 2, ADAM, 1e-9)
# by day one kind for each loss: in float32 the book's calls train the other layers, too
IN_FLOAT32 = ("float32", 32, 8, 2, ADAM, 1e-5)
BY_DAY = ("binary", "sparse", "conv1d")
# 54 updates, the last batch smaller
WITH_A_REST = ("float64", 68, 8, 6, ADAM, 1e-9)
# These vary the loop, which is the same for all layers: one kind for each loss is enough.
OF_EACH_LOSS = [
    ("float32", 33, 7, 2, ADAM, 1e-5),
    ("float64", 68, 8, 6, DESCENT, 1e-9),
    ("float64", 25, 1, 2, ADAM, 1e-9),  # one row an update
    ("float64", 40, 32, 3, ADAM, 1e-9),
]
HISTORY = ("loss", "metric", "val_loss", "val_metric")


def stack(kind, dtype="float32", units=(9, 6)):
    """Build a small network of a kind, with as many units in its hidden layers."""
    from workshop.training.backend import keras

    layers, n = keras.layers, units[-1]
    shape, outputs, activation, *_ = PROBLEMS[kind]
    hidden = {
        "rnn": [layers.SimpleRNN(n, dtype=dtype)],
        "lstm": [layers.LSTM(n, dtype=dtype)],
        "gru": [layers.GRU(n, dtype=dtype)],
        "conv1d": [layers.Conv1D(n, 3, activation="tanh", dtype=dtype), layers.MaxPooling1D(2, dtype=dtype)],
        "conv2d": [layers.Conv2D(n, 3, activation="relu", dtype=dtype), layers.MaxPooling2D(2, dtype=dtype)],
    }.get(kind, [layers.Dense(n, activation="relu", dtype=dtype) for n in units])
    flat = [layers.Flatten(dtype=dtype)] if kind.startswith("conv") else []
    last = layers.Dense(outputs, activation=activation, dtype=dtype)
    return keras.models.Sequential([layers.InputLayer(shape, dtype=dtype), *hidden, *flat, last])


def example(kind, dtype="float32", *, n, epochs, seed=1, units=(9, 6)):
    """Return network, weights (none of them zero), x, y and order of a small problem."""
    rng = np.random.default_rng(seed)
    network = Network(stack, (kind, dtype, units))
    shape, outputs, activation, *_ = PROBLEMS[kind]
    x = rng.normal(size=(n, *shape)).astype(dtype)
    y = {
        "softmax": rng.integers(0, outputs, size=n),
        "sigmoid": rng.integers(0, 2, size=(n, 1)).astype(dtype),
        "linear": rng.normal(size=(n, 1)).astype(dtype),
    }[activation]
    weights = [(rng.normal(size=w.shape) / 3).astype(dtype) for w in network.model.get_weights()]
    return network, weights, x, y, shuffled(rng, epochs=epochs, n=n)


def compiled(network, weights, optimizer, loss, metric):
    """Return Keras' own model with these weights, ready for its `fit`."""
    from workshop.training.backend import keras

    model = network.builder(*network.arguments)
    model.set_weights(weights)
    theirs = getattr(keras.optimizers, type(optimizer).__name__)(**vars(optimizer))
    model.compile(theirs, loss, metrics=["accuracy" if "accuracy" in metric else "mae"])
    return model


def keys_of(history):
    """Return the keys of Keras' history in the order of `HISTORY`: it names accuracy as it likes."""
    (metric,) = [key for key in history if key != "loss" and not key.startswith("val_")]
    return ["loss", metric, "val_loss", "val_" + metric]


@pytest.fixture
def floatx():
    """Keras' own data and losses in another precision, and back."""
    from workshop.training.backend import keras

    before = keras.backend.floatx()
    yield keras.backend.set_floatx
    keras.backend.set_floatx(before)
    if keras_3():  # which keeps the precision of new layers apart
        keras.mixed_precision.set_global_policy(before)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("kind", "dtype", "n", "batch_size", "epochs", "optimizer", "tolerance"),
    [
        ("binary", *WITH_A_REST),
        *((kind, *OF_EACH_KIND) for kind in PROBLEMS if kind != "binary"),
        *(pytest.param(k, *IN_FLOAT32, marks=() if k in BY_DAY else NIGHTLY) for k in PROBLEMS),
        *(
            pytest.param(kind, *case, marks=NIGHTLY)
            for kind in ("lstm", "sparse", "rnn")
            for case in (WITH_A_REST, *OF_EACH_LOSS)
        ),
    ],
)
def test_epochs_equal_keras_fit(floatx, kind, dtype, n, batch_size, epochs, optimizer, tolerance):
    floatx(dtype)
    *_, loss, metric = PROBLEMS[kind]
    network, weights, x, y, order = example(kind, dtype, n=n + 9, epochs=epochs)
    order = order[order < n].reshape(epochs, n)
    validation_rows = x[n:], y[n:]
    model = compiled(network, weights, optimizer, loss, metric)

    ours = fit(
        network, weights, x, y, order,
        optimizer=optimizer, loss=loss, metric=metric, batch_size=batch_size, validation=validation_rows,
    )  # fmt: skip
    settings = {"batch_size": batch_size, "shuffle": False, "validation_data": validation_rows, "verbose": 0}
    histories = [model.fit(x[rows], y[rows], **settings).history for rows in order]

    for mine, keras_own in zip(ours.weights, model.get_weights()):  # noqa: B905 - runs on Python 3.7, too
        np.testing.assert_allclose(mine, keras_own, rtol=0, atol=tolerance)
    theirs = np.array([[h[key][0] for h in histories] for key in keys_of(histories[0])])
    mine = [getattr(ours, name) for name in HISTORY]
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=max(tolerance, 1e-7))  # Keras' means are float32
    assert ours.steps.tolist() == [-(-n // batch_size)] * epochs
    assert ours.rows.tolist() == [n] * epochs
    assert vars(ours.optimizer) == pytest.approx(vars(optimizer), rel=1e-7)
    assert type(ours.optimizer) is type(optimizer)


@pytest.mark.xla
@pytest.mark.parametrize(
    "kind", ["rnn", *(pytest.param(each, marks=NIGHTLY) for each in ("binary", "sparse", "conv1d"))]
)
def test_xla_changes_the_last_digits_only(kind):
    *_, loss, metric = PROBLEMS[kind]
    network, weights, x, y, order = example(kind, "float64", n=75, epochs=5)
    settings = {"loss": loss, "metric": metric, "batch_size": 7, "validation": (x[:9], y[:9])}

    plain, xla = (
        fit(network, weights, x, y, order, optimizer=ADAM, xla=xla, **settings) for xla in (False, True)
    )

    for one, other in zip(plain.weights, xla.weights):  # noqa: B905 - as above
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)
    for name in HISTORY:
        np.testing.assert_allclose(getattr(plain, name), getattr(xla, name), rtol=0, atol=1e-9)


@pytest.mark.keras
@pytest.mark.parametrize("n", [10, 299])
def test_validation_split_is_keras_own(n):
    network, weights, x, y, _ = example("binary", n=n, epochs=1)
    model = compiled(network, weights, DESCENT, *BINARY)
    train, validation_rows = validation_split(n, 0.1)

    ours = fit(
        network, weights, x[:train], y[:train], np.arange(train)[np.newaxis],
        optimizer=DESCENT, loss=BINARY[0], batch_size=4, validation=(x[train:], y[train:]),
    )  # fmt: skip
    theirs = model.fit(x, y, batch_size=4, validation_split=0.1, shuffle=False, verbose=0).history

    assert (train + validation_rows, validation_rows) == (n, -(-n // 10))
    np.testing.assert_allclose(
        [*ours.loss, *ours.val_loss], [*theirs["loss"], *theirs["val_loss"]], rtol=1e-5
    )


@pytest.mark.parametrize(("n", "share", "expected"), [(1885, 0.1, (1696, 189)), (1888, 0.1, (1699, 189))])
def test_validation_split_of_chapter_5(n, share, expected):
    assert validation_split(n, share) == expected


def test_many_validation_rows_are_taken_in_parts():
    network, weights, x, y, _ = example("sparse", n=600, epochs=1)

    ours = fit(
        network, weights, x, y, np.arange(8)[np.newaxis],
        optimizer=ADAM, loss=SPARSE[0], metric=SPARSE[1], validation=(x, y),
    )  # fmt: skip

    scores = evaluate(network, ours.weights, x, y, loss=SPARSE[0], metric=SPARSE[1])
    np.testing.assert_allclose([ours.val_loss[0], ours.val_metric[0]], scores, rtol=1e-7)


def test_without_validation_and_metric_their_history_is_nan():
    network, weights, x, y, order = example("binary", n=12, epochs=3)

    ours = fit(network, weights, x, y, order, optimizer=ADAM, loss=BINARY[0])

    assert np.isfinite(ours.loss).all()
    for values in (ours.metric, ours.val_loss, ours.val_metric):
        assert values.shape == (3,)
        assert np.isnan(values).all()


@pytest.mark.parametrize("kind", ["sparse", "rnn"])
def test_rows_taken_an_epoch_or_a_batch_at_a_time_give_the_same_bits(kind, monkeypatch):
    *_, loss, metric = PROBLEMS[kind]
    network, weights, x, y, order = example(kind, n=33, epochs=2)
    fits = []
    for cached in (1 << 20, 0):
        monkeypatch.setattr("workshop.training.epochs._CACHED", cached)
        fitting._program.cache_clear()
        fits.append(
            fit(network, weights, x, y, order, optimizer=ADAM, loss=loss, metric=metric, batch_size=7)
        )

    one, other = fits

    for a, b in zip((*one.weights, one.loss, one.metric), (*other.weights, other.loss, other.metric)):  # noqa: B905
        np.testing.assert_array_equal(a, b)


def test_a_second_fit_goes_on_where_the_first_ended():
    network, weights, x, y, order = example("binary", "float64", n=20, epochs=4)
    settings = {"optimizer": ADAM, "loss": BINARY[0], "batch_size": 7}

    whole = fit(network, weights, x, y, order, **settings)
    first = fit(network, weights, x, y, order[:2], **settings)
    second = fit(network, first.weights, x, y, order[2:], after=first, **settings)

    for one, other in zip(whole.weights, second.weights):  # noqa: B905 - as above
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)
    assert second.updates == whole.updates


@pytest.mark.keras
@pytest.mark.parametrize("problem", [BINARY, SPARSE], ids=["binary", "sparse"])
def test_evaluate_and_predict_equal_keras(problem):
    loss, metric = problem
    network, weights, x, y, _ = example(loss.split("_", maxsplit=1)[0], n=75, epochs=1)
    model = network.builder(*network.arguments)
    model.set_weights(weights)
    model.compile("adam", loss, metrics=["accuracy"])

    mine = evaluate(network, weights, x, y, loss=loss, metric=metric)
    outputs_mine = [predict(network, weights, x), predict(network, weights, x, batch_size=32, xla=True)]

    np.testing.assert_allclose(mine, model.evaluate(x, y, verbose=0), rtol=1e-5)
    for outputs in outputs_mine:
        np.testing.assert_allclose(outputs, model.predict(x), rtol=1e-5, atol=1e-7)


@pytest.mark.xla
@pytest.mark.parametrize("xla", [False, True], ids=["plain", "xla"])
def test_result_depends_on_the_arguments_only(xla):
    network, weights, x, y, order = example("binary", n=40, epochs=3)
    other, other_weights, *_ = example("binary", n=40, epochs=3, seed=2, units=(6, 9))
    settings = {"loss": "binary_crossentropy", "metric": "binary_accuracy", "batch_size": 8, "xla": xla}

    def run(recipe, start, optimizer=ADAM):
        return fit(recipe, start, x, y, order, optimizer=optimizer, **settings)

    first = run(network, weights)
    others_first = run(other, other_weights)
    run(network, weights, Adam(learning_rate=0.5))
    again, others_again = run(network, weights), run(other, other_weights)

    for before, after in ((first, again), (others_first, others_again)):
        assert all(np.array_equal(a, b) for a, b in zip(before.weights, after.weights))  # noqa: B905 - as above
        assert np.array_equal(before.loss, after.loss)
    assert not np.array_equal(first.loss, others_first.loss)


def test_a_network_is_built_and_traced_once_for_all_seeds():
    calls = []

    def counted(units):
        calls.append(units)
        return stack("binary", units=(units, units))

    _, _, x, y, _ = example("binary", n=21, epochs=1)
    network = Network(counted, (3,))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        start = initial_weights(network.model, rng)
        order = shuffled(rng, epochs=4, n=21)
        fit(Network(counted, (3,)), start, x, y, order, optimizer=ADAM, loss="binary_crossentropy")

    assert calls == [3]


@pytest.mark.parametrize("order", [[[0, 75]], [[-1, 0]], [0, 1], np.zeros((0, 5))])
def test_order_that_does_not_index_the_rows_is_refused(order):
    network, weights, x, y, _ = example("binary", n=75, epochs=1)

    with pytest.raises(ValueError, match="does not index 75 rows"):
        fit(network, weights, x, y, order, optimizer=ADAM, loss="binary_crossentropy")


def test_weights_of_another_network_are_refused():
    network, weights, x, y, order = example("binary", n=75, epochs=1)

    with pytest.raises(ValueError, match="don't fit a network"):
        fit(network, weights[:-1], x, y, order, optimizer=ADAM, loss="binary_crossentropy")


def test_a_layer_that_is_not_built_is_reported():
    """Its weights would be neither given nor trained: without an InputLayer there are none yet."""
    from workshop.training.backend import keras

    network = Network(lambda: keras.models.Sequential([keras.layers.Dense(1, name="loose")]))
    _, _, x, y, order = example("binary", n=75, epochs=1)

    with pytest.raises(ValueError, match=r"^loose is not built: let the model begin with an InputLayer$"):
        fit(network, [], x, y, order, optimizer=ADAM, loss="binary_crossentropy")


def test_what_is_compiled_keeps_to_its_model():
    network, weights, x, _, _ = example("binary", n=20, epochs=1)
    predict(network, [0 * value for value in weights], x)

    for units in range(2, 42):
        assert Network(stack, ("binary", "float32", (units,))).model.built

    fresh = stack(*network.arguments)
    fresh.set_weights(weights)
    np.testing.assert_allclose(predict(network, weights, x), fresh(x).numpy(), rtol=0, atol=1e-6)
