"""The door for people: every exercise is found by its number, runs on the book's data and on other data."""

from __future__ import annotations

import copy
import inspect
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workshop
from workshop import chapters, datasets, exercises
from workshop.errors import UsageError, WorkshopError
from workshop.execution.environment import this_environment
from workshop.execution.planner import Planner
from workshop.execution.seeds import Stream, seeds
from workshop.exercises import Exercise, activity, exercise
from workshop.ledger import ledger
from workshop.training.first_steps import first_steps

ROOT = Path(workshop.__file__).parent
NAMED = [unit for unit in ledger().units if ".text" not in unit]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back the variables that a run sets in its process."""
    for name in ("WORKSHOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("KERAS_HOME", "/dev/null")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an empty result store, in a process that may store what it computes."""
    monkeypatch.setattr(exercises, "_single_threaded", lambda: True)  # other tests may have started threads
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def find(unit: str) -> Exercise:
    """Return a unit as a person asks for it."""
    number = f"{int(unit[2:4])}.{unit[-2:]}"
    return activity(number) if ".act" in unit else exercise(number)


def skip_without(ex: Exercise) -> None:
    """Skip the test where a data set, other than a service, is not here."""
    for name in ex.needs:
        found = datasets.find(name)
        if isinstance(found, datasets.Missing) and not datasets.registry()[name].service:
            pytest.skip(f"{name}: {found.reason}; {found.remedy}")


def drawn(ex: Exercise) -> tuple[str, Stream]:
    """Return the unit whose seed a default run of `workshop verify` gives to an exercise, and the stream."""
    parts = [part for part in ex.catalogue.with_upstream(ex.parts) if part.stochastic]
    part = next(iter(sorted(parts, key=lambda p: p not in ex.parts)), None)
    if part is None:
        return ex.id, "run"
    return part.unit, "reference"


def test_there_are_47_exercises_and_activities() -> None:
    """The ledger has the book's 47."""
    assert len(NAMED) == 47


@pytest.mark.parametrize("unit", NAMED)
def test_an_exercise_is_found_by_its_number(unit: str) -> None:
    """Its number leads to its title, its claims, and functions in files that are there."""
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
def test_an_exercise_has_several_names(name: str, unit: str) -> None:
    """A number, an id and words lead to the same unit; a worked text has an id, too."""
    assert workshop.exercise(name).id == unit


@pytest.mark.parametrize("unit", NAMED)
def test_a_run_finds_what_verify_has_stored(unit: str) -> None:
    """For the same seed, first steps have the fingerprints of a default run of `workshop verify`."""
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


@pytest.mark.parametrize("unit", NAMED)
def test_an_exercise_runs_on_the_data_of_the_book(unit: str) -> None:
    """In the form of a default run and with its seed, so that it is in the store after `workshop verify`."""
    ex = find(unit)
    skip_without(ex)
    home, stream = drawn(ex)

    with first_steps():
        result = ex.run(seed=seeds(home, 1, stream=stream)[0])

    assert {*result.outcomes, *result.missing} == {part.name for part in ex.parts}
    assert all(datasets.registry()[why.split(":")[0]].service for why in result.missing.values())
    assert len(repr(result).splitlines()) <= 15
    assert [row.claim for row in ex.check(result)] == [c.id.removeprefix(f"{unit}.") for c in ex.claims]
    assert "failed" not in {row.verdict for row in ex.check(result)}


