import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from benchmarks import costs

ROOT = Path(__file__).parents[2]
KNOWN = {"goal": 1, "modules": 100, "calls": 1000, "files": 10, "loads": 2.0, "large": ["numpy"]}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, ""),
        ({"calls": 1150, "loads": 4.0, "modules": 50}, ""),
        ({"calls": 1151}, "list: calls 1,151, at most 1,150"),
        ({"modules": 116}, "list: modules 116, at most 115"),
        ({"files": 12}, "list: files 12, at most 12"),
        ({"loads": 4.1}, "list: loads 4.1, at most 4"),
        ({"large": ["numpy", "scipy.stats"]}, "list: imports scipy.stats"),
        ({"large": []}, ""),
    ],
)
def test_what_costs_more_than_the_file_allows_is_named(changed, problem):
    assert costs.beyond("list", {**KNOWN, **changed}, KNOWN) == ([problem] if problem else [])


def test_counts_repeat(tmp_path):
    (tmp_path / "toy.py").write_text("import textwrap\nprint(textwrap.wrap('a b', 1))\n", "utf-8")
    counted = []
    for number in range(3):
        file = tmp_path / f"{number}.json"
        command = [sys.executable, "-m", "benchmarks.costs", "--probe", str(file), "toy"]
        environment = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONHASHSEED": "0"}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        counted.append(json.loads(file.read_text("utf-8")))

    assert ended.stdout == "['a', 'b']\n"
    assert counted[1] == counted[2]  # the first may compile
    assert counted[2]["calls"] > 0
    assert counted[2]["large"] == []


def test_the_file_has_all_commands():
    known = yaml.safe_load(costs.FILE.read_text("utf-8"))

    assert [*known] == [*costs.COMMANDS]
    for each in known.values():
        assert {*each} == {"goal", *costs.COUNTS, "loads", "large"}
        assert {"tensorflow", "keras", "ray", "gensim"}.isdisjoint(each["large"])
    assert known["list"]["large"] == known["data list"]["large"] == []
