"""The judge of generated images: what it must tell apart, and its distance against formulas of its own."""

from __future__ import annotations

import dataclasses
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import linalg

from tests.chapters.ch07.controls import failing, failing_shares
from workshop.ledger import ledger
from workshop.measures.ch07_gans import _dcgan_results as results
from workshop.measures.ch07_gans import _quality as quality
from workshop.measures.ch07_gans import text08_mode_collapse as collapse
from workshop.measures.ch07_gans._dcgan_training import DcganTraining, Log
from workshop.measures.ch07_gans._images import scaled
from workshop.measures.ch07_gans.ex05_dcgan import NETWORKS
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights

NIGHTLY = pytest.mark.nightly
DATA = {"mnist": 0.97, "fashion_mnist": 0.85}  # and the accuracy that a judge must reach
# what the files that the authors saved show after 2,000 and 5,000 iterations, from the notebook's values
SAVED = {
    "mnist": {"near_white_share": 0.818, "border_brightness": 0.988, "centre_brightness": 0.755},
    "fashion_mnist": {"near_white_share": 0.56, "border_brightness": 0.855, "centre_brightness": 0.573},
}


@pytest.fixture(scope="module", params=["mnist", pytest.param("fashion_mnist", marks=NIGHTLY)])
def real(request, book_data):
    """Return a data set and its id."""
    return request.param, *book_data(request.param)


@pytest.fixture(scope="module")
def trained(tensorflow, real):
    """Return a data set's id, its test images in [−1, 1], a judge of it, and the anchors."""
    name, data = real
    judge = quality.train_judge(data.x_train, data.y_train, 5, held=(data.x_test, data.y_test))
    images = scaled(data.x_test)
    return SimpleNamespace(
        name=name, data=data, judge=judge, images=images, anchors=quality.anchors(judge, images, 6)
    )


def untrained(seed=0):
    """Return a judge that has seen nothing."""
    weights = initial_weights(Network(quality.classifier).model, np.random.default_rng(seed))
    return quality.Judge(weights, 0.1, 0.1, np.zeros(3))


def features(n, d, seed, correlated=True):
    """Return features of a normal distribution."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d))
    return rows @ rng.normal(size=(d, d)) + rng.normal(size=d) if correlated else rows


def by_square_root(a, b):
    """Return the distance by the usual formula, with the root of a product that is not symmetric."""
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    root = linalg.sqrtm(cov_a @ cov_b)
    return np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(cov_a) + np.trace(cov_b) - 2 * np.trace(root).real


@pytest.mark.parametrize(("d", "seed"), [(2, 1), (8, 2), (32, 3)])
def test_distance_is_that_of_the_general_root(d: int, seed: int) -> None:
    """SciPy's root of the product of both covariances gives the same, whichever set comes first."""
    a, b = features(200, d, seed), features(300, d, seed + 10)

    expected = by_square_root(a, b)

    assert quality.frechet(a, b) == pytest.approx(expected, rel=1e-7)
    assert quality.frechet(b, a) == pytest.approx(expected, rel=1e-7)


def test_distance_of_known_changes() -> None:
    """A shift counts its square, a stretch the square of its part of the spread, and none at all nothing."""
    a = features(400, 5, 7)
    centred = a - a.mean(axis=0)
    shift = np.array([3.0, 0.0, -4.0, 0.0, 0.0])

    assert quality.frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert quality.frechet(a, a + shift) == pytest.approx(25)
    assert quality.frechet(centred, 3 * centred) == pytest.approx(4 * np.trace(np.cov(a.T)))


def test_distance_with_silent_features() -> None:
    """Features that never fire, as those behind a ReLU may, leave the distance as it is."""
    a, b = features(200, 4, 8), features(200, 4, 9)
    silent = np.zeros((200, 3))

    joined = (np.hstack([a, silent]), np.hstack([b, silent]))

    assert quality.frechet(*joined) == pytest.approx(quality.frechet(a, b))


