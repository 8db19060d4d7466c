"""Claims of chapter 2 refuse plausible mistakes: each is put into the code, and a claim must notice it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests import oracles
from tests.chapters.deciding import holds
from workshop.chapters.ch02_neural_networks import (
    _by_hand,
    _checks,
    ex02_binary_classifier,
    ex03_iris_classifier,
    ex04_digits,
    ex05_single_layer,
    ex06_multilayer,
    ex07_deep_network,
    text06_practice,
)
from workshop.datasets.readers.images import ImageArrays
from workshop.ledger import ledger
from workshop.training.optimizers import SGD


@pytest.fixture(autouse=True)
def pandas() -> Any:
    """Pandas; tests are skipped without it or TensorFlow."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip("pandas")


@pytest.fixture
def points(pandas: Any) -> Any:
    """Twenty-one points of two classes that do not overlap."""
    rng = np.random.default_rng(0)
    label = np.arange(21) % 2
    x = rng.uniform(1, 4, size=(21, 2)) + 4 * (1 - label[:, np.newaxis])
    return pandas.DataFrame({"label": label, "x1": x[:, 0], "x2": x[:, 1]})


@pytest.fixture
def flowers(pandas: Any) -> Any:
    """Thirty flowers of three species."""
    rng = np.random.default_rng(0)
    means = np.repeat([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]], 10, axis=0)
    table = pandas.DataFrame(means + rng.normal(0, 0.1, means.shape), columns=ex03_iris_classifier.MEASURES)
    return table.assign(species=np.repeat([0, 1, 2], 10))


def images_of(labels: Any, light: Any) -> Any:
    """Images of 28 × 28 pixels, in each of which one row is light."""
    pixels = np.zeros((len(light), 28, 28), np.uint8)
    pixels[np.arange(len(light)), light] = 255
    return pixels, np.asarray(labels, np.uint8)


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        ({"learning_rate": 0.02}, "learning_rate"),
        ({"learning_rate": 0.02}, "epochs"),
        ({"learning_rate": -0.01}, "changed"),
        ({"epochs": 999}, "epochs"),
    ],
    ids=str,
)
def test_another_descent_is_refused(change: dict[str, Any], claim: str) -> None:
    """The rate doubled, an ascent, and one step less."""
    assert holds(f"ch02.text02.{claim}", ex02_binary_classifier.training_a_perceptron())
    assert not holds(f"ch02.text02.{claim}", ex02_binary_classifier.training_a_perceptron(**change))


def test_the_descent_by_hand_is_that_of_the_oracle() -> None:
    """Each step follows the gradient that the tests' oracle derives in another way; losses are its, too."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 2)), (np.arange(7) % 2)[:, np.newaxis].astype(float)
    start = np.zeros((2, 1), np.float32), np.zeros((1,), np.float32)

    path = _by_hand.descent_by_hand(x, y, 0.01, 50)

    gradients = oracles.sigmoid_gradients(x, y, doubled=True)
    weight, bias = oracles.sgd_steps(gradients, start, steps=50)
    np.testing.assert_allclose(path[-1], [*weight[:, 0], *bias], rtol=1e-5)
    outputs = rng.random((7, 1))
    expected = oracles.sigmoid_cross_entropy(y, outputs).mean()
    assert _by_hand.sigmoid_loss_of_outputs(outputs, y) == pytest.approx(expected)
    rows, labels = oracles.softmax(rng.normal(size=(7, 3))), np.eye(3)[np.arange(7) % 3]
    expected = oracles.softmax_cross_entropy(labels, rows).mean()
    assert _by_hand.softmax_loss_of_outputs(rows, labels) == pytest.approx(expected)


def test_an_ascent_of_flowers_is_refused(flowers: Any) -> None:
    """The wrong sign changes all weights, too, but the loss rises."""
    right, wrong = (ex03_iris_classifier.exercise_2_03(flowers, rate, steps=50) for rate in (0.01, -0.01))

    assert holds("ch02.ex03.changed", right)
    assert wrong.changed
    assert not holds("ch02.ex03.changed", wrong)


def test_a_layer_beside_the_trained_one_decides_nothing(flowers: Any) -> None:
    """The shapes are those of the trained layer: with a fourth species they are refused."""
    assert holds("ch02.ex03.weight_shape", ex03_iris_classifier.exercise_2_03(flowers, steps=5))

    four = flowers.assign(species=np.where(np.arange(30) == 0, 3, flowers["species"]))
    assert not holds("ch02.ex03.weight_shape", ex03_iris_classifier.exercise_2_03(four, steps=5))


def test_digits_trained_on_other_pixels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that are flattened by columns move the weights of pixels that are dark."""
    pixels, labels = images_of(np.arange(20) % 10, np.arange(20) % 10)
    images = ImageArrays(pixels, labels, pixels, labels)
    assert holds("ch02.ex04.layer", ex04_digits.exercise_2_04(images, steps=5))

    def by_columns(images: Any) -> Any:
        return (images.transpose(0, 2, 1).reshape(len(images), -1) / 255).astype(np.float32)

    monkeypatch.setattr(ex04_digits, "flattened", by_columns)
    assert not holds("ch02.ex04.layer", ex04_digits.exercise_2_04(images, steps=5))


