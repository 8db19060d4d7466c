"""Reference samples as files and as numbers: every bit is preserved, damage is reported, crashes stay."""

import json
import math
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.samples.model import (
    DamagedReference,
    ReferenceSample,
    Run,
    as_numbers,
    quantities_of,
    read_reference,
    recorded_values,
    write_reference,
)

HERE = {"python": "3.12.1", "cpu": "this one", "device": "cpu", "threads": "1"}


def run(seed: int = 1, values=(0.5, [1.0, 2.0]), mishap: str = "", environment: int = 0) -> Run:
    """Return a recorded run."""
    return Run(seed, environment, "2026-11-24", 0.25, mishap, values)


def sample(*runs: Run) -> ReferenceSample:
    """Return a sample of two quantities."""
    return ReferenceSample("ch09.ex01", (HERE,), (), ("loss", "history.acc"), runs or (run(1), run(3)))


def bits(value):
    """Return nested numbers as their bytes, so that NaN equals NaN and 0 is not −0."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, list | tuple) else value


numbers = st.floats(allow_nan=False) | st.just(math.nan) | st.integers() | st.booleans()
nested = st.recursive(
    numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@settings(deadline=None, max_examples=50)
@given(nested, st.text(min_size=1))
def test_a_sample_comes_back_bit_for_bit(tmp_path_factory, value, mishap):
    """Whatever numbers, nested or not, NaN and ∞ too; and whatever text describes a mishap."""
    path = tmp_path_factory.mktemp("references") / "ch09.ex01.json"
    written = sample(run(1, (value, math.inf)), run(3, (), mishap), run(5, (-0.0, value)))
    write_reference(written, path)
    read = read_reference(path, "")
    assert bits([r.values for r in read.runs]) == bits([r.values for r in written.runs])
    assert replace(read, runs=()) == replace(written, runs=())
    assert [(r.seed, r.mishap) for r in read.runs] == [(1, ""), (3, mishap), (5, "")]


def test_a_file_has_a_line_for_each_run(tmp_path):
    """A changed run is one line of a diff beside the checksum's; the file is JSON that any tool reads."""
    path = tmp_path / "ch09.ex01.json"
    write_reference(sample(), path)
    before = path.read_text("utf-8").splitlines()
    write_reference(sample(run(1), run(3, (0.75, [1.0, 2.0]))), path)
    after = path.read_text("utf-8").splitlines()
    _, changed = [a for a, b in zip(after, before, strict=True) if a != b]
    assert json.loads(changed)["seed"] == 3
    assert json.loads(changed)["values"] == [0.75, [1.0, 2.0]]
    assert sum('"seed": ' in line for line in after) == 2
    assert json.loads("\n".join(after))["schema"] == "workshop-reference/2"


RESTORE = "): restore it: git checkout {}, or pip install --force-reinstall workshop"
DAMAGED = {
    "empty": ("", "JSONDecodeError"),
    "cut off": ('{"schema": "workshop-reference/2", "unit"', "JSONDecodeError"),
    "another schema": ('{"schema": "else/9"}', "ValueError schema 'else/9', not 'workshop-reference/2'"),
    "a list": ("[1, 2]", "TypeError"),
    "no checksum": ('{"schema": "workshop-reference/2"}', "KeyError 'sha256'"),
    "too deep": ("[" * 100_000, "RecursionError"),
    "no bytes of text": ("\udcff", "UnicodeDecodeError"),
    "not there": (None, "FileNotFoundError"),
}


