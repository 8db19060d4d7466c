"""Chapter 2's scores, with a mistake in each: the count by hand of made-up examples must notice it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.chapters.deciding import failing
from workshop.chapters.ch02_neural_networks import _score_checks as checks
from workshop.chapters.ch02_neural_networks import ex02_binary_classifier
from workshop.chapters.ch02_neural_networks._perceptron import argmax_accuracy, rounded
from workshop.training.optimizers import SGD

pytestmark = pytest.mark.usefixtures("tensorflow")


CONFUSION = ex02_binary_classifier.confusion_matrix
MISTAKES: dict[str, tuple[str, Callable[[], Any], Any, str, Any]] = {
    "class 1 for all": (
        "ch02.text02.accuracy", checks.accuracy_of_other_perceptrons, checks, "rounded",
        lambda outputs: np.ones_like(rounded(outputs))),
    "another rate": (
        "ch02.text02.sgd_per_example", checks.one_update_of_a_pass, ex02_binary_classifier, "SGD",
        lambda rate: SGD(2 * rate)),
    "transposed": (
        "ch02.ex02.confusion", checks.confusion_of_made_up_classes, checks, "confusion_matrix",
        lambda labels, found, classes: CONFUSION(found, labels, classes)),
    "the most probable example of each class": (
        "ch02.ex03.accuracy", checks.argmax_accuracy_by_rows, checks, "argmax_accuracy",
        lambda y, probabilities: argmax_accuracy(y.T, probabilities.T)),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_score_fails_its_claim(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim accepts the score as it is, and refuses the mistake."""
    claim, measure, module, name, wrong = MISTAKES[mistake]
    field = measure.__unit_part__.value
    assert failing(claim, **{field: measure()}) == []

    monkeypatch.setattr(module, name, wrong)

    assert failing(claim, **{field: measure()}) == [field]
