"""The book's own calls train what the compiled units train, from the same start over the same batches."""

import functools
import inspect
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import workshop
from tests.toy.networks import small_base
from workshop.datasets import ReviewIds
from workshop.datasets.readers.folders import read_image_zip
from workshop.datasets.readers.tables import ReviewTables
from workshop.measures.ch02_neural_networks import _training as points
from workshop.measures.ch03_image_classification import _training as images
from workshop.measures.ch05_sequences import _training as prices
from workshop.measures.ch06_sentiment import _training as reviews
from workshop.measures.ch06_sentiment._data import loaded
from workshop.training import backend
from workshop.training.augmentation import Augmentation
from workshop.training.initialisers import initial_weights
from workshop.training.pipelines import Pipeline

NEEDED = "needs TensorFlow: pip install 'workshop[cpu]'"
pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason=NEEDED),
    pytest.mark.usefixtures("without_xla"),
]
SEED = 11

Prepare = Callable[[str], None]


def module_of(name: str, side: str = "measures") -> Any:
    """Return the module of `exercise_2_03`, or of another name that begins so; its book's in `chapters`."""
    kind, chapter, number = name.replace("exercise", "ex").replace("activity", "act").split("_")[:3]
    (path,) = Path(workshop.__file__).parent.glob(f"{side}/ch0{chapter}_*/{kind}{number}_*.py")
    return import_module(f"workshop.{side}.{path.parent.name}.{path.stem}")


def unit(name: str) -> Any:
    """Return a function of what is measured."""
    return getattr(module_of(name), name)


def book(name: str) -> Any:
    """Return a function of the book's."""
    return getattr(module_of(name, "chapters"), name)


@pytest.fixture
def same_start(monkeypatch) -> Prepare:
    """Return a function that lets an exercise's calls start where its unit does with SEED, rows in order."""

    def prepare(exercise: str) -> None:
        module, name = module_of(exercise, "chapters"), f"{exercise}_model"
        build = getattr(module, name)

        def started(*arguments: Any) -> Any:
            model = build(*arguments)
            model.set_weights(initial_weights(model, np.random.default_rng(SEED)))
            model.fit = functools.partial(model.fit, shuffle=False)
            return model

        monkeypatch.setattr(module, name, started)

    return prepare


def in_order(rng: Any, epochs: int, n: int) -> np.ndarray:
    """Return an order that shows the rows one after another."""
    return np.tile(np.arange(n), (epochs, 1))


@pytest.mark.nightly
def test_line():
    ours = unit("exercise_1_06_keras")(steps=300)
    w, b, predictions = book("exercise_1_06_in_tensorflow")(steps=300)

    assert [w, b] == pytest.approx([ours.keras_w, ours.keras_b], rel=1e-6)
    np.testing.assert_allclose(predictions, ours.keras_predictions, rtol=1e-6)


def test_quadratic_equation():
    ours = unit("activity_1_01_keras")(steps=300)

    x = book("activity_1_01_in_tensorflow")(steps=300)

    assert x == pytest.approx(ours, rel=1e-6)


def point_rows() -> Any:
    """Return a table of points of two classes."""
    pandas = pytest.importorskip("pandas")
    x = np.random.default_rng(4).normal(size=(21, 2)) + np.arange(21)[:, np.newaxis] % 2
    return pandas.DataFrame({"label": np.arange(21) % 2, "x1": x[:, 0], "x2": x[:, 1]})


def digits(train: int = 80, test: int = 48, shape: tuple[int, ...] = (28, 28)) -> Any:
    """Return images and labels as Keras loads them, and as this package does."""
    rng = np.random.default_rng(2)
    x, test_x = (rng.integers(0, 256, (n, *shape)).astype(np.uint8) for n in (train, test))
    y, test_y = (np.arange(n).astype(np.uint8) % 10 for n in (train, test))
    return ((x, y), (test_x, test_y)), SimpleNamespace(x_train=x, y_train=y, x_test=test_x, y_test=test_y)