@pytest.mark.parametrize(
    ("a", "b"), [((50, 4), (50, 5)), ((4, 4), (50, 4)), ((50, 4), (3, 4))], ids=["width", "few", "few others"]
)
def test_distance_needs_enough_of_the_same(a: Any, b: Any) -> None:
    """Other features, or so few rows that no covariance is had of them, are refused."""
    with pytest.raises(ValueError, match="each of more rows"):
        quality.frechet(np.zeros(a), np.zeros(b))


def test_real_images_are_as_bright_as_the_authors_last_ones(real: Any) -> None:
    """Border and centre are those areas for which real images come near the saved files."""
    name, data = real

    found = dataclasses.asdict(quality.pixels_of(scaled(data.x_test)))

    assert {key: found[key] for key in SAVED[name]} == pytest.approx(SAVED[name], abs=0.015)


def test_judged_is_what_the_whole_classifier_gives(tensorflow: Any) -> None:
    """Its ten probabilities, computed by Keras at once, give all results; features come before."""
    rng = np.random.default_rng(1)
    *inner, kernel, bias = untrained().weights
    last = (40 * kernel, bias + rng.normal(size=10).astype(np.float32))
    judge = quality.Judge((*inner, *last), 0.1, 0.1, np.zeros(3))
    images = (rng.uniform(-1, 1, (700, 28, 28, 1)) * rng.uniform(0, 1, (700, 1, 1, 1))).astype(np.float32)
    model = quality.classifier()
    model.set_weights(judge.weights)
    given = model(images).numpy()
    shares = [np.mean(given.max(1) > bound) for bound in (0.5, 0.75, 0.8, 0.85)]
    assert min(-np.diff(shares)) > 0.01  # so that another bound would show

    found = quality.judged(judge, images)

    assert found.confidence == pytest.approx(given.max(1).mean(), rel=1e-4)
    assert found.sure == pytest.approx(np.mean(given.max(1) > 0.8), abs=0.005)
    assert found.counts.tolist() == [int((given.argmax(1) == k).sum()) for k in range(10)]
    assert found.classes == len(set(given.argmax(1).tolist()))
    assert found.features.shape == (700, 32)
    logits = found.features @ judge.weights[-2] + judge.weights[-1]
    np.testing.assert_allclose(tensorflow.nn.softmax(logits).numpy(), given, atol=1e-4)


@pytest.mark.parametrize("top", [1.01, 255, np.nan])
def test_images_of_another_range_are_not_judged(top: Any) -> None:
    """Bytes, or values beyond what a generator gives, are refused."""
    images = np.zeros((2, 28, 28, 1))
    images[1, 3, 4] = top

    with pytest.raises(ValueError, match=r"scale the images to \[-1, 1\]"):
        quality.judged(untrained(), images)


