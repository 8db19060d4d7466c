"""Text: Saving and Restoring Models (chapter 3, page 145, ch03.text10).

The whole model, its architecture as JSON, or its weights alone are saved and loaded. Each part of a
loaded model is compared with the saved model.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable, Optional, Tuple

import numpy as np

from workshop.training.backend import keras
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import built_layers
from workshop.training.versions import advice_muted, metric_names
from workshop.units import unit

from ._convolution import distance

LEARNING_RATE = 0.003  # not the default of a model without training configuration
# saved as, loaded from: as printed, the same with the ending that Keras 3 requires, and one path
PATHS = (
    ("path_to_weights.h5", "path_to_weights/weights.h5"),
    ("path_to_weights.weights.h5", "path_to_weights/weights.weights.h5"),
    ("path_to_weights.weights.h5", "path_to_weights.weights.h5"),
)
HDF5 = b"\x89HDF"  # with which such a file begins
Batch = Tuple[np.ndarray, np.ndarray]


def small_cnn(filters: int = 4, size: int = 8, classes: int = 3) -> Any:
    """Build a convolution, max pooling and a dense layer on grey images."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((size, size, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPool2D(2),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def drawn(model: Any, seed: int) -> Any:
    """Return a built model with initial weights drawn by NumPy."""
    model.set_weights(initial_weights(model, np.random.default_rng(seed)))
    return model


def compiled(model: Any, learning_rate: float = LEARNING_RATE) -> Any:
    """Return a model with loss, metric and a new optimizer."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=True,  # graphs for all these models take longer, and TensorFlow warns about them
    )
    return model


def images_and_labels(rows: int = 16, size: int = 8, classes: int = 3) -> Batch:
    """Draw a batch of images (rows, size, size, 1), float32, and labels (rows,)."""
    rng = np.random.default_rng(2)
    return rng.normal(size=(rows, size, size, 1)).astype(np.float32), rng.integers(0, classes, rows)


def trained(batch: Batch, *, steps: int, seed: int = 0) -> Any:
    """Return a model after some training steps, so that its optimizer has a state."""
    model = compiled(drawn(small_cnn(), seed))
    for _ in range(steps):
        model.train_on_batch(*batch)
    return model


def apart(a: Any, b: Any, batch: Batch) -> dict[str, float]:
    """Return the largest difference between two models' weights, and between their outputs for a batch."""
    (w, u), (v, x) = ([m.get_weights(), m(batch[0], training=False).numpy()] for m in (a, b))
    weights = [distance(*arrays) for arrays in zip(w, v)] if len(w) == len(v) else [float("inf")]
    return {"weights": max(weights), "predictions": distance(u, x)}


def parts(model: Any, batch: Batch) -> dict[str, Any]:
    """Return a model's architecture, weights and training configuration, None for missing parts."""
    found: dict[str, Any] = {
        "architecture": json.loads(json.dumps(model.get_config()["layers"])),
        "trained weights": [w.tolist() for w in model.get_weights()],
        "loss": None,
        "optimizer": None,
        "metrics": None,
    }
    if getattr(model, "optimizer", None) is not None:
        model.test_on_batch(*batch)  # creates the metrics, which compiling only names
        found["loss"] = getattr(model.loss, "__name__", model.loss)
        config = model.optimizer.get_config()
        config.pop("name")  # contains a counter of the session's optimizers
        found["optimizer"] = [type(model.optimizer).__name__, config]
        found["metrics"] = metric_names(model)
    return found


def restored(
    saved: dict[str, Any], after: dict[str, Any], before: Optional[dict[str, Any]] = None
) -> list[str]:
    """Return the names of the restored parts, which equal the saved ones and were different `before`."""
    return [
        name
        for name, part in saved.items()
        if after[name] == part and (before is None or before[name] != part)
    ]


