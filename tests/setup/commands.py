"""How each command of README and docs/ is tested: run for real, or read by what would run it."""

import ast
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest import mock

import nox
import pytest
import typer
from typer.testing import CliRunner

from benchmarks import costs
from tests import machines
from tests.attacks.__main__ import ATTACKS, parser
from tests.attacks.contact import rehearsal
from tests.attacks.contact.session import STEPS
from tests.mutants import __main__ as mutants
from tests.setup.documents import ROOT, words_of
from workshop.cli.app import app
from workshop.datasets import registry
from workshop.ledger import ledger
from workshop.matrix.table import table

PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
CI = (ROOT / ".ci" / "run").read_text("utf-8")
# variables of the environment that something of ours reads
VARIABLES = {
    name
    for folder in ("workshop", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    for name in re.findall(r'environ(?:\.get\(|\.setdefault\(|\[)"(\w+)"', path.read_text("utf-8"))
}


def run(words: list[str], config: pytest.Config) -> None:
    """Run a command of ours for real, in a folder of its own: it is quick and needs no network."""
    answer = CliRunner().invoke(app, words[1:])
    assert answer.exit_code == 0, answer.output


def read(words: list[str], config: pytest.Config) -> None:
    """Let our command line read a command, and stop before it acts; what it names is there."""
    given: dict[str, Any] = {}
    command = typer.main.get_command(app)
    with ExitStack() as stack:
        _replace_callbacks(command, given, stack)
        ended = stack.enter_context(pytest.raises(SystemExit))
        command.main(words[1:], prog_name="workshop")
    assert ended.value.code == 0, f"exit code {ended.value.code}"
    assert given.pop("called", False) or words[-1] == "--help", "it names no command that does something"
    claims = [*(given.get("patterns") or []), *(given.get("units") or []), given.get("name") or ""]
    ledger().select(name for name in claims if name and not name.isupper())
    unknown = [name for name in given.get("names") or [] if name not in registry() and not name.isupper()]
    assert not unknown, f"no data set is named {', '.join(unknown)}"


def _replace_callbacks(command: Any, given: dict[str, Any], stack: ExitStack) -> None:
    """Let each command note what it is given instead of doing it, until the stack is closed."""
    for inner in getattr(command, "commands", {}).values():
        _replace_callbacks(inner, given, stack)
    if not hasattr(command, "commands"):
        note = lambda **arguments: given.update(arguments, called=True)  # noqa: E731
        stack.enter_context(mock.patch.object(command, "callback", note))


def read_by_pytest(words: list[str], config: pytest.Config) -> None:
    """Let pytest's own parser, with all plugins, read the options; paths and chosen claims are there."""
    options = config._parser.parse(words[1:])
    missing = [path for path in options.file_or_dir if not (ROOT / path).exists()]
    assert not missing, f"{', '.join(missing)}: no such file or folder"
    if re.match(r"ch\d", options.keyword):
        ledger().select([options.keyword])


def named_by_nox(words: list[str], config: pytest.Config) -> None:
    """A session has this name, and what it hands on is read by the program that it hands it to."""
    start, (option, session, *given) = words[:1], words[1:]
    assert (start, option) == (["nox"], "-s")
    assert session in nox_sessions(), f"noxfile.py has no session {session}"
    if given:
        assert given[0] == "--"
    first, *rest = given[1:] or [""]
    if session == "verify":
        read(["workshop", "verify", *given[1:]], config)
    elif session == "matrix":
        read_by_the_matrix(given[1:], config)
    elif (session, first) == ("tests", "machines"):
        names, handed = _split(rest)
        unknown = {*names} - {*machines.MACHINES, *machines.TRAITS}
        assert not unknown, f"no machine or trait is named {', '.join(unknown)}"
        read_by_pytest(["pytest", *handed], config)
    elif (session, first) == ("tests", "costs"):
        costs.wrong_usage(rest)
    elif (session, first) == ("attacks", "contact"):
        steps = rehearsal.parser().parse_args(rest).steps
        assert set(steps) <= set(STEPS), f"no step is named {', '.join(set(steps) - set(STEPS))}"
    elif session == "attacks":
        read_by_faults(given[1:])
    elif session == "mutants":
        mutants.parser().parse_args(given[1:])
    elif session == "bench":
        read_by_benchmarks(given[1:], config)
    elif (session, *given[1:]) not in {("lint", "audit"), ("tests", "calibrate"), ("tests", "engine")}:
        if (session, first) == ("docs", "notebooks"):
            assert {*rest} <= {"--full"}
        elif given:
            read_by_pytest(["pytest", *given[1:]], config)


def read_by_the_matrix(words: list[str], config: pytest.Config) -> None:
    """Environments, or one word for something else, and what is handed on."""
    names, handed = _split(words)
    if names[:1] not in [["compare"], ["table"], ["minimums"], ["latest"], ["next"], ["gpu"]]:
        for name in names:
            named_by_the_table(name)
    read(["workshop", "verify", *handed], config)


def read_by_benchmarks(words: list[str], config: pytest.Config) -> None:
    """What conftest.py of benchmarks and procedures add is taken out, and pytest reads the rest."""
    read_by_pytest(["pytest", *(word for word in words if word not in {"--self-test", "--book"})], config)


def read_by_faults(words: list[str]) -> None:
    """The attacks that it names are there, and its options are read."""
    unknown = [name for name in parser().parse_args(words).attacks if name not in ATTACKS]
    assert not unknown, f"no attack is named {', '.join(unknown)}"


def read_by_tox(words: list[str], config: pytest.Config) -> None:
    """The environments that it names are in the table; what it hands on is read by `workshop verify`."""
    options, handed = _split(words[1:])
    if options == ["list"]:
        return
    assert options[-2] == "-e"
    assert {*options[:-2]} <= {"-r"}, "tox is given something else"
    for name in options[-1].split(","):
        named_by_the_table(name)
    read(["workshop", "verify", *handed], config)


def named_by_the_table(name: str) -> None:
    """The matrix has an environment of this name."""
    assert name in table().names, f"no environment is named {name}"


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the words before and after `--`."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def nox_sessions() -> set[str]:
    """Return the names of the sessions of noxfile.py, read and not imported: nox registers them once only."""
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    return {
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        if any(ast.unparse(each).startswith("nox.session(") for each in function.decorator_list)
    }


def ci_sessions() -> set[str]:
    """Return the sessions that .ci/run runs, in order or from its queue, but for installations."""
    queues = re.findall(r"queue\+?=\((.*)\)", CI)
    queued = [entry.split(" -- ")[0] for queue in queues for entry in re.findall(r'"(.*?)"', queue)]
    alone = re.findall(r"nox -s ([\w-]+)(?: -- \w+)? \|\|", CI)
    return {session for line in (*queued, *alone) for session in line.split()}


def typed_by_ci(words: list[str], config: pytest.Config) -> None:
    """Continuous integration types it on a clean clone."""
    assert " ".join(words) in CI, ".ci/run does not type it"


def clones(words: list[str], config: pytest.Config) -> None:
    """The address is a placeholder; the folder that is entered is the clone."""
    assert words[-1].rpartition("/")[2] == "workshop", "it is another project's"


def installs(words: list[str], config: pytest.Config) -> None:
    """The extra or the group is one of pyproject.toml's; a bare `pip install` speaks of no package."""
    if words in (["pip", "install"], ["pip", "install", "--upgrade", "pip"]):
        return
    extra = re.fullmatch(r"\.\[(\w+)\]", words[-1])
    groups, extras = PROJECT["dependency-groups"], PROJECT["project"]["optional-dependencies"]
    known = words[3] in groups if words[2] == "--group" else extra is not None and extra[1] in extras
    assert known, "pyproject.toml has no such group or extra"


def sets_a_variable(words: list[str], config: pytest.Config) -> None:
    """Something of ours reads the variable."""
    assert words[1].split("=")[0] in VARIABLES, "nothing reads this variable"


def is_configured(words: list[str], config: pytest.Config) -> None:
    """The file that the tool reads is there."""
    assert (ROOT / ".pre-commit-config.yaml").is_file()


# the beginning of a command: how it is tested; of several the longest counts
COMMANDS: dict[str, Callable[[list[str], pytest.Config], None]] = {
    "workshop list": run,
    "workshop show": run,
    "workshop data list": run,
    "workshop data check": run,
    "workshop verify ch03.ex03.train_accuracy": run,  # needs no run of a unit
    "workshop": read,  # the others take long, need a network, or change the package
    "pytest": read_by_pytest,
    "nox": named_by_nox,
    "tox": read_by_tox,
    "git clone": clones,
    "cd": clones,
    "python3 -m venv": typed_by_ci,
    "source": typed_by_ci,
    "pip install nox": typed_by_ci,
    "pip install": installs,
    "export": sets_a_variable,
    "pre-commit": is_configured,
}


def row_of(words: Sequence[str]) -> str | None:
    """Return the row of COMMANDS that a command belongs to, or None."""
    starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((start for start in starts if start in COMMANDS), None)


def is_name(command: str) -> bool:
    """Whether running text only names a command of ours, such as `workshop record`, with nothing given."""
    _, *words = command.split()
    inner: Any = typer.main.get_command(app)
    for word in words:
        inner = getattr(inner, "commands", {}).get(word)
    return command.startswith("workshop ") and inner is not None


def check(command: str, config: pytest.Config) -> None:
    """Test a command as its row of the table says."""
    variables, words = words_of(command)
    row = row_of(words)
    assert row is not None, f"no row of COMMANDS says how `{command}` is tested"
    try:
        assert set(variables) <= VARIABLES, "nothing reads this variable"
        COMMANDS[row](words, config)
    except (AssertionError, LookupError, pytest.UsageError, pytest.fail.Exception) as error:
        pytest.fail(f"`{command}` ({COMMANDS[row].__name__}): {error}", pytrace=False)
