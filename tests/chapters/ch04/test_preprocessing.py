"""Preprocessing of texts, held against small cases by hand, NLTK's own functions and its older rule."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.version import Version

from workshop.chapters.ch04_text_embeddings.ex01_cleaning import TOY_TEXT
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _tokens, act01_alice, ex01_cleaning, ex02_stemming


class AtSigns:
    """A sentence tokenizer that needs no data: a sentence ends at each of its signs."""

    def tokenize(self, text: str) -> list[str]:
        """Return the sentences."""
        return re.split(r"(?<=[.!?])\s+", text)


def _documented(claim: str) -> Any:
    return ledger().claims[claim].documented


def test_words_are_split_sentence_by_sentence(nltk) -> None:
    """A period ends a sentence only where the sentence tokenizer says so; contractions are split."""
    text = "We'll go. You can't stay!"

    assert _tokens.word_tokens(text, AtSigns()) == (["We", "'ll", "go", ".", "You", "ca", "n't", "stay", "!"])
    assert _tokens.word_tokens(text, _OneSentence())[2:4] == ["go.", "You"]


class _OneSentence:
    def tokenize(self, text: str) -> list[str]:
        return [text]


def test_sentences_are_those_of_the_given_tokenizer(nltk) -> None:
    """Nothing but the sentence tokenizer that is given splits the texts."""
    text = TOY_TEXT
    whole = ex01_cleaning.tokenize(_OneSentence())

    assert whole.sentences == [text]
    assert (whole.sentences_type, whole.words_type) == (["list", 1], ["list", "list"])
    assert ex01_cleaning.exercise_4_01(_OneSentence(), ()).sentences == [text.lower()]
    assert len(act01_alice.activity_4_01(_OneSentence(), (), text).cleaned) == 1


class _Bars:
    """A sentence tokenizer that notes what it is asked: a sentence ends at each bar."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tokenize(self, text: str) -> list[str]:
        self.asked.append(text)
        return [part.strip() for part in text.split("|")]


def test_sentences_are_split_before_words(nltk) -> None:
    """The tokenizer gets the whole text first, in lower case where the book lowers it, then each sentence.

    Words keep a period within a sentence; words that are split first would lose the sentences' ends.
    """
    text = "Mr. Fox ran. | The hen\nslept."
    words = [["mr.", "fox", "ran", "."], ["the", "hen", "slept", "."]]
    for made, whole in (
        (lambda punkt: ex01_cleaning.tokenize(punkt, text).words, text),
        (lambda punkt: ex01_cleaning.exercise_4_01(punkt, (), text).cleaned, text.lower()),
        (lambda punkt: act01_alice.activity_4_01(punkt, (), text, ()).cleaned, text.lower()),
    ):
        punkt = _Bars()
        found = [[word.lower() for word in sentence if word != "."] for sentence in made(punkt)]
        assert punkt.asked[0] == whole
        assert found == [[word for word in sentence if word != "."] for sentence in words]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_each_stop_word_of_a_list_is_left_out(place: int, nltk) -> None:
    """The first and the last as any other, in the exercise and in the activity."""
    stop = ["alpha", "beta", "gamma", "delta"]
    text = "alpha beta gamma delta omega"
    kept = [*stop[:place], *stop[place + 1 :]]
    for stop_words in (stop, kept, kept[::-1]):
        left = [word for word in text.split() if word not in stop_words]
        assert ex01_cleaning.exercise_4_01(_OneSentence(), stop_words, text).cleaned == [left]
        assert act01_alice.activity_4_01(_OneSentence(), stop_words, text, ()).cleaned == [left]
    assert _tokens.with_punctuation(stop)[-4:] == stop


def test_words_are_those_of_word_tokenize(nltk, book_data, monkeypatch) -> None:
    """On all of Alice they are what NLTK's word_tokenize gives with the same sentence tokenizer."""
    punkt, text = book_data("nltk_punkt", "nltk_gutenberg")
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, language="english": punkt.tokenize(text))

    assert _tokens.word_tokens(text, punkt) == nltk.tokenize.word_tokenize(text)


def test_a_leading_abbreviation_ends_no_sentence(nltk, book_data) -> None:
    """The sentence tokenizer knows abbreviations, which a split at signs does not."""
    text = "mr. brown met dr. no. they spoke."

    (punkt,) = book_data("nltk_punkt")
    assert len(punkt.tokenize(text)) < len(AtSigns().tokenize(text))