def test_the_anchors_share_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as many images as they need, all are taken, each once; the noise fills [−1, 1] evenly."""
    seen = []

    def spy(judge, images):
        seen.append(images)
        return SimpleNamespace(features=features(len(images), 3, len(seen)))

    monkeypatch.setattr(quality, "judged", spy)
    real = np.linspace(-1, 1, 80).reshape(80, 1, 1, 1) * np.ones((1, 28, 28, 1))

    found = quality.anchors(None, real, 1, rows=40)

    second, noise, first = seen
    assert sorted([*first[:, 0, 0, 0], *second[:, 0, 0, 0]]) == real[:, 0, 0, 0].tolist()
    assert noise.shape == first.shape
    assert np.quantile(noise, [0, 0.25, 0.5, 0.75, 1]) == pytest.approx([-1, -0.5, 0, 0.5, 1], abs=0.02)
    assert found.real == quality.frechet(features(40, 3, 1), features(40, 3, 3))
    assert found.noise == quality.frechet(features(40, 3, 2), features(40, 3, 3))
    assert (found.features == features(40, 3, 3)).all()


def test_anchors_need_two_samples() -> None:
    """Samples that overlap would bring the anchor of real images too near."""
    with pytest.raises(ValueError, match="99 images are too few for two samples of 50"):
        quality.anchors(untrained(), np.zeros((99, 28, 28, 1)), 1, rows=50)


@pytest.mark.parametrize(
    ("labels", "tests", "message"),
    [
        ([0, 10], 100, "labels from 0 to 10: the judge knows 0 to 9"),
        ([0, 9], 65, "65 test images: give 66 or more"),
    ],
)
def test_data_that_train_no_judge_are_refused(labels: Any, tests: Any, message: str) -> None:
    """Other labels, and too few test images for two samples."""
    images = np.zeros((2, 28, 28), np.uint8)
    data = SimpleNamespace(x_train=images, y_train=np.array(labels), x_test=range(tests), y_test=None)

    with pytest.raises(ValueError, match=f"^{message}$"):
        quality.require_judgeable(data)


@pytest.mark.usefixtures("tensorflow")
def test_a_judge_is_trained_on_random_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each at most once, others for another seed, with their labels, scaled; all in every epoch."""
    taken = []

    def spy(network, weights, x, y, order, **options):
        taken.append((x, y, order, options["optimizer"].learning_rate))
        return SimpleNamespace(weights=weights, loss=np.zeros(1))

    monkeypatch.setattr(quality, "fit", spy)
    labels = np.arange(256)
    images = np.tile(labels.astype(np.uint8)[:, np.newaxis, np.newaxis], (1, 28, 28))

    for seed in (1, 2):
        quality.train_judge(images, labels, seed, held=(images, labels), rows=200, epochs=3)

    (x, y, early, rate), (_, _, late, small), (_, other, *_), _ = taken
    assert len(set(y.tolist())) == 200
    assert set(y.tolist()) not in (set(range(200)), set(other.tolist()))
    assert (x[:, 3, 4, 0] == scaled(images)[y, 3, 4, 0]).all()
    assert [sorted(epoch) for epoch in (*early, *late)] == [list(range(200))] * 3
    assert (len(early), len(late), rate / small) == (2, 1, 10)


def test_a_judge_is_trained_by_its_seed(tensorflow: Any) -> None:
    """The same images, order and start for one seed, others for another."""
    rng = np.random.default_rng(3)
    images, labels = rng.integers(0, 256, (300, 28, 28)).astype(np.uint8), rng.integers(0, 10, 300)

    def train(seed):
        return quality.train_judge(images, labels, seed, held=(images, labels), rows=200, epochs=2).weights

    first, again, other = train(1), train(1), train(2)
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not any((a == b).all() for a, b in zip(first, other, strict=True))


def test_the_judge_is_good(trained: Any) -> None:
    """On test images it is as often right as it must be, and most real images are sure to it."""
    found = quality.judged(trained.judge, trained.images)

    assert trained.judge.test_accuracy >= DATA[trained.name]
    assert trained.judge.test_accuracy == pytest.approx(
        np.mean(quality.probabilities(trained.judge.weights, found.features).argmax(1) == trained.data.y_test)
    )
    assert found.sure == trained.judge.test_sure > 0.65
    assert found.classes == 10


@pytest.mark.usefixtures("tensorflow")
def test_the_test_accuracy_is_that_of_the_test_labels() -> None:
    """A judge that has learnt its training labels is never right on test labels that are all others."""
    rng = np.random.default_rng(3)
    labels = np.arange(400) % 2
    images = rng.integers(0, 60, (400, 28, 28)) + 150 * labels[:, np.newaxis, np.newaxis]
    images = images.astype(np.uint8)

    right, wrong = (
        quality.train_judge(images, labels, 1, held=(images, tested), epochs=6)
        for tested in (labels, 1 - labels)
    )

    assert (right.test_accuracy, wrong.test_accuracy) == (1.0, 0.0)


