"""What is measured: jobs in the sizes of the book's own models, and sweeps over one size that show growth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from benchmarks.contenders import OURS, PATHS
from benchmarks.harness import work
from benchmarks.harness.jobs import Adversarial, Arrays, Convolution, Errand, Inference, Job, Training
from benchmarks.harness.networks import Network, drawn_inputs, drawn_weights
from benchmarks.harness.work import Work
from benchmarks.harness.workers import computes_on

VOCABULARY, DIMENSION = 8_000, 32  # of the embeddings of chapter 6
BINARY, SPARSE, MSE = "binary_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error"
SAME_OUTPUTS, SAME_UPDATES = 1e-4, 0.02  # greatest relative difference that rounding explains


@dataclass(frozen=True)
class Case:
    """One job: its path, name and sizes, and how it is made, when it is needed.

    `check` is what results are compared on, the job itself unless that would take too many steps for rounding
    to stay small; `work` of one unit of it, None where it is not counted; `per` names the unit; `names` are
    the contenders, all of the path if empty.
    """

    path: str
    name: str
    size: Mapping[str, int]
    job: Callable[[], Job]
    work: Work | None
    per: str
    tolerance: float
    names: tuple[str, ...] = ()
    check: Callable[[], Job] | None = None

    @property
    def id(self) -> str:
        """Name and sizes, e.g. `LSTM batch=1 steps=200`."""
        return " ".join([self.name, *(f"{axis}={size}" for axis, size in self.size.items())])

    def contenders(self, device: str) -> list[str]:
        """Return the names of the contenders on a device."""
        path = PATHS[self.path]
        return [name for name in self.names or path if computes_on(path[name][0], device)]


def start_of(job: Job) -> Arrays:
    """Return the arrays that a job's results moved from; none where they are outputs."""
    if isinstance(job, Training):
        return job.weights
    return [array for weights in job.weights for array in weights] if isinstance(job, Adversarial) else []


def _convolution(name: str, shape: tuple[int, int, int, int], filters: int, *, loop: bool = False) -> Case:
    batch, side, _, channels = shape
    kernel = (3, 3, channels, filters)

    def job() -> Convolution:
        rng = np.random.default_rng(0)
        return Convolution(rng.random(shape, np.float32), rng.normal(size=kernel).astype(np.float32))

    size = {"batch": batch, "side": side, "channels": channels}
    if filters != channels:
        size["filters"] = filters
    names = tuple(contender for contender in PATHS["convolution"] if loop or contender != "Python loop")
    return Case("convolution", name, size, job, work.convolution(shape, kernel), "call", SAME_OUTPUTS, names)


CONVOLUTIONS = [
    # growth with the side of an image, as the classifiers of chapter 3 see them, from colours to maps
    *(_convolution("images", (8, side, side, 3), 32) for side in (28, 56, 112, 224)),
    # with the number of channels, of the maps of one great image
    *(_convolution("channels", (1, 112, 112, channels), channels) for channels in (1, 8, 64)),
    # with the batch, of the second convolution of exercise 3.02
    *(_convolution("batches", (batch, 28, 28, 64), 64) for batch in (1, 32, 256)),
    # against a Python loop, and the greatest: 64 channels of 224 by 224
    _convolution("one channel", (1, 224, 224, 1), 1, loop=True),
    _convolution("64 channels", (1, 224, 224, 64), 64),
]


def _dense(*units: int, shape: tuple[int, ...] = (2,), last: tuple[int, str] = (1, "sigmoid")) -> Network:
    flat = [("Flatten",)] if len(shape) > 1 else []
    return Network(shape, (*flat, *(("Dense", n, "relu") for n in units), ("Dense", *last)))


def _cnn(shape: tuple[int, int, int], filters: tuple[int, int]) -> Network:
    pairs = [layer for n in filters for layer in (("Conv2D", n, 3, "relu"), ("MaxPooling2D", 2))]
    return Network(shape, (*pairs, ("Flatten",), ("Dense", 128, "relu"), ("Dense", 10, "softmax")))


