"""Outcomes shared by machines: copied by fingerprint, and refused by name if anything does not match."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from workshop.cli.app import app
from workshop.execution.codec import encode
from workshop.execution.store import Store
from workshop.training.first_steps import Stepped

KEYS = ["0" * 40, "1" * 40, "2" * 40]


@dataclass(frozen=True)
class Foreign:
    """A dataclass of another package, which reading it would import."""

    value: int


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return this machine's store, in which there are two outcomes."""
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "here"))
    made = Store(tmp_path / "here")
    for key in KEYS[:2]:
        made.put(key, Stepped(int(key[0]), ()), seconds=1.0)
    return made


def run(*arguments: str) -> Result:
    """Run `workshop store`."""
    return CliRunner().invoke(app, ["store", *arguments])


def test_two_machines_share_their_outcomes(tmp_path: Path, store: Store, monkeypatch) -> None:
    """Through a folder: each then has those of both, and a second time copies nothing."""
    shared = str(tmp_path / "shared")
    other = Store(tmp_path / "other")
    other.put(KEYS[1], Stepped(1, ()), seconds=1.0)
    other.put(KEYS[2], Stepped(2, ()), seconds=3.0)

    first = run("push", shared)
    monkeypatch.setenv("WORKSHOP_STORE", str(other.folder))
    merged, again = run("merge", shared), run("merge", shared)
    monkeypatch.setenv("WORKSHOP_STORE", str(store.folder))
    pulled = run("pull", shared)

    assert first.stdout == "2 outcomes pushed, 0 were there\n"
    assert merged.stdout == "1 outcomes pulled, 1 were there\n1 outcomes pushed, 2 were there\n"
    assert again.stdout == "0 outcomes pulled, 3 were there\n0 outcomes pushed, 3 were there\n"
    assert pulled.stdout == "1 outcomes pulled, 2 were there\n"
    for each in (store, other):
        assert [found and found.outcome for key in KEYS if (found := each.get(key))] == [
            Stepped(number, ()) for number in range(3)
        ]
    (name,) = store.folder.glob("22/*.outcome")
    assert name.read_bytes() == (other.folder / "22" / name.name).read_bytes()


def test_an_address_of_fsspec_is_a_place(tmp_path: Path, store: Store, monkeypatch) -> None:
    """With the same entries as a folder."""
    pytest.importorskip("fsspec")
    place = (tmp_path / "shared").as_uri()
    pushed = run("push", place)
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "new"))
    pulled = run("pull", place)

    assert (pushed.stdout, pulled.stdout) == (
        "2 outcomes pushed, 0 were there\n",
        "2 outcomes pulled, 0 were there\n",
    )
    assert Store(tmp_path / "new").get(KEYS[1]) == store.get(KEYS[1])


def entry(key: str, payload: bytes, **head: object) -> bytes:
    """Return an entry with a right checksum."""
    rest = json.dumps({"key": key, "seconds": 1.0, **head}).encode() + b"\n" + payload
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def with_fields(*names: str) -> bytes:
    """Return the payload of an outcome whose dataclass had these fields."""
    kind = f"{Stepped.__module__}:{Stepped.__qualname__}"
    structure = {"$": "dataclass", "t": kind, "v": dict.fromkeys(names, 1)}
    buffer = io.BytesIO()
    np.savez(buffer, structure=np.frombuffer(json.dumps(structure).encode(), dtype=np.uint8))
    return buffer.getvalue()


GOOD = encode(Stepped(1, ()))
KEY = "ab" + "0" * 38
REFUSED = {
    "wrong checksum": (KEY, b"0" + entry(KEY, GOOD)[1:], "its checksum is wrong"),
    "another key": (KEY, entry(KEYS[0], GOOD), "it is of another fingerprint"),
    "no name": ("ab-x", entry("ab-x", GOOD), "its name is not a fingerprint"),
    "no outcome": (KEY, entry(KEY, b"nothing"), "another schema: no stored outcome"),
    "never": (KEY, entry(KEY, GOOD, seconds=-1.0), "its seconds are not a time"),
    "foreign": (KEY, entry(KEY, encode(Foreign(1))), "Foreign, which is not of this package"),
    "other fields": (KEY, entry(KEY, with_fields("outcome")), "has other fields in this code"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_entry_that_does_not_match_is_refused_by_name(tmp_path: Path, store: Store, case: str) -> None:
    """The others are taken, and the exit code is 1."""
    key, content, why = REFUSED[case]
    shared = tmp_path / "shared"
    Store(shared).put(KEYS[2], Stepped(2, ()), seconds=1.0)
    (shared / key[:2]).mkdir()
    (shared / key[:2] / f"{key}.outcome").write_bytes(content)

    result = run("pull", str(shared))

    assert result.exit_code == 1
    assert result.stdout == "1 outcomes pulled, 0 were there, 1 refused\n"
    assert f"{key[:2]}/{key}.outcome is refused: " in result.stderr
    assert why in result.stderr
    assert sorted(path.stem for path in store.folder.glob("*/*.outcome")) == KEYS


def test_a_place_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    """With the remedy."""
    (tmp_path / "file").write_text("x")
    for place, why in ((str(tmp_path / "file"), "name another folder"), ("nothing://x", "nothing://x: ")):
        result = run("push", place)
        assert result.exit_code == 2
        assert why in result.stderr
