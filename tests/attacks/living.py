"""Attacks on living runs: killed whole or in part, interrupted, and several at once."""

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.attacks.judging import (
    Answer,
    Tally,
    answer_of_reference,
    answer_of_results,
    checksum,
    damaged,
    differing,
    outcomes,
    tracebacks,
)
from tests.attacks.lab import ROOT, Lab, Place, Run

LONGEST = 20.0  # seconds after which a run is attacked at the latest
JSON = "results/r.json"
VERIFY = ("verify", "ch01", "ch05", "--offline", "--jobs", "2", "--json", JSON)
SMALL = ("verify", "ch01", "--offline", "--jobs", "2", "--json", JSON)
# no library but NumPy and pandas, and data that is read where it lies
QUICK = ("ch01.text01", "ch04.text02", "ch04.text03")
STOCHASTIC = "ch02.ex05"  # the quickest that needs TensorFlow and draws seeds
SETS = ("imdb", "mnist", "iris")  # packed files of several sizes, and one that is used where it lies


def results(place: Place) -> Answer:
    """Return what the results file says."""
    return answer_of_results(place.root / JSON)


def sample(place: Place) -> Answer:
    """Return what is recorded in the package that is run."""
    folder = place.package / "workshop/samples/references"  # an era's runs lie in a folder of their own
    return answer_of_reference(next(folder.rglob(f"{STOCHASTIC}.json"), folder / "none"))


def page(place: Place) -> Answer:
    """Return the checksum of the report; {} without it."""
    path = place.results / "page.html"
    return {path.name: checksum(path)} if path.exists() else {}


def cached(place: Place) -> Answer:
    """Return the checksum of each data file in the cache by its path, without what runs note there."""
    notes = {place.cache / name for name in ("built", "locks", "incoming", "outcomes")}
    folders = [folder for folder in sorted(place.cache.glob("*/")) if folder not in notes]
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix != ".part"]
    return {str(path.relative_to(place.cache)): checksum(path) for path in paths if path.is_file()}


@dataclass(frozen=True)
class Target:
    """A command that is killed: how often, what it gives, and the folders that it starts with."""

    name: str
    words: tuple[str, ...]
    tries: int
    answer: Callable[[Place], Answer]
    prepare: Callable[[Lab], Place]


def _with_package(lab: Lab) -> Place:
    """Return folders with a copy of the package that has no recorded runs of the unit."""
    place = lab.place()
    copied = Place(place.root, place.root / "package")
    leave_out = shutil.ignore_patterns("__pycache__", f"{STOCHASTIC}.json")
    shutil.copytree(ROOT / "workshop", copied.package / "workshop", ignore=leave_out)
    shutil.copytree(ROOT / "fixtures", copied.package / "fixtures")
    return copied


def _with_results(lab: Lab) -> Place:
    """Return folders with the results of a run, which a report is made of."""
    place = lab.place()
    shutil.copy(lab.undisturbed(SMALL, results).place.root / JSON, place.results)
    return place


def _with_workers(lab: Lab) -> Place:
    """Return folders whose store says that chapter 1 takes long: runs start workers for it."""
    place = lab.place()
    usual = json.loads((ROOT / "workshop/execution/usual_seconds.json").read_text("utf-8"))
    long = {name: 30.0 for name in usual if name.startswith("ch01")}
    (place.store / "timings.json").write_text(json.dumps(long), "utf-8")
    return place


TARGETS = (
    Target("verify", VERIFY, 40, results, Lab.place),
    Target("record", ("record", STOCHASTIC, "--seeds", "8"), 20, sample, _with_package),
    Target("data fetch", ("data", "fetch", *SETS), 8, cached, Lab.place),
    Target("data check", ("data", "check", *SETS), 8, cached, Lab.place),
    Target("report", ("report", JSON, "--output", "results/page.html"), 8, page, _with_results),
)


def kill(lab: Lab) -> Iterator[Tally]:
    """Kill the whole process group by SIGKILL at a random moment, again and again until a run ends first."""
    for target in TARGETS:
        tally = Tally(f"kill: {target.name}", hit=0)
        if target.name.startswith("data ") and "WORKSHOP_MIRROR" not in os.environ:
            tally.skipped = "WORKSHOP_MIRROR names no folder with the data"
        else:
            _kill(lab, target, tally)
        yield tally


def _kill(lab: Lab, target: Target, tally: Tally) -> None:
    usual = lab.undisturbed(target.words, target.answer, target.prepare)
    place = target.prepare(lab)
    for _ in range(lab.count(target.tries)):
        before = outcomes(place.store)
        run = lab.start(place, target.words)
        time.sleep(lab.random.uniform(0, min(usual.seconds, LONGEST)))
        hit = run.send(signal.SIGKILL)
        run.end()
        tally.tried(hit=hit)
        lab.judge(tally, place, run, before)
        tally.count("wrong", broken(target.answer, place, usual.answer, finished=not hit))
        if not hit:
            tally.count("leaks", place.leftovers())
            place = target.prepare(lab)
    finish(lab, tally, place, target.words, target.answer)


