"""Readers of texts and of NLTK's data: made-up files, and NLTK's own loaders as oracles."""

import zipfile
from pathlib import Path

import pytest

from workshop.datasets import DataError, loading
from workshop.datasets.readers import read
from workshop.datasets.readers.corpora import Text8
from workshop.datasets.readers.sentences import Lines

MADE_UP = Path(__file__).parents[2] / "fixtures" / "readers"
PUNKT = ("abbrev_types.txt", "collocations.tab", "sent_starters.txt", "ortho_context.tab")
WORDNET = ("index.{0}", "data.{0}", "{0}.exc")


@pytest.fixture
def searched(nltk, monkeypatch):
    """Let a test change the folders that NLTK searches, and restore them."""
    folders: list[str] = []
    monkeypatch.setattr(nltk.data, "path", folders)
    return folders


def paths(*names: str) -> dict[str, Path]:
    """Return made-up files by name."""
    return {name: MADE_UP / name for name in names}


def test_lines_split_anew_on_each_pass():
    lines = Lines([["a", "b"], ["c"]])
    assert len(lines) == 2
    assert list(lines) == list(lines) == [["a", "b"], ["c"]]


def test_words_and_text():
    """A list has one word per line. A text keeps its line ends and is read as Latin-1."""
    assert read("words", paths("words.txt")) == ("i", "me")
    assert read("text", paths("words.txt")) == "i\nme\n"


@pytest.mark.usefixtures("nltk")
def test_brown():
    """Tags are removed, also from a word with a slash, and samples are in the order of cats.txt."""
    corpus = read("brown", paths("brown.zip"))
    assert corpus.categories == {"news": ("ca01", "ca02"), "editorial": ("cb01",)}
    assert list(corpus.sentences) == [
        ["The", "U.S.", "dog", "and/or", "cat", "."],
        ["Next", "!"],
        ["Sun"],
        ["Rain"],
    ]


def test_film_reviews_in_the_order_of_their_names():
    """Reviews are sorted by name, not by their order in the archive, and its README is left out."""
    assert read("reviews", paths("movie_reviews.zip")) == ("dull", "bad", "good . \nfine !\n")


def test_text8_and_reviews_behind_it():
    """Words are in lower case without marks and numbers, with every n-th review, on each pass."""
    pytest.importorskip("gensim")
    words = ["anarchism", "originated", "as", "a", "term"]
    alone = read("text8", paths("text8"))
    assert alone.size == 31
    assert list(alone) == list(alone) == [words]
    both = paths("text8", "aclimdb_train.csv")
    every = list(read("text8", both, reviews_every=1))
    assert every == [words, ["a", "film", "it", "s"], ["it", "s"]]
    assert list(read("text8", both, reviews_every=2)) == every[:2]


def test_text8s_words_are_counted_once(cache, monkeypatch):
    pytest.importorskip("gensim")
    both = read("text8", paths("text8", "aclimdb_train.csv"), reviews_every=1)
    expected = (3, {"anarchism": 1, "originated": 1, "as": 1, "a": 2, "term": 1, "film": 1, "it": 2, "s": 2})
    assert both.word_counts() == expected
    assert list(both.word_counts().counts) == list(expected[1])
    ours = loading._CountedOnce(both, "one")
    assert list(ours) == list(both)
    assert ours.size == both.size
    assert ours.word_counts() == expected
    monkeypatch.setattr(Text8, "__iter__", None)
    again = ours.word_counts()
    assert again == expected
    assert list(again.counts) == list(expected[1])
    monkeypatch.undo()
    monkeypatch.setenv("WORKSHOP_CACHE", str(cache))
    alone = loading._CountedOnce(read("text8", paths("text8")), "two")
    assert alone.word_counts() == (1, dict.fromkeys(["anarchism", "originated", "as", "a", "term"], 1))
    assert len(list((cache / "loaded").rglob("words.npy"))) == 2


@pytest.mark.usefixtures("nltk")
def test_punkt_tables():
    punkt = read("punkt", paths(*PUNKT))
    assert punkt.tokenize("Ask Dr. Who. Next one!") == ["Ask Dr. Who.", "Next one!"]


@pytest.mark.usefixtures("nltk")
def test_punkt_tables_that_can_not_be_read(tmp_path):
    """A line without a tab, or a table that is not there, is one line with the remedy."""
    (tmp_path / "ortho_context.tab").write_text("next 4\n")
    broken = {**paths(*PUNKT), "ortho_context.tab": tmp_path / "ortho_context.tab"}
    for files in (broken, paths(*PUNKT[:3])):
        with pytest.raises(
            DataError, match=r"^abbrev_types\.txt, .* can't be read \(.*: workshop data check$"
        ):
            read("punkt", files)


def test_punkt_is_nltks_own(nltk, searched):
    punkt = pytest.importorskip("nltk.tokenize.punkt")
    if not hasattr(punkt, "load_punkt_params"):
        pytest.skip("NLTK before 3.8.2 reads no tables: pip install -U nltk")
    searched.append(str(MADE_UP))
    folder = nltk.data.FileSystemPathPointer(str(MADE_UP))
    ours, theirs = read("punkt", paths(*PUNKT))._params, punkt.load_punkt_params(folder)
    for name in ("abbrev_types", "collocations", "sent_starters", "ortho_context"):
        assert getattr(ours, name) == getattr(theirs, name)
        assert getattr(ours, name)


@pytest.mark.usefixtures("nltk")
def test_wordnet_without_the_names_of_files(searched, tmp_path):
    for part in ("noun", "verb", "adj", "adv"):
        for name in WORDNET:
            (tmp_path / name.format(part)).write_text("")
    (tmp_path / "index.noun").write_text("pony n 1 1 @ 1 0 00000001\nox n 1 1 @ 1 0 00000002\n")
    (tmp_path / "noun.exc").write_text("oxen ox\n")
    wordnet = read("wordnet", {"index.noun": tmp_path / "index.noun"})
    assert [wordnet.morphy(form, "n") for form in ("ponies", "pony", "oxen", "cats")] == [
        "pony", "pony", "ox", None,
    ]  # fmt: skip
    assert searched == []


@pytest.mark.usefixtures("nltk")
def test_wordnet_in_a_zip(searched, tmp_path):
    with zipfile.ZipFile(tmp_path / "wordnet.zip", "w") as archive:
        for part in ("noun", "verb", "adj", "adv"):
            for name in WORDNET:
                pony = "pony n 1 1 @ 1 0 00000001\n" if name.format(part) == "index.noun" else ""
                archive.writestr(f"wordnet/{name.format(part)}", pony)
    wordnet = read("wordnet", {"corpora/wordnet.zip": tmp_path / "wordnet.zip"})
    assert wordnet.morphy("ponies", "n") == "pony"
