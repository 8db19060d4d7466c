"""Write the digests of code anew in recorded data, where the code is known to do the same.

`python scripts/renew_digests.py --rule FILE [--write]` is for another way to make digests: FILE is the former
`workshop/execution/digests.py`. A recorded digest that is not this tree's by that rule stays: nobody knows
whether the code has changed since.

`python scripts/renew_digests.py --equal-to TREE UNIT … [--write]` is for code that has changed since TREE, a
checkout. The recorded seeds of the units run with both codes. If all that a part gives is the same bit for
bit, digests that are those of TREE are renewed. Numbers that it gives no longer are listed, and dropped.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workshop.book import SAMPLES, package_book
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.digests import code_digest
from workshop.ledger import ledger
from workshop.samples.recording import Site
from workshop.samples.repeats import SEEDS, code_of, entries, read_repeats, write_repeats
from workshop.units import Part

# the digest of code before that does the same as a part's today, and what only that code gives
Old = Callable[[Part], "tuple[str | None, Collection[str]]"]


def main() -> int:
    """Renew what matches, and list what does not; return 1 if something does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the files, instead of listing them only")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--rule", metavar="FILE", help="the module that made digests before")
    way.add_argument("--equal-to", metavar="TREE", help="a checkout of the code before")
    # what `_runs` of a tree gives
    way.add_argument("--print", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("units", nargs="*", metavar="UNIT")
    given = parser.parse_args()
    if given.print:
        sys.stdout.write(json.dumps(_runs(given.units)))
        return 0
    parts = catalogue(chapter.id for chapter in ledger().chapters)
    if given.equal_to:
        chosen, old = set(given.units), _equal(given.equal_to, given.units)
    else:
        chosen, old = set(parts.parts), _by_rule(given.rule)
    found: Counter[str] = Counter()
    left = list(_repeats(parts, chosen, found, old, write=given.write))
    for what, count in sorted(found.items()):
        sys.stdout.write(f"{count:5} {what}\n")
    sys.stdout.writelines(f"left alone: {line}\n" for line in left)
    return 1 if left else 0


def _repeats(
    parts: Catalogue, chosen: Collection[str], found: Counter[str], old: Old, *, write: bool
) -> Iterable[str]:
    for path in sorted((SAMPLES / "repeated").rglob("*.json")):
        recorded = read_repeats(path)
        named = {part.name: part for part in parts.parts.get(recorded.unit, ())}
        renewed = {}
        for name, each in recorded.parts.items() if recorded.unit in chosen else ():
            place = f"{path.parent.name}/{path.name}: {name}"
            before, dropped = old(named[name]) if name in named else (None, ())
            if name in named and each.code == code_of(named[name]):
                found["parts of repeats that have the new digest already"] += 1
            elif before is None or each.code != before[:16]:
                yield f"{place}: {each.code} is not the digest of code that is known to do the same"
            else:
                found["parts of repeats renewed"] += 1
                numbers = {path: number for path, number in each.numbers.items() if path not in dropped}
                renewed[name] = replace(each, code=code_of(named[name]), numbers=numbers)
        if write and renewed:
            write_repeats(replace(recorded, parts={**recorded.parts, **renewed}), path)


def _by_rule(file: str) -> Old:
    """Return the digests of this tree's parts by the rule before."""
    spec = importlib.util.spec_from_file_location("rule_before", file)
    assert spec is not None
    assert spec.loader is not None
    rule = sys.modules["rule_before"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rule)
    return lambda part: (str(rule.code_digest(part.module, part.name)), ())


def _equal(tree: str, units: Sequence[str]) -> Old:
    """Return the digests that the parts of units have in a tree in which they give the same."""
    variables = {**os.environ, "PYTHONPATH": str(Path(tree).resolve())}
    there = json.loads(
        subprocess.run(  # noqa: S603  this script
            [sys.executable, __file__, "--print", *units],
            env=variables, cwd=tree, check=True, stdout=subprocess.PIPE,
        ).stdout
    )  # fmt: skip
    here = json.loads(json.dumps(_runs(units)))
    old: dict[str, tuple[str, Collection[str]]] = {}
    for key in here.keys() & there.keys():
        pairs = list(zip(there[key]["entries"], here[key]["entries"], strict=True))
        dropped = {path for before, today in pairs for path in before.keys() - today.keys()}
        same = all({p: v for p, v in before.items() if p not in dropped} == today for before, today in pairs)
        numbers = sum(map(len, here[key]["entries"]))
        sys.stdout.write(f"{'the same' if same else 'NOT THE SAME'}: {key}, {numbers} entries\n")
        sys.stdout.writelines(f"  no longer given: {path}\n" for path in sorted(dropped))
        if same:
            old[key] = there[key]["code"], dropped
    return lambda part: old.get(part.key, (None, ()))


def _runs(units: Sequence[str]) -> dict[str, Any]:
    """Return the digests of the parts of units, and the entries of their outcomes for the recorded seeds."""
    made = {}
    for unit in units:
        site = Site(package_book(), unit)
        known = site.planner.catalogue
        for part in known.parts[unit]:
            found = site.repeat([part], count=SEEDS if known.stochastic(part) else 1)[part.name]
            rows = [entries(each.outcome) for each in found]
            made[part.key] = {"code": code_digest(part.module, part.name), "entries": rows}
    return made


if __name__ == "__main__":
    sys.exit(main())
