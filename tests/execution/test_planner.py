"""Plans: which job a quantity comes from, what the job depends on, and what keeps it from running."""

from __future__ import annotations

from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest

from workshop import datasets
from workshop.datasets import registry
from workshop.execution import planner as planners
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.planner import Given, Job, Planner
from workshop.execution.planner import fingerprint as made_of
from workshop.execution.seeds import seeds
from workshop.paths import Measure
from workshop.units import Part

UNITS = """
@unit("ch09.ex01", value="rows", uses="json")
def count(toy_data, limit=3) -> int:
    return limit

@unit("ch09.ex02", value="loss")
def train(ch09_ex01, seed, epochs=50, rate=0.5) -> float:
    return 0.5

@unit("ch09.ex03", value="size", first_steps=True)
def step(seed, epochs=50) -> float:
    return 0.5

@unit("ch09.ex04", value="seconds", uses="json math")
def time(ch09_ex02, clock) -> float:
    return 0.5

@unit("ch09.ex05", value="total")
def both(ch09_ex03, ch09_ex01, other_data, seed) -> float:
    return 0.5

@unit("ch09.ex06", value="total")
def late(ch09_ex05, ch09_ex04) -> float:
    return 0.5
"""


DATA_SETS = {name: registry()["iris"].model_copy(update={"id": name}) for name in ("toy_data", "other_data")}


@pytest.fixture
def units(bench, data, monkeypatch) -> Catalogue:
    """Return units that take each other's outcomes, with their data; their code is not read."""

    def digest(module: str, name: str = "") -> str:
        assert find_spec(module) is not None
        return f"{module}:{name}"

    monkeypatch.setattr(planners, "code_digest", digest)
    monkeypatch.setattr(planners, "own_digest", digest)
    bench.found = {"toy_data": data(), "other_data": data("other_data", checksum="c2")}
    made: Catalogue = bench.units(UNITS)
    return made


def part(units: Catalogue, number: int) -> Part:
    """Return the one part of a unit."""
    (found,) = units.parts[f"ch09.ex0{number}"]
    return found


def planner(units: Catalogue, **options: Any) -> Planner:
    """Return a planner for an environment."""
    return Planner(units, DATA_SETS, "python=3", **options)


FORMS = [
    # unit, key in a default run, key in a full one, whether a default run makes first steps only
    (1, "ch09.ex01:count", "ch09.ex01:count", False),
    (2, "ch09.ex02:train#0", "ch09.ex02:train#0", False),
    (3, "ch09.ex03:step@first steps#0", "ch09.ex03:step#0", True),
    (4, "ch09.ex04:time#0", "ch09.ex04:time#0", False),
    (5, "ch09.ex05:both@first steps#0", "ch09.ex05:both#0", True),
]


@pytest.mark.parametrize(("number", "default", "full", "steps"), FORMS)
def test_the_form_of_a_default_run(units, number, default, full, steps):
    plan = planner(units)
    quick, whole = (plan.job(part(units, number), 0, profile) for profile in ("default", "full"))
    assert (quick.key, whole.key) == (default, full)
    assert (quick.steps_only, whole.steps_only) == (steps, False)
    assert quick.first_steps == (number == 3)
    assert not whole.first_steps
    assert quick.group == default.removesuffix("#0")
    assert (quick.fingerprint == whole.fingerprint) == (not steps)
    assert plan.job(part(units, number), 0, "default") is quick


def test_a_default_run_does_not_take_what_is_for_a_full_one(units):
    plan = planner(units, for_full={"ch09.ex03:step"})

    quick, whole = (plan.job(part(units, 5), 0, profile).upstream for profile in ("default", "full"))

    assert quick["ch09.ex03"] == ()
    assert [job.key for jobs in whole.values() for job in jobs] == ["ch09.ex03:step#0", "ch09.ex01:count"]


