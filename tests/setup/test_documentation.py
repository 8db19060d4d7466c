"""Every command and every Python example of README and docs/ is run, or read by the real command line."""

from __future__ import annotations

import ast
import doctest
import json
import os
import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nox
import pytest
import typer
import yaml
from typer.testing import CliRunner

import workshop
from benchmarks.contenders import PATHS
from tests.reporting.test_bench_report import content
from tests.setup.documents import (
    PAGES,
    ROOT,
    blocks,
    commands_of,
    first_column,
    inline_commands,
    words_of,
)
from workshop.cli import app
from workshop.datasets import model, registry
from workshop.ledger import Claim, ledger
from workshop.ledger.rules import vocabulary
from workshop.verification.results import Record
from workshop.verification.verdicts import VERDICTS

LANGUAGES = {"sh", "python", "json", "yaml", "text"}
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
    _replace_callbacks(command, given)
    with pytest.raises(SystemExit) as ended:
        command.main(words[1:], prog_name="workshop")
    assert ended.value.code == 0
    assert given.pop("called", False) or words[-1] == "--help", "it names no command that does something"
    claims = [*(given.get("patterns") or []), *(given.get("units") or []), given.get("name") or ""]
    ledger().select(name for name in claims if name and not name.isupper())
    assert all(name in registry() or name.isupper() for name in given.get("names") or [])


def _replace_callbacks(command: Any, given: dict[str, Any]) -> None:
    """Let each command note what it is given instead of doing it."""
    for inner in getattr(command, "commands", {}).values():
        _replace_callbacks(inner, given)
    if not hasattr(command, "commands"):
        command.callback = lambda **arguments: given.update(arguments, called=True)


def read_by_pytest(words: list[str], config: pytest.Config) -> None:
    """Let pytest's own parser, with all plugins, read the options; paths and chosen claims are there."""
    options = config._parser.parse(words[1:])
    assert all((ROOT / path).exists() for path in options.file_or_dir)
    if re.match(r"ch\d", options.keyword):
        ledger().select([options.keyword])


def named_by_nox(words: list[str], config: pytest.Config) -> None:
    """A session has this name, and what it hands on is read by the program that it hands it to."""
    start, (option, session, *given) = words[:1], words[1:]
    assert (start, option) == (["nox"], "-s")
    assert session in nox_sessions(), f"noxfile.py has no session {session}"
    if given:
        assert given[0] == "--"
    if session == "verify":
        read(["workshop", "verify", *given[1:]], config)
    elif given:
        read_by_pytest(["pytest", *given[1:]], config)


def nox_sessions() -> set[str]:
    """Return the names of the sessions of noxfile.py, read and not imported: nox registers them once only."""
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    marked = [
        (function, decorator)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "nox.session"
    ]
    given = [{k.arg: ast.unparse(k.value).strip("'") for k in decorator.keywords} for _, decorator in marked]
    return {names.get("name", function.name) for names, (function, _) in zip(given, marked, strict=True)}


def typed_by_ci(words: list[str], config: pytest.Config) -> None:
    """Continuous integration types it on a clean clone."""
    assert " ".join(words) in CI


def installs(words: list[str], config: pytest.Config) -> None:
    """The extra or the group is one of pyproject.toml's; a bare `pip install` speaks of no package."""
    if words == ["pip", "install"]:
        return
    extra = re.fullmatch(r"\.\[(\w+)\]", words[-1])
    if words[2] == "--group":
        assert words[3] in PROJECT["dependency-groups"]
    else:
        assert extra is not None
        assert extra[1] in PROJECT["project"]["optional-dependencies"]


def sets_a_variable(words: list[str], config: pytest.Config) -> None:
    """Something of ours reads the variable."""
    assert words[1].split("=")[0] in VARIABLES


def is_configured(words: list[str], config: pytest.Config) -> None:
    """The file that the tool reads is there."""
    files = {"pre-commit": ".pre-commit-config.yaml", "mkdocs": "mkdocs.yml"}
    assert (ROOT / files[words[0]]).is_file()


