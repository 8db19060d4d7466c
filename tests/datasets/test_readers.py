"""Readers, each on a tiny made-up file of its real format."""

import ast
import inspect
import sys
import textwrap
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from workshop.datasets import DataError, Found, reader_of, registry
from workshop.datasets.readers import LIBRARIES, READERS, read

MADE_UP = Path(__file__).parent.parent.parent / "fixtures" / "readers"
TRAIN = [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]
TEST = [[[0, 1, 2], [3, 4, 5]]]


def paths(*names: str, **renamed: str) -> dict[str, Path]:
    """Return the mapping that a reader takes."""
    return {name: MADE_UP / name for name in names}


def idx_paths() -> dict[str, Path]:
    """Return the four IDX files, two of them gzipped."""
    return {
        "train-images-idx3-ubyte": MADE_UP / "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte": MADE_UP / "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte": MADE_UP / "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte": MADE_UP / "t10k-labels-idx1-ubyte.gz",
    }


@pytest.mark.parametrize(("loader", "files"), [("idx", idx_paths()), ("keras_npz", paths("images.npz"))])
def test_image_arrays(loader, files):
    images = read(loader, files)
    assert images.x_train.tolist() == TRAIN
    assert images.y_train.tolist() == [5, 0]
    assert images.x_test.tolist() == TEST
    assert images.y_test.tolist() == [7]
    assert {array.dtype for array in images} == {np.dtype("uint8")}


def test_cifar_webp():
    pytest.importorskip("PIL", reason="needs Pillow: pip install 'workshop[units]'")
    images = read("cifar_webp", paths("columns.zip"))
    assert images.x_train.shape == (3, 32, 32, 3)
    assert images.x_train[:, 31, 0].tolist() == [[10, 20, 30], [40, 50, 60], [40, 50, 60]]
    assert images.x_test[0, 0, 31].tolist() == [10, 20, 30]
    assert images.y_train.tolist() == [6, 9, 9]
    assert images.y_test.tolist() == [3]


def test_cifar_batches():
    images = read("cifar_batches", paths("cifar-10-python.tar.gz"))
    assert images.x_train.shape == (5, 32, 32, 3)
    assert images.x_train[:, 5, 7].tolist() == [[n, 10 * n, 100] for n in (1, 2, 3, 4, 5)]
    assert images.y_train.tolist() == [1, 2, 3, 4, 5]
    assert images.y_test.tolist() == [6]


def test_image_folders(tmp_path):
    """A zip of image folders is indexed by split and class; foreign members are left out."""
    pytest.importorskip("PIL", reason="needs Pillow: pip install 'workshop[units]'")
    folders = read("image_zip", paths("folders.zip"))
    assert folders.members == {
        "train": {"cats": ("top/train/cats/cat.1.png",), "dogs": ("top/train/dogs/dog.0.png",)},
        "validation": {"dogs": ("top/validation/dogs/dog.1.png",)},
    }
    image = folders.image("top/train/cats/cat.1.png")
    assert image.shape == (4, 6, 3)
    assert image[0, 0].tolist() == [200, 0, 0]
    folders.extract(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png")) == [
        "train/cats/cat.1.png",
        "train/dogs/dog.0.png",
        "validation/dogs/dog.1.png",
    ]


def test_csv_is_what_pandas_reads():
    pytest.importorskip("pandas", reason="needs pandas: pip install 'workshop[units]'")
    frame = read("csv", paths("table.csv"))
    assert frame.columns.tolist() == ["Date", "Close", " Volume"]
    assert frame.to_numpy().tolist() == [["1/24/2020", 140.5, 7]]


def test_reviews():
    pytest.importorskip("pandas", reason="needs pandas: pip install 'workshop[units]'")
    lines = read("fasttext", paths("reviews.ft.txt"), n_train=2)
    assert lines.train.to_numpy().tolist() == [["Great: good", 1], ["Bad: poor", 0]]
    assert lines.test.to_numpy().tolist() == [["Fine: kind", 1]]
    tables = read("reviews_csv", paths("Amazon_reviews_train.csv", "Amazon_reviews_test.csv"))
    assert tables.train.to_numpy().tolist() == [["Good: fine", 1]]
    assert tables.test.to_numpy().tolist() == [["Bad: poor", 0]]


def test_imdb_from_keras_file():
    reviews = read("imdb_npz", paths("imdb.npz"))
    assert reviews.train_ids.tolist() == [3, 1, 2, 2]
    assert reviews.train_lengths.tolist() == [3, 1]
    assert [review.tolist() for review in reviews.reviews("train")] == [[3, 1, 2], [2]]
    assert reviews.test_ids.tolist() == [1, 1]
    assert reviews.y_train.tolist() == [1, 0]


