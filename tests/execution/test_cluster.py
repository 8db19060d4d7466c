"""What `--on ray` makes of Ray's answers, with a made-up Ray: data, environments, losses, the store."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workshop import datasets
from workshop.errors import UsageError
from workshop.execution import cluster as clusters
from workshop.execution.cluster import RayCluster, differences
from workshop.execution.environment import this_environment
from workshop.execution.pool import Answer, Failed, Task
from workshop.execution.run import Usage
from workshop.execution.store import Store


class Errors:
    """The exceptions of Ray."""

    class RayError(Exception):
        """Of Ray's own."""

    class GetTimeoutError(RayError):
        """Nothing has come yet."""

    class OutOfMemoryError(RayError):
        """Ray has ended it."""

    class RayTaskError(RayError):
        """Of ours."""

        cause: Exception | None = ValueError("ours")


class Ray:
    """Two nodes of two cores, played by this process; `rules` give by function what a call raises.

    What `sent` has of each call: the function's name, its arguments, and how it is to run.
    """

    exceptions = Errors

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, dict[str, Any]]] = []
        self.rules: dict[str, Callable[..., Exception | None]] = {}
        self.alive = {"a" * 8: True, "b" * 8: True}
        self.ended = False

    def nodes(self) -> list[dict[str, Any]]:
        has = {"CPU": 2.0, "memory": 6e9}
        return [
            {"NodeID": n, "Alive": a, "Resources": has, "NodeManagerHostname": "host"}
            for n, a in self.alive.items()
        ]

    def remote(self, function: Any) -> Any:
        def options(**how: Any) -> Any:
            return SimpleNamespace(remote=lambda *args: (function, args, how))

        return SimpleNamespace(options=options)

    def get(self, reference: Any, timeout: float = 0.0) -> Any:
        if not isinstance(reference, tuple):
            return reference
        function, args, how = reference
        self.sent.append((args[0].__name__, args[2:], how))
        rule = self.rules.get(args[0].__name__)
        if rule is not None and (raised := rule(*args[2:], **how)):
            raise raised
        return function(*args)

    def put(self, value: Any) -> Any:
        return [value]

    def shutdown(self) -> None:
        self.ended = True


@pytest.fixture
def ray(monkeypatch) -> Ray:
    """Return a made-up Ray to which `RayCluster` connects."""
    made = Ray()
    monkeypatch.setattr(clusters, "_connect", lambda where, folder: made)
    monkeypatch.setattr(clusters, "end_with_parent", lambda parent: None)
    monkeypatch.setattr(clusters, "import_module", lambda name: made)
    monkeypatch.setattr(clusters, "_SECONDS_TO_LOOK", 0.01)
    monkeypatch.setattr(clusters, "_here", [])
    return made


@pytest.fixture
def cluster(ray) -> Iterator[RayCluster]:
    """Return the cluster of a made-up Ray."""
    with closing(RayCluster("ray")) as made:
        yield made
    for workers in clusters._here:
        workers.close()


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


def test_a_cluster_stores_what_this_machine_stores(two, ray, cluster):
    store, usage = two.folder / "timed", Usage()
    Store(store).write_peaks({"ch09.ex02:doubled": 3_000_000_000})
    assert two.verify(store=store, cluster=cluster, usage=usage)["a2"].verdict == "reproduced"
    computed = sorted(two.tally())
    two.tallies.unlink()
    two.verify(store=two.folder / "here")
    tasks = [(args[0], how) for name, args, how in ray.sent if name == "_compute"]

    assert sorted(sum(len(call.keys) for call in task.calls) for task, _ in tasks) == [2, 2, 2, 2, 2, 3, 3]
    assert len(stored(two.folder / "here")) == 16
    assert stored(store) == stored(two.folder / "here")
    assert computed == sorted(two.tally())
    memory = {task.calls[0].function: (how["memory"], how["num_gpus"]) for task, how in tasks}
    assert memory == {"drawn": (3_000_000_000, 0), "doubled": (4_600_000_000, 0)}
    assert {how["label_selector"]["ray.io/node-id"] for _, how in tasks} == {"in(aaaaaaaa,bbbbbbbb)"}
    assert (cluster.cores, usage.cores) == (4, 4)
    assert usage.last.startswith("ch09.ex02:doubled")
    assert usage.busy > usage.longest > 0
    assert 10e6 < Store(store).read_peaks()["ch09.ex01:drawn"] < 0.8e9


