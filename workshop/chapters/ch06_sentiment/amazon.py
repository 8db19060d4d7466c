"""Activity 6.01: Amazon reviews as read, as tokens and stems, and as sequences of one length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment.amazon_tokens import review_tokens, signs_and, stem_texts
from workshop.chapters.ch06_sentiment.reviews import padded
from workshop.chapters.ch06_sentiment.tokenizer import sequences, word_index, words_of
from workshop.units import unit

VOCABULARY = 10_000
MAXLEN = 100
FIRST_REVIEW = (
    "Stuning even for the non-gamer: This sound track was beautiful! It paints the senery in your mind so "
    "well I would recomend it even to people who hate vid. game music! I have played the game Chrono Cross "
    "but out of all of the games I have ever played it has the best music! It backs away from crude "
    "keyboarding and takes a fresher step with grate guitars and soulful orchestras. It would impress anyone "
    "who cares to listen! ^_^"
)
UNKNOWN_STEMS = ("stune", "seneri")  # in the first review, and too rare among the authors' reviews
NOTEBOOK_BINS = (2.0, 126.0)  # range of the ten bins of lengths in the notebook's figure
SHOWN = 50  # characters of a text shown by pandas, with a leading blank


@dataclass(frozen=True)
class FirstTokens:
    """The tokens of the first review."""

    tokens_first: List[str]


@unit("ch06.act01", uses=("nltk",))
def tokenize_first(nltk_punkt: Any, review: str = FIRST_REVIEW) -> FirstTokens:
    """Split the first review into tokens. Source: chapter 6, activity 6.01."""
    (tokens,) = review_tokens([review], nltk_punkt)
    return FirstTokens(tokens)


@dataclass(frozen=True)
class FirstStems:
    """The first review without stop words and signs, as stems and as the text of these stems.

    `sequence_structure` : number of words in its sequence, and the positions of repeated words.
    """

    no_stop_first: List[str]
    stems_first: List[str]
    text_first: str
    sequence_structure: Dict[str, Any]


@unit("ch06.act01", uses=("nltk",))
def stem_first(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    review: str = FIRST_REVIEW,
    unknown: Tuple[str, ...] = UNKNOWN_STEMS,
) -> FirstStems:
    """Drop stop words and signs from the first review, and stem the rest. Source: chapter 6, activity 6.01.

    Parameters
    ----------
    unknown : stems that are missing from the vocabulary.
    """
    left_out = signs_and(nltk_stopwords)
    (tokens,) = review_tokens([review], nltk_punkt)
    (text,) = stem_texts([review], nltk_punkt, nltk_stopwords)
    words = [word for word in words_of(text) if word not in unknown]
    return FirstStems(
        no_stop_first=[token for token in tokens if token not in left_out],
        stems_first=text.split(" "),
        text_first=text,
        sequence_structure={"length": len(words), "repeated": repeated(words)},
    )


def repeated(items: Sequence[Any]) -> List[List[int]]:
    """Return the positions of each item that occurs more than once, ordered by first position."""
    places: Dict[Any, List[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item, []).append(place)
    return [found for found in places.values() if len(found) > 1]


@dataclass(frozen=True)
class FirstLook:
    """The tables as read.

    `shapes_printed` : shape of the training table, twice. `head` : its first rows as pandas shows them.
    `test_class_counts` : numbers of negative and positive reviews. `sample_size` : reviews in both tables.
    """

    shapes_printed: List[List[int]]
    head: List[List[Any]]
    raw_first_two: List[str]
    test_class_counts: List[int]
    sample_size: int


@unit("ch06.act01", uses=("pandas",))
def look_at_reviews(amazon_reviews: Any, rows: int = 5) -> FirstLook:
    """Read the reviews and show the first ones. Source: chapter 6, activity 6.01, Figures 6.26 and 6.27.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    """
    train, test = amazon_reviews.train, amazon_reviews.test
    top = train.head(rows)
    return FirstLook(
        shapes_printed=[list(train.shape), list(train.shape)],
        head=[[shown(text), int(label)] for text, label in zip(top["review_text"], top["label"])],
        raw_first_two=train["review_text"].tolist()[:2],
        test_class_counts=np.bincount(test["label"], minlength=2).tolist(),
        sample_size=len(train) + len(test),
    )


def shown(text: str) -> str:
    """Return a text as shown by pandas in a table, truncated if it is too long."""
    return text if len(text) < SHOWN else text[: SHOWN - 4] + "..."


@dataclass(frozen=True)
class Encoded:
    """Reviews as ranks of their stems among the training reviews, and as inputs of the model.

    `train`, `test` : ranks of each review. `x_train`, `x_test` : int32 (n, maxlen). `y_train`, `y_test` : 1
    positive, 0 negative, float32 (n, 1).
    """

    train: List[List[int]]
    test: List[List[int]]
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def encoded(
    reviews: Any,
    punkt: Any,
    stop_words: Sequence[str],
    *,
    vocabulary: int = VOCABULARY,
    maxlen: int = MAXLEN,
    n_reviews: Optional[int] = None,
) -> Encoded:
    """Return tables of reviews as sequences. Only the training reviews determine the ranks.

    Parameters
    ----------
    vocabulary : ranks from 1 to `vocabulary` − 1 are kept.
    n_reviews : number of training and of test reviews to use; None uses all.

    Source: chapter 6, activity 6.01.
    """
    tables = [table.head(len(table) if n_reviews is None else n_reviews) for table in reviews]
    texts = stem_texts([text for table in tables for text in table["review_text"]], punkt, stop_words)
    parts = texts[: len(tables[0])], texts[len(tables[0]) :]
    index = word_index(parts[0])
    train, test = (sequences(part, index, vocabulary) for part in parts)
    y_train, y_test = (table["label"].to_numpy(np.float32)[:, np.newaxis] for table in tables)
    return Encoded(train, test, padded(train, maxlen), y_train, padded(test, maxlen), y_test)


@dataclass(frozen=True)
class ReviewSequences:
    """Properties of the sequences.

    `vocab_size` : ranks up to the largest that occurs, plus one for padding. `histogram` : for the training
    reviews' lengths, the shortest and the longest, the edges of the highest of ten bins between them, the
    number of bins higher than both neighbours, the skewness, the shares in the notebook's ten bins, and the
    share longer than the kept length.
    """

    vocab_size: int
    sequence_first: List[int]
    histogram: Dict[str, Any]
    x_train_shape: List[int]


@unit("ch06.act01", uses=("nltk", "pandas"))
def encode_reviews(
    amazon_reviews: Any,
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    vocabulary: int = VOCABULARY,
    maxlen: int = MAXLEN,
) -> ReviewSequences:
    """Make sequences of the reviews and examine their lengths. Source: chapter 6, activity 6.01, Figure 6.29.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    """
    done = encoded(amazon_reviews, nltk_punkt, nltk_stopwords, vocabulary=vocabulary, maxlen=maxlen)
    return ReviewSequences(
        vocab_size=1 + max(rank for sequence in [*done.train, *done.test] for rank in sequence),
        sequence_first=done.train[0],
        histogram=histogram([len(sequence) for sequence in done.train], maxlen),
        x_train_shape=list(done.x_train.shape),
    )


def histogram(lengths: Sequence[int], maxlen: int, bins: int = 10) -> Dict[str, Any]:
    """Describe the histogram of lengths with matplotlib's bins and with those of the notebook's figure."""
    counts, edges = np.histogram(lengths, bins)
    beside = np.concatenate([[0], counts, [0]])
    shares = np.histogram(lengths, bins, range=NOTEBOOK_BINS)[0] / len(lengths)
    highest = int(counts.argmax())
    centred = np.asarray(lengths, np.float64) - np.mean(lengths)
    return {
        "range": edges[[0, -1]].tolist(),
        "highest": edges[highest : highest + 2].tolist(),
        "peaks": int(((counts > beside[:-2]) & (counts > beside[2:])).sum()),
        "skewness": float(np.mean(centred**3) / np.mean(centred**2) ** 1.5),
        "shares": shares.tolist(),
        "longer": float(np.mean(np.asarray(lengths) > maxlen)),
    }
