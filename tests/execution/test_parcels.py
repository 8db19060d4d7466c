"""Groups of jobs on other machines, played by this one: data, environments, losses, the store."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from workshop import datasets
from workshop.execution.calling import Call
from workshop.execution.cluster import parcels
from workshop.execution.cluster.node import differences
from workshop.execution.cluster.parcels import NoData, OtherEnvironment, Parcel, compute
from workshop.execution.dispatch import Usage
from workshop.execution.environment import Environment, this_environment
from workshop.execution.executor import Impossible, Killed, Needs, Task
from workshop.execution.process_pool import Workers
from workshop.execution.store import Store


class Machines:
    """A cluster of made-up nodes: what is sent to one is computed here, or is answered by a rule.

    `rules` say by node what a task raises there, or None; the node that is not to be avoided and comes first
    gets a task. With `workers` it computes in a process of its own.
    """

    tries = 3
    python = ""
    limit = None
    cores = 2
    count = 4
    peak = 0

    def __init__(
        self, names: str, rules: dict[str, Any] | None = None, workers: Workers | None = None
    ) -> None:
        self.names = frozenset(names)
        self.rules = rules or {}
        self.sent: list[tuple[str, Needs, Parcel]] = []
        self._workers = workers

    def environment(self, threads: int) -> Environment:
        return this_environment(threads)

    def installed(self, name: str) -> bool:
        return True

    def nodes(self) -> frozenset[str]:
        return self.names

    def name_of(self, node: str) -> str:
        return f"node {node}"

    def usual_memory(self) -> int:
        return 3_000_000_000

    def submit(self, function: Any, parcel: Parcel, *, needs: Needs = Needs()) -> Task:  # noqa: B008
        node = min(self.names - needs.avoid)
        self.sent.append((node, needs, parcel))
        raised = self.rules.get(node, lambda _: None)(parcel)
        if raised is None and self._workers is not None:
            task = self._workers.submit(function, parcel)
        else:
            task = _done(raised, lambda: function(pickle.loads(pickle.dumps(parcel))))
        task.node = node
        return task

    def wait(self, running: Iterable[Task]) -> set[Task]:
        return {*running} if self._workers is None else self._workers.wait(running)

    def close(self) -> None:
        if self._workers is not None:
            self._workers.close()

    def transport(self, store: Path | None, python: Path | None) -> parcels.Parcels:
        return parcels.Parcels(self, store)


def _done(raised: Exception | None, answer: Callable[[], Any]) -> Task:
    """Return a task that has ended."""
    task = Task()
    try:
        if raised is not None:
            raise raised
        task.set_result(answer())
    except Exception as error:
        task.set_exception(error)
    return task


UNITS = """
@unit("ch09.ex01", value="a")
def drawn(seed) -> float:
    tally(seed)
    return float(np.random.default_rng(seed).random())

@unit("ch09.ex02", value="a")
def doubled(ch09_ex01) -> float:
    return ch09_ex01.a * 2