@dataclass(frozen=True)
class WholeModel:
    """A whole model, saved and loaded.

    `whole_restored` : names of the restored parts. `whole_training` : training configuration of the loaded
    model. `whole_predictions` : largest difference of the loaded model's outputs by format. `next_step` :
    largest difference of the weights after one more step in both models. `stateless_step` : the same for a
    model with the saved weights and a new optimizer.
    """

    whole_restored: list[str]
    whole_training: dict[str, Any]
    whole_predictions: dict[str, float]
    next_step: float
    stateless_step: float


@unit("ch03.text10", uses="tensorflow")
def whole_model(workdir: Path, steps: int = 2) -> WholeModel:
    """Save a whole trained model, load it, and continue to train both.

    HDF5 preserves only the predictions, because in Keras 3 a model loaded from it cannot continue training.
    Source: chapter 3, text on saving the entire model.
    """
    batch = images_and_labels()
    model = trained(batch, steps=steps)
    saved, loaded, outputs = parts(model, batch), {}, {}
    for name in ("keras", "h5"):  # in this order: after saving as HDF5 a Keras 3 model has no optimizer
        path = str(Path(workdir) / f"cnn_model.{name}")
        with advice_muted():
            model.save(path)
            loaded[name] = keras.models.load_model(path, compile=name == "keras")
        outputs[name] = apart(model, loaded[name], batch)["predictions"]
    whole, stateless = loaded["keras"], compiled(small_cnn())
    found = parts(whole, batch)
    stateless.set_weights(model.get_weights())
    for one in (model, whole, stateless):
        one.train_on_batch(*batch)
    return WholeModel(
        whole_restored=restored(saved, found),
        whole_training={
            "loss": found["loss"],
            "optimizer": type(whole.optimizer).__name__,
            "learning_rate": float(whole.optimizer.learning_rate.numpy()),
            "metrics": found["metrics"],
        },
        whole_predictions=outputs,
        next_step=apart(model, whole, batch)["weights"],
        stateless_step=apart(model, stateless, batch)["weights"],
    )


@dataclass(frozen=True)
class ArchitectureOnly:
    """A model rebuilt from JSON.

    `json_layers` : kinds of its layers. `json_differing` : names of the layers whose settings differ.
    `json_weights` : number of its weight arrays that equal the saved model's. `json_predictions` : largest
    difference of the outputs once the weights are copied. `json_restored` : names of the restored parts.
    """

    json_layers: list[str]
    json_differing: list[str]
    json_weights: int
    json_predictions: float
    json_restored: list[str]


@unit("ch03.text10", uses="tensorflow")
def architecture_only(workdir: Path, steps: int = 2) -> ArchitectureOnly:
    """Write a trained model's architecture to a JSON file, rebuild the model, and copy the weights.

    Source: chapter 3, text on saving the architecture only.
    """
    batch = images_and_labels()
    model = trained(batch, steps=steps)
    path = Path(workdir) / "config.json"
    path.write_text(json.dumps(model.to_json()), encoding="utf-8")
    rebuilt = keras.models.model_from_json(json.loads(path.read_text(encoding="utf-8")))
    saved, found = parts(model, batch), parts(rebuilt, batch)
    same = sum(np.array_equal(a, b) for a, b in zip(model.get_weights(), rebuilt.get_weights()))
    rebuilt.set_weights(model.get_weights())
    return ArchitectureOnly(
        json_layers=[type(layer).__name__ for layer in built_layers(rebuilt)],
        json_differing=[
            layer["config"]["name"]
            for layer, other in zip(saved["architecture"], found["architecture"])
            if layer != other
        ],
        json_weights=int(same),
        json_predictions=apart(model, rebuilt, batch)["predictions"],
        json_restored=restored(saved, found),
    )


@dataclass(frozen=True)
class WeightsOnly:
    """Weights saved alone and loaded into a new model of the same architecture.

    `weights_restored` : names of the restored parts. `apart_before`, `apart_after` : largest difference of
    weights and of outputs from the saved model's. `trained_further` : change of the weights and decrease of
    the loss in one training step.
    """

    weights_restored: list[str]
    apart_before: dict[str, float]
    apart_after: dict[str, float]
    trained_further: dict[str, float]