def test_tokens_differ_by_what_stands_where() -> None:
    """A token that is missing moves those behind it; the same tokens in other sentences differ, too."""
    tokens = [["a", "b", "c"], ["d"]]

    assert _tokens.differing(tokens, tokens) == 0
    assert _tokens.differing(tokens, [["a", "x", "c"], ["d"]]) == 2
    assert _tokens.differing(tokens, [["a", "c"], ["d"]]) == 3
    assert _tokens.differing(tokens, [["a", "b"], ["c", "d"]]) == 4


class _AtCapitals(AtSigns):
    def tokenize(self, text: str) -> list[str]:
        return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)


def test_the_order_of_lower_casing_can_be_seen(nltk) -> None:
    """Where the sentence tokenizer looks at capitals the two orders differ, and that is counted."""
    first = ex01_cleaning.tokenize(AtSigns(), "One. Two!")
    same = ex01_cleaning.lower_case(AtSigns(), first, "One. Two!")
    other = ex01_cleaning.lower_case(_AtCapitals(), first, "One. Two!")

    assert same.words == [["one", "."], ["two", "!"]]
    assert (same.n_tokens, same.n_differing) == (4, 0)
    assert (other.n_tokens, other.n_differing) == (3, 7)  # "one." is one token in a sentence of three


def test_punctuation_is_all_of_ascii_that_is_neither_letter_digit_nor_blank() -> None:
    """The signs are the 32 of ASCII, each once."""
    signs = [chr(code) for code in range(33, 127) if not chr(code).isalnum()]

    assert _tokens.punctuation() == signs
    assert len(signs) == 32


@pytest.mark.parametrize(
    ("stop", "left"),
    [
        ([], ["us", "The", "bus", "us", "."]),
        (["us"], ["The", "bus", "."]),  # no part of a token
        (["the"], ["us", "The", "bus", "us", "."]),  # no capitals
        (["u", "s", "bu"], ["us", "The", "bus", "us", "."]),
        (["us.", "bus", "."], ["us", "The", "us"]),
        (iter(["us", "bus"]), ["The", "."]),
    ],
)
def test_whole_tokens_are_left_out(stop, left) -> None:
    """Order, capitals and repetitions of what is left stay."""
    assert _tokens.without(["us", "The", "bus", "us", "."], stop) == left


def test_stop_words_of_two_lists_by_hand() -> None:
    """Words that only one list has are shown; a word that is there twice counts in the length."""
    message = ex01_cleaning.compare_stop_words(("a", "b", "c"), ("d", "b", "b", "a"))

    assert message == ex01_cleaning.StopWordsToday(4, ["d"], ["c"])


def test_stop_words_are_left_out_of_small_letters(nltk) -> None:
    """A stop word that begins a sentence goes, too; signs go, parts of contractions stay."""
    done = ex01_cleaning.exercise_4_01(AtSigns(), ("the", "we"), "The fox! WE'LL see the fox.")

    assert done.sentences == ["the fox!", "we'll see the fox."]
    assert done.cleaned == [["fox"], ["'ll", "see", "fox"]]


def test_other_stop_words_show_in_the_toy_text(nltk) -> None:
    """What another list leaves, and where it differs, is counted."""
    text = "The fox sees. The end."

    found = ex01_cleaning.exercise_4_01_today(AtSigns(), ("the",), ("the", "end"), text)

    assert found == ex01_cleaning.Today(n_toy_today=2, n_toy_differing=1)


# term: by Porter's stemmer as NLTK extends it; by its Lancaster and by its English Snowball stemmer
STEMMERS = {
    "suddenly": ("suddenli", "sud", "sudden"),
    "skies": ("sky", "ski", "sky"),
    "dying": ("die", "dying", "die"),
    "sky": ("sky", "sky", "sky"),
    "generous": ("gener", "gen", "generous"),
    "maximum": ("maximum", "maxim", "maximum"),
}


@pytest.mark.parametrize("term", STEMMERS)
def test_stems_are_those_of_the_porter_stemmer(term, nltk) -> None:
    """Terms on which NLTK's stemmers go apart."""
    porter, lancaster, snowball = STEMMERS[term]
    stem = nltk.stem

    assert _tokens.stems([term]) == [porter]
    assert stem.LancasterStemmer().stem(term) == lancaster
    assert stem.SnowballStemmer("english").stem(term) == snowball


