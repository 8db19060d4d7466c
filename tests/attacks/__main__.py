"""Attack the command line: `python -m tests.attacks [ATTACK …] [--tries N] [--seed N]`, or `--fuzz`.

`python -m tests.attacks contact` rehearses a first run with internet instead.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

from tests.attacks.contact import rehearsal
from tests.attacks.damage import damage, disks, former, shared
from tests.attacks.judging import MARKERS, Tally, put_between, summary, table
from tests.attacks.lab import ROOT, Lab
from tests.attacks.living import kill, signals, together, workers
from workshop.execution.environment import this_environment

PAGE = ROOT / "docs" / "how_we_know.md"
TABLE = ROOT / "results" / "faults.md"
ATTACKS: dict[str, Callable[[Lab], Iterator[Tally]]] = {
    attack.__name__: attack for attack in (kill, workers, signals, together, disks, damage, shared, former)
}


def main(words: list[str]) -> int:
    """Run the attacks and print their table; 1 if anything was lost, left or wrong."""
    if words[:1] == ["contact"]:
        return rehearsal.main(words[1:])
    chosen = parser().parse_args(words)
    if chosen.fuzz:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "tests/hostile/test_fuzz.py"]
        environment = {**os.environ, "WORKSHOP_FUZZ": "10000"}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    unknown = [name for name in chosen.attacks if name not in ATTACKS]
    if unknown:
        print(f"attacks: no attack is named {unknown[0]}: one of {', '.join(ATTACKS)}", file=sys.stderr)
        return 2
    started = time.monotonic()
    tallies: list[Tally] = []
    with Lab(chosen.seed, chosen.tries) as lab:
        for name in chosen.attacks or ATTACKS:
            for tally in ATTACKS[name](lab):
                tallies.append(tally)
                _show(tally)
    heading = _heading(chosen.seed, time.monotonic() - started)
    figures = f"{heading}\n\n{table(tallies)}"
    print(f"\n{figures}")
    if not chosen.attacks and chosen.tries is None:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(f"{figures}\n", "utf-8")
        page = put_between(PAGE.read_text("utf-8"), MARKERS, f"{heading}\n{summary(tallies)}")
        PAGE.write_text(page, "utf-8")
        print(f"\nwritten into {TABLE}, and its sums into {PAGE}")
    return 0 if all(tally.clean for tally in tallies) else 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="attacks", description=__doc__)
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("--tries", type=int, help="the most tries of each attack")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--fuzz", action="store_true", help="fuzz what is read with 10,000 inputs instead")
    return parser


def _show(tally: Tally) -> None:
    """Print what an attack has done as soon as it is over."""
    state = tally.skipped or ("clean" if tally.clean else "NOT CLEAN")
    print(f"{tally.attack}: {tally.tries} tries: {state}", flush=True)
    for note in tally.notes:
        print(f"    {note}", flush=True)


def _heading(seed: int, seconds: float) -> str:
    """Return when, where and in what time the figures were made."""
    facts = this_environment().facts()
    place = f"Python {facts['python']}, TensorFlow {facts.get('tensorflow', 'none')}, {os.cpu_count()} cores"
    day = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    return f"{day}, {place}, seed {seed}, {seconds / 60:.0f} minutes."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
