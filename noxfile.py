"""Sessions that set up everything themselves: `pip install nox && nox -s verify`, then `nox -s tests`.

All requirements are in pyproject.toml: extras for the package, dependency groups for the tools.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import nox
from filelock import FileLock  # nox requires it by virtualenv

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))  # the package is not installed where nox is

from workshop.matrix.interpreters import PYTHONS, find_python, how_to_get  # noqa: E402
from workshop.matrix.table import table  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PARALLEL = ("--numprocesses=auto", "--maxprocesses=4")  # for pytest; each takes up to 3.5 GB
KERAS_2_PYTHONS = ("3.11", "3.10")  # for TensorFlow 2.15, the last with Keras 2
DRIVER = Path("/proc/driver/nvidia/version")  # is there if the driver of a GPU is loaded
BROWSERS = ("chromium", "chromium-browser", "google-chrome")  # names of commands


# the one interpreter that all sessions use: nox's own if it will do
RUNS_NOX = "{}.{}".format(*sys.version_info)
PYTHON = sys.executable if RUNS_NOX in PYTHONS else next(filter(None, map(find_python, PYTHONS)), None)
if PYTHON is None:
    raise SystemExit(f"no Python from 3.10 to 3.13, nor among pyenv's (nox runs on {RUNS_NOX})")

KERAS_2_PYTHON = next(filter(None, map(find_python, KERAS_2_PYTHONS)), None)

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv" if shutil.which("uv") else "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["verify", "tests"]


# those with other versions, with the built package alone, or with what changes a run: peers, speech
OWN_ENVIRONMENTS = {"attacks", "bench", "keras2", "wheel"}
own_folder: property = vars(nox.sessions.SessionRunner)["envdir"]


def environment_folder(runner: nox.sessions.SessionRunner) -> str:
    """Return the folder of a session's environment: one for all sessions but those that need their own.

    TensorFlow is then installed and compiled once. nox has no setting for this.
    """
    own = runner.name in OWN_ENVIRONMENTS
    return str(own_folder.__get__(runner)) if own else str(Path(runner.global_config.envdir, "shared"))


setattr(nox.sessions.SessionRunner, "envdir", property(environment_folder))  # noqa: B010


def group(name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


def install(
    session: nox.Session,
    extras: Collection[str] = (),
    groups: Collection[str] = (),
    wanted: Collection[str] = (),
    *,
    editable: bool = True,
) -> None:
    """Install the package with extras and dependency groups, once for each state of pyproject.toml.

    To ask pip again whether anything is missing takes longer than to verify stored outcomes, and needs a
    network to build the project. So the environment remembers what was installed into it. What another
    session has put into a shared environment stays. A requirement of a `wanted` group that can't be installed
    here is left out with a warning.
    """
    # a place for bytecode, also where PYTHONDONTWRITEBYTECODE is set: each process would compile everything
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.env["PYTHONPYCACHEPREFIX"] = str(Path(session.cache_dir, "bytecode").resolve())
    stamp = Path(session.virtualenv.location, "installed.json")
    with FileLock(f"{stamp}.lock"):
        state = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
        there = json.loads(stamp.read_text()) if stamp.exists() else {}
        if there.get("state") != state:
            there = {"state": state}
        needs = {"extras": extras, "groups": groups, "wanted": wanted}
        union = {kind: sorted({*there.get(kind, ()), *names}) for kind, names in needs.items()}
        if there == {"state": state, **union}:
            return
        package = f".[{','.join(union['extras'])}]" if union["extras"] else "."
        requirements = [each for name in union["groups"] for each in group(name)]
        session.install(*(["-e"] if editable else []), package, *requirements)
        for requirement in [each for name in union["wanted"] for each in group(name)]:
            try:
                session.install(requirement)
            except nox.command.CommandFailed:
                session.warn(f"{requirement} can't be installed here: left out")
        stamp.write_text(json.dumps({"state": state, **union}))


@nox.session(python=PYTHON)
def verify(session: nox.Session) -> None:
    """Check the documented results by a fresh run, and print the report's path (`-- --full` for all)."""
    install(session, extras=("cpu",))
    session.run("workshop", "verify", "--json", "results/verify.json", *session.posargs)


