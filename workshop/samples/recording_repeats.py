"""Recording repeats: three seeds of a unit's parts, and how far their numbers move elsewhere."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from workshop.book import Book
from workshop.execution.calling import Made
from workshop.execution.environment import Environment
from workshop.execution.interpreter import other_python
from workshop.files import check_writable
from workshop.ledger.rules import Repeats
from workshop.samples.model import quantities_of, reference_path
from workshop.samples.recorded import other_data
from workshop.samples.recording import NotRecorded, Site, refuse_ci, today
from workshop.samples.repeats import (
    SEEDS,
    Number,
    PartRepeats,
    UnitRepeats,
    code_of,
    entries,
    read_repeats,
    repeats_path,
    write_repeats,
)
from workshop.units import Part
from workshop.untrusted import run_module

# vector sets, widest first, and the environment variables that restrict a wider processor to each
SETS: Mapping[str, Mapping[str, str]] = {
    name: {"ONEDNN_MAX_CPU_ISA": dnn, "XLA_FLAGS": f"--xla_cpu_max_isa={xla}", "OPENBLAS_CORETYPE": core}
    for name, dnn, xla, core in (
        ("avx512f", "AVX512_CORE", "AVX512", "SkylakeX"),
        ("avx2", "AVX2", "AVX2", "Haswell"),
        ("avx", "AVX", "AVX", "Sandybridge"),
        ("sse4_2", "SSE41", "SSE4_2", "Nehalem"),
    )
}
# initial weights that differ by this many steps of float32 play any other order of summation
_NOISE, _NOISE_STEPS = "initial weights of other rounding", 4

# outcomes of each seed by part
Found = Mapping[str, Sequence[Made]]


def repeated_parts(site: Site) -> tuple[Part, ...]:
    """Return the parts of a site's unit whose recorded seeds are repeated.

    They draw random numbers, and run in first steps, or quickly and decide a claim on recorded runs. All
    parts of a unit count if a claim states that they repeat.
    """
    planner, ledger, unit = site.planner, site.book.ledger, site.unit
    own = [claim for claim in ledger.claims.values() if claim.unit == unit]
    every = any(isinstance(claim.rule, Repeats) for claim in own)
    fields = {quantity.replace("[", ".").split(".")[0] for quantity in quantities_of(ledger, unit)}

    def counts(part: Part) -> bool:
        counted = every or planner.form(part) or not fields.isdisjoint(part.outcome_fields())
        return planner.catalogue.stochastic(part) and bool(counted)

    return tuple(part for part in planner.catalogue.parts.get(unit, ()) if counts(part))


def record_repeats(
    book: Book,
    unit: str,
    *,
    python: Path | None = None,
    on_progress: Callable[[str], None] = print,
) -> UnitRepeats:
    """Record the repeats of a unit here, or measure how far those of the book move at `python`.

    Here, the processor plays the next narrower vector set, then initial weights differ by a few steps of
    float32, and the largest difference is recorded. If the book has repeats of the same code and libraries
    from another processor, they stay, and this one adds to the largest differences. Another interpreter adds
    to the differences between versions. If it is the first of its era, its numbers are recorded as the era's,
    with the rounding of the package's own. On a GPU the recorded numbers are those of the CPU, and the
    largest difference from them is recorded. Raises NotRecorded, OSError.
    """
    refuse_ci("repeats")
    here = Site(book, unit)
    parts = repeated_parts(here)
    if not parts:
        raise NotRecorded(f"{unit}: no part draws random numbers and is repeated: there is nothing to record")
    path = repeats_path(unit, here.folder, book.samples)
    check_writable(path)
    on_progress(f"{unit}: {python or 'here'}")
    if python is not None:
        repeats, path = _at_versions(replace(here, python=python), parts)
    elif here.environment.device == "gpu":
        repeats = _on_gpu(here, parts)
    else:
        repeats = _recorded_here(here, parts, path, on_progress)
    write_repeats(repeats, path)
    return repeats


def _at_versions(site: Site, parts: Sequence[Part]) -> tuple[UnitRepeats, Path]:
    """Return the repeats with what other versions add, and their file: the era's own where it has runs."""
    there, folder = site.environment, site.book.samples
    era = site.folder if reference_path(site.unit, site.folder, folder).exists() else ""
    path = repeats_path(site.unit, era, folder)
    is_first = not path.exists() or read_repeats(path).alike(there.facts())
    if era and there.device == "cpu" and is_first:
        package = read_repeats(repeats_path(site.unit, "", folder))
        recorded = _recorded(site, parts, site.repeat(parts), package.parts)
        return UnitRepeats(site.unit, site.arithmetic, today(), package.played, (), recorded), path
    repeats = read_repeats(path)
    _check_data(repeats, site, parts)
    named = (name for name in ("python", "tensorflow", "keras", "numpy") if name in there.versions)
    versions = {*repeats.versions, " ".join(f"{name} {there.versions[name]}" for name in named)}
    moved = _moved(repeats.parts, site.repeat(parts), "versions")
    return replace(repeats, versions=tuple(sorted(versions)), parts=moved), path


def _on_gpu(site: Site, parts: Sequence[Part]) -> UnitRepeats:
    """Return the repeats of a CPU, with how far a GPU's numbers are from them."""
    repeats = read_repeats(repeats_path(site.unit, "", site.book.samples))
    _check_data(repeats, site, parts)
    unmoved = {
        name: replace(part, numbers={k: Number(n.values) for k, n in part.numbers.items()})
        for name, part in repeats.parts.items()
    }
    moved = _moved(unmoved, site.repeat(parts), "rounding")
    return UnitRepeats(site.unit, site.arithmetic, today(), ("cpu",), (), moved)


