"""A reader's own data become what chapter functions take, or one line says what is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop import datasets
from workshop.datasets import is_data, load, own
from workshop.datasets.readers.images import ImageArrays
from workshop.datasets.readers.sentences import Lines
from workshop.errors import DataError

LABELS = np.array([[0], [1], [2]])
COLOURS = np.arange(3 * 4 * 4 * 3).reshape(3, 4, 4, 3)
WORDS = [["to", "be"], ["or", "not"]]


def test_own_data_are_loaded_as_they_are() -> None:
    """They count as other data than the documented ones, and than each other."""
    one, other = own("nltk_gutenberg", "a book"), own("nltk_gutenberg", "a book")

    assert load(one) == "a book"
    assert (one.substitute, one.why) == (True, "your own data")
    assert one.checksum != other.checksum
    assert datasets.reader_of(one)[1] == ()


def test_images_as_keras_gives_them() -> None:
    """Labels lose their second axis, whole numbers become bytes, and our own type stays as it is."""
    images = load(own("cifar10", ((COLOURS, LABELS), (COLOURS[:2], [3, 4]))))

    assert isinstance(images, ImageArrays)
    assert images.x_train.dtype == images.y_test.dtype == np.uint8
    assert images.x_train.tolist() == COLOURS.tolist()
    assert (images.y_train.tolist(), images.y_test.tolist()) == ([0, 1, 2], [3, 4])
    assert load(own("mnist", images)) is images


def test_reviews_as_keras_gives_them() -> None:
    """The start and Keras' offset of 3 are taken off; a word that it left out is one beyond all words."""
    given = (([[1, 4, 9], [1, 2, 5]], [0, 1]), ([[1, 7]], np.array([1])))

    found = load(own("imdb", given))

    assert [review.tolist() for review in found.reviews("train")] == [[1, 6], [100_000, 2]]
    assert [review.tolist() for review in found.reviews("test")] == [[4]]
    assert (found.y_train.tolist(), found.y_test.tolist()) == ([0, 1], [1])


def test_texts_and_words() -> None:
    """A corpus is a list of texts, or of lists of words, and can be read twice."""
    for given in (WORDS, ["to be", "or not"]):
        corpus = load(own("text8", given))
        assert [*corpus] == [*corpus] == WORDS
        assert (len(corpus), corpus.size) == (2, len("to be or not"))
    brown = load(own("nltk_brown", ["to be", "or not"]))
    assert isinstance(brown.sentences, Lines)
    assert [*brown.sentences] == WORDS
    assert load(own("nltk_movie_reviews", ["good", "bad"])) == ("good", "bad")
    assert load(own("nltk_gutenberg", ["good", "bad"])) == "good\nbad"
    assert load(own("nltk_stopwords", ["the"])) == ("the",)