# The engine's tests, which also run on other systems, and with the lowest and the newest versions.
ENGINE = tuple(
    f"tests/{name}"
    for name in ("ledger", "execution", "samples", "statistics", "verification", "reporting", "datasets")
)
# what `tests` runs instead of all tests; what follows is for pytest or the program
PARTS: dict[str, Sequence[Sequence[str]]] = {
    "engine": [("pytest", *ENGINE, *PARALLEL)],
    "machines": [("python", "-m", "tests.machines")],
    "costs": [("python", "benchmarks/costs.py")],
    "calibrate": [
        ("python", "scripts/calibrate_statistics.py"),
        ("python", "scripts/calibrate_check.py"),
    ],
}


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Run the tests (`-- -k ch01` for some, `-- --all` with nightly ones, `-- --full` with long trainings).

    `-- machines` runs README's commands as other machines would, `-- costs` counts what commands cost,
    `-- engine` runs the engine's tests alone, and `-- calibrate` tries the promises of the statistics.
    """
    install(session, extras=("cpu",), groups=("tests",))
    # Ray is in the same environment; a cluster is started by its own session alone
    whole = [("pytest", "--ignore=tests/cluster", *PARALLEL)]
    part, *rest = session.posargs or [""]
    given = rest if part in PARTS else session.posargs
    for command in PARTS.get(part, whole):
        session.run(*command, *given)


@nox.session(python=PYTHON)
def cluster(session: nox.Session) -> None:
    """Run chapters on two nodes of a Ray cluster on this machine, and take workers and nodes from it."""
    if sys.platform == "win32":
        session.skip("Ray is in beta on Windows")
    install(session, extras=("cpu", "cluster"), groups=("tests",))
    session.run("pytest", "tests/cluster", *session.posargs)


@nox.session(python=KERAS_2_PYTHON)
def keras2(session: nox.Session) -> None:
    """Prove the compiled trainings equal to Keras 2's own calls (`-- --all` for all of them).

    `tests` does so for the newest Keras.
    """
    if KERAS_2_PYTHON is None:
        session.skip(f"TensorFlow 2.15 needs Python {' or '.join(KERAS_2_PYTHONS)}, which is not here")
    install(session, extras=("units",), groups=("tests", "keras2"))
    session.run("pytest", "tests/training", "-m", "keras", *PARALLEL, *session.posargs)


@nox.session(python=PYTHON)
def matrix(session: nox.Session) -> None:
    """Verify in each environment, then compare; `-- NAME … -- ch02` for some, or for a part.

    With `-- NAME … -- --on ray`, each runs on a cluster, whose nodes build the environment.
    Instead of environments, one of these: `table` prints them as JSON, `compare` compares what is there,
    `minimums` and `latest` verify with the bounds of pyproject.toml, `next` verifies with the nightly
    TensorFlow and Keras, and `gpu` records what is missing on a GPU and compares it with the CPU.
    """
    words = [*session.posargs, "--"]
    names, given = words[: words.index("--")], words[words.index("--") + 1 : -1]
    if names == ["table"]:
        rows = [{"name": name, "python": one.python} for name, one in table().environments().items()]
        return hand_on(session, "environments", rows)
    install(session, extras=("cluster",), groups=("matrix",))
    if names == ["compare"]:
        nothing = compare(session)
        return session.error(nothing) if nothing else None
    if len(names) == 1 and names[0] in OTHERS:
        return OTHERS[names[0]](session, given)
    if unknown := [name for name in names if name not in table().names]:
        session.error(f"no environment is named {', '.join(unknown)}: {', '.join(table().names)}")
    run, red = [], []
    for name in names or table().names:
        version = table().named(name).python
        if "--on" not in given and find_python(version) is None:
            session.warn(f"{name} skipped: {how_to_get(version)}")
            continue
        run.append(name)
        try:
            if "--on" in given:
                file = str(Path("results", "matrix", f"{name}.json"))
                session.run("workshop", "verify", "--python", name, "--json", file, *given)
            else:
                session.run("tox", "-e", name, "--", *given)
        except nox.command.CommandFailed:
            red.append(name)
    if nothing := compare(session):
        session.log(nothing)
    if not run:
        session.error("no environment has been run")
    if red:
        session.error(f"red: {', '.join(red)}")
    return None


def compare(session: nox.Session) -> str | None:
    """Compare all results of the matrix that are there, or return why there is no comparison."""
    folder = Path("results", "matrix")
    files = [str(path) for name in table().names if (path := folder / f"{name}.json").exists()]
    if len(files) < 2:
        return f"nothing to compare: {folder} has results of {len(files)} environments"
    session.run("workshop", "compare", *files, "--html", str(folder / "comparison.html"))
    return None


def next_versions(session: nox.Session, given: Sequence[str]) -> None:
    """Verify with the nightly TensorFlow and Keras, and tell the weekly run whether they change a result."""
    install(session, extras=("cpu",))
    folder = Path("results", "upgrade")
    shutil.rmtree(folder, ignore_errors=True)
    session.run("workshop", "verify", "--json", "results/verify.json", success_codes=[0, 1])
    try:
        session.run("workshop", "upgrade", "--nightly", *given)
        same = True
    except nox.command.CommandFailed:
        same = not [*folder.glob("*.json")]  # then nothing was verified
        session.warn("no run with nightly versions" if same else "nightly versions change a result")
    hand_on(session, "changed", not same)


def hand_on(session: nox.Session, name: str, value: object) -> None:
    """Print a value as JSON, and hand it to the next jobs of a workflow."""
    line = f"{name}={json.dumps(value)}"
    session.log(line)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def verify_bounds(session: nox.Session, given: Sequence[str], version: str, resolution: str) -> None:
    """Verify with the versions resolved for the package alone, then test the engine with the tests' tools.

    The environment is made anew each time, because an installer leaves an allowed version as it is.
    """
    python = find_python(version)
    if python is None:
        session.error(how_to_get(version))
    name = session.posargs[0]
    programs, add = environment(session, name, python, "--clear")
    add(resolution, "-e", ".[cpu]")
    file = f"results/{name}/verify.json"
    try:
        session.run(str(programs / "workshop"), "verify", "--json", file, *given, external=True)
    finally:
        add(resolution, "-e", ".[cpu]", *group("tests"))
        session.run(str(programs / "pytest"), *ENGINE, *PARALLEL, external=True)


def record_on_gpu(session: nox.Session, given: Sequence[str]) -> None:
    """Record on this machine's GPU what is missing, and compare its results with a CPU's.

    It first says what is missing and how long that takes. After a stop, the same command goes on.
    """
    if not DRIVER.exists():
        session.skip("no GPU: the driver of an NVIDIA GPU is not loaded")
    programs, add = environment(session, "gpu", sys.executable)
    add("-e", ".[gpu]")
    red = [0, 1]  # what fails on a GPU is on its page, and stops nothing
    workshop = str(programs / "workshop")
    by_hand = {"CI": ""}  # people review what is recorded: a workflow keeps it as an artifact
    session.run(workshop, "record", "--missing", *given, env=by_hand, success_codes=red, external=True)
    files = []
    for device, hidden in (("cpu", {"CUDA_VISIBLE_DEVICES": "-1"}), ("gpu", {})):
        files.append(f"results/{device}.json")
        session.run(workshop, "verify", "--json", files[-1], env=hidden, success_codes=red, external=True)
    session.run(workshop, "compare", *files, "--html", "results/devices.html", external=True)


def environment(
    session: nox.Session, name: str, python: str, *options: str
) -> tuple[Path, Callable[..., object]]:
    """Make an environment beside the sessions' own; return its programs, and what installs into it."""
    folder = Path(session.virtualenv.location).with_name(name)
    session.run("uv", "venv", "--quiet", "--allow-existing", *options, "--python", python, str(folder))
    return folder / "bin", partial(session.run, "uv", "pip", "install", "--python", str(folder))