def test_a_result_can_be_copied_and_pickled(store: Path) -> None:
    """A copy shows and checks the same; a name that begins with an underscore is not a quantity."""
    ex = exercise("7.01")
    result = ex.run(batch=8)

    for other in (copy.copy(result), copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert repr(other) == repr(result)
        assert repr(ex.check(other)) == repr(ex.check(result))
    with pytest.raises(AttributeError, match="'_ipython_display_'"):
        _ = result._ipython_display_


def test_only_a_result_of_its_own_is_plotted_and_checked(store: Path) -> None:
    """A result of another exercise, or something else, is answered in one line."""
    result = exercise("7.01").run(batch=8)

    line = r"exercise 2\.02: give a result of it, not one of exercise 7\.01"
    for call in (exercise("2.02").check, exercise("2.02").plot):
        with pytest.raises(UsageError, match=line):
            call(result)
    with pytest.raises(UsageError, match=r"exercise 7\.01: give what its run\(\) returns, not a dict"):
        exercise("7.01").check(result.quantities)  # type: ignore[arg-type]


def test_exercises_are_equal_by_their_ids() -> None:
    """They can be keys of a dict."""
    assert len({exercise("7.01"), exercise("ch07.ex01"), exercise("7.02")}) == 2


def test_the_books_settings_may_be_numpys_numbers_and_lists(store: Path) -> None:
    """They are the book's settings all the same, so that claims are decided and outcomes are stored."""
    ex = exercise("7.01")
    first, second = ex.run(), ex.run(batch=np.int64(128))

    assert [job.changed for job in second.jobs.values()] == [{}] * len(second.jobs)
    assert {made.stored for made in second.engine.made.values()} == {True}
    assert repr(ex.check(first)) == repr(ex.check(second))
    listed = exercise("ch06.text14").run(texts=["life is good", "good life", "good"])
    assert [job.changed for job in listed.jobs.values()] == [{}]


@pytest.mark.parametrize("seed", [np.int64(3), np.array(3), 2**32])
def test_a_seed_is_any_whole_number(store: Path, seed: Any) -> None:
    """Those of NumPy are integers, too, and large ones are fine."""
    pytest.importorskip("pandas")
    assert exercise("2.02").run(seed=seed, steps=2).seed == int(seed)


@pytest.mark.parametrize("name", ["no_folder/inside", "file", "file/below"])
def test_an_exercise_runs_without_a_store(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is not there, or can't be written, costs no result."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / name))
    ex = exercise("7.01")

    assert ex.run(batch=8).real_data.shape == ex.run(batch=8).real_data.shape == (8, 2)
    assert "failed" not in {row.verdict for row in ex.check(ex.run())}


@pytest.fixture
def sonar(store: Path) -> Exercise:
    """Return activity 2.01, whose data are in the package."""
    return activity("2.01")


def test_a_result_has_the_quantities_of_its_outcomes(sonar: Exercise) -> None:
    """They are attributes, are completed, and are shown; an unknown one is answered with a suggestion."""
    result = sonar.run(epochs=2)
    field = next(iter(result.quantities))

    assert getattr(result, field) is result.quantities[field]
    assert field in dir(result)
    assert f"  {field}: " in repr(result)
    with pytest.raises(AttributeError, match=f"activity 2.01 measures no .*did you mean '{field}'"):
        getattr(result, field[:-1])


def test_a_second_run_comes_from_the_store(sonar: Exercise) -> None:
    """The same seed and settings are computed once; another seed is not."""
    first, second, other = sonar.run(epochs=2), sonar.run(epochs=2), sonar.run(epochs=2, seed=1)

    assert {made.stored for made in first.engine.made.values()} == {False}
    assert {made.stored for made in second.engine.made.values()} == {True}
    main = sonar.parts[0].key
    assert not other.engine.made[other.jobs[main].key].stored
    assert repr(first) == repr(second) != repr(other)


def test_a_run_within_first_steps_leaves_short_trainings_whole(sonar: Exercise) -> None:
    """Only what a default run shortens is shortened; all else is stored as it is."""
    with first_steps():
        inside = sonar.run(epochs=2)
    outside = sonar.run(epochs=2)

    assert not inside.first_steps
    assert {made.stored for made in outside.engine.made.values()} == {True}


def test_claims_are_decided_on_a_result(sonar: Exercise) -> None:
    """Each claim has a row with both values and a verdict of the vocabulary; none fails."""
    checked = sonar.check(sonar.run())

    verdicts = {row.claim: row.verdict for row in checked}
    assert [*verdicts] == [claim.name for claim in sonar.claims]
    assert "reproduced" in verdicts.values()
    assert "failed" not in verdicts.values()
    assert repr(checked).splitlines()[0].split() == ["claim", "book", "mine", "verdict"]
    assert {row.state for row in checked} <= {"✔", "?", "–"}
    assert {row.claim: row.state for row in checked}["n_rows"] == "✔"


def test_other_settings_decide_no_claim_of_the_book(sonar: Exercise) -> None:
    """What a changed training measures is shown, and undecided."""
    checked = {row.claim: row for row in sonar.check(sonar.run(epochs=1))}

    reasons = {row.reason for row in checked.values() if row.verdict == "undecided"}
    assert "with epochs=1, unlike the book" in reasons
    assert any(row.mine for row in checked.values() if row.reason == "with epochs=1, unlike the book")


def test_figures_have_the_books_values_on_its_own_settings_only(sonar: Exercise) -> None:
    """A reader compares the book's procedure with the book; another one is drawn alone."""
    for result, printed in ((sonar.run(), True), (sonar.run(epochs=1), False)):
        names = {
            marks.name for plot in sonar.plot(result) for part in plot.parts if part.kind == "chart"
            for marks in part.marks
        }  # fmt: skip
        assert ("printed in the book" in names, "this run" in names) == (printed, True)
        assert any("recorded runs" in name for name in names) == printed
        assert ("printed in the book" in result._repr_html_()) == printed


def test_a_wrong_outcome_fails(sonar: Exercise) -> None:
    """The table is judged by the rules of the ledger: an outcome of other data fails its claims."""
    result = sonar.run(epochs=2)
    key = next(part.key for part in sonar.parts if part.name.endswith("_data"))
    job = result.jobs[key]
    data = datasets.load("sonar").iloc[:100]
    wrong = job.part.function(data)
    made = result.engine.made

    made[job.key] = type(made[job.key])(wrong, 0.0)

    assert "failed" in {row.verdict for row in sonar.check(result)}


def test_a_notebook_shows_table_and_figures(sonar: Exercise) -> None:
    """The table has both values and the verdict; figures are SVG with their titles, on any page."""
    result = sonar.run()

    page = result._repr_html_()
    assert all(f">{head}</th>" in page for head in ("quantity", "mine", "the book", "verdict"))
    assert "<svg" in page
    plots = sonar.plot(result)
    assert [type(plot).__name__ for plot in plots] == ["Figure"] * len(plots)
    assert plots
    assert plots._repr_html_() == str(plots)
    assert str(plots).count("<figcaption>") == len(plots)
    assert str(plots).startswith("<style>")
    assert str(type(plots)()) == ""


# data of a reader's own


def prices(days: int = 300) -> Any:
    """Return a table of prices, newest first, with its columns in another order than the book's."""
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(5)
    close = 100 + np.cumsum(rng.normal(size=days))
    dates = pandas.date_range("2024-01-01", periods=days).strftime("%m/%d/%Y")
    return pandas.DataFrame({"Close": close, "Date": dates})[::-1].reset_index(drop=True)


def images(count: int = 60) -> Any:
    """Return images and labels as Keras' `load_data` does."""
    rng = np.random.default_rng(2)
    parts = [
        (rng.integers(0, 256, (n, 28, 28)).astype(np.uint8), np.arange(n, dtype=np.uint8) % 10)
        for n in (count, 20)
    ]
    return tuple(parts)


def reviews(count: int = 64) -> Any:
    """Return reviews as Keras' `imdb.load_data` does: lists of ids that begin with 1."""
    rng = np.random.default_rng(6)

    def part(n: int) -> tuple[Any, Any]:
        texts = np.empty(n, dtype=object)
        texts[:] = [[1, *rng.integers(4, 500, 30).tolist(), 2] for _ in range(n)]
        return texts, np.arange(n) % 2

    return part(count), part(20)


def test_own_prices(store: Path) -> None:
    """Exercise 5.04 forecasts another stock of another length; nothing is stored, no claim is refuted."""
    ex = exercise("5.04")

    result = ex.run(data=prices(), epochs=1)

    assert len(result.curves["prices"]) == 300
    assert np.isfinite(result.test_rmse)
    assert "your own data" in repr(result)
    plots = ex.plot(result)
    assert plots
    assert "printed in the book" not in str(plots)
    assert "recorded runs" not in str(plots)
    assert not list(store.glob("??/*.outcome"))
    assert {row.verdict for row in ex.check(result)}.isdisjoint({"failed", "refuted"})


def test_own_prices_as_an_array(store: Path) -> None:
    """An array of closing prices is enough, oldest first."""
    pytest.importorskip("pandas")
    closes = prices()["Close"].to_numpy()[::-1]

    result = exercise("ch05.text04").run(data=closes)

    assert sum(result.split_lengths) == 300
    assert result.prepared.price_range == (min(closes[:225]), max(closes[:225]))


def test_own_prices_of_the_activity(store: Path) -> None:
    """Activity 5.01 takes a table with the columns that it reads."""
    assert len(activity("5.01").run(data=prices(), epochs=1).curves["prices"]) == 300


def test_own_images(store: Path) -> None:
    """Exercise 2.04 classifies other images, given as Keras gives them."""
    result = exercise("2.04").run(data=images(), steps=20, on_the_way=(10,))

    assert list(result.x_shape) == [60, 784]
    assert 0 <= result.argmax_accuracy <= 1


def test_own_points(store: Path) -> None:
    """Exercise 2.02 separates other points; a dict by name is the same as the table itself."""
    pytest.importorskip("pandas")
    table = datasets.load("two_class_points").iloc[::2].reset_index(drop=True)
    ex = exercise("2.02")

    result = ex.run(data=table, steps=50)

    assert repr(result) == repr(ex.run(data={"two_class_points": table}, steps=50))


def test_own_reviews(store: Path) -> None:
    """Exercise 6.01 learns from reviews as Keras gives them; unknown words stay unknown."""
    pytest.importorskip("tensorflow")
    with first_steps():
        result = exercise("6.01").run(data=reviews(), n_reviews=64)

    assert result.first_steps
    assert 0 <= result.test_accuracy <= 1


# what is given to `run`, and what the one line says
BAD = [
    ("5.04", {"data": ["a", "b"]}, "aapl_csv: give a pandas DataFrame, .* not a list of 2"),
    ("2.02", {"data": [1, 2]}, "two_class_points: give a pandas DataFrame, not a list of 2"),
    ("5.04", {"seed": True}, "seed True: give a whole number from 0 up"),
    ("5.04", {"seed": 1.5}, "seed 1.5: give a whole number from 0 up"),
    ("5.04", {"epoch": 2}, "exercise 5.04 has no setting 'epoch': did you mean 'epochs'?"),
    ("5.04", {"epochs": "a"}, "exercise 5.04: epochs=a is not a number, give one such as epochs=5"),
    ("7.01", {"batch": [8]}, r"exercise 7.01: batch=\[8\] is not a number, give one such as batch=128"),
    ("4.06", {"word": 3}, "exercise 4.06: word=3 is not a text, give one such as word='money'"),
    ("5.04", {"seed": "one"}, "seed 'one': give a whole number from 0 up"),
    ("5.04", {"seed": -1}, "seed -1: give a whole number from 0 up"),
    ("2.04", {"data": np.zeros((3, 28, 28))}, r"not a ndarray of shape \(3, 28, 28\)"),
    ("2.04", {"data": ((np.zeros((2, 28, 28)), [0, 1]),) * 2}, "mnist: pixels are float64, no whole numbers"),
    (
        "2.04",
        {"data": ((np.zeros((2, 28, 28), int), [0]),) * 2},
        r"2 training examples have labels of shape \(1,\)",
    ),
    ("6.01", {"data": (([[5, 6]], [1]), ([[5, 6]], [1]))}, "each review begins with 1"),
    (
        "4.06",
        {"data": ["a text"]},
        "exercise 4.06 takes nltk_brown, .*: give a dict",
    ),
    ("4.06", {"data": {"nltk_punkt": 1}}, "nltk_punkt is a tool of the exercise"),
    ("7.01", {"data": [1]}, "exercise 7.01 needs no data: change its settings instead"),
    ("4.01", {"data": ["a text"]}, "exercise 4.01 needs no data: change its settings instead"),
]


@pytest.mark.parametrize(("number", "given", "line"), BAD)
def test_bad_input_is_answered_in_one_line(number: str, given: dict[str, Any], line: str) -> None:
    """A wrong call names what is wanted, before anything is computed."""
    with pytest.raises(WorkshopError, match=line) as caught:
        exercise(number).run(**given)

    assert "\n" not in str(caught.value)


def test_a_table_without_a_column_is_answered_in_one_line(store: Path) -> None:
    """The line says which column is missing, and which are wanted."""
    with pytest.raises(WorkshopError, match="Close") as caught:
        exercise("5.04").run(data=prices().drop(columns="Close"))

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [5.04, 5, None])
def test_a_number_is_given_as_a_text(name: Any) -> None:
    """5.10 would be 5.1."""
    with pytest.raises(UsageError, match=r'is not a name: give the number as a text, e\.g\. "5\.04"'):
        workshop.exercise(name)


UNKNOWN = [
    ("9.99", "no unit is named '9.99': see `workshop list`"),
    ("5.99", "no unit is named '5.99': see `workshop list ch05`"),
    ("exercice", "no unit is named 'exercice': did you mean "),
]


@pytest.mark.parametrize(("name", "line"), UNKNOWN)
def test_an_unknown_exercise_is_answered_in_one_line(name: str, line: str) -> None:
    """The line names the closest, or where to look."""
    with pytest.raises(UsageError, match=line) as caught:
        workshop.exercise(name)

    assert "\n" not in str(caught.value)


def test_the_package_names_its_door() -> None:
    """`workshop.<tab>` offers both functions; other names are unknown."""
    assert {"exercise", "activity"} <= {*dir(workshop)}
    with pytest.raises(AttributeError, match="has no attribute 'exercises_'"):
        _ = workshop.exercises_  # type: ignore[attr-defined]


@pytest.mark.parametrize("package", sorted(path.name for path in ROOT.glob("chapters/ch0*")))
def test_a_chapter_offers_its_exercises(package: str) -> None:
    """Completion lists modules and functions of exercises; each name leads to what it names."""
    chapter = import_module(f"{chapters.__name__}.{package}")
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


def test_outcomes_survive_pickling(sonar: Exercise) -> None:
    """Their short repr is the only difference from other dataclasses."""
    outcome = next(iter(sonar.run(epochs=2).outcomes.values()))

    assert repr(pickle.loads(pickle.dumps(outcome))) == repr(outcome)
    assert max(map(len, repr(outcome).splitlines())) < 110
