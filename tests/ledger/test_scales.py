"""The scale of a quantity follows from the words of its name, else from what the claim states."""

from typing import Any

import pytest

from workshop.ledger.scales import scale_of
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
