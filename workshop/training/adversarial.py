"""The iterations of a GAN as one compiled loop.

Keras' recipe trains the discriminator by itself, freezes it, and trains the generator through it; since
Keras 3 the same calls leave the discriminator untrained. Here each network has its own variables, optimizer
and step, so that no update of one changes the other in any version. The arithmetic is that of
`train_on_batch` calls with the discriminator trainable for its own updates and frozen for the generator's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Optional

import numpy as np

from workshop.training import first_steps, watching
from workshop.training.backend import tf
from workshop.training.epochs import Arrays, least_move
from workshop.training.fitting import Network, assign, updates_of, values_of
from workshop.training.optimizers import Optimizer
from workshop.training.train_step import Updates
from workshop.training.versions import resource, traced

LOSS = "binary_crossentropy"


@dataclass(frozen=True)
class NetworkState:
    """A network between two iterations.

    `weights` are in the order of `get_weights`, `moments` belong to its optimizer, and `updates` counts the
    updates so far.
    """

    weights: Arrays
    moments: Arrays = ()
    updates: int = 0


@dataclass(frozen=True)
class GanState:
    """Generator and discriminator between two iterations."""

    generator: NetworkState
    discriminator: NetworkState

    @property
    def weights(self) -> Arrays:
        """The weights of both."""
        return (*self.generator.weights, *self.discriminator.weights)


@dataclass(frozen=True)
class Draws:
    """The inputs of the iterations.

    `real` : real samples, (iterations, batch, …). `faked` : noise for the discriminator's fakes, (iterations,
    batch, features). `noise` : noise for the generator's update, (iterations, rows, features), or None if the
    generator is not trained.
    """

    real: np.ndarray
    faked: np.ndarray
    noise: Optional[np.ndarray]

    @property
    def feeds(self) -> list[np.ndarray]:
        """The inputs."""
        return [self.real, self.faked] + ([] if self.noise is None else [self.noise])


def train_adversarially(
    generator: Network,
    discriminator: Network,
    before: GanState,
    draws: Draws,
    *,
    optimizers: tuple[Optimizer, Optimizer],
    joined: bool,
    xla: bool = False,
) -> GanState:
    """Run one iteration per draw; the result depends only on the arguments.

    Each iteration updates the discriminator on real samples (label 1) and on fakes (label 0), which the
    generator produces in inference mode. It then updates the generator, in training mode, on noise with label
    1 through the updated discriminator.

    Parameters
    ----------
    generator, discriminator : recipes; no layer of the discriminator may differ between training and
        inference.
    before : the state that the iterations start from.
    optimizers : settings for generator and discriminator.
    joined : whether real samples and fakes make one update of the discriminator, or one each, real first.
    xla : compile with XLA: much faster for tiny dense networks, slower for convolutions.

    Raises
    ------
    ValueError
        If weights don't fit a network, or the draws have different numbers of iterations.
    """
    if len({len(feed) for feed in draws.feeds}) != 1:
        lengths = [len(feed) for feed in draws.feeds]
        raise ValueError(f"draws of {lengths} iterations: give the same number of each")
    program = _compiled(generator, discriminator, type(optimizers[0]), type(optimizers[1]), joined, xla)
    if first_steps.active():
        return _first_steps(program, before, draws, optimizers)
    return _run(program, before, draws, optimizers)[0]


def _run(
    program: _Iterations, before: GanState, draws: Draws, optimizers: tuple[Optimizer, Optimizer]
) -> tuple[GanState, np.ndarray]:
    """Run one iteration per draw; return the state and the losses (iterations, updates per iteration)."""
    networks = (
        (program.made, before.generator, program.generator),
        (program.judged, before.discriminator, program.discriminator),
    )
    for network, player, updates in networks:
        assign(network.weights, player.weights)
        assign(updates.state, player.moments or updates.zero_state())
    counts, losses = program.graph(
        *(tf.constant(feed) for feed in draws.feeds),
        program.generator.settings(optimizers[0]),
        program.discriminator.settings(optimizers[1]),
        tf.constant([before.generator.updates, before.discriminator.updates]),
    )
    watching.trained(program.made, program.judged)
    watching.epoch(counts[1] // program.updates_of_discriminator, 0, losses[-1])
    after = [
        NetworkState(values_of(network.weights), values_of(updates.state), int(count))
        for (network, _, updates), count in zip(networks, counts.numpy())
    ]
    return GanState(*after), losses.numpy()


def _first_steps(
    program: _Iterations, before: GanState, draws: Draws, optimizers: tuple[Optimizer, Optimizer]
) -> GanState:
    """Run the first iterations one by one, and count the others as if they were run."""
    now, count, each = before, len(draws.real), program.updates_of_discriminator
    done = before.discriminator.updates // each

    def steps(number: int) -> tuple[np.ndarray]:
        nonlocal now
        losses = []
        for place in range(number):
            one = (None if feed is None else feed[place : place + 1] for feed in vars(draws).values())
            now, row = _run(program, now, Draws(*one), optimizers)
            losses.append(row)
        return (np.array(losses, np.float32).reshape(number, each + (draws.noise is not None)),)

    plan = {
        "iterations": count,
        "batch": draws.real.shape[1],
        "noise": [feed.shape[1:] for feed in (draws.faked, draws.noise) if feed is not None],
        "drawn": [first_steps.draw_checksum(feed) for feed in draws.feeds],
        "joined": program.joined,
        "trainable": [len(program.generator.variables), len(program.discriminator.variables)],
        "optimizers": [{"name": type(one).__name__, **vars(one)} for one in optimizers],
    }
    first_steps.take(
        steps, before.weights, lambda: now.weights, plan,
        of=count, before=done, continued=("iterations", "drawn") if done else (),
    )  # fmt: skip
    return GanState(
        replace(now.generator, updates=before.generator.updates + count * (draws.noise is not None)),
        replace(now.discriminator, updates=before.discriminator.updates + count * each),
    )


def least_moves(before: GanState, after: GanState) -> tuple[float, float]:
    """Return `least_move` of generator and discriminator; 0 if a network is not trained."""
    return (
        least_move(before.generator.weights, after.generator.weights),
        least_move(before.discriminator.weights, after.discriminator.weights),
    )


class _Iterations:
    """Both networks in training, and the graph that runs the iterations."""

    def __init__(
        self,
        generator: Network,
        discriminator: Network,
        optimizers: tuple[type, type],
        *,
        joined: bool,
        xla: bool,
    ) -> None:
        self.made, self.judged = generator.model, discriminator.model
        variables = [resource(v) for v in self.made.trainable_variables]
        self.generator = Updates(self._through, variables, optimizers[0], loss=LOSS, metric=None)
        self.discriminator = updates_of(discriminator, optimizers[1], LOSS, None)
        self.joined = joined
        self.graph = traced(self._iterations, xla=xla)

    def _through(self, noise: Any, training: bool, *_: Any) -> Any:
        """Return the discriminator's outputs for the generator's fakes."""
        return self.judged(self.made(noise, training=training), training=training)

    def _iterations(self, real: Any, faked: Any, *rest: Any) -> Any:
        *noise, for_generator, for_discriminator, before = rest
        settings = self.generator.named(for_generator), self.discriminator.named(for_discriminator)

        def iteration(number: Any, generated: Any, judged: Any, losses: Any) -> Any:
            fakes = self.made(faked[number], training=False)
            judged, row = self._judge(real[number], fakes, judged, settings[1])
            if noise:
                with tf.control_dependencies([judged]):
                    ones = self._labels(noise[0][number], 1)
                    generated, loss = _update(self.generator, noise[0][number], ones, generated, settings[0])
                    row.append(loss)
            return number + 1, generated, judged, losses.write(number, tf.stack(row))

        count = int(real.shape[0])
        shape = (self.updates_of_discriminator + len(noise),)
        empty = tf.TensorArray(self.discriminator.dtype, size=count, element_shape=shape)
        _, generated, judged, losses = tf.while_loop(
            lambda number, *_: number < count,
            iteration,
            (tf.constant(0), before[0], before[1], empty),
            parallel_iterations=1,
        )
        return tf.stack([generated, judged]), losses.stack()

    @property
    def updates_of_discriminator(self) -> int:
        """Number of the discriminator's updates in an iteration."""
        return 1 if self.joined else 2

    def _judge(self, real: Any, fakes: Any, done: Any, settings: Any) -> tuple[Any, list[Any]]:
        ones, zeros = self._labels(real, 1), self._labels(fakes, 0)
        if self.joined:
            rows, labels = tf.concat([real, fakes], 0), tf.concat([ones, zeros], 0)
            done, loss = _update(self.discriminator, rows, labels, done, settings)
            return done, [loss]
        done, of_real = _update(self.discriminator, real, ones, done, settings)
        with tf.control_dependencies([done]):
            done, of_fakes = _update(self.discriminator, fakes, zeros, done, settings)
        return done, [of_real, of_fakes]

    def _labels(self, rows: Any, label: int) -> Any:
        return tf.fill([int(rows.shape[0]), 1], tf.constant(label, self.discriminator.dtype))


def _update(updates: Updates, inputs: Any, labels: Any, done: Any, settings: Any) -> tuple[Any, Any]:
    """Make one update; return the number of updates so far, and the loss."""
    done, sums = updates.step(inputs, labels, done, updates.zeros(), settings, None)
    return done, updates.means(sums)[0]


@lru_cache(maxsize=8)
def _compiled(
    generator: Network,
    discriminator: Network,
    of_generator: type,
    of_discriminator: type,
    joined: bool,
    xla: bool,
) -> _Iterations:
    return _Iterations(generator, discriminator, (of_generator, of_discriminator), joined=joined, xla=xla)
