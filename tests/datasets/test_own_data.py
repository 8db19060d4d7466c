"""A reader's own data become what chapter functions take, or one line says what is wanted."""

import os
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


def test_own_data_are_loaded_as_they_are():
    one, other = own("nltk_gutenberg", "a book"), own("nltk_gutenberg", "a book")

    assert load(one) == "a book"
    assert (one.substitute, one.why) == (True, "your own data")
    assert one.checksum != other.checksum
    assert datasets.reader_of(one)[1] == ()


def test_images_of_any_kind():
    """Bytes or shares, grey or in colour, of any size: they become bytes of the exercise's own shape."""
    pytest.importorskip("PIL")
    grey = np.full((3, 28, 28), 51)
    for given in (
        grey,
        grey / 255,
        grey[..., np.newaxis],
        np.stack([grey] * 3, axis=-1),
        np.full((3, 40, 9), 0.2),
    ):
        images = load(own("mnist", ((given, LABELS), (given[:2], [3, 4]))))
        assert isinstance(images, ImageArrays)
        assert images.x_train.dtype == images.y_test.dtype == np.uint8
        assert (images.x_train == 51).all()
        assert (images.x_train.shape, images.y_test.tolist()) == ((3, 28, 28), [3, 4])
        assert load(own("cifar10", ((given, LABELS),) * 2)).x_train.shape == (3, 32, 32, 3)
    assert load(own("mnist", images)).x_train.tolist() == images.x_train.tolist()


def test_reviews_as_keras_gives_them():
    """The start and Keras' offset of 3 are taken off; what is no word's id is one beyond all words."""
    given = (([[1, 4, 9], [2, 5, 3]], [0, 1]), ([[1, 7]], np.array([1])))  # the start may be left out

    found = load(own("imdb", given))

    assert [review.tolist() for review in found.reviews("train")] == [[1, 6], [100_000, 2, 100_000]]
    assert [review.tolist() for review in found.reviews("test")] == [[4]]
    assert (found.y_train.tolist(), found.y_test.tolist()) == ([0, 1], [1])


def test_texts_and_words():
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


def test_tables_vectors_and_files(tmp_path):
    pytest.importorskip("pandas")
    reviews = load(own("amazon_reviews", ((["good"], [1]), (["bad", "worse"], [0, 0]))))
    assert reviews.test.to_dict("list") == {"review_text": ["bad", "worse"], "label": [0, 0]}
    vectors = load(own("glove_6b_100d", {"king": [1, 2], "queen": [1, 3]}))
    assert (vectors.words, vectors.vectors.shape) == (("king", "queen"), (2, 2))
    picture = tmp_path / "pizza.jpg"
    picture.write_bytes(b"")
    assert load(own("pizza_image", str(picture))) == picture
    assert load(own("vgg16_imagenet", str(picture))).weights == picture
    assert load(own("imdb_word_index", {"the": 1})) == {"the": 1}


