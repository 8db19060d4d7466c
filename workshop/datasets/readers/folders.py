"""Data that stays on disk: single files and zipped image folders."""

import zipfile
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from workshop.datasets.readers import member, only, reading
from workshop.datasets.readers.images import rgb
from workshop.errors import DataError

_IMAGES = (".jpg", ".jpeg", ".png")


class ZippedImages(NamedTuple):
    """An archive of image folders `TOP/SPLIT/CLASS/FILE`.

    `members`: split → class → names in the archive. Classes and names are sorted as text, as Keras does.
    """

    path: Path
    members: Mapping[str, Mapping[str, Tuple[str, ...]]]

    def image(self, member: str) -> np.ndarray:
        """Return one image as uint8 RGB (height, width, 3)."""
        return next(self.images([member]))

    def images(self, members: Iterable[str], size: Optional[Tuple[int, int]] = None) -> Iterator[np.ndarray]:
        """Yield images as uint8 RGB (height, width, 3), opening the archive once.

        With `size` (height, width) they are resized like Keras' `load_img`: to the nearest pixels, without
        preserving the aspect ratio.
        """
        from PIL import Image

        with reading(self.path.name):
            for content in self._contents(members):
                pixels = rgb(content)
                yield np.asarray(pixels if size is None else pixels.resize(size[::-1], Image.NEAREST))

    def extract(self, folder: Path) -> Path:
        """Unpack the images as `folder/SPLIT/CLASS/FILE` and return `folder`."""
        targets: Dict[str, Path] = {}
        for split, classes in self.members.items():
            for label, names in classes.items():
                (folder / split / label).mkdir(parents=True, exist_ok=True)
                targets.update((name, folder / split / label / name.rsplit("/", 1)[1]) for name in names)
        for target, content in zip(targets.values(), self._contents(targets)):
            target.write_bytes(content)
        return folder

    def _contents(self, members: Iterable[str]) -> Iterator[bytes]:
        with reading(self.path.name), zipfile.ZipFile(str(self.path)) as archive:
            for name in members:
                yield member(archive, name)


def read_image_zip(paths: Mapping[str, Path]) -> ZippedImages:
    """Return the index of a zip of image folders; pixels are read on demand."""
    path = only(paths)
    found: Dict[str, Dict[str, List[str]]] = {}
    with zipfile.ZipFile(str(path)) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            if (
                len(parts) >= 3
                and name.lower().endswith(_IMAGES)
                and "__MACOSX" not in parts
                and ".." not in parts
            ):
                found.setdefault(parts[-3], {}).setdefault(parts[-2], []).append(name)
    if not found:
        raise DataError("%s has no folders of images; run: workshop data check" % path.name)
    members = {
        split: {label: tuple(sorted(names)) for label, names in sorted(classes.items())}
        for split, classes in sorted(found.items())
    }
    return ZippedImages(path, members)


def read_path(paths: Mapping[str, Path]) -> Path:
    """Return the path of the only file; the unit opens it."""
    return only(paths)
