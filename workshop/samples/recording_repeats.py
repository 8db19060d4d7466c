"""Recording repeats: three seeds of a unit's parts, and how far their numbers move elsewhere."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.environment import Environment, this_environment
from workshop.execution.interpreter import other_python
from workshop.execution.planner import FIRST_STEPS, Job, Planner, installed
from workshop.execution.process_pool import Workers
from workshop.execution.scheduler import execute
from workshop.execution.store import usual_seconds
from workshop.execution.surroundings import neutralise
from workshop.files import check_writable
from workshop.ledger import Ledger
from workshop.ledger.rules import Repeats
from workshop.samples.model import own_folder, quantities_of, reference_folder, reference_path
from workshop.samples.recorded import other_data
from workshop.samples.recording import NotRecorded
from workshop.samples.repeats import (
    SEEDS,
    Leaf,
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

# vector sets, widest first, and the variables with which a processor that has a wider one plays each
_SETS: Mapping[str, Mapping[str, str]] = {
    name: {"ONEDNN_MAX_CPU_ISA": dnn, "XLA_FLAGS": f"--xla_cpu_max_isa={xla}", "OPENBLAS_CORETYPE": core}
    for name, dnn, xla, core in (
        ("avx512f", "AVX512_CORE", "AVX512", "SkylakeX"),
        ("avx2", "AVX2", "AVX2", "Haswell"),
        ("avx", "AVX", "AVX", "Sandybridge"),
        ("sse4_2", "SSE41", "SSE4_2", "Nehalem"),
    )
}
# initial weights that differ by so many steps of float32 play any other order of summation
_NOISE, _NOISE_STEPS = "initial weights of other rounding", 4

# entries of each seed by part
Found = Mapping[str, Sequence[Mapping[str, Leaf]]]


def repeated_parts(units: Catalogue, planner: Planner, ledger: Ledger, unit: str) -> tuple[Part, ...]:
    """Return the parts of a unit whose recorded seeds are repeated.

    They draw random numbers, and run in first steps, or quickly and decide a claim on recorded runs. All
    parts of a unit count if a claim states that they repeat.
    """
    own = [claim for claim in ledger.claims.values() if claim.unit == unit]
    every = any(isinstance(claim.rule, Repeats) for claim in own)
    fields = {quantity.replace("[", ".").split(".")[0] for quantity in quantities_of(ledger, unit)}

    def counts(part: Part) -> bool:
        form = planner.form(part)
        sampled = not form and not fields.isdisjoint(part.outcome_fields())
        return units.stochastic(part) and (every or sampled or form == FIRST_STEPS)

    return tuple(part for part in units.parts.get(unit, ()) if counts(part))


def record_repeats(
    ledger: Ledger,
    unit: str,
    *,
    folder: Path | None = None,
    python: Path | None = None,
    on_progress: Callable[[str], None] = print,
) -> UnitRepeats:
    """Record the repeats of a unit here, or measure how far those of the package move at `python`.

    Here, the processor plays the next narrower vector set, then initial weights differ by a few steps of
    float32, and the largest difference is recorded. If the package has repeats of the same code and libraries
    from another processor, they stay, and this one adds to the largest differences. Another interpreter adds
    to the differences between versions. If it is the first of its era, its numbers are recorded as the era's,
    with the rounding of the package's own. On a GPU the recorded numbers are those of the CPU, and the
    largest difference from them is recorded. Raises NotRecorded, OSError.
    """
    if os.environ.get("CI"):
        raise NotRecorded("repeats are recorded and reviewed by hand, never in CI: unset CI to record")
    neutralise()
    os.environ["WORKSHOP_THREADS"] = "1"
    here = this_environment()
    planner = planner_in(unit, here)
    parts = repeated_parts(planner.catalogue, planner, ledger, unit)
    if not parts:
        raise NotRecorded(f"{unit}: no part draws random numbers and is repeated: there is nothing to record")
    libraries = planner.catalogue.libraries(unit)
    path = repeats_path(unit, own_folder(here.facts(), libraries), folder)
    check_writable(path)
    if python is not None:
        there = other_python(python).environment(1)
        era = own_folder(there.facts(), libraries)
        if not reference_path(unit, era, reference_folder()).exists():
            era = ""  # the unit's runs are the same in this era
        path = repeats_path(unit, era, folder)
        is_first = not path.exists() or read_repeats(path).alike(there.facts())
        own = era != "" and there.device == "cpu" and is_first
        repeats = read_repeats(repeats_path(unit, "", folder) if own else path)
        on_progress(f"{unit}: {python}")
        planner = planner_in(unit, there, python)
        if not own:
            _check_data(repeats, planner, parts)
        found, seconds = run_seeds(planner, parts, python)
        if own:
            recorded = _recorded(planner, parts, found, seconds, repeats.parts)
            repeats = UnitRepeats(unit, there.arithmetic(libraries), _today(), repeats.played, (), recorded)
        else:
            line = " ".join(
                f"{n} {there.versions[n]}"
                for n in ("python", "tensorflow", "keras", "numpy")
                if n in there.versions
            )
            repeats = replace(
                repeats,
                versions=tuple(sorted({*repeats.versions, line})),
                parts=_moved(repeats.parts, found, "versions"),
            )
    elif here.device == "gpu":
        repeats = read_repeats(repeats_path(unit, "", folder))
        _check_data(repeats, planner, parts)
        found, _ = run_seeds(planner, parts)
        unmoved = {
            name: replace(part, numbers={k: Number(n.values) for k, n in part.numbers.items()})
            for name, part in repeats.parts.items()
        }
        repeats = replace(
            repeats,
            environment=here.arithmetic(libraries),
            date=_today(),
            played=("cpu",),
            versions=(),
            parts=_moved(unmoved, found, "rounding"),
        )
    else:
        on_progress(f"{unit}: here")
        repeats = _recorded_here(planner, parts, path, here, on_progress)
    write_repeats(repeats, path)
    return repeats


def _check_data(repeats: UnitRepeats, planner: Planner, parts: Sequence[Part]) -> None:
    """Raise NotRecorded if recorded seeds rest on other data: their differences are more than rounding."""
    for part in parts:
        today = recorded_job(planner, part, 0).substitutes
        if part.name in repeats.parts and (
            why := other_data("seeds", repeats.parts[part.name].substitutes, today)
        ):
            raise NotRecorded(f"{part.unit}: {why}: workshop record {part.unit} --repeats, on a CPU, first")


def _recorded_here(
    planner: Planner,
    parts: Sequence[Part],
    path: Path,
    here: Environment,
    on_progress: Callable[[str], None],
) -> UnitRepeats:
    """Return the repeats of parts here, or those at `path` with this processor's rounding added."""
    unit = parts[0].unit
    found, seconds = run_seeds(planner, parts)
    known = _of_another_processor(path, here.facts(), planner, parts)
    if known is not None:
        return replace(
            known,
            played=tuple(dict.fromkeys([*known.played, _vector_set(here)])),
            parts=_moved(known.parts, found, "rounding"),
        )
    recorded = _recorded(planner, parts, found, seconds, {})
    played = plays(here)
    for name in played:
        on_progress(f"{unit}: {name}")
        with _playing(name) as wrapped:
            there = other_python(wrapped).environment(1)
            elsewhere, _ = run_seeds(planner_in(unit, there, wrapped), parts, wrapped)
        recorded = _moved(recorded, elsewhere, "rounding")
    libraries = planner.catalogue.libraries(unit)
    return UnitRepeats(unit, here.arithmetic(libraries), _today(), tuple(played), (), recorded)


