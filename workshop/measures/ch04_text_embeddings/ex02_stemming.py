"""What is measured of exercise 4.02.

The text on stemming and lemmatization (ch04.text05) leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

from workshop.units import unit

from ._tokens import stems, tokens_of, word_tokens

SENTENCE = "I mustered all my drive, drove to the driving school!"
VERBS = ("mustered", "driving", "drove")
STEMMED = ("welcome", "together", "amazing")  # words of exercise 4.02 whose stems are no words
PARTS = (("driving", "v"), ("drove", "v"), ("was", "v"))  # words and the part of speech that is meant
IRREGULAR = (("geese", "goose"), ("mice", "mouse"), ("feet", "foot"))
# term, its ending, and the replacement in the table of rules
PORTER_RULES = (
    ("cats", "s", ""),
    ("trophies", "ies", "i"),
    ("drives", "es", "e"),
    ("driving", "ing", "e"),
)


@dataclass(frozen=True)
class Stems:
    """Stems of single terms.

    `porter_table` : terms in the table of rules, stemmed by the stemmer and by the table's own replacement.
    `drove` : the verbs of the example sentence that the text comments on.
    """

    porter_table: dict[str, dict[str, str]]
    driving: str
    ponies_stem: str
    drove: dict[str, str]


def with_ending(term: str, ending: str, instead: str) -> str:
    """Return a term that has an ending with another one instead."""
    return term[: len(term) - len(ending)] + instead


@unit("ch04.text05", uses="nltk")
def stem_terms(rules: tuple[tuple[str, str, str], ...] = PORTER_RULES) -> Stems:
    """Stem single terms. Source: chapter 4, text on stemming and lemmatization, Figure 4.3."""
    terms = [term for term, _, _ in rules]
    driving, ponies = stems(["driving", "ponies"])
    return Stems(
        porter_table={
            "stemmer": dict(zip(terms, stems(terms))),
            "rule": {term: with_ending(term, ending, instead) for term, ending, instead in rules},
        },
        driving=driving,
        ponies_stem=ponies,
        drove=dict(zip(VERBS, stems(VERBS))),
    )


@unit("ch04.text05", value="sentence", uses="nltk")
def stem_sentence(nltk_punkt: Any, sentence: str = SENTENCE) -> list[str]:
    """Stem a sentence's tokens. Source: chapter 4, text on stemming and lemmatization."""
    return stems(word_tokens(sentence, nltk_punkt))


@dataclass(frozen=True)
class Lemma:
    """Lemmas of words.

    `ponies_lemma` : that of a noun. `irregular_missed` : number of irregular plurals whose lemma is not
    found. `lemmas_not_in_wordnet` : lemmas of stems that WordNet does not have as a word of any kind.
    `words_not_in_wordnet` : number of the stemmed words whose own lemma it does not have. `lemma_pos` : the
    words' lemmas as nouns, which they are taken for without a part of speech, and as what they are.
    """

    ponies_lemma: str
    irregular_missed: int
    lemmas_not_in_wordnet: list[str]
    words_not_in_wordnet: int
    lemma_pos: dict[str, list[str]]


@unit("ch04.text05", uses="nltk")
def lemmatize(
    nltk_wordnet: Any,
    noun: str = "ponies",
    irregular: tuple[tuple[str, str], ...] = IRREGULAR,
    stemmed: tuple[str, ...] = STEMMED,
    parts: tuple[tuple[str, str], ...] = PARTS,
) -> Lemma:
    """Look up lemmas in WordNet as NLTK's lemmatizer does: a word that is missing there is its own lemma.

    Source: chapter 4, text on stemming and lemmatization.
    """

    def lemma(word: str, part: str = "n") -> str:
        return nltk_wordnet.morphy(word, part) or word

    def unknown(words: Iterable[str]) -> list[str]:
        return [found for found in map(lemma, words) if nltk_wordnet.morphy(found) is None]

    return Lemma(
        ponies_lemma=lemma(noun),
        irregular_missed=sum(lemma(plural) != singular for plural, singular in irregular),
        lemmas_not_in_wordnet=unknown(stems(stemmed)),
        words_not_in_wordnet=len(unknown(stemmed)),
        lemma_pos={word: [lemma(word), lemma(word, part)] for word, part in parts},
    )


@unit("ch04.ex02", value="stems", uses="nltk")
def exercise_4_02(ch04_ex01: Any) -> list[list[str]]:
    """Stem the words that exercise 4.01 leaves of the toy text, or own lists of words, one per sentence.

    Source: chapter 4, exercise 4.02.
    """
    return [stems(words) for words in tokens_of(ch04_ex01)]
