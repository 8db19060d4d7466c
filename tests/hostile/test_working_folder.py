"""A working folder full of modules: no Python that a command starts imports one of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import workshop
from tests.toy.commands import invoke
from workshop.bisect.evaluate import Evaluation, evaluate
from workshop.book import package_book
from workshop.datasets import downloads
from workshop.errors import DataError
from workshop.execution.interpreter import NoRunner, OtherPython
from workshop.verification.results import read_results

PACKAGE = Path(workshop.__file__).parent
MODULES = {*sys.stdlib_module_names, "numpy", "pip", "sitecustomize", "yaml"} - {"__main__"}
# needs NumPy alone: TensorFlow would be found on the same path, and takes 15 s to compile
UNIT = "ch01.text04"
COMMAND = """import sys
sys.path[1:1] = [{root!r}]
from workshop.cli.app import app
if __name__ == "__main__":
    app()
"""


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """Go to a folder with a module of each name that Python or we import, and with another `workshop`."""
    folder = tmp_path / "place"
    (folder / "workshop").mkdir(parents=True)
    text = f"open({str(folder / 'RAN')!r}, 'a').write(__name__ + '\\n')\n"
    for name in (*(f"{module}.py" for module in MODULES), "workshop/__init__.py", "workshop/__main__.py"):
        (folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    monkeypatch.delenv("WORKSHOP_STORE", raising=False)
    return folder


def ran(folder: Path) -> str:
    """Return the names of the folder's modules that were imported."""
    return (folder / "RAN").read_text("utf-8") if (folder / "RAN").exists() else ""


@pytest.mark.parametrize("options", [("--timeout", "300"), ("--python", sys.executable)])
def test_a_run_imports_nothing_of_the_folder(place, tmp_path, options):
    command = tmp_path / "command.py"  # whose folder is first on the path, as that of the installed command
    command.write_text(COMMAND.format(root=str(PACKAGE.parent)), "utf-8")
    words = ["verify", UNIT, "--offline", "--no-store", "--json", "run.json", *options]

    result = subprocess.run(
        [sys.executable, str(command), *words], capture_output=True, text=True, check=False
    )

    assert (ran(place), result.returncode) == ("", 0), result.stderr
    assert {record.verdict for record in read_results(Path("run.json")).claims} == {"reproduced"}


def test_bisect_imports_nothing_of_the_folder(place):
    book = package_book()
    found = evaluate(book.ledger.claims[f"{UNIT}.product"], book, Path(sys.executable))
    assert (ran(place), isinstance(found, Evaluation)) == ("", True)


def test_upgrade_imports_nothing_of_the_folder(place, monkeypatch):
    monkeypatch.setattr("workshop.cli.upgrade.make_environment", lambda *_: Path(sys.executable))
    assert invoke("verify", UNIT, "--offline", "--json", "results/verify.json").exit_code == 0

    result = invoke("upgrade", "tensorflow==2.21.0", UNIT)

    assert (ran(place), result.exit_code) == ("", 0), result.output


def test_fetching_data_imports_nothing_of_the_folder(place, monkeypatch):
    monkeypatch.setattr(downloads, "check_reachable", lambda _: None)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (place.parent / "fetched").mkdir()

    with pytest.raises(DataError, match="No matching distribution found for none-of-ours"):
        downloads.download_wheel("none-of-ours==1", place.parent / "fetched")

    assert ran(place) == ""


def test_an_interpreter_with_another_package_is_refused(place, tmp_path):
    """Its outcomes would be stored under the fingerprints of code that did not run."""
    other = tmp_path / "other"
    shutil.copytree(PACKAGE, other / "workshop", ignore=shutil.ignore_patterns("re[cfp]*ed", "references"))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={other} exec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)

    with pytest.raises(NoRunner) as raised:
        OtherPython(python).environment()

    assert str(raised.value) == (
        f"{python} imports the package of {other / 'workshop'}, and not this one of {PACKAGE}: "
        "name a Python interpreter"
    )
    assert ran(place) == ""
