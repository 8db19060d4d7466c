"""Exercise 7.05 and activity 7.01: DCGANs of handwritten digits and of articles of fashion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch07_gans.image_training import (
    ADAM,
    SHOWN,
    DcganTraining,
    Log,
    generated,
    initial_state,
    noise,
    train_dcgan,
)
from workshop.chapters.ch07_gans.images import scaled
from workshop.chapters.ch07_gans.networks import combined, image_discriminator, image_generator
from workshop.chapters.ch07_gans.quality import (
    Pixels,
    anchors,
    frechet,
    judged,
    pixels_of,
    train_judge,
)
from workshop.training.adversarial import least_moves
from workshop.training.optimizers import Adam
from workshop.training.summaries import layer_table, parameter_totals
from workshop.units import unit

TILES = 25  # images per grid
NEAR_HALF = (0.4, 0.6)
LAST = 7  # number of the activity's prints in the book


@dataclass(frozen=True)
class Networks:
    """The networks as built: layers [type, output shape, parameters], parameter totals, output shape.

    `upsampling_count` : number of the generator's layers that double height and width.
    """

    gen_summary: List[List[Any]]
    gen_params: Dict[str, int]
    gen_output_shape: List[Optional[int]]
    disc_summary: List[List[Any]]
    disc_params: Dict[str, int]
    gan_summary: List[List[Any]]
    gan_params: Dict[str, int]
    upsampling_count: int


@dataclass(frozen=True)
class Untrained:
    """A batch of noise, and the generator's images from it before training.

    `noise` : its shape, smallest and largest value. `fake_before` : largest absolute pixel of 128 images,
    largest absolute mean of an image, brightness difference of border and centre, and standard deviation of
    the pixels.
    """

    noise: Dict[str, Any]
    fake_shape: List[int]
    fake_before: Dict[str, float]


@dataclass(frozen=True)
class Saved:
    """Saved grids of generated images: the folder's name, and the files' names and sizes in pixels."""

    folder: str
    files: List[str]
    sizes: List[List[int]]


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
    fed: Mapping[str, int]
    updates: Tuple[int, int]
    least_move: Tuple[float, float]


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
class Dcgan:
    """A training of exercise 7.05 or activity 7.01.

    `late` : prints in the second half of the iterations. `pixels`, `quality` : those of the shown images, by
    iteration (`i500`) and at the end (`after`). `progress` : changes from one shown iteration to the next.
    `judge` : the classifier's test accuracy, and the Fréchet distances of real images and of noise from real
    images. `images` : 25 shown images at each of these, (times, 25, 28, 28, 1).
    """

    log: Log
    late: Dict[str, Any]
    ran: Ran
    pixels: Dict[str, Pixels]
    quality: Dict[str, Shown]
    progress: Dict[str, Any]
    judge: Dict[str, float]
    images: np.ndarray


@dataclass(frozen=True)
class Early:
    """The first iterations of exercise 7.05.

    `early` : the first 14 printed probabilities (`printed`), the largest deviation of the first three from
    one half (`first`), the smallest difference of the means of real images and fakes from iteration 50 to 130
    (`apart`), and the smallest change of the discriminator's weights (`moved`). `confident` : smallest mean
    of real images and largest of fakes from iteration 40 on. `fed` : real images per iteration (`batch`), and
    length of a noise vector (`infeats`).
    """

    early_log: Log
    fed: Mapping[str, int]
    early: Dict[str, Any]
    confident: Dict[str, float]


@dataclass(frozen=True)
class EarlyAtDefaultRate:
    """The same at Adam's rate if it ignores `lr`: the prints, and the means at the last one."""

    at_default_rate: Dict[str, Any]


@unit("ch07.ex05", uses=("tensorflow",))
def networks_of_7_05() -> Networks:
    """Build generator, discriminator and the combined model. Source: chapter 7, exercise 7.05."""
    return _networks()


@unit("ch07.act01", uses=("tensorflow",))
def networks_of_activity() -> Networks:
    """Build generator, discriminator and the combined model. Source: chapter 7, activity 7.01."""
    return _networks()


@unit("ch07.ex05", uses=("tensorflow",))
def untrained_of_7_05(seed: int, batch: int = 128) -> Untrained:
    """Generate images before the generator is trained. Source: chapter 7, exercise 7.05."""
    return _untrained(seed, batch)


@unit("ch07.act01", uses=("tensorflow",))
def untrained_of_activity(seed: int, batch: int = 128) -> Untrained:
    """Generate images before the generator is trained. Source: chapter 7, activity 7.01."""
    return _untrained(seed, batch)


