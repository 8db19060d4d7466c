"""The scale of a quantity follows from the words of its name, else from what the claim states."""

from typing import Any

import pytest

from workshop.ledger.scales import guess_of, kinds, scale_of, unit_of
from workshop.paths import parse_measure
from workshop.statistics.scales import Scale

CASES: list[tuple[str, str, Any, Scale]] = [
    ("ch99.ex01.history.loss[0]", "", None, Scale("log")),
    ("ch99.ex01.history", "val_loss[3]", None, Scale("log")),
    ("ch05.text07.log[0][1]", "val_loss", None, Scale("log")),
    ("ch05.ex04.test_rmse", "", None, Scale("log")),
    ("ch99.ex01.accuracy", "", None, Scale("logit")),
    ("ch03.ex02.history.val_accuracy[-1]", "", None, Scale("logit", 12_000)),
    ("ch06.ex01.earlier.history.accuracy[5:]", "accuracy[2]", None, Scale("logit", 20_000)),
    ("ch06.text12.test_percent.gru", "GRU", None, Scale("logit", 25_000, 100.0)),
    ("ch07.ex03.log.real_probability[4]", "real", None, Scale("logit")),  # it counts no rows
    ("ch07.ex03.log.real[4]", "real", "logit", Scale("logit", 128)),
    ("ch02.ex05.log.1", "[0]", ("log", "logit"), Scale("log")),
    ("ch02.ex05.log.1", "[1]", ("log", "logit"), Scale("logit", 21)),
    ("ch02.ex05.history.loss[::100]", "loss[1]", ("log", "logit"), Scale("log")),  # its name says it
    ("ch04.ex05.cosine", "", None, Scale()),
    ("ch06.text12.test_gap.gru_less_lstm", "from_lstm", None, Scale()),
    ("ch02.ex05.first_epoch_at_1", "", None, Scale()),
]


@pytest.mark.parametrize(("path", "number", "stated", "expected"), CASES)
def test_the_scale_of_a_quantity(path, number, stated, expected):
    """Losses and errors are on the log scale, shares on the logit of their counts, all else as it is."""
    assert scale_of(parse_measure(path, home="ch99.ex01"), number, stated) == expected


def test_guessing_is_a_share_with_its_reach_or_the_log_of_the_classes():
    unit = next(unit for unit, n in kinds().classes.items() if n == 2 and "accuracy" in kinds().rows[unit])

    def guess(name, of=unit):
        return guess_of(parse_measure(name, home=of), "")

    share, loss = guess("accuracy"), guess("loss")
    assert share is not None
    assert loss is not None
    rows = kinds().rows[unit]["accuracy"]
    assert (share.value, share.reach) == (0.5, pytest.approx(1.5 / rows**0.5))
    assert share.span(100) == pytest.approx((50 - 150 / rows**0.5, 50 + 150 / rows**0.5))
    assert loss.value == pytest.approx(0.6931472)
    assert loss.text == "the loss of guessing between 2 classes"
    assert guess("probability") is guess("test_rmse") is guess("accuracy", "ch99.ex01") is None
    assert unit_of(None, "") == "is it in another unit?"
