"""Nights of nightly runs: what is pooled, what starts afresh, what the looks say, and damaged files."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.toy_chapter import Bench
from tests.toy_units import LOSS, PAIR, setup, toy
from workshop.cli import verify as verify_module
from workshop.cli.app import app
from workshop.execution.seeds import seeds
from workshop.statistics.looks import LOOKS
from workshop.verification import nights as nights_module
from workshop.verification.nights import Night, Pool, next_seed_set, read_nights
from workshop.verification.results import Record

CLAIM = LOSS["id"]


def run_night(bench: Bench, **options: Any) -> dict[str, Record]:
    """Run the next night and return its records by the claims' last names."""
    seed_set = options.pop("varied", next_seed_set(bench.store))
    return bench.verify(store=bench.store, nights=bench.store, varied=seed_set, **options)


def pooled(bench: Bench, claim: str = CLAIM) -> list[int]:
    """Return the seed sets of a claim's pooled nights."""
    pool = read_nights(bench.store).get(claim)
    return [] if pool is None else [night.seed_set for night in pool.nights]


@pytest.fixture
def quick(bench: Bench, references) -> Bench:
    """Return a bench whose unit takes half a second, so that it draws five seeds; recorded elsewhere."""
    setup(bench, references, seconds=0.5, elsewhere=True)
    return bench


def test_each_night_draws_another_seed_set(quick: Bench) -> None:
    """Its runs are pooled with those of earlier nights, and the reason says what the looks have shown."""
    reasons = [run_night(quick)["loss"].reason for _ in range(3)]

    assert pooled(quick) == [1, 2, 3]
    drawn = {str(seed) for night in (1, 2, 3) for seed in seeds("ch09.ex01", 5, varied=night)}
    assert sorted(quick.tally()) == sorted(drawn)
    assert "; nights pooled: 1; 5 fresh runs up to night 1 alike, p = " in reasons[0]
    assert "; nights pooled: 3; 10 fresh runs up to night 2 alike, p = " in reasons[2]


def test_nothing_else_adds_a_night(quick: Bench) -> None:
    """Not the same seed set again, which would be a fake night, nor a run of the usual seeds or of a set."""
    run_night(quick)
    run_night(quick)
    before = (quick.store / "nights.json").read_bytes()
    tally = len(quick.tally())

    again = run_night(quick, varied=2)["loss"]
    assert (quick.store / "nights.json").read_bytes() == before
    assert len(quick.tally()) == tally
    assert "nights pooled: 2; 10 fresh runs" in again.reason

    for seed_set in (0, 2, 7):
        assert "nights pooled" not in quick.verify(store=quick.store, varied=seed_set)["loss"].reason
    assert (quick.store / "nights.json").read_bytes() == before
    assert next_seed_set(quick.store) == 3


def test_a_small_drift_is_named_after_some_nights_and_stays(quick: Bench) -> None:
    """One that a single run does not notice; between two looks the claim still fails."""
    quick.units(toy("loss += 1.5"))
    assert quick.verify()["loss"].verdict == "reproduced"

    records = [run_night(quick)["loss"] for _ in range(9)]
    verdicts = [record.verdict for record in records]
    first = verdicts.index("failed") + 1
    assert first in LOOKS
    assert first > 1
    assert set(verdicts[first:]) == {"failed"}
    assert records[-1].reason.startswith(
        f"over {first} nights, the quantity of {5 * first} fresh runs (median "
    )
    assert "is unlike the 64 recorded (median " in records[-1].reason


def test_a_gross_drift_is_named_in_the_first_night(bench: Bench, references) -> None:
    """The number that moved is named."""
    setup(bench, references, PAIR, elsewhere=True)
    bench.units(toy("other += 9"))
    record = run_night(bench)["pair"]

    assert record.verdict == "failed"
    assert record.reason.startswith("over 1 night, large of 15 fresh runs")


