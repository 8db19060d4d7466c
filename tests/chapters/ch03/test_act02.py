"""Activity 3.02: Fruit Classification with Transfer Learning."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from workshop.chapters.ch03_image_classification.act02_fruits import activity_3_02_model
from workshop.measures.ch03_image_classification import act02_fruits as act02
from workshop.measures.ch03_image_classification import act02_fruits as fruits


def test_classifier_is_its_base_and_the_dense_layers_by_hand(base):
    model = activity_3_02_model(base, 6)
    images = np.random.default_rng(1).random((3, 9, 7, 3), dtype=np.float32)

    probabilities = np.asarray(model.predict_on_batch(images))

    w1, b1, w2, b2 = model.get_weights()[-4:]
    features = np.asarray(base.predict_on_batch(images)).reshape(3, -1)
    scores = np.maximum(features @ w1 + b1, 0) @ w2 + b2
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(probabilities, odds / odds.sum(axis=1, keepdims=True), rtol=1e-5)
    assert [w.shape for w in model.trainable_weights] == [w1.shape, b1.shape, w2.shape, b2.shape]


def test_head_on_features_is_the_classifier_on_images(base):
    model = activity_3_02_model(base, 6)
    alone = fruits.activity_3_02_head((4, 3, 5), 6)
    images = np.random.default_rng(1).random((3, 9, 7, 3), dtype=np.float32)

    alone.set_weights(model.get_weights()[-4:])

    features = np.asarray(base.predict_on_batch(images))
    np.testing.assert_array_equal(alone.predict_on_batch(features), model.predict_on_batch(images))


def test_fruits_use_features_that_were_computed_before(keras, archive, monkeypatch):
    fruits = archive({"Training": 8, "Test": 8}, ("kiwi", "lime"))
    base = keras.models.Sequential([keras.layers.InputLayer((20, 20, 3)), keras.layers.AveragePooling2D(10)])
    monkeypatch.setattr(act02, "feature_base", lambda files, shape: base)
    made: list[np.ndarray] = []

    def kept(images: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        made.append(compute())
        return made[-1]

    plain, keeping = SimpleNamespace(), SimpleNamespace(kept=kept)
    results = [act02.activity_3_02(fruits, files, 1, (20, 20), epochs=1) for files in (plain, keeping)]
    assert results[0] == results[1]
    assert [values.shape for values in made] == [(16, 2, 2, 3)]
