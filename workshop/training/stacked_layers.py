"""The layers of a Sequential, applied to several networks at once: weights and data have a lane axis."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from workshop.training.backend import keras, tf
from workshop.training.dropout import dropped

_LONGEST = 64  # steps of a recurrent layer, because each adds to the graph
_SMALL = 64  # elements of a kernel up to which sums take XLA a third of the time of matrix products
_PLAIN = {
    "padding": "valid",
    "strides": (1,),
    "dilation_rate": (1,),
    "groups": 1,
    "data_format": "channels_last",
    "return_sequences": False,
    "go_backwards": False,
    "stateful": False,
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
}


def check_layers(model: Any) -> None:
    """Check that several networks of a model can be computed at once.

    Raises
    ------
    ValueError
        If it is not a Sequential, has weights that aren't trained, or has other layers or settings than
        Dense, Conv1D (valid, stride 1), SimpleRNN (last output), Dropout, and layers without weights.
    """
    if not isinstance(model, keras.models.Sequential):
        raise ValueError(f"{model.name} is not a Sequential: train its seeds one by one")  # noqa: TRY004
    if model.losses or model.non_trainable_weights:
        raise ValueError(f"{model.name} has regularizers or untrained weights: train its seeds one by one")
    for layer in model.layers:
        kind = type(layer).__name__
        config = layer.get_config() if kind in _LAYERS else {}
        odd = [
            name for name, plain in _PLAIN.items() if config.get(name, plain) not in (plain, _listed(plain))
        ]
        if odd or (layer.weights and kind not in _LAYERS):
            cause = f"{odd[0]}={config[odd[0]]!r}" if odd else kind
            raise ValueError(f"{layer.name}: {cause} can't be stacked: train its seeds one by one")


def apply_layers(model: Any, weights: Sequence[Any], x: Any, training: bool, keys: Any, update: Any) -> Any:
    """Return the outputs (lanes, rows, …) of several networks.

    Parameters
    ----------
    model : the Sequential with the layers.
    weights : in the order of `get_weights`, each with a leading lane axis.
    x : inputs (lanes, rows, …).
    training, keys, update : whether Dropout draws, its keys (lanes,), and the number of the update.
    """
    x = tf.cast(x, weights[0].dtype) if x.dtype.is_floating else x
    weights = list(weights)
    for number, layer in enumerate(model.layers):
        own, weights = weights[: len(layer.weights)], weights[len(layer.weights) :]
        if isinstance(layer, keras.layers.Dropout):
            x = dropped(layer, x, keys, number, update) if training else x
        elif own:
            x = _LAYERS[type(layer).__name__](layer, own, x)
        else:
            x = _rowwise(layer, x)
    return x


def _rowwise(layer: Any, x: Any) -> Any:
    """Apply a layer without weights to all rows of all lanes."""
    lanes, rows = x.shape[:2]
    y = layer(tf.reshape(x, [lanes * rows, *x.shape[2:]]))
    return tf.reshape(y, [lanes, rows, *y.shape[1:]])


def _dense(layer: Any, weights: Sequence[Any], x: Any) -> Any:
    return layer.activation(_product(x, *weights))


def _conv1d(layer: Any, weights: Sequence[Any], x: Any) -> Any:
    """Multiply the concatenated windows by the kernel as a matrix."""
    kernel, *bias = weights
    lanes, size, channels, filters = kernel.shape
    length = x.shape[2] - size + 1
    windows = tf.concat([x[:, :, start : start + length] for start in range(size)], axis=-1)
    return layer.activation(_product(windows, tf.reshape(kernel, [lanes, size * channels, filters]), *bias))


def _simple_rnn(layer: Any, weights: Sequence[Any], x: Any) -> Any:
    kernel, recurrent, *bias = weights
    if x.shape[2] > _LONGEST:
        raise ValueError(
            f"{layer.name}: {x.shape[2]} steps are more than {_LONGEST}: train its seeds one by one"
        )
    inputs = tf.unstack(_product(x, kernel, *bias), axis=2)
    state = layer.activation(inputs[0])
    for step in inputs[1:]:
        state = layer.activation(step + tf.matmul(state, recurrent))
    return state


_LAYERS: dict[str, Callable[[Any, Sequence[Any], Any], Any]] = {
    "Dense": _dense,
    "Conv1D": _conv1d,
    "SimpleRNN": _simple_rnn,
}


def _product(x: Any, kernel: Any, *bias: Any) -> Any:
    """Return x W (+ b) over the last axis, lane by lane."""
    lanes, features, units = kernel.shape
    flat = tf.reshape(x, [lanes, -1, features])
    if features * units <= _SMALL:
        y = tf.reduce_sum(flat[..., tf.newaxis] * kernel[:, tf.newaxis], axis=2)
    else:
        y = tf.matmul(flat, kernel)
    y = y + bias[0][:, tf.newaxis] if bias else y
    return tf.reshape(y, [*x.shape[:-1], units])


def _listed(plain: Any) -> Any:
    return list(plain) if isinstance(plain, tuple) else plain
