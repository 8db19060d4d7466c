"""Sets of small images as arrays: IDX files, Keras' npz, and two forms of CIFAR-10."""

import gzip
import io
import tarfile
import zipfile
from functools import reduce
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Tuple

import numpy as np

from workshop.datasets.readers import LARGEST, member, only
from workshop.datasets.readers.pickles import load_npz, unpickle_arrays
from workshop.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image


class ImageArrays(NamedTuple):
    """Images and labels, uint8, in the published order.

    `x_train`, `x_test`: (n, height, width) grey or (n, height, width, 3) RGB. `y_train`, `y_test`:
    (n,).
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def rgb(content: bytes) -> "Image":
    """Return a picture in any file format as RGB."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.convert("RGB")
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from None


def parse_idx(content: bytes, name: str) -> np.ndarray:
    """Return the uint8 array of an IDX file: two zeros, type 8, rank, big-endian sizes, data."""
    rank = content[3] if len(content) > 3 else 0
    shape = tuple(int(n) for n in np.frombuffer(content[4 : 4 + 4 * rank], ">u4"))
    if content[:3] != b"\x00\x00\x08" or len(content) != 4 + 4 * rank + reduce(mul, shape, 1):
        raise DataError("%s is not an IDX file of bytes; run: workshop data check" % name)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_idx(paths: Mapping[str, Path]) -> ImageArrays:
    """Return MNIST or Fashion-MNIST from its four IDX files, plain or gzipped."""

    def part(name: str) -> np.ndarray:
        content = paths[name].read_bytes()
        if content[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
                content = stream.read(LARGEST)
        return parse_idx(content, name)

    return ImageArrays(
        part("train-images-idx3-ubyte"),
        part("train-labels-idx1-ubyte"),
        part("t10k-images-idx3-ubyte"),
        part("t10k-labels-idx1-ubyte"),
    )


def read_keras_npz(paths: Mapping[str, Path]) -> ImageArrays:
    """Return the arrays of Keras' mnist.npz."""
    path = only(paths)
    arrays = load_npz(path)
    try:
        return ImageArrays(**arrays)
    except TypeError:
        raise DataError(
            "%s has %s instead of x_train, y_train, x_test, y_test; run: workshop data check"
            % (path.name, sorted(arrays))
        ) from None


def read_cifar_webp(paths: Mapping[str, Path]) -> ImageArrays:
    """Return CIFAR-10 from lossless WebP columns of 32x32 images, in the order of their names."""
    with zipfile.ZipFile(str(only(paths))) as archive:

        def images(part: str) -> np.ndarray:
            names = sorted(n for n in archive.namelist() if n.startswith(part + "/") and n.endswith(".webp"))
            columns = [np.asarray(rgb(member(archive, name))).reshape(-1, 32, 32, 3) for name in names]
            return np.concatenate(columns)

        def labels(part: str) -> np.ndarray:
            return np.frombuffer(member(archive, part + "_labels.u8"), np.uint8)

        return ImageArrays(images("train"), labels("train"), images("test"), labels("test"))


def read_cifar_batches(paths: Mapping[str, Path]) -> ImageArrays:
    """Return CIFAR-10 from its pickled batches: rows of 3072 bytes, colour planes first."""
    path = only(paths)
    with tarfile.open(str(path)) as archive:

        def batch(name: str) -> Tuple[np.ndarray, np.ndarray]:
            stream = archive.extractfile("cifar-10-batches-py/" + name)
            content = b"" if stream is None else stream.read(LARGEST)
            fields: Any = unpickle_arrays(io.BytesIO(content))
            planes = np.asarray(fields[b"data"], np.uint8).reshape(-1, 3, 32, 32)
            return planes.transpose(0, 2, 3, 1), np.asarray(fields[b"labels"], np.uint8)

        train = [batch("data_batch_%d" % number) for number in range(1, 6)]
        x_test, y_test = batch("test_batch")
    return ImageArrays(
        np.concatenate([x for x, _ in train]), np.concatenate([y for _, y in train]), x_test, y_test
    )


class Computed(NamedTuple):
    """What is computed of images once, as the array cache keeps it: one array.

    Photographs are uint8 RGB (n, height, width, 3), features of a network without its top float32 (n, …).
    """

    values: np.ndarray

    def as_arrays(self) -> Dict[str, np.ndarray]:
        """Return what `from_arrays` takes."""
        return self._asdict()

    @classmethod
    def from_arrays(cls, arrays: Dict[str, np.ndarray]) -> "Computed":
        """Return the array from the result of `as_arrays`."""
        return cls(**arrays)