def test_a_sample_recorded_on_a_cluster_is_that_of_this_machine(two, references, ray, cluster):
    two.units(UNITS.replace("    tally(seed)\n", "    tally(seed)\n    if seed % 7 == 3:\n        1 / 0\n"))
    two.claims({"id": "ch09.ex01.loss", "measure": "a", "documented": 0.5, "rule": "reference"})
    there = references.record(20, cluster=cluster)
    computed = sorted(two.tally())
    two.tallies.unlink()
    (references.folder / "ch09.ex01.json").unlink()
    for path in two.store.glob("*/*.outcome"):
        path.unlink()
    here = references.record(20)

    assert computed == sorted(two.tally())
    assert [(run.seed, run.values, run.mishap) for run in there.runs] == [
        (run.seed, run.values, run.mishap) for run in here.runs
    ]
    assert 0 < len([run for run in here.runs if run.mishap]) < 20


def test_what_is_lost_is_tried_three_times(two, ray, cluster, caplog):
    losses: list[Exception] = [Errors.RayError("the node died"), Errors.OutOfMemoryError("too much")]
    ray.rules["_compute"] = lambda task, *_, **__: losses.pop() if losses and "#3" in task.name else None
    assert two.verify(store=two.folder / "timed", cluster=cluster)["a1"].verdict == "reproduced"
    assert caplog.messages == 2 * ["ch09.ex01:drawn#3 +2 was lost with its process"]
    losses += [Errors.RayError("the node died")] * 3
    record = two.verify(store=two.store, cluster=cluster)["a1"]
    why = "ch09.ex01:drawn#3: its process ended before its task did, 3 times"
    assert (record.verdict, record.reason, losses) == ("failed", why, [])
    losses += [Errors.OutOfMemoryError("too much")] * 3
    record = two.verify(store=None, cluster=cluster)["a1"]
    assert record.reason == (
        "ch09.ex01:drawn#3: its process was killed by signal 9 (SIGKILL), 3 times; out of memory?"
    )


def test_an_error_of_ours_ends_the_run(ray, cluster):
    ray.rules["_compute"] = lambda *_, **__: Errors.RayTaskError("around it")
    with pytest.raises(ValueError, match="ours"):
        cluster.submit(Task("a", [])).result()
    raised = Answer(None, ValueError("engine"), "", 0, 0.0)
    ray.rules = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_wait", lambda _: raised)
        assert cluster.compute(Task("a", [])) is raised


@pytest.mark.parametrize("lost", ["head", "nodes"])
def test_a_cluster_that_is_lost_fails_what_is_left(ray, cluster, lost, caplog, monkeypatch):
    ray.rules["_compute"] = lambda *_, **__: Errors.GetTimeoutError()
    if lost == "head":
        monkeypatch.setattr(clusters, "_SECONDS_WITHOUT_HEAD", 0.2)
        monkeypatch.setattr(ray, "nodes", lambda: 1 / 0)
        why = "the head of the cluster has not answered for 0.2 s"
    else:
        ray.alive = dict.fromkeys(ray.alive, False)
        why = "no node of the cluster is left"
    for _ in range(2):
        with pytest.raises(Failed) as failed:
            cluster.submit(Task("a", [])).result(30)
        assert failed.value.why == why
    line = f"{why}: what was finished counts; start the cluster again, and the same command"
    assert caplog.messages == [line]
    cluster.close()
    assert ray.ended


def test_what_waits_ends_with_the_cluster(ray, cluster):
    ray.rules["_compute"] = lambda *_, **__: Errors.GetTimeoutError()
    future = cluster.submit(Task("a", []))
    cluster.close()
    with pytest.raises(CancelledError):
        future.result(30)