OTHERS: dict[str, Callable[[nox.Session, Sequence[str]], None]] = {
    "minimums": partial(verify_bounds, version="3.10", resolution="--resolution=lowest-direct"),
    "latest": partial(verify_bounds, version="3.13", resolution="--upgrade"),
    "next": next_versions,
    "gpu": record_on_gpu,
}


@nox.session(python=PYTHON)
def browser(session: nox.Session) -> None:
    """Use the reports' pages in headless Chromium, and look for barriers (`-- -k filter` for some)."""
    path = find_browser()
    if path is None and shutil.which("apt-get") and os.geteuid() == 0:
        session.run("apt-get", "update", "-q", external=True)
        session.run("apt-get", "install", "-qy", "chromium", external=True)
        path = find_browser()
    if path is None:
        session.error(f"none of {', '.join(BROWSERS)} is on PATH: sudo apt-get install chromium")
    install(session, groups=("tests", "browser"))
    session.run("pytest", "tests/browser", *PARALLEL, *session.posargs, env={"WORKSHOP_BROWSER": path})
    session.log(f"screenshots: {ROOT / 'results' / 'screenshots'}")


def find_browser() -> str | None:
    """Return the path of a browser on PATH, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@nox.session(python=PYTHON)
def attacks(session: nox.Session) -> None:
    """Kill runs, fill disks and damage stores (`-- kill` for some); `-- contact` rehearses a first run."""
    install(session, extras=("cpu", "speech"), groups=("tests",))
    session.run("python", "-m", "tests.attacks", *session.posargs)


@nox.session(python=PYTHON)
def mutants(session: nox.Session) -> None:
    """Put small mistakes into copies of the code, and show what notices them (`-- ch05`, `-- --fresh 20`)."""
    install(session, extras=("cpu",), groups=("tests",))
    session.run("python", "-m", "tests.mutants", *session.posargs)


@nox.session(python=PYTHON, venv_backend="venv")
@nox.parametrize("device", ["cpu", "gpu"], ids=["cpu", "gpu"])
def bench(session: nox.Session, device: str) -> None:
    """Measure the hot paths on a device next to the stored runs, and write the page of their ratios.

    The page is written whether a gate has fired or not.
    """
    if device == "gpu" and not DRIVER.exists():
        session.skip("no GPU: the driver of an NVIDIA GPU is not loaded")
    install(session, extras=(device,), groups=("tests",), wanted=("peers",))
    if "--self-test" in session.posargs:  # it is not stored
        session.run("pytest", "benchmarks", "-m", device, "-q", *session.posargs)
    elif "--book" in session.posargs:  # nor is this
        settings = ["--benchmark-json=results/book.json", "--benchmark-quiet", "-q"]
        session.run("pytest", "benchmarks/procedures", *settings, *session.posargs)
    else:
        storage = Path("results", "bench", device)
        stored = [f"--benchmark-storage={storage}", "--benchmark-autosave", "--benchmark-compare"]
        settings = ["-m", device, "--record=benchmarks/recorded.yaml", "--benchmark-columns=median,iqr", "-q"]
        try:
            session.run("pytest", "benchmarks", *stored, *settings, *session.posargs)
        finally:
            session.run("python", "-m", "benchmarks.report", str(storage))


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Check style, types and workflows, and the Python 3.7 syntax of what the book's own stack runs.

    `-- audit` looks up known vulnerabilities of the newest versions of all that the extras install.
    """
    if session.posargs == ["audit"]:
        install(session, groups=("audit",))
        names = {*PROJECT["project"]["optional-dependencies"]} - {"gpu"}  # CUDA; the rest is that of `cpu`
        extras = [word for name in sorted(names) for word in ("--extra", name)]
        resolved = str(Path(session.create_tmp(), "resolved.txt"))
        session.run("uv", "pip", "compile", "--quiet", "pyproject.toml", *extras, "--output-file", resolved)
        session.run("pip-audit", "--strict", "--no-deps", "--disable-pip", "--requirement", resolved)
        return
    install(session, groups=("lint",))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    workflows = sorted(str(path) for path in ROOT.glob(".github/workflows/*.yml"))
    session.run("actionlint", "-shellcheck=", "-pyflakes=", *workflows)  # two tools that are not installed
    targets = PROJECT["tool"]["ruff"]["per-file-target-version"]
    files = {str(path) for glob, target in targets.items() if target == "py37" for path in ROOT.glob(glob)}
    session.run("vermin", "--target=3.7-", "--violations", "--no-tips", *sorted(files))


