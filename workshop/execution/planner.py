"""Jobs: one part of a unit with one seed, with everything that it needs resolved, and its fingerprint."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from workshop import datasets
from workshop.datasets.cache import distrusted_since
from workshop.execution.catalogue import Catalogue
from workshop.execution.digests import code_digest, own_digest
from workshop.execution.environment import legacy_keras
from workshop.execution.seeds import Stream, seed_at
from workshop.paths import Measure
from workshop.units import Part

Profile = Literal["default", "full"]

FIRST_STEPS = "@first steps"
# libraries without wheels for newer Pythons
_WHEELS = {"gensim": " on Python 3.13 or older"}
# what takes a reader's value to a function
_LOADING = ("workshop.datasets.loading", "workshop.datasets.readers", "workshop.datasets.photographs")


@dataclass(frozen=True, eq=False)
class Job:
    """One run of one part.

    `upstream` gives, for each unit that the part takes, the jobs of its parts. `blocked` says why the part
    can't run here, and what to do about it, "" if it can. `changed` has the settings that are not the
    documented ones.
    """

    key: str
    part: Part
    seed: int | None
    settings: Mapping[str, Any]
    data: Mapping[str, datasets.Found]
    upstream: Mapping[str, tuple[Job, ...]]
    fingerprint: str
    blocked: str
    first_steps: bool
    changed: Mapping[str, Any]

    @property
    def group(self) -> str:
        """Name of the group of jobs that differ in the seed alone."""
        return self.key.split("#")[0]

    @property
    def steps_only(self) -> bool:
        """Whether the part, or one that it takes, makes only first steps."""
        return self.group.endswith(FIRST_STEPS)

    @cached_property
    def with_upstream(self) -> tuple[Job, ...]:
        """The job, and all whose outcomes it takes, each once."""
        taken = (each for jobs in self.upstream.values() for job in jobs for each in job.with_upstream)
        return tuple(dict.fromkeys((self, *taken)))

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that the outcome rests on: its own, and those of the outcomes that it takes."""
        return tuple(dict.fromkeys(job.seed for job in self.with_upstream if job.seed is not None))

    @property
    def unlike_book(self) -> dict[str, Any]:
        """The settings that are not the documented ones: its own, and those of the outcomes that it takes."""
        inherited = [job.unlike_book for jobs in self.upstream.values() for job in jobs]
        return {name: value for each in (*inherited, self.changed) for name, value in each.items()}

    @property
    def substitutes(self) -> tuple[str, ...]:
        """Why the outcome rests on substitutes, a line each; empty if it rests on the documented data."""
        every = [item for job in self.with_upstream for item in job.data.items()]
        return tuple(dict.fromkeys(f"{name}: {found.why}" for name, found in every if found.substitute))


@dataclass(frozen=True)
class Given:
    """What a reader's run has in place of the book's: one `seed` for all functions, settings and data.

    `changed` has other settings than the book's by the part's key, and `own` data sets by name.
    """

    seed: int | None = None
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: Mapping[str, datasets.Found] = field(default_factory=dict)


AS_IN_BOOK = Given()


def blocked_by(jobs: Iterable[Job]) -> str:
    """Return why the first of some jobs that can't run here can't, "" if all can."""
    return next((job.blocked for job in jobs if job.blocked), "")


def installed(name: str) -> bool:
    """Whether this interpreter can import a library."""
    return importlib.util.find_spec(name) is not None


def find_data(data_set: datasets.DataSet, *, services: bool) -> datasets.Found | datasets.Missing:
    """Return where a data set is; with `services`, a web service is asked whether it answers."""
    return datasets.find_data_set(data_set, offline=not (services and data_set.service))