def _of_another_processor(
    path: Path, environment: Mapping[str, str], planner: Planner, parts: Sequence[Part]
) -> UnitRepeats | None:
    """Return the repeats of the same parts, code, data and libraries from another processor, or None."""
    known = read_repeats(path) if path.exists() else None
    if known is None or not known.alike(environment) or known.exact(environment):
        return None
    made = {part.name: (code_of(part), recorded_job(planner, part, 0).substitutes) for part in parts}
    return (
        known if {name: (each.code, each.substitutes) for name, each in known.parts.items()} == made else None
    )


def planner_in(unit: str, environment: Environment, python: Path | None = None) -> Planner:
    """Return the planner of a unit's jobs in an environment, that of the interpreter at `python` if given."""
    return Planner(
        catalogue([unit[:4]]),
        environment.digest_text(),
        installed=installed if python is None else other_python(python).installed,
    )


def recorded_job(planner: Planner, part: Part, index: int) -> Job:
    """Return the job of a part with one of its recorded seeds, as a default run computes it."""
    return planner.job(part, index, "default", "reference")


def run_seeds(
    planner: Planner,
    parts: Sequence[Part],
    python: Path | None = None,
    *,
    count: int = SEEDS,
    store: Path | None = None,
) -> tuple[Found, dict[str, float]]:
    """Return the entries of the first recorded seeds of each part of a unit, and the seconds of one.

    Raises NotRecorded if a part can't run.
    """
    jobs = {part.name: [recorded_job(planner, part, index) for index in range(count)] for part in parts}
    every = [job for own in jobs.values() for job in own]
    blocked = next((job.blocked for job in every if job.blocked), None)
    if blocked is not None:
        raise NotRecorded(f"{parts[0].unit}: {blocked.reason}")
    made: dict[str, Made] = {}
    execute(every, made=made, store=store, workers=Workers(1), timings=usual_seconds(), python=python)
    failure = next((made[job.key].failure for job in every if made[job.key].failure), None)
    if failure:
        raise NotRecorded(failure)
    found = {name: [entries(made[job.key].outcome) for job in own] for name, own in jobs.items()}
    seconds = {name: min(made[job.key].seconds for job in own) for name, own in jobs.items()}
    return found, seconds


