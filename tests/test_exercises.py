"""The door for people: every exercise is found by its number, runs on the book's data and on other data."""

import copy
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import workshop
from workshop import datasets, exercises, measures
from workshop.errors import DataError, UsageError, WorkshopError
from workshop.execution.environment import this_environment
from workshop.execution.planner import Planner
from workshop.execution.seeds import Stream, seeds
from workshop.exercises import Exercise, activity, exercise
from workshop.ledger import ledger
from workshop.training.first_steps import first_steps

# trainings are short; those that go into the common store have XLA
pytestmark = pytest.mark.usefixtures("without_xla")
ROOT = Path(workshop.__file__).parent
NAMED = [unit for unit in ledger().units if ".text" not in unit]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch) -> None:
    """Put back the variables that a run sets in its process."""
    for name in ("WORKSHOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("KERAS_HOME", "/dev/null")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """Return the folder of an empty result store, in a process that may store what it computes."""
    monkeypatch.setattr(exercises, "_single_threaded", lambda: True)  # other tests may have started threads
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def also_nightly(units: Iterable[str], *later: str) -> list[Any]:
    """Return units as parameters: the later ones run each night."""
    return [pytest.param(u, marks=pytest.mark.nightly if u in later else ()) for u in units]


def find(unit: str) -> Exercise:
    """Return a unit as a person asks for it."""
    number = f"{int(unit[2:4])}.{unit[-2:]}"
    return activity(number) if ".act" in unit else exercise(number)


def drawn(ex: Exercise) -> tuple[str, Stream]:
    """Return the unit whose seed a default run of `workshop verify` gives to an exercise, and the stream."""
    parts = [part for part in ex.catalogue.with_upstream(ex.parts) if part.stochastic]
    part = next(iter(sorted(parts, key=lambda p: p not in ex.parts)), None)
    if part is None:
        return ex.id, "run"
    return part.unit, "reference"


@pytest.mark.parametrize("unit", NAMED)
def test_an_exercise_is_found_by_its_number(unit):
    ex = find(unit)

    assert (ex.id, ex.title) == (unit, ledger().units[unit].title)
    own = ledger().units[unit].claims
    assert ex.claims[: len(own)] == own
    for file, names in ex.source.items():
        module = import_module(file.removesuffix(".py").replace("/", "."))
        assert all(inspect.isfunction(getattr(module, name)) for name in names)
    assert repr(ex).splitlines()[0].startswith(ex.title)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("5.04", "ch05.ex04"), ("ch05.ex04", "ch05.ex04"), ("exercise 5.04", "ch05.ex04"), ("ch05.text07",) * 2],
)
def test_an_exercise_has_several_names(name, unit):
    assert workshop.exercise(name).id == unit


@pytest.mark.parametrize("unit", NAMED)
def test_a_run_finds_what_verify_has_stored(unit):
    ex = find(unit)
    home, stream = drawn(ex)
    digest = this_environment().digest_text()
    known = datasets.registry()
    given = ex.engine("default", seeds(home, 1, stream=stream)[0], {}, {}).given
    ours, theirs = Planner(ex.catalogue, known, digest, given=given), Planner(ex.catalogue, known, digest)

    for part in ex.catalogue.with_upstream(ex.parts):
        if not ex.catalogue.stochastic(part) or part.unit == home:
            stored = theirs.job(part, 0, "default", stream)
            assert ours.job(part, 0, "default").fingerprint == stored.fingerprint


@pytest.mark.xla  # its outcomes are stored for all
@pytest.mark.parametrize("unit", also_nightly(NAMED, "ch07.ex05"))  # which `verify` trains with other seeds
def test_an_exercise_runs_on_the_data_of_the_book(unit, with_data):
    """In the form of a default run and with its seed, so that it is in the store after `workshop verify`."""
    ex = find(unit)
    with_data(*(name for name in ex.needs if not datasets.registry()[name].service))
    home, stream = drawn(ex)

    with first_steps():
        result = ex.run(seed=seeds(home, 1, stream=stream)[0])

    assert {*result.outcomes, *result.missing} == {part.name for part in ex.parts}
    assert all(datasets.registry()[why.split(":")[0]].service for why in result.missing.values())
    assert len(repr(result).splitlines()) <= 15
    assert [row.claim for row in ex.check(result)] == [c.id.removeprefix(f"{unit}.") for c in ex.claims]
    assert "failed" not in {row.verdict for row in ex.check(result)}


def test_a_result_can_be_copied_and_pickled(store):
    ex = exercise("7.01")
    result = ex.run(batch=8)

    for other in (copy.copy(result), copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert repr(other) == repr(result)
        assert repr(ex.check(other)) == repr(ex.check(result))
    with pytest.raises(AttributeError, match="'_ipython_display_'"):
        _ = result._ipython_display_


def test_only_a_result_of_its_own_is_plotted_and_checked(store):
    result = exercise("7.01").run(batch=8)

    line = r"exercise 2\.02: give a result of it, not one of exercise 7\.01"
    for call in (exercise("2.02").check, exercise("2.02").plot):
        with pytest.raises(UsageError, match=line):
            call(result)
    with pytest.raises(UsageError, match=r"exercise 7\.01: give what its run\(\) returns, not a dict"):
        exercise("7.01").check(result.quantities)  # type: ignore[arg-type]


def test_the_books_settings_may_be_numpys_numbers_and_lists(store):
    """They are the book's settings all the same, so that claims are decided and outcomes are stored."""
    ex = exercise("7.01")
    first, second = ex.run(), ex.run(batch=np.int64(128))

    assert [job.changed for job in second.jobs.values()] == [{}] * len(second.jobs)
    assert {made.stored for made in second.engine.made.values()} == {True}
    assert repr(ex.check(first)) == repr(ex.check(second))
    listed = exercise("ch06.text14").run(texts=["life is good", "good life", "good"])
    assert [job.changed for job in listed.jobs.values()] == [{}]


@pytest.mark.parametrize("seed", [np.int64(3), np.array(3), 2**32])
def test_a_seed_is_any_whole_number(store, seed, with_data):
    pytest.importorskip("pandas")
    with_data("two_class_points")
    assert exercise("2.02").run(seed=seed, steps=2).seed == int(seed)


@pytest.mark.parametrize("name", ["no_folder/inside", "file", "file/below"])
def test_an_exercise_runs_without_a_store(name, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / name))
    ex = exercise("7.01")

    assert ex.run(batch=8).real_data.shape == ex.run(batch=8).real_data.shape == (8, 2)
    assert "failed" not in {row.verdict for row in ex.check(ex.run())}


