"""Chapter 3's claims refuse trainings that learn nothing; the reach of filters, and built activations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.chapters.deciding import failing
from workshop.book import package_book
from workshop.chapters.ch03_image_classification import _by_hand as by_hand
from workshop.chapters.ch03_image_classification import act01_fashion_mnist as act01
from workshop.chapters.ch03_image_classification import act02_fruits as act02
from workshop.chapters.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.chapters.ch03_image_classification import ex03_cats_and_dogs as ex03
from workshop.chapters.ch03_image_classification import ex04_cifar10 as ex04
from workshop.ledger import ledger
from workshop.samples.recorded import Recordings
from workshop.verification.printed_vs_recorded import answer


@pytest.mark.usefixtures("keras")
def test_the_reach_of_a_filter_follows_its_size_and_not_its_argument(keras: Any) -> None:
    """A filter that is not square reaches as far as it is high and wide; a dilated one has gaps."""
    assert by_hand.reach_of(keras.layers.Conv2D(1, (2, 4)), 8) == [2, 4]
    assert by_hand.reach_of(keras.layers.Conv2D(1, 3, dilation_rate=2), 8) == [3, 3]
    assert failing("ch03.text02.filter_sizes", reach=by_hand.reach_of_filters(sizes=(3, 4))) != []


BUILT = [["Conv2D", "relu"], ["Conv2D", "relu"], ["Dense", "relu"], ["Dense", "softmax"]]


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (ex02.exercise_3_02_model, BUILT),
        (ex03.exercise_3_03_model, [*BUILT[:3], ["Dense", "sigmoid"]]),
        (ex04.exercise_3_04_model, BUILT),
        (act01.activity_3_01_model, BUILT),
        (lambda: act02.activity_3_02_head((3, 3, 512)), BUILT[2:]),
    ],
)
def test_the_activations_of_the_built_networks(build: Callable[[], Any], expected: list[list[str]]) -> None:
    """Convolutions and dense layers have ReLU, the last layer what the book gives it."""
    found = [
        [type(layer).__name__, layer.get_config()["activation"]] for layer in build().layers if layer.weights
    ]

    assert found == expected


# each of these runs is in one of its numbers no better than guessing among ten classes
GUESSES = [
    {"loss": 2.31, "accuracy": 0.5, "val_loss": 0.9, "val_accuracy": 0.5},
    {"loss": 0.9, "accuracy": 0.1, "val_loss": 0.9, "val_accuracy": 0.5},
    {"loss": 0.9, "accuracy": 0.5, "val_loss": 2.31, "val_accuracy": 0.5},
    {"loss": 0.9, "accuracy": 0.5, "val_loss": 0.9, "val_accuracy": 0.1},
]
# claim: runs that its bounds must refuse, in the form of what it measures
REFUSED: Mapping[str, list[Any]] = {
    "ch03.ex02.epoch5": [
        {"loss": 0.05, "accuracy": 0.98, "val_loss": 0.21, "val_accuracy": 0.982},
        {"loss": 0.05, "accuracy": 0.98, "val_loss": 0.06, "val_accuracy": 0.97},
        {"loss": 0.05, "accuracy": 0.95, "val_loss": 0.06, "val_accuracy": 0.982},
    ],
    "ch03.ex02.train_accuracy": [0.1124, 0.982],
    "ch03.ex02.val_accuracy": [0.1135, 0.97],
    "ch03.ex02.test_loss": [2.3026, 0.21],
    "ch03.ex02.test_accuracy": [0.1135, 0.97],
    "ch03.ex03.epoch4": [{"loss": 0.6932, "accuracy": 0.5, "val_loss": 0.6931, "val_accuracy": 0.5}],
    "ch03.ex03.epoch5": [
        {"loss": 0.6932, "accuracy": 0.5, "val_loss": 0.6931, "val_accuracy": 0.5},
        {"loss": 0.39, "accuracy": 0.81, "val_loss": 0.9, "val_accuracy": 0.5},
    ],
    "ch03.ex04.val_accuracy_history": [[0.1] * 5, [0.4, 0.45, 0.5, 0.52, 0.6]],
    "ch03.ex04.epoch5": [{"loss": 1.8, "accuracy": 0.4, "val_loss": 1.8, "val_accuracy": 0.4}],
    "ch03.ex04.train_accuracy": [0.1, 0.4],
    "ch03.ex04.val_accuracy": [0.1, 0.4, 0.6],
    "ch03.act01.epoch5": [{"loss": 0.5, "accuracy": 0.79, "val_loss": 0.5, "val_accuracy": 0.79}],
    "ch03.act01.val_accuracy_history": [[0.1] * 5, [0.7, 0.75, 0.77, 0.78, 0.79]],
    "ch03.act01.train_accuracy": [0.1, 0.79],
    "ch03.act01.val_accuracy": [0.1, 0.79],
    "ch03.act01.expected_accuracy": [
        {"train": 0.82, "validation": 0.79},
        {"train": 0.91, "validation": 0.91},
    ],
    "ch03.ex02.epoch1": GUESSES,
    "ch03.act01.epoch1": GUESSES,
    "ch03.ex04.epoch1_witness": GUESSES,
    "ch03.act01.epoch2": [
        {"loss": 0.81, "accuracy": 0.78, "val_loss": 0.56, "val_accuracy": 0.79},
        {"loss": 0.59, "accuracy": 0.69, "val_loss": 0.56, "val_accuracy": 0.79},
        {"loss": 0.59, "accuracy": 0.78, "val_loss": 2.31, "val_accuracy": 0.1},
    ],
    "ch03.act02.epoch1": [
        {"loss": 3.5, "accuracy": 0.5, "val_loss": 1.2, "val_accuracy": 0.6},
        {"loss": 2.0, "accuracy": 0.03, "val_loss": 3.5, "val_accuracy": 0.03},
    ],
    "ch03.act02.epoch3": [{"loss": 4.79, "accuracy": 0.01, "val_loss": 4.79, "val_accuracy": 0.01}],
    "ch03.act02.val_accuracy_history": [[0.01] * 5],
    "ch03.act02.history_witness": [{"loss": [2.0, 0.7, 0.4, 0.41, 0.3]}],
    "ch03.act02.train_accuracy": [0.01],
    "ch03.act02.val_accuracy": [0.01],
}


@pytest.mark.parametrize("claim_id", REFUSED)
def test_a_run_that_guesses_or_trains_badly_is_failing(claim_id: str) -> None:
    """The printed values pass what is asked of each run; guessing and the named wrong runs don't."""
    claim = ledger().claims[claim_id]
    rule = claim.sampled_rule
    # where the book's value is cut short by the scan, the notebook's has the rest
    whole = claim.notebook if isinstance(claim.notebook, dict) else claim.documented

    assert rule.decide_each(claim.documented, whole).holds
    assert [run for run in REFUSED[claim_id] if rule.decide_each(claim.documented, run).holds] == []


