"""Stochastic claims in the engine: replay, drift, and the verdicts."""

import numpy as np
import pytest

from tests.toy.bench import LOSS, PAIR, setup, toy
from workshop.execution.seeds import seeds


def test_a_recorded_seed_gives_its_bits_again(bench, references):
    """Unchanged code repeats the first recorded seed, and a default run draws no fresh one."""
    setup(bench, references)
    record = bench.verify()["loss"]
    assert record.verdict == "reproduced"
    assert record.reason.endswith("a recorded seed repeated bit for bit")
    assert bench.tally() == [str(seeds("ch09.ex01", 1, stream="reference")[0])]


@pytest.mark.parametrize(("elsewhere", "verdict"), [(False, "failed"), (True, "reproduced")])
def test_one_bit_of_change_fails_the_replay_where_it_was_recorded(bench, references, elsewhere, verdict):
    """It names value and remedy; in another environment bits may differ, and nothing is replayed."""
    setup(bench, references, LOSS, elsewhere=elsewhere)
    bench.units(toy("loss = float(np.nextafter(loss, 9))"))
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    was = np.random.default_rng(seeds("ch09.ex01", 1, stream="reference")[0]).normal(size=2).tolist()[0]
    message = f"repeated seed: the quantity is {float(np.nextafter(was, 9))!r}, recorded {was!r} (seed "
    assert record.reason.startswith(message) == (not elsewhere)
    assert record.reason.endswith("workshop record ch09.ex01") == (not elsewhere)
    assert any(int(seed) % 2 for seed in bench.tally()) == (not elsewhere)


def test_a_drift_of_one_of_several_quantities_names_it(bench, references):
    """The one that moved, not the one that did not."""
    setup(bench, references, PAIR, elsewhere=True)
    bench.units(toy("other += 9"))
    record = bench.verify()["pair"]
    assert record.verdict == "failed"
    assert record.reason.startswith("large of 15 fresh runs")


def test_without_a_reference_sample_a_claim_fails_with_the_command(bench, references):
    bench.units(toy())
    bench.claims(LOSS)
    record = bench.verify()["loss"]
    assert (record.verdict, bench.tally()) == ("failed", [])
    assert record.reason == "ch09.ex01 has no reference sample: workshop record ch09.ex01"


def test_a_quantity_that_was_not_recorded_fails_with_the_command(bench, references):
    """A claim that is newer than the sample."""
    setup(bench, references)
    bench.claims(LOSS, PAIR)
    records = bench.verify()
    assert records["loss"].verdict == "reproduced"
    assert records["pair"].verdict == "failed"
    assert records["pair"].reason == "ch09.ex01.pair.large is not recorded: workshop record ch09.ex01"


def test_a_damaged_sample_fails_its_claims_and_no_run(bench, references):
    setup(bench, references)
    (references.folder / "ch09.ex01.json").write_text("{", "utf-8")
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert record.reason.startswith("ch09.ex01.json: no reference sample (JSONDecodeError")
    assert record.reason.endswith("or pip install --force-reinstall workshop")


WORDS = {"id": "ch09.ex01.words", "documented": [0.1, 0.2]}


def test_a_crash_in_a_fresh_run_fails(bench, references):
    """One line, and no other claim's affair."""
    setup(bench, references, elsewhere=True)
    bench.units(toy(f"1 / int(seed != {seeds('ch09.ex01', 3)[2]})"))
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert record.reason == "ch09.ex01:train#2 raised ZeroDivisionError: division by zero"


REFUTED = {"finding": {"verdict": "refuted", "reason": "another file was used"}}


def test_an_excluded_order_is_refuted_by_a_finding_without_a_substitute_value(bench, references):
    """What is measured instead of an order is in the sample: the finding gives the reason alone."""
    setup(bench, references, PAIR | {"documented": ["large", "small"]} | REFUTED)
    record = bench.verify()["pair"]
    assert record.verdict == "refuted"
    assert record.reason.startswith("another file was used (small above large in 0.0% of 64 pairs")


def test_quantities_beside_are_shown_and_decide_nothing(bench, references):
    """Our own claims are marked; the labelled quantity is that of the runs that were measured."""
    setup(bench, references, LOSS | {"beside": {"larger one": "pair.large"}, "ours": True}, seconds=3.0)
    record = bench.verify()["loss"]
    sample = references.find("ch09.ex01")
    first = np.random.default_rng(sample.runs[0].seed).normal(size=2)
    assert record.ours
    assert record.measured == first[0]
    assert record.beside.keys() == {"larger one"}
    assert record.beside["larger one"].measured == pytest.approx(first[0] + 1 + abs(first[1]), rel=1e-15)


GLASS = "made of glass"
ON_WOOD = (
    "a substitute (toy_data: made of wood); workshop data fetch toy_data, or set WORKSHOP_MIRROR to a folder "
    "that has it"
)
DOCUMENTED = (
    "the documented data: workshop record --missing ch09.ex01 makes 128 runs, which could decide it, in "
    "a few seconds"
)


def on_toy_data(bench, references, data, claim, *, change: str = "pass", today: str | None = GLASS) -> None:
    """Record a unit that takes data on a substitute, then change its code, and the data to today's."""
    source = toy().replace("def train(seed)", "def train(toy_data, seed)")
    bench.units(source)
    bench.claims({**claim, "needs": ["toy_data"]})
    bench.found["toy_data"] = data(why=GLASS)
    references.record_once()
    bench.units(source.replace("    pass\n", f"    {change}\n"))
    bench.found["toy_data"] = data(why=today)


@pytest.mark.parametrize(
    ("change", "documented", "verdict", "message"),
    [
        ("pass", 0.1, "supported", "on a substitute for toy_data: made of glass"),
        ("pass", 99.0, "unavailable", "the substitute gives"),
        ("loss = loss + 1e-9", 0.1, "failed", "repeated seed: "),
    ],
)
def test_on_the_recorded_substitute_changed_code_fails(
    bench, references, data, change, documented, verdict, message
):
    """The substitute supports a printed value or is named; changed code fails on any data."""
    claim = {**LOSS, "documented": documented, "rule": {"reference": {"scale": "identity"}}}
    on_toy_data(bench, references, data, claim, change=change)
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    assert message in record.reason


@pytest.mark.parametrize("profile", ["default", "full"])
@pytest.mark.parametrize("full_only", [True, False])
def test_where_data_are_missing_a_claim_is_unavailable(bench, references, data, profile, full_only):
    """Nothing runs, so nothing is said of the data of today's run, whichever profile decides the claim."""
    on_toy_data(bench, references, data, {**LOSS, "full_only": full_only})
    del bench.found["toy_data"]
    record = bench.verify(profile=profile)["loss"]
    assert (record.verdict, record.reason) == ("unavailable", "toy_data: it is nowhere; fetch it")
    assert not bench.tallies.exists()


@pytest.mark.parametrize("today", [None, "made of wood"])
def test_runs_recorded_on_other_data_leave_a_claim_undecided(bench, references, data, today):
    """They say nothing of the documented data; nothing is computed.

    On another substitute no run could decide the claim, so that the data are what is missing.
    """
    on_toy_data(bench, references, data, LOSS, today=today)
    record = bench.verify()["loss"]
    assert record.verdict == ("undecided" if today is None else "unavailable")
    assert record.reason == (
        "the recorded runs rest on a substitute (toy_data: made of glass), today's on "
        f"{DOCUMENTED if today is None else ON_WOOD}"
    )
    assert not bench.tallies.exists()