def test_tables_get_the_columns_of_the_book():
    """Columns count by their order where they have other names; two classes become 0 and 1."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, 2], "b": [3.0, 4], "kind": ["yes", "no"]})

    clouds = load(own("two_class_points", table))
    assert clouds.to_dict("list") == {"x1": [1, 2], "x2": [3, 4], "label": [1, 0]}
    same = load(own("two_class_points", (table[["a", "b"]].to_numpy(), ["yes", "no"])))
    assert same[clouds.columns].equals(clouds)
    assert [*load(own("sonar", table)).columns] == ["a", "b", "Class"]


def test_folders_of_photographs(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for number in range(16):
        for path in (f"parts/{('Train', 'val')[number % 2]}/{number // 2 % 2}", f"alone/{number % 2}"):
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            image.new("RGB", (9, 8), (number, 0, 0)).save(tmp_path / path / f"{number:02}.png")

    found = load(own("fruits360", tmp_path / "parts"))
    assert {part: [*classes] for part, classes in found.members.items()} == {
        "Training": ["0", "1"],
        "Test": ["0", "1"],
    }
    first = found.members["Test"]["0"][0]
    assert found.image(first)[0, 0].tolist() == [1, 0, 0]
    alone = load(own("cats_and_dogs_filtered", str(tmp_path / "alone")))
    assert {p: [len(own_) for own_ in c.values()] for p, c in alone.members.items()} == {
        "train": [6, 6],
        "validation": [2, 2],
    }
    every = sorted(name for classes in alone.members.values() for own_ in classes.values() for name in own_)
    assert every == sorted(map(str, (tmp_path / "alone").rglob("*.png")))
    with pytest.raises(DataError, match="has not two parts with a folder for each class"):
        own("fruits360", tmp_path / "parts" / "val" / "0")


# data set, and what is given
WRONG: list[tuple[str, Any]] = [
    ("sonar", [1.0]),
    ("iris", ([[1, 2]], [1, 2])),
    ("iris", ([[1, 2]], [1])),
    ("two_class_points", ([[1, np.nan]], [1])),
    ("two_class_points", ([[1, 2]], [1])),
    ("aapl_csv", [{"Close": 1.0}]),
    ("aapl_csv", np.ones((5, 2))),
    ("aapl_csv", []),
    ("mnist", (COLOURS, LABELS)),
    ("mnist", ((COLOURS / 100, LABELS),) * 2),
    ("mnist", ((COLOURS - 1, LABELS),) * 2),
    ("mnist", ((COLOURS * np.nan, LABELS),) * 2),
    ("mnist", ((LABELS, LABELS),) * 2),
    ("cifar10", ((COLOURS[..., :2], LABELS),) * 2),
    ("mnist", ((COLOURS, np.eye(3, dtype=int)),) * 2),
    ("mnist", ((COLOURS, ["a", "b", "c"]),) * 2),
    ("mnist", ((COLOURS, LABELS), (COLOURS[:0], []))),
    ("mnist", ((COLOURS, LABELS),) * 3),
    ("imdb", (([[1, 4]], [np.nan]),) * 2),
    ("imdb", (([[1, 4.5]], [1]),) * 2),
    ("imdb", (([[1, -4]], [1]),) * 2),
    ("imdb", (([[1]], [1]),) * 2),
    ("imdb", (([[3, 4]], [7]),) * 2),
    ("imdb", (([[1, 4]], [1, 0]),) * 2),
    ("text8", "one text"),
    ("text8", {"a text": 1}),
    ("text8", []),
    ("nltk_movie_reviews", [1]),
    ("nltk_gutenberg", " "),
    ("amazon_reviews", (([None], [1]),) * 2),
    ("amazon_reviews", ((["good"], [5]),) * 2),
    ("amazon_reviews", (("good", [1, 1, 1, 1]),) * 2),
    ("glove_6b_100d", {"king": [np.nan]}),
    ("glove_6b_100d", {"king": [1], "queen": [1, 2]}),
    ("cats_and_dogs_filtered", "nowhere.zip"),
    ("pizza_image", "nowhere.jpg"),
    ("nltk_punkt", "a text"),
]


def test_what_does_not_fit_is_answered_as_written(golden):
    said = {}
    for number, (name, given) in enumerate(WRONG, 1):
        with pytest.raises(DataError) as caught:
            own(name, given)
        said[f"{number}: {name}"] = str(caught.value)
    assert not any("\n" in line for line in said.values())
    golden("own_data.txt", said)


def test_frames_are_judged_by_their_rows_and_columns():
    """A named index is a column, an unnamed one is numbered anew; no frame is a list of texts."""
    pandas = pytest.importorskip("pandas")
    days = pandas.Index([f"01/{day:02}/2024" for day in range(1, 12)], name="Date")

    dated = load(own("aapl_csv", pandas.DataFrame({"Close": range(11)}, index=days)))
    assert dated.to_dict("list") == {"Date": [*days[::-1]], "Close": [*range(11)][::-1]}
    with pytest.raises(DataError, match="the table has no column Date; for aapl_csv give"):
        own("aapl_csv", pandas.DataFrame({"Close": [1.0]}))
    with pytest.raises(DataError, match="it is empty; for iris give a pandas DataFrame"):
        own("iris", pandas.DataFrame({"species": []}))
    with pytest.raises(DataError, match=r"a DataFrame of shape \(1, 1\) does not fit; for text8 give a list"):
        own("text8", pandas.DataFrame({"text": ["one text"]}))


def test_prices_may_be_an_array():
    """A list, a series or an array of prices, oldest first, is a table as the book's files are."""
    pandas = pytest.importorskip("pandas")
    prices = [1, 2.5, *range(9)]
    back = [*range(11)][::-1]
    for given in (prices, np.array(prices)[:, None], pandas.Series(prices, name="Close")):
        assert load(own("ibm_csv", given)).to_dict("list") == {"Date": back, "Close": prices[::-1]}
    with pytest.raises(DataError, match="6 days are too few for a training and a test part; for ibm_csv"):
        own("ibm_csv", prices[:6])


