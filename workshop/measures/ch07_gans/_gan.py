"""A generator and a discriminator of any exercise, as built and between two iterations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from workshop.training.adversarial import GanState, NetworkState
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import NetworkSummary, network_summary


@dataclass(frozen=True)
class Gan:
    """The recipes of both networks."""

    generator: Network
    discriminator: Network

    def start(self, seed: int) -> GanState:
        """Return both networks before training, with drawn weights."""
        rng = np.random.default_rng(seed)
        return GanState(
            NetworkState(initial_weights(self.generator.model, rng)),
            NetworkState(initial_weights(self.discriminator.model, rng)),
        )

    def fakes(self, state: GanState, noise: np.ndarray) -> np.ndarray:
        """Return the generator's samples from noise (n, features), in inference mode."""
        return predict(self.generator, state.generator.weights, noise)

    def probabilities(self, state: GanState, samples: np.ndarray) -> np.ndarray:
        """Return the discriminator's probability that each of n samples is real; (n,)."""
        found: np.ndarray = predict(self.discriminator, state.discriminator.weights, samples)[:, 0]
        return found


@dataclass(frozen=True)
class Summary:
    """Both networks as built."""

    generator: NetworkSummary
    discriminator: NetworkSummary


@dataclass(frozen=True)
class GanSummary(Summary):
    """The same, and one model of the generator followed by the frozen discriminator."""

    gan: NetworkSummary


def gan_summary(generator: Any, discriminator: Any, combine: Callable[[Any, Any], Any]) -> GanSummary:
    """Return the summaries of both networks, and of the model that `combine` makes of them."""
    alone = network_summary(generator), network_summary(discriminator)  # before the discriminator is frozen
    return GanSummary(*alone, network_summary(combine(generator, discriminator)))