# tests that read or run what is in README and docs/
DOCUMENTS = (
    *(f"tests/setup/test_{name}.py" for name in ("documentation", "notebooks", "readme", "security", "site")),
    "tests/ledger/test_reader_texts.py",
)


@nox.session(python=PYTHON)
def docs(session: nox.Session) -> None:
    """Run the notebooks and commands of docs/, build all pages and a reference, and check their links.

    Their figures are those of a run of the whole book, which reads back what is stored. `-- notebooks` runs
    those of `workshop notebook` instead (`--full` with the book's settings and data; `ch05` for some).
    """
    if session.posargs[:1] == ["notebooks"]:
        install(session, extras=("cpu", "notebooks"), groups=("docs", "plots"))
        session.run("python", "scripts/run_notebooks.py", *session.posargs[1:])
        return
    install(session, extras=("cpu",), groups=("docs", "tests"))
    session.run("workshop", "verify", "--json", "results/verify.json", success_codes=[0, 1])
    session.run("python", "scripts/execute_notebook.py", "build/docs")
    session.run("pytest", *DOCUMENTS, "--all")
    session.run("python", "scripts/make_pages.py")
    session.run("zensical", "build", "--clean", "--strict")
    session.run("python", "scripts/check_site.py", "site")
    session.log(f"pages: {ROOT / 'site' / 'index.html'}")