def test_binary_perceptron():
    table = point_rows()

    ours = unit("exercise_2_02")(table, steps=200)
    weight, bias, predicted = book("exercise_2_02_in_tensorflow")(table, steps=200)

    np.testing.assert_allclose(weight, ours.weight, rtol=1e-5)
    np.testing.assert_allclose(bias, ours.bias, rtol=1e-5)
    labels = table[["label"]].to_numpy()
    assert np.mean(predicted == labels) == pytest.approx(ours.accuracy)
    assert [np.sum(predicted[labels == label] == 1) for label in (0, 1)] == [row[1] for row in ours.confusion]


@pytest.mark.nightly
def test_iris():
    pandas = pytest.importorskip("pandas")
    species = np.arange(30) % 3
    rows = np.random.default_rng(5).normal(size=(30, 4)) + species[:, np.newaxis] * [0.5, 1, 2, 3]
    table = pandas.DataFrame(rows, columns=module_of("exercise_2_03").MEASURES).assign(species=species)

    ours = unit("exercise_2_03")(table, steps=200)
    weight, bias, accuracy = book("exercise_2_03_in_tensorflow")(table, steps=200)

    np.testing.assert_allclose(weight, ours.weight, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(bias, ours.bias, rtol=1e-3, atol=1e-5)
    assert accuracy == pytest.approx(ours.accuracy)


def test_layer_of_digits(monkeypatch):
    given, data = digits()
    for part in (data.x_train, data.x_test):
        part[:, :4] = 0
    reached = []
    module = module_of("exercise_2_04")
    minimise = module.minimise_layer

    def spy(*arguments: Any, **settings: Any) -> Any:
        reached.append(minimise(*arguments, **settings))
        return reached[-1]

    monkeypatch.setattr(module, "minimise_layer", spy)

    ours = unit("exercise_2_04")(data, steps=30)
    weight, bias, accuracy = book("exercise_2_04_in_tensorflow")(given, steps=30)

    np.testing.assert_allclose(weight, reached[0].variables[0], rtol=1e-2, atol=1e-5)
    np.testing.assert_allclose(bias, reached[0].variables[1], rtol=1e-2, atol=1e-5)
    assert accuracy == pytest.approx(ours.accuracy)


def sonar_rows() -> Any:
    """Return a table of echoes of two classes."""
    pandas = pytest.importorskip("pandas")
    classes = np.array(["Rock", "Mine"])[np.arange(70) % 2]
    rows = np.random.default_rng(6).random(size=(70, 60)) + (classes == "Rock")[:, np.newaxis] / 4
    return pandas.DataFrame(rows).assign(Class=classes)


HISTORY, EVALUATED = ["history.loss", "history.accuracy"], ["eval_loss", "eval_accuracy"]
# by unit: data as the book has it and as the unit has it, epochs, fields of what the book returns, tolerance
TRAINED = {
    "exercise_2_05": (lambda: [point_rows()] * 2, 20, [*HISTORY, *EVALUATED], 1e-4),
    "exercise_2_06": (lambda: [point_rows()] * 2, 20, [*HISTORY, *EVALUATED], 1e-4),
    "exercise_2_07": (digits, 3, [HISTORY[0], "", "test_loss", "test_accuracy", "probabilities"], 1e-3),
    "activity_2_01": (
        lambda: [sonar_rows()] * 2,
        3,
        [f"fresh.{each}" for each in [*HISTORY, *EVALUATED]],
        2e-3,
    ),
}


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=() if "2_05" in each else pytest.mark.nightly) for each in TRAINED]
)
def test_training(same_start, monkeypatch, name):
    make, epochs, fields, within = TRAINED[name]
    given, data = make()
    module = module_of(name)
    monkeypatch.setattr(module if hasattr(module, "shuffled") else points, "shuffled", in_order)

    ours = unit(name)(data, SEED, epochs=epochs)
    same_start(name)
    history, *others = book(f"{name}_in_keras")(given, epochs=epochs)

    for each, theirs in zip(fields, [history["loss"], history["accuracy"], *others]):  # noqa: B905 - runs on Python 3.7, too
        if each:
            mine = attrgetter(each)(ours)
            np.testing.assert_allclose(mine, theirs, rtol=within, atol=1e-6, err_msg=each)


