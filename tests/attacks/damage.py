"""Attacks on folders: disks that are full, read-only or another user's, damaged, shared and former stores."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.attacks.judging import Answer, Tally, damaged, outcomes
from tests.attacks.lab import Lab, Place
from tests.attacks.living import JSON, QUICK, SETS, STOCHASTIC, broken, finish, results

# units without data, which a cache that can't be written would cost them
WORDS = ("verify", "ch01.text04", "ch06.text14", "ch07.ex01", "--offline", "--jobs", "1", "--json", JSON)
# what is run on each bad folder
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "cache": (WORDS, ("data", "fetch", *SETS), ("data", "check", *SETS)),
    "store": (WORDS,),
    "results": (WORDS, ("report", "r.json", "--output", "results/page.html")),
}
# quick units without TensorFlow
STORED = ("verify", *QUICK, "--offline", "--jobs", "1", "--json", JSON)
# what the version before the codec's list of classes has stored; if a unit's class changes, record it again
FORMER = Path(__file__).with_name("former_store")
_NOBODY = 65534
# root without its right to pass over the modes of files
_IS_ROOT = os.geteuid() == 0
_UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner") if _IS_ROOT else ()


def disks(lab: Lab) -> Iterator[Tally]:
    """Run with a full, a read-only and a foreign folder in place of cache, store and results."""
    for kind, make in (("full", _full), ("read-only", _read_only), ("foreign", _foreign)):
        tally = Tally(f"{kind} disk")
        expected = lab.undisturbed(WORDS, results)
        for name, commands in COMMANDS.items():
            for words in commands[: lab.count(len(commands))]:
                place = lab.place()
                shutil.copy(expected.place.root / JSON, place.root / "r.json")
                try:
                    make(lab, place.root / name)
                except (OSError, subprocess.CalledProcessError) as error:
                    tally.skipped = " ".join(str(error).split())
                    break
                run = lab.start(place, words, _UNPRIVILEGED if kind == "foreign" else ())
                code = run.end()
                tally.tried()
                lab.judge(tally, place, run, {})
                tally.count("leaks", _without_denial(place))
                if words == WORDS and name != "results":
                    tally.count("wrong", broken(results, place, expected.answer, finished=True))
                if name == "results" and not (code and "\nworkshop: " in f"\n{run.text}"):
                    tally.count("wrong", [f"{words[0]}: exit code {code} without results"])
                elif code not in (0, 1, 2):
                    tally.count("wrong", [f"{' '.join(words[:2])}: exit code {code}"])
        yield tally


def _without_denial(place: Place) -> list[Path]:
    with contextlib.suppress(PermissionError):
        return place.leftovers()
    return []


def mount(lab: Lab, folder: Path, options: str) -> None:
    """Mount a memory disk at a folder until the end. Raises OSError or CalledProcessError."""
    command = ["mount", "-t", "tmpfs", "-o", options, "workshop-faults", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    lab.mounted.append(folder)


def _full(lab: Lab, folder: Path) -> None:
    """Mount a disk of 64 kB on which one page is free."""
    mount(lab, folder, "size=64k")
    filler = folder / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(bytes(1 << 20))
    os.truncate(filler, filler.stat().st_size - 4096)


def _read_only(lab: Lab, folder: Path) -> None:
    """Mount a disk that can't be written to."""
    mount(lab, folder, "size=64k,ro")


def _foreign(_: Lab, folder: Path) -> None:
    """Give the folder to another user, or close it to its owner where only root could give it away."""
    folder.chmod(0o755 if _IS_ROOT else 0o555)
    if _IS_ROOT:
        os.chown(folder, _NOBODY, _NOBODY)


