"""Keras' usual calls, on TensorFlow or on JAX: `fit`, `train_on_batch`, `predict`, `predict_on_batch`."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.jobs import Inference, Prepared, Training
from benchmarks.harness.networks import Network


def built(network: Network, weights: Any, *, one_loop: bool = False) -> Any:
    """Return the Keras model with the weights; `one_loop` lets two LSTMs take each step in turn."""
    import keras

    layers = keras.layers
    stack = [layers.InputLayer(network.shape, dtype="int32" if network.whole else "float32")]
    kinds = [kind for kind, *_ in network.layers]
    for kind, *arguments in network.layers:
        if one_loop and kind == "LSTM" and kinds.count("LSTM") == 2:
            if arguments[1:] != [True]:
                stack.append(layers.RNN([layers.LSTMCell(arguments[0]) for _ in range(2)]))
            continue
        stack.append(_layer(layers, kind, *arguments))
    model = keras.models.Sequential(stack)
    model.set_weights(weights)
    return model


def _layer(layers: Any, kind: str, *arguments: Any) -> Any:
    if kind == "BidirectionalLSTM":
        return layers.Bidirectional(layers.LSTM(*arguments))
    if kind in {"SimpleRNN", "LSTM", "GRU"}:
        units, *every_step = arguments
        return getattr(layers, kind)(units, return_sequences=bool(every_step and every_step[0]))
    if kind in {"Dense", "Conv2D"}:
        *sizes, activation = arguments
        return getattr(layers, kind)(*sizes, activation=activation)
    return getattr(layers, kind)(*arguments)


def optimizer(job: Training) -> Any:
    """Return Keras' optimizer of a training."""
    import keras

    kind = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[job.optimizer]
    return kind(job.learning_rate)


def compiled(job: Training) -> Any:
    """Return Keras' model of a training, compiled as usual."""
    model = built(job.network, job.weights)
    model.compile(optimizer(job), job.loss)
    return model


def fit(job: Training) -> Prepared:
    """`model.fit` over all batches, in their order."""
    model = compiled(job)
    settings = {"batch_size": job.batch_size, "shuffle": False, "verbose": 0}

    def run(epochs: int) -> list[Any]:
        model.fit(job.x, job.y, epochs=epochs, **settings)
        return model.get_weights()

    return Prepared(lambda: run(job.by_step), lambda: run(1), job.by_step * job.steps)


def train_on_batch(job: Training) -> Prepared:
    """`model.train_on_batch` for each batch."""
    model, batches = compiled(job), job.batches()

    def run(epochs: int) -> list[Any]:
        for _ in range(epochs):
            for x, y in batches:
                model.train_on_batch(x, y)
        return model.get_weights()

    return Prepared(lambda: run(job.by_step), lambda: run(1), job.by_step * job.steps)


def predict(job: Inference) -> Prepared:
    """`model.predict` on all rows at once."""
    model = built(job.network, job.weights)

    def call() -> Any:
        return model.predict(job.x, batch_size=len(job.x), verbose=0)

    return Prepared(call, lambda: [call()])


def predict_on_batch(job: Inference) -> Prepared:
    """`model.predict_on_batch`, which leaves the data pipeline of `predict` out."""
    model = built(job.network, job.weights)
    return Prepared(lambda: model.predict_on_batch(job.x), lambda: [model.predict_on_batch(job.x)])
