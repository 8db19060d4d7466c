"""Initial weights drawn by a NumPy generator, so that a seed gives the same start on every TensorFlow."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Sequence

import numpy as np

from workshop.training.backend import keras
from workshop.training.versions import role_of

Draw = Callable[[np.random.Generator, Sequence[int]], np.ndarray]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return the inputs and outputs of a unit of a kernel, whose last axes are input and output channels."""
    receptive = int(np.prod(shape[:-2], dtype=np.int64))
    return receptive * int(shape[-2]), receptive * int(shape[-1])


def glorot_uniform(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Draw from U(−a, a), a = √(6 / (inputs + outputs)); float64 of the given shape."""
    limit = np.sqrt(6.0 / sum(fans(shape)))
    return rng.uniform(-limit, limit, size=tuple(shape))


def he_uniform(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Draw from U(−a, a), a = √(6 / inputs); float64 of the given shape."""
    limit = np.sqrt(6.0 / fans(shape)[0])
    return rng.uniform(-limit, limit, size=tuple(shape))


def random_uniform(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Draw from U(−0.05, 0.05), as Keras does for an embedding; float64 of the given shape."""
    return rng.uniform(-0.05, 0.05, size=tuple(shape))


def unit_forget_bias(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:  # noqa: ARG001
    """Return the bias of an LSTM's four gates: ones for the second, the forget gate, and else zeros."""
    bias = np.zeros((4, int(shape[0]) // 4))
    bias[1] = 1.0
    return bias.reshape(tuple(shape))


def zeros(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:  # noqa: ARG001 - drawn like the others
    """Return zeros; float64 of the given shape."""
    return np.zeros(tuple(shape))


def ones(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:  # noqa: ARG001 - drawn like the others
    """Return ones; float64 of the given shape."""
    return np.ones(tuple(shape))


def orthogonal(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Draw a matrix with orthonormal rows or columns, whichever are fewer; float64 of the given shape.

    It is Q of a standard normal draw, with signs for which R has a positive diagonal, so that all such
    matrices are equally likely. All axes except the last count as rows.
    """
    rows, columns = int(np.prod(shape[:-1])), int(shape[-1])
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))
    return (q if rows >= columns else q.T).reshape(shape)


_DRAWS: dict[str, Draw] = {
    "GlorotUniform": glorot_uniform,
    "HeUniform": he_uniform,
    "Ones": ones,
    "Orthogonal": orthogonal,
    "RandomUniform": random_uniform,
    "Zeros": zeros,
    "unit_forget_bias": unit_forget_bias,
}


def initial_weights(model: Any, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw a built model's weights in the order of `get_weights`, each by its layer's initialiser.

    Raises
    ------
    ValueError
        If an initialiser is not supported.
    """
    drawn = []
    for layer in _plain_layers(model):
        for weight in layer.weights:
            role = role_of(weight)
            named = role.replace("recurrent_kernel", "recurrent")
            name = _name_of(getattr(layer, named + "_initializer"))
            if role == "bias" and getattr(layer, "unit_forget_bias", False):
                name = "unit_forget_bias"
            if name not in _DRAWS:
                raise ValueError(
                    f"{layer.name} {role}: no initialiser {name}: use one of {', '.join(sorted(_DRAWS))}"
                )
            shape = [int(size) for size in weight.shape]
            drawn.append(_DRAWS[name](rng, shape).astype(weight.numpy().dtype))
    return tuple(drawn)


def _name_of(initialiser: Any) -> str:
    """Return the name of an initialiser; TensorFlow 2.1 has none for He's, Keras 3.0 a longer one."""
    name = type(initialiser).__name__
    if name == "VarianceScaling":
        settings = initialiser.get_config()
        if [settings[key] for key in ("scale", "mode", "distribution")] == [2.0, "fan_in", "uniform"]:
            return "HeUniform"
    return "Orthogonal" if name == "OrthogonalInitializer" else name


def _plain_layers(model: Any) -> Iterator[Any]:
    """Yield a model's layers, with the two layers of a Bidirectional in its place."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Bidirectional):
            yield layer.forward_layer
            yield layer.backward_layer
        else:
            yield layer


def shuffled(rng: np.random.Generator, *, epochs: int, n: int) -> np.ndarray:
    """Return a random order of the rows 0 … n−1 for every epoch; int32 of shape (epochs, n)."""
    order = np.empty((epochs, n), np.int32)
    for row in order:
        row[:] = rng.permutation(n)
    return order