def test_imdb_rebuilt_from_texts():
    """Marks except apostrophes become blanks, ASCII becomes lower case, and unknown words are left out."""
    reviews = read("imdb_reviews", paths("aclimdb_train.csv", "aclimdb_test.csv", "imdb_word_index.json"))
    # A "film"<br />it's! → a film br it's; film. Café film → film (café is not in the index) film
    assert [review.tolist() for review in reviews.reviews("train")] == [[3, 1, 4, 2], [2]]
    assert [review.tolist() for review in reviews.reviews("test")] == [[1, 1]]
    assert reviews.y_train.tolist() == [1, 0]


def test_word_index():
    assert read("word_index", paths("imdb_word_index.json")) == {"film": 1, "it's": 2, "a": 3, "br": 4}


def test_word_vectors():
    vectors = read("word_vectors", paths("vectors.txt"))
    assert vectors.words == ("the", "cat")
    assert vectors.vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors.vectors, np.float32([[0.5, -1, 2], [0.1, 0, 0.25]]))


def test_word_vectors_are_parsed_in_parts(tmp_path, monkeypatch):
    """All lines are read, in their order, and a line of another length is refused in every part."""
    lines = [f"w{number} {number}.5 -{number}e-3\n" for number in range(5)]
    path = tmp_path / "vectors.txt"
    path.write_text("".join(lines))
    whole = read("word_vectors", {path.name: path})
    monkeypatch.setattr("workshop.datasets.readers.vectors._AT_ONCE", 2)
    parts = read("word_vectors", {path.name: path})
    assert parts.words == whole.words == ("w0", "w1", "w2", "w3", "w4")
    np.testing.assert_array_equal(parts.vectors, np.float32([[n + 0.5, -n / 1000] for n in range(5)]))
    np.testing.assert_array_equal(parts.vectors, whole.vectors)
    for number in range(5):
        path.write_text("".join([*lines[:number], "x 1 2 3\n", *lines[number + 1 :]]))
        with pytest.raises(DataError, match="its lines differ in length"):
            read("word_vectors", {path.name: path})


def test_efficientnet_weights():
    """A legacy state dictionary gives arrays, views of one storage included, and labels their first names."""
    files = read("efficientnet_lite0", paths("legacy.pth", "imagenet1k_label_to_names.json"))
    assert files.architecture == "EfficientNetLite0"
    assert files.weights["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert files.weights["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert files.weights["step"].tolist() == 7
    assert files.class_names == ("tench", "pizza")


def test_keras_weights(tmp_path):
    """Keras' weights stay a file; its class index gives the labels, and none come without it."""
    weights = tmp_path / "weights.h5"
    weights.write_bytes(b"12345")
    both = {"weights.h5": weights, **paths("imagenet_class_index.json")}
    labelled = read("keras_weights", both, architecture="ResNet50")
    assert labelled[:] == ("ResNet50", weights, ("tench", "pizza"))
    assert read("keras_weights", {"weights.h5": weights}, architecture="VGG16").class_names == ()


@pytest.mark.parametrize(
    ("loader", "content", "settings"),
    [
        ("keras_npz", b"no zip", {}),
        ("imdb_npz", b"PK\x03\x04 cut", {}),
        ("fasttext", b"no label\n", {"n_train": 1}),
        ("word_vectors", b"a 1 2\nb 3\n", {}),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, loader, content, settings):
    path = tmp_path / "broken.file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"^broken\.file.*workshop data check$"):
        read(loader, {"broken.file": path}, **settings)


def test_a_cut_idx_file_is_refused(tmp_path):
    """An IDX file without its last byte is refused."""
    cut = tmp_path / "cut"
    cut.write_bytes((MADE_UP / "train-images-idx3-ubyte").read_bytes()[:-1])
    with pytest.raises(DataError, match=r"^train-images-idx3-ubyte is not an IDX file"):
        read("idx", {**idx_paths(), "train-images-idx3-ubyte": cut})


@pytest.mark.parametrize("loader", READERS)
def test_the_libraries_that_a_reader_imports_are_listed(loader):
    """A plan uses the list to find the claims that can't be decided without them."""
    name, function = READERS[loader].split(":")
    module = import_module(f"workshop.datasets.readers.{name}")
    imported, calls = set(), [function]
    for called in calls:
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(getattr(module, called))))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split(".")[0])
            elif isinstance(node, ast.Name) and inspect.isfunction(inner := getattr(module, node.id, None)):
                calls += [node.id] if inner.__module__ == module.__name__ and node.id not in calls else []
    assert set(LIBRARIES.get(loader, ())) == imported


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(DataError, match=r"^pandas is not installed; pip install 'workshop\[cpu\]'"):
        read("csv", {})


def test_each_data_set_has_a_function_that_reads_it():
    """The function's code is part of fingerprints; the speech service is called by the loading itself."""
    for data_set in registry().values():
        for edition in data_set.editions:
            found = Found(data_set.id, edition.name, edition.substitute, edition.why, {}, "", "")
            module, _, function = reader_of(found)[0].partition(":")
            assert (edition.loader == "gtts") == module.endswith(".loading")
            assert inspect.isfunction(getattr(import_module(module), function))