@pytest.mark.parametrize(
    ("claim_id", "printed", "others"),
    [
        ("ch03.act02.expected_range", {"train": 0.9106, "validation": 0.892},
         [{"train": 0.93, "validation": 0.9}, {"train": 0.01, "validation": 0.01}]),
    ],
)  # fmt: skip
def test_shares_count_runs_like_the_printed_one_alone(claim_id: str, printed: Any, others: list[Any]) -> None:
    """The printed run counts; one with another accuracy, or one that guesses, does not."""
    shares = ledger().claims[claim_id].sampled_rule.shares

    assert all(share.decide(None, printed).holds for share in shares)
    assert [run for run in others if all(share.decide(None, run).holds for share in shares)] == []


# what would be printed of another training: the accuracies behind "overfitting a bit", "a lot", "slightly"
OTHER_GAPS = {
    "ch03.ex02.overfit": [(0.9951, 0.9451), (0.9851, 0.9986)],
    "ch03.ex03.overfit": [(0.815, 0.815), (0.6677, 0.6512)],
    "ch03.ex04.overfit": [(0.7713, 0.6582), (0.6082, 0.6582)],
    "ch03.act01.not_overfitting": [(0.9271, 0.8334), (0.7271, 0.8334)],
}


@pytest.mark.parametrize("claim_id", OTHER_GAPS)
def test_a_printed_gap_is_one_of_the_recorded_ones(claim_id: str) -> None:
    """The printed difference of two accuracies lies among those of the recorded runs, others do not."""
    claim = ledger().claims[claim_id]
    runs = Recordings(package_book(), {"device": "cpu"}).of(claim)

    assert answer(runs, claim.documented).answer == "compatible"
    for train, validation in OTHER_GAPS[claim_id]:
        assert answer(runs, {"train": train, "validation": validation}).answer != "compatible"


def test_no_number_of_the_pasted_log_is_in_the_log_of_the_solution() -> None:
    """Each of the ten counts: a single one of the solution's own would not do as printed."""
    claim = ledger().claims["ch03.act02.task_log"]
    others = ledger().others(claim)
    mixed = {**claim.correct, "steps": claim.documented["steps"]}

    assert claim.rule.decide(claim.correct, others).holds
    assert not claim.rule.decide(claim.documented, others).holds
    assert not claim.rule.decide(mixed, others).holds
