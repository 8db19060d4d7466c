"""Keras models trained on input pipelines, and features computed from the images of a pipeline.

Every pass over a pipeline is one compiled loop over the batches of `tf.data`. The arithmetic is that of
Keras' `fit` on a generator of the same batches.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence

import numpy as np

from workshop.training import first_steps, watching
from workshop.training.backend import tf
from workshop.training.dropout import drawing
from workshop.training.epochs import Fit
from workshop.training.first_steps import UPDATES
from workshop.training.fitting import Network, assign, begin, fit, updates_of, values_of
from workshop.training.optimizers import Optimizer, from_tensor
from workshop.training.pipelines import Pipeline, batches, whole_batches
from workshop.training.train_step import Updates
from workshop.training.versions import traced

# given the checksum of images and what computes their features, the features
Kept = Callable[[str, Callable[[], np.ndarray]], np.ndarray]
# bytes of the features of one set of images that are kept: those of all 4,752 fruits have 88 MB
MOST = 100_000_000
HISTORY = ("loss", "metric", "val_loss", "val_metric", "steps", "rows")  # of a Fit, (epochs,) each


def fit_pipeline(
    network: Network,
    weights: Sequence[np.ndarray],
    training: Pipeline,
    validation: Pipeline,
    *,
    optimizer: Optimizer,
    loss: str,
    metric: str,
    batch_size: int,
) -> Fit:
    """Train a network from given weights, with one pass over the pipeline per epoch.

    Parameters
    ----------
    network : the model's recipe.
    weights : initial weights in the order of `get_weights`.
    training : the training images; its passes are the epochs.
    validation : the images for the loss and metric after each epoch, with the same number of passes.
    optimizer, loss, metric, batch_size : as for `fit`.

    Raises
    ------
    ValueError
        If passes or rows don't fit, weights don't fit the network, or its layers draw random numbers.
    """
    whole_batches([training, validation], batch_size)
    if drawing(network.model):
        raise ValueError(f"{drawing(network.model)[0].name} draws random numbers: train on arrays with `fit`")
    fill_modes = training.fill_mode, validation.fill_mode
    program = _program(network, type(optimizer), loss, metric, batch_size, *fill_modes)
    assign(network.weights, weights)
    assign(program.updates.state, program.updates.zero_state())
    values = program.updates.settings(optimizer)
    if first_steps.active():

        def steps(count: int) -> tuple[np.ndarray, ...]:
            short = (training.batch(number, batch_size).tensors(0) for number in range(count))
            made = (program.train(values, tf.constant(done), *batch) for done, batch in enumerate(short))
            return _columns([loss, metric] for _, loss, metric, _ in made)

        return begin(
            network, program, weights, steps, validation.tensors(0),
            shape=training.order.shape, optimizer=optimizer, objective=[loss, metric],
            validation=validation.order.shape[1], **_draws(training, validation),
        )  # fmt: skip
    done, history = tf.constant(0), []
    for number in range(len(training.order)):
        before = done
        done, loss_, metric_, rows = program.train(values, done, *training.tensors(number))
        validated = program.validate(*validation.tensors(number))
        history.append([loss_, metric_, *validated, done - before, rows])
        watching.epoch(number + 1, len(training.order), loss_)
    watching.trained(network)
    return Fit(
        values_of(network.weights),
        *_columns(history),
        from_tensor(type(optimizer), values),
        values_of(program.updates.state),
        int(done.numpy()),
    )


def _columns(rows: Iterable[Iterable[Any]]) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value.numpy() for value in column]) for column in zip(*rows))


def _draws(*pipelines: Pipeline) -> dict[str, Any]:
    """Return what a training's plan says of the order and the variants of its images."""
    return {
        "order": [first_steps.order_checksum(p.order) for p in pipelines],
        "variants": [
            None if p.variants is None else first_steps.draw_checksum(p.variants) for p in pipelines
        ],
    }


