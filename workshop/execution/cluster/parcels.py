"""Groups of jobs as they travel to the nodes of a cluster, and their outcomes on the way back.

Data sets are found on the node by their checksum; only small ones travel, to nodes that don't have them. An
outcome comes back as the bytes of `codec`, and the driver alone writes the store.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workshop import datasets
from workshop.datasets.cache import matches
from workshop.execution.caching import put, run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.cluster.node import differences, environment_there, interpreter
from workshop.execution.codec import decode, encode
from workshop.execution.environment import Environment
from workshop.execution.executor import Cluster, Impossible, Killed, Needs, Task, Transport
from workshop.execution.planner import Job
from workshop.execution.run_state import RunState
from workshop.execution.store import Store
from workshop.files import cache_folder, write_atomically

log = logging.getLogger("workshop.execution")

# of a data set that travels with its task
_MOST_BYTES = 20_000_000
# reserved beyond the most memory that a part has had in use: a share, and what earlier tasks leave behind
_MEMORY_TO_SPARE = 1.2
_MEMORY_LEFT = 1_000_000_000
# a piece of a group takes this long, if one seed does not: one import serves it
_SECONDS_OF_A_PIECE = 20.0
# an outcome as bytes (None of a failure), its seconds, and its failure
Answer = tuple[bytes | None, float, str | None]


@dataclass(frozen=True)
class Parcel:
    """Calls, the environment that their fingerprints name, and the files of data sets that travel, by id.

    `python` is the interpreter that calls the functions on the node: a path, a name of the matrix, or "".
    """

    calls: Sequence[Call]
    environment: Environment
    python: str
    files: Mapping[str, Mapping[str, bytes]]


class OtherEnvironment(Exception):
    """The node computes in another environment than the run; the message says what differs."""


class NoData(Exception):
    """The node does not have the data sets of these names with their checksums."""


def compute(parcel: Parcel) -> list[Answer]:
    """Compute a parcel's calls on the node, job by job. Raises OtherEnvironment, NoData."""
    there = environment_there(parcel.python, parcel.environment.threads)
    if there.digest_text() != parcel.environment.digest_text():
        raise OtherEnvironment(differences(there, parcel.environment))
    found = {name: each for call in parcel.calls for name, each in call.data.items()}
    here = {name: _find(each, parcel.files.get(name)) for name, each in found.items()}
    missing = tuple(sorted(name for name, each in here.items() if each is None))
    if missing:
        raise NoData(*missing)
    calls = [replace(call, data={name: here[name] for name in call.data}) for call in parcel.calls]
    made = run_calls(calls, None, interpreter(parcel.python))
    return [(encode(m.outcome) if m.failure is None else None, m.seconds, m.failure) for m in made]


def _find(found: datasets.Found, files: Mapping[str, bytes] | None) -> datasets.Found | None:
    """Return a data set as it is on this node, from the files that travelled if need be; else None."""
    if not found.paths:  # a web service
        return found
    own = datasets.find(found.id)
    if isinstance(own, datasets.Found) and own.checksum == found.checksum:
        return own
    if files is None:
        return None
    folder = cache_folder() / "travelled" / found.checksum.replace(":", "-")
    (edition,) = (e for e in datasets.registry()[found.id].editions if e.name == found.edition)
    paths = {}
    for file in edition.files:
        paths[file.name] = path = folder / file.name
        if not path.is_file():
            write_atomically(path, files[file.name])
        if not matches(path, file):
            path.unlink()
            return None
    return replace(found, paths=paths)