# the beginning of a command: how it is tested; of several the longest counts
COMMANDS: dict[str, Callable[[list[str], pytest.Config], None]] = {
    "workshop list": run,
    "workshop show": run,
    "workshop data list": run,
    "workshop data check": run,
    "workshop bench report": run,
    "workshop verify ch03.ex03.train_accuracy": run,  # needs no run of a unit
    "workshop": read,  # the others take long, need a network, or change the package
    "pytest": read_by_pytest,
    "nox": named_by_nox,
    "python3 -m venv": typed_by_ci,
    "source": typed_by_ci,
    "pip install nox": typed_by_ci,
    "pip install": installs,
    "export": sets_a_variable,
    "pre-commit": is_configured,
    "mkdocs": is_configured,
}


def row_of(words: Sequence[str]) -> str | None:
    """Return the row of COMMANDS that a command belongs to, or None."""
    starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((start for start in starts if start in COMMANDS), None)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where a reader stands: an empty cache, no mirror, and a file of benchmarks."""
    for name in VARIABLES - {"TF_CPP_MIN_LOG_LEVEL", "CUDA_VISIBLE_DEVICES"}:
        monkeypatch.delenv(name, raising=False)
    for name in ("TF_CPP_MIN_LOG_LEVEL", "WORKSHOP_THREADS"):  # which the engine sets: put back afterwards
        monkeypatch.setenv(name, os.environ.get(name, "1"))
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results" / "bench"
    folder.mkdir(parents=True)
    folder.joinpath("made-up.json").write_text(json.dumps(content()), "utf-8")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_works(page: str, reader: Path, request: pytest.FixtureRequest):
    """Its commands and examples, in the order of the page, do what they say; no command goes untested."""
    found, prose = blocks(PAGES[page])
    names: dict[str, Any] = {"__name__": "__main__"}

    for block in found:
        if block.language == "sh":
            for command in commands_of(block):
                hold(command, request.config)
        if block.language == "python":
            play(block.text, names, f"{page}, line {block.line}")
    for command in inline_commands(prose):
        hold(f"{command} --help" if is_name(command) else command, request.config)


def is_name(command: str) -> bool:
    """Whether running text only names a command of ours, such as `workshop calibrate`, with nothing given."""
    _, *words = command.split()
    inner: Any = typer.main.get_command(app)
    for word in words:
        inner = getattr(inner, "commands", {}).get(word)
    return command.startswith("workshop ") and inner is not None


def hold(command: str, config: pytest.Config) -> None:
    """Test a command as its row of the table says."""
    variables, words = words_of(command)
    row = row_of(words)
    assert row is not None, f"no row of COMMANDS says how `{command}` is tested"
    assert set(variables) <= VARIABLES
    try:
        COMMANDS[row](words, config)
    except (AssertionError, LookupError, pytest.UsageError, pytest.fail.Exception) as error:
        pytest.fail(f"`{command}` ({COMMANDS[row].__name__}): {error}", pytrace=False)


def play(text: str, names: dict[str, Any], where: str) -> None:
    """Run a session of Python and compare what it prints."""
    test = doctest.DocTestParser().get_doctest(text, names, where, None, 0)
    assert test.examples, f"{where}: write an example as a session (>>>), so that its output is held, too"
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(told)


def test_no_row_of_the_table_is_left_over():
    """Each row of COMMANDS is that of a command which README or docs show."""
    shown: set[str | None] = set()
    for text in PAGES.values():
        found, prose = blocks(text)
        commands = [c for block in found if block.language == "sh" for c in commands_of(block)]
        shown |= {row_of(words_of(command)[1]) for command in [*commands, *inline_commands(prose)]}

    assert shown - {None} == set(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_the_language_of_each_block_is_known(page: str):
    """No block escapes the tests by another name of its language."""
    found, _ = blocks(PAGES[page])

    assert {block.language for block in found} <= LANGUAGES


def test_results_are_shown_as_they_are_written():
    """Every JSON of a run on a page has the contract's keys."""
    shown = [b for text in PAGES.values() for b in blocks(text)[0] if b.language == "json"]

    assert shown
    for block in shown:
        results = json.loads(block.text)
        assert list(results) == ["schema", "environment", "claims"]
        assert [list(claim) for claim in results["claims"]] == [[field.name for field in fields(Record)]]


