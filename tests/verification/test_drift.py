"""Stochastic claims in the engine: replay, drift, and the verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.toy_units import LOSS, PAIR, setup, toy
from workshop.execution.environment import this_environment
from workshop.execution.seeds import seeds
from workshop.samples.recorded import Recordings


def test_a_recorded_seed_gives_its_bits_again(bench, references) -> None:
    """Unchanged code repeats the first recorded seed, and its fresh seeds are like the recorded ones."""
    setup(bench, references)
    record = bench.verify()["loss"]
    assert record.verdict == "reproduced"
    assert record.reason.endswith("a recorded seed repeated bit for bit")
    assert str(seeds("ch09.ex01", 1, stream="reference")[0]) in bench.tally()


@pytest.mark.parametrize(("elsewhere", "verdict"), [(False, "failed"), (True, "reproduced")])
def test_one_bit_of_change_fails_the_replay_where_it_was_recorded(
    bench, references, elsewhere: bool, verdict: str
) -> None:
    """It names value and remedy; in another environment bits may differ, and nothing is replayed."""
    setup(bench, references, LOSS, elsewhere=elsewhere)
    bench.units(toy("loss = float(np.nextafter(loss, 9))"))
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    was = np.random.default_rng(seeds("ch09.ex01", 1, stream="reference")[0]).normal(size=2).tolist()[0]
    message = f"replay: the quantity is {float(np.nextafter(was, 9))!r}, recorded {was!r}"
    assert record.reason.startswith(message) == (not elsewhere)
    assert record.reason.endswith("workshop record ch09.ex01") == (not elsewhere)
    assert any(int(seed) % 2 for seed in bench.tally()) == (not elsewhere)


def test_a_replay_names_the_quantity_that_differs(bench, references) -> None:
    """Of several, the one whose bits changed."""
    setup(bench, references, PAIR)
    bench.units(toy("other = other * (1 + 1e-15)"))
    assert bench.verify()["pair"].reason.startswith("replay: large is ")


def test_numbers_by_numbers_are_repeated_too(bench, references) -> None:
    """A sample writes every key as text."""
    bench.units(toy(words="{1: loss, 2: other}"))
    bench.claims({"id": "ch09.ex01.words", "documented": {1: 0.1, 2: 0.2}, "rule": "reference"})
    references.record(64)
    assert bench.verify()["words"].reason.endswith("a recorded seed repeated bit for bit")


@pytest.mark.parametrize("change", ["loss += 4.0", "loss -= 4.0", "loss *= 0.0"])
def test_a_drift_fails(bench, references, change: str) -> None:
    """Fresh runs that are unlike the recorded ones fail the claim, and the reason shows both."""
    setup(bench, references, seconds=0.5, elsewhere=True)
    bench.units(toy(change))
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert record.reason.startswith("the quantity of 5 fresh runs (median ")
    assert "is unlike the 64 recorded (median " in record.reason


def test_a_drift_of_one_of_several_quantities_names_it(bench, references) -> None:
    """The one that moved, not the one that did not."""
    setup(bench, references, PAIR, elsewhere=True)
    bench.units(toy("other += 9"))
    record = bench.verify()["pair"]
    assert record.verdict == "failed"
    assert record.reason.startswith("large of 15 fresh runs")


def test_a_unit_that_ignores_its_seed_fails(bench, references) -> None:
    """The same number from every fresh seed, though in the middle of the recorded ones, is not a sample."""
    setup(bench, references, seconds=0.5, elsewhere=True)
    middle = np.random.default_rng(3).normal()
    assert abs(middle) < 3
    bench.units(toy(rng="3"))
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert "is unlike the 64 recorded" in record.reason


def test_without_a_reference_sample_a_claim_fails_with_the_command(bench, references) -> None:
    """Nothing is computed."""
    bench.units(toy())
    bench.claims(LOSS)
    record = bench.verify()["loss"]
    assert (record.verdict, bench.tally()) == ("failed", [])
    assert record.reason == "ch09.ex01 has no reference sample: workshop record ch09.ex01"


def test_a_quantity_that_was_not_recorded_fails_with_the_command(bench, references) -> None:
    """A claim that is newer than the sample."""
    setup(bench, references)
    bench.claims(LOSS, PAIR)
    records = bench.verify()
    assert records["loss"].verdict == "reproduced"
    assert records["pair"].verdict == "failed"
    assert records["pair"].reason == "ch09.ex01.pair.large is not recorded: workshop record ch09.ex01"


def test_a_damaged_sample_fails_its_claims_and_no_run(bench, references) -> None:
    """One line with file and remedy."""
    setup(bench, references)
    (references.folder / "ch09.ex01.json").write_text("{", "utf-8")
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert record.reason.startswith("ch09.ex01.json: no reference sample (JSONDecodeError")
    assert record.reason.endswith("or pip install --force-reinstall workshop")


WORDS = {"id": "ch09.ex01.words", "documented": [0.1, 0.2]}
UNTESTED = [
    ({"rule": "reference"}, 64, "[loss]", "today's runs measure [0], the recorded ones [0], [1]"),
    ({"rule": {"reference": {"scale": "logit"}}}, 10, "[loss, other]", "not normal on the logit scale"),
    ({"rule": {"reference": {"scale": "log"}}}, 10, "[loss, other]", "can't reach p = 5.0e-04 by rank, and"),
]


@pytest.mark.parametrize(("rule", "count", "words", "message"), UNTESTED)
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_fresh_runs_that_can_not_be_tested_are_no_agreement(
    bench, references, rule, count: int, words: str, message: str, seconds: float
) -> None:
    """Other quantities fail the claim; it is undecided, and says so, if no test could alarm."""
    setup(bench, references, WORDS | rule, count=count, seconds=seconds, elsewhere=True)
    bench.units(toy(words=words))
    record = bench.verify()["words"]
    assert record.verdict == ("failed" if message.startswith("today") else "undecided")
    assert message in record.reason


def test_few_recorded_runs_are_tested_on_a_scale(bench, references) -> None:
    """Ten runs of a normal quantity notice a drift that rank could not."""
    claim = LOSS | {"rule": {"reference": {"scale": "identity"}}}
    setup(bench, references, claim, count=10, seconds=0.5, elsewhere=True)
    assert bench.verify()["loss"].verdict == "reproduced"
    bench.units(toy("loss += 9.0"))
    record = bench.verify()["loss"]
    assert (record.verdict, record.reason.startswith("the quantity of 5 fresh runs")) == ("failed", True)


def test_a_crash_in_a_fresh_run_fails(bench, references) -> None:
    """One line, and no other claim's affair."""
    setup(bench, references, elsewhere=True)
    bench.units(toy(f"1 / int(seed != {seeds('ch09.ex01', 3)[2]})"))
    record = bench.verify()["loss"]
    assert record.verdict == "failed"
    assert record.reason == "ch09.ex01:train#2 raised ZeroDivisionError: division by zero"


