"""What the commands cost that people wait for, once everything is stored: `nox -s tests -- costs`.

Imported modules, calls of Python functions and opened files repeat from run to run. 15 % more of one than in
`costs.yaml` is an error, and so is a large library that the file does not name. Processor time is compared
with that of a fixed load in the same minute, and twice as much is an error. `--write` replaces the file.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("costs.yaml")
# a command by its name; the first fills the store for the others
COMMANDS = {
    "verify": ("workshop", "verify", "--json", "{folder}/verify.json"),
    "verify 5.04": ("workshop", "verify", "5.04", "--json", "{folder}/part.json"),
    "show of a claim": ("workshop", "show", "5.04.test_rmse"),
    "list": ("workshop", "list"),
    "errata": ("workshop", "errata"),
    "check of a number": ("workshop", "check", "{folder}/mine.csv"),
    "data list": ("workshop", "data", "list"),
    "pytest -k ch02.ex04": ("pytest", "-q", "-p", "no:cacheprovider", "-k", "ch02.ex04"),
}
COUNTS = ("modules", "calls", "files")
LARGE = {
    *("gensim", "jinja2", "keras", "matplotlib", "nltk", "numpy", "pandas", "PIL", "ray"),
    *("scipy.special", "scipy.stats", "sklearn", "tensorflow"),
}
MORE, SLOWER = 1.15, 2.0
RUNS = 3


def main(arguments: list[str]) -> int:
    """Measure all commands, print a table, and return 1 if one costs more than the file says."""
    if arguments[:1] == ["--probe"]:
        return probe(Path(arguments[1]), arguments[2:])
    if arguments == ["--load"]:
        load()
        return 0
    wrong_usage(arguments)
    known = yaml.safe_load(FILE.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "mine.csv").write_text("5.04.test_rmse,0.05\n", "utf-8")
        found = {name: measure([each.format(folder=folder) for each in words], folder)
                 for name, words in COMMANDS.items()}  # fmt: skip
    table(found, known)
    if arguments:
        new = {name: {"goal": known[name]["goal"], **kept(costs)} for name, costs in found.items()}
        FILE.write_text(yaml.safe_dump(new, sort_keys=False), "utf-8")
        return 0
    problems = [line for name, costs in found.items() for line in beyond(name, costs, known[name])]
    print("\n".join(problems) or "no command costs more than benchmarks/costs.yaml says")
    return 1 if problems else 0


def wrong_usage(arguments: list[str]) -> None:
    """Exit with a line if there is another option than `--write`."""
    if arguments not in ([], ["--write"]):
        sys.exit("costs: the only option is --write")


def measure(words: list[str], folder: str) -> dict[str, Any]:
    """Return what a command costs: counts, processor seconds of some runs, and their ratio to the load."""
    cpu_seconds([sys.executable, "-m", *words])  # what it keeps for the next one
    times = [cpu_seconds([sys.executable, "-m", *words]) for _ in range(RUNS)]
    loads = [cpu_seconds([sys.executable, "-m", "benchmarks.costs", "--load"]) for _ in range(RUNS)]
    counted = Path(folder, "counts.json")
    cpu_seconds([sys.executable, "-m", "benchmarks.costs", "--probe", str(counted), *words])
    ratio = min(times) / min(loads)
    return {**json.loads(counted.read_text("utf-8")), "seconds": times, "loads": round(ratio, 2)}


def cpu_seconds(command: list[str]) -> float:
    """Run a command and return the processor time of its process and of those that it waited for."""
    hidden = {"CUDA_VISIBLE_DEVICES": "-1", "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | hidden)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)}\n{output.read().decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


def load() -> None:
    """Compute something of the kind that the commands do."""
    rows = [
        {"id": f"ch{n:02d}", "values": [n / 7, n / 3], "text": f"loss: {n / 7:.4f}"} for n in range(9_000)
    ]
    for _ in range(3):
        rows = json.loads(json.dumps(rows))
        for row in rows:
            row["text"] = re.sub(r"\d+", "1", str(row["text"]))
            sum(isinstance(value, float) for value in row.values())


def probe(file: Path, words: list[str]) -> int:
    """Run a module with its arguments in this process, and write how much it imports, calls and opens."""
    counts = {"calls": 0, "files": 0}
    before = {*sys.modules}

    def count(_frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            counts["calls"] += 1

    def audit(event: str, _arguments: Any) -> None:
        if event == "open":
            counts["files"] += 1

    sys.argv = words
    sys.addaudithook(audit)
    threading.setprofile(None)  # type: ignore[arg-type] # of this thread alone: others do not repeat
    sys.setprofile(count)
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            raise
    finally:
        sys.setprofile(None)
        modules = len({*sys.modules} - before)
        large = sorted(LARGE & {*sys.modules})
        file.write_text(json.dumps({"modules": modules, **counts, "large": large}), "utf-8")
    return 0


def kept(costs: dict[str, Any]) -> dict[str, Any]:
    """Return what the file has of a command."""
    return {key: costs[key] for key in (*COUNTS, "loads", "large")}


def table(found: dict[str, dict[str, Any]], known: dict[str, Any]) -> None:
    """Print a row for each command, as docs/benchmarks.md has it."""
    print("| command | goal, s | least CPU s | median | loads | modules | calls | files |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, costs in found.items():
        seconds = f"{min(costs['seconds']):.2f} | {statistics.median(costs['seconds']):.2f}"
        counts = " | ".join(f"{costs[key]:,}" for key in COUNTS)
        print(f"| `{name}` | {known[name]['goal']} | {seconds} | {costs['loads']} | {counts} |")


def beyond(name: str, costs: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """Return a line for each cost of a command that is beyond what the file allows."""
    limits = {**dict.fromkeys(COUNTS, MORE), "loads": SLOWER}
    return [f"{name}: imports {library}" for library in costs["large"] if library not in known["large"]] + [
        f"{name}: {key} {costs[key]:,}, at most {known[key] * factor:,.0f}"
        for key, factor in limits.items()
        if costs[key] > known[key] * factor
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