@dataclass
class Planner:
    """Turns quantities into jobs; each job is made once, however many ask for it.

    `installed` says whether a library can be imported where functions run. Nothing takes the outcomes of the
    parts `for_full` in a default run.
    """

    catalogue: Catalogue
    data_sets: Mapping[str, datasets.DataSet]
    environment: str
    services: bool = False
    installed: Callable[[str], bool] = installed
    given: Given = AS_IN_BOOK
    for_full: Collection[str] = ()
    _jobs: dict[str, Job] = field(default_factory=dict)
    _found: dict[str, datasets.Found | datasets.Missing] = field(default_factory=dict)

    def sample(
        self,
        measures: Iterable[Measure],
        asker: str,
        profile: Profile,
        indices: Iterable[int],
        stream: Stream = "run",
    ) -> list[dict[Measure, Job]]:
        """Return, for each index of a stream of seeds, the job that each quantity comes from.

        Quantities that depend on no seed have a sample of one. Raises WiringError, which names `asker`.
        """
        owners = {measure: self.catalogue.owner(measure, asker) for measure in measures}
        if not any(self.catalogue.stochastic(part) for part in owners.values()):
            indices = (0,)
        return [
            {measure: self.job(part, i, profile, stream) for measure, part in owners.items()} for i in indices
        ]

    def job(self, part: Part, index: int, profile: Profile, stream: Stream = "run") -> Job:
        """Return the job of a part at an index of a stream of its seeds."""
        group = f"{part.key}{self.form(part) if profile == 'default' else ''}"
        drawn = f"#{index}" if stream == "run" else f"#{stream} {index}"
        key = f"{group}{drawn}" if self.catalogue.stochastic(part) else group
        if key not in self._jobs:
            self._jobs[key] = self._make(part, index, profile, stream, key)
        return self._jobs[key]

    @property
    def jobs(self) -> Collection[Job]:
        """All jobs that were asked for, and those that they need."""
        return self._jobs.values()

    def _make(self, part: Part, index: int, profile: Profile, stream: Stream, key: str) -> Job:
        given = self.given.changed.get(part.key, {})
        changed = {name: value for name, value in given.items() if said(value) != said(part.settings[name])}
        settings = {**part.settings, **changed}
        first_steps = profile == "default" and part.first_steps
        seed = None
        if part.stochastic:
            own = self.given.seed
            seed = seed_at(part.unit, index, stream) if own is None else own
        blocked = self._missing_library(part.uses)
        data: dict[str, datasets.Found] = {}
        for name in part.datasets:
            found = self.find(name)
            if isinstance(found, datasets.Missing):
                blocked = blocked or f"{name}: {found.reason}; {found.remedy}"
            else:
                data[name] = found
                blocked = blocked or self._missing_library(datasets.reader_of(found)[1])
        upstream = {
            unit_id: tuple(
                self.job(p, index, profile, stream)
                for p in self.catalogue.parts.get(unit_id, ())
                if profile == "full" or p.key not in self.for_full
            )
            for unit_id in part.units
        }
        taken = [job for jobs in upstream.values() for job in jobs]
        blocked = blocked or blocked_by(taken)
        mark = fingerprint(
            part=part.key,
            code=code_digest(part.module, part.name),
            settings=settings,
            data={name: _content(found) for name, found in data.items()},
            seed=seed,
            upstream=[job.fingerprint for job in taken],
            environment=self.environment,
            form=FIRST_STEPS if first_steps else "",
        )
        return Job(key, part, seed, settings, data, upstream, mark, blocked, first_steps, changed)

    def find(self, name: str) -> datasets.Found | datasets.Missing:
        """Return where a data set is, which is looked for once."""
        if name in self.given.own:
            return self.given.own[name]
        if name not in self._found:
            self._found[name] = find_data(self.data_sets[name], services=self.services)
        return self._found[name]

    def form(self, part: Part) -> str:
        """Return the form in which a default run runs a part: "" to its end, or first steps.

        A part that takes the outcome of first steps has their form.
        """
        return FIRST_STEPS if any(p.first_steps for p in self.catalogue.with_upstream([part])) else ""

    def _missing_library(self, names: Sequence[str]) -> str:
        """Return why functions that use these libraries can't run here, "" if they can."""
        for name in names:
            if not self.installed(name):
                where = _WHEELS.get(name, "")
                return f"{name} is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]'){where}"
        if "tensorflow" in names and legacy_keras() and not self.installed("tf_keras"):
            return "TF_USE_LEGACY_KERAS asks for tf_keras; pip install tf_keras, or unset the variable"
        return ""


def _content(found: datasets.Found) -> str:
    """Write what the value of a data set depends on: the files, and the code that reads them.

    Outcomes made before the files were found wrong may be made of the wrong ones.
    """
    module, _, function = datasets.reader_of(found)[0].partition(":")
    code = code_digest(module, function), *map(own_digest, _LOADING)
    return f"{found.checksum} {' '.join(code)} {distrusted_since(found.checksum)}"


def said(setting: Any) -> str:
    """Write all that a setting says; NumPy shortens the repr of an array from 1,000 entries on."""
    kind = getattr(setting, "dtype", None)
    if kind is None:
        return repr(setting)
    content = repr(setting.tolist()).encode() if kind.hasobject else setting.tobytes()
    return f"{kind.str} {setting.shape} {hashlib.sha256(content).hexdigest()}"


def fingerprint(
    *,
    part: str,
    code: str,
    settings: Mapping[str, Any],
    data: Mapping[str, str],
    seed: int | None,
    upstream: Iterable[str],
    environment: str,
    form: str = "",
) -> str:
    """Return the hex digest of everything that an outcome depends on: its fingerprint.

    `code` is the digest of what the part's function reaches. `data` maps data sets to what their values
    depend on, `upstream` lists the fingerprints of the outcomes that the part takes; `form` is how it runs if
    not to its end.
    """
    content = {
        "part": part,
        "code": [code, code_digest("workshop.execution.calling", "run_call")],
        "settings": {k: said(v) for k, v in sorted(settings.items())},
        "data": dict(sorted(data.items())),
        "seed": seed,
        "upstream": list(upstream),
        "environment": environment,
        **({"form": form} if form else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:40]
