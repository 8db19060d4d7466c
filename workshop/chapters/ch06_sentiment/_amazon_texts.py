"""Texts of Amazon reviews as tokens and stems, equal to NLTK's, and as ranks of these stems.

Equal pieces of texts are tokenized only once.
"""

from __future__ import annotations

import copy
import string
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Optional, Sequence, Tuple, TypeVar, Union

import numpy as np

from ._data import Padded, padded
from ._tokenizer import sequences, word_index

VOCABULARY = 10_000
MAXLEN = 100

_AT_ONCE = 1000  # texts whose new pieces are tokenized in one call
_BETWEEN = "\ue000"  # a character for private use, which no rule of the tokenizer knows
_QUOTES = ('"', "'")
_CLOSING = "])}>\"'»”’"  # may follow the period that ends a sentence

# the text between two blanks of a sentence; at its edges with flags for first and last
Piece = Union[str, Tuple[str, bool, bool]]
Result = TypeVar("Result")


def tables_of(reviews: Any) -> Tuple[Any, Any]:
    """Return the training and the test table of `ReviewTables` or of two frames.

    Raises
    ------
    ValueError
        If a table has no column `review_text` or `label`.
    """
    train, test = reviews
    for name, table in (("training", train), ("test", test)):
        missing = [column for column in ("review_text", "label") if column not in table]
        if missing:
            raise ValueError(f"the {name} table has no column {missing[0]}: it needs review_text, label")
    return train, test


@dataclass(frozen=True)
class Encoded(Padded):
    """Reviews as ranks of their stems among the training reviews, and as inputs of the model.

    `train`, `test` : ranks of each review.
    """

    train: List[List[int]]
    test: List[List[int]]


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
    tables = [table.head(len(table) if n_reviews is None else n_reviews) for table in tables_of(reviews)]
    texts = stem_texts([text for table in tables for text in table["review_text"]], punkt, stop_words)
    parts = texts[: len(tables[0])], texts[len(tables[0]) :]
    index = word_index(parts[0])
    train, test = (sequences(part, index, vocabulary) for part in parts)
    y_train, y_test = (table["label"].to_numpy(np.float32)[:, np.newaxis] for table in tables)
    return Encoded(padded(train, maxlen), y_train, padded(test, maxlen), y_test, train, test)


def review_tokens(texts: Iterable[str], punkt: Any) -> Iterable[List[str]]:
    """Yield the tokens of each text in lower case, as NLTK's word_tokenize returns them.

    Parameters
    ----------
    punkt : NLTK's sentence tokenizer.

    Source: chapter 6, activity 6.01.
    """
    for parts in by_pieces(texts, punkt, list):
        yield [token for tokens in parts for token in tokens]


def stem_texts(texts: Iterable[str], punkt: Any, stop_words: Iterable[str]) -> List[str]:
    """Return each text as the stems of its tokens, without stop words and signs, joined by blanks.

    Parameters
    ----------
    punkt : NLTK's sentence tokenizer.

    Source: chapter 6, activity 6.01.
    """
    from nltk.stem import PorterStemmer

    left_out = signs_and(stop_words)
    stem = lru_cache(maxsize=None)(PorterStemmer().stem)

    def stems(tokens: List[str]) -> str:
        return " ".join([stem(token) for token in tokens if token not in left_out])

    return [" ".join(filter(None, parts)) for parts in by_pieces(texts, punkt, stems)]


def signs_and(stop_words: Iterable[str]) -> FrozenSet[str]:
    """Return the single ASCII signs and the stop words."""
    return frozenset([*string.punctuation, *stop_words])


def by_pieces(
    texts: Iterable[str], punkt: Any, result_of: Callable[[List[str]], Result]
) -> Iterable[List[Result]]:
    """Yield the results for the tokens of each piece of a text in lower case, computed once for equal pieces.

    Inside a sentence NLTK's rules look no further than the next blanks, so the text between two blanks has
    the same tokens everywhere. All new pieces of a thousand texts are tokenized in one call.
    """
    from nltk.tokenize.destructive import NLTKWordTokenizer

    tokenize = NLTKWordTokenizer().tokenize
    split = _quick(punkt).tokenize
    results: Dict[Piece, Result] = {}
    waiting = list(texts)
    for start in range(0, len(waiting), _AT_ONCE):
        rows = [
            [piece for sentence in split(text.lower()) for piece in pieces(sentence)]
            for text in waiting[start : start + _AT_ONCE]
        ]
        new = [piece for piece in dict.fromkeys(chain.from_iterable(rows)) if piece not in results]
        results.update((piece, result_of(tokens)) for piece, tokens in _tokenized(new, tokenize))
        for row in rows:
            yield [results[piece] for piece in row]


def pieces(sentence: str) -> List[Piece]:
    """Split a sentence at its blanks, and separate its edges where NLTK has special rules for them.

    At the beginning these rules look for two signs, one of them a quote, and at the end for signs other than
    ! and ?. A period that ends the sentence is split off here. A sentence with our own mark is one piece.
    """
    if _BETWEEN in sentence:
        return [(sentence, True, True)]
    parts = sentence.split(" ")
    ending: List[Piece] = []
    last = parts[-1][-1:]
    if last == "." and parts[-1][-2:-1] != ".":
        parts[-1:] = [parts[-1][:-1], "."]
    elif not last.isalnum() and last not in ("!", "?"):
        place = len(parts) - 1
        while place and not parts[place].strip(_CLOSING):
            place -= 1
        ending = [(" ".join(parts[place:]), place == 0, True)]
        del parts[place:]
    quoted = sentence[:1] in _QUOTES and not sentence[1:2].isalnum()
    beginning: List[Piece] = [(parts.pop(0), True, False)] if quoted and parts else []
    return [*beginning, *parts, *ending]


def _tokenized(
    new: Sequence[Piece], tokenize: Callable[[str], List[str]]
) -> Iterable[Tuple[Piece, List[str]]]:
    """Yield pieces and their tokens, those inside sentences by one call, and edges with their neighbours."""
    inside = [piece for piece in new if isinstance(piece, str)]
    tokens = tokenize("".join([f" {piece} {_BETWEEN}" for piece in inside]))
    start = 0
    for piece in inside:
        end = tokens.index(_BETWEEN, start)
        yield piece, tokens[start:end]
        start = end + 1
    for text, first, final in (piece for piece in new if not isinstance(piece, str)):
        found = tokenize(("" if first else "a ") + text + ("" if final else " a"))
        yield (text, first, final), found[0 if first else 1 : len(found) if final else -1]


def _quick(punkt: Any) -> Any:
    """Return a copy of a sentence tokenizer that examines each word with its successor only once.

    It skips lower-case words that are no initial, no abbreviation and not the first word of a collocation,
    because a period after such a word ends the sentence, whatever follows.
    """
    tables = punkt._params  # noqa: SLF001 - NLTK has no public access to them
    special = tables.abbrev_types.union(first for first, _ in tables.collocations)
    decided = lru_cache(maxsize=None)(punkt.text_contains_sentbreak)

    def ends(context: str) -> bool:
        word, period, _ = context.partition(". ")
        if period and len(word) > 1 and word.isalpha() and word.isascii() and word not in special:
            return True
        return bool(decided(context))

    quick = copy.copy(punkt)
    quick.text_contains_sentbreak = ends
    return quick
