"""All differences of Keras 2 and Keras 3, and of TensorFlow 2.1 and later versions."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Callable, Iterator, Optional

import numpy as np

from workshop.training.backend import keras, tf


def version_of(text: str) -> tuple[int, int]:
    """Return the major and minor number of a version such as `2.2.4-tf`."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def keras_version() -> tuple[int, int]:
    """Return the major and minor number of `tf.keras`."""
    shown = getattr(keras, "__version__", None)
    if shown is not None:
        return version_of(shown)
    if version_of(tf.__version__) < (2, 16):
        return 2, 15  # which does not show the version of its Keras 2
    # nor do tf-keras and Keras 3.0
    legacy = keras.Model.__module__.startswith("tf_keras.")
    return version_of((import_module("tf_keras") if legacy else import_module("keras")).__version__)


def keras_3() -> bool:
    """Return whether `tf.keras` is Keras 3 or later."""
    return keras_version() >= (3, 0)


def traced(function: Callable[..., Any], *, xla: bool = False) -> Callable[..., Any]:
    """Return a function of tensors as graphs, one for each combination of shapes and dtypes.

    With `xla` they are compiled by XLA, if TensorFlow supports it (since 2.5).
    """
    jit = {"jit_compile": True} if xla and version_of(tf.__version__) >= (2, 5) else {}
    graph = tf.function(function, autograph=False, **jit)
    concrete: dict[tuple[Any, ...], Any] = {}

    def call(*tensors: Any) -> Any:
        # traced by hand, because TensorFlow warns of retracing if several functions share their code
        key = tuple((tensor.dtype, tuple(tensor.shape)) for tensor in tensors)
        if key not in concrete:
            concrete[key] = graph.get_concrete_function(
                *(tf.TensorSpec(shape, dtype) for dtype, shape in key)
            )
        return concrete[key](*tensors)

    return call


def direct(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a model's outputs as a function of its inputs, compiled by XLA once for each shape and dtype.

    The usual call of a graph takes 150 µs, longer than a small network: it checks its arguments, makes a new
    tensor, and looks variables up. On a CPU, from Keras 3 on, TensorFlow's internal function executes the
    graph on a tensor that stays, and the present weights are constants: 17 µs. Call it from one thread.
    """
    if not keras_3() or tf.config.list_physical_devices("GPU"):
        usual = traced(lambda x: model(x, training=False), xla=True)
        return lambda x: np.array(usual(tf.constant(x)))
    execute = import_module("tensorflow.python.pywrap_tfe").TFE_Py_Execute
    context = import_module("tensorflow.python.eager.context").context()._handle  # noqa: SLF001
    variables = model.trainable_variables, model.non_trainable_variables
    weights = [[variable.numpy() for variable in some] for some in variables]

    @tf.function(autograph=False, jit_compile=True)  # type: ignore[untyped-decorator]
    def graph(x: Any) -> Any:
        constants = [[tf.constant(array) for array in arrays] for arrays in weights]
        return model.stateless_call(*constants, x, training=False)[0]

    made: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def call(x: np.ndarray) -> np.ndarray:
        if (x.dtype, x.shape) not in made:
            place = _aligned(x)
            concrete = graph.get_concrete_function(tf.TensorSpec(x.shape, x.dtype))
            tensor = tf.experimental.dlpack.from_dlpack(place.__dlpack__())
            # with the graph, which is forgotten otherwise
            made[x.dtype, x.shape] = place, concrete.name, [tensor], concrete
        place, name, inputs, _ = made[x.dtype, x.shape]
        place[...] = x
        outputs: np.ndarray = execute(context, None, name, inputs, None, 1)[0]._numpy()  # noqa: SLF001
        return outputs  # nobody else has their memory

    return call


def _aligned(array: np.ndarray, to: int = 64) -> np.ndarray:
    """Return an empty array like another, at an address that TensorFlow's kernels can read from."""
    memory = np.empty(array.nbytes + to, np.uint8)
    first = -memory.ctypes.data % to
    return memory[first : first + array.nbytes].view(array.dtype).reshape(array.shape)


def resource(variable: Any) -> Any:
    """Return the `tf.Variable` of a variable, which Keras 3 wraps."""
    return variable.value if keras_3() and not isinstance(variable, tf.Variable) else variable


def output_shape(layer: Any) -> list[Optional[int]]:
    """Return a built layer's output shape, None for the batch axis."""
    shape = layer.output.shape if keras_3() else layer.output_shape
    return [None if size is None else int(size) for size in tuple(shape)]


def loss_named(name: str) -> Callable[..., Any]:
    """Return a function of `keras.losses`, e.g. `mean_squared_error`, with one value per row."""
    function: Callable[..., Any] = keras.losses.get(name)
    return function


def metric_named(name: str) -> Callable[..., Any]:
    """Return a function of `keras.metrics`, or a loss used as a metric, with one value per row."""
    # Keras 3 has no functions for metrics that are also losses
    function: Callable[..., Any] = getattr(keras.metrics, name, None) or loss_named(name)
    return function


def role_of(weight: Any) -> str:
    """Return the name of a weight in its layer: `kernel`, `bias`, `recurrent_kernel`, …"""
    name = weight.path if keras_3() else weight.name
    return str(name).rsplit("/", 1)[-1].split(":", 1)[0]


def metric_names(model: Any) -> list[str]:
    """Return the names of a compiled model's metrics without the loss; it must have seen a batch."""
    # Keras 3 has them in one compound metric; metrics of Keras 2 have an empty list of metrics
    found = [inner.name for metric in model.metrics for inner in getattr(metric, "metrics", None) or [metric]]
    return [name for name in found if name != "loss"]


@contextmanager
def advice_muted() -> Iterator[None]:
    """Save as HDF5 without Keras' advice to use its own format: a warning in Keras 2, a log line in 3."""

    def other(record: logging.LogRecord) -> bool:
        return "HDF5 file" not in record.getMessage()

    logger = logging.getLogger("absl")
    logger.addFilter(other)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="You are saving your model as an HDF5 file")
            yield
    finally:
        logger.removeFilter(other)