NORMAL = {"rule": {"reference": {"scale": "identity"}}}
REFUTED = {"finding": {"verdict": "refuted", "reason": "another file was used"}}
VERDICTS = [
    ({"documented": 0.1}, "reproduced", "printed value at "),
    ({"documented": 0.1, "notebook": 0.3}, "reproduced", "; the authors' notebook: compatible, printed"),
    ({"documented": 0.1, "notebook": 7.0} | NORMAL, "reproduced", "; the authors' notebook: excluded, "),
    ({"documented": 7.0}, "undecided", "not near normal on the log scale: it would take 129 runs"),
    ({"documented": 7.0} | NORMAL, "failed", "find out why, then record a finding"),
    ({"documented": 7.0} | NORMAL | REFUTED, "refuted", "another file was used (printed value at 100%"),
    ({"documented": 0.1} | NORMAL | REFUTED, "failed", "refuted, but the printed value is compatible"),
    ({"documented": 7.0} | REFUTED, "undecided", "it would take 129 runs"),
    ({"documented": 7.0, "correct": 0.1} | NORMAL, "corrected", "printed 7 is wrong: printed value at 100%"),
    ({"documented": 7.0, "correct": 0.1}, "undecided", "printed 7 is wrong"),
    ({"documented": 0.2, "correct": 0.1}, "failed", "the printed value is compatible after all"),
    ({"documented": 7.0, "correct": 8.0} | NORMAL, "failed", "not the correct value"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "verdict", "reason"), VERDICTS)