def test_tables_vectors_and_files(tmp_path: Path) -> None:
    """Tables stay frames; labelled texts become two; vectors are given by word, pictures by path."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Close": [1.0]})
    assert load(own("aapl_csv", table)).equals(table)
    reviews = load(own("amazon_reviews", ((["good"], [1]), (["bad", "worse"], [0, 0]))))
    assert reviews.test.to_dict("list") == {"review_text": ["bad", "worse"], "label": [0, 0]}
    vectors = load(own("glove_6b_100d", {"king": [1, 2], "queen": [1, 3]}))
    assert (vectors.words, vectors.vectors.shape) == (("king", "queen"), (2, 2))
    picture = tmp_path / "pizza.jpg"
    picture.write_bytes(b"")
    assert load(own("pizza_image", str(picture))) == picture
    assert load(own("imdb_word_index", {"the": 1})) == {"the": 1}


# data set, what is given, what the line says
WRONG: list[tuple[str, Any, str]] = [
    ("sonar", [1.0], "sonar: give a pandas DataFrame, not a list of 1"),
    ("aapl_csv", [{"Close": 1.0}], "aapl_csv: give a pandas DataFrame, or closing prices .* not a list of 1"),
    ("aapl_csv", np.ones((5, 2)), r"not a ndarray of shape \(5, 2\)"),
    ("aapl_csv", [], "aapl_csv: it is empty; give a pandas DataFrame"),
    ("mnist", (COLOURS, LABELS), r"mnist: give \(\(x_train, y_train\), .* not a tuple of 2"),
    ("mnist", ((COLOURS / 255, LABELS),) * 2, "mnist: pixels are float64, no whole numbers; give"),
    ("mnist", ((COLOURS - 1, LABELS),) * 2, "pixels are from -1 to 142"),
    ("mnist", ((LABELS, LABELS),) * 2, r"the shape of the images is \(3, 1\)"),
    ("mnist", ((COLOURS, LABELS), (COLOURS[:, :2], LABELS)), r"training images are \(4, 4, 3\)"),
    ("mnist", ((COLOURS, np.eye(3, dtype=int)),) * 2, r"3 training examples have labels of shape \(3, 3\)"),
    ("mnist", ((COLOURS, ["a", "b", "c"]),) * 2, "training labels are <U1, no whole numbers"),
    ("mnist", ((COLOURS, LABELS), (COLOURS[:0], [])), "there are no test examples"),
    ("mnist", ((COLOURS, LABELS),) * 3, "mnist: give .* not a tuple of 3"),
    ("imdb", (([[1, 4]], [np.nan]),) * 2, "training labels are float64, no whole numbers"),
    ("imdb", (([[1, 4.5]], [1]),) * 2, "the ids of a review are float64, no whole numbers"),
    ("imdb", (([[1, -4]], [1]),) * 2, "each review begins with 1"),
    ("imdb", (([[3, 4]], [1]),) * 2, "each review begins with 1"),
    ("imdb", (([[1, 4]], [1, 0]),) * 2, r"1 training examples have labels of shape \(2,\)"),
    ("text8", "one text", "text8: give a list of texts, or of lists of words, not a str"),
    ("text8", {"a text": 1}, "not a dict of 1"),
    ("text8", [], "text8: it is empty; give a list of texts"),
    ("nltk_movie_reviews", [1], "nltk_movie_reviews: 1 is not a text; give a list of texts"),
    ("nltk_gutenberg", " ", "nltk_gutenberg: it is empty; give a text"),
    ("amazon_reviews", (([None], [1]),) * 2, "amazon_reviews: None is not a text"),
    ("amazon_reviews", ((["good"], [5]),) * 2, "amazon_reviews: a label is neither 0 nor 1"),
    ("amazon_reviews", (("good", [1, 1, 1, 1]),) * 2, "amazon_reviews: give"),
    ("glove_6b_100d", {"king": [np.nan]}, "glove_6b_100d: a vector has other than finite numbers"),
    ("glove_6b_100d", {"king": [1], "queen": [1, 2]}, "glove_6b_100d: give a dict of words and vectors"),
    (
        "cats_and_dogs_filtered",
        "nowhere.zip",
        "there is no file nowhere.zip; give the path of a zip",
    ),
    ("pizza_image", "nowhere.jpg", "there is no file nowhere.jpg"),
    ("nltk_punkt", "a text", "nltk_punkt is a tool of the exercise: nothing can take its place"),
]


@pytest.mark.parametrize(("name", "given", "line"), WRONG)
def test_what_does_not_fit_is_answered_in_one_line(name: str, given: Any, line: str) -> None:
    """The line names the data set, what is wanted and what was given."""
    with pytest.raises(DataError, match=line) as caught:
        own(name, given)

    assert "\n" not in str(caught.value)


def test_frames_are_judged_by_their_rows_and_columns() -> None:
    """A named index is a column, an unnamed one is numbered anew; no frame is a list of texts."""
    pandas = pytest.importorskip("pandas")
    days = pandas.Index(["01/02/2024", "01/03/2024"], name="Date")

    dated = load(own("aapl_csv", pandas.DataFrame({"Close": [1.0, 2.0]}, index=days)))
    assert dated.to_dict("list") == {"Date": [*days], "Close": [1.0, 2.0]}
    part = load(own("sonar", pandas.DataFrame({"a": [1, 2, 3]}).iloc[1:]))
    assert (part["a"].tolist(), part.index.tolist()) == ([2, 3], [0, 1])
    with pytest.raises(DataError, match="iris: it is empty; give a pandas DataFrame"):
        own("iris", pandas.DataFrame({"species": []}))
    with pytest.raises(DataError, match=r"text8: give a list of texts.* not a DataFrame of shape \(1, 1\)"):
        own("text8", pandas.DataFrame({"text": ["one text"]}))


def test_prices_may_be_an_array() -> None:
    """A list, a series or an array of prices does where a table of them is wanted."""
    pandas = pytest.importorskip("pandas")
    for given in ([1, 2.5], np.array([[1], [2.5]]), pandas.Series([1, 2.5], name="Close")):
        assert load(own("ibm_csv", given)).tolist() == [1.0, 2.5]


def test_a_generator_of_texts_is_read_once() -> None:
    """Nothing is lost while the texts are checked."""
    assert load(own("nltk_movie_reviews", (text for text in ["good", "bad"]))) == ("good", "bad")


def test_a_zip_of_other_files_is_refused(tmp_path: Path) -> None:
    """The line says so both of a file that is not a zip and of a zip without images."""
    path = tmp_path / "mine.zip"
    for content in (b"no zip", b"PK\5\6" + bytes(18)):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"mine\.zip is not a zip with folders of images; give the path"):
            own("fruits360", path)


def test_tools_are_no_data() -> None:
    """What an exercise is about is data; tokenizers, word lists and weights are tools."""
    tools = {name for name in datasets.registry() if not is_data(name)}

    assert {"nltk_punkt", "nltk_stopwords", "nltk_wordnet", "vgg16_imagenet", "gtts_service"} <= tools
    assert tools.isdisjoint({"aapl_csv", "mnist", "imdb", "text8", "amazon_reviews", "fruits360"})