ONE_IMAGE = 0.03  # a little more than the share of one of 48, whose two likeliest classes may nearly tie


def assert_history(ours: Any, reported: dict[str, Any]) -> None:
    """Compare a history with what Keras reported; one image may be judged differently."""
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(getattr(ours, name), reported[name], rtol=2e-3, err_msg=name)
    for name in ("accuracy", "val_accuracy"):
        np.testing.assert_allclose(getattr(ours, name), reported[name], rtol=0, atol=ONE_IMAGE, err_msg=name)


def test_handwritten_digits(same_start, monkeypatch):
    """History and test results are those of `fit` with validation_split=0.2 and batches of 32.

    Validation on the first rows, other scales, rates or batch sizes, or shifted labels would be noticed.
    """
    given, data = digits()
    monkeypatch.setattr(module_of("exercise_3_02"), "shuffled", in_order)

    ours = unit("exercise_3_02")(data, SEED, epochs=2)
    same_start("exercise_3_02")
    history, loss, accuracy = book("exercise_3_02_in_keras")(given, epochs=2)

    assert_history(ours.history, history)
    assert [ours.test_loss, ours.test_accuracy] == pytest.approx([loss, accuracy], rel=2e-3)
    assert ours.gap == pytest.approx(history["accuracy"][-1] - history["val_accuracy"][-1], rel=2e-3)
    assert (ours.ran.samples, ours.ran.steps["train"]) == ({"train": 64, "validation": 16}, 2)


@dataclass
class Generators:
    """What asked for variants of images: the settings of Keras' generators, and the units' augmentations."""

    keras: list[dict[str, Any]] = field(default_factory=list)
    ours: list[Augmentation | None] = field(default_factory=list)


@pytest.fixture
def generators(monkeypatch) -> Generators:
    """Let both sides show the images as they are, one after another, and write down what was asked for."""
    module, asked = backend.keras.preprocessing.image, Generators()
    if not hasattr(module, "ImageDataGenerator"):
        pytest.skip("the installed Keras has no ImageDataGenerator")
    generator = module.ImageDataGenerator

    def plain(**settings: Any) -> Any:
        asked.keras.append(settings)
        made = generator(rescale=settings["rescale"])
        for name in ("flow", "flow_from_directory"):
            setattr(made, name, functools.partial(getattr(made, name), shuffle=False))
        return made

    def drawn(
        rng: Any, x: np.ndarray, y: np.ndarray, *, passes: int, rows: int, augmentation: Any = None
    ) -> Any:
        asked.ours.append(augmentation)
        return Pipeline(x, y, np.tile(np.arange(rows, dtype=np.int32), (passes, 1)))

    monkeypatch.setattr(module, "ImageDataGenerator", plain)
    monkeypatch.setattr(images, "drawn", drawn)
    monkeypatch.setattr(module_of("activity_3_02"), "drawn", drawn)
    return asked


def settings_of(augmentation: Augmentation) -> dict[str, Any]:
    """Return the settings with which Keras' generator gives the same variants."""
    changed = vars(augmentation).items() - vars(Augmentation()).items()
    return {"rescale": 1 / 255, **dict(changed)}