def sentiment(steps: int, *recurrent: tuple[object, ...]) -> Network:
    """Return a model of chapter 6 for reviews of this many words."""
    layers = (("Embedding", VOCABULARY, DIMENSION), *recurrent, ("Dense", 1, "sigmoid"))
    return Network((steps,), layers, whole=True)


PERCEPTRON, MULTILAYER = _dense(), _dense(50, 20)
DENSE_DIGITS = _dense(50, 20, shape=(28, 28), last=(10, "softmax"))
DIGITS, CIFAR = _cnn((28, 28, 1), (64, 64)), _cnn((32, 32, 3), (64, 128))
FORECASTER = Network((10,), (("Reshape", (10, 1)), ("SimpleRNN", 32), ("Dense", 1, "linear")))
RECURRENT = {
    "plain RNN": (("SimpleRNN", 32),),
    "LSTM": (("LSTM", 32),),
    "GRU": (("GRU", 32),),
    "bidirectional LSTM": (("BidirectionalLSTM", 32),),
    "stacked LSTM": (("LSTM", 32, True), ("LSTM", 32)),
}


def _training(
    name: str,
    network: Network,
    loss: str,
    *,
    rows: int,
    batch: int,
    epochs: int = 1,
    by_step: int = 1,
    xla: bool,
    optimizer: str = "adam",
    **size: int,
) -> Case:
    def job() -> Training:
        x, rng = drawn_inputs(network, rows), np.random.default_rng(2)
        labels = rng.integers(0, network.outputs if loss == SPARSE else 2, rows)
        y = labels.astype(np.int64) if loss == SPARSE else labels[:, np.newaxis].astype(np.float32)
        rate = {"adam": 0.001, "sgd": 0.1}[optimizer]
        weights = drawn_weights(network)
        return Training(network, weights, x, y, loss, optimizer, rate, batch, epochs, by_step, xla)

    def check() -> Training:
        whole = job()
        return replace(whole, x=whole.x[: 3 * batch], y=whole.y[: 3 * batch])

    done = work.training_step(network, batch, moments=2 if optimizer == "adam" else 0)
    sizes = {"batch": batch, **size}
    return Case("training step", name, sizes, job, done, "step", SAME_UPDATES, check=check)


def _sentiment_training(name: str, steps: int) -> Case:
    # gradient descent: Keras 3 takes the squares of a word's gradients occurrence by occurrence, others don't
    network, settings = (
        sentiment(steps, *RECURRENT[name]),
        {"rows": 512, "batch": 128, "epochs": 1 if steps == 200 else 4, "optimizer": "sgd"},
    )
    return _training(name, network, BINARY, **settings, xla=True, steps=steps)


TRAININGS = [
    _training("perceptron", PERCEPTRON, BINARY, rows=21, batch=21, epochs=1000, by_step=5, xla=True),
    _training("multilayer", MULTILAYER, BINARY, rows=21, batch=21, epochs=1000, by_step=5, xla=True),
    *(
        _training("dense digits", DENSE_DIGITS, SPARSE, rows=2048, batch=batch, epochs=4, xla=True)
        for batch in (8, 32, 128, 512)
    ),
    *(
        _training("MNIST CNN", DIGITS, SPARSE, rows=256, batch=batch, xla=False)
        for batch in (16, 32, 64, 128)
    ),
    _training("CIFAR CNN", CIFAR, SPARSE, rows=64, batch=16, xla=False),
    _training("price RNN", FORECASTER, MSE, rows=500, batch=1, epochs=4, xla=True, steps=10),
    *(_sentiment_training("LSTM", steps) for steps in (10, 50, 200)),
    *(_sentiment_training(name, 200) for name in RECURRENT if name != "LSTM"),
]