def test_the_recorded_runs_decide_the_verdict(bench, references, claim, verdict: str, reason: str) -> None:
    """Belongs, excluded or open; a finding and a correction are strict both ways."""
    setup(bench, references, LOSS | claim, seconds=3.0)
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    assert reason in record.reason


def test_what_each_run_shows_by_construction_fails_at_once(bench, references) -> None:
    """A bound on every run is held by the fresh, the repeated and the recorded ones."""
    below = {"reference": {"every": [{"rule": {"at_most": {"bound": 6}}}]}}
    above = {"reference": {"every": [{"rule": {"at_most": {"bound": 1.5}}}]}}
    setup(
        bench,
        references,
        LOSS | {"rule": below},
        LOSS | {"id": "ch09.ex01.low", "measure": "loss", "rule": above},
    )
    recorded = references.find("ch09.ex01").values("loss")
    records = bench.verify()
    assert 1.5 < max(recorded) < 6
    assert {name: r.verdict for name, r in records.items()} == {"loss": "reproduced", "low": "failed"}
    bench.units(toy("loss = 6.5 if seed % 2 == 0 else loss"))
    assert bench.verify()["loss"].verdict == "failed"


def test_a_recorded_run_that_does_not_show_it_fails_too(bench, references) -> None:
    """Though the run that is repeated today does: what holds by construction holds of all."""
    bound = {"reference": {"every": [{"rule": {"at_most": {"bound": 1.5}}}]}}
    setup(bench, references, LOSS | {"rule": bound}, seconds=3.0)
    recorded = references.find("ch09.ex01").values("loss")
    assert recorded[0] < 1.5 < max(recorded)
    assert bench.verify()["loss"].verdict == "failed"


def test_the_family_counts_every_number_of_every_claim(bench, references) -> None:
    """Decided or not; a claim whose sample is missing is one."""
    setup(bench, references, LOSS, PAIR, WORDS | {"rule": "reference"})
    assert Recordings(bench.book, this_environment().facts()).family_size == 1 + 2 + 2
    bench.claims(LOSS, PAIR, LOSS | {"id": "ch09.ex02.loss"})
    assert Recordings(bench.book, this_environment().facts()).family_size == 1 + 2 + 1


def test_order_shares_and_equivalence_reach_the_recorded_runs(bench, references) -> None:
    """Statements over runs are decided on the 64 recorded ones."""
    share = {"at_most": {"bound": 2.0}}
    setup(
        bench, references, PAIR,
        PAIR | {"id": "ch09.ex01.reverse", "documented": ["large", "small"]},
        LOSS | {"id": "ch09.ex01.often", "measure": "loss", "documented": "mostly below 2",
                "rule": {"reference": {"shares": [{"of": share}]}}},
        LOSS | {"id": "ch09.ex01.near", "measure": "loss", "documented": "about 0",
                "rule": {"reference": {"equivalent": {"to": 0.0, "within": 1.0}}}},
    )  # fmt: skip
    records = bench.verify()
    assert {name: r.verdict for name, r in records.items()} == {
        "pair": "reproduced", "reverse": "failed", "often": "reproduced", "near": "reproduced",
    }  # fmt: skip
    assert records["pair"].reason.startswith("large above small in 100.0% of 64 pairs, p = 5.4e-20")


