"""Chapter 5's counts and correlations, with a mistake in each: made-up days and lengths must notice it."""

from __future__ import annotations

import pytest

from tests.chapters.deciding import failing
from workshop.chapters.ch05_sequences import _made_up_checks as checks
from workshop.chapters.ch05_sequences import text08_convolutions as text08
from workshop.ledger import ledger


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
