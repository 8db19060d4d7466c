"""Photographs of a zip that are decoded once: their small copies stay in the array cache."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Iterator

import numpy as np

from workshop.datasets.array_cache import load_cached
from workshop.datasets.readers import folders, images
from workshop.datasets.readers.folders import ZippedImages
from workshop.datasets.readers.images import Computed
from workshop.errors import DataError

# Bytes of the copies of one size: those of all 16,150 fruits have 485 MB.
MOST = 500_000_000


class Photographs(ZippedImages):
    """`ZippedImages` with the checksum of their archive, so that images of one size are decoded once.

    Copies of up to `MOST` bytes are kept in the cache, and more are decoded on each pass.
    """

    checksum = ""

    @classmethod
    def of(cls, archive: ZippedImages, checksum: str) -> Photographs:
        """Return the photographs of an archive whose content has this checksum."""
        made = cls(*archive)
        made.checksum = checksum
        return made

    def images(self, members: Iterable[str], size: tuple[int, int] | None = None) -> Iterator[np.ndarray]:
        names = list(members)
        if size is None or len(names) < 2 or len(names) * size[0] * size[1] * 3 > MOST:
            return self._decoded(names, size)
        code = [inspect.getsource(module) for module in (folders, images)]  # that decodes and resizes
        listed = "\n".join([self.checksum, *code, str(size), *names])
        key = hashlib.sha256(listed.encode()).hexdigest()
        pixels: Computed = load_cached(
            "computed", key, lambda: Computed(np.stack([*self._decoded(names, size)]))
        )
        return iter(pixels.values)

    def _decoded(self, names: list[str], size: tuple[int, int] | None) -> Iterator[np.ndarray]:
        """Yield images; an error names the one that can't be decoded."""
        from PIL import UnidentifiedImageError

        decoded = super().images(names, size)
        for name in names:
            try:
                image = next(decoded)
            except DataError as error:
                if not isinstance(error.__cause__, UnidentifiedImageError):
                    raise
                what = f"{name} in {self.path.name} is not a picture"
                raise DataError(f"{what}; run: workshop data check") from error
            yield image