@pytest.fixture
def sonar(store) -> Exercise:
    """Return activity 2.01, whose data are in the package."""
    return activity("2.01")


@pytest.fixture(scope="module")
def common_store(tmp_path_factory) -> Path:
    """Return the folder of a result store for tests that may find what another one has run."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def trained(sonar, common_store, monkeypatch) -> Exercise:
    """Return activity 2.01, which runs once for all tests."""
    monkeypatch.setenv("WORKSHOP_STORE", str(common_store))
    return sonar


def test_a_result_has_the_quantities_of_its_outcomes(trained):
    result = trained.run(epochs=2)
    field = next(iter(result.quantities))

    assert getattr(result, field) is result.quantities[field]
    assert field in dir(result)
    assert f"  {field}: " in repr(result)
    with pytest.raises(AttributeError, match=f"activity 2.01 measures no .*did you mean '{field}'"):
        getattr(result, field[:-1])


def test_a_second_run_comes_from_the_store(sonar):
    first, second, other = sonar.run(epochs=2), sonar.run(epochs=2), sonar.run(epochs=2, seed=1)

    assert {made.stored for made in first.engine.made.values()} == {False}
    assert {made.stored for made in second.engine.made.values()} == {True}
    main = sonar.parts[0].key
    assert not other.engine.made[other.jobs[main].key].stored
    assert repr(first) == repr(second) != repr(other)


def test_a_run_within_first_steps_leaves_short_trainings_whole(sonar):
    with first_steps():
        inside = sonar.run(epochs=2)
    outside = sonar.run(epochs=2)

    assert not inside.first_steps
    assert {made.stored for made in outside.engine.made.values()} == {True}


def test_claims_are_decided_on_a_result(trained):
    checked = trained.check(trained.run())

    verdicts = {row.claim: row.verdict for row in checked}
    assert [*verdicts] == [claim.name for claim in trained.claims]
    assert "reproduced" in verdicts.values()
    assert "failed" not in verdicts.values()
    text = repr(checked)
    assert text.splitlines()[0].split() == ["what", "yours", "book", "answer"]
    assert "Number of samples" in text
    assert "✔ equals the printed value" in text
    assert not re.search(r"reproduced|n_rows|ch02\.|was not computed", text)
    assert {row.state for row in checked} <= {"✔", "?", "–"}
    assert {row.claim: row.state for row in checked}["n_rows"] == "✔"


def test_other_settings_decide_no_claim_of_the_book(trained):
    table = trained.check(trained.run(epochs=1))
    checked = {row.claim: row for row in table}

    assert not re.search("[✔✘]", repr(table) + "".join(row.state for row in table))
    reasons = {row.reason for row in checked.values() if row.verdict == "undecided"}
    assert "with epochs=1, unlike the book" in reasons
    assert any(row.mine for row in checked.values() if row.reason == "with epochs=1, unlike the book")


def test_figures_have_the_books_values_on_its_own_settings_only(trained):
    for result, printed in ((trained.run(), True), (trained.run(epochs=1), False)):
        names = {
            marks.name for plot in trained.plot(result) for part in plot.parts if part.kind == "chart"
            for marks in part.marks
        }  # fmt: skip
        assert ("printed in the book" in names, "this run" in names) == (printed, True)
        assert any("recorded runs" in name for name in names) == printed
        assert ("printed in the book" in result._repr_html_()) == printed


def test_a_wrong_outcome_fails(sonar):
    result = sonar.run(epochs=2)
    key = next(part.key for part in sonar.parts if part.name.endswith("_data"))
    job = result.jobs[key]
    data = datasets.load("sonar").iloc[:100]
    wrong = job.part.function(data)
    made = result.engine.made

    made[job.key] = type(made[job.key])(wrong, 0.0)

    assert "failed" in {row.verdict for row in sonar.check(result)}


def test_a_notebook_shows_table_and_figures(trained):
    result = trained.run()

    page = result._repr_html_()
    assert all(f">{head}</th>" in page for head in ("what", "yours", "book", "answer"))
    assert "<svg" in page
    plots = trained.plot(result)
    assert [type(plot).__name__ for plot in plots] == ["Figure"] * len(plots)
    assert plots
    assert plots._repr_html_() == plots.html
    assert plots.html.count("<figcaption>") == len(plots)
    assert plots.html.startswith("<style>")
    assert type(plots)().html == ""


def test_print_says_where_figures_were_written(trained):
    """A page of HTML in a terminal would be unreadable."""
    count, _, path = str(trained.plot(trained.run())).partition(": ")

    assert re.fullmatch(r"\d+ figures?", count)
    assert "<svg" in Path(path).read_text("utf-8")
    Path(path).unlink()
    assert str(type(trained.plot(trained.run()))()).startswith("no figures")


@pytest.mark.parametrize("path", ["prices.csv", Path("my") / "prices.csv"])
def test_a_path_is_no_data(path):
    with pytest.raises(DataError, match=r"is a path: read it first, pandas\.read_csv\("):
        exercise("5.04").run(data=path)


# data of a reader's own

# settings of examples, so that they are quick
QUICK = {"epochs": 1, "iterations": 4, "interval": 2, "shown": (2,), "on_the_way": (10,)}
# those of which another exercise takes the same form in the same way, or another test runs them on own data
BOTH = also_nightly(
    NAMED,
    *(
        "ch01.ex01",
        "ch02.ex06",
        "ch03.ex04",
        "ch03.act01",
        "ch03.act02",
        "ch05.ex03",
        "ch05.ex05",
        "ch05.act01",
    ),
    *("ch06.ex02", "ch06.ex03", "ch06.ex04", "ch06.ex05", "ch06.act01", "ch07.ex04", "ch07.act01"),
)
# by the name of a form the commonest wrong data, and what the line says of them
WRONG = {
    "prices": ([[1.0, 2.0]] * 9, r"a list of 9 does not fit; for \w+ give a pandas DataFrame with .* Close"),
    **dict.fromkeys(
        ("clouds", "flowers", "signals"),
        ([1, 2, 3], r"a list of 3 does not fit; for \w+ give a pandas DataFrame"),
    ),
    "images": (np.zeros((9, 28)), r"\(n, height, width|does not fit; for \w+ give \(\(x_train"),
    "photographs": ("nowhere", "there is no file nowhere; for .* folder or a zip with photographs as PART/"),
    "reviews": ((["good"], [1]), r"does not fit; for \w+ give \(\(texts, labels\), \(texts, labels\)\)"),
    "corpus": ("one text", r"give .*a list of texts|give exercise 4\.06 a dict, data=\{\"nltk_brown\": …"),
    "text": (5, "an int does not fit; for .* give a text"),
    "points": (
        np.zeros((9, 3)),
        r"an array of shape \(9, 3\) has no points; .* give an array of points, \(n, 2\)",
    ),
    "picture": ("nowhere.jpg", "there is no file nowhere.jpg; for pizza_image give the path of a picture"),
    "": ([1, 2], r"no data set to replace: give your own numbers as settings, e\.g\. workshop\.\w+\(\"\d"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with a picture and a folder of photographs."""
    image = pytest.importorskip("PIL.Image")
    made = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(1)
    for number in range(40):
        part, label = ("train", "test")[number % 2], ("cats", "dogs")[number // 2 % 2]
        path = made / "photographs" / part / label / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.fromarray(rng.integers(0, 256, (30, 40, 3)).astype(np.uint8)).save(path)
    (made / "picture.jpg").write_bytes(path.read_bytes())
    return made


@pytest.mark.parametrize("unit", BOTH)
def test_every_exercise_takes_own_data(unit, store, folder, with_data, monkeypatch):
    monkeypatch.chdir(folder)
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("tensorflow")
    ex = find(unit)
    stemmed = ("nltk_punkt", "nltk_stopwords") if "imdb" in ex.needs else ()  # of own reviews
    with_data(*(name for name in ex.needs if not datasets.is_data(name)), *stemmed)
    own = ex.own_data
    quick = {name: value for name, value in QUICK.items() if name in ex.settings}
    known = {"np": np, "pd": pandas, "rng": np.random.default_rng(0), "workshop": workshop, "quick": quick}
    exec(own.made, known)

    with first_steps():
        result = eval(f"{own.example[:-1]}, **quick)", known)

    takes_data = "data=" in own.example
    assert result.quantities
    assert result.own == takes_data
    assert takes_data or result.missing == {}
    assert not any(
        mark in result.plot().html for mark in ("printed in the book", "recorded runs", "not drawn")
    )
    checked = ex.check(result)
    assert not takes_data or {row.verdict for row in checked} == {""}
    assert repr(checked).count("your own data") == takes_data
    assert not result.engine.given.own or not list(store.glob("??/*.outcome"))


@pytest.mark.parametrize("unit", NAMED)
def test_wrong_data_are_answered_in_one_line(unit):
    ex = find(unit)
    form = ex.own_data.made.partition(" = ")[0].rpartition("\n")[2] if ex.own_data.made else ""
    form = {"good, bad": "reviews", "x, y": "images"}.get(form, form)
    wrong, line = WRONG[form]

    with pytest.raises(WorkshopError, match=line) as caught:
        ex.run(data=wrong)

    assert "\n" not in str(caught.value)
    assert "raised" not in str(caught.value)


def test_own_texts_keep_their_vocabulary(store, with_data):
    pytest.importorskip("tensorflow")
    with_data("nltk_punkt", "nltk_stopwords")
    reviews = ((["Good films, good!", "bad"] * 40, [1, 0] * 40), (["A good new film"], [1]))

    with first_steps():
        result = exercise("6.01").run(data=reviews, epochs=1)
        other = activity("6.01").run(data=reviews, epochs=1)

    assert result.vocabulary == {"good": 4, "film": 5, "bad": 6}
    assert other.vocabulary == {"good": 1, "film": 2, "bad": 3}


# what loads and uses saved models where this package is not
ALONE = """
import sys
import numpy as np
from gensim.models import Word2Vec
from tensorflow import keras

with np.load("given.npz") as file:
    given = dict(file)
made = {name: keras.models.load_model(name + ".keras").predict(given[name], verbose=0) for name in given}
made["vectors"] = Word2Vec.load("vectors.model").wv["rabbit"]
assert sys.modules.get("workshop") is None
np.savez("made.npz", **made)
"""


@pytest.mark.parametrize(
    "alone",
    [False, pytest.param(True, marks=pytest.mark.nightly)],
)
def test_models_are_saved_and_used_without_this_package(alone, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("tensorflow")
    pytest.importorskip("gensim")
    rng = np.random.default_rng(3)
    made: dict[str, Any] = {"np": np, "pd": pandas, "rng": rng}
    for number in ("2.05", "3.02", "5.03", "7.04"):
        exec(exercise(number).own_data.made, made)
        name = exercise(number).own_data.example.rpartition("=")[2].strip(")")
        made[number] = made[name]

    dense = exercise("2.05").run(data=made["2.05"], epochs=3)
    recurrent = exercise("5.03").run(data=made["5.03"], epochs=1)
    with first_steps():
        convolution = exercise("3.02").run(data=made["3.02"])
        gan = exercise("7.04").run(data=made["7.04"], iterations=20)
        corpora = dict.fromkeys(("nltk_brown", "nltk_movie_reviews"), ["a rabbit"] * 9)
        words = exercise("4.06").run(data=corpora, word="rabbit")
    models = {"dense": dense.model, "convolution": convolution.model, "recurrent": recurrent.model}
    models["generator"], models["discriminator"] = gan.model
    given = {name: rng.normal(size=(7, *model.input_shape[1:])) for name, model in models.items()}

    points = made["2.05"][["x1", "x2"]].to_numpy("float32")
    assert np.mean((np.asarray(models["dense"](points)) > 0.5)[:, 0] == made["2.05"]["label"]) == (
        dense.eval_accuracy
    )
    prepared = exercise("ch05.text04").run(data=made["5.03"]).prepared
    errors = np.asarray(models["recurrent"](prepared.x_test)) - prepared.y_test
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(recurrent.test_rmse, rel=1e-4)
    for name, model in models.items():
        model.save(f"{name}.keras")
    brown, _ = words.model
    brown.save("vectors.model")
    np.savez("given.npz", **given)
    if alone:
        subprocess.run([sys.executable, "-I", "-c", ALONE], check=True)
    else:
        with patch.dict(sys.modules, {each: None for each in sys.modules if each.startswith("workshop")}):
            exec(ALONE, {})
    with np.load("made.npz") as file:
        there = dict(file)
    for name, model in models.items():
        # layer by layer or compiled, n products of float32 are added in another order: that moves a sum by up
        # to n roundings of its terms, which are about 1 here; a recurrent network adds again at each step
        terms = sum(np.prod(weight.shape[:-1]) for weight in model.get_weights() if weight.ndim > 1)
        steps = model.input_shape[1] if name == "recurrent" else 1
        rounding = terms * steps * np.finfo("float32").eps
        assert np.ptp(there[name]) > 10 * rounding  # or other outputs would do
        assert there[name] == pytest.approx(np.asarray(model(given[name])), abs=rounding)
    assert there["vectors"].tolist() == brown.wv["rabbit"].tolist()


def test_a_stored_run_is_trained_once_more_for_its_model(sonar, capsys):
    first, second = sonar.run(epochs=2), sonar.run(epochs=2)

    for mine, again in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        assert np.array_equal(mine, again)
    assert capsys.readouterr().err == "activity 2.01: running once more, because no weights are stored\n"
    with pytest.raises(WorkshopError, match=r"exercise 7\.01 trains no network: what it computes is in"):
        _ = exercise("7.01").run().model


@pytest.mark.nightly
def test_stacked_layers_come_back_as_the_book_has_them(store):
    pytest.importorskip("tensorflow")
    ids = ([[1, 4, 5]] * 160, [0, 1] * 80), ([[1, 4]] * 9, [1] * 9)
    with first_steps():
        result = exercise("6.05").run(data=ids)

    assert [type(layer).__name__ for layer in result.model.layers].count("LSTM") == 2
    rows = np.pad([[1, 4]] * 9, ((0, 0), (198, 0)))
    assert result.model.predict(rows, verbose=0).mean() == pytest.approx(result.mean_test_output, abs=1e-5)


def test_a_bar_shows_the_loss_and_changes_no_number(sonar, capsys):
    shown = sonar.run(epochs=3, progress=True)
    bars = capsys.readouterr().err
    whole = sonar.run(epochs=3)

    assert f"━━━  epoch 3 of 3  loss {shown.fresh.history.loss[-1]:.4g}" in bars
    assert "oneDNN" not in bars
    assert not any(made.stored for made in whole.engine.made.values())
    assert np.array_equal(shown.fresh.history.loss, whole.fresh.history.loss)
    sonar.run(epochs=3, progress=True)
    assert capsys.readouterr().err.endswith("\ractivity 2.01: done\n")


def test_own_data_reach_the_figures(store):
    pytest.importorskip("tensorflow")
    closes = 100 + np.random.default_rng(5).normal(size=300).cumsum()

    result = activity("5.01").run(data=closes, epochs=1)

    assert result.curves["prices"] == pytest.approx(closes)
    assert "your own data" in repr(result)
    assert "Closing prices: 300 closing prices" in repr(result.plot())


# what is given to `run`, and what the one line says
BAD = [
    ("5.04", {"seed": True}, "seed True: give a whole number from 0 up"),
    ("5.04", {"seed": 1.5}, "seed 1.5: give a whole number from 0 up"),
    ("5.04", {"epoch": 2}, "exercise 5.04 has no setting 'epoch': did you mean 'epochs'?"),
    ("5.04", {"epochs": "a"}, "exercise 5.04: epochs=a is not a number, give one such as epochs=5"),
    ("7.01", {"batch": [8]}, r"exercise 7.01: batch=\[8\] is not a number, give one such as batch=128"),
    ("4.06", {"word": 3}, "exercise 4.06: word=3 is not a text, give one such as word='money'"),
    ("5.04", {"seed": "one"}, "seed 'one': give a whole number from 0 up"),
    ("5.04", {"seed": -1}, "seed -1: give a whole number from 0 up"),
    ("4.06", {"data": {"nltk_punkt": 1}}, "nltk_punkt is a tool of the exercise"),
]


@pytest.mark.parametrize(("number", "given", "line"), BAD)
def test_bad_input_is_answered_in_one_line(number, given, line):
    with pytest.raises(WorkshopError, match=line) as caught:
        exercise(number).run(**given)

    assert "\n" not in str(caught.value)


# data and settings that only the exercise itself can refuse, and what the one line says
UNFIT: list[tuple[str, dict[str, Any], str]] = [
    ("1.03", {"x": np.ones((2, 3)), "y": np.ones((2, 3))}, "A needs as many columns as B has rows"),
    ("3.01", {"a": ((1, 2), (3, 4)), "b": ((1, 0),)}, "give two matrices of one shape"),
    ("5.04", {"data": [100.0 + day for day in range(40)]}, "too few to look back on 10: give more prices"),
    ("7.01", {"batch": 7}, "a batch of 7: give an even number of points, 4 or more"),
    ("7.03", {"iterations": 100, "interval": 100}, "100 iterations print once: give more"),
]


@pytest.mark.parametrize(("number", "given", "line"), UNFIT)
def test_what_does_not_fit_an_exercise_is_answered_in_one_line(number, given, line, store):
    pytest.importorskip("tensorflow")
    with pytest.raises(WorkshopError, match=line) as caught:
        exercise(number).run(**given)

    assert "\n" not in str(caught.value)
    assert "raised" not in str(caught.value)


@pytest.mark.parametrize("name", [5.04, 5, None])
def test_a_number_is_given_as_a_text(name):
    with pytest.raises(UsageError, match=r'is not a name: give the number as a text, e\.g\. "5\.04"'):
        workshop.exercise(name)


def test_the_package_names_its_door():
    assert {"exercise", "activity"} <= {*dir(workshop)}
    with pytest.raises(AttributeError, match="module 'workshop' has no attribute 'exercises_'"):
        _ = workshop.exercises_  # type: ignore[attr-defined]


@pytest.mark.parametrize("package", sorted(path.name for path in ROOT.glob("measures/ch0*")))
def test_a_chapter_offers_its_exercises(package):
    chapter = import_module(f"{measures.__name__}.{package}")
    names = [name for name in dir(chapter) if not name.startswith("_")]

    for name in names:
        value = getattr(chapter, name)
        assert inspect.isfunction(value) == name.startswith(("exercise_", "activity_"))
        assert inspect.isfunction(value) or inspect.ismodule(value)
    number = int(package[2:4])
    parts = [part for unit in NAMED if unit[:4] == package[:4] for part in find(unit).parts]
    functions = {part.name for part in parts if "._" not in part.module}  # others check an exercise
    assert {n for n in functions if n.startswith((f"exercise_{number}", f"activity_{number}"))} <= {*names}
    with pytest.raises(AttributeError, match="has no attribute 'exercise_9_99'"):
        _ = chapter.exercise_9_99


def test_long_arrays_never_share_an_outcome(store):
    long = np.arange(2000.0)[:, None]
    other = long.copy()
    other[1000] = -1.0
    left = np.ones((1, 2000))
    first, second = (exercise("1.03").run(x=left, y=right) for right in (long, other))
    assert float(np.ravel(first.c1)[0]) - float(np.ravel(second.c1)[0]) == 1001.0
    marks = [{job.fingerprint for job in each.jobs.values() if job.changed} for each in (first, second)]
    assert not marks[0] & marks[1]
    assert marks[0]
    assert not [job for job in second.jobs.values() if job.changed and second.engine.made[job.key].stored]


RANGES: list[tuple[str, dict[str, Any], str]] = [
    (
        "5.02",
        {"neurons": value},
        rf"exercise 5\.02: neurons={value} is out of its range, give a whole number from",
    )
    for value in (-1, 0, 1.5, float("nan"), 10**9, 10**400)
] + [
    (
        "5.02",
        {"global_seed": -1},
        "global_seed=-1 is out of its range, give a whole number from 0 to 4,294,967,295",
    ),
    ("6.01", {"share": 1.5}, r"share=1\.5 is out of its range, give a number between 0 and 1"),
    ("1.06", {"learning_rate": float("inf")}, "learning_rate=inf is out of its range, give a finite number"),
]


@pytest.mark.parametrize(("name", "settings", "line"), RANGES)
def test_a_setting_out_of_its_range_is_refused(name, settings, line, monkeypatch):
    monkeypatch.setattr(Exercise, "engine", lambda *_: pytest.fail("an engine was made"))
    with pytest.raises(UsageError, match=line):
        exercise(name).run(**settings)


def test_numbers_that_count_nothing_may_be_any(store):
    ex = exercise("1.02")
    assert int(ex.run(x=-5, y=2, c=0).result) - int(ex.run(x=-5, y=2, c=-4).result) == 4
    assert exercise("1.04").run(rows=6.0, columns=3).quantities