def test_a_slow_unit_draws_one_seed_a_night(bench: Bench, references) -> None:
    """Also if it looks unusual: how many runs a night has must not depend on what they show."""
    setup(bench, references, seconds=3.0, elsewhere=True)
    bench.units(toy("loss += 4.0"))
    verdicts = [run_night(bench)["loss"].verdict for _ in range(8)]

    assert len(bench.tally()) == 8
    assert verdicts[0] == "reproduced"
    assert verdicts[-1] == "failed"


def test_changed_code_starts_afresh(quick: Bench) -> None:
    """With the next seed set, as if there had been no nights; other claims keep theirs."""
    other = {CLAIM.replace("ex01", "ex02"): Pool("c", (Night(1, {"": (0.5,)}),))}
    run_night(quick)
    run_night(quick)
    file = quick.store / "nights.json"
    file.write_bytes(nights_module._POOLS.dump_json(read_nights(quick.store) | other))

    quick.units(toy("loss += 0.0"))
    run_night(quick)
    assert pooled(quick) == [3]
    assert read_nights(quick.store).items() >= other.items()


# what differs from the first night: a version of the environment, the data's checksum, the settings
CONDITIONS = [({"python": "3.99.1"}, "c1", True), ({"keras": "99.0"}, "c1", False), ({}, "c2", False)]


@pytest.mark.parametrize(("versions", "checksum", "same"), CONDITIONS)
def test_only_comparable_nights_are_pooled(
    bench: Bench, references, data, versions: dict[str, str], checksum: str, same: bool
) -> None:
    """Of the same libraries and data; another Python only rounds differently."""
    bench.units(toy().replace("def train(seed)", "def train(toy_data, seed)"))
    bench.claims({**LOSS, "needs": ["toy_data"]})
    bench.found["toy_data"], bench.values["toy_data"] = data(), [1, 2, 3]
    references.record(64)
    run_night(bench)

    bench.found["toy_data"] = data(checksum=checksum)
    engine = bench.engine(store=bench.store, nights=bench.store, varied=2)
    here = engine.environment
    vars(engine)["environment"] = replace(here, versions={**here.versions, **versions})
    engine.verify(list(bench.ledger.claims.values()))
    assert pooled(bench) == ([1, 2] if same else [2])


def test_on_a_gpu_nights_start_afresh(bench: Bench, references, device: Callable[[str], None]) -> None:
    """A CPU's nights say nothing of them."""
    setup(bench, references)
    run_night(bench)
    device("gpu")
    references.record(64)
    run_night(bench)
    assert pooled(bench) == [2]


def test_a_failed_run_adds_no_night_and_keeps_its_reason(quick: Bench) -> None:
    """A crash fails the claim by itself; nor does a pooled drift hide what fails in a single run."""
    quick.units(toy("loss += 9; raise ValueError('broken')"))
    record = run_night(quick)["loss"]

    assert record.verdict == "failed"
    assert "raised ValueError: broken" in record.reason
    assert pooled(quick) == []


def test_after_the_last_look_nothing_is_added() -> None:
    """256 nights are all."""
    nights = tuple(Night(number, {"": (0.5,)}) for number in range(1, LOOKS[-1] + 1))
    pool = Pool("c", nights)

    assert pool.add(Night(LOOKS[-1] + 1, {"": (0.5,)}), "c") == pool
    assert pool.add(Night(LOOKS[-1] + 1, {"": (0.5,)}), "other").nights[0].seed_set == LOOKS[-1] + 1


def test_infinities_are_pooled_as_such(quick: Bench) -> None:
    """A diverged run counts as larger than all others, also after it was read back."""
    quick.units(toy("loss = float('nan')"))
    record = run_night(quick)["loss"]
    assert record.verdict == "failed"
    assert read_nights(quick.store)[CLAIM].nights[0].values == {"": (None,) * 5}
    assert run_night(quick)["loss"].reason.startswith(
        "over 1 night, the quantity of 5 fresh runs (median inf"
    )


NIGHT = {"seed_set": 4, "values": {"": [0.5]}}


def written(*nights: dict[str, Any]) -> bytes:
    """Return a file with these nights of the claim."""
    return json.dumps({CLAIM: {"conditions": "c", "nights": nights}}).encode()


