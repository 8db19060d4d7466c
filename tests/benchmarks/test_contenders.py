from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.contenders import LIBRARIES, OURS, PATHS
from benchmarks.harness import cases
from benchmarks.harness.cases import GANS, Case, start_of
from benchmarks.harness.contests import relative_difference
from benchmarks.harness.networks import Network, drawn_inputs, drawn_weights, shaped
from benchmarks.harness.workers import _prepared, missing

TINY = {
    "dense": cases._dense(5, 4),
    "convolution": Network((6, 6, 1), (("Conv2D", 2, 3, "relu"), ("MaxPooling2D", 2), ("Flatten",),
                                       ("Dense", 3, "softmax"))),
    "price RNN": cases.FORECASTER,
    **{name: cases.sentiment(4, *layers) for name, layers in cases.RECURRENT.items()},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tensorflow() -> None:
    """Skip what can't run without TensorFlow."""
    pytest.importorskip("tensorflow")


def small(name: str) -> Case:
    """Return a case of few rows of a tiny network."""
    network = TINY[name]
    loss = {"softmax": cases.SPARSE, "sigmoid": cases.BINARY, "linear": cases.MSE}[network.layers[-1][-1]]
    optimizer = "sgd" if network.whole else "adam"
    return cases._training(name, network, loss, rows=12, batch=4, xla=False, optimizer=optimizer)


def results(path: str, job: Any) -> dict[str, list[np.ndarray]]:
    """Return what the contenders of a path compute here, by those of TensorFlow and installed peers."""
    here = [
        name for name, (library, _) in PATHS[path].items() if library != "jax" and missing(library) is None
    ]
    assert {"tensorflow", "numpy"} >= {PATHS[path][name][0] for name in here} - {"torch", "onnxruntime"}
    return {name: _prepared(PATHS[path][name][1], job).result() for name in here}


def assert_equal(path: str, job: Any, tolerance: float) -> None:
    """Compare all contenders' results with ours, and check that an untouched start would be refused."""
    found = results(path, job)
    apart = {name: relative_difference(found[name], found[OURS], start_of(job)) for name in found}

    assert len(apart) > 1
    assert max(apart.values()) <= tolerance, apart
    if start_of(job):
        assert relative_difference(start_of(job), found[OURS], start_of(job)) > 0.9


@pytest.mark.parametrize("name", TINY)
def test_contenders_train_alike(name: str) -> None:
    """From the same weights and batches, every contender makes the same updates."""
    assert_equal("training step", small(name).check(), cases.SAME_UPDATES)


@pytest.mark.parametrize("name", ["plain RNN", "LSTM", "GRU"])
def test_contenders_predict_alike(name: str) -> None:
    """From the same weights and rows, every contender gives the same outputs, which differ by row."""
    job = cases._inference(name, 3, 5).job()

    assert_equal("RNN inference", job, cases.SAME_OUTPUTS)
    (outputs,) = _prepared(PATHS["RNN inference"][OURS][1], job).result()
    assert np.ptp(outputs) > 0.01


def test_contenders_convolve_alike() -> None:
    """Every contender gives the same maps, a Python loop included."""
    assert_equal("convolution", cases._convolution("tiny", (2, 6, 6, 3), 4).job(), cases.SAME_OUTPUTS)


def test_contenders_play_alike() -> None:
    """The loops of the sine's GAN and Keras' own calls make the same updates."""
    assert_equal("GAN iteration", GANS[0].check(), cases.SAME_UPDATES)


@pytest.mark.parametrize("change", ["batch", "learning_rate", "weights"])
def test_another_job_is_refused(change: str) -> None:
    """A contender that took other batches, steps or weights than ours would not pass as equal."""
    job = small("dense").check()
    other = {
        "batch": replace(job, batch_size=6),
        "learning_rate": replace(job, learning_rate=1.1 * job.learning_rate),
        "weights": replace(job, weights=drawn_weights(job.network, seed=5)),
    }[change]
    ours, theirs = (_prepared("ours.training", one).result() for one in (job, other))

    assert relative_difference(theirs, ours, job.weights) > cases.SAME_UPDATES


def test_networks_are_those_of_the_chapters() -> None:
    """Layers and weights are those of the exercises, but for dropout and the GRU's second bias."""
    from workshop.chapters.ch02_neural_networks.ex05_single_layer import exercise_2_05_model
    from workshop.chapters.ch02_neural_networks.ex06_multilayer import exercise_2_06_model
    from workshop.chapters.ch02_neural_networks.ex07_deep_network import exercise_2_07_model
    from workshop.chapters.ch03_image_classification.augmented import cifar_network
    from workshop.chapters.ch03_image_classification.digits import digit_network
    from workshop.chapters.ch05_sequences.networks import plain_rnn
    from workshop.chapters.ch06_sentiment import networks as sentiments
    from workshop.chapters.ch07_gans import networks as gans
    from workshop.training import fitting

    of_reviews = {name: cases.sentiment(200, *layers) for name, layers in cases.RECURRENT.items()}
    pairs = [
        (cases.PERCEPTRON, fitting.Network(exercise_2_05_model)),
        (cases.MULTILAYER, fitting.Network(exercise_2_06_model)),
        (cases.DENSE_DIGITS, fitting.Network(exercise_2_07_model)),
        (cases.DIGITS, digit_network()), (cases.CIFAR, cifar_network()), (cases.FORECASTER, plain_rnn()),
        (of_reviews["plain RNN"], sentiments.plain_rnn().network),
        (of_reviews["LSTM"], sentiments.lstm().network),
        (of_reviews["bidirectional LSTM"], sentiments.bidirectional_lstm().network),
        (of_reviews["stacked LSTM"], sentiments.stacked_lstm().network),
    ]  # fmt: skip
    for ours, chapter in pairs:
        weights = [shape for layer in shaped(ours) for shape in layer.weights]
        assert weights == [array.shape for array in chapter.model.get_weights()]
    gru = [array.shape for array in sentiments.gru().network.model.get_weights()]
    ours = [shape for layer in shaped(of_reviews["GRU"]) for shape in layer.weights]
    assert [shape if len(shape) > 1 else (2, *shape) for shape in gru[1:4]] == ours[1:4]
    for name, both in (
        ("sine", (gans.sine_generator(), gans.sine_discriminator())),
        ("image", (gans.image_generator(), gans.image_discriminator())),
    ):
        for shapes, network in zip(cases.GAN_SHAPES[name], both, strict=True):
            assert [shape for shape, _ in shapes] == [array.shape for array in network.model.get_weights()]


def test_every_library_starts() -> None:
    """Each contender's library is one that a process can be started for."""
    assert {library for path in PATHS.values() for library, _ in path.values()} <= set(LIBRARIES)


def test_inputs_have_the_network_s_shape() -> None:
    """Words lie below the vocabulary, and are whole; other inputs lie in 0 to 1."""
    words = drawn_inputs(TINY["LSTM"], 50)
    images = drawn_inputs(TINY["convolution"], 5)

    assert words.shape == (50, 4)
    assert words.dtype == np.int32
    assert 0 <= words.min() < words.max() < cases.VOCABULARY
    assert images.shape == (5, 6, 6, 1)
    assert 0 <= images.min() < images.max() < 1
