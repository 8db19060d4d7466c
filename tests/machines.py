"""Run the suite as other machines would: `python -m tests.machines [NAME … | TRAIT …] [-- OPTION …]`.

A machine is a set of traits. It has a clone of the last commit and a home of its own, and runs README's two
commands there, the first for quick units. Together, the named machines have all traits. Any traits make a
machine, too, so that one finds which trait is red: `zone umask -- tests/wording`. Options are pytest's; with
them, only what leaves results for the tests is verified.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from workshop.errors import WorkshopError
from workshop.execution.environment import this_environment
from workshop.matrix.interpreters import find_python, how_to_get
from workshop.matrix.virtualenvs import find_uv
from workshop.samples.recording_repeats import SETS, vector_set

ROOT = Path(__file__).parents[1]
OUTPUTS = ROOT / "results" / "machines"
QUICK = ("ch01", "2.05")  # the units of `verify`: without TensorFlow, and with a short training
LEFT = ("--json", "results/verify.json")
TESTS = ("--ignore=tests/cluster", "-n", "auto", "--maxprocesses=4")
TODAY = f"{datetime.now(timezone.utc):%Y%m%d}"
# how variables begin that a machine has only by its traits
_HIDDEN = ("WORKSHOP_", "XDG_", "LC_", "LANG", "TZ", "CI", "PYTEST_ADDOPTS", "PYTHONPATH")
# how features of NumPy begin that are wider than a vector set
_WIDER = {"avx2": ("AVX512", "X86_V4"), "sse4_2": ("AVX", "F16C", "FMA", "X86_V3", "X86_V4")}
_FEATURES = """from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*(name for name in __cpu_dispatch__ if __cpu_features__[name]))"""


@dataclass(frozen=True)
class Trait:
    """What a machine has that others have not; `verify` : the words of README's first command."""

    says: str
    variables: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()  # of pytest
    verify: Sequence[str] = ()
    python: str = ""
    vectors: str = ""
    locale: str = ""
    folder: str = ""
    umask: int = -1
    old: bool = False  # results/ is that of another version