DAMAGED = {
    "empty": b"",
    "cut off": written(NIGHT)[:-9],
    "a list": b"[]",
    "a number": json.dumps({CLAIM: 3}).encode(),
    "no nights": written(),
    "a night twice": written(NIGHT, NIGHT),
    "text": written({**NIGHT, "values": {"": ["1"]}}),
    "no values": written({**NIGHT, "values": {"": []}}),
    "no seed set": written({**NIGHT, "seed_set": 0}),
    "infinite": written(NIGHT).replace(b"0.5", b"1e999"),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_left_out(quick: Bench, content: bytes) -> None:
    """The nights of that claim start afresh, and nothing crashes."""
    (quick.store / "nights.json").write_bytes(content)
    assert run_night(quick)["loss"].verdict == "reproduced"
    assert pooled(quick) == [1]


def test_other_numbers_than_those_of_today_start_afresh(quick: Bench) -> None:
    """Even under the same digest, which only a damaged file can have."""
    run_night(quick)
    file = quick.store / "nights.json"
    file.write_text(file.read_text("utf-8").replace('{"":', '{"other":'), "utf-8")
    assert run_night(quick)["loss"].verdict == "reproduced"
    assert pooled(quick) == [2]


def test_nights_that_can_not_be_written_are_drawn_again(
    quick: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The run goes on, and the file stays as it is; one line says so."""
    run_night(quick)

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(nights_module, "write_atomically", full)
        assert "nights pooled: 2; " in run_night(quick)["loss"].reason
    assert "nights.json can't be written (no space left on device)" in caplog.text
    assert pooled(quick) == [1]
    assert next_seed_set(quick.store) == 2


@pytest.fixture
def command(quick: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs `workshop` on the toy claims, without data sets or processes."""
    monkeypatch.chdir(tmp_path)  # results/verify.json of the working tree is the reader's
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORKSHOP_STORE", str(quick.store))
    monkeypatch.setattr(
        verify_module, "select", lambda patterns: (quick.ledger, tuple(quick.ledger.claims.values()))
    )
    return lambda *words: CliRunner().invoke(app, ["verify", "--offline", "--jobs", "1", *words])


def test_the_command_draws_the_next_seed_set(quick: Bench, command, tmp_path: Path) -> None:
    """Each call is one more night, and the results name the seed set; other calls add none."""
    for number in (1, 2):
        result = command("--seed-set", "next", "--json", str(tmp_path / "r.json"))
        assert result.exit_code == 0, result.output
        results = json.loads((tmp_path / "r.json").read_text("utf-8"))
        assert results["environment"]["varied"] == number
        assert f"nights pooled: {number}; " in results["claims"][0]["reason"]
    for words in ([], ["--seed-set", "9"]):
        assert command(*words).exit_code == 0
    assert pooled(quick) == [1, 2]


def test_the_command_needs_the_store(quick: Bench, command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, or where it can't be written, wrong usage is one line and nothing runs."""
    result = command("--seed-set", "next", "--no-store")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "workshop: --seed-set next needs the nights in the result store: leave out --no-store\n"
    )

    blocked = quick.folder / "file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("WORKSHOP_STORE", str(blocked / "store"))
    result = command("--seed-set", "next")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: the store {blocked / 'store'}: ")
    assert "set WORKSHOP_STORE" in line
    assert quick.tally() == []


def test_show_says_how_many_nights_are_pooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, if there are any."""
    claim = "ch05.text07.test_rmse"
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path))
    assert "Nights" not in CliRunner().invoke(app, ["show", claim]).stdout

    pools = {claim: Pool("c", tuple(Night(number, {"": (0.03,)}) for number in (2, 3, 5)))}
    (tmp_path / "nights.json").write_bytes(nights_module._POOLS.dump_json(pools))
    lines = CliRunner().invoke(app, ["show", claim]).stdout.splitlines()
    assert "  Nights      3 pooled here, the last with seed set 5" in lines
