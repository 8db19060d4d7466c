"""The wheel contains all that an installed package needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("mnist", "notebooks")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """Return the wheel of the working tree, opened."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("folder", "pattern", "inside"),
    [
        ("workshop", "**/*.py", "workshop"),
        ("workshop/ledger", "*.yaml", "workshop/ledger"),
        ("workshop/datasets", "*.yaml", "workshop/datasets"),
        ("workshop/matrix", "*.toml", "workshop/matrix"),
        ("workshop/reporting", "**/*.j2", "workshop/reporting"),
        ("workshop", "py.typed", "workshop"),
        ("fixtures", "**/*", "workshop/fixtures"),
    ],
)
def test_the_wheel_is_complete(wheel, folder, pattern, inside):
    """Modules, ledger, registry, templates and fixtures are all in the wheel, byte for byte.

    Only MNIST, for its 11 MB, and the notebooks made for the tests stay out.
    """
    files = [
        path
        for path in (ROOT / folder).glob(pattern)
        if path.is_file()
        and not {"__pycache__", *LEFT_OUT}.intersection(path.relative_to(ROOT / folder).parts)
    ]
    names = set(wheel.namelist())

    assert not any(
        name.startswith(f"workshop/fixtures/{left_out}/") for name in names for left_out in LEFT_OUT
    )

    missing = [
        path for path in files if f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" not in names
    ]
    differing = [
        path
        for path in set(files) - set(missing)
        if wheel.read(f"{inside}/{path.relative_to(ROOT / folder).as_posix()}") != path.read_bytes()
    ]

    assert files
    assert missing == []
    assert differing == []


def test_base_installation_needs_no_tensorflow(wheel):
    (path,) = [path for path in wheel.namelist() if path.endswith(".dist-info/METADATA")]
    lines = wheel.read(path).decode().splitlines()
    tensorflow = [line for line in lines if line.startswith("Requires-Dist:") and "tensorflow" in line]

    assert tensorflow
    assert all("extra ==" in line for line in tensorflow)
