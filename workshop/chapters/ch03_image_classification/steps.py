"""The number of updates per epoch."""

from __future__ import annotations


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return the number of full batches. The remaining images are not used in that epoch.

    Raises
    ------
    ValueError
        If there is no full batch.

    Source: chapter 3, text on data generators, exercises 3.03 and 3.04, activities 3.01 and 3.02.
    """
    if not 1 <= batch_size <= images:
        raise ValueError(
            f"{images} images make no batch of {batch_size}: take a batch size from 1 to {images}"
        )
    return images // batch_size