@unit("ch07.text07", uses=("tensorflow",), first_steps=True)
def first_iterations(mnist: Any, seed: int, iterations: int = 151, batch: int = 128) -> Early:
    """Train as in exercise 7.05, for the iterations whose probabilities the book prints and some more.

    Parameters
    ----------
    mnist : x_train uint8 (60000, 28, 28).

    Source: chapter 7, text on the training process; exercise 7.05.
    """
    done = train_dcgan(scaled(mnist.x_train), seed, iterations=iterations, interval=10, batch=batch, shown=())
    log = done.log
    confident = slice(4, None)
    return Early(
        early_log=log,
        fed=done.fed,
        early={
            "printed": log.together[:14],
            "first": float(np.abs(log.together[:3] - 0.5).max()),
            "apart": float((log.real - log.fake)[5:14].min()),
            "moved": least_moves(done.before, done.after)[1],
        },
        confident={"real": float(log.real[confident].min()), "fake": float(log.fake[confident].max())},
    )


@unit("ch07.text07", uses=("tensorflow",), first_steps=True)
def first_iterations_at_default_rate(
    mnist: Any, seed: int, iterations: int = 31, batch: int = 128, rate: float = 0.001
) -> EarlyAtDefaultRate:
    """Train from the same start and draws at Adam's default rate, which Keras 2.11 to 2.15 silently use.

    Parameters
    ----------
    mnist : x_train uint8 (60000, 28, 28).

    Source: chapter 7, exercise 7.05; the comparison is ours.
    """
    adam = Adam(learning_rate=rate, beta_1=ADAM.beta_1)
    real = scaled(mnist.x_train)
    log = train_dcgan(
        real, seed, iterations=iterations, interval=10, batch=batch, shown=(), optimizer=adam
    ).log
    return EarlyAtDefaultRate(
        {"printed": log.together, "real": float(log.real[-1]), "fake": float(log.fake[-1])}
    )


@unit("ch07.ex05", uses=("tensorflow",), first_steps=True)
def exercise_7_05(
    mnist: Any,
    seed: int,
    checkpoint: Path,
    iterations: int = 5000,
    interval: int = 10,
    batch: int = 128,
    shown: Sequence[int] = (10, 500, 2000, 4990),
    judging: bool = True,
) -> Dcgan:
    """Train the DCGAN of digits.

    Parameters
    ----------
    mnist : x_train, x_test uint8 (n, 28, 28), y_train, y_test (n,).
    checkpoint : folder for the state, from which a killed run continues.
    interval : iterations from one print to the next.
    shown : iterations after which images are generated.
    judging : whether a classifier of the real images evaluates them.

    Source: chapter 7, exercise 7.05; text on the sample plots.
    """
    done = _trained(mnist, seed, checkpoint, iterations, interval, batch, shown)
    return _told(mnist, seed, done, iterations, judging)


@unit("ch07.act01", uses=("tensorflow",), first_steps=True)
def activity_7_01(
    fashion_mnist: Any,
    seed: int,
    checkpoint: Path,
    iterations: int = 5000,
    interval: int = 50,
    batch: int = 128,
    shown: Sequence[int] = (100, 600, 1000, 1500, 4950),
    judging: bool = True,
) -> Dcgan:
    """Train the DCGAN of articles of fashion.

    Parameters
    ----------
    fashion_mnist : x_train, x_test uint8 (n, 28, 28), y_train, y_test (n,).
    checkpoint : folder for the state, from which a killed run continues.
    interval : iterations from one print to the next.
    shown : iterations after which images are generated.
    judging : whether a classifier of the real images evaluates them.

    Source: chapter 7, activity 7.01.
    """
    done = _trained(fashion_mnist, seed, checkpoint, iterations, interval, batch, shown)
    return _told(fashion_mnist, seed, done, iterations, judging)


@unit("ch07.ex05", uses=("tensorflow",))
def grids_of_7_05(workdir: Path, seed: int, folder: str = "handwritten") -> Saved:
    """Save grids of generated images as the book names them, before training.

    Source: chapter 7, exercise 7.05.
    """
    return _saved(workdir / folder, "GAN_MNIST_Training_Plot%03d.png", (0, 10), seed)


@unit("ch07.act01", uses=("tensorflow",))
def grids_of_activity(workdir: Path, seed: int, folder: str = "output") -> Saved:
    """Save grids of generated images as the book names them, before training.

    Source: chapter 7, activity 7.01.
    """
    names = "Activity7.01_GAN_MNIST_Fashion_Training_Plot%03d.png"
    return _saved(workdir / folder, names, (0, 50), seed)


def _networks() -> Networks:
    generator, discriminator = (n.builder(*n.arguments) for n in (image_generator(), image_discriminator()))
    summaries = {
        "gen_summary": layer_table(generator),
        "gen_params": parameter_totals(generator),
        "disc_summary": layer_table(discriminator),
        "disc_params": parameter_totals(discriminator),
    }
    heights = [row[1] for row in layer_table(generator) if len(row[1]) == 4]
    gan = combined(generator, discriminator)
    return Networks(
        **summaries,
        gen_output_shape=layer_table(generator)[-1][1],
        gan_summary=layer_table(gan),
        gan_params=parameter_totals(gan),
        upsampling_count=sum(2 * a[1] == b[1] for a, b in zip(heights, heights[1:])),
    )


