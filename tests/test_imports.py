"""What is heavy is imported where it is used: not with the package, for `--help`, or to collect tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("tensorflow", "keras", "pandas", "sklearn", "matplotlib", "nltk", "gensim", "torch")
_TELL = f"import sys; print('heavy:', *[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"

PROGRAMS = {
    "package": "import workshop",
    "ledger": "from workshop.ledger import ledger; ledger()",
    "figures": "from workshop.figures.registry import sketches; assert sketches()",
    "door": "import workshop; ex = workshop.exercise('5.04'); ex.needs, ex.claims, repr(ex), dir(ex)",
    "completion": "from workshop.chapters import ch05_sequences as ch05\n"
    "assert 'exercise_5_04' in dir(ch05); assert ch05.exercise_5_04",
    "command line": "import workshop.cli.app",
    "help": "from workshop.cli.app import app\ntry: app(['--help'])\nexcept SystemExit: pass",
    "collection": "import pytest\n"
    "assert pytest.main(['--collect-only', '-q', '-p', 'no:cacheprovider', 'tests/chapters']) == 0",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a reader's number and a cache for all of them."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "mine.csv").write_text("5.04.test_rmse,0.05\n", "utf-8")
    return folder


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_heavy_is_imported(program: str, folder: Path) -> None:
    """A fresh interpreter that does this has imported none of the heavy libraries."""
    result = subprocess.run(
        [sys.executable, "-c", f"{PROGRAMS[program]}\n{_TELL}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"WORKSHOP_CACHE": str(folder / "cache")},
    )  # fmt: skip

    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr.splitlines()[-1].split() == ["heavy:"]


@pytest.mark.parametrize("program", ["package", "help"])
def test_help_needs_no_numpy(program: str) -> None:
    """The package, and `--help` of all commands, leave out NumPy, pydantic and others."""
    unwanted = ("numpy", "pydantic", "yaml", "jinja2")
    light = f"import sys; sys.exit([m for m in {unwanted} if m in sys.modules] or 0)"

    result = subprocess.run(
        [sys.executable, "-c", f"{PROGRAMS[program]}\n{light}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")


# commands, and what their second runs must not import besides what is heavy
COMMANDS = {
    "list": (_LIGHT := ("numpy", "scipy", "jinja2", "requests", "yaml", "filelock", "workshop.cli.verify")),
    "errata": _LIGHT,
    "show 5.04.test_rmse": _LIGHT,
    "show 5.04": ("numpy", "scipy", "jinja2", "requests", "yaml"),
    "data list": ("numpy", "scipy", "jinja2", "requests", "yaml"),
    "check mine.csv": ("scipy.stats", "scipy.special", "requests"),
    "verify 7.01 --offline --jobs 1": ("scipy.stats",),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_second_run_imports_nothing_that_it_does_not_use(command: str, folder: Path) -> None:
    """What ledger, recorded runs and outcomes give is kept, and loaded only where it is used."""
    unwanted = (*HEAVY, *COMMANDS[command])
    run = (
        "import sys\nfrom workshop.cli.app import app\n"
        f"try: app({command.split()})\nexcept SystemExit: pass\n"
        f"print('unwanted:', *[name for name in {unwanted} if name in sys.modules], file=sys.stderr)"
    )
    for _ in range(2):
        result = subprocess.run(
            [sys.executable, "-c", run], cwd=folder, capture_output=True, text=True, check=False,
            env=os.environ | {"WORKSHOP_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    assert result.stderr.splitlines()[-1].split() == ["unwanted:"]
    assert "Traceback" not in result.stderr