@unit("ch03.text10", uses="tensorflow")
def weights_only(workdir: Path, steps: int = 2, new_seed: int = 1) -> WeightsOnly:
    """Save a trained model's weights, load them into a model with another start, and train that model.

    Source: chapter 3, text on saving the weights only.
    """
    batch = images_and_labels()
    model, new = trained(batch, steps=steps), drawn(small_cnn(), new_seed)
    saved, before, apart_before = parts(model, batch), parts(new, batch), apart(model, new, batch)
    path = str(Path(workdir) / "path_to_weights.weights.h5")
    model.save_weights(path)
    new.load_weights(path)
    came_back, apart_after = restored(saved, parts(new, batch), before), apart(model, new, batch)
    compiled(new)
    loss, _ = new.test_on_batch(*batch)
    new.train_on_batch(*batch)
    lower, _ = new.test_on_batch(*batch)
    return WeightsOnly(
        weights_restored=came_back,
        apart_before=apart_before,
        apart_after=apart_after,
        trained_further={
            "moved": apart(model, new, batch)["weights"],
            "loss_lowered": float(loss) - float(lower),
        },
    )


@dataclass(frozen=True)
class NamesThatWork:
    """Which names of methods and files work.

    `missing_methods` : names of methods that do not exist. `predictions_by_method` : largest difference of
    the outputs of a model saved by the other methods and loaded again. `weights_by_paths` : largest
    difference of a new model's weights from the saved ones, None if saving or loading fails.
    `h5_by_default` : whether a name without an ending gives an HDF5 file, for weights and for a whole model.
    """

    missing_methods: list[str]
    predictions_by_method: dict[str, float]
    weights_by_paths: dict[str, Optional[float]]
    h5_by_default: dict[str, bool]


@unit("ch03.text10", uses="tensorflow")
def names_that_work(
    workdir: Path,
    paths: tuple[tuple[str, str], ...] = PATHS,
    new_seed: int = 1,
) -> NamesThatWork:
    """Try the printed names of methods and files, and others.

    Source: chapter 3, text on saving the entire model and on saving the weights only.
    """
    batch = images_and_labels()
    model = drawn(small_cnn(), 0)
    outputs: dict[str, float] = {}
    by_paths: dict[str, Optional[float]] = {}
    savers = {
        "model.save_model": getattr(model, "save_model", None),
        "model.save": model.save,
        "keras.models.save_model": partial(keras.models.save_model, model),
    }
    for number, (name, save) in enumerate(savers.items()):
        if save is not None:
            path = str(Path(workdir) / f"cnn_model_{number}.keras")
            save(path)
            loaded = keras.models.load_model(path, compile=False)
            outputs[name] = apart(model, loaded, batch)["predictions"]
    for number, pair in enumerate(paths):
        folder, new = Path(workdir) / str(number), drawn(small_cnn(), new_seed)
        folder.mkdir()
        saved_as, loaded_from = (str(folder / name) for name in pair)
        try:
            model.save_weights(saved_as)
            new.load_weights(loaded_from)
        except (OSError, ValueError):  # the file is missing, or Keras 3 refuses its ending
            by_paths[", ".join(pair)] = None
        else:
            by_paths[", ".join(pair)] = apart(model, new, batch)["weights"]
    by_default = {
        "weights": is_h5(model.save_weights, Path(workdir) / "weights"),
        "model": is_h5(model.save, Path(workdir) / "model"),
    }
    missing = [name for name, save in savers.items() if save is None]
    return NamesThatWork(missing, outputs, by_paths, by_default)


def is_h5(save: Callable[[str], Any], folder: Path) -> bool:
    """Save under a name without an ending in a new folder, and return whether a file there is HDF5."""
    folder.mkdir()
    with suppress(ValueError):  # Keras 3 refuses the name
        save(str(folder / "saved"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(path.read_bytes().startswith(HDF5) for path in files)