def finish(
    lab: Lab, tally: Tally, place: Place, words: tuple[str, ...], answer: Callable[[Place], Answer]
) -> None:
    """Run the command undisturbed after the attacks: it must give the right answer and leave nothing."""
    before = outcomes(place.store)
    run = lab.start(place, words)
    run.end()
    lab.judge(tally, place, run, before)
    tally.count("lost", damaged(run.text))
    tally.count("wrong", broken(answer, place, lab.undisturbed(words, answer).answer, finished=True))
    tally.count("leaks", place.leftovers())


def broken(answer: Callable[[Place], Answer], place: Place, expected: Answer, *, finished: bool) -> list[str]:
    """Return what is wrong in the answer of a run, be it that it can't be read."""
    try:
        return differing(expected, answer(place), finished=finished)
    except (ValueError, KeyError, TypeError) as error:
        return [f"half written: {error}"]


def workers(lab: Lab) -> Iterator[Tally]:
    """Kill one worker by SIGKILL: the run ends by itself, with its results."""
    tally = Tally("kill one worker", hit=0)
    seconds = lab.undisturbed(SMALL, results).seconds
    for _ in range(lab.count(6)):
        place = _with_workers(lab)
        run = lab.start(place, SMALL)
        hit = _kill_worker(lab, run, lab.random.uniform(0, min(seconds, LONGEST) / 2))
        code = run.end()
        tally.tried(hit=hit)
        lab.judge(tally, place, run, {})
        if code not in (0, 1):
            tally.count("wrong", [f"exit code {code}"])
        if not (place.root / JSON).exists():
            tally.count("lost", ["no results are written"])
        finish(lab, tally, place, SMALL, results)
    yield tally


def _kill_worker(lab: Lab, run: Run, after: float) -> bool:
    """Kill one of a run's workers, seconds after the first is there; False if the run has ended before."""
    moment = None
    while run.process.poll() is None:
        found = [pid for pid in lab.marked() if _is_worker(pid)]
        if found and moment is None:
            moment = time.monotonic() + after
        if found and moment is not None and time.monotonic() >= moment:
            with contextlib.suppress(ProcessLookupError):
                os.kill(lab.random.choice(found), signal.SIGKILL)
                return True
        time.sleep(0.05)
    return False


def _is_worker(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def signals(lab: Lab) -> Iterator[Tally]:
    """Interrupt and terminate the whole process group, as Ctrl-C and a closing session do."""
    seconds = lab.undisturbed(SMALL, results).seconds
    for number in (signal.SIGINT, signal.SIGTERM):
        tally = Tally(number.name, hit=0)
        place = _with_workers(lab)
        for _ in range(lab.count(5)):
            before = outcomes(place.store)
            run = lab.start(place, SMALL)
            # the first second is the interpreter's own start
            time.sleep(lab.random.uniform(1, max(2, min(seconds, LONGEST))))
            sent = time.monotonic()
            hit = run.send(number)
            code = run.end(limit=60)
            tally.tried(hit=hit)
            if hit:
                tally.ended(time.monotonic() - sent)
            if code is None:
                tally.count("orphans", ["the run itself, after 60 s"])
            lab.judge(tally, place, run, before)
            if not hit:
                place = _with_workers(lab)
        finish(lab, tally, place, SMALL, results)
        yield tally


def together(lab: Lab) -> Iterator[Tally]:
    """Start two and four runs at the same time on one empty store, with and without TensorFlow."""
    for count, units, usual in (
        (2, QUICK, 2),
        (4, QUICK, 2),
        (2, (*QUICK, STOCHASTIC), 1),
        (4, (STOCHASTIC,), 1),
    ):
        words = ("verify", *units, "--offline", "--jobs", "2", "--json")
        expected = lab.undisturbed((*words, JSON), results).answer
        tally = Tally(f"{count} at once" + (", TensorFlow" if STOCHASTIC in units else ""))
        for _ in range(lab.count(usual)):
            place = lab.place()
            files = [place.results / f"r{number}.json" for number in range(count)]
            runs = [lab.start(place, (*words, str(file))) for file in files]
            for run, file in zip(runs, files, strict=True):
                run.end()
                tally.tried()
                tally.count("tracebacks", tracebacks(run.text))
                tally.count("lost", damaged(run.text))
                tally.count("wrong", broken(partial(_read, file), place, expected, finished=True))
            tally.count("orphans", lab.kill_orphans())
            tally.count("leaks", place.leftovers())
        yield tally


def _read(file: Path, _: Place) -> Answer:
    return answer_of_results(file)
