"""Errors of later libraries in a reader's cells: the messages are those of the installed libraries."""

from collections.abc import Callable

import pytest

from workshop.checking.notebook.cells import Cell, Failure, explain_cells


def _gensim(**arguments: object) -> object:
    word2vec = pytest.importorskip("gensim.models").Word2Vec
    return word2vec([["a", "b"]], min_count=1, **arguments)


def _keras() -> object:
    return pytest.importorskip("keras", minversion="3")


def _model() -> object:
    keras = _keras()
    return keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])  # type: ignore[attr-defined]


# what raises, and what the explanation names: the version and the remedy
RAISED: dict[str, tuple[Callable[[], object], str, str]] = {
    "predict_classes": (lambda: _model().predict_classes, "TensorFlow 2.6", "argmax"),
    "fit_generator": (lambda: _model().fit_generator, "Keras 3.0", "use fit"),
    "lr": (lambda: _keras().optimizers.Adam(lr=0.1), "Keras 3.0", "learning_rate="),
    "minimize": (lambda: _keras().optimizers.Adam().minimize, "Keras 3.0", "apply_gradients"),
    "save": (lambda: _model().save("folder"), "Keras 3.0", ".keras"),
    "size": (lambda: _gensim(size=3), "gensim 4.0", "vector_size="),
    "iter": (lambda: _gensim(iter=3), "gensim 4.0", "epochs="),
    "vocab": (lambda: _gensim().wv.vocab, "gensim 4.0", "key_to_index"),
    "most_similar": (lambda: _gensim().most_similar("a"), "gensim 4.0", "model.wv.most_similar"),
}


def failed(raises: Callable[[], object]) -> Cell:
    """Return a cell that ended with the error of a call."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the message is what is tested
        raises()
    return Cell(3, "", failure=Failure(type(raised.value).__name__, str(raised.value)))


@pytest.mark.parametrize("name", RAISED)
def test_errors_of_todays_libraries_are_explained(name):
    raises, version, remedy = RAISED[name]
    (found,) = explain_cells([failed(raises)])

    assert (found.cell, found.known) == (3, True)
    assert version in found.sentence
    assert remedy in found.sentence
    assert any(word in found.sentence for word in ("stays the same", "stays that", "change"))


def test_a_resource_of_nltk_is_named():
    pattern = "\n****\n  Resource '{}' not found.\n  Please use the NLTK Downloader"
    cells = [
        Cell(1, "", failure=Failure("LookupError", pattern.format(name)))
        for name in ("punkt_tab", "stopwords")
    ]
    first, second = explain_cells(cells)

    assert "NLTK 3.9" in first.sentence
    assert "nltk.download('stopwords')" in second.sentence


def test_a_rate_that_was_ignored_is_no_error_but_is_named():
    warning = (
        "WARNING:absl:`lr` is deprecated in Keras optimizer, please use `learning_rate` or use the legacy"
    )
    (found,) = explain_cells([Cell(2, "", stderr=warning)])

    assert found.known
    assert "number changes" in found.sentence


def test_other_errors_are_only_repeated():
    (found,) = explain_cells([Cell(1, "", failure=Failure("NameError", "name 'x' is not defined\nmore"))])

    assert (found.known, found.sentence) == (False, "NameError: name 'x' is not defined")


@pytest.mark.parametrize(
    ("message", "said"),
    [("", ""), ("\n \na: \nb", "a"), ("b" * 121, "b" * 120), ("'acc'", "'acc'"), ("x\ty", "x\\ty")],
)
def test_an_error_that_is_not_known_is_short(message, said):
    (found,) = explain_cells([Cell(7, "", failure=Failure("MyKeyError", message))])
    assert (found.cell, found.known, found.failed) == (7, False, True)
    assert found.sentence == f"MyKeyError: {said}"


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("module 'numpy' has no attribute 'int'", "write int alone"),
        ("'DataFrame' object has no attribute 'append'", "pd.concat"),
    ],
)
def test_attributes_that_are_gone(message, remedy):
    (found,) = explain_cells([Cell(1, "", failure=Failure("AttributeError", message))])
    assert remedy in found.sentence


def test_each_cell_has_its_warnings_and_its_error():
    warned = "The `lr` argument is deprecated"
    failure = Failure("KeyError", "'val_acc'")
    cells = [Cell(1, "", stderr=f"a\n{warned}", failure=failure), Cell(2, "a"), Cell(3, "", failure=failure)]
    found = explain_cells(cells)
    assert [(each.cell, each.known, each.failed) for each in found] == [
        (1, True, False), (1, True, True), (3, True, True),
    ]  # fmt: skip
    assert found[2].sentence.startswith("The history names it accuracy since TensorFlow 2.0: use history[")