def _untrained(seed: int, batch: int) -> Untrained:
    drawn = noise(np.random.default_rng([seed, 1]), batch)
    images = generated(initial_state(seed), np.random.default_rng([seed, 1]), batch)
    pixels = pixels_of(images)
    return Untrained(
        noise={"shape": list(drawn.shape), "low": float(drawn.min()), "high": float(drawn.max())},
        fake_shape=list(images.shape),
        fake_before={
            "largest": float(np.abs(images).max()),
            "mean": float(np.abs(images.mean(axis=(1, 2, 3))).max()),
            "border": abs(pixels.contrast),
            "spread": float(images.std()),
        },
    )


def _saved(folder: Path, pattern: str, iterations: Sequence[int], seed: int) -> Saved:
    from workshop.training.backend import tf

    folder.mkdir()
    gan = initial_state(seed)
    for number in iterations:
        tiles = generated(gan, np.random.default_rng([seed, number, 2]), TILES)
        side = int(np.sqrt(TILES))
        grid = tiles.reshape(side, side, *tiles.shape[1:]).transpose(0, 2, 1, 3, 4)
        grid = grid.reshape(side * tiles.shape[1], side * tiles.shape[2], 1)
        inked = np.round((1.0 - grid) * 127.5).astype(np.uint8)  # −1 is white
        (folder / (pattern % number)).write_bytes(tf.image.encode_png(inked).numpy())
    files = sorted(folder.iterdir())
    sizes = [list(tf.image.decode_png(path.read_bytes()).shape) for path in files]
    return Saved(folder=folder.name, files=[path.name for path in files], sizes=sizes)


def _trained(
    data: Any,
    seed: int,
    checkpoint: Path,
    iterations: int,
    interval: int,
    batch: int,
    shown: Sequence[int],
) -> DcganTraining:
    return train_dcgan(
        scaled(data.x_train),
        seed,
        iterations=iterations,
        interval=interval,
        batch=batch,
        shown=shown,
        checkpoint=checkpoint,
    )


def _told(data: Any, seed: int, done: DcganTraining, iterations: int, judging: bool) -> Dcgan:
    """Return a training's results, with its images evaluated by a classifier trained for this seed."""
    galleries = {f"i{number}": images for number, images in sorted(done.galleries.items())}
    galleries["after"] = generated(done.after, np.random.default_rng([seed, iterations, 2]), SHOWN)
    quality, judge = _quality(data, seed, galleries) if judging else ({}, {})
    pixels = {name: pixels_of(images) for name, images in galleries.items()}
    return Dcgan(
        log=done.log,
        late=_late(done.log),
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
        progress=_progress(pixels, quality, list(galleries)[:-1]),
        judge=judge,
        images=np.stack([images[:TILES] for images in galleries.values()]),
    )


def _progress(
    pixels: Mapping[str, Pixels], quality: Mapping[str, Shown], shown: Sequence[str]
) -> Dict[str, Any]:
    """Return the shown images' near-white shares, and the last one's increase over the one before.

    If the images are evaluated, the same is returned for the distances from real images, the shares of sure
    ones, and the confidence.
    """
    white = [pixels[name].near_white_share for name in shown]
    found: Dict[str, Any] = {"white": white, "white_gained": _gained(white)}
    if quality:
        confidence = [quality[name].confidence for name in shown]
        found["distance"] = [quality[name].distance for name in shown]
        found["sure"] = [quality[name].sure for name in shown]
        found.update(confidence=confidence, confidence_gained=_gained(confidence))
    return found


def _gained(values: Sequence[float]) -> float:
    return values[-1] - values[-2] if len(values) > 1 else float("nan")


def _late(log: Log) -> Dict[str, Any]:
    half = slice(len(log.together) // 2, None)
    values = log.together[half]
    near = (values >= NEAR_HALF[0]) & (values <= NEAR_HALF[1])
    return {
        "mean": float(values.mean()),
        "near": float(near.mean()),
        "low": float(values.min()),
        "high": float(values.max()),
        "spread": float(values.std()),
        "real": float(log.real[half].mean()),
        "fake": float(log.fake[half].mean()),
        "apart": float(log.real[half].mean() - log.fake[half].mean()),
        "accuracy": float(log.accuracy[half].mean()),
        "last": log.together[-LAST:],
        "last_mean": float(log.together[-LAST:].mean()),
        "last_spread": float(np.ptp(log.together[-LAST:])),
    }


def _quality(
    data: Any, seed: int, galleries: Mapping[str, np.ndarray]
) -> Tuple[Dict[str, Shown], Dict[str, float]]:
    judge = train_judge(data.x_train, data.y_train, seed, held=(data.x_test, data.y_test))
    ends = anchors(judge, scaled(data.x_test), seed)
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
    return found, {"test_accuracy": judge.test_accuracy, "real": ends.real, "noise": ends.noise}
