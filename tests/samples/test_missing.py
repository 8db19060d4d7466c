"""What is not recorded on the documented data that are here, how long it takes, and `record --missing`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.toy.commands import invoke
from workshop import datasets
from workshop.book import SAMPLES, package_book
from workshop.execution.environment import this_environment
from workshop.samples import missing
from workshop.samples.missing import Unrecorded, unrecorded
from workshop.samples.model import reference_sample, share_of

HERE = this_environment()
TEXT8 = ["ch04.text12", "ch04.text13", "ch04.ex05", "ch04.text14", "ch04.text16", "ch04.text18"]


@pytest.fixture
def documented(monkeypatch) -> Callable[..., None]:
    """Return a function that lets the documented data of some sets be here, and of others a substitute."""

    def here(*names: str) -> None:
        def find(entry: datasets.DataSet, *, offline: bool = True) -> datasets.Found:
            substituted = entry.measured_on == "substitute" and entry.id not in names
            edition = next(e for e in entry.editions if e.substitute == substituted)
            return datasets.Found(entry.id, edition.name, edition.substitute, edition.why, {}, "here", "c1")

        monkeypatch.setattr(datasets, "find_data_set", find)

    return here


def test_what_has_only_a_substitute_is_left_out(documented):
    documented("fruits360", "amazon_reviews")
    found = {one.unit: one.why for one in unrecorded(package_book())}
    assert list(found) == ["ch03.ex03", "ch03.act02", *TEXT8, "ch06.act01"]
    assert found["ch06.act01"] == ""
    assert found["ch03.act02"].startswith("only a substitute is here (vgg16_imagenet: ")
    assert found["ch03.ex03"].endswith(": workshop data fetch --missing")


def test_the_time_grows_with_the_documented_data(documented):
    """A seed takes as much longer as the data have more rows or words; a shared training counts once."""
    documented("text8", "amazon_reviews")
    facts = HERE.facts()
    found = {one.unit: one for one in unrecorded(package_book()) if not one.why}
    assert list(found) == [*TEXT8, "ch06.act01"]
    reviews = reference_sample("ch06.act01", facts, SAMPLES)
    assert reviews is not None
    assert share_of(reviews.substitutes) == 0.13
    assert found["ch06.act01"].runs == 30  # more than a minute a seed, with all reviews
    assert 30 * reviews.seconds / 0.13 < found["ch06.act01"].seconds < 32 * reviews.seconds / 0.13 + 600
    assert found["ch04.text12"].seconds > 10 * found["ch04.text13"].seconds
    (alone,) = unrecorded(package_book(), ["ch04.text13"])
    assert alone.seconds > 10 * found["ch04.text13"].seconds


def test_a_recording_that_was_cut_short_continues(documented, monkeypatch):
    documented("amazon_reviews")
    whole = reference_sample("ch06.act01", HERE.facts(), SAMPLES)
    repeats = missing.unit_repeats("ch06.act01", HERE.facts(), SAMPLES)
    assert whole is not None
    assert repeats is not None
    parts = {name: replace(part, substitutes=()) for name, part in repeats.parts.items()}
    monkeypatch.setattr(missing, "unit_repeats", lambda *_: replace(repeats, parts=parts))
    for runs, left in ((10, 54), (64, 0)):
        now = replace(whole, substitutes=(), runs=whole.runs[:runs])
        monkeypatch.setattr(missing, "reference_sample", lambda *_, now=now: now)
        found = list(unrecorded(package_book(), ["ch06.act01"]))
        assert [(one.runs, one.repeats) for one in found] == ([(64, False)] if left else [])
        assert all(one.seconds == pytest.approx(left * now.seconds) for one in found)


def test_a_unit_of_which_nothing_is_recorded_is_missing_too(documented, monkeypatch):
    documented("amazon_reviews")
    monkeypatch.setattr(missing, "reference_sample", lambda *_: None)
    monkeypatch.setattr(missing, "unit_repeats", lambda *_: None)
    assert list(unrecorded(package_book(), ["ch06.act01"])) == [Unrecorded("ch06.act01", None, True, 0.0)]


def test_each_data_set_of_each_unit_counts(bench):
    """One that is new to us is enough, in the last unit, too; units that are not asked for are left out."""
    bench.data_sets["other_data"] = bench.data_sets["other_data"].model_copy(update={"measured_on": "never"})
    needs = (["toy_data"], ["toy_data", "other_data"], [], ["other_data", "toy_data"])
    source = "@unit('ch09.ex0{}', value='loss')\ndef u{}(seed{}) -> float: ...\n"
    bench.units(
        "".join(source.format(n, n, "".join(f", {name}" for name in own)) for n, own in enumerate(needs))
    )
    bench.claims(
        *({"id": f"ch09.ex0{n}.loss", "rule": "reference", "needs": own} for n, own in enumerate(needs))
    )
    why = "toy_data: it is nowhere; fetch it"
    both = [Unrecorded(f"ch09.ex0{n}", None, True, 0.0, why) for n in (1, 3)]
    assert [replace(one, why=why) for one in unrecorded(bench.book)] == both
    assert [one.unit for one in unrecorded(bench.book, ["ch09.ex00", "ch09.ex03"])] == ["ch09.ex03"]
    assert [one.runs for one in unrecorded(bench.book, count=7)] == [7, 7]


def test_the_command_says_how_long_it_takes_and_records(tmp_path, monkeypatch):
    found = [
        Unrecorded("ch03.ex03", 30, True, 7200.0),
        Unrecorded("ch04.text12", 0, True, 60.0),
        Unrecorded("ch06.act01", 30, False, 3600.0, "only a substitute is here"),
    ]
    done: list[Any] = []
    sample = reference_sample("ch03.ex03", HERE.facts(), SAMPLES)
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path))
    monkeypatch.setattr("workshop.cli.record.unrecorded", lambda *_: found)
    monkeypatch.setattr("os.nice", done.append)
    monkeypatch.setattr("workshop.cli.record.record_repeats", lambda _, unit, **options: done.append(unit))
    monkeypatch.setattr(
        "workshop.cli.record.record_sample",
        lambda site, count, **options: done.append((site.unit, count)) or sample,
    )
    result = invoke("record", "--missing")
    assert result.exit_code == 0, result.output
    assert done == [19, "ch03.ex03", ("ch03.ex03", 30), "ch04.text12"]
    assert result.stdout.splitlines()[:3] == [
        "ch03.ex03: 30 runs, about 2 h",
        "ch04.text12: repeated seeds, about 60 s",
        "in all about 2 h on one core; after Ctrl-C the same command continues",
    ]
    assert result.stderr == "workshop: ch06.act01 is left out: only a substitute is here\n"
    del found[:2]
    assert invoke("record", "--missing").stdout == "nothing can be recorded\n"
    found.clear()
    assert invoke("record", "--missing").stdout == "nothing is missing\n"


@pytest.mark.parametrize("words", [["--repeats"], ["--on", "ray"], ["--python", "x"]])
def test_other_ways_to_record_exclude_it(words):
    result = invoke("record", "--missing", *words)
    assert result.exit_code == 2
    assert result.stderr.startswith("workshop: --missing records ")
