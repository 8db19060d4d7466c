"""What is not recorded on the documented data that are here, or of a GPU, and how long recording it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workshop.book import Book
from workshop.execution.environment import this_environment
from workshop.execution.planner import blocked_by
from workshop.samples.model import quantities_of, reference_sample, share_of
from workshop.samples.recording import Site
from workshop.samples.recording_repeats import plays, repeated_parts
from workshop.samples.repeats import SEEDS, unit_repeats
from workshop.statistics.sizes import planned_size

# a run of these takes a CPU 16 to 21 minutes; for the others, a CPU's runs and how a GPU rounds are enough
DCGANS = ("ch07.ex05", "ch07.act01")


@dataclass(frozen=True)
class Unrecorded:
    """What is not recorded of a unit on the documented data, or on a GPU.

    `runs` is the number of recorded runs that is planned or asked for, 0 if they are there, None if nobody
    knows how long a seed takes; `repeats` says whether repeated seeds are to be recorded, too. `seconds` are
    those of one core for all of it. `why` says why the unit can't be recorded here, "" if it can.
    """

    unit: str
    runs: int | None
    repeats: bool
    seconds: float
    why: str = ""


def unrecorded(book: Book, units: Collection[str] = (), count: int | None = None) -> Iterator[Unrecorded]:
    """Give what is not recorded of some units, of all by default, in the book's order.

    `count` runs are asked for, None for the planned number. On a GPU it is how far the repeated seeds move
    there, and then the runs of the DCGANs.
    """
    sites = [Site(book, unit) for unit in book.ledger.units if not units or unit in units]
    if this_environment().device == "gpu":
        found = [one for site in sites for one in _on_gpu(site, count)]
        yield from sorted(found, key=lambda one: one.runs != 0)
        return
    counted: set[str] = set()
    for site in sites:
        if one := _unrecorded(site, counted, count):
            counted.add(one.unit)
            yield one


def _on_gpu(site: Site, count: int | None) -> Iterator[Unrecorded]:
    """Give what of a unit is not recorded of a GPU: repeated seeds, and the runs of a DCGAN."""
    unit, facts, folder = site.unit, site.environment.facts(), site.book.samples
    parts = repeated_parts(site)
    known, there = (unit_repeats(unit, each, folder) for each in (facts, {"device": "cpu"}))
    blocked = blocked_by(site.repeated_job(part, 0) for part in parts)
    codes = [{} if each is None else {n: p.code for n, p in each.parts.items()} for each in (known, there)]
    if there is not None and codes[0] != codes[1]:
        yield Unrecorded(unit, 0, True, SEEDS * sum(p.seconds for p in there.parts.values()), blocked)
    sample, of_cpu = (reference_sample(unit, each, folder) for each in (facts, {"device": "cpu"}))
    if unit in DCGANS and of_cpu is not None:
        wanted = count or len(of_cpu.runs)
        left = wanted - (0 if sample is None else len(sample.runs))
        if left > 0:
            yield Unrecorded(unit, wanted, False, left * of_cpu.seconds, blocked)


def _unrecorded(site: Site, counted: set[str], count: int | None) -> Unrecorded | None:
    """Return what is not recorded of a unit; outcomes of units that are counted already cost nothing more."""
    book, unit, facts = site.book, site.unit, site.environment.facts()
    asked = bool(quantities_of(book.ledger, unit))
    needed = {name for claim in book.ledger.units[unit].claims for name in claim.needs}
    if not asked or all(book.data_sets()[name].measured_on == "documented" for name in needed):
        return None
    sample = reference_sample(unit, facts, book.samples)
    repeats = unit_repeats(unit, facts, book.samples)
    parts = repeated_parts(site)
    jobs = {part.name: site.repeated_job(part, 0) for part in parts}
    seconds, runs = 0.0, count
    if sample is not None:
        runs = count or planned_size(sample.documented_seconds)
        done = 0 if sample.substitutes else len(sample.runs)
        taken = {u for part in parts for u in part.units if u in counted}
        shared = (reference_sample(u, facts, book.samples) for u in taken)
        alone = sample.documented_seconds - sum(
            each.documented_seconds for each in shared if each is not None
        )
        seconds += max(runs - done, 0) * max(alone, 0.0)
        runs = runs if done < runs else 0
    known = {} if repeats is None else repeats.parts
    stale = {
        name: known.get(name)
        for name, job in jobs.items()
        if name not in known or known[name].substitutes != job.substitutes
    }
    each = SEEDS * (1 + len(plays(site.environment)))
    seconds += each * sum(part.seconds / share_of(part.substitutes) for part in stale.values() if part)
    if runs == 0 and not stale:
        return None
    blocked = blocked_by(jobs.values())
    substitutes = sorted({line for job in jobs.values() for line in job.substitutes})
    if substitutes and not blocked:
        blocked = f"only a substitute is here ({'; '.join(substitutes)}): workshop data fetch --missing"
    return Unrecorded(unit, runs, bool(stale), seconds, blocked)
