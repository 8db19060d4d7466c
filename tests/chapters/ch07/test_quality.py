"""The judge of generated images: what it must tell apart, and its distance against formulas of its own."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import linalg

from workshop.measures.ch07_gans import _quality as quality
from workshop.measures.ch07_gans._images import scaled
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights


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
def test_distance_is_that_of_the_general_root(d, seed):
    a, b = features(200, d, seed), features(300, d, seed + 10)

    expected = by_square_root(a, b)

    assert quality.frechet(a, b) == pytest.approx(expected, rel=1e-7)
    assert quality.frechet(b, a) == pytest.approx(expected, rel=1e-7)


def test_distance_of_known_changes():
    a = features(400, 5, 7)
    centred = a - a.mean(axis=0)
    shift = np.array([3.0, 0.0, -4.0, 0.0, 0.0])

    assert quality.frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert quality.frechet(a, a + shift) == pytest.approx(25)
    assert quality.frechet(centred, 3 * centred) == pytest.approx(4 * np.trace(np.cov(a.T)))


def test_distance_with_silent_features():
    a, b = features(200, 4, 8), features(200, 4, 9)
    silent = np.zeros((200, 3))

    joined = (np.hstack([a, silent]), np.hstack([b, silent]))

    assert quality.frechet(*joined) == pytest.approx(quality.frechet(a, b))


@pytest.mark.parametrize(
    ("a", "b"), [((50, 4), (50, 5)), ((4, 4), (50, 4)), ((50, 4), (3, 4))], ids=["width", "few", "few others"]
)
def test_distance_needs_enough_of_the_same(a, b):
    with pytest.raises(ValueError, match="each of more rows"):
        quality.frechet(np.zeros(a), np.zeros(b))


def test_judged_is_what_the_whole_classifier_gives(tensorflow):
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


def test_the_anchors_share_no_image(monkeypatch):
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


@pytest.mark.usefixtures("tensorflow")
def test_a_judge_is_trained_on_random_images(monkeypatch):
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


def test_a_judge_is_trained_by_its_seed(tensorflow):
    rng = np.random.default_rng(3)
    images, labels = rng.integers(0, 256, (300, 28, 28)).astype(np.uint8), rng.integers(0, 10, 300)

    def train(seed):
        return quality.train_judge(images, labels, seed, held=(images, labels), rows=200, epochs=2).weights

    first, again, other = train(1), train(1), train(2)
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not any((a == b).all() for a, b in zip(first, other, strict=True))


@pytest.mark.usefixtures("tensorflow")
def test_the_test_accuracy_is_that_of_the_test_labels():
    rng = np.random.default_rng(3)
    labels = np.arange(400) % 2
    images = rng.integers(0, 60, (400, 28, 28)) + 150 * labels[:, np.newaxis, np.newaxis]
    images = images.astype(np.uint8)

    right, wrong = (
        quality.train_judge(images, labels, 1, held=(images, tested), epochs=6)
        for tested in (labels, 1 - labels)
    )

    assert (right.test_accuracy, wrong.test_accuracy) == (1.0, 0.0)


def test_pixels_by_hand():
    image = np.full((1, 28, 28, 1), -1.0)
    image[:, 4:-4, 4:-4] = 0.0
    image[:, 4:14, 4:14] = 1.0

    found = quality.pixels_of(image)

    assert found.border_brightness == 1.0
    assert found.centre_brightness == 0.375
    assert found.near_white_share == pytest.approx(1 - 400 / 784)
    assert found.mean_brightness == pytest.approx((384 + 150) / 784)
    assert quality.pixels_of(np.full((1, 28, 28, 1), -0.79)).near_white_share == 0
    assert quality.pixels_of(np.full((1, 28, 28, 1), -0.81)).near_white_share == 1


def test_neighbours_in_rows_and_columns_are_correlated_by_hand():
    noise = np.random.default_rng(6).uniform(-1, 1, (26, 28, 29, 1))
    smooth = noise[:, :, :-1] + noise[:, :, 1:]

    def found(images):
        return quality.pixels_of(images).correlation

    assert found(noise[:25]) == pytest.approx(0, abs=0.05)
    assert found(smooth) == found(smooth.transpose(0, 2, 1, 3)) == pytest.approx(0.5, abs=0.02)
    assert found(np.repeat(noise[:, :1], 28, axis=1)) == pytest.approx(1)
    assert found(np.full((1, 28, 28, 1), 0.3)) == 1
    assert found(np.concatenate([smooth[:25], noise[25:, :, 1:]])) == found(smooth[:25])
    assert found(np.concatenate([noise[25:, :, 1:], smooth[:25]])) < found(smooth[:25])


def test_brightness_is_that_of_the_book_s_colours():
    matplotlib = pytest.importorskip("matplotlib")
    values = np.linspace(-1, 1, 256)

    drawn = matplotlib.colormaps["gray_r"]((values + 1) / 2)[:, 0]

    brightness = [quality.pixels_of(np.full((1, 28, 28, 1), value)).mean_brightness for value in values]
    np.testing.assert_allclose(brightness, drawn, atol=0.005)