@dataclass
class Parcels(Transport):
    """Sends groups of jobs to a cluster; puts the outcomes into the store in a folder, None for no store."""

    cluster: Cluster
    store: Path | None
    _unfit: set[str] = field(default_factory=set)  # nodes of another environment
    _data_missing: dict[str, set[str]] = field(default_factory=dict)  # large data sets that nodes don't have
    _travelling: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._peaks = {} if self.store is None else Store(self.store).read_peaks()
        self._environment = self.cluster.environment(1)

    def pieces(
        self, groups: Mapping[str, list[Job]], timings: Mapping[str, float]
    ) -> Mapping[str, list[Job]]:
        """Split groups into pieces for several nodes, by the seconds of a seed; if unknown, a seed each."""
        pieces: dict[str, list[Job]] = {}
        for group, jobs in groups.items():
            size = max(1, int(_SECONDS_OF_A_PIECE / max(timings.get(group, _SECONDS_OF_A_PIECE), 1e-3)))
            for start in range(0, len(jobs), size):
                piece = jobs[start : start + size]
                pieces[piece[0].key + (f" +{len(piece) - 1}" if len(piece) > 1 else "")] = piece
        return pieces

    def processes(self, run: RunState) -> int:
        del run
        return self.cluster.cores

    def room(self, run: RunState) -> int:
        run.processes = self.cluster.cores  # nodes come and go
        return self.cluster.count

    def again(self, run: RunState, name: str, lost: Killed) -> list[str]:
        names = run.split(name)
        log.warning(
            "%s was lost with its process%s: it runs again%s",
            name,
            f" on {self.cluster.name_of(lost.node)}" if lost.node else "",
            ", each seed by itself" if len(names) > 1 else "",
        )
        return names

    def send(self, jobs: Sequence[Job], calls: Sequence[Call], avoid: frozenset[str]) -> Task:
        data = {name: found for call in calls for name, found in call.data.items()}
        unfit = self._unfit | {node for node, missing in self._data_missing.items() if missing & set(data)}
        nodes = self.cluster.nodes()
        if nodes and nodes <= unfit:
            return _impossible(self._nowhere(set(data), nodes))
        if nodes <= unfit | avoid:
            avoid = frozenset()  # a node that has lost it is better than none
        on_gpu = self._environment.device == "gpu" and any("tensorflow" in job.part.uses for job in jobs)
        files = {
            name: {file: path.read_bytes() for file, path in found.paths.items()}
            for name, found in data.items()
            if name in self._travelling
        }
        parcel = Parcel(
            calls,
            self._environment if on_gpu else replace(self._environment, device="cpu"),
            self.cluster.python,
            files,
        )
        peak = self._peaks.get(jobs[0].group)
        if peak is None:
            memory = self.cluster.usual_memory()
        else:
            memory = max(2 * _MEMORY_LEFT, int(peak * _MEMORY_TO_SPARE) + _MEMORY_LEFT)
        return self.cluster.submit(
            compute, parcel, needs=Needs(memory, int(on_gpu), frozenset(unfit) | avoid)
        )

    def receive(self, task: Task, jobs: Sequence[Job]) -> Sequence[Made] | None:
        try:
            answers: list[Answer] = task.result()
        except OtherEnvironment as error:
            if task.node not in self._unfit:
                self._unfit.add(task.node)
                name = self.cluster.name_of(task.node)
                log.warning("%s is left out: another environment: %s", name, error)
            return None
        except NoData as error:
            for name in error.args:
                self._note_missing(task.node, jobs[0].data[name])
            return None
        store = None if self.store is None else Store(self.store)
        made = []
        for job, (payload, seconds, failure) in zip(jobs, answers, strict=True):
            outcome = None if payload is None else decode(payload, (job.part.module,))
            each = Made(outcome, seconds, failure=failure)
            made.append(put(store, job.key, job.fingerprint, each))
        return made

    def _note_missing(self, node: str, found: datasets.Found) -> None:
        """Let a small data set travel from now on; what needs a large one runs on other nodes."""
        if found.id not in self._travelling:
            if sum(path.stat().st_size for path in found.paths.values()) <= _MOST_BYTES:
                self._travelling.add(found.id)
                return
            if found.id not in self._data_missing.setdefault(node, set()):
                self._data_missing[node].add(found.id)
                name = self.cluster.name_of(node)
                log.warning("%s has no %s: what needs it runs elsewhere: %s", name, found.id, _get(found.id))
            return
        self._data_missing.setdefault(node, set()).add(found.id)  # it could not be written there

    def _nowhere(self, names: set[str], nodes: frozenset[str]) -> str:
        """Say why no node can run what needs these data sets."""
        fit = nodes - self._unfit
        missing = [name for name in sorted(names) if all(name in self._data_missing.get(n, ()) for n in fit)]
        if not fit or not missing:
            return "no node of the cluster has all that it needs"
        return f"no node of the cluster has {missing[0]}: {_get(missing[0])}"


def _get(name: str) -> str:
    return f"run `workshop data fetch {name}` there, or set WORKSHOP_MIRROR for `ray start`"


def _impossible(why: str) -> Task:
    task = Task()
    task.set_exception(Impossible(why))
    return task
