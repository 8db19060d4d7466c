"""The networks of chapter 7 against their layers by hand, and other networks that the claims refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch07_gans import _networks_by_hand as networks
from workshop.chapters.ch07_gans import text05_layers
from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02
from workshop.chapters.ch07_gans.ex03_discriminator import exercise_7_03_summary
from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_summary
from workshop.chapters.ch07_gans.ex05_dcgan import exercise_7_05_summary
from workshop.ledger import ledger
from workshop.numerics.reference_network import ACTIVATIONS
from workshop.paths import follow
from workshop.training import network_checks
from workshop.training.summaries import built_layers

pytestmark = pytest.mark.usefixtures("tensorflow")

POINTS = (
    "ch07.ex02.summary",
    "ch07.ex02.params",
    "ch07.ex02.first_layer_arithmetic",
    "ch07.ex02.second_layer_arithmetic",
)
JUDGED = ("ch07.ex03.disc_summary", "ch07.ex03.disc_params", "ch07.ex03.disc_widths")
BOTH = ("ch07.ex04.gan_summary", "ch07.ex04.gan_params")
DIGITS = ("ch07.ex05.gen_summary", "ch07.ex05.gen_params", "ch07.act01.noise_dimension")
DIGITS_JUDGED = ("ch07.ex05.disc_summary", "ch07.ex05.disc_params", "ch07.ex05.disc_maps")
DIGITS_BOTH = ("ch07.ex05.gan_summary", "ch07.ex05.gan_params")
# summaries as built, so that only what runs differs below
SUMMARIES = {
    "ch07.ex02": exercise_7_02,
    "ch07.ex03": exercise_7_03_summary,
    "ch07.ex04": exercise_7_04_summary,
    "ch07.ex05": exercise_7_05_summary,
}
RUNS = {
    "ch07.ex02": networks.points_generator,
    "ch07.ex03": networks.points_discriminator,
    "ch07.ex04": networks.points_gan,
    "ch07.ex05": networks.image_networks,
}


@pytest.fixture
def tensorflow():
    """Skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow")


def refused(unit: str, *claims: str) -> list[str]:
    """Return which claims refuse the networks of a unit, as they run now, under a summary as documented."""
    fields = {**vars(SUMMARIES[unit]()), **vars(RUNS[unit]())}
    found = []
    for claim in (ledger().claims[each] for each in claims):
        values = {name: follow(fields[m.field], m.steps) for name, m in claim.measures().items()}
        if not claim.rule.decide(claim.documented, values.get("", values)).holds:
            found.append(claim.id)
    return found


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[], Any]:
    """Return a builder like the module's, whose model is changed after it is built."""
    build = getattr(networks, name)

    def built() -> Any:
        model = build()
        change(built_layers(model))
        return model

    return built


def inactive(*places: int) -> Callable[[Any], None]:
    """Return a change that makes layers linear."""

    def change(layers: Any) -> None:
        for place in places:
            layers[place].activation = ACTIVATIONS["linear"]

    return change


def with_slope(place: int, slope: float) -> Callable[[Any], None]:
    """Return a change of a leaky ReLU's slope, which Keras 2 calls alpha."""

    def change(layers: Any) -> None:
        name = "negative_slope" if hasattr(layers[place], "negative_slope") else "alpha"
        setattr(layers[place], name, slope)

    return change


def with_setting(place: int, name: str, value: float) -> Callable[[Any], None]:
    """Return a change of one setting of a layer."""
    return lambda layers: setattr(layers[place], name, value)