def test_stems_of_short_terms_and_of_none(nltk) -> None:
    """No tokens have no stems; signs and clitics are their own."""
    assert _tokens.stems([]) == []
    assert _tokens.stems([",", "'re", "--"]) == [",", "'re", "--"]


def test_the_exercise_stems_once(nltk) -> None:
    """A stem that would be stemmed again to another one stays; empty sentences do, too."""
    cleaned = SimpleNamespace(cleaned=[["horses", "universities"], []])

    assert ex02_stemming.exercise_4_02(cleaned) == [["hors", "univers"], []]


def test_own_texts_and_own_stop_words(nltk) -> None:
    """An own text is cleaned with own stop words, and own lists of words are stemmed without any outcome."""
    cleaned = ex01_cleaning.exercise_4_01(AtSigns(), ["the", "are"], text="The prices are rising. Sell?")
    alice = act01_alice.activity_4_01(AtSigns(), ["the", "are"], "The prices are rising. Sell?", ("sell",))

    assert cleaned.cleaned == [["prices", "rising"], ["sell"]]
    assert ex02_stemming.exercise_4_02(cleaned) == ex02_stemming.exercise_4_02(cleaned.cleaned)
    assert (alice.stemmed, alice.context_stop) == ([["price", "rise"], []], ["sell"])


def test_own_data_of_another_form_are_one_clear_line(nltk) -> None:
    """A list in the place of a text, a text in the place of a list, and texts in the place of words."""
    with pytest.raises(ValueError, match=r"^give one text, not a list: join sentences by blanks$"):
        ex01_cleaning.exercise_4_01(AtSigns(), (), text=["One.", "Two."])  # type: ignore[arg-type]
    for exercise in (ex01_cleaning.exercise_4_01, act01_alice.activity_4_01):
        with pytest.raises(ValueError, match=r"^give stop words as a list: "):
            exercise(AtSigns(), "the", "The end.")
    for words in ("the end", ["the end"]):
        with pytest.raises(ValueError, match=r"^give each sentence as a list of words: "):
            ex02_stemming.exercise_4_02(words)


def test_the_printed_stems_keep_their_capital_where_the_stemmer_is_asked_to(nltk, book_data) -> None:
    """The only change since is that of the case."""
    if Version(nltk.__version__) < Version("3.6"):
        pytest.skip("the argument came with NLTK 3.6")
    stemmer = nltk.stem.PorterStemmer()
    tokens = _tokens.word_tokens(ex02_stemming.SENTENCE, *book_data("nltk_punkt"))

    kept = [stemmer.stem(token, to_lowercase=False) for token in tokens]

    assert kept == _documented("ch04.text05.sentence")
    assert _tokens.stems(tokens) in (kept, [token.lower() for token in kept])


def test_an_ending_is_exchanged_only_where_it_is() -> None:
    """A rule whose ending the term does not have is an error of one line."""
    assert ex02_stemming.with_ending("cats", "s", "") == "cat"
    assert ex02_stemming.with_ending("cats", "", "x") == "catsx"
    with pytest.raises(ValueError, match=r"^'cats' does not end in 'ing'$"):
        ex02_stemming.with_ending("cats", "ing", "e")


class _Nouns:
    def morphy(self, form: str, pos: str | None = None) -> str | None:
        return {("mice", "n"): "mouse", ("ponies", "n"): "pony", ("ponies", "v"): "other"}.get((form, pos))


def test_lemmas_are_those_of_nouns() -> None:
    """WordNet is asked for a noun; a word that it does not have is its own lemma."""
    assert ex02_stemming.lemmatize(_Nouns()).ponies_lemma == "pony"
    assert ex02_stemming.lemmatize(_Nouns(), "mice").ponies_lemma == "mouse"
    assert ex02_stemming.lemmatize(_Nouns(), "snarks").ponies_lemma == "snarks"


def test_an_activity_on_a_few_sentences_by_hand(nltk) -> None:
    """Sentences that lose all their tokens stay, empty; words left out only by context are listed."""
    stop = ("this", "was", "because", "he")

    done = act01_alice.activity_4_01(AtSigns(), stop, "This was because -- He said! Cats ran.")

    assert done.cleaned == [[], ["cats", "ran"]]
    assert done.stemmed == [[], ["cat", "ran"]]
    assert done.context_stop == ["--", "said"]
    assert done.whole_text == {"sentences": 2, "empty": 1, "tokens": 2}


