"""`workshop upgrade`: the run in the other environment, what is compared, and exit codes."""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.toy.commands import invoke
from tests.toy.records import record
from workshop.ledger import ledger
from workshop.matrix.virtualenvs import NotBuilt
from workshop.untrusted import run_module
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

CLAIMS = ("ch02.ex04.accuracy", "ch02.ex04.n_samples", "ch05.ex03.total_params")
ENVIRONMENT = {"python": "3.11.7", "tensorflow": "2.20.0", "profile": "default", "device": "cpu"}
VERSION = "tensorflow==2.21.0"
MADE = "results/upgrade/tensorflow-2.21.0.json"


def recorded(name: str, verdict: Verdict = "reproduced") -> Record:
    """Return a record of a claim of the package that measured 1."""
    return record(ledger().claims.get(name, name), verdict, 1.0)


@pytest.fixture
def calls(tmp_path, monkeypatch) -> list[list[str]]:
    """Give an earlier run and an environment that needs no uv; return the command lines that are run."""
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    Results(ENVIRONMENT, tuple(map(recorded, CLAIMS))).write(Path("results/verify.json"))
    monkeypatch.setattr(
        "workshop.cli.upgrade.make_environment", lambda *given: Path("/environment/bin/python")
    )
    found: list[list[str]] = []
    monkeypatch.setattr("workshop.cli.upgrade.subprocess.run", runs(found, *map(recorded, CLAIMS)))
    return found


def runs(found: list[list[str]], *records: Record, code: int = 0) -> Any:
    """Return what stands in for the run: it writes results of a newer TensorFlow, if there are any."""

    def run(words: list[str], **_: Any) -> SimpleNamespace:
        found.append(list(words))
        if records:
            newer = {**ENVIRONMENT, "tensorflow": "2.21.0"}
            Results(newer, records).write(Path(words[words.index("--json") + 1]))
        return SimpleNamespace(returncode=code)

    return run


def test_the_run_is_a_command_line_of_its_own(calls):
    """It verifies what the patterns name, in the environment, into a file named by the versions."""
    result = invoke("upgrade", VERSION, "keras==3.15.1", "ch02", "5.03")

    (words,) = calls
    assert (result.exit_code, result.stderr) == (
        0,
        "workshop: environment with tensorflow 2.21.0, keras 3.15.1 …\n",
    )
    assert words == [
        sys.executable, *run_module("workshop"), "verify", "ch02", "5.03",
        "--python", "/environment/bin/python",
        "--json", "results/upgrade/tensorflow-2.21.0+keras-3.15.1.json",
    ]  # fmt: skip
    assert result.stdout.splitlines()[-1] == "✔ Nothing differs without a known reason."


def test_nightly_versions_name_their_age_and_file(calls, monkeypatch):
    """Those that the index has are verified with what else is asked for."""
    found = {"tf-nightly": "2.23.0.dev20200101", "keras-nightly": "3.16.0.dev2020010104"}
    monkeypatch.setattr("workshop.cli.upgrade.find_nightly", lambda *given: dict(found))

    result = invoke("upgrade", "--nightly", "numpy==2.4.6", "2.04")

    (words,) = calls
    assert (result.exit_code, words[5]) == (0, "2.04")
    assert Path(words[-1]).name == "numpy-2.4.6+tf-nightly-2.23.0.dev20200101.json"
    assert result.stderr.count(" days old: no newer one is published") == 2


# the verdict in the earlier run and in the new one, and the exit code of the new one
ENDS: list[tuple[Verdict, Verdict, int]] = [
    ("reproduced", "reproduced", 0),
    ("reproduced", "unavailable", 0),
    ("reproduced", "undecided", 0),
    ("failed", "reproduced", 1),
    ("failed", "failed", 1),
    ("deferred", "failed", 1),
    ("reproduced", "failed", 1),
    ("reproduced", "refuted", 1),
]
WRONG = f"""
--nightly keras==3.15.1
tensorflow==x
numpy[evil]==2.0.0
"numpy==2.0.0; python_version<'3'"
{VERSION} ch99
{VERSION} --against none.json
{VERSION} --against {MADE}
"""


def test_an_upgrade_reads_as_written(golden, calls, monkeypatch):
    """What is unexplained or failed ends with 1; a run that did not finish is compared with nothing."""
    earlier, said = Path("results/verify.json").read_bytes(), {}

    def keep(name: str, *words: str, records: Iterable[Record] = (), code: int = 0) -> None:
        calls.clear()
        monkeypatch.setattr("workshop.cli.upgrade.subprocess.run", runs(calls, *records, code=code))
        result = invoke("upgrade", *words)
        found = f"{result.stdout}standard error:\n{result.stderr}"
        said[name] = f"{found}runs {len(calls)}, exit code {result.exit_code}"

    first, *others = map(recorded, CLAIMS)
    for old, new, code in ENDS:
        Results(ENVIRONMENT, (recorded(CLAIMS[0], old), *others)).write(Path("old.json"))
        made = (recorded(CLAIMS[0], new), *others)
        keep(f"{old}, then {new}", VERSION, "--against", "old.json", records=made, code=code)
    keep("a part of the earlier run", VERSION, CLAIMS[0], records=[first])
    for code, names in ((2, CLAIMS), (130, CLAIMS), (1, ())):
        keep(f"the run ends with {code}", VERSION, records=map(recorded, names), code=code)
    Results(ENVIRONMENT, (first, *others)).write(Path(MADE))
    for line in WRONG.strip().splitlines():
        keep(line, *shlex.split(line))
    assert Path(MADE).exists()

    def refuse(*given: object) -> Path:
        raise NotBuilt("tensorflow==2.21.0 can't be installed: the index does not answer")

    monkeypatch.setattr("workshop.cli.upgrade.make_environment", refuse)
    keep("the environment can't be built", VERSION)
    assert Path("results/verify.json").read_bytes() == earlier
    golden("upgrade.txt", said)
