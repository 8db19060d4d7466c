"""Chapter 5's counts and correlations, with a mistake in each: made-up days and lengths must notice it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chapters.deciding import failing
from workshop.chapters.ch05_sequences import _made_up_checks as checks
from workshop.chapters.ch05_sequences import text01_loading_prices as text01
from workshop.chapters.ch05_sequences import text08_convolutions as text08
from workshop.ledger import ledger


def days(wrong: str) -> Any:
    """Load prices with a mistake in the days that count."""
    right = text01.load_prices

    def load(table: Any) -> Any:
        if wrong == "the opening counts for the close":
            return right(table.assign(Close=table["Open"]))
        low, high = table["Low"], table["High"]
        inside = table["Open"].between(low, high) | table["Close"].between(low, high)
        return text01.Loaded([], [], 0, [], [], int(inside.sum()))

    return load


@pytest.mark.parametrize("wrong", ["the opening counts for the close", "either price counts"])
def test_a_day_counts_only_with_both_prices(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the four made-up days one has both prices between low and high."""
    pytest.importorskip("pandas")
    assert not failing("ch05.text01.columns", within_gap=checks.within_made_up_days())

    monkeypatch.setattr(checks, "load_prices", days(wrong))

    assert failing("ch05.text01.columns", within_gap=checks.within_made_up_days())


@pytest.mark.parametrize("pooling", ["MaxPooling1D", "AveragePooling1D"])
def test_a_larger_pooling_window_is_noticed(pooling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On six places a window of six shortens to one as that of five does, on ten places it does not."""
    layers = pytest.importorskip("tensorflow").keras.layers
    right = getattr(layers, pooling)
    assert not failing("ch05.text08.pooling_reduces", lengths_off=checks.pooled_lengths())

    monkeypatch.setattr(layers, pooling, lambda size: right(size + 1))

    # some processors' kernels refuse a window larger than its input, so none of these is shorter than six
    assert failing("ch05.text08.pooling_reduces", lengths_off=checks.pooled_lengths(lengths=(10, 14)))
    assert not failing("ch05.text08.pooling_reduces", lengths_off=checks.pooled_lengths(lengths=(10,)))


@pytest.mark.parametrize("padding", ["same", "causal"])
def test_a_padded_filter_responds_at_other_places(padding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Padding moves the output, so that its place is not that at which the subsequence begins."""
    layers = pytest.importorskip("tensorflow").keras.layers
    claim, right = ledger().claims["ch05.text08.recognised_elsewhere"], layers.Conv1D

    def holds() -> bool:
        return claim.rule.decide(claim.documented, vars(text08.recognise_elsewhere())).holds

    assert holds()
    monkeypatch.setattr(layers, "Conv1D", lambda *given: right(*given, padding=padding))

    assert not holds()