def test_an_excluded_order_is_refuted_by_a_finding_without_a_substitute_value(bench, references) -> None:
    """What is measured instead of an order is in the sample: the finding gives the reason alone."""
    setup(bench, references, PAIR | {"documented": ["large", "small"]} | REFUTED)
    record = bench.verify()["pair"]
    assert record.verdict == "refuted"
    assert record.reason.startswith("another file was used (small above large in 0.0% of 64 pairs")


def test_quantities_beside_are_shown_and_decide_nothing(bench, references) -> None:
    """Our own claims are marked; the labelled quantity is that of the runs that were measured."""
    setup(bench, references, LOSS | {"beside": {"larger one": "pair.large"}, "ours": True}, seconds=3.0)
    record = bench.verify()["loss"]
    sample = references.find("ch09.ex01")
    first = np.random.default_rng(sample.runs[0].seed).normal(size=2)
    assert record.ours
    assert record.measured == first[0]
    assert record.beside == {"larger one": pytest.approx(first[0] + 1 + abs(first[1]), rel=1e-15)}


def test_what_is_decided_beside_it_hides_no_alarm(bench, references) -> None:
    """A claim that fails alone fails with others; without an alarm it is decided alike."""
    others = [LOSS | {"id": f"ch09.ex01.c{i}", "measure": "loss", "documented": i / 10} for i in range(4)]
    setup(bench, references, PAIR, *others, seconds=0.5, elsewhere=True)
    seen = set()
    for shift in np.arange(0.0, 3.1, 0.25):
        bench.units(toy(f"loss += {shift}"))
        together = bench.verify()
        claims = reversed(bench.ledger.claims.values())
        alone = {claim.name: bench.engine().verify([claim]).claims[0] for claim in claims}
        seen |= {record.verdict for record in together.values()}
        for name, record in together.items():
            if record.verdict == "reproduced" or alone[name].verdict == "failed":
                assert (alone[name].verdict, alone[name].reason) == (record.verdict, record.reason)
    assert seen == {"reproduced", "failed"}


def test_a_number_whose_test_could_not_alarm_is_left_out_and_named(bench, references) -> None:
    """Ten runs of a long-tailed number are normal on no scale: the other one carries the claim."""
    claim = {**PAIR, "rule": {"reference": {"scale": "identity", "order": "paired"}}}
    tail = "pair = {'small': loss, 'large': loss + 40 * (other > 1) + 1}"
    source = toy().replace('{"small": loss, "large": loss + 1 + abs(other)}', "pair")
    bench.units(source.replace("    pass\n", f"    {tail}\n"))
    bench.claims(claim)
    references.record(10)
    references.change(seconds=3.0, elsewhere=True)
    record = bench.verify()["pair"]
    assert "1 fresh seed alike" in record.reason
    assert record.reason.endswith("large not compared: so few runs could not alarm")
    bench.units(source.replace("    pass\n", f"    loss = loss + 60\n    {tail}\n"))
    assert bench.verify()["pair"].verdict == "failed"


def test_a_claim_that_would_notice_nothing_is_undecided(bench, references) -> None:
    """It says why: an untested run is not agreement, and the run is not green."""
    setup(bench, references, LOSS, count=6, seconds=3.0, elsewhere=True)
    record = bench.verify()["loss"]
    assert record.verdict == "undecided"
    assert record.reason.startswith("nothing would notice a change: no recorded seed is repeated here")
    assert "can't reach p" in record.reason
    assert record.reason.endswith("not normal on the log scale: record more")


def test_a_claim_that_only_a_repeated_seed_tests_is_decided_by_it(bench, references) -> None:
    """Its fresh seeds are named as not compared, and a changed bit fails."""
    setup(bench, references, LOSS, count=6, seconds=3.0)
    record = bench.verify(seed_count=1)["loss"]
    assert record.verdict == "reproduced"
    assert (
        "fresh seeds not compared: the quantity: 1 fresh runs and 6 recorded can't reach p" in record.reason
    )
    bench.units(toy("loss = float(np.nextafter(loss, 9))"))
    assert bench.verify(seed_count=1)["loss"].verdict == "failed"