"""
RULE = {"at_least": {"bound": 0}}
CLAIMS = [{"id": f"ch09.ex0{i}.a{i}", "measure": "a", "rule": RULE} for i in (1, 2)]


def stored(folder: Path) -> dict[str, bytes]:
    """Return the outcomes of a store as bytes, without their seconds, by key."""
    return {path.stem: path.read_bytes().split(b"\n", 2)[2] for path in folder.glob("*/*.outcome")}


def run(bench, machines: Machines, store: Path, **options: Any) -> dict[str, tuple[str, str]]:
    """Verify on made-up machines; return verdicts and reasons."""
    with closing(machines):
        records = bench.verify(store=store, cluster=machines, **options)
    return {name: (record.verdict, record.reason) for name, record in records.items()}


@pytest.fixture
def two(bench):
    """Return a bench with two units, of which one needs the other, and 8 seeds."""
    bench.units(UNITS)
    bench.claims(*CLAIMS)
    bench.seed_count = 8
    (bench.folder / "timed").mkdir()
    timings = {"ch09.ex01:drawn": 6.0, "ch09.ex02:doubled": 9.0}
    (bench.folder / "timed" / "timings.json").write_text(json.dumps(timings), "utf-8")
    return bench


def test_a_cluster_stores_what_this_machine_stores(two) -> None:
    """The same keys and bytes; tasks are pieces of about 20 seconds, and what needs another comes later.

    The most memory that a task had in use is kept.
    """
    machines, usage = Machines("ab", workers=Workers(4)), Usage()
    assert run(two, machines, two.folder / "timed", usage=usage)["a2"][0] == "reproduced"
    sizes = [sum(len(call.keys) for call in parcel.calls) for _, _, parcel in machines.sent]
    computed = sorted(two.tally())
    two.tallies.unlink()
    two.verify(store=two.folder / "here")

    assert sorted(sizes) == [2, 2, 2, 2, 2, 3, 3]
    assert len(stored(two.folder / "here")) == 16
    assert stored(two.folder / "timed") == stored(two.folder / "here")
    assert computed == sorted(two.tally())
    assert {needs.memory for _, needs, _ in machines.sent} == {3_000_000_000}
    assert usage.last.startswith("ch09.ex02:doubled")
    assert usage.busy > usage.longest > 0
    peaks = Store(two.folder / "timed").read_peaks()
    assert sorted(peaks) == ["ch09.ex01:drawn", "ch09.ex02:doubled"]
    assert all(10e6 < peak < 0.8e9 for peak in peaks.values())


def test_memory_is_reserved_by_what_was_used_before(two) -> None:
    """A fifth more than the most of earlier runs, and room for what they leave behind."""
    store = two.folder / "timed"
    Store(store).write_peaks({"ch09.ex01:drawn": 5_000_000_000, "ch09.ex02:doubled": 1})
    machines = Machines("a")
    run(two, machines, store)
    asked = {parcel.calls[0].function: needs.memory for _, needs, parcel in machines.sent}
    assert asked == {"drawn": 7_000_000_000, "doubled": 2_000_000_000}


def lost(parcel: Parcel) -> Killed | None:
    """Lose the process of each task that has seed 3 of the first unit."""
    return Killed(-11, "a") if any("ch09.ex01:drawn#3" in call.keys for call in parcel.calls) else None


def test_lost_seeds_run_one_by_one_on_other_nodes(two, caplog) -> None:
    """What a node loses, another computes; nothing is computed twice."""
    machines = Machines("ab", {"a": lost})
    assert run(two, machines, two.folder / "timed")["a1"][0] == "reproduced"
    assert len(stored(two.folder / "timed")) == 16
    assert len(two.tally()) == 8
    (first, second) = ("ch09.ex01:drawn#3 +2", "it runs again, each seed by itself")
    assert [(first in line, second in line) for line in caplog.messages if "was lost" in line] == [
        (True, True)
    ]
    again = [node for node, needs, _ in machines.sent if needs.avoid]
    assert again == ["b", "b", "b"]


def test_a_seed_that_three_nodes_lose_is_named(two) -> None:
    """With the nodes; the other seeds are in the store."""
    rules = {name: lambda parcel, name=name: lost(parcel) and Killed(-11, name) for name in "abcd"}
    reason = run(two, Machines("abcd", rules), two.folder / "timed")["a1"][1]
    assert reason == (
        "ch09.ex01:drawn#3: its process was killed by signal 11 (SIGSEGV), 3 times "
        "on node a and node b and node c"
    )
    assert len(stored(two.folder / "timed")) == 14


def test_nodes_of_another_environment_are_left_out(two, caplog) -> None:
    """Each is named once with what differs; if all are, that is the reason."""
    other = {"a": lambda _: OtherEnvironment("numpy 1.26.4 instead of 2.4.6")}
    assert run(two, Machines("ab", other), two.folder / "timed")["a1"][0] == "reproduced"
    assert caplog.messages == ["node a is left out: another environment: numpy 1.26.4 instead of 2.4.6"]
    why = run(two, Machines("a", other), two.folder / "store")["a1"]
    assert why == ("failed", "ch09.ex01:drawn#0: no node of the cluster has all that it needs")


def test_the_only_fit_node_gets_again_what_it_lost(two) -> None:
    """A node of another environment is no other place for it."""
    losses = iter([Killed(-11, "b")])

    def lost_once(parcel: Parcel) -> Killed | None:
        return next(losses, None) if lost(parcel) else None

    machines = Machines("ab", {"a": lambda _: OtherEnvironment("numpy 1.26.4"), "b": lost_once})
    assert run(two, machines, two.folder / "timed")["a1"][0] == "reproduced"
    assert next(losses, None) is None
    (once, again) = (
        needs.avoid
        for node, needs, parcel in machines.sent
        if node == "b" and any("ch09.ex01:drawn#3" in call.keys for call in parcel.calls)
    )
    assert (once, again) == (frozenset("a"), frozenset("a"))
    assert len(two.tally()) == 8


def test_what_cannot_run_anywhere_fails_by_name(two) -> None:
    """With what is needed and what there is."""
    machines = Machines("a", {"a": lambda _: Impossible("it needs 9 GB, and the largest node has 5 GB")})
    why = "ch09.ex01:drawn#0: it needs 9 GB, and the largest node has 5 GB"
    assert run(two, machines, two.folder / "timed")["a1"] == ("failed", why)


def test_a_parcel_of_another_environment_is_refused() -> None:
    """A node compares its own environment with the one that the fingerprints name."""
    here = this_environment(1)
    there = replace(here, versions={**here.versions, "numpy": "0.1"})
    with pytest.raises(OtherEnvironment) as refused:
        compute(Parcel((), there, "", {}))
    assert str(refused.value) == f"numpy {here.versions['numpy']} instead of 0.1"
    assert differences(here, here) == ""
    assert compute(Parcel((), here, "", {})) == []


@pytest.fixture
def sonar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datasets.Found:
    """Return a data set that comes with the package, on a node that has an empty cache."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    found = datasets.find("sonar")
    assert isinstance(found, datasets.Found)
    return found


