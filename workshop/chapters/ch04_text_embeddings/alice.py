"""Alice's Adventures in Wonderland: the text in NLTK's form, and its words after preprocessing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

from workshop.chapters.ch04_text_embeddings.preprocessing import (
    differing,
    places,
    punctuation,
    stems,
    without,
    word_tokens,
)
from workshop.units import unit

CONTEXT_STOP = ("--", "said")
# bytes of the packages' zip files on 12 March 2020, as Gentoo's nltk-data records them (Manifest at
# gentoo/gentoo 77f4db16); the size of inaugural, to which speeches were added, is that of nltk_data's own
# index.xml (nltk/nltk_data 5db857e6)
PACKAGE_BYTES = (
    ("abc", 1_487_851),
    ("alpino", 2_797_255),
    ("biocreative_ppi", 223_566),
    ("brown", 3_314_357),
    ("brown_tei", 8_737_738),
    ("cess_cat", 5_396_688),
    ("cess_esp", 2_220_392),
    ("chat80", 19_209),
    ("city_database", 1_708),
    ("cmudict", 896_069),
    ("comparative_sentences", 279_121),
    ("comtrans", 11_904_518),
    ("conll2000", 756_607),
    ("conll2002", 1_867_449),
    ("conll2007", 1_242_958),
    ("crubadan", 5_288_655),
    ("dependency_treebank", 457_429),
    ("dolch", 2_116),
    ("europarl_raw", 12_594_977),
    ("floresta", 1_882_021),
    ("framenet_v15", 69_337_891),
    ("framenet_v17", 99_207_152),
    ("gazetteers", 8_265),
    ("genesis", 473_239),
    ("gutenberg", 4_251_829),
    ("ieer", 166_156),
    ("inaugural", 329_806),
    ("indian", 199_187),
    ("jeita", 16_531_215),
    ("kimmo", 186_958),
    ("knbc", 8_760_788),
    ("lin_thesaurus", 89_154_019),
    ("mac_morpho", 3_013_904),
    ("machado", 6_151_774),
    ("masc_tagged", 1_602_143),
    ("movie_reviews", 4_004_848),
    ("mte_teip5", 14_800_561),
    ("names", 21_326),
    ("nombank.1.0", 6_728_397),
)


@dataclass(frozen=True)
class Beginning:
    """The first characters of a text."""

    alice_800: str


@unit("ch04.text06")
def begin_to_read(nltk_gutenberg: str, n_characters: int = 800) -> Beginning:
    """Read the beginning of Alice. Source: chapter 4, text on downloading text corpora."""
    return Beginning(nltk_gutenberg[:n_characters])


@dataclass(frozen=True)
class PackageSizes:
    """Sizes of packages as NLTK's downloader shows them."""

    downloader_sizes: Dict[str, str]


def size_shown(n_bytes: int) -> str:
    """Return a size as NLTK's downloader shows it, in kilobytes of 1,024 bytes, or megabytes from 1 MiB."""
    kilobytes = n_bytes / 1024
    return f"{kilobytes:.1f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"


@unit("ch04.text06")
def look_at_packages(packages: Tuple[Tuple[str, int], ...] = PACKAGE_BYTES) -> PackageSizes:
    """Show the sizes of NLTK's packages. Source: chapter 4, text on downloading text corpora, Figure 4.5."""
    return PackageSizes({name: size_shown(n_bytes) for name, n_bytes in packages})


@dataclass(frozen=True)
class Preprocessed:
    """Words of each sentence of a text. Some sentences have no words left.

    `cleaned` : without punctuation, stop words and contextual stop words. `stemmed` : their stems.
    `context_stop` : removed words that are neither punctuation nor on the list of stop words, sorted.
    `whole_text` : numbers of sentences, of sentences without a token, and of tokens.
    """

    cleaned: List[List[str]]
    stemmed: List[List[str]]
    context_stop: List[str]
    whole_text: Dict[str, int]


def sentences_of_words(text: str, punkt: Any) -> List[List[str]]:
    """Return the words of each sentence of a text in lower case."""
    return [word_tokens(sentence, punkt) for sentence in punkt.tokenize(text.lower())]


@unit("ch04.act01", uses=("nltk",))
def activity_4_01(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_gutenberg: str,
    contextual: Tuple[str, ...] = CONTEXT_STOP,
) -> Preprocessed:
    """Split Alice into sentences and words, drop punctuation and stop words, and stem the rest.

    Source: chapter 4, activity 4.01.
    """
    usual = [*punctuation(), *nltk_stopwords]
    words = sentences_of_words(nltk_gutenberg, nltk_punkt)
    cleaned = [without(sentence, [*usual, *contextual]) for sentence in words]
    dropped = set().union(*words) - set().union(*cleaned)
    return Preprocessed(
        cleaned=cleaned,
        stemmed=[stems(sentence) for sentence in cleaned],
        context_stop=sorted(dropped - set(usual)),
        whole_text={
            "sentences": len(cleaned),
            "empty": sum(not sentence for sentence in cleaned),
            "tokens": sum(map(len, cleaned)),
        },
    )


@dataclass(frozen=True)
class AliceToday:
    """Numbers of Alice's tokens left by today's stop words, and left by only one of the two lists."""

    n_alice_today: int
    n_alice_differing: int


# of the unit on the list, so that units that use the activity's outcome do not need today's list
@unit("ch04.text04", uses=("nltk",))
def clean_alice_today(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_stopwords_today: Sequence[str],
    nltk_gutenberg: str,
    contextual: Tuple[str, ...] = CONTEXT_STOP,
) -> AliceToday:
    """Repeat activity 4.01 with today's stop words. Source: ours."""
    words = sentences_of_words(nltk_gutenberg, nltk_punkt)
    then, today = (
        [without(sentence, [*punctuation(), *stop, *contextual]) for sentence in words]
        for stop in (nltk_stopwords, nltk_stopwords_today)
    )
    return AliceToday(len(places(today)), differing(then, today))