def features(model: Any, pipeline: Pipeline, batch_size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield a model's outputs (rows, …) float32 and the labels (rows, …) of each pass over a pipeline.

    The outputs of a frozen base don't change, so that each variant of an image is computed only once. They
    are taken batch by batch, because those of all images hardly fit into memory twice. In first steps, only
    the batches of a training's first updates are computed; other rows are 0.

    Raises
    ------
    ValueError
        If the rows are not a whole number of batches.
    """
    whole_batches([pipeline], batch_size)
    compiled = _extractor(model, batch_size, pipeline.fill_mode)
    shorten = first_steps.active() and len(pipeline.order) > 1
    for number, rows in enumerate(pipeline.order):
        steps = len(rows) // batch_size
        if shorten:
            steps = min(steps, UPDATES) if number == 0 else 0
        outputs = np.zeros((len(rows), *model.output_shape[1:]), np.float32)
        for index in range(steps):
            place = slice(index * batch_size, (index + 1) * batch_size)
            outputs[place] = compiled(*pipeline.batch(index, batch_size, of=number).tensors(0)).numpy()
        yield outputs, pipeline.labels[rows]


def fit_on_features(
    base: Any,
    network: Network,
    weights: Sequence[np.ndarray],
    training: Pipeline,
    validation: Pipeline,
    *,
    optimizer: Optimizer,
    loss: str,
    metric: str,
    batch_size: int,
    kept: Optional[Kept] = None,
) -> tuple[Fit, int]:
    """Train a network on a frozen base's features of the training images, one pass per epoch.

    The base does not change, so each variant goes through it once. The validation images, of one pass, go
    through it once for all epochs, and with `kept` once for all seeds if the pass takes all of them. Returns
    the fit over all epochs, and the number of images that went through the base. The other parameters are
    those of `fit_pipeline`.

    Source: chapter 3, activity 3.02.
    """
    validated = _validated(base, validation, batch_size, kept)
    epochs: list[dict[str, np.ndarray]] = []
    done: Optional[Fit] = None
    for inputs, labels in features(base, training, batch_size):
        done = fit(
            network,
            weights if done is None else done.weights,
            inputs,
            labels,
            np.arange(len(inputs))[np.newaxis],
            optimizer=optimizer,
            loss=loss,
            metric=metric,
            batch_size=batch_size,
            validation=validated,
            after=done,
        )
        epochs.append({name: getattr(done, name) for name in HISTORY})
    if first_steps.active():  # `fit` has seen the features of one pass, not their order
        first_steps.describe_last(**_draws(training, validation))
    assert done is not None
    watching.trained(network, weights=done.weights, base=base)
    joined = {name: np.concatenate([epoch[name] for epoch in epochs]) for name in HISTORY}
    return replace(done, **joined), int(joined["rows"].sum()) + len(validated[0])


def _validated(
    base: Any, validation: Pipeline, batch_size: int, kept: Optional[Kept]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the features and labels of one pass, computed in the images' own order if it takes them all.

    Then no batch depends on the seed, and the features can be kept: with and without, they are the same bits.
    """
    rows, images = validation.order[0], validation.images
    if validation.variants is not None or len(rows) < len(images):
        (validated,) = features(base, validation, batch_size)
        return validated

    def compute() -> np.ndarray:
        in_order = replace(validation, order=np.arange(len(images), dtype=np.int32)[np.newaxis])
        ((outputs, _),) = features(base, in_order, batch_size)
        return outputs

    if kept is None or len(images) * int(np.prod(base.output_shape[1:])) * 4 > MOST:
        return compute()[rows], validation.labels[rows]
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    about = f"{images.shape} {images.dtype} in batches of {batch_size}, {threads} threads"
    checksum = hashlib.sha256(about.encode() + np.ascontiguousarray(images).tobytes()).hexdigest()
    return kept(checksum, compute)[rows], validation.labels[rows]


class _Passes:
    """One network's compiled passes."""

    def __init__(self, updates: Updates, *, batch_size: int, fill_modes: tuple[str, str]) -> None:
        self.updates = updates
        self.batch_size = batch_size
        self.fill_modes = fill_modes
        self.train = traced(self._train)
        self.validate = traced(self._validate)

    def _train(self, values: Any, done: Any, *tensors: Any) -> Any:
        """Return the number of updates so far, mean loss and metric, and the number of rows."""
        settings = self.updates.named(values)

        def step(inputs: Any, targets: Any, state: Any) -> Any:
            return self.updates.step(inputs, targets, *state, settings, None)

        state = (done, self.updates.zeros())
        done, sums = over_batches(step, state, tensors, self.batch_size, self.fill_modes[0])
        return (done, *self.updates.means(sums), sums[0])

    def _validate(self, *tensors: Any) -> Any:
        sums = over_batches(
            self.updates.evaluate, self.updates.zeros(), tensors, self.batch_size, self.fill_modes[1]
        )
        return self.updates.means(sums)


def over_batches(step: Any, state: Any, tensors: Sequence[Any], batch_size: int, fill_mode: str) -> Any:
    """Return `step(inputs, targets, state)` applied to all batches of a pass, inside a graph."""
    steps = int(tensors[2].shape[0]) // batch_size
    iterator = iter(batches(*tensors, batch_size=batch_size, fill_mode=fill_mode))
    _, state = tf.while_loop(
        lambda index, _: index < steps,
        lambda index, state: (index + 1, step(*iterator.get_next(), state)),
        (tf.constant(0), state),
        parallel_iterations=1,
    )
    return state


@lru_cache(maxsize=16)
def _program(
    network: Network, optimizer: type, loss: str, metric: Optional[str], batch_size: int, *fill_modes: str
) -> _Passes:
    updates = updates_of(network, optimizer, loss, metric)
    return _Passes(updates, batch_size=batch_size, fill_modes=fill_modes)


@lru_cache(maxsize=4)
def _extractor(model: Any, batch_size: int, fill_mode: str) -> Any:
    def outputs(*tensors: Any) -> Any:
        inputs, _ = iter(batches(*tensors, batch_size=batch_size, fill_mode=fill_mode)).get_next()
        return model(inputs, training=False)

    return traced(outputs)
