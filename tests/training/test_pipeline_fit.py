"""Training on pipelines and features of a base, compared with `fit`, Keras' `fit`, and the model itself."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.toy.networks import sequential, small_base
from workshop.training import backend, pipeline_fit
from workshop.training.augmentation import Augmentation
from workshop.training.first_steps import first_steps, order_checksum
from workshop.training.fitting import Network, fit
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam
from workshop.training.pipeline_fit import Kept, features, fit_on_features, fit_pipeline
from workshop.training.pipelines import Pipeline, batches, drawn

LOSS, METRIC = "sparse_categorical_crossentropy", "sparse_categorical_accuracy"
SETTINGS = {"optimizer": Adam(learning_rate=0.001), "loss": LOSS, "metric": METRIC, "batch_size": 8}
ON_FEATURES = {
    **SETTINGS,
    "loss": "categorical_crossentropy",
    "metric": "categorical_accuracy",
    "batch_size": 16,
}
TURNED = Augmentation(40.0, 0.1, 0.1, 0.2, 0.2, horizontal_flip=True)
VARIANTS = Augmentation(30.0, 0.1, 0.1, 5.0, 0.2, horizontal_flip=True)


pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")


def small(dropout: bool = False):
    """Build a small classifier of images."""
    layers = backend.keras.layers
    return sequential(
        (10, 10, 3),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        *([layers.Dropout(0.5)] if dropout else []),
        layers.Dense(3, activation="softmax"),
    )


NETWORK = Network(small)


def small_head(feature_shape: tuple[int, ...]):
    """Build two dense layers on a base's features."""
    layers = backend.keras.layers
    return sequential(
        feature_shape,
        layers.Flatten(),
        layers.Dense(20, activation="relu"),
        layers.Dense(5, activation="softmax"),
    )


def pipelines(passes: int = 2, rows: int = 40, augmentation: Augmentation | None = VARIANTS):
    """Return pipelines for training and validation, with the same images for simplicity."""
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (48, 10, 10, 3)).astype(np.uint8)
    labels = rng.integers(0, 3, 48)
    return [drawn(rng, images, labels, passes=passes, rows=n, augmentation=augmentation) for n in (rows, 24)]


def made(pipeline: Pipeline, number: int, batch_size: int = 8):
    """Return all images and labels of a pass as arrays."""
    both = zip(*batches(*pipeline.tensors(number), batch_size=batch_size), strict=True)
    return [np.concatenate([part.numpy() for part in parts]) for parts in both]