@nox.session(python=PYTHON)
def wheel(session: nox.Session) -> None:
    """Build the wheel twice, check it, install it, and verify chapter 1 from an empty folder.

    Both wheels must have the same bytes and at most 3 MB. The checked one is in dist/. In a
    tag's workflow its version is the tag.
    """
    folder = Path(session.create_tmp())
    shutil.rmtree(folder)
    (folder / "empty").mkdir(parents=True)
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.install(*PROJECT["build-system"]["requires"], *group("wheel"))
    for target in (ROOT / "dist", folder):
        session.run("hatchling", "build", "-t", "wheel", "-d", str(target))
    (built,) = (ROOT / "dist").iterdir()
    if built.read_bytes() != (folder / built.name).read_bytes():
        session.error("two builds of one tree differ")
    if built.stat().st_size > 3_000_000:
        session.error(f"{built.name} has {built.stat().st_size / 1e6:.1f} MB, and at most 3 are allowed")
    tag = os.environ.get("GITHUB_REF_NAME", "") if os.environ.get("GITHUB_REF_TYPE") == "tag" else ""
    if tag and not built.name.startswith(f"workshop-{tag.removeprefix('v')}-"):
        session.error(f"the tag {tag} is not the version of {built.name}")
    session.run("twine", "check", "--strict", str(built))
    session.run("check-wheel-contents", str(built))
    install(session, extras=("cpu",), editable=False)
    session.install("--force-reinstall", "--no-deps", str(built))
    session.install(*(each for each in group("tests") if each.startswith("pytest>")))
    with session.chdir(folder / "empty"):
        session.run("workshop", "verify", "ch01", "--no-store")
        session.run("pytest", "--pyargs", "workshop", "-k", "ch01")
