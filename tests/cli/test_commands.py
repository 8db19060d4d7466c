"""What commands print, and their exit codes: each line here is typed in an empty folder."""

import re
import shlex
from pathlib import Path

import pytest

from tests.toy.commands import invoke

# what needs no run and no data
READ = """
list ch01.text01
list ch01.text01 --json
list ch08
list --verdict fine
list --verdict wrong
show
show ch01.text99
show "plain rnn"
list ../..
show ch01.text01.columns
show ch01.text01.columns --verbose
show "Exercise 1.2"
show ch05.text01 --code
show ch05.text07.test_rmse --mine '0;8'
show ch05.text07.test_rmse --mine rmse=1
show ch05.text07.epoch1 --mine 0.1
show 5.03.test_rmze --mine 1
show ch01.text01.columns --mine 1
show ch01.text01 --mine 1
show ch05.ex03 --mine 1
show ch05 --mine 1
shwo
verify ch01 ch08
verify ch01 5.99
verify --json
verify --json file/v.json
verify --json loop
verify ch01 --json .
verify --seeds 0
verify --sedes 3
verify --seed-set 3
verify --vary-seed 3
verify ch01 --on slurm
verify ch01 --on ray --jobs 2
report
report none.json
report file --open --output -
compare file
record
record ch02.ex99
record ch02.ex05 --seeds 4
record ch01.text01
record 5.04 --repeats --on ray
record --missing --repeats
data lst
data fetch irys
data check iris irys
data accept sonar
notebook 5.03 --chapter 5
notebook ch05.text07
notebook --chapter 5 --out x.ipynb
notebook
bisect
bisect ch04.text05
upgrade
upgrade ch02
--version
"""
# after a run of a part of the toy book
RAN = """
list ch09.ex01
list ch09.ex01 --verdict holds
list ch09.ex01 ch09.ex02 --verdict reproduced
list --own
show ch09
show 9.01
show ch09.ex01.losses
show ch09.ex06.loss
show 9.06.loss --mine 0.3
show 9.06.loss --mine 99
"""


@pytest.fixture(autouse=True)
def files(own_place) -> None:
    """Have a file and a loop of links."""
    Path("file").touch()
    Path("loop").symlink_to("loop")


def typed(lines: str) -> dict[str, str]:
    """Return what each command prints and how it ends, without machine, day, and words of libraries."""
    said = {}
    for line in lines.strip().splitlines():
        result = invoke(*shlex.split(line), COLUMNS="80")
        text = f"{result.stdout}{result.stderr}exit code {result.exit_code}"
        text = re.sub(r"Run on .*\n( {14}.*\n)*", "Run on      DAY, VERSIONS\n", text)
        said[line] = re.sub(r"(Invalid value for '[^']+'): .*:", r"\1: …:", text)
    return said


def test_commands_print_what_is_written(golden):
    golden("commands.txt", typed(READ))


def test_what_a_run_found_is_listed_and_shown(golden, toy_book):
    assert invoke("verify", "ch09.ex01.losses", "--offline").exit_code == 0

    golden("after_a_run.txt", typed(RAN))