def test_last_layers_of_another_activation_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sigmoids in place of a softmax do not add up to 1."""
    named = ex06_multilayer.last_layer_and_relu()
    assert holds("ch02.text05.last_layer", named, last_layer_deviation=_checks.last_layers_computed())

    monkeypatch.setattr(_checks, "last_layer", lambda classes: (1 if classes == 2 else classes, "sigmoid"))
    assert not holds("ch02.text05.last_layer", named, last_layer_deviation=_checks.last_layers_computed())


def test_a_training_with_another_loss_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two cross-entropies of Keras agree whatever the exercise trains with."""
    losses, loss = ex07_deep_network.exercise_2_07_losses(), _checks.exercise_2_07_training_loss()
    assert holds("ch02.ex07.losses_agree", losses_agree=losses, training_loss=loss)

    wrong = {"loss": "mean_squared_error", "metric": "sparse_categorical_accuracy"}
    monkeypatch.setattr(ex07_deep_network, "SPARSE", wrong)
    loss = _checks.exercise_2_07_training_loss(rows=10)
    assert not holds("ch02.ex07.losses_agree", losses_agree=losses, training_loss=loss)


def test_other_steps_into_the_valley_are_refused(monkeypatch: pytest.MonkeyPatch, points: Any) -> None:
    """Steps of three quarters of the rate don't jump across the valley for ever."""

    def accepted(parabola: Any) -> bool:
        of_points = text06_practice.learning_rates_on_points(points)
        return holds("ch02.text06.lr_tradeoff", parabola, valley_of_points=of_points)

    parabola = text06_practice.learning_rates()
    assert accepted(parabola)

    monkeypatch.setattr(text06_practice, "SGD", lambda learning_rate: SGD(0.75 * learning_rate))
    assert not accepted(text06_practice.learning_rates())
    assert not accepted(parabola)


def test_steps_on_other_examples_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-one steps that each take the first example are as many, and end elsewhere."""
    assert holds("ch02.text06.steps_per_epoch", text06_practice.steps_per_epoch())

    def first_only(network: Any, start: Any, x: Any, y: Any, order: Any, **settings: Any) -> Any:
        return fit(network, start, x, y, np.zeros_like(order), **settings)

    fit = text06_practice.fit
    monkeypatch.setattr(text06_practice, "fit", first_only)
    wrong = text06_practice.steps_per_epoch()
    assert wrong.steps_per_epoch == {"batch": 1, "stochastic": 21}
    assert not holds("ch02.text06.steps_per_epoch", wrong)


def test_another_scaling_to_the_same_range_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images in black and white, and inverted ones, go from 0 to 1, too."""
    read = SimpleNamespace(normalised_range={"before": [0, 255], "after": [0.0, 1.0]})
    assert holds("ch02.ex07.normalised_range", read, scaling_deviation=_checks.exercise_2_07_scaling())

    for wrong in (lambda greys: np.round(greys / 255), lambda greys: 1 - greys / 255):
        monkeypatch.setattr(_checks, "scaled", wrong)
        assert not holds(
            "ch02.ex07.normalised_range", read, scaling_deviation=_checks.exercise_2_07_scaling()
        )


def test_a_picture_of_another_digit_is_refused() -> None:
    """The label says 3, but the picture is like those of 4."""
    pixels, labels = images_of(np.arange(20) % 10, np.arange(20) % 10)
    read = SimpleNamespace(label=3, image_shape=[28, 28])
    images = ImageArrays(pixels, labels, pixels, labels)

    assert holds("ch02.ex07.figure", read, resembles=_checks.exercise_2_07_figure(images, chosen=3))
    assert not holds("ch02.ex07.figure", read, resembles=_checks.exercise_2_07_figure(images, chosen=4))


def test_facts_of_the_digits_are_those_of_all_images() -> None:
    """Test images of another size, with other labels or other values are refused."""
    pixels, labels = images_of(np.arange(20) % 10, np.arange(20) % 10)
    claims = [f"ch02.text04.{name}" for name in ("image_shape", "pixel_range", "labels")]
    right = ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels, labels))
    assert all(holds(claim, right) for claim in claims)

    other = ImageArrays(pixels, labels, pixels.astype(int) + 1, labels + 1)
    assert [holds(claim, ex04_digits.mnist_case_study(other)) for claim in claims] == [True, False, False]
    with pytest.raises(ValueError, match="dimension"):
        ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels[:, 1:], labels))