def test_a_judge_of_shuffled_labels_knows_nothing(real: Any, tensorflow: Any) -> None:
    """Negative control: its accuracy is that of chance."""
    _, data = real
    labels = np.random.default_rng(4).permutation(data.y_train)

    judge = quality.train_judge(
        data.x_train, labels, 5, held=(data.x_test, data.y_test), rows=5000, epochs=2
    )  # fmt: skip

    assert judge.test_accuracy < 0.25


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda x, rng: rng.uniform(-1, 1, x.shape),
        lambda x, rng: rng.normal(0, 0.02, x.shape),
        lambda x, rng: (x + 1) / 2,
        lambda x, rng: -x,
        lambda x, rng: np.repeat(x[:1], len(x), axis=0),
    ],
    ids=["noise", "grey", "from 0 to 1", "inverted", "one image"],
)
def test_images_that_are_not_real_are_far_from_them(trained: Any, spoilt: Any) -> None:
    """Negative controls: ten times as far as real images are, which themselves are within three times."""
    rng = np.random.default_rng(7)
    shown = trained.images[rng.permutation(len(trained.images))[:500]]

    distance = quality.frechet(quality.judged(trained.judge, shown).features, trained.anchors.features)
    away = quality.frechet(
        quality.judged(trained.judge, spoilt(shown, rng)).features, trained.anchors.features
    )

    assert trained.anchors.noise > 20 * trained.anchors.real
    assert distance < 3 * trained.anchors.real
    assert away > 10 * max(distance, trained.anchors.real)


@pytest.mark.parametrize("spoilt", [lambda x: (x + 1) / 2, lambda x: -x], ids=["from 0 to 1", "inverted"])
def test_pixels_tell_other_ranges(real: Any, spoilt: Any) -> None:
    """Negative controls: nothing is near white any more, or the border no longer brighter than the centre."""
    images = scaled(real[1].x_test[:500])

    right, wrong = quality.pixels_of(images), quality.pixels_of(spoilt(images))

    assert right.near_white_share > 0.5
    assert right.border_brightness - right.centre_brightness > 0.2
    assert wrong.near_white_share < 0.25
    assert wrong.border_brightness < 0.51


def test_one_image_again_and_again_is_one_class(trained: Any) -> None:
    """Whichever image a generator has collapsed to; real images are of nearly all classes."""
    for image in trained.images[:20]:
        assert quality.judged(trained.judge, np.repeat(image[np.newaxis], 100, axis=0)).classes == 1
    assert quality.judged(trained.judge, trained.images[:100]).classes >= 9


def collapse_holds(outcome):
    """Return whether the ledger's rule accepts what the detector reports."""
    claim = ledger().claims["ch07.text08.one_kind"]
    return claim.rule.decide(claim.documented, outcome).holds


