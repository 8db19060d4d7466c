"""A GPU has reference samples of its own: a CPU's say nothing of it."""

from tests.toy.bench import EXACT, LOSS, setup, toy
from tests.toy.commands import invoke
from workshop.execution.environment import this_environment
from workshop.execution.seeds import seeds
from workshop.samples import missing, recording_repeats
from workshop.samples.recorded import Recordings
from workshop.verification.sample_summaries import SampleSummaries


def summary(bench):
    """Return the summary of the only claim's recorded runs here."""
    (claim,) = bench.ledger.claims.values()
    recordings = Recordings(bench.book, this_environment().facts())
    return SampleSummaries(recordings).of(claim)


NO_GPU = (
    "how far a GPU moves the repeated seeds of ch09.ex01 is not recorded, so that a CPU's runs say nothing "
    "here: on a GPU, workshop record ch09.ex01 --repeats"
)


def test_without_a_sample_of_a_gpu_a_claim_is_undecided_there(bench, references, device):
    setup(bench, references, LOSS, LOSS | {"id": "ch09.ex01.far", "measure": "loss", "documented": 99.0})
    device("gpu")
    records = bench.verify()
    assert {(record.verdict, record.reason) for record in records.values()} == {("undecided", NO_GPU)}
    assert not bench.tallies.exists()


def test_what_needs_no_sample_is_decided_on_a_gpu(bench, references, device):
    """On a run of its own, though on a CPU it rests on the repeated run of the slow unit."""
    bench.units(toy(words="[2]"))
    bench.claims(LOSS, EXACT)
    references.record(64)
    references.change(seconds=3.0)
    bench.tallies.unlink()
    device("gpu")
    records = bench.verify()
    assert {name: record.verdict for name, record in records.items()} == {
        "loss": "undecided", "length": "reproduced",
    }  # fmt: skip
    assert bench.tally() == [str(seed) for seed in seeds("ch09.ex01", 1)]


def test_each_device_is_checked_against_its_own_sample(bench, references, device):
    """Where a GPU's runs lie elsewhere, they are drift on the CPU, and the CPU's are on the GPU."""
    setup(bench, references)
    device("gpu")
    bench.units(toy("loss += 99"))
    references.record(64)
    bench.claims(LOSS | {"documented": 99.0})

    record = bench.verify()["loss"]
    assert record.verdict == "reproduced"
    assert record.reason.endswith("a recorded seed repeated bit for bit")
    device("cpu")
    assert bench.verify()["loss"].verdict == "failed"
    bench.units(toy())
    bench.claims(LOSS)
    assert bench.verify()["loss"].verdict == "reproduced"
    device("gpu")
    assert bench.verify()["loss"].verdict == "failed"


def test_the_sample_of_the_device_at_hand_is_shown(bench, references, device):
    setup(bench, references)
    (unit,) = summary(bench).units
    assert (unit.unit, unit.runs, unit.environment["device"]) == ("ch09.ex01", 64, "cpu")
    device("gpu")
    assert summary(bench).problem == NO_GPU
    references.record(9)
    (unit,) = summary(bench).units
    assert (unit.unit, unit.runs, unit.environment["device"]) == ("ch09.ex01", 9, "gpu")


# on a GPU it adds up in another order
SUMMED = """
@unit("ch09.exNN", value="loss")
def train(seed) -> float:
    values = np.random.default_rng(seed).normal(size=999).astype(np.float32)
    if os.environ.get("TOY_DEVICE") == "gpu":
        values = values[::-1]
    return float(np.cumsum(values)[-1]) / 30
"""


def test_one_command_records_what_is_missing_on_a_gpu(bench, references, device, monkeypatch):
    """How repeated seeds move, then runs of DCGANs; after a stop it goes on; then claims are decided."""
    monkeypatch.setattr(recording_repeats, "plays", lambda environment: [])
    monkeypatch.setattr(missing, "DCGANS", ("ch09.ex02",))
    monkeypatch.setattr("workshop.cli.record.select", lambda patterns: (bench.book, []))
    monkeypatch.setenv("WORKSHOP_STORE", str(bench.store))
    monkeypatch.setattr("os.nice", lambda level: None)
    one, two = (SUMMED.replace("NN", number) for number in ("01", "02"))
    bench.units(one + two.replace("train", "again"))
    bench.claims(LOSS, LOSS | {"id": "ch09.ex02.loss"})
    for unit in ("ch09.ex01", "ch09.ex02"):
        references.record(64, unit)
        recording_repeats.record_repeats(bench.book, unit, on_progress=lambda text: None)
    assert invoke("record", "--missing").stdout == "nothing is missing\n"
    device("gpu")
    monkeypatch.setenv("TOY_DEVICE", "gpu")
    assert [each.verdict for each in bench.verify().values()] == ["undecided"]

    first = invoke("record", "--missing", "ch09.ex01")
    rest = invoke("record", "--missing", "--seeds", "9")

    plan = "if this GPU were one core of a CPU; after Ctrl-C the same command continues"
    assert [line.split(",")[0] for line in first.stdout.splitlines()[:-1]] == ["ch09.ex01: repeated seeds"]
    assert [line.split(",")[0] for line in rest.stdout.splitlines()[:2]] == [
        "ch09.ex02: repeated seeds", "ch09.ex02: 9 runs",
    ]  # fmt: skip
    assert plan in first.stdout
    assert "ch09.ex02: 9 runs recorded" in rest.stdout
    assert invoke("record", "--missing", "--seeds", "9").stdout == "nothing is missing\n"
    assert references.find("ch09.ex02").environments[0]["device"] == "gpu"
    assert [each.verdict for each in bench.verify().values()] == ["reproduced"]