def test_dropout_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropout of another rate, or none in training, fails though it is named at its place."""
    assert holds("ch02.text06.dropout_position", text06_practice.dropout_example())

    right = text06_practice._dropped_shares
    monkeypatch.setattr(text06_practice, "_dropped_shares", lambda built, x, training: right(built, x, False))
    assert not holds("ch02.text06.dropout_position", text06_practice.dropout_example())


def test_touching_clouds_are_not_two_classes(points: Any) -> None:
    """One triangle among the stars is refused, in all three exercises."""
    mixed = points.assign(x1=np.where(np.arange(21) == 1, 9.0, points["x1"]))

    for claim, look in (
        ("ch02.ex05.scatter", ex05_single_layer.exercise_2_05_data),
        ("ch02.ex06.scatter", ex06_multilayer.exercise_2_06_data),
    ):
        assert holds(claim, look(points))
        assert not holds(claim, look(mixed))


def test_chance_fails_the_bounds_of_accuracy() -> None:
    """The most frequent class is refused by each bound; a single layer is not a deep network."""
    for claim, naive in (
        ("ch02.ex07.test_accuracy", SimpleNamespace(test_accuracy=0.1135)),
        ("ch02.ex07.test_accuracy", SimpleNamespace(test_accuracy=0.9275)),  # a fair single layer
        ("ch02.act01.eval_accuracy", phases(fresh=1.0, continued=0.53)),
    ):
        assert not holds(claim, naive)
    (share,) = ledger().claims["ch02.ex05.better_than_majority"].rule.shares
    assert not share.decide(None, 12 / 21).holds
    assert share.decide(None, 13 / 21).holds


def phases(**accuracies: float) -> Any:
    """Return fits that end with these accuracies."""
    return SimpleNamespace(**{n: SimpleNamespace(eval_accuracy=a) for n, a in accuracies.items()})


def test_never_and_at_once_are_not_hundreds_of_epochs() -> None:
    """Runs that never get to 1.0, or begin there, do not count for the notebook's 680."""
    (shown,) = ledger().claims["ch02.ex05.first_epoch_at_1"].rule.shown

    assert [shown.decide(None, epoch).holds for epoch in (1, 50, 680, 1000, 1001)] == [0, 0, 1, 1, 0]


def test_one_hidden_layer_has_the_accuracy_but_not_the_loss() -> None:
    """Exercise 2.06's accuracy is decided with its loss, which differs with one hidden layer."""
    claim = ledger().claims["ch02.ex06.eval_accuracy"]

    assert {m.field for m in claim.measures().values()} == {"eval_accuracy", "eval_loss"}


def test_sizes_are_judged_on_test_images() -> None:
    """Where the test labels are others than those trained on, no depth and no width is right on any image."""
    pixels, labels = images_of(np.arange(100) % 10, np.arange(100) % 10)
    moved = ImageArrays(pixels, labels, pixels, (labels + 1) % 10)

    sizes = text06_practice.sizes_help(moved, seed=0, epochs=60, short_epochs=60, images=100)

    assert sizes.epochs["accuracy"]["60 epochs"] > 0.9
    for accuracy in (*sizes.layers.values(), sizes.neurons["50 neurons"]):
        assert accuracy < 0.1


def test_gradients_that_vanish_are_those_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The norms are those of the hidden kernels, first layer first, by a gradient derived by hand."""
    models: list[Any] = []
    build = text06_practice.keras.models.Sequential
    monkeypatch.setattr(
        text06_practice.keras.models, "Sequential", lambda s: models.append(build(s)) or models[-1]
    )

    found = text06_practice.vanishing_gradient(3, layers=3, units=5, rows=8)

    rng = np.random.default_rng(3)
    weights = [np.array(w, float) for w in models[0].get_weights()]
    for w in weights:
        if w.ndim == 2:
            _initial(rng, w.shape)
    x = rng.normal(size=(8, 5)).astype(np.float32)
    y = rng.integers(0, 2, size=(8, 1))
    outputs = [x]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ kernel + bias))))
    upstream, norms = (outputs[-1] - y) / len(x), []
    for layer in (3, 2, 1, 0):
        norms.insert(0, np.linalg.norm(outputs[layer].T @ upstream))
        upstream = (upstream @ weights[2 * layer].T) * outputs[layer] * (1 - outputs[layer])
    np.testing.assert_allclose(found.gradient_norms["sigmoid"], norms[:3], rtol=1e-4)


def _initial(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Draw a Glorot kernel, so that the generator goes on as in the exercise."""
    rng.uniform(size=shape)