def test_each_index_has_its_own_seed(units):
    plan = planner(units)
    own, recorded = seeds("ch09.ex02", 3), seeds("ch09.ex02", 3, stream="reference")
    jobs = [plan.job(part(units, 2), index, "full") for index in range(3)]
    assert [job.seed for job in jobs] == list(own)
    assert [job.seeds for job in jobs] == [(seed,) for seed in own]
    assert [job.key for job in jobs] == [f"ch09.ex02:train#{i}" for i in range(3)]
    assert len({job.fingerprint for job in jobs}) == 3
    past = plan.job(part(units, 2), 1, "full", "reference")
    assert (past.seed, past.key) == (recorded[1], "ch09.ex02:train#reference 1")
    taking = plan.job(part(units, 4), 2, "full")
    assert (taking.seed, taking.seeds, taking.key) == (None, (own[2],), "ch09.ex04:time#2")
    both = plan.job(part(units, 5), 1, "full")
    assert both.seeds == (seeds("ch09.ex05", 2)[1], seeds("ch09.ex03", 2)[1])
    count = plan.job(part(units, 1), 2, "full")
    assert (count.seed, count.seeds, count.key) == (None, (), "ch09.ex01:count")


def test_a_given_seed_is_that_of_all(units):
    given = planner(units, given=Given(5))
    assert given.job(part(units, 5), 1, "full").seeds == (5,)
    assert given.job(part(units, 1), 1, "full").seed is None
    assert planner(units, given=Given(0)).job(part(units, 3), 1, "full").seed == 0


def test_a_sample_of_quantities(units):
    plan = planner(units)
    loss, rows = Measure("ch09.ex02", "loss", ()), Measure("ch09.ex01", "rows", ())
    found = plan.sample([loss, rows], "a claim", "full", [0, 2])
    assert [{m.field: job.key for m, job in one.items()} for one in found] == [
        {"loss": f"ch09.ex02:train#{i}", "rows": "ch09.ex01:count"} for i in (0, 2)
    ]
    assert [job.key for one in plan.sample([rows], "a claim", "full", [3, 4]) for job in one.values()] == [
        "ch09.ex01:count"
    ]
    (past,) = plan.sample([loss], "a claim", "default", [1], "reference")
    assert [job.key for job in past.values()] == ["ch09.ex02:train#reference 1"]


def fingerprint(units: Catalogue, number: int = 2, environment: str = "python=3", **options: Any) -> str:
    """Return a job's fingerprint under some options."""
    return Planner(units, DATA_SETS, environment, **options).job(part(units, number), 0, "full").fingerprint


def test_what_a_fingerprint_depends_on(bench, data, units, monkeypatch):
    usual = fingerprint(units)
    assert fingerprint(units) == usual
    others = [
        fingerprint(units, environment="python=4"),
        fingerprint(units, given=Given(3)),
        fingerprint(units, given=Given(changed={"ch09.ex02:train": {"epochs": 49}})),
        fingerprint(units, given=Given(changed={"ch09.ex01:count": {"limit": 4}})),
        fingerprint(units, given=Given(own={"toy_data": data(checksum="c3")})),
    ]
    monkeypatch.setattr(datasets, "reader_of", lambda found: ("workshop.datasets.readers.images", ()))
    others.append(fingerprint(units))
    monkeypatch.setattr("workshop.execution.planner.distrusted_since", lambda checksum: 5.0)
    others.append(fingerprint(units))
    assert len({usual, *others}) == 8


@pytest.mark.parametrize(("profile", "form"), [("default", "@first steps"), ("full", "")])
def test_the_fingerprint_of_a_job(units, profile, form):
    job = planner(units).job(part(units, 3), 1, profile)
    assert job.fingerprint == made_of(
        part="ch09.ex03:step",
        code=planners.code_digest(part(units, 3).module, "step"),
        settings={"epochs": 50},
        data={},
        seed=seeds("ch09.ex03", 2)[1],
        upstream=[],
        environment="python=3",
        form=form,
    )


def test_other_settings_than_the_books(units):
    given = {"ch09.ex02:train": {"epochs": 49, "rate": 0.5}, "ch09.ex03:step": {"epochs": 50.0}}
    plan = planner(units, given=Given(changed=given))
    job = plan.job(part(units, 2), 0, "full")
    assert (job.settings, job.changed) == ({"epochs": 49, "rate": 0.5}, {"epochs": 49})
    assert plan.job(part(units, 3), 0, "full").changed == {"epochs": 50.0}
    assert plan.job(part(units, 1), 0, "full").changed == {}


