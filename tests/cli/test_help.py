"""Help and completion: `-h` is `--help`, and a shell completes commands, options, units and claims."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.toy.commands import invoke
from workshop.cli.app import app
from workshop.ledger import ledger


def list_commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of a command and of all commands inside it."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from list_commands(inner, (*path, name))


COMMANDS = [*list_commands(typer.main.get_command(app))]


def test_commands_are_found():
    """The commands inside of groups are among them."""
    assert {(), ("verify",), ("data", "fetch")} <= {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_h_is_help(command):
    short, long = (invoke(*command, option) for option in ("-h", "--help"))

    assert (short.exit_code, long.exit_code) == (0, 0)
    assert short.stdout == long.stdout
    assert short.stdout.startswith(" ".join(["Usage:", "root", *command]))


UNITS = [f"ch05.ex{number:02}" for number in range(1, 6)]
# the words of a command line; what may be in the last one's place
COMPLETIONS = [
    (["show", "ch05.ex0"], UNITS),
    (["verify", "ch05.ex0"], UNITS),
    (["record", "ch05.ex0"], UNITS),
    (["list", "ch01.text01."], ["ch01.text01.iris_head6", "ch01.text01.columns"]),
    (["bisect", "ch01.text01.c"], ["ch01.text01.columns"]),
    (["show", "ch09"], []),
    (["ver"], ["verify"]),
    (["data", "f"], ["fetch"]),
    (["verify", "--seed"], ["--seeds"]),
]


@pytest.mark.parametrize(("words", "expected"), COMPLETIONS)
def test_a_shell_completes_words(words, expected):
    asked = {
        "_WORKSHOP_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["workshop", *words]),
        "COMP_CWORD": str(len(words)),
    }

    result = CliRunner().invoke(app, [], prog_name="workshop", env=asked)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.split() == expected


def test_units_of_the_completion_are_in_the_ledger():
    assert [unit for unit in ledger().units if unit.startswith("ch05.ex")] == UNITS


def test_each_line_of_the_list_begins_the_help_of_its_command():
    """The list imports no command, so that it has its lines in a table of its own."""
    lines = invoke("--help", COLUMNS="200").stdout.partition("Commands:\n")[2].splitlines()
    listed = dict(line.split(maxsplit=1) for line in lines)
    helps = {name: " ".join(invoke(name, "--help", COLUMNS="200").stdout.split()) for name in listed}

    assert len(listed) == 12
    assert [name for name, line in listed.items() if line not in helps[name]] == []