def _gan(
    name: str, networks: str, *, joined: bool, iterations: int, learning_rate: float, beta_1: float
) -> Case:
    def job() -> Adversarial:
        rng, features = np.random.default_rng(0), {"sine": 10, "image": 100}[networks]
        shape = {"sine": (2,), "image": (28, 28, 1)}[networks]
        real = rng.uniform(-1, 1, (iterations, 128, *shape)).astype(np.float32)
        rows = 256 if joined else 128
        noises = [rng.normal(size=(iterations, n, features)).astype(np.float32) for n in (128, rows)]
        by_call, xla = min(iterations, 10), not joined
        return Adversarial(
            networks, _gan_weights(networks), real, *noises, by_call, learning_rate, beta_1, joined, xla
        )

    def check() -> Adversarial:
        whole = job()
        return replace(whole, real=whole.real[:3], faked=whole.faked[:3], noise=whole.noise[:3])

    size = {"batch": 128}
    done = {"sine": None, "image": work.DCGAN}[networks]
    return Case("GAN iteration", name, size, job, done, "iteration", SAME_UPDATES, check=check)


def _gan_weights(networks: str) -> tuple[Arrays, Arrays]:
    """Return drawn weights in the shapes of chapter 7's networks, scales of batch normalisation at rest."""
    drawn = []
    for place, shapes in enumerate(GAN_SHAPES[networks]):
        rng = np.random.default_rng(place)
        arrays = [
            rng.normal(0, np.sqrt(2 / sum(shape[-2:])), shape).astype(np.float32)
            if len(shape) > 1
            else np.full(shape, value, np.float32)
            for shape, value in shapes
        ]
        drawn.append(arrays)
    return drawn[0], drawn[1]


def _dense_shapes(*units: int) -> list[tuple[tuple[int, ...], float]]:
    return [pair for taken, made in pairwise(units) for pair in (((taken, made), 0.0), ((made,), 0.0))]


def _normalised(units: int) -> list[tuple[tuple[int, ...], float]]:
    return [((units,), 1.0), ((units,), 0.0), ((units,), 0.0), ((units,), 1.0)]


# shapes of the weights, and what a vector starts from
GAN_SHAPES = {
    "sine": (_dense_shapes(10, 32, 32, 64, 32, 32, 2), _dense_shapes(2, 16, 16, 16, 1)),
    "image": (
        [
            *_dense_shapes(100, 512), *_normalised(512), *_dense_shapes(512, 3136), *_normalised(3136),
            ((5, 5, 32, 64), 0.0), ((32,), 0.0), *_normalised(32), ((5, 5, 1, 32), 0.0), ((1,), 0.0),
        ],
        [
            ((5, 5, 1, 32), 0.0), ((32,), 0.0), ((5, 5, 32, 64), 0.0), ((64,), 0.0),
            *_dense_shapes(3136, 512), *_dense_shapes(512, 1),
        ],
    ),
}  # fmt: skip

GANS = [
    _gan("sine GAN", "sine", joined=False, iterations=200, learning_rate=0.001, beta_1=0.9),
    _gan("DCGAN", "image", joined=True, iterations=3, learning_rate=0.0002, beta_1=0.5),
]


def _inference(name: str, batch: int, steps: int) -> Case:
    network = sentiment(steps, *RECURRENT[name])

    def job() -> Inference:
        return Inference(network, drawn_weights(network), drawn_inputs(network, batch))

    size = {"batch": batch, "steps": steps}
    done = work.inference(network, batch)
    return Case("RNN inference", name, size, job, done, "call", SAME_OUTPUTS)


INFERENCES = [
    _inference(name, batch, steps)
    for name in ("plain RNN", "LSTM", "GRU")
    for batch in (1, 256)
    for steps in (10, 50, 200)
]


# against the minimum that any program needs for it
ERRANDS = [
    Case("engine", name, {}, partial(Errand, name), None, "call", SAME_OUTPUTS, (OURS, yardstick))
    for name, yardstick in (
        ("import", "bare Python and 150 ms"),
        ("planning", "ledger alone"),
        ("store hit", "pickle"),
    )
]

CASES = [*CONVOLUTIONS, *TRAININGS, *GANS, *INFERENCES, *ERRANDS]