@pytest.mark.parametrize(
    ("exercise", "shape"),
    [("exercise_3_04", (32, 32, 3)), ("activity_3_01", (28, 28))],
    ids=["CIFAR-10", "Fashion-MNIST"],
)
@pytest.mark.nightly
def test_augmented_images(same_start, generators, exercise, shape):
    """Without variants the history is that of `fit` on scaled images; both sides ask for the same variants.

    That the validation images are varied, too, is the book's code; the plain ones are evaluated, too.
    """
    given, data = digits(shape=shape)

    ours = unit(exercise)(data, SEED, epochs=2)
    same_start(exercise)
    history = book(f"{exercise}_in_keras")(given, epochs=2)
    augmentation = module_of(exercise).AUGMENTATION

    assert_history(ours.history, history)
    assert generators.ours == [augmentation, augmentation]
    assert generators.keras == [settings_of(augmentation)]
    assert ours.plain_loss == pytest.approx(history["val_loss"][-1], rel=2e-3)
    assert ours.plain_accuracy == pytest.approx(history["val_accuracy"][-1], abs=ONE_IMAGE)
    assert ours.ran.batch_size == 16


@pytest.fixture
def photographs(tmp_path) -> Callable[..., tuple[Any, str]]:
    """Return a function that makes photographs by part and class: as an archive, and as a folder's path."""
    image = pytest.importorskip("PIL.Image")

    def make(parts: dict[str, int], classes: tuple[str, ...]) -> tuple[Any, str]:
        rng = np.random.default_rng(4)
        for part, count in parts.items():
            for label in classes:
                folder = tmp_path / "top" / part / label
                folder.mkdir(parents=True)
                for number in range(count):
                    pixels = rng.integers(0, 256, (31, 27, 3)).astype(np.uint8)
                    image.fromarray(pixels).save(str(folder / f"{number:03d}.png"))
        zipped = Path(shutil.make_archive(str(tmp_path / "photos"), "zip", str(tmp_path), "top"))
        return read_image_zip({zipped.name: zipped}), str(tmp_path / "top")

    return make


@pytest.mark.nightly
def test_cats_and_dogs(same_start, generators, photographs):
    archive, folder = photographs({"train": 16, "validation": 8}, ("cats", "dogs"))

    ours = unit("exercise_3_03")(archive, SEED, size=(20, 24), epochs=2)
    same_start("exercise_3_03")
    history = book("exercise_3_03_in_keras")(folder, size=(20, 24), epochs=2)

    assert_history(ours.history, history)
    assert generators.ours == [None, None]
    assert generators.keras == [{"rescale": 1 / 255}]
    assert ours.ran.steps == {"train": 2, "validation": 1}


@pytest.mark.nightly
def test_fruits(monkeypatch, generators, photographs):
    """Both parts are scaled to 0 … 1, not preprocessed otherwise; only the training part is varied."""
    archive, folder = photographs({"Training": 16, "Test": 16}, ("Apple", "Lemon"))
    model, asked = small_base(), []
    base = backend.keras.models.Model(model.inputs[0], model.outputs[0])
    head = unit("activity_3_02_head")(tuple(base.output_shape[1:]), 2)
    module, theirs = module_of("activity_3_02"), module_of("activity_3_02", "chapters")
    build = theirs.activity_3_02_model

    def whole(given: Any, classes: int) -> Any:
        model = build(given, classes)
        for layer, other in zip(model.layers[-3:], head.layers[-3:]):  # noqa: B905 - runs on Python 3.7, too
            layer.set_weights(other.get_weights())
        model.fit = functools.partial(model.fit, shuffle=False)
        return model

    def vgg16(**settings: Any) -> Any:
        asked.append(settings)
        return base

    monkeypatch.setattr(module, "feature_base", lambda files, shape: base)
    ours = unit("activity_3_02")(archive, None, SEED, size=(20, 20), epochs=2)
    head.set_weights(initial_weights(head, np.random.default_rng(SEED)))
    monkeypatch.setattr(theirs, "activity_3_02_model", whole)
    monkeypatch.setattr(backend.keras.applications, "VGG16", vgg16)
    history = book("activity_3_02_in_keras")(folder, size=(20, 20), epochs=2)

    assert_history(ours.history, history)
    assert asked == [{"input_shape": (20, 20, 3), "weights": "imagenet", "include_top": False}]
    assert generators.ours == [module.AUGMENTATION, None]
    assert generators.keras == [settings_of(module.AUGMENTATION), {"rescale": 1 / 255}]
    assert ours.ran.samples == {"train": 32, "validation": 32}