def test_a_node_takes_its_own_data_or_what_travelled(sonar, tmp_path: Path, monkeypatch) -> None:
    """With the checksum of the run; anything else is missing."""
    files = {name: path.read_bytes() for name, path in sonar.paths.items()}
    assert parcels._find(replace(sonar, paths={"x": Path("/nowhere")}), None) == sonar
    missing = datasets.Missing("sonar", "it is nowhere", "fetch it")
    monkeypatch.setattr(datasets, "find", lambda _: missing)

    assert parcels._find(sonar, None) is None
    arrived = parcels._find(sonar, files)
    spoiled = parcels._find(replace(sonar, checksum="other"), dict.fromkeys(files, b"x"))

    assert arrived is not None
    assert {name: path.read_bytes() for name, path in arrived.paths.items()} == files
    assert all(path.is_relative_to(tmp_path / "cache") for path in arrived.paths.values())
    assert spoiled is None


def test_another_edition_of_a_data_set_is_not_computed_on(sonar, monkeypatch) -> None:
    """A node that has it under the same name says that it has none, or takes what travelled."""
    other = replace(sonar, edition="another", checksum="another", paths={"x": Path("/nowhere")})
    monkeypatch.setattr(datasets, "find", lambda _: other)
    call = Call("toy_units", "f", ("k",), (None,), ("f",), {}, {"sonar": sonar}, {})
    parcel = Parcel((call,), this_environment(1), "", {})

    with pytest.raises(NoData) as raised:
        compute(parcel)
    assert raised.value.args == ("sonar",)

    computed: list[Any] = []
    monkeypatch.setattr(parcels, "run_calls", lambda calls, *_: computed.extend(calls) or [])
    files = {name: path.read_bytes() for name, path in sonar.paths.items()}
    compute(replace(parcel, files={"sonar": files}))
    (found,) = (each.data["sonar"] for each in computed)
    assert (found.edition, found.checksum) == (sonar.edition, sonar.checksum)
    assert {name: path.read_bytes() for name, path in found.paths.items()} == files


@pytest.mark.parametrize(("size", "nodes", "travels"), [(10, "a", True), (30_000_000, "ab", False)])
def test_small_data_travel_and_large_ones_are_asked_elsewhere(
    bench, data, tmp_path: Path, caplog, size: int, nodes: str, travels: bool
) -> None:
    """A node without a large set is named; if no node has it, its claims say so."""
    bench.units(UNITS + "\n@unit('ch09.ex03', value='a')\ndef takes(toy_data) -> float: ...\n")
    bench.claims({"id": "ch09.ex03.a3", "measure": "a"})
    (tmp_path / "file").write_bytes(b"x" * size)
    bench.found["toy_data"] = replace(data(), paths={"file": tmp_path / "file"})

    def without(parcel: Parcel) -> Exception | None:
        return None if parcel.files else NoData("toy_data")

    machines = Machines(nodes, dict.fromkeys(nodes, without))
    if travels:
        machines.rules["a"] = lambda parcel: without(parcel) or Impossible("it came")
    verdict, why = run(bench, machines, bench.store)["a3"]

    assert verdict == "failed"
    assert why == (
        "ch09.ex03:takes: it came"
        if travels
        else "ch09.ex03:takes: no node of the cluster has toy_data: "
        "run `workshop data fetch toy_data` there, or set WORKSHOP_MIRROR for `ray start`"
    )
    assert len([line for line in caplog.messages if "has no toy_data" in line]) == (0 if travels else 2)


def test_a_sample_recorded_on_a_cluster_is_that_of_this_machine(two, references) -> None:
    """All missing seeds are sent at once, and one that failed is not computed again."""
    two.units(UNITS.replace("    tally(seed)\n", "    tally(seed)\n    if seed % 7 == 3:\n        1 / 0\n"))
    two.claims({"id": "ch09.ex01.loss", "measure": "a", "documented": 0.5, "rule": "reference"})
    with closing(Machines("ab")) as machines:
        there = references.record(20, cluster=machines)
    computed = sorted(two.tally())
    two.tallies.unlink()
    (references.folder / "ch09.ex01.json").unlink()
    for path in two.store.glob("*/*.outcome"):
        path.unlink()
    here = references.record(20)

    assert len(machines.sent) > 1
    assert computed == sorted(two.tally())
    assert [(run.seed, run.values, run.mishap) for run in there.runs] == [
        (run.seed, run.values, run.mishap) for run in here.runs
    ]
    assert 0 < len([run for run in here.runs if run.mishap]) < 20