def test_entries_of_ledger_and_registry_are_valid():
    """Every YAML on a page is read by the model of what it is an entry of."""
    shown = [b for text in PAGES.values() for b in blocks(text)[0] if b.language == "yaml"]

    for block in shown:
        for entry in yaml.safe_load(block.text):
            kind = Claim if "rule" in entry else model.DataSet
            assert kind.model_validate(entry).id == entry["id"]
    assert shown


PROVIDERS = {kind.model_fields["kind"].annotation.__args__[0] for kind in model.Provider.__args__[0].__args__}
# page, heading of a table's first column, what that column must name
TABLES = [
    ("README.md", "verdict", VERDICTS),
    ("docs/verdicts.md", "rule", vocabulary()),
    ("docs/data.md", "provider", PROVIDERS),
    ("docs/extending.md", "key", set(Claim.model_fields) - {"what"}),
    ("docs/results.md", "key of a claim", [field.name for field in fields(Record)]),
    ("docs/benchmarks.md", "path", PATHS),
]


@pytest.mark.parametrize(("page", "heading", "names"), TABLES, ids=[table[0] for table in TABLES])
def test_a_table_names_all_that_there_is(page: str, heading: str, names: Sequence[str]):
    """A table of a page has a row for everything that the code has, and for nothing else."""
    assert sorted(first_column(PAGES[page], heading)) == sorted(names)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str):
    """A relative link leads to a file that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", blocks(PAGES[page])[1])

    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


def test_the_reference_holds_every_module():
    """Each module and package of ours is on a page of the reference; what is inside comes with it."""
    shown = {name for text in PAGES.values() for name in re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE)}
    inner = {f"workshop.chapters.{m.name}" for m in pkgutil.iter_modules([f"{ROOT}/workshop/chapters"])}
    outer = {f"workshop.{m.name}" for m in pkgutil.iter_modules(workshop.__path__)} - {"workshop.__main__"}

    assert shown == outer - {"workshop.chapters"} | inner


# a command, what the table says of it
UNCOVERED = ["make html", "workshopp list", "git clone", "python -m workshop"]


@pytest.mark.parametrize("command", UNCOVERED)
def test_an_unknown_command_belongs_to_no_row(command: str):
    """What no row covers is told, not passed over."""
    with pytest.raises(AssertionError, match="no row of COMMANDS says how"):
        hold(command, SimpleNamespace())


# commands that must fail, and what is told
WRONG = [
    ("workshop verify ch02 --fast", "2"),
    ("workshop verify ch08", "no claim is named 'ch08'"),
    ("workshop calibrate ch05.text99", "no claim is named"),
    ("workshop data fetch irys", "irys"),
    ("workshop data", "0"),
    ("workshop list ch08", "ch08"),
    ("pytest --fast", "unrecognized arguments: --fast"),
    ("pytest benchmark", "False"),
    ("pytest -k ch02.ex99", "no claim is named"),
    ("nox -s doc", "no session doc"),
    ("nox -s verify -- --fast", "2"),
    ("pip install --group documentation", "documentation"),
    ("pip install -e '.[tpu]'", "tpu"),
    ("export WORKSHOP_MIROR=/mirror", "WORKSHOP_MIROR"),
    ("source .venv/bin/activte", "activte"),
]


@pytest.mark.parametrize(("command", "told"), WRONG)
def test_a_wrong_command_fails(command: str, told: str, reader: Path, request: pytest.FixtureRequest):
    """A misspelt option, claim, data set, session, extra or variable on a page makes its test fail."""
    with pytest.raises(pytest.fail.Exception, match=re.escape(told)):
        hold(command, request.config)


def test_an_example_whose_output_differs_fails():
    """An example is held against what it prints, one without a prompt is refused."""
    with pytest.raises(AssertionError, match="Expected"):
        play(">>> 1 + 1\n3\n", {}, "here")
    with pytest.raises(AssertionError, match="as a session"):
        play("1 + 1\n", {}, "here")
