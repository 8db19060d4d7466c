"""What is heavy is imported where it is used: not with the package, for `--help`, or to collect tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.selection import IMPORTED

ROOT = Path(__file__).parents[1]
HEAVY = ("tensorflow", "keras", "pandas", "sklearn", "matplotlib", "nltk", "gensim", "torch")
_LIGHT = ("numpy", "scipy", "jinja2", "requests", "yaml", "filelock", "workshop.cli.verify")
_HELP = ("numpy", "pydantic", "yaml", "jinja2")

# in one interpreter, one after another: what they do, and what they must not import besides what is heavy
FRESH = {"import workshop": _HELP, "workshop --help": _HELP}
SECOND = {
    "workshop list": _LIGHT,
    "workshop errata": _LIGHT,
    "workshop show 5.04.test_rmse": _LIGHT,
    "workshop show 5.04": (_SHOWN := ("numpy", "scipy", "jinja2", "requests", "yaml")),
    "workshop data list": _SHOWN,
    "from workshop.ledger import ledger; ledger()": (),
    "import workshop; ex = workshop.exercise('5.04'); ex.needs, ex.claims, repr(ex), dir(ex)": (),
    "from workshop.measures import ch05_sequences as ch; 'exercise_5_04' in dir(ch) and ch.exercise_5_04": (),
    "from workshop.figures.registry import sketches; assert sketches()": (),
    "workshop check mine.csv": ("scipy.stats", "scipy.special", "requests"),
    "workshop verify 7.01 --offline --jobs 1": ("scipy.stats",),
}
RUN = """
import json, sys
from pathlib import Path
steps, found = json.loads(sys.argv[1]), {}
for step, unwanted in steps.items():
    command, _, words = step.partition(" ")
    try:
        if command == "workshop":
            from workshop.cli.app import app
            app(words.split())
        exec(step, {})
    except SystemExit:
        pass
    found[step] = [name for name in unwanted if name in sys.modules]
Path(sys.argv[2]).write_text(json.dumps(found), "utf-8")
"""

Found = dict[str, list[str]]


def run(steps: dict[str, tuple[str, ...]], folder: Path) -> Found:
    """Return by step what a fresh interpreter has imported after it that it should not have."""
    unwanted = json.dumps({step: (*HEAVY, *more) for step, more in steps.items()})
    own = {"WORKSHOP_CACHE": str(folder / "cache"), "WORKSHOP_MIRROR": "", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", RUN, unwanted, "found.json"],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | own,
    )  # fmt: skip
    assert (result.returncode, "Traceback" in result.stderr) == (0, False), result.stderr
    found: Found = json.loads((folder / "found.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with a reader's number, and an empty cache for all of them."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "mine.csv").write_text("5.04.test_rmse,0.05\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(folder) -> list[Found]:
    """Return what a first and a second run import."""
    return [run(SECOND, folder), run(SECOND, folder)]


def test_help_needs_no_numpy(folder):
    assert run(FRESH, folder) == {step: [] for step in FRESH}


@pytest.mark.parametrize("step", SECOND)
def test_a_second_run_imports_nothing_that_it_does_not_use(step, runs):
    """What ledger, recorded runs and outcomes give is kept, and loaded only where it is used."""
    assert runs[1][step] == []


@pytest.mark.parametrize("step", [step for step in SECOND if not step.startswith("workshop ")])
def test_a_first_run_imports_nothing_heavy(step, runs):
    """Doors, completion and figures need no library that computes."""
    assert not {*HEAVY} & {*runs[0][step]}


def test_to_collect_the_tests_imports_nothing_heavy(request):
    imported = request.config.stash[IMPORTED]
    assert __name__ in imported
    assert not {*HEAVY} & imported