@pytest.mark.parametrize("change", ["pass", "loss = 99.0"])
def test_a_claim_that_would_notice_nothing_still_fails_by_its_own_rule(
    bench, references, change: str
) -> None:
    """A rule on each run fails on a fresh one, whether or not that can be compared with recorded ones."""
    claim = LOSS | {"rule": {"reference": {"every": [{"rule": {"at_most": {"bound": 50}}}]}}}
    setup(bench, references, claim, count=6, seconds=3.0, elsewhere=True)
    bench.units(toy(change))
    assert bench.verify()["loss"].verdict == ("undecided" if change == "pass" else "failed")


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
    references.record(64)
    bench.tallies.unlink()
    bench.units(source.replace("    pass\n", f"    {change}\n"))
    bench.found["toy_data"] = data(why=today)


@pytest.mark.parametrize(
    ("change", "documented", "verdict", "message"),
    [
        ("pass", 0.1, "supported", "on a substitute for toy_data: made of glass"),
        ("pass", 99.0, "unavailable", "the substitute gives"),
        ("loss = loss + 1e-9", 0.1, "failed", "replay: "),
    ],
)
def test_on_the_recorded_substitute_changed_code_fails(
    bench, references, data, change: str, documented: float, verdict: str, message: str
) -> None:
    """The substitute supports a printed value or is named; changed code fails on any data."""
    claim = {**LOSS, "documented": documented, "rule": {"reference": {"scale": "identity"}}}
    on_toy_data(bench, references, data, claim, change=change)
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    assert message in record.reason


@pytest.mark.parametrize(
    ("change", "verdict", "message"),
    [("pass", "unavailable", "the substitute gives"), ("loss = loss + 1e-9", "failed", "replay: ")],
)
def test_what_each_run_must_show_is_not_loosened_for_a_substitute(
    bench, references, data, change: str, verdict: str, message: str
) -> None:
    """Recorded runs on a substitute that don't show it refute nothing; changed code still fails."""
    rule = {"reference": {"scale": "identity", "every": [{"rule": {"at_least": {"bound": 99.0}}}]}}
    on_toy_data(bench, references, data, {**LOSS, "documented": 99.0, "rule": rule}, change=change)
    record = bench.verify()["loss"]
    assert record.verdict == verdict
    assert message in record.reason


@pytest.mark.parametrize("profile", ["default", "full"])
@pytest.mark.parametrize("full_only", [True, False])
def test_where_data_are_missing_a_claim_is_unavailable(bench, references, data, profile, full_only) -> None:
    """Nothing runs, so nothing is said of the data of today's run, whichever profile decides the claim."""
    on_toy_data(bench, references, data, {**LOSS, "full_only": full_only})
    del bench.found["toy_data"]
    record = bench.verify(profile=profile)["loss"]
    assert (record.verdict, record.reason) == ("unavailable", "toy_data: it is nowhere; fetch it")
    assert not bench.tallies.exists()


@pytest.mark.parametrize("today", [None, "made of wood"])
def test_runs_recorded_on_other_data_leave_a_claim_undecided(
    bench, references, data, today: str | None
) -> None:
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


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.25 * (1 + 9e-7), "reproduced"), (0.25 * (1 + 1.1e-6), "failed"), (0.2501, "failed")],
)
def test_what_seeds_do_not_move_may_be_rounded_otherwise(
    bench, references, value: float, verdict: str
) -> None:
    """A constant of another processor may differ by float32's rounding, and by no more."""
    claim = LOSS | {"documented": 0.25}
    bench.units(toy("loss = 0.25"))
    bench.claims(claim)
    references.record(64)
    references.change(elsewhere=True)
    bench.units(toy(f"loss = {value!r}"))

    assert bench.verify()["loss"].verdict == verdict