TRAITS = {
    "nodata": Trait(
        "no data, and nothing that could fetch any",
        {"WORKSHOP_MIRROR": "", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_NO_INDEX": "1"}
        | dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    ),
    "part": Trait("results/ is of a part of the book", verify=(*QUICK, *LEFT)),
    "whole": Trait("results/ is of the whole book", verify=LEFT),
    "old": Trait("results/ is of another version", verify=(*QUICK, *LEFT), old=True),
    "sse4_2": Trait("a processor with SSE4.2", vectors="sse4_2"),
    "avx2": Trait("a processor with AVX2", vectors="avx2"),
    "avx512f": Trait("a processor with AVX-512", vectors="avx512f"),
    "language": Trait("German", locale="de_DE"),
    "zone": Trait("a time zone that is far ahead", {"TZ": "Pacific/Chatham"}),
    "umask": Trait("files that only their owner reads", umask=0o077),
    "blank": Trait("a folder with a blank in its name", folder="a clone"),
    "home": Trait("a home that can't be written", {"HOME": "/sys"}),  # refuses root, too
    # processes that compute remove it, so only what tests compute themselves changes
    "onednn": Trait("oneDNN off", {"TF_ENABLE_ONEDNN_OPTS": "0"}),
    "one": Trait("one process", options=("-n", "0")),
    "two": Trait("two processes", options=("-n", "2")),
    "four": Trait("four processes", options=("-n", "4")),
    "shuffled": Trait("another order each day", options=("--shuffled", TODAY)),
    "python3.10": Trait("Python 3.10", python="3.10"),
    "python3.13": Trait("Python 3.13", python="3.13"),
}  # fmt: skip
MACHINES = {
    "newcomer": ("whole", "two"),
    "offline": ("nodata", "part", "shuffled"),
    "abroad": ("language", "zone", "umask", "blank", "home", "old"),
    "former": ("sse4_2", "python3.10", "four"),
    "later": ("avx512f", "python3.13", "one"),
    "usual": ("avx2", "onednn"),
}


class NotPlayed(WorkshopError):
    """A trait that this machine can't have; the message says why."""


def main(words: Sequence[str]) -> int:
    """Play machines, print what each command gave, and return 1 if one is red."""
    words = [*words, "--"]
    names, options = words[: words.index("--")], words[words.index("--") + 1 : -1]
    if names == ["--list"]:
        for name, traits in MACHINES.items():
            print(f"{name:<12}{' '.join(traits)}")
        for name, trait in TRAITS.items():
            print(f"{name:<12}{trait.says}")
        return 0
    if unknown := [name for name in names if name not in {*MACHINES, *TRAITS}]:
        print(f"machines: nothing is named {unknown[0]}: --list lists machines and traits", file=sys.stderr)
        return 2
    machines = chosen_machines(names)
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(prefix="workshop-machines-") as folder:
        for name, traits in machines.items():
            print(f"{name}: {' '.join(traits)}", flush=True)
            rows += play(name, traits, Path(folder), options)
    print("", *(row for row, _ in rows), sep="\n")
    return 0 if rows and all(code == 0 for _, code in rows) else 1


def chosen_machines(names: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return machines by name: those that are named, and one of the traits; without any all of the table."""
    traits = [name for name in names if name in TRAITS]
    named = {name: MACHINES[name] for name in names or MACHINES if name in MACHINES}
    return {**named, **({"-".join(traits): traits} if traits else {})}


def play(name: str, traits: Sequence[str], folder: Path, given: Sequence[str]) -> list[tuple[str, int]]:
    """Run README's two commands on a machine, and return a line and an exit code for each."""
    place = Path(tempfile.mkdtemp(dir=folder))
    variables, played = surroundings(place / "home"), []
    python = Path(sys.executable)
    # interpreters first: the features of NumPy are those of its version
    for trait in sorted(map(TRAITS.__getitem__, traits), key=lambda trait: not trait.python):
        try:
            python = interpreter(trait.python) if trait.python else python
            variables |= {
                **trait.variables,
                **language(trait.locale, place),
                **vectors(trait.vectors, python),
            }
            played.append(trait)
        except NotPlayed as why:
            print(f"    left out: {trait.says}: {why}", flush=True)
    if not played:
        return []
    clone = place / next((trait.folder for trait in played if trait.folder), "clone")
    umask = next((trait.umask for trait in played if trait.umask >= 0), -1)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, umask=umask)
    variables |= {"PYTHONPATH": str(clone)}  # before the folder that is installed
    verify = next((trait.verify for trait in played if trait.verify), () if given else QUICK)
    options = [option for trait in played for option in trait.options]
    commands = {"tests": ("pytest", *TESTS, *options, *given)}
    if verify:
        commands = {"verify": ("workshop", "verify", *verify), **commands}
    rows = []
    for command, (program, *words) in commands.items():
        output, started = OUTPUTS / f"{name}-{command}.txt", time.monotonic()
        with output.open("wb") as file:
            run = subprocess.run(
                [python.with_name(program), *words],
                cwd=clone,
                env=variables,
                umask=umask,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if command == "verify" and run.returncode == 0 and any(trait.old for trait in played):
            age(clone / "results" / "verify.json")
        lines = output.read_text("utf-8", errors="replace").splitlines() or ["no output"]
        for line in lines:
            if line.startswith(("FAILED", "ERROR", "✘")):
                print(f"    {line}", flush=True)
        state = "green" if run.returncode == 0 else f"RED ({run.returncode})"
        took = f"{time.monotonic() - started:6.0f} s"
        rows.append((f"{name:<20} {command:<7} {state:<8} {took}  {lines[-1].strip(' =')}", run.returncode))
        print(f"    {rows[-1][0]}", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    return rows


def surroundings(home: Path) -> dict[str, str]:
    """Return the variables of a machine without traits: an empty home, and this machine's mirror."""
    home.mkdir()
    mirror = os.environ.get("WORKSHOP_MIRROR", "")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_HIDDEN)}
    return {**kept, "HOME": str(home), "WORKSHOP_MIRROR": mirror}


def interpreter(version: str) -> Path:
    """Return the interpreter of an environment that uv makes with this Python; raises NotPlayed."""
    base = find_python(version)
    if base is None:
        raise NotPlayed(how_to_get(version))
    folder = ROOT / ".nox" / f"machines-{version}"
    python = folder / "bin" / "python"
    uv = find_uv()
    subprocess.run([uv, "venv", "-q", "--allow-existing", "--python", base, str(folder)], check=True)
    wanted = ("-e", f"{ROOT}[cpu]", "--group", f"{ROOT / 'pyproject.toml'}:tests")
    subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *wanted], check=True)
    return python


def vectors(name: str, python: Path) -> dict[str, str]:
    """Return the variables with which libraries keep to a vector set; raises NotPlayed."""
    if not name:
        return {}
    here = vector_set(this_environment())
    if [*SETS].index(name) < [*SETS].index(here):
        raise NotPlayed(f"this processor has {here}")
    features = subprocess.run([python, "-c", _FEATURES], check=True, capture_output=True, text=True).stdout
    wider = [feature for feature in features.split() if feature.startswith(_WIDER.get(name, "-"))]
    return {**SETS[name], "NPY_DISABLE_CPU_FEATURES": " ".join(wider)}


def language(name: str, place: Path) -> dict[str, str]:
    """Return the variables of a language, whose locale is made; raises NotPlayed."""
    if not name:
        return {}
    folder = place / "locales" / f"{name}.UTF-8"
    folder.parent.mkdir()
    command = ("localedef", "-c", "-i", name, "-f", "UTF-8", str(folder))
    if not shutil.which("localedef") or subprocess.run(command, check=False).returncode:
        raise NotPlayed(f"localedef makes no {name}: sudo apt-get install locales")
    return {"LC_ALL": folder.name, "LANGUAGE": name, "LOCPATH": str(folder.parent)}


def age(file: Path) -> None:
    """Turn results into those of another version of the package and of TensorFlow."""
    content = json.loads(file.read_text("utf-8"))
    content["schema"] = "workshop-results/1"
    content["environment"] |= {"workshop": "0.0.1", "tensorflow": "2.15.0"}
    file.write_text(json.dumps(content), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