def test_a_generator_of_texts_is_read_once():
    assert load(own("nltk_movie_reviews", (text for text in ["good", "bad"]))) == ("good", "bad")


def test_a_zip_of_other_files_is_refused(tmp_path):
    """The line says so both of a file that is not a zip and of a zip without images."""
    path = tmp_path / "mine.zip"
    for content in (b"no zip", b"PK\5\6" + bytes(18)):
        path.write_bytes(content)
        with pytest.raises(
            DataError, match=r"mine\.zip is not a zip with folders of images; for fruits360 give the path"
        ):
            own("fruits360", path)


def test_tools_are_no_data():
    tools = {name for name in datasets.registry() if not is_data(name)}

    assert {"nltk_punkt", "nltk_stopwords", "nltk_wordnet", "vgg16_imagenet", "gtts_service"} <= tools
    assert tools.isdisjoint({"aapl_csv", "mnist", "imdb", "text8", "amazon_reviews", "fruits360"})


def test_dates_of_prices_may_be_parsed():
    """Timestamps, days, times in a zone and periods become the text that the book's files have."""
    pandas = pytest.importorskip("pandas")
    days = pandas.date_range("2024-01-01", periods=11, name="Date")
    text = [f"2024-01-{day:02}" for day in range(11, 0, -1)]
    closes = {"Close": range(11)}
    forms = [
        pandas.DataFrame({"Date": days, **closes}),
        pandas.DataFrame(closes, index=days),
        pandas.DataFrame(closes, index=days.tz_localize("America/New_York")),
        pandas.DataFrame({"Date": [day.date() for day in days], **closes}),
        pandas.DataFrame({"Date": days.to_period("D"), **closes}),
    ]
    for form in forms:
        assert load(own("aapl_csv", form)).to_dict("list") == {"Date": text, "Close": [*range(11)][::-1]}
    hours = pandas.date_range("2024-01-01 09:30", periods=11, freq="h")
    found = load(own("aapl_csv", pandas.DataFrame({"Date": hours, **closes})))
    assert found["Date"].iloc[-1] == "2024-01-01 09:30:00"


@pytest.mark.parametrize("prices", [np.arange(11) + 1j, np.arange(11).astype("datetime64[D]")])
def test_prices_are_plain_numbers(prices):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Date": [f"01/{day:02}/2024" for day in range(1, 12)], "Close": prices})
    for given in (prices, table):
        with pytest.raises(DataError, match=r"prices are .*, and not plain numbers; for aapl_csv give"):
            own("aapl_csv", given)


def photographs(folder: Path, *, parts: bool) -> None:
    """Write eight photographs of each of two classes, by part and class or by class alone."""
    image = pytest.importorskip("PIL.Image")
    for number in range(16):
        part = f"{('train', 'val')[number // 2 % 2]}/" if parts else ""
        path = folder / f"{part}{'ab'[number % 2]}" / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.new("RGB", (9, 8), (number, 0, 0)).save(path)


@pytest.mark.parametrize("parts", [True, False])
def test_no_photograph_is_in_both_parts(parts, tmp_path):
    """What a network was trained on says nothing of it; and none is left out."""
    photographs(tmp_path, parts=parts)
    found = load(own("cats_and_dogs_filtered", tmp_path))
    train, test = (
        {n for its in found.members[part].values() for n in its} for part in ("train", "validation")
    )
    assert not train & test
    assert {Path(name).name for name in train | test} == {f"{number:02}.png" for number in range(16)}


def test_an_unreadable_photograph_is_named(tmp_path):
    """By its path, with a remedy for data of one's own; what is no file is never opened."""
    photographs(tmp_path, parts=True)
    broken = tmp_path / "train" / "a" / "00.png"
    broken.write_bytes(b"not a picture")
    found = load(own("cats_and_dogs_filtered", tmp_path))
    with pytest.raises(DataError) as raised:
        list(found.images(found.members["train"]["a"], (4, 4)))
    assert str(raised.value) == f"{broken} is not a photograph that can be read: replace it"
    broken.unlink()
    for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero")):
        make(broken)
        with pytest.raises(DataError, match=r"00\.png is not a file with a photograph; for cats_and_dogs"):
            own("cats_and_dogs_filtered", tmp_path)
        broken.unlink()
