"""Input pipelines: `tf.data` gathers, varies and scales batches of images during the training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional, Sequence

import numpy as np

from workshop.training.augmentation import Augmentation, transformed
from workshop.training.backend import tf
from workshop.training.epochs import as_order
from workshop.training.initialisers import shuffled

WHITE = 255.0  # becomes 1


@dataclass(frozen=True)
class Pipeline:
    """Images, and the order and variants of them in each pass.

    `images` : uint8 (n, height, width, channels). `labels` : (n, …). `order` : row numbers of every pass,
    int32 (passes, rows). `variants` : one matrix of `Augmentation.draw` per row of `order`, float32 (passes,
    rows, 2, 3), or None for unchanged images. `fill_mode` : of the variants.
    """

    images: np.ndarray
    labels: np.ndarray
    order: np.ndarray
    variants: Optional[np.ndarray] = None
    fill_mode: str = "nearest"

    def __post_init__(self) -> None:
        as_order(self.order, self.images, self.labels, axes=2)
        expected = (*self.order.shape, 2, 3)
        if self.variants is not None and self.variants.shape != expected:
            raise ValueError(f"variants of shape {self.variants.shape}: give one per row, {expected}")

    def tensors(self, number: int) -> tuple[Any, ...]:
        """Return images, labels, and the rows and any variants of pass `number`, as tensors."""
        own = [self.order[number]] if self.variants is None else [self.order[number], self.variants[number]]
        return tuple(tf.constant(part) for part in (self.images, self.labels, *own))

    def batch(self, number: int, size: int, *, of: int = 0) -> Pipeline:
        """Return the pipeline of batch `number` of one pass, with that batch's images alone."""
        place = (slice(of, of + 1), slice(number * size, (number + 1) * size))
        rows = self.order[place][0]
        return replace(
            self,
            images=self.images[rows],
            labels=self.labels[rows],
            order=np.arange(len(rows), dtype=np.int32)[np.newaxis],
            variants=None if self.variants is None else self.variants[place],
        )


def drawn(
    rng: np.random.Generator,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    passes: int,
    rows: int,
    augmentation: Optional[Augmentation] = None,
) -> Pipeline:
    """Draw a pipeline: each pass takes `rows` images in a new random order, each in a new variant.

    If there are more images than rows, each pass leaves out random ones, like whole batches of a generator.

    Raises
    ------
    ValueError
        If there are fewer images than rows.
    """
    if not 0 < rows <= len(images):
        raise ValueError(f"{rows} rows of {len(images)} images: take from one to all")
    order = shuffled(rng, epochs=passes, n=len(images))[:, :rows]
    if augmentation is None:
        return Pipeline(images, labels, order)
    variants = augmentation.draw(rng, order.shape, images.shape[1:3])
    return Pipeline(images, labels, order, variants, augmentation.fill_mode)


def batches(
    images: Any, labels: Any, rows: Any, *variants: Any, batch_size: int, fill_mode: str = "nearest"
) -> Any:
    """Return the `tf.data.Dataset` of one pass: float32 images scaled to 0 … 1, and their labels.

    Parameters
    ----------
    images, labels : tensors of all images, uint8 (n, height, width, channels), and labels (n, …).
    rows : row numbers in their order, a whole number of batches.
    variants : nothing, or one variant per row, float32 (rows, 2, 3).
    """

    def load(rows: Any, *variants: Any) -> tuple[Any, Any]:
        taken = tf.cast(tf.gather(images, rows), tf.float32)
        for variant in variants:
            taken = transformed(taken, variant, fill_mode)
        return taken / WHITE, tf.gather(labels, rows)

    dataset = tf.data.Dataset.from_tensor_slices((rows, *variants))
    return dataset.batch(batch_size, drop_remainder=True).map(load).prefetch(1)


def whole_batches(pipelines: Sequence[Pipeline], batch_size: int) -> None:
    """Check that pipelines have the same number of passes, each of whole batches. Raises ValueError."""
    passes = {len(pipeline.order) for pipeline in pipelines}
    if len(passes) > 1:
        numbers = " and ".join(map(str, sorted(passes)))
        raise ValueError(f"pipelines of {numbers} passes: give the same number of each")
    for pipeline in pipelines:
        rows = pipeline.order.shape[1]
        if rows % batch_size:
            raise ValueError(
                f"{rows} rows are not a whole number of batches of {batch_size}: leave the rest out"
            )
