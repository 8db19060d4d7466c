"""Wrong implementations of chapter 1's exercises: each must fail the claims that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch01_building_blocks import (
    _checks,
    act01_quadratic_equation,
    ex01_image_and_speech,
    ex06_linear_regression,
)
from workshop.execution.environment import this_environment
from workshop.ledger import Claim, ledger
from workshop.paths import Measure, follow
from workshop.training import backend
from workshop.units import parts_of

pytestmark = pytest.mark.usefixtures("tensorflow")
MODULES = (
    _checks,
    act01_quadratic_equation,
    ex01_image_and_speech,
    ex06_linear_regression,
)


def those_that_hold(claims: Iterable[str]) -> list[str]:
    """Return the claims that hold on what their units' functions return now; an error is a failure."""
    made: dict[str, Any] = {}

    def value(measure: Measure) -> Any:
        part = next(
            part
            for module in MODULES
            for part in parts_of(module)
            if part.unit == measure.unit and measure.field in part.outcome_fields()
        )
        if part.key not in made:
            returned = part.function()
            made[part.key] = {part.value: returned} if part.value else vars(returned)
        return follow(made[part.key][measure.field], measure.steps)

    def holds(claim: Claim) -> bool:
        try:
            values = {name: value(measure) for name, measure in claim.measures().items()}
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return False
        expected = claim.documented if claim.correct is None else claim.correct
        if claim.finding is not None and claim.finding.applies(this_environment().facts()):
            expected = claim.finding.instead
        return claim.rule.decide(expected, values.get("", values)).holds

    return [claim for claim in claims if holds(ledger().claims[claim])]


def swapped(path: Any, size: tuple[int, int]) -> Any:
    """Load with width and height mixed up."""
    return LOAD(path, size[::-1])


LOAD = ex01_image_and_speech.load_photograph
RESNET = ex01_image_and_speech.resnet50
MINIMISE = ex06_linear_regression.minimise
KERAS_ADAM = ex06_linear_regression.keras_adam


def axis_last(image: Any) -> np.ndarray:
    """Return a batch that has the image transposed."""
    return np.asarray(image, dtype=np.float32).transpose(1, 0, 2)[np.newaxis]


def lenient(*_: Any) -> Callable[..., Any]:
    """Return a network that takes every array and gives scores that add up to no 1."""
    return lambda image, training: np.full((1, 1000), 0.5)


def from_ones(loss: Any, start: Any, **settings: Any) -> Any:
    """Descend from 1 instead of 0."""
    return MINIMISE(loss, tuple(value + 1.0 for value in start), **settings)


def few_steps(loss: Any, start: Any, *, steps: int, keep: Any, **settings: Any) -> Any:
    """Descend with the learning rate of one step in a thousand: x hardly moves."""
    settings["optimizer"] = ex06_linear_regression.Adam(1e-5)
    return MINIMISE(loss, start, steps=steps, keep=keep, **settings)


def doubled_rate(loss: Any, start: Any, *, optimizer: Any, **settings: Any) -> Any:
    """Descend with twice the learning rate."""
    faster = ex06_linear_regression.Adam(2 * optimizer.learning_rate)
    return MINIMISE(loss, start, optimizer=faster, **settings)


def square_with_constant(x: Any, coefficients: Any) -> Any:
    """Return the expression with another constant, which has two roots."""
    a, b, c = coefficients
    return a * x**2 + b * x + c - 1


