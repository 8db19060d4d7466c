"""Accuracies and times of chapter 6: each bound accepts what is printed, and refuses guessing."""

from __future__ import annotations

import pytest

from workshop.book import package_book
from workshop.ledger import ledger
from workshop.samples.recorded import Recordings
from workshop.verification.printed_vs_recorded import answer

GUESS = 0.5  # one answer for all of 25,000 test reviews of IMDb, half of which are positive
MAJORITY = 12843 / 25000  # the same for the reviews of the activity


def claim(name):
    """Return a claim of chapter 6."""
    return ledger().claims[f"ch06.{name}"]


@pytest.mark.parametrize("unit", ["ex01", "ex02", "ex03", "ex04", "ex05"])
def test_guessing_is_no_test_accuracy(unit) -> None:
    """Each run must be above what one answer for all reviews gets; the printed accuracy is."""
    accuracy = claim(f"{unit}.test_acc")

    assert accuracy.rule.decide_each(accuracy.documented, accuracy.documented).holds
    for wrong in (GUESS, 0.52, float("nan")):
        assert not accuracy.rule.decide_each(accuracy.documented, wrong).holds


INTERVALS = {
    "act01.about_86": ([0.85864], [MAJORITY, 0.83, 0.89]),
}


@pytest.mark.parametrize("name", INTERVALS)
def test_about_86_percent_is_neither_83_nor_90(name) -> None:
    """The interval is a point on both sides of the printed two digits."""
    about, (right, wrong) = claim(name), INTERVALS[name]
    (share,) = about.rule.shares

    assert [share.decide(None, value).holds for value in right] == [True] * len(right)
    assert [share.decide(None, value).holds for value in wrong] == [False] * len(wrong)


def test_accuracies_of_the_table_have_an_interval_each() -> None:
    """The printed ones hold; guessing, an LSTM at 84 % and a plain RNN at 82 % do not."""
    table = claim("text12.test_accuracies")
    other = {**dict.fromkeys(table.documented, 100 * GUESS), "lstm": 84.0, "plain_rnn": 82.0}

    for share in table.rule.shares:
        assert share.decide(None, table.notebook).holds
        assert not share.decide(None, other).holds
    assert {share.at for share in table.rule.shares} == set(table.documented)
    printed = table.documented.values()
    span = max(printed) - min(printed)
    for share in table.rule.shares:
        ends = table.documented[share.at] - span, table.documented[share.at] + span
        assert (share.rule.low, share.rule.high) == pytest.approx(ends)


def test_one_answer_for_all_reviews_predicts_no_class_decently() -> None:
    """Recalls of a constant answer, of guessing, and of one good class are refused."""
    both = claim("act01.both_classes")

    (share,) = both.rule.shares
    assert share.decide(None, both.documented).holds
    for negative, positive in ((0.0, 1.0), (0.5, 0.5), (0.95, 0.6)):
        assert not share.decide(None, {"negative": negative, "positive": positive}).holds


CLOSE = ["ex03.val_order", "ex03.close_to_lstm", "ex04.val_close_to_lstm", "ex04.better_than_lstm",
         "ex05.val_close_to_bidirectional", "ex05.better_than_lstm", "text12.accuracy_order"]  # fmt: skip


@pytest.mark.parametrize("name", CLOSE)
def test_a_network_that_guesses_has_another_difference(name) -> None:
    """The printed differences lie among the recorded ones; with one network at chance they do not."""
    asked = claim(name)
    runs = Recordings(package_book(), {"device": "cpu"}).of(asked)

    assert answer(runs, asked.documented).answer == "compatible"
    for network in asked.documented:
        assert answer(runs, {**asked.documented, network: GUESS}).answer != "compatible"


TIMES = {
    "ex02.slower_than_rnn": {"LSTM": [20, 37]},
    "ex03.speed_order": {"GRU": [38, 30]},
    "ex04.slower_than_lstm": {"Bi-directional LSTM": [37]},
    "text12.time_classes": {"Stacked LSTM": [37]},
}


@pytest.mark.parametrize("name", TIMES)
def test_other_printed_times_would_be_another_order(name) -> None:
    """No clock decides the sentences on training time; printed seconds in another order are refused."""
    time = claim(name)
    others = ledger().others(time)

    assert not time.rule.needs_run
    assert time.rule.decide(time.documented, others).holds
    assert not time.rule.decide(TIMES[name], others).holds