@pytest.mark.parametrize("augmentation", [None, VARIANTS], ids=["as they are", "varied"])
def test_training_on_a_pipeline_is_training_on_its_arrays(augmentation):
    training, validation = pipelines(augmentation=augmentation)
    start = initial_weights(NETWORK.model, np.random.default_rng(5))

    done = fit_pipeline(NETWORK, start, training, validation, **SETTINGS)

    last, weights = None, start
    for number in range(2):
        x, y = made(training, number)
        order, validated = np.arange(40)[np.newaxis], tuple(made(validation, number))
        last = fit(NETWORK, weights, x, y, order, validation=validated, after=last, **SETTINGS)
        weights = last.weights
        np.testing.assert_allclose(
            [done.loss[number], done.metric[number], done.val_loss[number], done.val_metric[number]],
            [last.loss[0], last.metric[0], last.val_loss[0], last.val_metric[0]],
            rtol=1e-6,
        )
    for ours, theirs in zip((*done.weights, *done.moments), (*weights, *last.moments), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    assert (done.rows.tolist(), done.steps.tolist(), done.updates) == ([40, 40], [5, 5], 10)


@pytest.mark.keras
def test_training_on_a_pipeline_is_keras_fit_on_the_same_batches():
    training, validation = pipelines()
    start = initial_weights(NETWORK.model, np.random.default_rng(5))
    model = small()
    model.set_weights(start)
    model.compile(backend.keras.optimizers.Adam(0.001), loss=LOSS, metrics=["accuracy"])
    reported = []
    for number in range(2):
        x, y = made(training, number)
        options = {"batch_size": 8, "shuffle": False, "verbose": 0}
        reported.append(model.fit(x, y, validation_data=tuple(made(validation, number)), **options).history)

    done = fit_pipeline(NETWORK, start, training, validation, **SETTINGS)

    for ours, theirs in zip(done.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for name, ours in (
        ("loss", done.loss), ("accuracy", done.metric),
        ("val_loss", done.val_loss), ("val_accuracy", done.val_metric),
    ):  # fmt: skip
        np.testing.assert_allclose(ours, [one[name][0] for one in reported], atol=1e-5)


def test_a_fit_leaves_nothing_behind():
    training, validation = pipelines()
    start = initial_weights(NETWORK.model, np.random.default_rng(5))
    other = initial_weights(NETWORK.model, np.random.default_rng(6))

    first = fit_pipeline(NETWORK, start, training, validation, **SETTINGS)
    fit_pipeline(NETWORK, other, training, validation, **SETTINGS)
    again = fit_pipeline(NETWORK, start, training, validation, **SETTINGS)

    assert all((a == b).all() for a, b in zip(first.weights, again.weights, strict=True))
    assert first.loss.tolist() == again.loss.tolist()


def test_features_are_the_models_outputs_in_the_pipelines_order():
    training, _ = pipelines()
    model = small(dropout=True)

    passes = list(features(model, training, 8))

    assert len(passes) == 2
    for number, (outputs, labels) in enumerate(passes):
        x, y = made(training, number)
        np.testing.assert_allclose(outputs, model(x, training=False).numpy(), atol=1e-6)
        np.testing.assert_array_equal(labels, y)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 36}, "36 rows are not a whole number of batches of 8: leave the rest out"),
        ({"passes": 3}, "pipelines of 2 and 3 passes: give the same number of each"),
    ],
)
def test_pipelines_that_do_not_fit_are_refused(changes, message):
    (training, _), (_, validation) = pipelines(**changes), pipelines()
    start = initial_weights(NETWORK.model, np.random.default_rng(5))

    with pytest.raises(ValueError, match=message):
        fit_pipeline(NETWORK, start, training, validation, **SETTINGS)


def test_networks_that_draw_are_refused():
    network = Network(small, (True,))

    with pytest.raises(ValueError, match=r"dropout.* draws random numbers: train on arrays with `fit`"):
        fit_pipeline(network, network.model.get_weights(), *pipelines(), **SETTINGS)


