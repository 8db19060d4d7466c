"""The recorded runs of a claim: what is said of them, which decide, and where there are none."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.toy.claims import claim, runs
from workshop.book import Book
from workshop.ledger import Ledger
from workshop.samples import recorded
from workshop.samples.model import DamagedReference, ReferenceSample, Run
from workshop.samples.recorded import (
    NotDecidable,
    NotRecordedHere,
    Recordings,
    Samples,
)

HERE = {"python": "3.12.1", "keras": "3.5.0", "cpu": "this one", "device": "cpu"}
LATER = {**HERE, "keras": "9.0.0", "cpu": "a later one"}
GPU = {**HERE, "device": "gpu"}


def sample(*values: float | None, unit: str = "ch09.ex01", environment: int = 0, seconds: float = 0.5) -> Any:
    """Return runs of a day each that were made in one of two environments."""
    made = tuple(
        Run(
            2 * i + 1,
            environment,
            f"2026-11-{20 + i}T10:00",
            seconds,
            *(("crashed", ()) if v is None else ("", (v,))),
        )
        for i, v in enumerate(values)
    )
    return ReferenceSample(unit, (HERE, LATER), (), ("loss",), made)


STATED = claim(0.5, measure="loss", rule="reference")


@pytest.fixture
def found(monkeypatch) -> dict[tuple[str, str], Any]:
    """Return the samples that are found, by unit and device; an error is raised."""
    samples: dict[tuple[str, str], Any] = {}

    def find(unit: str, environment: Mapping[str, str], folder: Path) -> Any:
        one = samples.get((unit, environment["device"]))
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(recorded, "reference_sample", find)
    monkeypatch.setattr(recorded, "unit_repeats", lambda unit, *_: samples.get(("repeats", unit)))
    return samples


def at(environment: Mapping[str, str]) -> Recordings:
    """Return the recordings of an environment."""
    return Recordings(Book(Ledger(())), environment)


def test_what_is_said_of_samples():
    first = replace(sample(0.5, 0.25, 0.75), substitutes=("data: made of glass",))
    second = replace(
        sample(0.5, 0.25, unit="ch09.ex02", environment=1, seconds=2.0), substitutes=("b: wood",)
    )
    both = Samples({"ch09.ex01": first, "ch09.ex02": second}, 0)
    assert both.seconds == 2.0
    assert both.dates == "2026-11-20 to 2026-11-22"
    assert both.text == "2 runs of 2026-11-20 to 2026-11-22 on this one"
    assert both.substitutes == ("b: wood", "data: made of glass")
    cost = (
        "workshop record --missing ch09.ex01 ch09.ex02 makes 64 runs, which could decide it, in about 3 min"
    )
    assert both.cost == replace(both, by_unit={"ch09.ex02": second, "ch09.ex01": first}).cost == cost
    moved = replace(first, runs=(*first.runs[:2], replace(first.runs[2], environment=1)))
    assert Samples({"ch09.ex01": moved}, 0).versions == HERE
    other = Samples({"ch09.ex02": second}, 0)
    assert other.versions == LATER
    assert other.text.endswith(" on a later one")
    one = Samples({"ch09.ex01": sample(0.5)}, 0)
    assert (one.dates, one.text) == ("2026-11-20", "1 runs of 2026-11-20 on this one")
    bare = replace(sample(0.5), environments=({"device": "gpu"},))
    assert Samples({"ch09.ex01": bare}, 0).text.endswith(" on gpu")


@pytest.mark.parametrize(
    ("seconds", "usual"), [(0.0, 15), (0.04, 15), (0.1, 10), (0.5, 5), (2.0, 5), (2.01, 1), (60.0, 1)]
)
def test_the_number_of_fresh_seeds(seconds, usual):
    """Never fewer than five of a quick unit, nor more than fifteen."""
    assert Samples({"ch09.ex01": sample(0.5, seconds=seconds)}, 0).usual_fresh == usual


def test_what_is_kept_of_runs_depends_on_each_file(tmp_path):
    made: list[int] = []

    def number(**environment: str) -> Any:
        one = Recordings(Book(Ledger(()), samples=tmp_path), {**HERE, **environment}, tmp_path / "store")
        return one.kept("toys", ["a"], lambda: made.append(0) or len(made))

    files = [tmp_path / kind / name for kind in ("references", "repeated") for name in ("a.json", "b.json")]
    assert [number(), number(), number(cpu="another"), number(cpu="another")] == [1, 1, 2, 2]
    for count, file in enumerate(files, 3):
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}", "utf-8")
        assert [number(), number()] == [count] * 2
    files[0].rename(files[0].with_name("c.json"))
    assert number() == len(files) + 3


@pytest.mark.parametrize(("count", "deciding"), [(4, 0), (5, 5), (9, 5), (64, 64), (127, 64), (130, 128)])
def test_the_first_runs_of_a_full_size_decide(count, deciding):
    made = runs(STATED, [i / 10 for i in range(count)])
    assert list(made.deciding) == [i / 10 for i in range(deciding)]
    assert [len(column) for column in made.deciding_numbers.values()] == [deciding]


GLASS, WOOD = "data: made of glass", "data: made of wood"
OTHER_DATA = [
    ((), (), None),
    ((GLASS,), (GLASS, GLASS), None),
    ((GLASS, WOOD), (WOOD, GLASS), None),
    (
        (GLASS,),
        (),
        "the recorded runs rest on a substitute (data: made of glass), today's on the documented data",
    ),
    (
        (),
        (WOOD, GLASS),
        "rest on the documented data, today's on a substitute (data: made of glass; data: made of wood)",
    ),
    ((GLASS,), (WOOD,), "glass), today's on a substitute (data: made of wood)"),
]


@pytest.mark.parametrize(("then", "today", "why"), OTHER_DATA)
def test_runs_on_other_data_say_nothing(then, today, why):
    made = runs(STATED, [0.5])
    made = replace(made, samples=Samples({"ch09.ex01": replace(sample(0.5), substitutes=then)}, 0))
    said = made.other_data(today)
    assert (said is None) == (why is None)
    assert why is None or why in str(said)


def test_the_runs_of_a_claim(found):
    found["ch09.ex01", "cpu"] = sample(0.5, None, 0.75)
    made = at(HERE).of(STATED)
    assert list(made.values) == [0.5, None, 0.75]
    assert made.numbers[""].tolist() == [0.5, float("inf"), 0.75]
    assert made.samples.repeated == 0
    found["ch09.ex01", "cpu"] = replace(sample(0.5), quantities=("another",))
    with pytest.raises(NotDecidable, match=r"^ch09.ex01.loss is not recorded: workshop record ch09.ex01$"):
        at(HERE).of(STATED)
    found["ch09.ex01", "cpu"] = replace(sample(0.5), runs=(replace(sample(0.5).runs[0], values=("x",)),))
    with pytest.raises(NotDecidable, match="'x', no number"):
        _ = at(HERE).of(STATED).numbers


def test_runs_of_several_units_are_those_of_the_same_index(found):
    """As many as the unit with the fewest has; a crash of one is a crash."""
    found["ch09.ex01", "cpu"] = sample(0.5, 0.75, 1.0)
    found["ch09.ex02", "cpu"] = sample(None, 0.25, unit="ch09.ex02")
    measured = STATED.model_copy(update={"measure": {"a": "loss", "b": "ch09.ex02.loss"}})
    assert list(at(HERE).of(measured).values) == [None, {"a": 0.75, "b": 0.25}]


def test_the_run_that_is_repeated(found):
    """Of all units the same one, else none."""
    found["ch09.ex01", "cpu"] = sample(0.5, 0.75)
    first = Run(1, 1, "2026-11-20", 0.5, "", (0.5,))
    mixed = replace(sample(0.5, 0.75), runs=(first, replace(first, seed=3, environment=0)))
    later = replace(mixed, environments=(LATER, LATER))
    measured = STATED.model_copy(update={"measure": {"a": "loss", "b": "ch09.ex02.loss"}})
    for second, environment, index in (
        (sample(0.5, 0.75, unit="ch09.ex02"), HERE, 0),
        (mixed, HERE, None),
        (later, HERE, None),
        (later, LATER, None),
        (mixed, {**LATER, "keras": "1"}, None),
    ):
        found["ch09.ex02", "cpu"] = second
        made = at(environment).samples(measured)
        assert list(made.by_unit) == ["ch09.ex01", "ch09.ex02"]
        assert made.repeated == index


def test_where_there_are_no_runs(found):
    with pytest.raises(NotDecidable, match=r"^ch09.ex01 has no reference sample: workshop record ch09.ex01$"):
        at(HERE).samples(STATED)
    found["ch09.ex01", "cpu"] = sample(0.5)
    with pytest.raises(NotRecordedHere, match="on a GPU, workshop record ch09"):
        at(GPU).samples(STATED)
    found["repeats", "ch09.ex01"] = "some"
    assert at(GPU).samples(STATED).by_unit["ch09.ex01"] is found["ch09.ex01", "cpu"]
    both = STATED.model_copy(update={"measure": {"a": "loss", "b": "ch09.ex02.loss"}})
    found["ch09.ex02", "cpu"] = sample(0.5, unit="ch09.ex02")
    with pytest.raises(NotRecordedHere, match=r"the repeated seeds of ch09\.ex02 is not recorded"):
        at(GPU).samples(both)
    found["ch09.ex01", "gpu"] = sample(0.25)
    assert at(GPU).samples(STATED).by_unit["ch09.ex01"] is found["ch09.ex01", "gpu"]
    del found["ch09.ex01", "gpu"], found["ch09.ex01", "cpu"]
    with pytest.raises(NotDecidable, match="has no reference sample"):
        at(GPU).samples(STATED)


def test_runs_are_looked_up_once(found):
    found["ch09.ex01", "cpu"] = sample(0.5)
    recordings = at(HERE)
    made = recordings.of(STATED)
    found["ch09.ex01", "cpu"] = DamagedReference("restore it")
    assert recordings.of(STATED) is made
    with pytest.raises(DamagedReference, match="restore it"):
        at(HERE).of(STATED)
