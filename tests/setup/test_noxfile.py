"""Which Python the sessions choose, and what pyproject.toml says of each requirement."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_keras_decides_runs_on_keras_2_too():
    """Each test of the trainings that is named after Keras' calls has the mark of session `keras2`."""
    unmarked = [
        function.name
        for path in ROOT.glob("tests/training/test_*.py")
        if "pytestmark = pytest.mark.keras" not in (text := path.read_text("utf-8"))
        for function in ast.parse(text).body
        if isinstance(function, ast.FunctionDef)
        and re.match(r"test_.*(keras|train_on_batch)", function.name)
        and not any(ast.unparse(each) == "pytest.mark.keras" for each in function.decorator_list)
    ]

    assert unmarked == []


def test_every_requirement_says_why():
    """Each dependency in pyproject.toml has its reason on its own line or the line before."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start, end = lines.index("dependencies = ["), lines.index("[tool.hatch.version]")
    requirement = re.compile(r'^    "(?!workshop\[)[A-Za-z].*",')

    silent = [
        line
        for before, line in zip(lines[start:end], lines[start + 1 : end], strict=False)
        if requirement.match(line) and "  # " not in line and "tensorflow" not in before + line
    ]

    assert silent == []
