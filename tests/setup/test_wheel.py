"""The wheel contains all that an installed package needs."""

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


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    """Return a file of the wheel's metadata as text."""
    (path,) = [path for path in wheel.namelist() if path.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode()


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


def test_the_wheel_contains_nothing_else(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"workshop"}


def test_entry_points_name_command_and_plugin(wheel):
    text = metadata(wheel, "entry_points.txt")

    assert "[console_scripts]\nworkshop = workshop.cli.app:app" in text
    assert "[pytest11]\nworkshop = workshop.pytest_plugin" in text


def test_base_installation_needs_no_tensorflow(wheel):
    required = [
        line for line in metadata(wheel, "METADATA").splitlines() if line.startswith("Requires-Dist:")
    ]

    tensorflow = [line for line in required if "tensorflow" in line]

    assert tensorflow
    assert all("extra ==" in line for line in tensorflow)