# module, name, what takes its place, claims that must fail
Control = tuple[ModuleType, str, Callable[[], Any], str]
CONTROLS: dict[str, Control] = {
    "an image transposed": (
        ex01_image_and_speech, "as_batch", lambda: axis_last, "ex01: batch_shape"),
    "a network that takes all": (
        ex01_image_and_speech, "resnet50", lambda: lenient, "ex01: batch_shape n_classes"),
    "a network without its top": (
        ex01_image_and_speech, "resnet50", lambda: lambda: lambda image, training: RESNET(include_top=False)(
            image, training=training), "ex01: n_classes"),
    "another network's weights": (
        ex01_image_and_speech, "keras", lambda: SimpleNamespace(applications=SimpleNamespace(
            ResNet50=backend.keras.applications.ResNet50V2)),
        "ex01: weights_file"),
    "the weights of a later form of the network": (
        ex01_image_and_speech, "resnet50",
        lambda: lambda: backend.keras.applications.ResNet50V2(weights=None), "ex01: weights_bytes"),
    "weights that nothing asks for": (
        ex01_image_and_speech, "keras",
        lambda: SimpleNamespace(applications=SimpleNamespace(ResNet50=RESNET)),
        "ex01: weights_file weights_bytes"),
    "a line from other starting values": (
        ex06_linear_regression, "minimise", lambda: from_ones,
        "ex06: initial by_fused_kernel"),
    "twice the learning rate for the line": (
        ex06_linear_regression, "minimise", lambda: doubled_rate,
        "ex06: initial by_fused_kernel close_to_labels"),
    "labels of the other sign": (
        ex06_linear_regression, "minimise",
        lambda: lambda loss, start, *, data, **s: MINIMISE(loss, start, data=(data[0], -data[1]), **s),
        "ex06: by_fused_kernel close_to_labels"),
    "Keras' Adam at twice the rate": (
        ex06_linear_regression, "keras_adam",
        lambda: lambda loss, start, rate, steps: KERAS_ADAM(loss, start, 2 * rate, steps),
        "ex06: w b changed predictions"),
    "one step of Keras' Adam fewer": (
        act01_quadratic_equation, "keras_adam",
        lambda: lambda loss, start, rate, steps: KERAS_ADAM(loss, start, rate, steps - 1),
        "act01: x_1000"),
    "a line that hardly moves": (
        ex06_linear_regression, "minimise", lambda: few_steps,
        "ex06: by_fused_kernel close_to_labels loss_falls initial"),
    "a start drawn at random": (
        ex06_linear_regression, "minimise",
        lambda: lambda loss, start, **s: MINIMISE(loss, np.random.default_rng().normal(size=2), **s),
        "ex06: stochastic_remark initial"),
    "x that hardly moves": (
        act01_quadratic_equation, "minimise", lambda: few_steps,
        "act01: x near_5 never_5 more_iterations minimum only_perfect_squares"),
    "without the absolute value": (
        act01_quadratic_equation, "abs", lambda: lambda value: value,
        "act01: x never_5 only_perfect_squares"),
    "distances of two digits": (
        act01_quadratic_equation, "float", lambda: lambda value: round(float(value), 2),
        "act01: x more_iterations"),
    "another expression": (
        act01_quadratic_equation, "quadratic", lambda: square_with_constant, "act01: x minimum never_5"),
    "the vertex at -b/a": (
        act01_quadratic_equation, "vertex", lambda: lambda c: -c[1] / c[0],
        "act01: exact_root perfect_square"),
}  # fmt: skip


def claims_of(text: str) -> list[str]:
    """Return the ids of `unit: names; unit: names`."""
    groups = (group.split(":") for group in text.split(";"))
    return [f"ch01.{unit.strip()}.{name}" for unit, names in groups for name in names.split()]


def test_the_claims_hold_without_a_mistake() -> None:
    """What the mistakes must fail holds on the exercises as they are."""
    claims = {claim for *_, text in CONTROLS.values() for claim in claims_of(text)}

    assert those_that_hold(sorted(claims)) == sorted(claims)


@pytest.mark.parametrize("mistake", CONTROLS)
def test_a_wrong_implementation_fails_its_claims(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim that the mistake concerns is refused."""
    module, name, made, claims = CONTROLS[mistake]
    wrong, right = made(), getattr(module, name, None)
    monkeypatch.setattr(module, name, wrong, raising=False)
    if right is not None and vars(_checks).get(name) is right:
        monkeypatch.setattr(_checks, name, wrong)

    assert those_that_hold(claims_of(claims)) == []


def test_a_column_counts_only_with_its_own_values() -> None:
    """The book's table is confirmed; with the names as in its file, sepals and petals are exchanged."""
    pandas, data = pytest.importorskip("pandas"), pytest.importorskip("sklearn.datasets").load_iris()
    book = pandas.DataFrame(data.data, columns=["petallength", "petalwidth", "sepallength", "sepalwidth"])
    book["species"] = data.target
    as_named = book.rename(
        columns={"petallength": "sepallength", "petalwidth": "sepalwidth",
                 "sepallength": "petallength", "sepalwidth": "petalwidth"}
    )  # fmt: skip
    turned = book.assign(species=2 - book["species"])

    names = ledger().claims["ch01.text01.columns"].documented
    assert _checks.columns_by_value(book) == names
    assert _checks.columns_by_value(as_named) == [*(f"{n}?" for n in names[:4]), "species"]
    assert _checks.columns_by_value(turned) == [*names[:4], "species?"]


@pytest.mark.parametrize("loader", [swapped, lambda path, size: LOAD(path, size).transpose(1)])
def test_a_photograph_loaded_otherwise_is_noticed(
    loader: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loaded pixels are the nearest by hand, but not with height and width, or up and down, mixed up."""
    image_module = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, size=(60, 80, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    image_module.fromarray(pixels).save(path)
    assert _checks.photograph_by_pixels(path) == {"photograph": 0}

    monkeypatch.setattr(_checks, "load_photograph", loader)

    assert _checks.photograph_by_pixels(path)["photograph"] > 0


def test_elements_of_another_shape_all_differ() -> None:
    """A difference is counted by elements; another shape makes all of them differ, and at least one."""
    assert _checks.differing([1, 2, 3], [1, 0, 3]) == 1
    assert _checks.differing([[1, 2, 3]], [1, 2, 3]) == 3
    assert _checks.differing([1], []) == 1
