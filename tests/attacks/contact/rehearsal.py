"""Run a first contact: `python -m tests.attacks contact [STEP …] [--cut SHARE] [--real]`."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.attacks.contact.internet import Internet
from tests.attacks.contact.registering import copy_package, make
from tests.attacks.contact.session import SETS, STEPS, UNITS, Contact, Step
from tests.attacks.lab import ROOT, Lab

# The long trainings run on this share of the data at most: all seeds of all of it take days.
TRAINED = 0.01
_LONG = ("full", "record")


def main(words: list[str]) -> int:
    """Run the steps and print a line each; 1 if one was not clean."""
    chosen = parser().parse_args(words)
    unknown = [name for name in chosen.steps if name not in STEPS]
    if unknown:
        print(f"contact: no step is named {unknown[0]}: one of {', '.join(STEPS)}", file=sys.stderr)
        return 2
    steps = [name for name in STEPS if name in (chosen.steps or STEPS)]
    quick, long = ([name for name in steps if (name in _LONG) is late] for late in (False, True))
    done: list[Step] = []
    with Lab(1) as lab:
        if quick:
            try:
                done += rehearse(lab, quick, None if chosen.real else chosen.cut, whole=True)
            except ConnectionError as error:
                print(f"contact: {error}; run this on a machine with internet", file=sys.stderr)
                return 1
        if long and not chosen.real:  # on all data they take days
            done += rehearse(lab, long, min(chosen.cut, TRAINED))
    return 0 if all(not step.faults for step in done) else 1


def rehearse(
    lab: Lab,
    names: Sequence[str],
    cut: float | None,
    *,
    sets: Sequence[str] = SETS,
    units: Sequence[str] = UNITS,
    whole: bool = False,
) -> list[Step]:
    """Run steps on this share of the made-up data, or on the real hosts; print each when it is over."""
    internet = None
    if cut is None:
        place = lab.place(ROOT, {"WORKSHOP_MIRROR": ""})
    else:
        folder = Path(tempfile.mkdtemp(dir=lab.root))
        started = time.monotonic()
        package, contents = copy_package(folder, make(folder, sets, cut))
        internet = Internet(contents, folder)
        place = lab.place(package, internet.variables)
        print(f"{cut:g} of the data made up in {time.monotonic() - started:.0f} s", flush=True)
    contact = Contact(lab, place, internet, units, sets, whole)
    done: list[Step] = []
    try:
        for name in names:
            for step in STEPS[name](contact):
                done.append(step)
                print(step.row(), flush=True)
                for fault in step.faults:
                    print(f"    {fault}", flush=True)
    finally:
        if internet is not None:
            internet.close()
        kept = ROOT / "results" / "contact" / ("real" if cut is None else f"{cut:g}")
        if (results := place.root / "results").is_dir():
            shutil.copytree(results, kept, dirs_exist_ok=True)
    return done


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="contact", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--cut", type=float, default=1.0, help="the share of the data that is made up")
    parser.add_argument("--real", action="store_true", help="download the real data from their hosts instead")
    return parser
