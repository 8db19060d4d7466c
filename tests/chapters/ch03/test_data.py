"""Images read from folders, compared with Keras' own readers."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.measures.ch03_image_classification import _data as data
from workshop.measures.ch03_image_classification import text08_data_generators as generators
from workshop.training import backend

Image = pytest.importorskip("PIL.Image", reason="needs Pillow: pip install 'workshop[units]'")


Tree = tuple[Path, ZippedImages]


# class, file, (height, width), mode: made in another order than that of the labels
FILES = [
    ("pears", "2.png", (9, 14), "RGB"),
    ("pears", "10.jpg", (31, 17), "RGB"),
    ("apples", "a.png", (20, 20), "L"),
    ("apples", "b.png", (12, 7), "RGBA"),
    ("apples", "c.png", (5, 33), "P"),
]


IN_LABEL_ORDER = ["apples/a.png", "apples/b.png", "apples/c.png", "pears/10.jpg", "pears/2.png"]


@pytest.fixture
def tree(tmp_path) -> Tree:
    """A folder of random images in folders, and the archive of it."""
    rng = np.random.default_rng(9)
    path = tmp_path / "tree.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for label, name, size, mode in FILES:
            pixels = Image.fromarray(rng.integers(0, 256, size=(*size, 3)).astype(np.uint8))
            file = tmp_path / "part" / label / name
            file.parent.mkdir(parents=True, exist_ok=True)
            pixels.convert(mode).save(file)
            archive.write(file, file.relative_to(tmp_path).as_posix())
    return tmp_path / "part", read_image_zip({path.name: path})


@pytest.mark.parametrize("size", [(8, 11), (40, 23), (9, 14)])
def test_images_are_those_that_keras_loads(tree, size):
    pytest.importorskip("tensorflow")
    folder, archive = tree

    images, labels, classes = data.read_images(archive, "part", size)

    of_keras = [
        np.asarray(backend.keras.preprocessing.image.load_img(str(folder / name), target_size=size))
        for name in IN_LABEL_ORDER
    ]
    np.testing.assert_array_equal(images, of_keras)
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert labels.tolist() == [0, 0, 0, 1, 1]
    assert classes == ("apples", "pears")


def test_keras_generator_yields_the_same_from_the_folder(tree):
    pytest.importorskip("tensorflow")
    folder, archive = tree
    module = backend.keras.preprocessing.image
    if not hasattr(module, "ImageDataGenerator"):
        pytest.skip("the installed Keras has no ImageDataGenerator")
    flow = module.ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
        str(folder), target_size=(8, 11), batch_size=5, class_mode="sparse", shuffle=False
    )

    images, labels, classes = data.read_images(archive, "part", (8, 11))

    scaled, numbers = next(flow)
    (batch,) = generators.one_pass(images, labels, 5)
    np.testing.assert_allclose(batch, scaled, atol=1e-6)
    np.testing.assert_array_equal(labels, numbers)
    assert flow.class_indices == {name: number for number, name in enumerate(classes)}


def test_the_archive_is_opened_once(tree, monkeypatch):
    opened, own = [], zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a, **k: opened.append(a) or own(*a, **k))

    data.read_images(tree[1], "part", (4, 4))

    assert len(opened) == 1