def without_dropout(monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    """Let an exercise's network have rates of zero, so that neither side draws masks."""
    name = f"{exercise}_model"
    build = unit(name)

    def built(*arguments: Any) -> Any:
        model = build(*arguments)
        for layer in model.layers:
            if hasattr(layer, "rate"):
                layer.rate = 0.0
        return model

    for side in ("measures", "chapters"):
        monkeypatch.setattr(module_of(name, side), name, built)


@pytest.mark.parametrize(
    "exercise",
    [
        "exercise_5_04",
        pytest.param("exercise_5_03", marks=pytest.mark.nightly),
        pytest.param("exercise_5_05", marks=pytest.mark.nightly),
        pytest.param("activity_5_01", marks=pytest.mark.nightly),
    ],
)
def test_prices(same_start, monkeypatch, exercise):
    """Losses, errors and forecasts are those of `fit` with validation_split, row after row.

    So a validation part from the front, another rate or batch size, or shuffled targets would show. The
    activity's dropout is left out on both sides.
    """
    pandas = pytest.importorskip("pandas")
    closes = 100 + np.cumsum(np.random.default_rng(8).normal(size=80))
    dates = pandas.date_range("2020-01-01", periods=80)
    table = pandas.DataFrame({"Date": dates, "Close": closes})[::-1].reset_index(drop=True)
    monkeypatch.setattr(prices, "shuffled", in_order)
    if exercise == "activity_5_01":
        without_dropout(monkeypatch, exercise)
    training = unit(f"{exercise}_training" if exercise == "exercise_5_03" else exercise)

    (outcome,) = training(table, [SEED], epochs=2)
    same_start(exercise)
    history, errors, forecasts = book(f"{exercise}_in_keras")(table, epochs=2)

    np.testing.assert_allclose(outcome.log, np.stack([history["loss"], history["val_loss"]], 1), rtol=5e-3)
    assert [outcome.train_rmse, outcome.test_rmse] == pytest.approx(errors, rel=5e-3)
    np.testing.assert_allclose(outcome.curves["forecasts"][70:], forecasts[10:, 0], rtol=5e-3)


# how far apart both may end: rounding grows over the 200 steps of a plain RNN
REVIEWS = {"6_01": 5e-4, **dict.fromkeys(["6_02", "6_03", "6_04", "6_05"], 1e-5)}


def assert_same_history(ours: Any, history: dict[str, list[float]], within: float = 1e-5) -> None:
    """Compare losses and accuracies by epoch."""
    for name, theirs in history.items():
        np.testing.assert_allclose(getattr(ours, name), theirs, rtol=0, atol=within)


def made_up_reviews(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return reviews of two kinds of words as ranks, some longer than the models read, and their labels."""
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 2, size=count)
    lengths = rng.integers(5, 30, size=count) + 300 * (rng.random(count) < 0.05)
    return [rng.integers(1, 500, length) + 400 * label for length, label in zip(lengths, labels)], labels  # noqa: B905 - runs on Python 3.7, too


@pytest.mark.parametrize(
    "exercise", [pytest.param(each, marks=() if each == "6_02" else pytest.mark.nightly) for each in REVIEWS]
)
def test_film_reviews(same_start, monkeypatch, exercise):
    within, exercise = REVIEWS[exercise], f"exercise_{exercise}"
    network = f"{exercise}_model"
    module = module_of(exercise)
    data = ReviewIds.of(*made_up_reviews(200), *made_up_reviews(100))
    by_loader = loaded(data)
    training, in_keras = unit(exercise), book(f"{exercise}_in_keras")
    cells = dict(zip(training.__code__.co_freevars, training.__closure__ or ()))  # noqa: B905 - as above
    assert (
        cells["builder"].cell_contents is getattr(module, network) if cells else exercise == "exercise_6_01"
    )
    epochs = [inspect.signature(each).parameters["epochs"].default for each in (training, in_keras)]
    assert epochs[0] == epochs[1]
    without_dropout(monkeypatch, exercise)
    monkeypatch.setattr(reviews, "shuffled", in_order)

    if "builder" in cells:
        monkeypatch.setattr(cells["builder"], "cell_contents", getattr(module, network))
    ours = training(data, SEED, epochs=2)
    same_start(exercise)
    history, accuracy = in_keras(
        ((by_loader.train, by_loader.y_train), (by_loader.test, by_loader.y_test)), epochs=2
    )

    assert_same_history(ours.history, history, within)
    turned = 1 / 100 if within > 1e-4 else 0.0  # a review whose probability is within that of 0.5
    assert ours.test_accuracy == pytest.approx(accuracy, abs=turned + 1e-9)
    assert ours.ran.n_train_val == (160, 40)


def sentences_split_at_periods(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a sentence tokenizer that needs no data, which NLTK's calls take, too."""
    nltk = pytest.importorskip("nltk")
    untrained = nltk.tokenize.punkt.PunktSentenceTokenizer()
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, *_: untrained.tokenize(text))
    return untrained


@pytest.mark.nightly
def test_amazon_reviews(same_start, monkeypatch):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    punkt = sentences_split_at_periods(monkeypatch)
    rng = np.random.default_rng(3)
    kinds = [["good", "fine", "nice"], ["bad", "poor", "slow"]]
    others = ["The", "book,", "was", "reading.", "It", "seems;", "running", "don't"]
    tables = []
    for count in (200, 100):
        labels = rng.integers(0, 2, size=count)
        words = [[*rng.choice(kinds[k], 3), *rng.choice(others, rng.integers(2, 150))] for k in labels]
        texts = [" ".join(rng.permutation(each)) for each in words]
        tables.append(pandas.DataFrame({"review_text": texts, "label": labels}))
    data = ReviewTables(*tables)
    without_dropout(monkeypatch, "activity_6_01")
    monkeypatch.setattr(reviews, "shuffled", in_order)

    ours = unit("activity_6_01")(data, punkt, ("the", "was"), SEED, epochs=2)
    same_start("activity_6_01")
    history, confusion = book("activity_6_01_in_keras")(data, ("the", "was"), epochs=2)

    assert_same_history(ours.history, history)
    assert ours.confusion == confusion
    assert (ours.ran.epochs, ours.ran.n_train_val, ours.maxlen) == (2, (160, 40), 100)


def made_up_sentences(*, seed: int) -> list[list[str]]:
    """Return sentences of words that word vectors are asked for, and others."""
    words = ["white", "rabbit", "mad", "hatter", "money", *(f"word{i}" for i in range(40))]
    return [np.random.default_rng([seed, i]).choice(words, 12).tolist() for i in range(300)]


def test_two_corpora(monkeypatch):
    pytest.importorskip("gensim")
    punkt = sentences_split_at_periods(monkeypatch)
    brown, movies = made_up_sentences(seed=1), made_up_sentences(seed=2)
    texts = [" ".join(words) for words in movies]

    ours = unit("exercise_4_06")(brown, texts, punkt, SEED)
    theirs = book("exercise_4_06_in_gensim")(brown, movies, SEED)

    for mine, own in zip((ours.brown_money, ours.movie_money), theirs):  # noqa: B905 - runs on Python 3.7, too
        assert [tuple(row) for row in mine[:5]] == own


def test_alice(monkeypatch):
    pytest.importorskip("gensim")
    punkt = sentences_split_at_periods(monkeypatch)
    text = " ".join(f"{' '.join(words).capitalize()} the said -- ." for words in made_up_sentences(seed=3))

    prepared = unit("activity_4_01")(punkt, ["the"], text)
    ours = unit("activity_4_02")(prepared, SEED)
    lists, cosine = book("activity_4_02_in_gensim")(text, ["the"], SEED)

    assert lists == [
        [tuple(row) for row in mine[:5]]
        for mine in (ours.rabbit_default, ours.rabbit_window2, ours.rabbit_sg)
    ]
    assert ours.phrase_own == pytest.approx(cosine, abs=1e-6)


def as_lists(value: Any) -> Any:
    """Return nested values with arrays, shapes and tuples as lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return (
        list(map(as_lists, value))
        if isinstance(value, Iterable) and not isinstance(value, (dict, str))
        else value
    )


def test_what_trains_nothing():
    product, reshaped = unit("exercise_1_03")(), unit("exercise_1_04")()
    found, untrained = unit("exercise_1_05")(), unit("exercise_2_01")()
    convolved, passed = unit("exercise_3_01")(), unit("exercise_5_02")()
    data = unit("exercise_7_01")()
    shapes = [reshaped.shape_before, reshaped.shape_unassigned, reshaped.shape_assigned]
    pairs: list[tuple[Any, Any]] = [
        (unit("exercise_1_02")(), book("exercise_1_02_in_tensorflow")()),
        ([product.c1, product.c2], book("exercise_1_03_in_tensorflow")()),
        (
            [shapes[0], reshaped.reshaped, shapes[1], shapes[2], reshaped.after],
            book("exercise_1_04_in_tensorflow")(),
        ),
        ([found.x, found.column_argmax, found.row_argmax], book("exercise_1_05_in_tensorflow")()),
        (
            [untrained.x_shape, untrained.y, untrained.weight, untrained.bias, untrained.predictions],
            book("exercise_2_01_in_tensorflow")(),
        ),
        ([convolved.mult_out, convolved.conv_out], book("exercise_3_01_in_tensorflow")()),
        ([passed.yt0, passed.yt1], book("exercise_5_02_in_tensorflow")()),
        ([data.loc[0], data.x1, data.real_data], book("exercise_7_01_in_numpy")()),
    ]
    for ours, theirs in pairs:
        assert as_lists(ours) == as_lists(theirs)


def test_untrained_generator():
    ours = unit("exercise_7_02_untrained")(SEED)
    noise, points = book("exercise_7_02_in_keras")(SEED)

    assert [ours.input_shape, ours.output_shape] == [list(noise.shape), list(points.shape)]


def test_plotted_prices():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Date": ["1/3/2020", "1/2/2020", "1/1/2020"], "Close": [3.0, 2.5, 2.0]})

    ours = unit("exercise_5_01")(table, month=(1, 1))
    shape, prices = book("exercise_5_01_in_pandas")(table)

    assert ours.ts_shape == list(shape)
    assert prices[:, 0].tolist() == [2.0, 2.5, 3.0]


def test_texts(monkeypatch):
    pytest.importorskip("sklearn")
    punkt = sentences_split_at_periods(monkeypatch)
    stop = ["the", "was", "and"]
    text = "The rabbit said -- nothing. Deep learning was fun, and NLP, too. Learn deep and learn."

    ours = unit("exercise_4_01")(punkt, stop)
    words = ours.cleaned
    weighted = module_of("exercise_4_04").weighted(ours.sentences, max_features=5)
    alice = unit("activity_4_01")(punkt, stop, text)
    pairs: list[tuple[Any, Any]] = [
        (words, book("exercise_4_01_in_nltk")(stop)),
        ([words, unit("exercise_4_02")(ours)], book("exercise_4_02_in_nltk")(stop)),
        ([words, unit("exercise_4_03")(ours).matrix], book("exercise_4_03_in_numpy")(stop)),
        ([weighted.vocabulary, weighted.matrix, weighted.idf], book("exercise_4_04_in_sklearn")()),
        ([alice.cleaned[:2], alice.stemmed[:5]], book("activity_4_01_in_nltk")(text, stop)),
    ]
    for mine, theirs in pairs:
        assert as_lists(mine) == as_lists(theirs)
