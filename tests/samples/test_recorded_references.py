"""The reference samples of the package: large enough, and every test on them can alarm."""

from statistics import NormalDist

import numpy as np
import pytest

from workshop.book import SAMPLES, package_book
from workshop.ledger import ledger
from workshop.ledger.scales import kinds, path_names, scale_of
from workshop.samples.model import quantity, read_reference, sample_folders
from workshop.samples.recorded import FRESH, Recordings
from workshop.statistics.hypothesis_tests import EXCLUDED, NOT_NORMAL, normal_p, prediction_p

# the package's own samples, not those of an era
NEWEST = Recordings(package_book(), {"device": "cpu"})
BOUNDS = ("at_least", "at_most", "between")
STOCHASTIC = [c for c in ledger().claims.values() if c.rule.needs_sample]
BY_UNIT = {
    unit: [c for c in STOCHASTIC if c.unit == unit] for unit in dict.fromkeys(c.unit for c in STOCHASTIC)
}
of_each_unit = pytest.mark.parametrize("claims", BY_UNIT.values(), ids=BY_UNIT)


def test_each_file_has_the_runs_of_its_folder():
    """Seeds of the reference stream, each once, with a value a quantity; a device and an era are apart."""
    files = sorted((SAMPLES / "references").rglob("*.json"))
    assert len(files) > 50
    for path in files:
        inner = path.parent.name.removeprefix("references")
        sample = read_reference(path, inner)
        drawn = [run.seed for run in sample.runs]
        assert drawn, path
        assert len({*drawn}) == len(drawn), path
        assert all(seed % 2 == 1 for seed in drawn), path
        device = "gpu" if inner == "gpu" else "cpu"
        for environment in sample.environments:
            assert environment["device"] == device, path
            assert inner in sample_folders(environment), path
        for run in sample.runs:
            assert 0 <= run.environment < len(sample.environments), path
            assert len(run.values) == len(sample.quantities) or (not run.values and run.mishap), path


def least_runs(seconds: float) -> int:
    """Return how many runs a sample of a unit of this cost has at least."""
    return 30 if seconds <= 10 else 10 if seconds <= 60 else 5


@of_each_unit
def test_all_that_a_stochastic_claim_measures_is_recorded(claims):
    """For at least 30 seeds; ten where one takes over ten seconds, five where it takes over a minute."""
    for claim in claims:
        samples = NEWEST.of(claim).samples.by_unit
        for measure in claim.measures().values():
            assert quantity(measure) in samples[measure.unit].quantities, claim.id
        for sample in samples.values():
            assert len(sample.runs) >= least_runs(sample.seconds), claim.id
        assert all(len(column) for column in NEWEST.of(claim).numbers.values()), claim.id


def is_inside(name: str, at: str) -> bool:
    """Whether the number of a name is at a path or inside what is there."""
    return not at or name == at or name.startswith((f"{at}.", f"{at}["))


def mute(claim) -> list[str]:
    """Return a claim's numbers that FRESH seeds can't be compared in."""
    numbers = NEWEST.of(claim).numbers
    return [
        name
        for name, recorded in numbers.items()
        if prediction_p(recorded, recorded[:FRESH], claim.scale_of(name), len(numbers)) is None
    ]


@of_each_unit
def test_each_claims_drift_test_can_alarm(claims):
    for claim in claims:
        assert len(mute(claim)) < len(NEWEST.of(claim).numbers), claim.id


def measured(claim) -> list[str]:
    """Return a claim's numbers less the counts and places, which take few values and are on no scale."""
    return [
        name
        for name, recorded in NEWEST.of(claim).numbers.items()
        if (recorded[np.isfinite(recorded)] % 1).any()
    ]


def test_nearly_all_drift_tests_can_alarm():
    """Those of one number in fifty can't: few runs of it, with a long tail.

    Counts and places are apart: of slow units none can, but beside each of them stands a number that can.
    """
    numbers = [(claim, measured(claim)) for claim in STOCHASTIC]

    silent = sum(name in names for claim, names in numbers for name in mute(claim))
    assert silent <= sum(len(names) for _, names in numbers) / 50


@pytest.mark.parametrize("claim", [c for c in STOCHASTIC if c.rule.every], ids=lambda claim: claim.id)
def test_what_each_run_must_show_is_no_matter_of_luck(claim):
    """Even a run as far out as one in 1,000 meets the bounds on its losses and shares.

    Where that is, is known if the runs may pass for normal on their scale. Other kinds of numbers may touch a
    bound that they have by construction, like the least output of an activation.
    """
    for name, recorded in NEWEST.of(claim).numbers.items():
        scale = claim.scale_of(name)
        placed = scale.of(recorded)
        if scale.name == "identity" or normal_p(recorded, scale) < NOT_NORMAL:
            continue
        reach = NormalDist().inv_cdf(1 - EXCLUDED) * placed.std(ddof=1)
        ends = scale.back(placed.mean() + np.array([-reach, reach]))
        for check in claim.rule.every:
            if check.rule.name in BOUNDS and is_inside(name, check.at):
                for end in ends:
                    assert check.rule.decide(None, float(end)).holds, f"{name} {end:.4g}: {check.text()}"


@of_each_unit
def test_a_scale_is_stated_only_for_quantities_whose_names_do_not_say_it(claims):
    """So that no claim chooses the scale of a loss or of an accuracy by what it decides."""
    for claim in claims:
        stated = claim.rule.scale
        for number in NEWEST.of(claim).numbers:
            measure = claim.measure_of(number)
            named = scale_of(measure, number, None)
            if isinstance(stated, str):
                assert named.name == "identity", (claim.id, number)
            assert named.name in {"identity", claim.scale_of(number).name}, (claim.id, number)


@of_each_unit
def test_shares_of_rows_are_whole_numbers_of_the_rows_in_the_table(claims):
    """Each accuracy has its rows, and that many make whole counts of every recorded run."""
    for claim in claims:
        for number, values in NEWEST.of(claim).numbers.items():
            scale = claim.scale_of(number)
            path = path_names(claim.measure_of(number))
            if any({"accuracy", "acc", "percent"} & {*name.split("_")} for name in path):
                assert scale.rows is not None, (claim.id, number)
            if scale.rows is not None:
                counts = values / scale.whole * scale.rows
                off = np.abs(counts - np.round(counts)).max()
                assert off <= max(1e-3, 1e-6 * scale.rows), (claim.id, number)


def test_every_entry_of_the_table_of_rows_is_used():
    used = {
        (measure.unit, name)
        for claim in STOCHASTIC
        for measure in claim.measures().values()
        for name in path_names(measure)
    }
    assert {(unit, name) for unit, rows in kinds().rows.items() for name in rows} <= used