def test_nodes_of_another_environment_are_left_out(ray, monkeypatch, caplog):
    here = this_environment()
    there = replace(here, versions={**here.versions, "numpy": "0.1"})
    answers = {"a" * 8: there, "b" * 8: here, "c" * 8: here}
    ray.alive = dict.fromkeys(answers, True)
    monkeypatch.setattr(RayCluster, "_wait", lambda self, reference, *_: reference)
    monkeypatch.setattr(RayCluster, "_start", lambda self, *_, nodes, **__: answers[nodes[0]])
    with closing(RayCluster("ray")) as made:
        assert (sorted(made._nodes), made.environment(), made.cores) == (["bbbbbbbb", "cccccccc"], here, 4)
    wrong = f"numpy 0.1 instead of {here.versions['numpy']}"
    assert caplog.messages == [f"node host (aaaaaa) is left out: another environment: {wrong}"]
    assert (differences(here, here), differences(there, here)) == ("", wrong)
    caplog.clear()

    def refuse(*_: Any) -> Any:
        raise Failed("it did not answer\nwithin 60 s")

    monkeypatch.setattr(RayCluster, "_wait", refuse)
    with pytest.raises(UsageError, match="no node of the cluster can run anything: see the lines above"):
        RayCluster("ray")
    assert "node host (bbbbbb) is left out: it did not answer within 60 s" in caplog.messages


def test_a_node_that_never_answers_is_given_up(ray, cluster):
    ray.rules["_installed"] = lambda *_, **__: Errors.GetTimeoutError()
    with pytest.raises(Failed, match=r"it did not answer within 0\.05 s"):
        cluster._wait(cluster._start(clusters._installed, "numpy", nodes="a"), 0.05)
    ray.rules = {}
    assert (cluster.installed("numpy"), cluster.installed("no_such")) == (True, False)


@pytest.fixture
def sonar(tmp_path, monkeypatch) -> datasets.Found:
    """Return a data set that comes with the package, on a node that has an empty cache."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    found = datasets.find("sonar")
    assert isinstance(found, datasets.Found)
    return found


def test_a_node_takes_its_own_data_or_what_ray_brings(ray, sonar, tmp_path, monkeypatch):
    files = {name: path.read_bytes() for name, path in sonar.paths.items()}
    assert clusters._find(replace(sonar, paths={}), None) == replace(sonar, paths={})
    assert clusters._find(replace(sonar, paths={"x": Path("/nowhere")}), None) == sonar
    other = replace(sonar, edition="another", checksum="another")
    for own in (datasets.Missing("sonar", "it is nowhere", "fetch it"), other):
        monkeypatch.setattr(datasets, "find", lambda _, own=own: own)
        assert clusters._find(sonar, None) is None
        arrived = clusters._find(sonar, files)
        assert arrived is not None
        assert (arrived.edition, arrived.checksum) == (sonar.edition, sonar.checksum)
        assert {name: path.read_bytes() for name, path in arrived.paths.items()} == files
        assert all(path.is_relative_to(tmp_path / "cache") for path in arrived.paths.values())
    assert clusters._find(replace(sonar, checksum="third"), dict.fromkeys(files, b"x")) is None


def test_data_travel_to_nodes_that_lack_them(bench, data, ray, cluster, tmp_path):
    bench.units(UNITS + "\n@unit('ch09.ex03', value='a')\ndef takes(toy_data) -> float: ...\n")
    bench.claims({"id": "ch09.ex03.a3", "measure": "a"})
    (tmp_path / "file").write_bytes(b"x" * 10)
    bench.found["toy_data"] = replace(data(), paths={"file": tmp_path / "file"})
    brought: list[Any] = []

    def without(task: Task, files: Any, *_: Any, **__: Any) -> Exception | None:
        brought.append(files)
        return None

    ray.rules["_compute"] = without
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "_find", lambda found, files: None)
        record = bench.verify(store=bench.store, cluster=cluster)["a3"]

    why = "ch09.ex03:takes: a node of the cluster can't keep toy_data"
    assert (record.verdict, record.reason) == ("failed", why)
    assert brought == [{}, {"toy_data": [{"file": b"x" * 10}]}]
