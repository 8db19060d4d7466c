"""What exercise 7.05 and activity 7.01 read from their networks, before and after the training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

import numpy as np

from workshop.training.adversarial import least_moves

from ._dcgan_training import SHOWN, DcganTraining, Log, generated, noise, train_dcgan
from ._gan import Gan, GanSummary, gan_summary
from ._images import require, scaled
from ._quality import TILES, Pixels, anchors, frechet, judged, pixels_of, require_judgeable, train_judge

NEAR_HALF = (0.4, 0.6)
LAST = 7  # number of the activity's prints in the book


@dataclass(frozen=True)
class Model(GanSummary):
    """The networks as built.

    `gen_output_shape` : that of the generator. `upsampling_count` : number of its layers that double height
    and width.
    """

    gen_output_shape: list[Optional[int]]
    upsampling_count: int


def model_of(generator: Any, discriminator: Any, combine: Any) -> Model:
    """Return the summaries of both networks, and of the model that `combine` makes of them."""
    built = gan_summary(generator, discriminator, combine)
    shapes = [shape for _, shape, _ in built.generator.layers]
    heights = [shape[1] for shape in shapes if len(shape) == 4]
    return Model(
        **vars(built),
        gen_output_shape=shapes[-1],
        upsampling_count=sum(2 * a == b for a, b in zip(heights, heights[1:])),
    )


@dataclass(frozen=True)
class Noise:
    """Shape, smallest and largest value of a batch of noise."""

    shape: list[int]
    low: float
    high: float


@dataclass(frozen=True)
class FakeBefore:
    """Images of the untrained generator.

    `largest` : largest absolute pixel. `mean` : largest absolute mean of an image. `border` : brightness
    difference of border and centre. `spread` : standard deviation of the pixels.
    """

    largest: float
    mean: float
    border: float
    spread: float


@dataclass(frozen=True)
class Untrained:
    """A batch of noise, and the generator's images from it before training."""

    noise: Noise
    fake_shape: list[int]
    fake_before: FakeBefore


def untrained(gan: Gan, seed: int, batch: int) -> Untrained:
    """Generate a batch of images before training."""
    drawn = noise(np.random.default_rng([seed, 1]), batch)
    images = gan.fakes(gan.start(seed), drawn)
    return Untrained(
        noise=Noise(list(drawn.shape), float(drawn.min()), float(drawn.max())),
        fake_shape=list(images.shape),
        fake_before=FakeBefore(
            largest=float(np.abs(images).max()),
            mean=float(np.abs(images.mean(axis=(1, 2, 3))).max()),
            border=abs(pixels_of(images).contrast),
            spread=float(images.std()),
        ),
    )


@dataclass(frozen=True)
class Late:
    """Prints in the second half of the iterations.

    `mean`, `low`, `high`, `spread` : of the printed probabilities, the last their standard deviation.
    `near` : share of them from 0.4 to 0.6. `real`, `fake` : mean probabilities of real images and of fakes.
    `apart` : their difference. `accuracy` : mean. `last` : the last seven printed ones, with their mean and
    their range (`last_spread`).
    """

    mean: float
    near: float
    low: float
    high: float
    spread: float
    real: float
    fake: float
    apart: float
    accuracy: float
    last: np.ndarray
    last_mean: float
    last_spread: float


