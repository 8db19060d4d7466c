"""The line, the command and the file of a first contact."""

from __future__ import annotations

import getpass
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from workshop.cli.app import app
from workshop.datasets import registry
from workshop.ledger import ledger
from workshop.reporting.terminal import first_contact_line
from workshop.verification.results import Record, Results

FOUND = {
    "ch03.ex03.total_train": ("agrees", "reproduced", 2000),
    "ch03.act02.counts": ("disagrees", "undecided", {"train": 11397, "validation": 4752}),
    "ch04.text12.text8_size": ("disagrees", "undecided", 99999999),
    "ch01.ex01.audio_file": ("agrees", "reproduced", "/home/me/results/prediction.mp3"),
    "ch03.ex03.setup": ("disagrees", "undecided", r"C:\Users\me\steps.txt"),
    "ch01.text02.scalar_rank": ("", "reproduced", 0),
}
ENVIRONMENT = {
    "tensorflow": "2.21.0",
    "system": f"Linux x86_64, TF_CPP_DIR={Path.home()}",
    "cpu": "made up",
    "device": "cpu",
    "threads": 1,
    "date": "2026-11-29T12:00:00+00:00",
    "workshop": "0.1.0",
    "user": getpass.getuser(),
    "host": socket.gethostname(),
}


def records() -> tuple[Record, ...]:
    """Return a run whose reasons name this machine."""
    made = []
    for name, (contact, verdict, measured) in FOUND.items():
        claim = ledger().claims[name]
        reason = f"{Path.home()} of {getpass.getuser()} on {socket.gethostname()}"
        known: dict[str, Any] = {"first_contact": contact}
        made.append(
            Record(
                name, claim.unit, claim.ours, verdict, claim.documented, measured,
                {}, "equal", None, (), 0.0, reason, **known,
            )  # type: ignore[arg-type]
        )  # fmt: skip
    return tuple(made)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the results of a run into the folder of results of an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Results(ENVIRONMENT, records()).write(tmp_path / "results" / "verify.json")
    return tmp_path / "results"


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, list(arguments))


def test_the_line_counts_the_books_results() -> None:
    """Those that agree and those that do not."""
    assert first_contact_line(records()) == (
        "4 results were measured on their own data for the first time: 2 agree, 2 do not."
    )
    assert first_contact_line(records()[:1]) == (
        "1 result was measured on its own data for the first time: 1 agrees, 0 do not."
    )
    assert first_contact_line(records()[:2]).endswith(": 1 agrees, 1 does not.")
    assert first_contact_line(records()[-1:]) == ""


def test_the_file_has_values_and_checksums(folder: Path) -> None:
    """Of each result that was measured for the first time, and of the data that it needs."""
    result = run("report", "--first-contact")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("first contact: results/first-contact.json: send it to the maintainers")
    content = json.loads((folder / "first-contact.json").read_text("utf-8"))
    assert list(content) == ["schema", "environment", "data", "claims"]
    assert [claim["id"] for claim in content["claims"]] == list(FOUND)[:-1]
    assert content["claims"][1] == {
        "id": "ch03.act02.counts",
        "ours": False,
        "documented": {"train": 11398, "validation": 4752},
        "measured": {"train": 11397, "validation": 4752},
        "seeds": [],
        "basis": "",
        "verdict": "undecided",
        "first_contact": "disagrees",
    }
    (file,) = registry()["text8"].editions[0].files
    assert content["data"]["text8"] == {"text8": file.checksum}
    assert set(content["data"]) == {"cats_and_dogs_filtered", "fruits360", "text8", "gtts_service"}


def test_nothing_in_the_file_is_private(folder: Path) -> None:
    """No folder, no name of a user or machine, though the run's results have them."""
    whole = (folder / "verify.json").read_text("utf-8")
    assert socket.gethostname() in whole
    run("report", "--first-contact")
    text = (folder / "first-contact.json").read_text("utf-8")
    content = json.loads(text)
    for private in (str(Path.home()), socket.gethostname(), str(Path.cwd()), "/home/me", "Users"):
        assert json.dumps(private)[1:-1] not in text
    assert content["environment"] == {
        "tensorflow": "2.21.0",
        "system": "Linux x86_64",
        "cpu": "made up",
        "device": "cpu",
        "threads": 1,
        "date": "2026-11-29T12:00:00+00:00",
        "workshop": "0.1.0",
    }
    assert not {"reason", "beside", "sample"} & {key for claim in content["claims"] for key in claim}
    assert content["claims"][3]["measured"] == "prediction.mp3"
    assert content["claims"][4]["measured"] == "steps.txt"


def test_the_last_run_counts(folder: Path) -> None:
    """Also if it was of a part of the book; and one that measured nothing new writes nothing."""
    Results(ENVIRONMENT, records()[-1:]).write(folder / "part.json")
    os.utime(folder / "verify.json", (1, 1))
    assert run("report", "--first-contact").stdout == (
        "no result of this run was measured on its own data for the first time\n"
    )
    assert not (folder / "first-contact.json").exists()
    os.utime(folder / "part.json", (0, 0))
    run("report", "--first-contact", "--output", "other.json")
    assert json.loads(Path("other.json").read_text("utf-8"))["schema"] == "workshop-first-contact/1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--open"], "workshop: --open is for the page: leave it out with --first-contact\n"),
        (["none.json"], "workshop: there are no results at none.json yet: run `workshop verify`\n"),
    ],
)
def test_a_wrong_call_is_one_line(folder: Path, words: list[str], message: str) -> None:
    """With the remedy."""
    result = run("report", "--first-contact", *words)
    assert (result.exit_code, result.stderr) == (2, message)
