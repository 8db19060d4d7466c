"""Decoded photographs as one array, as the array cache keeps them."""

from typing import Dict, NamedTuple

import numpy as np


class Pixels(NamedTuple):
    """`images` : uint8 RGB (n, height, width, 3)."""

    images: np.ndarray

    def as_arrays(self) -> Dict[str, np.ndarray]:
        """Return what `from_arrays` takes."""
        return {"images": self.images}

    @classmethod
    def from_arrays(cls, arrays: Dict[str, np.ndarray]) -> "Pixels":
        """Return the pixels from the result of `as_arrays`."""
        return cls(arrays["images"])
