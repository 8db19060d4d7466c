"""Predictions of the trained plain RNN for the two texts, in the training's encoding and in the book's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.encoding import (
    NEGATIVE,
    POSITIVE,
    book_encoded,
    encoded_as_trained,
    limited_mapping,
)
from workshop.chapters.ch06_sentiment.networks import plain_rnn
from workshop.chapters.ch06_sentiment.reviews import UNKNOWN
from workshop.training.inference import Predictor
from workshop.units import unit


@dataclass(frozen=True)
class Judged:
    """The probability that a text is positive, and the shape of its class as printed in the book."""

    probability: float
    shape: List[int]


@dataclass(frozen=True)
class Predictions:
    """Both texts, by encoding: `as_trained` and `book`."""

    pred_positive: Dict[str, Judged]
    pred_negative: Dict[str, Judged]


@unit("ch06.text05", uses=("tensorflow",))
def predictions(
    ch06_ex01: Any, imdb_word_index: Dict[str, int], positive: str = POSITIVE, negative: str = NEGATIVE
) -> Predictions:
    """Predict both texts, without padding as in the book. Source: chapter 6, text on predictions.

    Parameters
    ----------
    ch06_ex01 : the trained plain RNN's `weights`.
    imdb_word_index : word → rank, from 1.
    """
    predictor = Predictor(plain_rnn().computed, ch06_ex01.weights)
    mapping = limited_mapping(imdb_word_index)
    both = []
    for text in (positive, negative):
        # the book's function returns None for unknown words, which no model accepts
        by_book = [UNKNOWN if number is None else number for number in book_encoded(text, mapping)]
        as_trained = encoded_as_trained(text, imdb_word_index)
        both.append({"as_trained": judged(predictor, as_trained), "book": judged(predictor, by_book)})
    return Predictions(*both)


def judged(predictor: Predictor, ids: Sequence[int]) -> Judged:
    """Predict one sequence of ids with a trained model."""
    outputs = predictor(np.array([ids], np.int32))
    return Judged(float(outputs[0, 0]), list((outputs > 0.5).shape))