def late_half(log: Log) -> Late:
    """Return the statistics of a log's second half."""
    half = slice(len(log.together) // 2, None)
    values, last = log.together[half], log.together[-LAST:]
    near = (values >= NEAR_HALF[0]) & (values <= NEAR_HALF[1])
    return Late(
        mean=float(values.mean()),
        near=float(near.mean()),
        low=float(values.min()),
        high=float(values.max()),
        spread=float(values.std()),
        real=float(log.real[half].mean()),
        fake=float(log.fake[half].mean()),
        apart=float(log.real[half].mean() - log.fake[half].mean()),
        accuracy=float(log.accuracy[half].mean()),
        last=last,
        last_mean=float(last.mean()),
        last_spread=float(np.ptp(last)),
    )


@dataclass(frozen=True)
class Ran:
    """Facts about a training, counted while it ran.

    `updates` : of generator and discriminator. `least_move` : the smallest change of a weight array of each,
    relative to its start, or absolute if it starts at zero. `interval` : iterations between two prints.
    `fed` : real images per iteration, and length of a noise vector.
    """

    iterations: int
    interval: int
    prints: int
    fed: dict[str, int]
    updates: tuple[int, int]
    least_move: tuple[float, float]


@dataclass(frozen=True)
class Shown:
    """500 generated images, evaluated by a classifier of the real ones.

    `confidence` : mean top probability. `sure` : share of top probabilities above 0.8. `classes` : number of
    kinds among the first 100. `distance` : Fréchet distance from real images. `by_noise` : this divided by
    that of noise from real images.
    """

    confidence: float
    sure: float
    classes: int
    distance: float
    by_noise: float


@dataclass(frozen=True)
class Progress:
    """Results at the shown iterations in their order, and the last one's increase over the one before.

    `white` : shares of nearly white pixels. `distance`, `sure`, `confidence` : as in `Shown`, empty without a
    classifier.
    """

    white: list[float]
    white_gained: float
    distance: list[float]
    sure: list[float]
    confidence: list[float]
    confidence_gained: float


@dataclass(frozen=True)
class JudgeChecked:
    """Results for real images, with which those for generated ones are compared.

    `test_accuracy`, `test_sure`, `test_white` : of the test images, the share that the classifier gets right,
    that of top probabilities above 0.8, and that of nearly white pixels. `real`, `noise` : Fréchet distances
    of real images and of noise from other real images.
    """

    test_accuracy: float
    test_sure: float
    test_white: float
    real: float
    noise: float


@dataclass(frozen=True)
class Dcgan:
    """A training of exercise 7.05 or activity 7.01.

    `pixels`, `quality` : those of the shown images, by iteration (`i500`) and at the end (`after`). Without a
    classifier, `quality` is empty and `judge` is None. `images` : 25 shown images at each of these times,
    (times, 25, 28, 28, 1).
    """

    log: Log
    late: Late
    ran: Ran
    pixels: dict[str, Pixels]
    quality: dict[str, Shown]
    progress: Progress
    judge: Optional[JudgeChecked]
    images: np.ndarray


def trained(
    gan: Gan,
    data: Any,
    seed: int,
    checkpoint: Optional[Path],
    iterations: int,
    interval: int,
    batch: int,
    shown: Sequence[int],
    judging: bool,
) -> Dcgan:
    """Train a DCGAN and evaluate its images, by a classifier trained for this seed if `judging`.

    Raises ValueError if the data set has no images that fit the networks, or none to train the classifier on.
    """
    require(data, "x_train")
    if iterations <= interval:
        raise ValueError(f"{iterations} iterations print once: give more, or an interval below {interval}")
    if judging:
        require_judgeable(data)
    done = train_dcgan(
        gan,
        scaled(data.x_train),
        seed,
        iterations=iterations,
        interval=interval,
        batch=batch,
        shown=shown,
        checkpoint=checkpoint,
    )
    return results_of(gan, data if judging else None, seed, done, iterations)


def results_of(gan: Gan, data: Any, seed: int, done: DcganTraining, iterations: int) -> Dcgan:
    """Return a training's results, with its images evaluated by a classifier of these data unless None."""
    galleries = {f"i{number}": images for number, images in sorted(done.galleries.items())}
    galleries["after"] = generated(gan, done.after, np.random.default_rng([seed, iterations, 2]), SHOWN)
    quality, judge = ({}, None) if data is None else _quality(data, seed, galleries)
    pixels = {name: pixels_of(images) for name, images in galleries.items()}
    return Dcgan(
        log=done.log,
        late=late_half(done.log),
        ran=Ran(
            iterations=done.after.discriminator.updates,  # one per iteration
            interval=int(np.diff(done.log.iterations).max()),
            prints=len(done.log.iterations),
            fed=done.fed,
            updates=(done.after.generator.updates, done.after.discriminator.updates),
            least_move=least_moves(done.before, done.after),
        ),
        pixels=pixels,
        quality=quality,
        progress=_progress(pixels, quality),
        judge=judge,
        images=np.stack([images[:TILES] for images in galleries.values()]),
    )


def _quality(
    data: Any, seed: int, galleries: Mapping[str, np.ndarray]
) -> tuple[dict[str, Shown], JudgeChecked]:
    judge = train_judge(data.x_train, data.y_train, seed, held=(data.x_test, data.y_test))
    real = scaled(data.x_test)
    ends = anchors(judge, real, seed, rows=min(SHOWN, len(real) // 2))
    found = {}
    for name, images in galleries.items():
        all_of_them = judged(judge, images)
        away = frechet(all_of_them.features, ends.features)
        found[name] = Shown(
            confidence=all_of_them.confidence,
            sure=all_of_them.sure,
            classes=judged(judge, images[:100]).classes,
            distance=away,
            by_noise=away / ends.noise,
        )
    white = pixels_of(real).near_white_share
    return found, JudgeChecked(judge.test_accuracy, judge.test_sure, white, ends.real, ends.noise)


def _progress(pixels: Mapping[str, Pixels], quality: Mapping[str, Shown]) -> Progress:
    white = [each.near_white_share for name, each in pixels.items() if name != "after"]
    shown = [each for name, each in quality.items() if name != "after"]
    confidence = [each.confidence for each in shown]
    return Progress(
        white=white,
        white_gained=_gained(white),
        distance=[each.distance for each in shown],
        sure=[each.sure for each in shown],
        confidence=confidence,
        confidence_gained=_gained(confidence),
    )


def _gained(values: Sequence[float]) -> float:
    return values[-1] - values[-2] if len(values) > 1 else float("nan")