def test_the_networks_as_built_are_those_by_hand() -> None:
    """All claims on networks hold of the chapter's own builders."""
    assert refused("ch07.ex02", *POINTS) == []
    assert refused("ch07.ex03", *JUDGED) == []
    assert refused("ch07.ex04", *BOTH) == []
    assert refused("ch07.ex05", *DIGITS[:2], *DIGITS_JUDGED, *DIGITS_BOTH) == []


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5])
def test_a_forgotten_activation_of_the_points_generator_is_refused(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """The summary can't tell it, the outputs can."""
    monkeypatch.setattr(
        networks, "exercise_7_02_generator", changed("exercise_7_02_generator", inactive(place))
    )

    assert refused("ch07.ex02", *POINTS) == ["ch07.ex02.summary"]
    assert refused("ch07.ex04", *BOTH) == ["ch07.ex04.gan_summary"]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_forgotten_activation_of_the_points_discriminator_is_refused(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """A discriminator with a linear layer fails the summary, and the combined model's."""
    monkeypatch.setattr(
        networks, "exercise_7_03_discriminator", changed("exercise_7_03_discriminator", inactive(place))
    )

    assert "ch07.ex03.disc_summary" in refused("ch07.ex03", *JUDGED)
    assert "ch07.ex04.gan_summary" in refused("ch07.ex04", *BOTH)


GENERATORS = {
    "momentum 0.8": with_setting(2, "momentum", 0.8),
    "last momentum 0.9": with_setting(9, "momentum", 0.9),
    "epsilon 1e-5": with_setting(5, "epsilon", 1e-5),
    "no relu": inactive(4),
    "no tanh": inactive(11),
}
DISCRIMINATORS = {
    "first slope 0.3": with_slope(1, 0.3),
    "second slope 0.01": with_slope(3, 0.01),
    "third slope 0.3": with_slope(6, 0.3),
    "no sigmoid": inactive(7),
}


@pytest.mark.parametrize("mutant", GENERATORS)
def test_another_generator_of_digits_is_refused(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    """Activations, momenta and the epsilon of normalisations are none of the summary's columns."""
    name = "exercise_7_05_generator"
    monkeypatch.setattr(networks, name, changed(name, GENERATORS[mutant]))

    assert "ch07.ex05.gen_summary" in refused("ch07.ex05", *DIGITS[:2])


@pytest.mark.parametrize("mutant", DISCRIMINATORS)
def test_another_discriminator_of_digits_is_refused(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    """Keras' default slope of a leaky ReLU, 0.3, in place of the 0.2 has the same summary."""
    name = "exercise_7_05_discriminator"
    monkeypatch.setattr(networks, name, changed(name, DISCRIMINATORS[mutant]))

    assert "ch07.ex05.disc_summary" in refused("ch07.ex05", *DIGITS_JUDGED)


def test_a_combined_model_without_the_freeze_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The discriminator's weights have a gradient, so that too many count as trainable."""

    def thawed(build: Callable[..., Any]) -> Callable[..., Any]:
        def built(generator: Any, discriminator: Any) -> Any:
            model = build(generator, discriminator)
            discriminator.trainable = True
            return model

        return built

    for name in ("exercise_7_04_gan", "exercise_7_05_gan"):
        monkeypatch.setattr(networks, name, thawed(getattr(networks, name)))

    assert refused("ch07.ex04", *BOTH) == ["ch07.ex04.gan_params"]
    assert refused("ch07.ex05", *DIGITS_BOTH) == ["ch07.ex05.gan_params"]


def test_layers_without_a_bias_are_refused(tensorflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text's arithmetic counts biases that work."""
    monkeypatch.setattr(network_checks, "effects", without_bias(network_checks.effects))

    assert refused("ch07.ex02", *POINTS) == list(POINTS[1:])
    assert refused("ch07.ex03", *JUDGED) == ["ch07.ex03.disc_params", "ch07.ex03.disc_widths"]


def without_bias(effects: Callable[..., list[np.ndarray]]) -> Callable[..., list[np.ndarray]]:
    """Return the function of effects in which those of biases are lost."""

    def found(model: Any, x: np.ndarray, **settings: Any) -> list[np.ndarray]:
        *arrays, inputs = effects(model, x, **settings)
        return [*(each & (each.ndim > 1) for each in arrays), inputs]

    return found


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "strides"), [((5, 5), (2, 2)), ((3, 4), (1, 2)), ((4, 3), (3, 1))])
def test_settings_are_found_from_outputs(
    tensorflow: Any, kernel: Any, strides: Any, padding: str, transposed: bool
) -> None:
    """Filters, kernel, strides and padding of a layer come back without its config."""
    kind = tensorflow.keras.layers.Conv2DTranspose if transposed else tensorflow.keras.layers.Conv2D
    layer = kind(3, kernel, strides=strides, padding=padding)

    found = text05_layers.settings_of(layer, size=15, transposed=transposed)

    assert found == {
        "filters": 3,
        "kernel_size": list(kernel),
        "strides": list(strides),
        "padding": padding,
    }