def _recorded(
    planner: Planner,
    parts: Sequence[Part],
    found: Found,
    seconds: Mapping[str, float],
    rounded: Mapping[str, PartRepeats],
) -> dict[str, PartRepeats]:
    """Return the repeats of parts, with the rounding that other ones measured of the same numbers."""
    recorded = {}
    for part in parts:
        rows = found[part.name]
        own = rounded[part.name].numbers if part.name in rounded else {}
        recorded[part.name] = PartRepeats(
            code=code_of(part),
            form=planner.form(part).lstrip("@"),
            seconds=round(seconds[part.name], 3),
            seeds=tuple(recorded_job(planner, part, index).seeds[0] for index in range(SEEDS)),
            numbers={
                name: Number(tuple(row.get(name) for row in rows), own[name].rounding if name in own else 0.0)
                for name in dict.fromkeys(name for row in rows for name in row)
            },
            substitutes=recorded_job(planner, part, 0).substitutes,
        )
    return recorded


def _moved(recorded: Mapping[str, PartRepeats], found: Found, kind: str) -> dict[str, PartRepeats]:
    """Return the parts with the largest differences between what is recorded and what was found."""
    parts = {}
    for name, part in recorded.items():
        rows, numbers = found[name], {}
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
    """Return what this processor plays: the next narrower vector set if it has one, and other rounding."""
    names = list(_SETS)
    return [*names[names.index(_vector_set(environment)) + 1 :][:1], _NOISE]


def _vector_set(environment: Environment) -> str:
    """Return the widest vector set of a processor."""
    return next((name for name in _SETS if f" {name}" in environment.cpu), list(_SETS)[-1])


@contextmanager
def _playing(name: str) -> Iterator[Path]:
    """Give an interpreter like this one that computes with a narrower vector set, or with other rounding."""
    lines = ["#!/bin/sh", *(f"export {key}={value}" for key, value in _SETS.get(name, {}).items())]
    python = shlex.quote(sys.executable)
    noisy = f'{python} -c "from {__name__} import noisy_worker; noisy_worker()" "$3"'
    lines.append(f"exec {noisy}" if name == _NOISE else f'exec {python} "$@"')
    with tempfile.TemporaryDirectory(prefix="workshop-") as folder:
        path = Path(folder, "python")
        path.write_text("\n".join(lines), "utf-8")
        path.chmod(0o755)
        try:
            yield path
        finally:
            other_python(path).close()


def noisy_worker() -> None:
    """Answer an engine's orders as `worker` does, with initial weights of other rounding."""
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
    worker.main()


def _today() -> str:
    return datetime.now(timezone.utc).date().isoformat()