def _check_data(repeats: UnitRepeats, site: Site, parts: Sequence[Part]) -> None:
    """Raise NotRecorded if recorded seeds rest on other data: their differences are more than rounding."""
    for part in parts:
        today = site.repeated_job(part, 0).substitutes
        if part.name in repeats.parts and (
            why := other_data("seeds", repeats.parts[part.name].substitutes, today)
        ):
            raise NotRecorded(f"{part.unit}: {why}: workshop record {part.unit} --repeats, on a CPU, first")


def _recorded_here(
    site: Site, parts: Sequence[Part], path: Path, on_progress: Callable[[str], None]
) -> UnitRepeats:
    """Return the repeats of parts here, or those at `path` with this processor's rounding added."""
    here = site.environment
    found = site.repeat(parts)
    known = _of_another_processor(path, site, parts)
    if known is not None:
        played = tuple(dict.fromkeys([*known.played, vector_set(here)]))
        return replace(known, played=played, parts=_moved(known.parts, found, "rounding"))
    recorded = _recorded(site, parts, found, {})
    played = tuple(plays(here))
    for name in played:
        on_progress(f"{site.unit}: {name}")
        with _playing(name) as wrapped:
            recorded = _moved(recorded, replace(site, python=wrapped).repeat(parts), "rounding")
    return UnitRepeats(site.unit, site.arithmetic, today(), played, (), recorded)


def _of_another_processor(path: Path, site: Site, parts: Sequence[Part]) -> UnitRepeats | None:
    """Return the repeats of the same parts, code, data and libraries from another processor, or None."""
    known = read_repeats(path) if path.exists() else None
    facts = site.environment.facts()
    if known is None or not known.alike(facts) or known.exact(facts):
        return None
    made = {part.name: (code_of(part), site.repeated_job(part, 0).substitutes) for part in parts}
    recorded = {name: (each.code, each.substitutes) for name, each in known.parts.items()}
    return known if recorded == made else None


def _recorded(
    site: Site, parts: Sequence[Part], found: Found, rounded: Mapping[str, PartRepeats]
) -> dict[str, PartRepeats]:
    """Return the repeats of parts, with the rounding that other ones measured of the same numbers."""
    recorded = {}
    for part in parts:
        rows = [entries(made.outcome) for made in found[part.name]]
        own = rounded[part.name].numbers if part.name in rounded else {}
        recorded[part.name] = PartRepeats(
            code=code_of(part),
            form=site.planner.form(part).lstrip("@"),
            seconds=round(min(made.seconds for made in found[part.name]), 3),
            seeds=tuple(site.repeated_job(part, index).seeds[0] for index in range(SEEDS)),
            numbers={
                name: Number(tuple(row.get(name) for row in rows), own[name].rounding if name in own else 0.0)
                for name in dict.fromkeys(name for row in rows for name in row)
            },
            substitutes=site.repeated_job(part, 0).substitutes,
        )
    return recorded


def _moved(recorded: Mapping[str, PartRepeats], found: Found, kind: str) -> dict[str, PartRepeats]:
    """Return the parts with the largest differences between what is recorded and what was found."""
    parts = {}
    for name, part in recorded.items():
        rows, numbers = [entries(made.outcome) for made in found[name]], {}
        for path, number in part.numbers.items():
            away = [
                abs(float(before) - float(row[path]))  # type: ignore[arg-type]
                for before, row in zip(number.values, rows, strict=True)
                if isinstance(before, int | float) and isinstance(row.get(path), int | float)
            ]
            most = max([getattr(number, kind), *away])
            numbers[path] = replace(number, **{kind: most})
        parts[name] = replace(part, numbers=numbers)
    return parts


def plays(environment: Environment) -> list[str]:
    """Return the variants to emulate: the next narrower vector set, if there is one, and other rounding."""
    names = list(SETS)
    return [*names[names.index(vector_set(environment)) + 1 :][:1], _NOISE]


def vector_set(environment: Environment) -> str:
    """Return the widest vector set of a processor."""
    return next((name for name in SETS if f" {name}" in environment.cpu), list(SETS)[-1])


@contextmanager
def _playing(name: str) -> Iterator[Path]:
    """Yield a copy of this interpreter that uses a narrower vector set, or rounds otherwise."""
    lines = ["#!/bin/sh", *(f"export {key}={value}" for key, value in SETS.get(name, {}).items())]
    command = [sys.executable, *(run_module(__name__) if name == _NOISE else ())]
    lines.append(f'exec {shlex.join(command)} "$@"')
    with tempfile.TemporaryDirectory(prefix="workshop-") as folder:
        path = Path(folder, "python")
        path.write_text("\n".join(lines), "utf-8")
        path.chmod(0o755)
        try:
            yield path
        finally:
            other_python(path).close()


def noisy_worker() -> None:
    """Run the loop of `worker`, its folder the last argument, with slightly perturbed initial weights."""
    from workshop.execution import worker
    from workshop.training import embeddings, initialisers

    drawn, train = initialisers.initial_weights, embeddings.take_first_steps
    rng = np.random.default_rng(0)

    def noisy(weights: Any) -> Any:
        step = _NOISE_STEPS * np.finfo(np.float32).eps
        return (weights * (1 + step * rng.standard_normal(weights.shape))).astype(weights.dtype)

    def noisy_train(model: Any, sentences: Any) -> None:
        model.wv.vectors = noisy(model.wv.vectors)
        train(model, sentences)

    initialisers.initial_weights = lambda *given: tuple(map(noisy, drawn(*given)))
    embeddings.take_first_steps = noisy_train
    del sys.argv[1:-1]
    worker.main()


if __name__ == "__main__":
    noisy_worker()
