"""The networks that forecast prices: plain RNN, 1-D convolution, hybrids, and their summaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Tuple, Union

from workshop.training.backend import keras
from workshop.training.fitting import Network
from workshop.training.optimizers import Adam
from workshop.training.summaries import built_layers, layer_table, parameter_totals
from workshop.training.versions import output_shape
from workshop.units import unit

LOOK_BACK = 10
LOSS = "mse"  # the one name of the mean squared error that every version of tf.keras has
ADAM = Adam(learning_rate=0.001)
Layer = Tuple[Union[str, int, float], ...]


def forecaster(look_back: int, *hidden: Layer) -> Any:
    """Build a network from `look_back` prices to the next, with hidden layers by Keras' name and arguments.

    Convolutions have ReLU activations; the other layers keep their defaults.
    """
    layers = keras.layers
    stack = [layers.InputLayer((look_back,)), layers.Reshape((look_back, 1))]
    for kind, *arguments in hidden:
        extra = {"activation": "relu"} if kind == "Conv1D" else {}
        stack.append(getattr(layers, str(kind))(*arguments, **extra))
    return keras.models.Sequential([*stack, layers.Dense(1), layers.Activation("linear")])


def plain_rnn(look_back: int = LOOK_BACK, units: int = 32) -> Network:
    """Return the plain RNN of exercise 5.03."""
    return Network(forecaster, (look_back, ("SimpleRNN", units)))


def convolution(
    look_back: int = LOOK_BACK, filters: int = 5, kernel_size: int = 5, pool_size: int = 5
) -> Network:
    """Return the convolution of exercise 5.04."""
    return Network(
        forecaster,
        (look_back, ("Conv1D", filters, kernel_size), ("MaxPooling1D", pool_size), ("Flatten",)),
    )


def hybrid(look_back: int = LOOK_BACK, filters: int = 5, kernel_size: int = 3, units: int = 32) -> Network:
    """Return the hybrid of exercise 5.05."""
    return Network(forecaster, (look_back, ("Conv1D", filters, kernel_size), ("SimpleRNN", units)))


def hybrid_with_dropout(rate: float = 0.25) -> Network:
    """Return the hybrid of activity 5.01."""
    return Network(forecaster, (*hybrid().arguments, ("Dropout", rate)))


def layer_settings(model: Any) -> Dict[str, Any]:
    """Return the settings of a built model's hidden layers by the names in the book's tables."""
    names = {
        ("Conv1D", "filters"): "filters",
        ("Conv1D", "kernel_size"): "kernel_size",
        ("MaxPooling1D", "pool_size"): "pool_size",
        ("SimpleRNN", "units"): "rnn_units",
        ("Dropout", "rate"): "dropout",
        ("Dense", "units"): "output_units",
        ("Activation", "activation"): "activation",
    }
    found = {}
    for layer in built_layers(model):
        config = layer.get_config()
        for (kind, key), name in names.items():
            if type(layer).__name__ == kind:
                value = config[key]
                found[name] = value[0] if isinstance(value, (tuple, list)) else value
    return found


def input_shape(layer: Any) -> List[int]:
    """Return the input shape of a built layer, without the batch axis."""
    return [int(size) for size in tuple(layer.input.shape)[1:]]


@dataclass(frozen=True)
class RecurrentInput:
    """Input shape of the plain RNN's recurrent layer: steps, features."""

    input_shape: List[int]


@unit("ch05.text06", uses=("tensorflow",))
def recurrent_input() -> RecurrentInput:
    """Read the input shape of the plain RNN's recurrent layer. Source: chapter 5, text on SimpleRNN."""
    (layer,) = (la for la in plain_rnn().model.layers if isinstance(la, keras.layers.SimpleRNN))
    return RecurrentInput(input_shape(layer))


@dataclass(frozen=True)
class Exercise503:
    """The model as built, and its training settings."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    setup: Dict[str, Any]


@unit("ch05.ex03", uses=("tensorflow",))
def exercise_5_03() -> Exercise503:
    """Build the plain RNN and read its summary. Source: chapter 5, exercise 5.03."""
    model = plain_rnn().model
    trained_with = {"loss": getattr(keras.losses, LOSS).__name__, "optimizer": type(ADAM).__name__.lower()}
    return Exercise503(layer_table(model), parameter_totals(model), {**layer_settings(model), **trained_with})


@dataclass(frozen=True)
class Model504:
    """The model as built. `conv_output` : steps, filters. `fewer_params` : its and the plain RNN's total."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    conv_output: List[int]
    filters_vs_length: Dict[str, int]
    layers: Dict[str, Any]
    fewer_params: List[int]


@unit("ch05.ex04", uses=("tensorflow",))
def exercise_5_04_model() -> Model504:
    """Build the convolution and read its summary. Source: chapter 5, exercise 5.04."""
    model = convolution().model
    filtering = built_layers(model)[1]
    settings = layer_settings(model)
    return Model504(
        summary=layer_table(model),
        total_params=parameter_totals(model),
        conv_output=[int(size) for size in output_shape(filtering)[1:] if size is not None],
        filters_vs_length={"filters": settings["filters"], "length": input_shape(filtering)[0]},
        layers=settings,
        fewer_params=[parameter_totals(m)["total"] for m in (model, plain_rnn().model)],
    )


@dataclass(frozen=True)
class Model505:
    """The model as built, its parameters and the plain RNN's, and both for look-backs of 10 and 100."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    conv_output: List[int]
    layers: Dict[str, Any]
    more_params_than_rnn: List[int]
    params_by_length: Dict[str, List[int]]


@unit("ch05.ex05", uses=("tensorflow",))
def exercise_5_05_model(look_backs: Tuple[int, int] = (LOOK_BACK, 10 * LOOK_BACK)) -> Model505:
    """Build the hybrid and read its summary, and again for sequences ten times as long.

    Source: chapter 5, exercise 5.05.
    """
    model = hybrid().model
    return Model505(
        summary=layer_table(model),
        total_params=parameter_totals(model),
        conv_output=[int(size) for size in output_shape(built_layers(model)[1])[1:] if size is not None],
        layers=layer_settings(model),
        more_params_than_rnn=[parameter_totals(m)["total"] for m in (model, plain_rnn().model)],
        params_by_length={
            name: [parameter_totals(network(look_back).model)["total"] for look_back in look_backs]
            for name, network in (("hybrid", hybrid), ("plain RNN", plain_rnn))
        },
    )


@dataclass(frozen=True)
class ActivityModel501:
    """The model as built."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    layers: Dict[str, Any]


@unit("ch05.act01", uses=("tensorflow",))
def activity_5_01_model() -> ActivityModel501:
    """Build the hybrid with dropout and read its summary. Source: chapter 5, activity 5.01."""
    model = hybrid_with_dropout().model
    return ActivityModel501(layer_table(model), parameter_totals(model), layer_settings(model))
