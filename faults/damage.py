"""Attacks on folders: disks that are full, read-only or another user's, and damaged entries of a store."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from faults.attacks import JSON, QUICK, SETS, STOCHASTIC, broken, finish, results
from faults.judging import Tally, outcomes
from faults.running import Lab, Place

# units without data, which a cache that can't be written would cost them
WORDS = ("verify", "ch01.text04", "ch06.text14", "ch07.ex01", "--offline", "--jobs", "1", "--json", JSON)
# what is run on each bad folder
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "cache": (WORDS, ("data", "fetch", *SETS), ("data", "check", *SETS)),
    "store": (WORDS,),
    "results": (WORDS, ("report", "r.json", "--output", "results/page.html")),
}
_NOBODY = 65534
# root without its right to pass over the modes of files
_UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


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
                run = lab.start(place, words, _UNPRIVILEGED if kind == "foreign" and _is_root() else ())
                code = run.end()
                tally.tried()
                lab.judge(tally, place, run, {})
                tally.count("leaks", _without_denial(place))
                if words == WORDS and name != "results":
                    tally.count("wrong", broken(results, place, expected.answer, finished=True))
                if name == "results" and not (code and _one_line(run.text)):
                    tally.count("wrong", [f"{words[0]}: exit code {code} without results"])
                elif code not in (0, 1, 2):
                    tally.count("wrong", [f"{' '.join(words[:2])}: exit code {code}"])
        yield tally


def _is_root() -> bool:
    return os.geteuid() == 0


def _one_line(text: str) -> bool:
    """Whether an output has a line of an error of ours."""
    return any(line.startswith("workshop: ") for line in text.splitlines())


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
    folder.chmod(0o755 if _is_root() else 0o555)
    if _is_root():
        os.chown(folder, _NOBODY, _NOBODY)


def _flip(entry: Path, _: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[len(content) // 2] ^= 1
    entry.write_bytes(content)


def _truncate(entry: Path, _: Path) -> None:
    os.truncate(entry, entry.stat().st_size // 2)


def _swap(entry: Path, other: Path) -> None:
    content = entry.read_bytes()
    entry.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _copy(entry: Path, other: Path) -> None:
    entry.write_bytes(other.read_bytes())


def _folder(entry: Path, _: Path) -> None:
    entry.unlink()
    entry.mkdir()


def _loop(entry: Path, _: Path) -> None:
    entry.unlink()
    entry.symlink_to(entry.name)


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "bit flipped": _flip,
    "truncated": _truncate,
    "swapped": _swap,
    "copied over": _copy,
    "folder": _folder,
    "link loop": _loop,
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
    entries = sorted(store.rglob("*.outcome"))
    sizes = [path.stat().st_size for path in entries]
    alike = [path for path, size in zip(entries, sizes, strict=True) if sizes.count(size) > 1]
    entry = lab.random.choice(alike or entries)
    same = [p for p in entries if p != entry and p.stat().st_size == entry.stat().st_size]
    return entry, lab.random.choice(same or [p for p in entries if p != entry])