def _flip(entry: Path, _: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[len(content) // 2] ^= 1
    entry.write_bytes(content)


def _swap(entry: Path, other: Path) -> None:
    content = entry.read_bytes()
    entry.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _folder(entry: Path, _: Path) -> None:
    entry.unlink()
    entry.mkdir()


def _link(entry: Path, target: str) -> None:
    entry.unlink()
    entry.symlink_to(target)


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "bit flipped": _flip,
    "truncated": lambda entry, _: os.truncate(entry, entry.stat().st_size // 2),
    "swapped": _swap,
    "copied over": lambda entry, other: shutil.copyfile(other, entry),
    "folder": _folder,
    "link loop": lambda entry, _: _link(entry, entry.name),
}


def damage(lab: Lab) -> Iterator[Tally]:
    """Damage entries of a store that is complete, or exchange them: what is damaged is made again."""
    words = ("verify", *QUICK, STOCHASTIC, "--offline", "--jobs", "1", "--json", JSON)
    usual = lab.undisturbed(words, results)
    for name, spoil in DAMAGES.items():
        tally = Tally(f"entry: {name}")
        for _ in range(lab.count(2)):
            place = lab.place()
            shutil.copytree(usual.place.store, place.store, dirs_exist_ok=True)
            entry, other = _pair(lab, place.store)
            spoil(entry, other)
            touched = {entry.name, other.name}
            before = {key: value for key, value in outcomes(place.store).items() if key not in touched}
            run = lab.start(place, words)
            run.end()
            tally.tried()
            lab.judge(tally, place, run, before)
            tally.count("wrong", broken(results, place, usual.answer, finished=True))
            finish(lab, tally, place, words, results)  # which must find no damage any more
        yield tally


def _pair(lab: Lab, store: Path) -> tuple[Path, Path]:
    """Return an entry and another of the same size where there is one: two seeds of a unit."""
    entries = {path: path.stat().st_size for path in sorted(store.rglob("*.outcome"))}
    sizes = [*entries.values()]
    entry = lab.random.choice([p for p, size in entries.items() if sizes.count(size) > 1] or [*entries])
    others = [path for path in entries if path != entry]
    return entry, lab.random.choice([p for p in others if entries[p] == entries[entry]] or others)


def _pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def _close(path: Path) -> None:
    """Give a file or folder to another user alone, or close it to its owner where only root could give it."""
    path.chmod((0o700 if path.is_dir() else 0o600) if _IS_ROOT else 0)
    if _IS_ROOT:
        os.chown(path, _NOBODY, _NOBODY)


def _unknown(entry: Path) -> None:
    """Put in an outcome of a kind that no version knows; it names a module of the working folder."""
    structure = {"$": "other", "t": "sent_along:Kind", "v": {}}
    payload = io.BytesIO()
    np.savez(payload, structure=np.frombuffer(json.dumps(structure).encode(), dtype=np.uint8))
    rest = json.dumps({"key": entry.stem, "seconds": 1.0}).encode() + b"\n" + payload.getvalue()
    entry.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)


# what another has left in place of an entry, and how many lines two runs say about it
ODD: dict[str, tuple[Callable[[Path], object], tuple[int, int]]] = {
    "dangling link": (lambda entry: _link(entry, "nowhere"), (0, 0)),  # as if it were not there
    "pipe": (_pipe, (1, 0)),
    "100 GB": (lambda entry: os.truncate(entry, 100 * 10**9), (1, 0)),
    "another user's entry, mode 0600": (_close, (1, 0)),
    "another user's folder": (lambda entry: _close(entry.parent), (2, 2)),  # it can't be written either
    "unknown kind": (_unknown, (1, 0)),
}


def shared(lab: Lab) -> Iterator[Tally]:
    """Run twice on a store in which another user has left one odd entry: it is made again if it can be."""
    usual = lab.undisturbed(STORED, results)
    whole = outcomes(usual.place.store)
    asked = _asked(lab, usual.place.store)
    for name, (spoil, lines) in ODD.items():
        tally = Tally(f"shared: {name}")
        for number in range(lab.count(2)):
            place = lab.place()
            shutil.copytree(usual.place.store, place.store, dirs_exist_ok=True)
            entry = place.store / (lab.random.choice(asked[1:]) if number else asked[0])
            spoil(entry)
            others = {name: digest for name, digest in whole.items() if name != entry.name}
            for count in lines:
                _use(lab, tally, place, usual.answer, others, count)
            tally.tried()
        yield tally


def _asked(lab: Lab, store: Path) -> list[Path]:
    """Return the entries that a run makes again where one is missing, alone in folders, which may be closed.

    What only stored outcomes were made of is not made again.
    """
    asked = []
    for entry in sorted(store.rglob("*.outcome")):
        place, own = lab.place(), entry.relative_to(store)
        shutil.copytree(store, place.store, dirs_exist_ok=True)
        (place.store / own).unlink()
        lab.start(place, STORED).end(limit=120)
        if (place.store / own).exists() and len(list(entry.parent.iterdir())) == 1:
            asked.append(own)
    return asked


def _use(lab: Lab, tally: Tally, place: Place, expected: Answer, others: dict[str, str], lines: int) -> None:
    """Run on a store that is shared: the usual answer, `lines` about the store, and the others' entries."""
    (place.root / "sent_along.py").write_text("open('ran', 'w').close()\nclass Kind: pass\n", "utf-8")
    (place.root / JSON).unlink(missing_ok=True)
    run = lab.start(place, STORED, _UNPRIVILEGED)
    code = run.end(limit=120)
    lab.judge(tally, place, run, others)
    said = _said(run.text)
    if code != 0 or len(said) != lines:
        tally.count("wrong", [f"exit code {code}: {'; '.join(said)}"])
    tally.count("wrong", [*broken(results, place, expected, finished=True), *place.root.glob("ran")])
    tally.count("leaks", place.leftovers())


def _said(text: str) -> list[str]:
    """Return the lines of an output about the store."""
    return [line for line in text.splitlines() if line.startswith("workshop: store: ")]


def former(lab: Lab) -> Iterator[Tally]:
    """Use a store of the former version, and one whose entries only another user may read."""
    usual = lab.undisturbed(STORED, results)
    for mode in (0o644, 0o600):
        tally = Tally(f"former store, mode {mode:04o}")
        for _ in range(lab.count(2)):
            place = lab.place()
            shutil.copytree(FORMER, place.store, dirs_exist_ok=True)
            for entry in place.store.rglob("*.outcome"):
                entry.chmod(mode)
            before = outcomes(place.store)
            run = lab.start(place, STORED)
            run.end()
            tally.tried()
            lab.judge(tally, place, run, before)
            tally.count("lost", damaged(run.text))
            finish(lab, tally, place, STORED, results)
        yield tally

    tally = Tally("store of another user, mode 0600")
    for _ in range(lab.count(2)):
        place = lab.place()
        shutil.copytree(usual.place.store, place.store, dirs_exist_ok=True)
        entries = list(place.store.rglob("*.outcome"))
        for entry in entries:
            _close(entry)
        run = lab.start(place, STORED, _UNPRIVILEGED)
        run.end()
        tally.tried()
        lab.judge(tally, place, run, {})
        if len(_said(run.text)) != len(entries):
            tally.count("wrong", [f"{len(entries)} entries can't be read: {run.text}"])
        finish(lab, tally, place, STORED, results)
    yield tally
