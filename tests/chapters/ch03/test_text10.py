"""Round trips of saved models: what is compared, and mutants that lose a part on the way."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text10_saving as saving
from workshop.training.versions import advice_muted, metric_names

pytestmark = pytest.mark.usefixtures("tensorflow")
Change = Callable[[Callable[[Any], Any]], None]
CONFIGURATION = ["loss", "optimizer", "metrics"]


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Change what comes back from a file of a whole model, except its HDF5 one."""
    models = saving.keras.models
    load = models.load_model

    def change(by: Callable[[Any], Any]) -> None:
        def load_model(path, **settings):
            return by(load(path, **settings)) if path.endswith(".keras") else load(path, **settings)

        monkeypatch.setattr(models, "load_model", load_model)

    return change


@pytest.fixture
def rebuilding(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Change the layers of which a model is rebuilt from JSON."""
    models = saving.keras.models
    rebuild = models.model_from_json

    def change(by: Callable[[Any], Any]) -> None:
        def model_from_json(text):
            architecture = json.loads(text)
            architecture["config"]["layers"] = by(architecture["config"]["layers"])
            return rebuild(json.dumps(architecture))

        monkeypatch.setattr(models, "model_from_json", model_from_json)

    return change


def layer(name: str, **config: Any) -> dict[str, Any]:
    """Return a layer as the JSON of an architecture has it."""
    return {"class_name": "Dense", "config": {"name": name, **config}}


@pytest.mark.parametrize(
    ("other", "differing"),
    [
        ([layer("a", units=2), layer("b", units=3)], []),
        ([layer("a", units=2), layer("b", units=4)], ["b"]),
        ([layer("a", units=2)], ["b"]),
        ([layer("a", units=2), layer("b", units=3), layer("c")], ["c"]),
        ([{**layer("a", units=2), "class_name": "Conv2D"}, layer("b", units=3)], ["a"]),
    ],
)
def test_layers_that_differ_are_named(other: list[Any], differing: list[str]) -> None:
    """By their settings, their class, or because one of the two has them alone."""
    architecture = [layer("a", units=2), layer("b", units=3)]

    assert saving.differing_layers(architecture, other) == differing
    assert saving.differing_layers(other, architecture) == differing


def test_what_was_there_before_loading_is_not_restored() -> None:
    """A part counts if it is the saved one afterwards and was another one before."""
    saved = {"architecture": [1], "trained weights": [2.0], "loss": "mse"}
    after = {"architecture": [1], "trained weights": [2.0], "loss": None}

    assert saving.restored(saved, after) == ["architecture", "trained weights"]
    assert saving.restored(saved, after, {**after, "trained weights": [0.0]}) == ["trained weights"]


def test_a_model_without_training_configuration_shows_none() -> None:
    """What is not compiled has neither loss nor optimizer nor metrics; compiling gives it all three."""
    batch, model = saving.images_and_labels(), saving.drawn(saving.small_cnn(), 0)
    before = saving.parts(model, batch)
    after = saving.parts(saving.compiled(model), batch)

    assert [before[name] for name in CONFIGURATION] == [None] * 3
    assert (after["loss"], after["metrics"]) == ("sparse_categorical_crossentropy", ["accuracy"])
    assert after["optimizer"][0] == "Adam"
    assert after["optimizer"][1]["learning_rate"] == pytest.approx(saving.LEARNING_RATE)


def test_metrics_are_named_without_the_loss(tensorflow: Any) -> None:
    """Two metrics, in the order in which they were given."""
    model = saving.small_cnn()
    model.compile(optimizer="sgd", loss="mse", metrics=["mae", "accuracy"], run_eagerly=True)
    model.test_on_batch(np.zeros((2, 8, 8, 1), np.float32), np.eye(3, dtype=np.float32)[:2])

    assert metric_names(model) in (["mae", "accuracy"], ["mean_absolute_error", "accuracy"])


def test_start_is_drawn_by_a_generator_of_its_own() -> None:
    """The same seed gives the same weights again, another seed others; NumPy's global state stays."""
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not change
    one, same, other = (saving.drawn(saving.small_cnn(), seed) for seed in (0, 0, 1))
    batch = saving.images_and_labels()

    assert saving.apart(one, same, batch) == {"weights": 0.0, "predictions": 0.0}
    assert saving.apart(one, other, batch)["weights"] > 0.1
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_differences_are_those_of_the_weights() -> None:
    """A single bias that is moved by a quarter is noticed, in the weights and in the outputs."""
    a, b = (saving.drawn(saving.small_cnn(), 0) for _ in range(2))
    weights = a.get_weights()
    weights[-1] = weights[-1] + np.float32([0, 0.25, 0])
    b.set_weights(weights)

    found = saving.apart(a, b, saving.images_and_labels())

    assert found["weights"] == 0.25
    assert 0.01 < found["predictions"] < 0.1
    assert saving.apart(a, saving.small_cnn(filters=5), saving.images_and_labels())["weights"] == np.inf


def test_a_model_that_comes_back_with_other_weights_is_noticed(loading: Change, tmp_path: Path) -> None:
    """Then neither the weights are restored nor the predictions equal."""
    loading(lambda model: saving.drawn(model, 5))

    found = saving.whole_model(tmp_path)

    assert found.whole_restored == ["architecture", *CONFIGURATION]
    assert found.whole_predictions["keras"] > 0.1
    assert found.whole_predictions["h5"] < 1e-6


def test_a_model_that_comes_back_with_another_learning_rate_is_noticed(
    loading: Change, tmp_path: Path
) -> None:
    """The optimizer is not the saved one, and its learning rate is read from the loaded model."""
    loading(lambda model: saving.compiled(model, 0.001))

    found = saving.whole_model(tmp_path)

    assert found.whole_restored == ["architecture", "trained weights", "loss", "metrics"]
    assert found.whole_training.learning_rate == pytest.approx(0.001)


def test_a_model_that_comes_back_as_another_network_is_noticed(loading: Change, tmp_path: Path) -> None:
    """With tanh for ReLU weights and configuration are there, the architecture is not."""

    def changed(model):
        config = model.get_config()
        config["layers"] = [
            {**one, "config": {**one["config"], "activation": "tanh"}}
            if one["class_name"] == "Conv2D"
            else one
            for one in config["layers"]
        ]
        other = saving.keras.models.Sequential.from_config(config)
        other.set_weights(model.get_weights())
        return saving.compiled(other)

    loading(changed)

    found = saving.whole_model(tmp_path)

    assert found.whole_restored == ["trained weights", *CONFIGURATION]
    assert found.whole_predictions["keras"] > 0.01


def test_an_architecture_that_comes_back_with_another_layer_is_noticed(
    rebuilding: Change, tmp_path: Path
) -> None:
    """Flattening twice predicts the same; the second time is among the kinds and is named as differing."""

    def twice(layers):
        again = {**layers[-2], "config": {**layers[-2]["config"], "name": "again"}}
        again.pop("build_config", None)  # Keras 3 notes the shape that it was built for
        return [*layers, again]

    rebuilding(twice)

    found = saving.architecture_only(tmp_path)

    assert found.json_layers == ["Conv2D", "MaxPooling2D", "Flatten", "Dense", "Flatten"]
    assert found.json_differing == ["again"]
    assert "architecture" not in found.json_restored
    assert found.json_predictions < 1e-6


def test_an_architecture_that_comes_back_with_another_activation_is_noticed(
    rebuilding: Change, tmp_path: Path
) -> None:
    """The last layer is named, and with the weights copied the predictions are others."""
    rebuilding(
        lambda layers: [
            *layers[:-1],
            {**layers[-1], "config": {**layers[-1]["config"], "activation": "relu"}},
        ]
    )

    found = saving.architecture_only(tmp_path)

    assert len(found.json_differing) == 1
    assert found.json_differing[0].startswith("dense")
    assert found.json_predictions > 0.01


def test_weights_in_the_json_would_be_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """If the rebuilt model had the saved weights, all four arrays would count."""
    models = saving.keras.models
    rebuild, train, made = models.model_from_json, saving.trained, []

    def trained(*args, **settings):
        made.append(train(*args, **settings))
        return made[-1]

    def with_weights(text):
        model = rebuild(text)
        model.set_weights(made[-1].get_weights())
        return model

    monkeypatch.setattr(saving, "trained", trained)
    monkeypatch.setattr(models, "model_from_json", with_weights)

    found = saving.architecture_only(tmp_path)

    assert found.json_weights == 4
    assert found.json_restored[:2] == ["architecture", "trained weights"]


def test_training_that_does_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a step the weights stay and the loss does not fall."""
    monkeypatch.setattr(saving.keras.models.Sequential, "train_on_batch", lambda *_: None)

    assert saving.weights_only(tmp_path).trained_further == {"moved": 0.0, "loss_lowered": 0.0}


def test_a_method_that_there_is_would_save(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a method of the printed name none is missing, and it is tried like the others."""
    sequential = saving.keras.models.Sequential
    monkeypatch.setattr(sequential, "save_model", sequential.save, raising=False)

    found = saving.names_that_work(tmp_path, paths=())

    assert found.missing_methods == []
    assert set(found.predictions_by_method) == set(saving.METHODS)
    assert max(found.predictions_by_method.values()) < 1e-6


def test_saver_looks_where_the_name_says() -> None:
    """A function of `keras.models` takes the model first; a name that there is not gives None."""
    model = SimpleNamespace(save=lambda path: path)

    assert saving.saver("model.save", model)("there") == "there"
    assert saving.saver("model.save_model", model) is None
    assert saving.saver("keras.models.save_nothing", model) is None


def test_a_method_that_saves_another_model_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The predictions of what is loaded are compared, not whether a file is there."""
    save = saving.keras.models.Sequential.save
    monkeypatch.setattr(
        saving.keras.models.Sequential,
        "save",
        lambda _, path: save(saving.drawn(saving.small_cnn(), 7), path),
    )

    found = saving.names_that_work(tmp_path, methods=("model.save",), paths=())

    assert found.predictions_by_method["model.save"] > 0.1


def test_a_pair_of_paths_works_if_they_lead_to_one_file(tmp_path: Path) -> None:
    """Another spelling of the path does, a file of an earlier pair does not."""
    pairs = (("w.weights.h5", "./w.weights.h5"), ("v.weights.h5", "w.weights.h5"))

    found = saving.names_that_work(tmp_path, methods=(), paths=pairs)

    assert list(found.weights_by_paths.values()) == [0.0, None]


@pytest.mark.parametrize(("ending", "is_h5"), [(".h5", True), (".keras", False)])
def test_what_is_h5_is_told_by_the_file(tmp_path: Path, ending: str, is_h5: bool) -> None:
    """Whatever its name says; a call that is refused leaves no file."""
    model = saving.small_cnn()

    def save(path: str) -> None:
        with advice_muted():
            model.save(path + ending)
        Path(path + ending).rename(path)

    def refuse(path: str) -> None:
        raise ValueError(path)

    assert saving.is_h5(save, tmp_path / "saved") is is_h5
    assert saving.is_h5(refuse, tmp_path / "refused") is False


def test_only_the_advice_on_the_format_is_muted() -> None:
    """Other warnings and other lines of the log pass, and afterwards the advice, too."""
    log = logging.getLogger("absl")
    advice = "You are saving your model as an HDF5 file via `model.save()`."
    records = [logging.LogRecord("absl", logging.WARNING, "", 0, text, None, None) for text in (advice, "x")]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with advice_muted():
            for text in (advice, "another"):
                warnings.warn(text, UserWarning, stacklevel=1)
            during = [bool(log.filter(record)) for record in records]

    assert [str(warning.message) for warning in caught] == ["another"]
    assert during == [False, True]
    assert all(log.filter(record) for record in records)
