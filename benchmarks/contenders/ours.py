"""The package's own: compiled training loops, the inference helper, NumPy's convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contenders.keras_models import built
from benchmarks.harness.jobs import Adversarial, Convolution, Inference, Prepared, Training
from workshop.measures.ch07_gans import ex04_gan, ex05_dcgan
from workshop.numerics.convolution2d import convolve2d
from workshop.training.adversarial import Draws, GanState, NetworkState, train_adversarially
from workshop.training.fitting import Network, fit
from workshop.training.inference import Predictor
from workshop.training.optimizers import SGD, Adam


def model_of(network: Any) -> Any:
    """Build a Keras model; weights are given to each call."""
    from benchmarks.harness.networks import drawn_weights

    return built(network, drawn_weights(network), one_loop=True)


def convolution(job: Convolution) -> Prepared:
    """`numerics.convolution2d.convolve2d`."""
    return Prepared(lambda: convolve2d(job.images, job.kernel), lambda: [convolve2d(job.images, job.kernel)])


def training(job: Training) -> Prepared:
    """`training.fitting.fit`: all epochs in one compiled loop, weights in and out as arrays."""
    network = Network(model_of, (job.network,))
    rows = np.arange(job.steps * job.batch_size)
    kind = {"adam": Adam, "sgd": SGD}[job.optimizer]
    settings = {"optimizer": kind(job.learning_rate), "loss": job.loss, "batch_size": job.batch_size}

    def run(epochs: int) -> Any:
        order = np.tile(rows, (epochs, 1))
        return fit(network, job.weights, job.x, job.y, order, xla=job.xla, **settings)

    return Prepared(lambda: run(job.epochs), lambda: list(run(1).weights), job.epochs * job.steps)


def inference(job: Inference) -> Prepared:
    """`training.inference.Predictor`, compiled with XLA."""
    predictor = Predictor(Network(model_of, (job.network,)), job.weights, xla=True)
    return Prepared(lambda: predictor(job.x), lambda: [predictor(job.x)])


def adversarial(job: Adversarial) -> Prepared:
    """`training.adversarial.train_adversarially`."""
    generator, discriminator = gan_networks(job)
    draws = Draws(job.real, job.faked, job.noise)
    adam = Adam(job.learning_rate, beta_1=job.beta_1)
    before = GanState(*(NetworkState(tuple(weights)) for weights in job.weights))

    def call() -> GanState:
        return train_adversarially(
            generator, discriminator, before, draws, optimizers=(adam, adam), joined=job.joined, xla=job.xla
        )

    def result() -> list[Any]:
        after = call()
        return [*after.generator.weights, *after.discriminator.weights]

    return Prepared(call, result, len(job.real))


def gan_networks(job: Adversarial) -> tuple[Network, Network]:
    """Return generator and discriminator."""
    gan = {"sine": ex04_gan.NETWORKS, "image": ex05_dcgan.NETWORKS}[job.networks]
    return gan.generator, gan.discriminator