@pytest.mark.parametrize(("contextual", "message"), [((), []), (("ran", "fox"), ["ran"]), (("this",), [])])
def test_contextual_stop_words_are_what_the_usual_ones_leave(contextual, message, nltk) -> None:
    """A contextual word that is not in the text, or that is left out anyway, is not listed."""
    done = act01_alice.activity_4_01(AtSigns(), ("this",), "This ran.", contextual)

    assert done.context_stop == message


def test_other_stop_words_show_in_alice(nltk) -> None:
    """What another list leaves, and where it differs, is counted."""
    text = "This cat said it ran."

    found = act01_alice.activity_4_01_today(AtSigns(), ("this",), ("this", "it", "ran"), text)

    assert found == act01_alice.Today(n_alice_today=1, n_alice_differing=2)


# NLTK before 3.10.1 splits a quote off a single letter only, if that can't be the end of a contraction
OLDER_QUOTE = re.compile(r"'(?=\w\b)(?![mtsdn])", re.IGNORECASE)


@pytest.fixture
def older_quotes(nltk, monkeypatch) -> None:
    """Put NLTK's older rule for a quote before a word back."""
    tokenizer = nltk.tokenize.destructive.NLTKWordTokenizer
    rules = [*tokenizer.STARTING_QUOTES[:-1], (OLDER_QUOTE, "' ")]
    monkeypatch.setattr(tokenizer, "STARTING_QUOTES", rules)


@pytest.fixture
def whole(nltk, book_data):
    """Give the function that preprocesses all of Alice."""
    given = book_data("nltk_punkt", "nltk_stopwords", "nltk_gutenberg")
    return lambda: act01_alice.activity_4_01(*given)


@pytest.mark.usefixtures("older_quotes")
def test_the_printed_lists_of_alice_come_out_of_the_older_quote_rule(whole) -> None:
    """Only the rule for quotes keeps today's NLTK from the printed lists."""
    done = whole()

    assert done.cleaned[:2] == _documented("ch04.act01.first2")
    assert done.stemmed[:5] == _documented("ch04.act01.stem5")
    assert [len(sentence) for sentence in done.stemmed[:5]] == [33, 27, 11, 2, 2]


@pytest.mark.usefixtures("older_quotes")
def test_the_whole_text_under_the_older_quote_rule(nltk, whole) -> None:
    """Sentences, empty ones and tokens are those of NLTK 3.9.1 to 3.10.0 exactly."""
    if Version(nltk.__version__) < Version("3.9"):
        pytest.skip("contractions at the end of a line are split since NLTK 3.9")

    assert whole().whole_text == {"sentences": 1623, "empty": 7, "tokens": 13128}


def test_the_whole_text_under_the_quote_rule_of_today(nltk, whole) -> None:
    """Sentences, empty ones and tokens exactly, where the claim allows for the versions before."""
    if Version(nltk.__version__) < Version("3.10.1"):
        pytest.skip("the rule changed with NLTK 3.10.1")
    done = whole()

    assert done.whole_text == {"sentences": 1623, "empty": 32, "tokens": 12516}
    assert [len(sentence) for sentence in done.stemmed] == [len(sentence) for sentence in done.cleaned]
    assert not any(re.match(r"'\w{3}", token) for sentence in done.cleaned for token in sentence)


def test_only_lemmas_that_the_dictionary_lacks_are_listed() -> None:
    """Lemmas of the stems are looked up, not the stems, and as words of any kind."""
    known = {"welcom": "welcome", "welcome": "welcome", "together": "together", "geese": "goose"}
    dictionary = SimpleNamespace(morphy=lambda word, kind=None: known.get(word) if kind != "v" else None)

    found = ex02_stemming.lemmatize(dictionary, stemmed=("welcome", "together", "amazing"))

    assert found.lemma_pos["drove"] == ["drove", "drove"]  # a dictionary without verbs
    assert found.lemmas_not_in_wordnet == ["togeth", "amaz"]
    assert found.words_not_in_wordnet == 1


def test_a_lemma_depends_on_the_part_of_speech() -> None:
    """A word is looked up as a noun, and as the part of speech that is given."""
    known = {("drove", "n"): "drove", ("drove", "v"): "drive", ("was", "v"): "be"}
    dictionary = SimpleNamespace(morphy=lambda word, kind="": known.get((word, kind)))

    found = ex02_stemming.lemmatize(dictionary, parts=(("drove", "v"), ("was", "v")))

    assert found.lemma_pos == {"drove": ["drove", "drive"], "was": ["was", "be"]}
