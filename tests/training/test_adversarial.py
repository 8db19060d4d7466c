"""The compiled loop of a GAN, held against Keras' own `train_on_batch` calls with the freeze in its place."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest

from workshop.chapters.ch07_gans import networks
from workshop.chapters.ch07_gans.sine import real_points
from workshop.training import backend
from workshop.training.adversarial import Draws, Match, Player, train_adversarially
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam


def as_kept(optimizer: Adam) -> Adam:
    """Return an optimizer with its settings as float32 has them.

    Keras 3 takes 1 - beta of the decimals, and powers of beta of the float32 number, also in float64.
    """
    return Adam(**{name: float(np.float32(value)) for name, value in vars(optimizer).items()})


LOSS = "binary_crossentropy"
DEFAULTS = as_kept(Adam(learning_rate=0.001))
DCGAN = as_kept(Adam(learning_rate=0.0002, beta_1=0.5))


@pytest.fixture(autouse=True)
def _tensorflow():
    """Skip tests that can't run without TensorFlow."""
    pytest.importorskip("tensorflow")


@contextmanager
def floats_of(dtype: str):
    """Let Keras build, lose and update in this dtype."""
    keras = backend.keras
    before = keras.backend.floatx()

    def use(name: str) -> None:
        keras.backend.set_floatx(name)
        if hasattr(keras, "mixed_precision"):  # models convert what they are given, from TensorFlow 2.4 on
            keras.mixed_precision.set_global_policy(name)

    use(dtype)
    try:
        yield
    finally:
        use(before)


def precise(builder, *arguments):
    """Build a network in float64."""
    with floats_of("float64"):
        return builder(*arguments)


def recipes(kind: str, dtype: str):
    """Return generator and discriminator of the sine or of the images."""
    made = [getattr(networks, f"{kind}_{name}")() for name in ("generator", "discriminator")]
    return made if dtype == "float32" else [Network(precise, (one.builder, *one.arguments)) for one in made]


def fresh(both, seed: int = 1) -> Match:
    """Return both networks before training; moving means and biases are drawn, too, so that they matter."""
    rng = np.random.default_rng(seed)
    players = []
    for network in both:
        weights = initial_weights(network.model, rng)
        # as equal as biases are at the start they could be exchanged unnoticed
        players.append(Player(tuple(w + 0.05 * rng.random(w.shape).astype(w.dtype) for w in weights)))
    return Match(*players)


def sine_draws(iterations: int, dtype: str, batch: int = 128) -> Draws:
    """Return real points and noise of iterations."""
    rng = np.random.default_rng(2)
    real = np.stack([real_points(rng.normal(3, 1), batch) for _ in range(iterations)])
    noise = [rng.normal(size=(iterations, batch, networks.SINE_NOISE)) for _ in range(2)]
    return Draws(*(feed.astype(dtype) for feed in (real, *noise)))


def image_draws(iterations: int, dtype: str, batch: int = 8) -> Draws:
    """Return images and noise of iterations, noise for twice the batch."""
    rng = np.random.default_rng(2)
    feeds = [(iterations, batch, 28, 28, 1)]
    feeds += [(iterations, rows, networks.IMAGE_NOISE) for rows in (batch, 2 * batch)]
    return Draws(*(rng.uniform(-1, 1, size=shape).astype(dtype) for shape in feeds))


class ByKeras:
    """Both networks as Keras trains them: the discriminator thawed for its own updates, frozen for others."""

    def __init__(self, both, start: Match, optimizers, *, joined: bool):
        self.generator, self.discriminator = (network.builder(*network.arguments) for network in both)
        self.generator.set_weights(start.generator.weights)
        self.discriminator.set_weights(start.discriminator.weights)
        self.joined = joined
        compiled = [
            {"loss": LOSS, "optimizer": backend.keras.optimizers.Adam(**vars(settings))}
            for settings in optimizers
        ]
        self.discriminator.compile(**compiled[1])
        self.gan = networks.combined(self.generator, self.discriminator)
        self.gan.compile(**compiled[0])

    def iterate(self, real, faked, noise):
        """Make one iteration; without noise the discriminator's part alone."""
        fakes = np.asarray(self.generator(faked, training=False))
        ones, zeros = np.ones((len(real), 1), real.dtype), np.zeros((len(fakes), 1), real.dtype)
        self.discriminator.trainable = True
        if self.joined:
            self.discriminator.train_on_batch(np.concatenate([real, fakes]), np.concatenate([ones, zeros]))
        else:
            self.discriminator.train_on_batch(real, ones)
            self.discriminator.train_on_batch(fakes, zeros)
        self.discriminator.trainable = False
        if noise is not None:
            self.gan.train_on_batch(noise, np.ones((len(noise), 1), real.dtype))


def by_keras(both, start: Match, draws: Draws, optimizers, *, joined: bool):
    """Return the weights of generator and discriminator after Keras' own calls."""
    with floats_of(draws.real.dtype.name):
        trained = ByKeras(both, start, optimizers, joined=joined)
        for number, (real, faked) in enumerate(zip(draws.real, draws.faked, strict=True)):
            trained.iterate(real, faked, None if draws.noise is None else draws.noise[number])
    return trained.generator.get_weights(), trained.discriminator.get_weights()


def apart(found: Match, expected) -> float:
    """Return the largest distance of any weight of both networks."""
    pairs = [
        (ours, theirs)
        for player, weights in zip((found.generator, found.discriminator), expected, strict=True)
        for ours, theirs in zip(player.weights, weights, strict=True)
    ]
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


def least_move(start: Match, found: Match) -> float:
    """Return by how much that weight array moved which moved least."""
    pairs = [
        (before, after)
        for name in ("generator", "discriminator")
        for before, after in zip(getattr(start, name).weights, getattr(found, name).weights, strict=True)
    ]
    return min(float(np.abs(after - before).max()) for before, after in pairs)


CASES = {
    "sine, float64": ("sine", "float64", 50, DEFAULTS, {"joined": False}, 1e-9),
    "sine, float64, XLA": ("sine", "float64", 50, DEFAULTS, {"joined": False, "xla": True}, 1e-9),
    "sine, float32": ("sine", "float32", 10, DEFAULTS, {"joined": False}, 1e-5),
    "sine, float32, XLA": ("sine", "float32", 10, DEFAULTS, {"joined": False, "xla": True}, 1e-5),
    "images, float64": ("image", "float64", 3, DCGAN, {"joined": True}, 1e-9),
}


def case(name: str):
    """Return recipes, start and draws of a case."""
    kind, dtype, iterations, *_ = CASES[name]
    both = recipes(kind, dtype)
    return both, fresh(both), (sine_draws if kind == "sine" else image_draws)(iterations, dtype)


@pytest.mark.parametrize("name", CASES)
def test_iterations_are_those_of_train_on_batch(name):
    """All weights and moving averages are Keras', and all of them move by far more than the tolerance."""
    *_, optimizer, options, tolerance = CASES[name]
    both, start, draws = case(name)

    found = train_adversarially(*both, start, draws, optimizers=(optimizer, optimizer), **options)

    expected = by_keras(both, start, draws, (optimizer, optimizer), joined=options["joined"])
    assert found.generator.weights[0].dtype == CASES[name][1]
    assert apart(found, expected) < tolerance
    assert least_move(start, found) > 100 * max(tolerance, 1e-7)
    per_iteration = 1 if options["joined"] else 2
    assert found.generator.updates == len(draws.real)
    assert found.discriminator.updates == per_iteration * len(draws.real)