@pytest.mark.parametrize(("text", "message"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_reported_in_a_line_with_the_remedy(tmp_path, text, message):
    path = tmp_path / "ch09.ex01.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedReference) as error:
        read_reference(path, "")
    assert str(error.value).startswith(f"ch09.ex01.json: no reference sample ({message}")
    assert str(error.value).endswith(RESTORE.format(path))
    assert "\n" not in str(error.value)


def test_the_sample_of_another_unit_is_refused(tmp_path):
    path = tmp_path / "ch09.ex02.json"
    write_reference(sample(), path)
    with pytest.raises(
        DamagedReference, match=r"^ch09\.ex02\.json: .*\(ValueError it is that of ch09\.ex01\)"
    ):
        read_reference(path, "")


@pytest.mark.parametrize("changed", ["0.25", '"2026', "this one", '"loss"', "0.5,"])
def test_a_changed_character_is_noticed(tmp_path, changed):
    path = tmp_path / "ch09.ex01.json"
    write_reference(sample(), path)
    text = path.read_text("utf-8")
    at = text.index(changed) + 2
    path.write_text(f"{text[:at]}{'1' if text[at] != '1' else '2'}{text[at + 1 :]}", "utf-8")
    with pytest.raises(DamagedReference, match=r"\(ValueError its checksum is wrong\)"):
        read_reference(path, "")


def test_a_crashed_run_stays_and_ranks_last():
    """Its quantities are None, its numbers ∞, like those of a diverged one; neither is left out."""
    crashed = sample(
        run(1), run(3, (), "crashed: it raised"), run(5, (math.nan, [3.0, math.inf]), "diverged")
    )
    assert crashed.values("loss")[:2] == [0.5, None]
    columns = as_numbers(crashed.values("history.acc"))
    assert {name: column.tolist() for name, column in columns.items()} == {
        "[0]": [1.0, math.inf, 3.0],
        "[1]": [2.0, math.inf, math.inf],
    }
    loss = as_numbers(crashed.values("loss"))[""]
    assert loss.tolist() == [0.5, math.inf, math.inf]


def test_numbers_of_runs_that_measure_different_things_are_refused():
    with pytest.raises(ValueError, match="runs measure different things"):
        as_numbers([[1.0, 2.0], [1.0]])
    with pytest.raises(ValueError, match="no number"):
        as_numbers([1.0, "much"])
    assert as_numbers([None, None]) == {}


def test_a_quantity_that_is_not_recorded_is_named_with_the_remedy():
    with pytest.raises(LookupError, match=r"ch09.ex01.other is not recorded: workshop record ch09.ex01"):
        sample().values("other")


def test_the_place_to_repeat_is_the_first_of_the_same_environment():
    there = {**HERE, "cpu": "another one"}
    both = ReferenceSample(
        "ch09.ex01", (there, HERE), (), ("loss",),
        (run(1, (1.0,)), run(3, (), "crashed", 1), run(5, (1.0,), "", 1), run(7, (1.0,), "", 1)),
    )  # fmt: skip
    assert both.repeated_in(HERE) == 2
    assert both.repeated_in(there) == 0
    assert both.repeated_in({**HERE, "gensim": "4.4.0"}) == 2  # what no run names makes no difference
    assert both.repeated_in({**HERE, "threads": "2"}) is None
    assert replace(both, runs=both.runs[:3]).repeated_in(HERE) == 2


def test_the_seconds_of_a_sample_are_its_runs_median():
    runs = [replace(run(2 * i + 1), seconds=s) for i, s in enumerate([9.0, 0.1, 0.2, 0.3, 0.1])]
    assert sample(*runs).seconds == 0.2


TWO = """
@unit("ch09.ex01", value="a")
def one(seed) -> float:
    return 1.0

@unit("ch09.ex02", value="a")
def two(seed) -> float:
    return 2.0
"""


def test_a_claim_of_two_units_is_measured_on_runs_of_the_same_place(bench):
    bench.units(TWO)
    ledger = bench.claims(
        {"id": "ch09.ex01.both", "measure": {"x": "a", "y": "ch09.ex02.a"}, "documented": ["x", "y"],
         "rule": {"reference": {"order": "paired"}}},
        {"id": "ch09.ex01.alone", "measure": "a", "documented": 1.0, "rule": {"rounds": {"decimals": 2}}},
        {"id": "ch09.ex02.b", "measure": "a", "documented": 1.0, "rule": "reference"},
    )  # fmt: skip
    samples = {
        "ch09.ex01": ReferenceSample(
            "ch09.ex01", (HERE,), (), ("a",), (run(1, (1.0,)), run(3, (), "crashed"))
        ),
        "ch09.ex02": ReferenceSample("ch09.ex02", (HERE,), (), ("a",), (run(5, (2.0,)), run(7, (3.0,)))),
    }
    assert recorded_values(ledger.claims["ch09.ex01.both"], samples) == [{"x": 1.0, "y": 2.0}, None]
    assert recorded_values(ledger.claims["ch09.ex02.b"], samples) == [2.0, 3.0]
    assert quantities_of(ledger, "ch09.ex01") == ("a",)
    assert quantities_of(ledger, "ch09.ex02") == ("a",)
    assert quantities_of(ledger, "ch09.ex03") == ()


def test_minus_infinity_is_the_smallest_number():
    assert as_numbers([-math.inf, 1.0, math.nan, None])[""].tolist() == [-math.inf, 1.0, math.inf, math.inf]