@pytest.mark.keras
@pytest.mark.parametrize("augmentation", [None, TURNED], ids=["as they are", "varied"])
def test_training_on_features_is_training_with_the_base_in_the_loop(augmentation):
    keras, rng = backend.keras, np.random.default_rng(7)
    images = rng.integers(0, 256, (48, 20, 20, 3)).astype(np.uint8)
    labels = np.eye(5, dtype=np.float32)[rng.integers(0, 5, 48)]
    training = drawn(rng, images, labels, passes=2, rows=48, augmentation=augmentation)
    validation = drawn(rng, images, labels, passes=1, rows=32)
    base = small_base()
    network = Network(small_head, (tuple(base.output_shape[1:]),))
    start = initial_weights(network.model, rng)
    base.trainable = False
    head = network.builder(*network.arguments).layers
    whole = keras.models.Sequential([keras.layers.InputLayer(base.input_shape[1:]), base, *head])
    before = base.get_weights()
    whole.set_weights([*before, *start] if whole.layers[0] is base else before)
    whole.compile(
        optimizer=keras.optimizers.Adam(0.001), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    reported: dict[str, list[float]] = {}
    for number in range(2):
        x, y = made(training, number, 16)
        test = tuple(made(validation, 0, 16))
        one = whole.fit(x, y, batch_size=16, shuffle=False, verbose=0, validation_data=test).history
        reported = {name: [*reported.get(name, []), *values] for name, values in one.items()}

    done, base_passes = fit_on_features(base, network, start, training, validation, **ON_FEATURES)

    for name, ours in (
        ("loss", done.loss), ("accuracy", done.metric),
        ("val_loss", done.val_loss), ("val_accuracy", done.val_metric),
    ):  # fmt: skip
        np.testing.assert_allclose(ours, reported[name], rtol=2e-3, err_msg=name)
    for ours, theirs in zip(done.weights, whole.get_weights()[len(before) :], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert all((a == b).all() for a, b in zip(before, base.get_weights(), strict=True))
    assert base_passes == 2 * 48 + 32
    assert (done.updates, done.steps.tolist()) == (6, [3, 3])


def test_the_plan_on_features_has_the_order_of_later_passes():
    rng = np.random.default_rng(4)
    pictures = rng.integers(0, 256, (40, 20, 20, 3)).astype(np.uint8)
    labels = np.eye(5, dtype=np.float32)[rng.integers(0, 5, 40)]
    training = drawn(rng, pictures, labels, passes=3, rows=32, augmentation=TURNED)
    validation = drawn(rng, pictures, labels, passes=1, rows=16)
    base = small_base()
    network = Network(small_head, (tuple(base.output_shape[1:]),))
    start = initial_weights(network.model, rng)
    order, variants = training.order.copy(), training.variants.copy()
    order[2] = order[2][::-1]
    variants[2] = variants[2][::-1]

    plans = []
    for pipeline in (training, replace(training, order=order), replace(training, variants=variants)):
        with first_steps() as trainings:
            fit_on_features(base, network, start, pipeline, validation, **ON_FEATURES)
        plans.append([each.plan for each in trainings])

    assert plans[0][:2] == plans[1][:2] == plans[2][:2]
    checksums = [plan[2]["order"] for plan in plans]
    assert checksums[0] == checksums[2] == [order_checksum(each.order) for each in (training, validation)]
    assert checksums[1] == [order_checksum(each) for each in (order, validation.order)]
    assert plans[0][2]["variants"] == plans[1][2]["variants"] != plans[2][2]["variants"]


def test_kept_features_give_the_same_bits(monkeypatch):
    rng = np.random.default_rng(4)
    pictures = rng.integers(0, 256, (48, 20, 20, 3)).astype(np.uint8)
    labels = np.eye(5, dtype=np.float32)[rng.integers(0, 5, 48)]
    base = small_base()
    network = Network(small_head, (tuple(base.output_shape[1:]),))
    start = network.model.get_weights()

    made: dict[str, np.ndarray] = {}

    def keeps(images: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        if images not in made:
            made[images] = compute()
        return made[images]

    def trained(seed: int, kept: Kept | None, rows: int = 48) -> tuple[list[np.ndarray], int]:
        rng = np.random.default_rng(seed)
        training = drawn(rng, pictures, labels, passes=1, rows=16)
        validation = drawn(rng, pictures, labels, passes=1, rows=rows)
        done, count = fit_on_features(base, network, start, training, validation, **ON_FEATURES, kept=kept)
        return [*done.weights, done.val_loss, done.val_metric], count

    for seed in (1, 2):
        (without, count), (within, same) = trained(seed, None), trained(seed, keeps)
        assert count == same == 16 + 48
        for ours, theirs in zip(within, without, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert len(made) == 1
    ((key, values),) = made.items()
    made[key] = values * 2
    assert trained(2, keeps)[0][-2] != trained(2, None)[0][-2]  # they are what is validated on
    trained(3, keeps, rows=32)
    assert len(made) == 1
    pictures = pictures[::-1]
    monkeypatch.setattr(pipeline_fit, "MOST", values.nbytes - 1)
    trained(1, keeps)
    assert len(made) == 1
    monkeypatch.setattr(pipeline_fit, "MOST", values.nbytes)
    trained(1, keeps)
    assert len(made) == 2  # of other images
