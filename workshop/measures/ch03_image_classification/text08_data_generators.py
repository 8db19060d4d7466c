"""Text: Data Generator (chapter 3, page 128, ch03.text08).

Images are read from a tree of folders, one per class, and scaled batch by batch.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

import numpy as np

from workshop.datasets.readers.folders import read_image_zip
from workshop.training.pipelines import Pipeline, batches
from workshop.units import unit

from ._data import read_images, steps_per_epoch

# grey levels of the pictures in each folder of a small tree; the later class is written first
TREE = (("b", (255, 51, 170)), ("a", (0, 102, 204, 17)))
# numbers of training and validation images, by exercise and activity
IMAGES = (
    ("ex03", (2000, 1000)),
    ("ex04", (50000, 10000)),
    ("act01", (60000, 10000)),
    ("act02", (11398, 4752)),
)


@dataclass(frozen=True)
class FolderTree:
    """What a generator yields from a tree of folders.

    `folder_classes` : classes in label order, and by folder the labels and the number of its pictures. A
    picture's folder is recognised by its grey level. `rescaled_range` : smallest and largest pixel in the
    batches of a pass.
    `rescaled_levels` : each picture's grey level before, and its smallest and largest pixel after.
    `batch_shapes` : shapes of the batches of a pass that drops an incomplete batch.
    """

    folder_classes: dict[str, Any]
    rescaled_range: list[float]
    rescaled_levels: list[list[float]]
    batch_shapes: list[list[int]]


@unit("ch03.text08", uses="tensorflow PIL")
def folder_tree(
    workdir: Path,
    tree: Sequence[tuple[str, Sequence[int]]] = TREE,
    size: tuple[int, int] = (4, 6),
    batch_size: int = 3,
) -> FolderTree:
    """Paint pictures of one grey level each into folders, read them back, and scale them batch by batch.

    Parameters
    ----------
    workdir : an empty folder.
    tree : folders in the order of their creation, with the grey levels of their pictures.
    size : height and width to which the pictures are resized.

    Source: chapter 3, text on data generators.
    """
    archive = painted(Path(workdir), tree)
    images, labels, classes = read_images(archive, "train", size)
    folder_of = {level: folder for folder, levels in tree for level in levels}
    folders = [folder_of[int(image[0, 0, 0])] for image in images]
    one_by_one = one_pass(images, labels, 1)
    scaled = np.concatenate(one_by_one)
    return FolderTree(
        folder_classes={
            "classes": list(classes),
            "labels": {
                folder: sorted({int(label) for label, of in zip(labels, folders) if of == folder})
                for folder in sorted(folder_of.values())
            },
            "pictures": {folder: folders.count(folder) for folder in sorted(folder_of.values())},
        },
        rescaled_range=[float(scaled.min()), float(scaled.max())],
        rescaled_levels=sorted(
            [int(before.max()), float(after.min()), float(after.max())]
            for before, after in zip(images, scaled)
        ),
        batch_shapes=[list(batch.shape) for batch in one_pass(images, labels, batch_size)],
    )


def painted(folder: Path, tree: Sequence[tuple[str, Sequence[int]]], size: tuple[int, int] = (9, 9)) -> Any:
    """Write pictures of one grey level each as `folder/train/CLASS/LEVEL.png`; return their archive."""
    from PIL import Image

    packed = folder / "tree.zip"
    with zipfile.ZipFile(str(packed), "w") as archive:
        for name, levels in tree:
            (folder / "train" / name).mkdir(parents=True)
            for level in levels:
                path = folder / "train" / name / f"{level}.png"
                Image.fromarray(np.full((*size, 3), level, dtype=np.uint8)).save(str(path))
                archive.write(str(path), str(path.relative_to(folder)))
    return read_image_zip({packed.name: packed})


def one_pass(images: np.ndarray, labels: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """Return the batches of images, scaled to 0 … 1, of one pass in order."""
    whole = Pipeline(images, labels, np.arange(len(images), dtype=np.int32)[np.newaxis])
    return [inputs.numpy() for inputs, _ in batches(*whole.tensors(0), batch_size=batch_size)]


@unit("ch03.text08", value="steps_rule")
def steps(images: Sequence[tuple[str, Sequence[int]]] = IMAGES, batch_size: int = 16) -> dict[str, list[int]]:
    """Count the steps per epoch for the chapter's numbers of training and validation images.

    Returns training and validation steps per epoch, by exercise and activity. Source: chapter 3, text on data
    generators.
    """
    return {name: [steps_per_epoch(n, batch_size) for n in counts] for name, counts in images}