def test_data_of_a_job(bench, data, units):
    bench.found["toy_data"] = data(why="made of glass")
    plan = planner(units)
    assert plan.job(part(units, 1), 0, "full").data == {"toy_data": bench.found["toy_data"]}
    assert plan.job(part(units, 5), 0, "full").data == {"other_data": bench.found["other_data"]}
    assert plan.job(part(units, 1), 0, "full").substitutes == ("toy_data: made of glass",)
    assert plan.job(part(units, 6), 0, "full").substitutes == ("toy_data: made of glass",)
    assert plan.job(part(units, 3), 0, "full").substitutes == ()
    mine = planner(units, given=Given(own={"toy_data": data(checksum="c3")}))
    assert mine.job(part(units, 6), 0, "full").substitutes == ()


def test_data_that_are_not_here_block_all_that_takes_them(bench, units):
    del bench.found["toy_data"]
    plan = planner(units)
    missing = "toy_data: it is nowhere; fetch it"
    for number in (1, 2, 4, 5, 6):
        assert plan.job(part(units, number), 0, "full").blocked == missing
    assert plan.job(part(units, 3), 0, "full").blocked == ""
    del bench.found["other_data"]
    assert plan.job(part(units, 5), 1, "full").blocked == missing  # it was found before
    assert planner(units).job(part(units, 5), 0, "full").blocked == "other_data: it is nowhere; fetch it"


def test_a_missing_library_blocks(units, monkeypatch):
    without = {"json": "ch09.ex01", "math": "ch09.ex04"}
    for name in without:
        plan = planner(units, installed=lambda each, name=name: each != name)
        blocked = {n: plan.job(part(units, n), 0, "full").blocked for n in range(1, 7)}
        why = f"{name} is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')"
        able = {3} if name == "json" else {1, 2, 3, 5}
        assert blocked == {n: "" if n in able else why for n in blocked}
    monkeypatch.setattr(datasets, "reader_of", lambda _: ("workshop.datasets.readers.tables", ("pandas",)))
    plan = planner(units, installed=lambda name: name != "pandas")
    assert plan.job(part(units, 1), 0, "full").blocked == (
        "pandas is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')"
    )
    assert plan.job(part(units, 3), 0, "full").blocked == ""
    monkeypatch.setattr(datasets, "reader_of", lambda _: ("workshop.datasets.readers.tables", ("gensim",)))
    plan = planner(units, installed=lambda name: name != "gensim")
    assert plan.job(part(units, 1), 0, "full").blocked.endswith(
        "(or 'workshop[gpu]') on Python 3.13 or older"
    )
    neither = planner(units, installed=lambda name: False)
    assert "json is not" in neither.job(part(units, 1), 0, "full").blocked


@pytest.mark.parametrize(("services", "asked"), [(False, False), (True, True)])
def test_only_services_are_asked_for_data(units, monkeypatch, data, services, asked):
    found: dict[str, bool] = {}

    def find(name: str, offline: bool) -> datasets.Found:
        found[name] = not offline
        made: datasets.Found = data(name)
        return made

    monkeypatch.setattr("workshop.datasets.find_data_set", lambda each, **how: find(each.id, **how))
    entries = {name: SimpleNamespace(id=name, service=name == "toy_data") for name in DATA_SETS}
    plan = Planner(units, entries, "", services=services)  # type: ignore[arg-type]
    plan.job(part(units, 5), 0, "full")
    assert found == {"toy_data": asked, "other_data": False}


def test_jobs_never_change(units):
    """Others share them; each is itself alone, though another one has the same parts."""
    one, other = (planner(units).job(part(units, 3), 0, "full") for _ in range(2))
    with pytest.raises(AttributeError, match="seed"):
        one.seed = 3  # type: ignore[misc]
    assert one.fingerprint == other.fingerprint
    assert isinstance(one, Job)
    assert one != other


@pytest.mark.parametrize("there", [False, True])
def test_legacy_keras_that_is_missing_says_so(monkeypatch, there):
    """TensorFlow would fail in each unit, with an error that names no remedy."""
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    planner = Planner(catalogue(["ch02"]), registry(), "", installed=lambda name: there or name != "tf_keras")
    blocked = planner._missing_library(["numpy", "tensorflow"])

    assert planner._missing_library(["numpy"]) == ""
    assert (not blocked) == there
    assert there or "pip install tf_keras, or unset the variable" in blocked