@pytest.mark.parametrize(
    "mutant", ["none", "no collapse", "real ones collapsed", "another digit", "blind judge"]
)
@pytest.mark.parametrize("real", ["mnist"], indirect=True)
def test_the_detector_is_distinguished_from_its_mutants(
    trained: Any, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    """A generator that does not collapse, or to another digit, and a judge that sees little are refused."""
    data = trained.data
    monkeypatch.setattr(collapse, "train_judge", lambda *_, **__: trained.judge)
    if mutant == "no collapse":
        data = data._replace(y_train=np.full_like(data.y_train, 5))
    elif mutant == "real ones collapsed":
        data = data._replace(x_test=np.repeat(data.x_test[:1], 10000, axis=0))
    elif mutant == "another digit":
        monkeypatch.setattr(collapse, "COLLAPSED_TO", 7)
    elif mutant == "blind judge":
        monkeypatch.setattr(collapse, "train_judge", lambda *_, **__: untrained())

    assert collapse_holds(collapse.mode_collapse(data, 3)) is (mutant == "none")


@pytest.mark.parametrize(
    ("white", "share"),
    [
        ([(3, 3)], 0.0),  # a single pixel is no patch
        ([(3, 3), (4, 4)], 0.0),  # nor are two corner to corner
        ([(3, 3), (3, 4)], 2 / 784),
        ([(0, 27), (1, 27), (2, 27)], 3 / 784),
        ([(0, 0), (27, 0), (0, 27)], 0.0),  # opposite sides don't touch
    ],
)
@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_white_patches_are_neighbours_in_pictures_as_drawn(white, share: float, scale: float) -> None:
    """Each picture is drawn from its own least value to its own greatest one, however near these are."""
    image = np.zeros((28, 28, 1))
    image[14, 14] = 1.0
    image[tuple(zip(*white, strict=True))] = -1.0

    assert collapse.patches(scale * np.stack([image, image])) == pytest.approx(share)


# what trainings show at their five times and at the end, and which checks of which claim fail
UNITS = {"mnist": "ch07_ex05", "fashion_mnist": "ch07_act01"}
GOOD = {
    "mnist": {"i10": "faint noise", "i500": "blurred", "i2000": "real", "i4990": "real", "after": "real"},
    "fashion_mnist": dict.fromkeys(["i100"], "noise")
    | dict.fromkeys(["i600", "i1000"], "blurred")
    | dict.fromkeys(["i1500", "i4950", "after"], "real"),
}
DIGITS = [
    ({}, "ch07.ex05.generated_after", []),
    ({"after": "noise"}, "ch07.ex05.generated_after", ["sure", "by_noise", "white", "border"]),
    ({"after": "one kind"}, "ch07.ex05.generated_after", ["classes"]),
    ({"after": "one kind first"}, "ch07.ex05.generated_after", ["classes"]),
    ({"after": "inverted"}, "ch07.ex05.generated_after", ["white", "border"]),
    ({}, "ch07.text08.plot_10", []),
    ({"i10": "grey"}, "ch07.text08.plot_10", ["correlation"]),
    ({"i10": "stripes"}, "ch07.text08.plot_10", ["correlation"]),
    ({"i10": "real"}, "ch07.text08.plot_10", ["contrast", "correlation"]),
    ({}, "ch07.text08.plot_500", []),
    ({"i500": "noise"}, "ch07.text08.plot_500", ["border", "contrast"]),
    ({"i500": "inverted"}, "ch07.text08.plot_500", ["border", "contrast"]),
    ({}, "ch07.text08.plot_2000", []),
    ({"i500": "real", "i2000": "blurred"}, "ch07.text08.plot_2000", ["sure"]),
    ({"i2000": "one kind"}, "ch07.text08.plot_2000", ["classes"]),
    ({}, "ch07.text08.plot_5000", []),
    ({"i4990": "noise"}, "ch07.text08.plot_5000", ["white", "gained", "sure"]),
    ({"i4990": "one image"}, "ch07.text08.plot_5000", ["sure"]),
    ({}, "ch07.text08.progress", []),
    ({"i500": "real", "i2000": "blurred"}, "ch07.text08.progress", ["white", "distance"]),
    ({"i4990": "noise"}, "ch07.text08.progress", ["gained"]),
]
ARTICLES = [
    ({}, "ch07.act01.plot_100", []),
    ({"i100": "real"}, "ch07.act01.plot_100", ["white", "contrast", "correlation"]),
    ({"i100": "inverted"}, "ch07.act01.plot_100", ["contrast", "correlation"]),
    ({"i100": "grey"}, "ch07.act01.plot_100", ["correlation"]),
    ({"i100": "stripes"}, "ch07.act01.plot_100", ["correlation"]),
    ({}, "ch07.act01.plot_600", []),
    ({"i600": "noise"}, "ch07.act01.plot_600", ["contrast"]),
    ({"i600": "inverted"}, "ch07.act01.plot_600", ["contrast"]),
    ({}, "ch07.act01.plot_1500", []),
    ({"i600": "real", "i1500": "blurred"}, "ch07.act01.plot_1500", ["at_1500"]),
    ({}, "ch07.act01.progress", []),
    ({"i600": "real", "i1500": "blurred"}, "ch07.act01.progress", ["at_600"]),
    ({"i100": "blurred", "i600": "noise"}, "ch07.act01.progress", ["at_100"]),
    ({}, "ch07.act01.generated_after", []),
    ({"after": "noise"}, "ch07.act01.generated_after", ["by_noise"]),
    ({"after": "one kind"}, "ch07.act01.generated_after", ["classes"]),
    ({"after": "one kind first"}, "ch07.act01.generated_after", ["classes"]),
]


@pytest.fixture(scope="module")
def galleries(trained):
    """Return 500 images of each sort; blurred ones are the mean of three."""
    rng = np.random.default_rng(8)
    first, second, third = trained.images[rng.permutation(10000)[:1500]].reshape(3, 500, 28, 28, 1)
    one_kind = trained.images[trained.data.y_test == 5][:500]
    noise = rng.uniform(-1, 1, first.shape).astype(np.float32)
    return {
        "noise": noise,
        "faint noise": noise / 2,
        "grey": np.zeros_like(first),
        "stripes": np.repeat(noise[:, :1], 28, axis=1) / 2,
        "blurred": (first + second + third) / 3,
        "real": first,
        "one kind": one_kind,
        "one kind first": np.concatenate([one_kind[:100], first[:400]]),
        "one image": np.repeat(first[:1], 500, axis=0),
        "inverted": -first,
    }


@pytest.fixture(scope="module")
def show(trained, galleries):
    """Return a function that gives the outcome of a training with these images, by the unit's name."""
    state = NETWORKS.start(3)
    data = trained.data._replace(x_test=trained.data.x_test[:1000], y_test=trained.data.y_test[:1000])
    known = {}

    def judged(judge, images):  # each gallery once
        place = images.ctypes.data, len(images)
        if place not in known:
            known[place] = quality.judged(judge, images)
        return known[place]

    @cache
    def outcome(sorts):
        images = {time: galleries[sort] for time, sort in sorts}
        done = DcganTraining(
            log=Log(np.arange(100), *np.ones((4, 100))),
            fed={},
            galleries={int(time[1:]): images[time] for time in images if time != "after"},
            before=state,
            after=state,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(results, "train_judge", lambda *_, **__: trained.judge)
            patch.setattr(results, "judged", judged)
            patch.setattr(results, "generated", lambda *_: images["after"])
            return {UNITS[trained.name]: results.results_of(NETWORKS, data, 3, done, 5000)}

    return lambda changed: outcome(tuple({**GOOD[trained.name], **changed}.items()))


def require_refused(outcomes, claim, fails):
    """Fail unless the claim refuses a training for these reasons, or accepts it if there are none."""
    found = failing(claim, **outcomes)
    if ledger().claims[claim].rule.needs_sample:
        assert found == []
        found = failing_shares(claim, **outcomes)
    assert set(fails) <= set(found)
    assert bool(fails) is bool(found)


@pytest.mark.parametrize(("changed", "claim", "fails"), DIGITS)
@pytest.mark.parametrize("real", ["mnist"], indirect=True)
def test_figures_of_bad_digits_are_refused(show: Any, changed: Any, claim: str, fails: Any) -> None:
    """A training with good images passes; those of noise, of one digit or in another order are refused."""
    require_refused(show(changed), claim, fails)


@NIGHTLY
@pytest.mark.parametrize(("changed", "claim", "fails"), ARTICLES)
@pytest.mark.parametrize("real", ["fashion_mnist"], indirect=True)
def test_figures_of_bad_articles_are_refused(show: Any, changed: Any, claim: str, fails: Any) -> None:
    """A training with good images passes; those of noise, of one kind or in another order are refused."""
    require_refused(show(changed), claim, fails)


@pytest.mark.usefixtures("tensorflow")
def test_mode_collapse_judges_by_the_test_labels() -> None:
    """Test labels that are all wrong leave an accuracy near 0, those of the training images near 1."""
    rng = np.random.default_rng(3)
    labels = np.arange(1000) % 10
    images = np.zeros((1000, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] = rng.integers(150, 256, (4, 28))
    for tested, accuracy in ((labels, 1.0), ((labels + 1) % 10, 0.0)):
        mnist = SimpleNamespace(x_train=images, y_train=labels, x_test=images, y_test=tested)
        assert collapse.mode_collapse(mnist, 1).test_accuracy == pytest.approx(accuracy, abs=0.1)
