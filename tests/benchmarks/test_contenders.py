from dataclasses import replace
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pytest

from benchmarks.contenders import OURS, PATHS
from benchmarks.harness import cases
from benchmarks.harness.cases import GANS, Case, start_of
from benchmarks.harness.contests import relative_difference
from benchmarks.harness.networks import Network, drawn_weights, shaped
from benchmarks.harness.workers import _prepared, missing

TINY = {
    "dense": cases._dense(5, 4),
    "convolution": Network((6, 6, 1), (("Conv2D", 2, 3, "relu"), ("MaxPooling2D", 2), ("Flatten",),
                                       ("Dense", 3, "softmax"))),
    "price RNN": cases.FORECASTER,
    **{name: cases.sentiment(4, *layers) for name, layers in cases.RECURRENT.items()},
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("tensorflow")
NIGHTLY = pytest.mark.nightly


def with_one(first: str, *others: str) -> list[Any]:
    """Return names of which only the first is tested on each change."""
    return [first, *(pytest.param(name, marks=NIGHTLY) for name in others)]


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


@pytest.mark.parametrize("name", with_one(*TINY))
def test_contenders_train_alike(name):
    assert_equal("training step", small(name).check(), cases.SAME_UPDATES)


@pytest.mark.parametrize("name", with_one("LSTM", "plain RNN", "GRU"))
def test_contenders_predict_alike(name):
    job = cases._inference(name, 3, 5).job()

    assert_equal("RNN inference", job, cases.SAME_OUTPUTS)
    (outputs,) = _prepared(PATHS["RNN inference"][OURS][1], job).result()
    assert np.ptp(outputs) > 0.01


def test_contenders_convolve_alike():
    assert_equal("convolution", cases._convolution("tiny", (2, 6, 6, 3), 4).job(), cases.SAME_OUTPUTS)


@NIGHTLY
def test_contenders_play_alike():
    assert_equal("GAN iteration", GANS[0].check(), cases.SAME_UPDATES)


@pytest.mark.parametrize("change", ["batch", "learning_rate", "weights"])
def test_another_job_is_refused(change):
    """A contender that took other batches, steps or weights than ours would not pass as equal."""
    job = small("dense").check()
    other = {
        "batch": replace(job, batch_size=6),
        "learning_rate": replace(job, learning_rate=1.1 * job.learning_rate),
        "weights": replace(job, weights=drawn_weights(job.network, seed=5)),
    }[change]
    ours, theirs = (_prepared("ours.training", one).result() for one in (job, other))

    assert relative_difference(theirs, ours, job.weights) > cases.SAME_UPDATES


OF_REVIEWS = {name: cases.sentiment(200, *layers) for name, layers in cases.RECURRENT.items()}
CHAPTERS = {
    "ch02_neural_networks.ex05_single_layer:exercise_2_05_model": cases.PERCEPTRON,
    "ch02_neural_networks.ex06_multilayer:exercise_2_06_model": cases.MULTILAYER,
    "ch02_neural_networks.ex07_deep_network:exercise_2_07_model": cases.DENSE_DIGITS,
    "ch03_image_classification.ex02_handwritten_digits:exercise_3_02_model": cases.DIGITS,
    "ch03_image_classification.ex04_cifar10:exercise_3_04_model": cases.CIFAR,
    "ch05_sequences.ex03_plain_rnn:exercise_5_03_model": cases.FORECASTER,
    "ch06_sentiment.ex01_plain_rnn:exercise_6_01_model": OF_REVIEWS["plain RNN"],
    "ch06_sentiment.ex02_lstm:exercise_6_02_model": OF_REVIEWS["LSTM"],
    "ch06_sentiment.ex04_bidirectional_lstm:exercise_6_04_model": OF_REVIEWS["bidirectional LSTM"],
    "ch06_sentiment.ex05_stacked_lstm:exercise_6_05_model": OF_REVIEWS["stacked LSTM"],
}


def test_networks_are_those_of_the_chapters():
    from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
    from workshop.measures.ch07_gans import ex04_gan, ex05_dcgan
    from workshop.training.fitting import Network as Recipe

    for name, ours in CHAPTERS.items():
        recipe = Recipe(resolve_name(f"workshop.chapters.{name}"))
        weights = [shape for layer in shaped(ours) for shape in layer.weights]
        assert weights == [array.shape for array in recipe.model.get_weights()]
    gru = [array.shape for array in exercise_6_03_model().get_weights()]
    ours = [shape for layer in shaped(OF_REVIEWS["GRU"]) for shape in layer.weights]
    assert [shape if len(shape) > 1 else (2, *shape) for shape in gru[1:4]] == ours[1:4]
    for name, gan in (("sine", ex04_gan.NETWORKS), ("image", ex05_dcgan.NETWORKS)):
        for shapes, network in zip(cases.GAN_SHAPES[name], (gan.generator, gan.discriminator), strict=True):
            assert [shape for shape, _ in shapes] == [array.shape for array in network.model.get_weights()]


@pytest.mark.nightly
# the store of a benchmark is a folder that goes with its last user, which Python warns of
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("case", cases.ERRANDS, ids=lambda case: case.name)
def test_contenders_run_the_same_errand(case):
    ours, *others = (_prepared(PATHS[case.path][name][1], case.job()) for name in case.contenders("cpu"))
    ours.call()

    for other in others:
        other.call()
        assert relative_difference(other.result(), ours.result(), []) == 0.0
