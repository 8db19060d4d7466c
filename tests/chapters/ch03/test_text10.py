"""The text of chapter 3: Saving and Restoring Models."""

import logging
import warnings

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text10_saving as saving
from workshop.training.versions import advice_muted, metric_names

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_metrics_are_named_without_the_loss(tensorflow):
    model = saving.small_cnn()
    model.compile(optimizer="sgd", loss="mse", metrics=["mae", "accuracy"], run_eagerly=True)
    model.test_on_batch(np.zeros((2, 8, 8, 1), np.float32), np.eye(3, dtype=np.float32)[:2])

    assert metric_names(model) in (["mae", "accuracy"], ["mean_absolute_error", "accuracy"])


def test_start_is_drawn_by_a_generator_of_its_own():
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not change
    one, same, other = (saving.drawn(saving.small_cnn(), seed) for seed in (0, 0, 1))
    batch = saving.images_and_labels()

    assert saving.apart(one, same, batch) == {"weights": 0.0, "predictions": 0.0}
    assert saving.apart(one, other, batch)["weights"] > 0.1
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_only_the_advice_on_the_format_is_muted():
    log = logging.getLogger("absl")
    advice = "You are saving your model as an HDF5 file via `model.save()`."
    records = [logging.LogRecord("absl", logging.WARNING, "", 0, text, None, None) for text in (advice, "x")]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with advice_muted():
            for text in (advice, "another"):
                warnings.warn(text, UserWarning, stacklevel=1)
            during = [bool(log.filter(record)) for record in records]

    assert [str(warning.message) for warning in caught] == ["another"]
    assert during == [False, True]
    assert all(log.filter(record) for record in records)
