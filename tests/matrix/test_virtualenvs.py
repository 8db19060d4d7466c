"""Environments: built by uv once each, and one line where uv, a version or an index is missing."""

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from workshop.datasets.cache import CacheError
from workshop.matrix import virtualenvs
from workshop.matrix.virtualenvs import NotBuilt, build, list_versions, resolve

NO_WHEELS = """error: No solution found when resolving dependencies
  cause: Because gensim==3.8.3 has no usable wheels and you require it, your requirements are unsatisfiable.

hint: Wheels are required for `gensim` because building from source is disabled for `gensim`
"""
# it notes what it is called with, makes the environment's folder, and prints what the test has prepared
UV = """#!{python}
import json, os, pathlib, sys
here = pathlib.Path({folder!r})
words, given = sys.argv[1:], sys.stdin.read()
with open(here / "calls", "a") as file:
    file.write(json.dumps([words, given, os.getcwd(), os.environ["UV_PYTHON_DOWNLOADS"]]) + "\\n")
answer = json.loads((here / "says").read_text()).get(words[2] if words[1] == "pip" else words[1], ["", "", 0])
if words[1] == "venv" and not answer[2]:
    pathlib.Path(words[-1], "bin").mkdir(parents=True)
sys.stdout.write(answer[0]); sys.stderr.write(answer[1]); sys.exit(answer[2])
"""


class Uv:
    """A program in uv's place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.says()
        program = folder / "uv"
        program.write_text(UV.format(python=sys.executable, folder=str(folder)))
        program.chmod(0o755)

    def says(self, **answers: tuple[str, str, int]) -> None:
        """Set what it writes to both outputs and its exit code, by command."""
        (self.folder / "says").write_text(json.dumps(answers))

    def calls(self) -> list[list]:
        """Return words, input, folder and one variable of each call."""
        log = self.folder / "calls"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Return an empty cache folder of this test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKSHOP_CACHE", str(folder))
    return folder


@pytest.fixture
def uv(tmp_path, cache, monkeypatch) -> Uv:
    """Return a program that is found in uv's place."""
    (tmp_path / "uv").mkdir()
    made = Uv(tmp_path / "uv")
    monkeypatch.setattr(virtualenvs, "find_uv", lambda: str(made.folder / "uv"))
    return made


def test_an_environment_is_built_once(uv, cache):
    """The same Python and versions give the same interpreter, built by one `venv` and one `install`."""
    python = build("/opt/python3.12", ("nltk==3.9.1", "regex==2024.1"))
    again = build("/opt/python3.12", ("nltk==3.9.1", "regex==2024.1"))

    folder = python.parents[1]
    assert python == again == folder / "bin" / "python"
    assert folder.parent == cache / "environments"
    (venv, _, _, _), (install, given, place, downloads) = uv.calls()
    assert venv[1:] == ["venv", "--no-project", "--python", "/opt/python3.12", str(folder)]
    assert install[1:3] == ["pip", "install"]
    assert "--no-deps" in install
    assert install[install.index("--python") + 1] == str(folder)
    assert given == "nltk==3.9.1\nregex==2024.1\n"
    assert (Path(place), downloads) == (cache, "never")


@pytest.mark.parametrize(
    ("python", "lock"),
    [("/opt/python3.11", ("nltk==3.9.1",)), ("/opt/python3.12", ("nltk==3.9",)), ("/opt/python3.12", ())],
)
def test_another_python_or_version_is_another_environment(uv, python, lock):
    assert build(python, lock) != build("/opt/python3.12", ("nltk==3.9.1",))


def test_an_incomplete_environment_is_built_anew(uv, cache):
    uv.says(install=("", "error: the disk is full\n", 2))
    with pytest.raises(NotBuilt, match=r"^the disk is full$"):
        build("/opt/python3.12", ("nltk==3.9.1",))
    (folder,) = (cache / "environments").iterdir()
    (folder / "left").touch()
    uv.says()

    build("/opt/python3.12", ("nltk==3.9.1",))

    assert not (folder / "left").exists()
    assert [words[1] for words, *_ in uv.calls()] == ["venv", "pip", "venv", "pip"]


def test_requirements_are_resolved_for_an_interpreter(uv):
    """The answer is uv's, a version per line; what takes long to compile is never compiled."""
    uv.says(compile=("nltk==3.9.1\nnumpy==2.4.6\n", "", 0))

    assert resolve("/opt/python3.12", ("nltk==3.9.1", "numpy")) == ("nltk==3.9.1", "numpy==2.4.6")

    ((words, given, _, _),) = uv.calls()
    assert given == "nltk==3.9.1\nnumpy\n"
    assert words[words.index("--python") + 1] == "/opt/python3.12"
    never = {name for option, name in pairwise(words) if option == "--only-binary"}
    assert {"numpy", "gensim", "scikit-learn"} <= never
    assert "nltk" not in never


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NO_WHEELS, "Because gensim==3.8.3 has no usable wheels and you require it"),
        ("warning: slow\nerror: no interpreter at /opt/python3.12\n", "no interpreter at /opt/python3.12"),
        ("", "uv gives no reason"),
    ],
)
def test_an_error_of_uv_is_one_line(uv, error, message):
    uv.says(compile=("", error, 1))

    with pytest.raises(NotBuilt) as caught:
        resolve("/opt/python3.12", ("gensim==3.8.3",))

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_versions_are_listed_in_their_order(uv):
    uv.says(run=(json.dumps({"versions": ["3.10.0", "3.9.1", "3.9", "3.5"]}), "", 0))

    assert list_versions("nltk", "/opt/python3.12") == ("3.5", "3.9", "3.9.1", "3.10.0")

    ((words, *_),) = uv.calls()
    assert words[words.index("--python") + 1] == "/opt/python3.12"
    assert words[words.index("versions") + 1] == "nltk"


@pytest.mark.parametrize(
    "says", [("", "ERROR: No matching distribution found\n", 1), ("no JSON", "", 0), ("{}", "", 0)]
)
def test_versions_that_can_not_be_listed_are_one_line(uv, says):
    uv.says(run=says)

    with pytest.raises(NotBuilt, match=r"^the versions of nltk can't be listed: \S[^\n]*$"):
        list_versions("nltk", "/opt/python3.12")


def test_a_cache_that_can_not_be_written_is_one_line(uv, cache):
    cache.write_text("a file in its place")

    with pytest.raises(CacheError, match=r"^the cache \S+ can't be written \(.+\); set WORKSHOP_CACHE to "):
        resolve("/opt/python3.12", ("nltk==3.9.1",))


@pytest.mark.parametrize("place", ["on PATH", "next to the interpreter", "nowhere"])
def test_uv_is_on_path_or_next_to_the_interpreter(place, tmp_path, monkeypatch):
    """It is found in an environment that was not activated; without it, the message names the remedy."""
    folders = {"on PATH": tmp_path / "path", "next to the interpreter": tmp_path / "bin"}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.setenv("PATH", str(folders["on PATH"]))
    monkeypatch.setattr(sys, "executable", str(folders["next to the interpreter"] / "python"))
    if place in folders:
        program = folders[place] / "uv"
        program.touch()
        program.chmod(0o755)

        assert virtualenvs.find_uv() == str(program)
    else:
        with pytest.raises(NotBuilt, match=r"^uv, .* is not here: pip install uv$"):
            virtualenvs.find_uv()
