"""The fingerprint changes with everything that an outcome depends on, and with nothing else."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import hashlib
import importlib
import itertools
from pathlib import Path

import pytest

from workshop.execution import fingerprint as fingerprints
from workshop.execution.environment import this_environment
from workshop.execution.fingerprint import code_digest, fingerprint

FILES = {
    "__init__.py": '"""A package."""\n',
    "unit.py": "from toypack.inner import helper\n\ndef f(x):\n    return helper(x) + 1\n",
    "inner/__init__.py": "",
    "inner/helper.py": "from . import deep\nfrom .. import aside\n\ndef helper(x):\n    return deep.deep(x)\n",
    "inner/deep.py": '"""Deep."""\n\nclass C:\n    """A class."""\n\ndef deep(x):\n    """Double."""\n    return 2 * x\n',
    "aside.py": "def aside():\n    import toypack.late\n",
    "late.py": "LATE = 1\n",
    "unrelated.py": "X = 1\n",
}
_numbers = itertools.count()


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that gives the digest of a module of the toy package after changes to its files."""

    def of(changes: dict[str, str], module: str = "toypack.unit") -> str:
        folder = tmp_path / str(next(_numbers))
        for name, text in {**FILES, **changes}.items():
            path = folder / "toypack" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(folder))
            patch.setattr(fingerprints, "PACKAGE", "toypack")
            for name in [n for n in importlib.sys.modules if n.split(".")[0] == "toypack"]:
                patch.delitem(importlib.sys.modules, name)
            for cached in (code_digest, fingerprints._source, fingerprints._digest_and_imports):
                cached.cache_clear()
            try:
                return code_digest(module)
            finally:
                for name in [n for n in importlib.sys.modules if n.split(".")[0] == "toypack"]:
                    del importlib.sys.modules[name]
                for cached in (code_digest, fingerprints._source, fingerprints._digest_and_imports):
                    cached.cache_clear()

    return of


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("unit.py", "+ 1", "+ 2"),
        ("inner/deep.py", "2 * x", "3 * x"),
        ("inner/helper.py", "deep.deep(x)", "deep.deep(-x)"),
        ("late.py", "1", "2"),
        ("inner/__init__.py", "", "VERSION = 2"),
        ("inner/deep.py", "return 2 * x", 'return "2" * x'),
    ],
)
def test_code_counts_however_deep_it_is_imported(digest, name: str, old: str, new: str) -> None:
    """The module itself, what it imports, what that imports, late imports and parent packages but the first."""
    changed = FILES[name].replace(old, new) if old else new
    assert digest({name: changed}) != digest({})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("inner/deep.py", '"""Other words."""\n\nclass C:\n    """Other."""\n\ndef deep(x):\n    """Other."""\n    return 2 * x\n'),
        ("inner/deep.py", "class C:\n    ''\n\ndef deep(x):\n    return 2 * x\n"),
        ("unit.py", "# a comment\nfrom toypack.inner import helper\n\n\n\ndef f(\n    x,\n):\n    return (helper(x)\n        + 1)\n"),
        ("unrelated.py", "X = 2\n"),
        ("__init__.py", "__version__ = '2'\n"),
    ],
)  # fmt: skip
def test_words_layout_and_unrelated_modules_do_not_count(digest, name: str, text: str) -> None:
    """Docstrings, comments, line breaks, modules that nothing imports, and the package's version change nothing."""
    assert digest({name: text}) == digest({})


def test_parent_packages_count_for_a_module_that_imports_nothing(digest) -> None:
    """Importing it runs them."""
    deep = "toypack.inner.deep"
    assert digest({"inner/__init__.py": "VERSION = 2"}, deep) != digest({}, deep)
    assert digest({"aside.py": "VERSION = 2"}, deep) == digest({}, deep)


def test_an_imported_name_that_is_no_module_hides_no_other(digest) -> None:
    """A function is imported after a module, which counts all the same."""
    unit = FILES["unit.py"].replace("helper\n", "helper\nfrom toypack.aside import aside\n", 1)
    for name in ("inner/deep.py", "late.py", "aside.py"):
        changed = {"unit.py": unit, name: "VERSION = 2\n"}
        assert digest(changed) != digest({"unit.py": unit})


BASE = {
    "part": "ch09.ex01:f",
    "module": "workshop.units",
    "settings": {"epochs": 2, "rate": 0.1},
    "data": {"iris": "c1"},
    "seed": 3,
    "upstream": ["u1"],
    "environment": "python=3",
}


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("part", "ch09.ex01:g"),
        ("module", "workshop.execution.seeds"),
        ("settings", {"epochs": 3, "rate": 0.1}),
        ("settings", {"epochs": 2, "rate": 0.1, "batch": 4}),
        ("settings", {"epochs": "2", "rate": 0.1}),
        ("data", {"iris": "c2"}),
        ("data", {"iris": "c1", "sonar": "c2"}),
        ("seed", 4),
        ("seed", None),
        ("upstream", ["u2"]),
        ("environment", "python=4"),
    ],
)
def test_everything_that_an_outcome_depends_on_counts(what: str, value: object) -> None:
    """Part, module, settings, data, seed, outcomes taken and environment each change the fingerprint."""
    assert fingerprint(**{**BASE, what: value}) != fingerprint(**BASE)


def test_known_content_has_the_fingerprint_that_it_always_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored outcomes and reference samples are found by it."""
    monkeypatch.setattr(fingerprints, "code_digest", lambda module: f"code of {module}")
    content = (
        '{"code": ["code of workshop.units", "code of workshop.execution.calling"], "data": {"iris": "c1"}, '
        '"environment": "python=3", FORM"part": "ch09.ex01:f", "seed": 3, '
        '"settings": {"epochs": "2", "rate": "0.1"}, "upstream": ["u1"]}'
    )
    for form in ("", "@first steps"):
        written = content.replace("FORM", f'"form": "{form}", ' if form else "")
        assert fingerprint(**BASE, form=form) == hashlib.sha256(written.encode()).hexdigest()[:40]


def test_the_order_of_settings_and_data_does_not_count() -> None:
    """The same things in another order are the same."""
    turned = {**BASE, "settings": {"rate": 0.1, "epochs": 2}}
    assert fingerprint(**turned) == fingerprint(**BASE)


def test_versions_device_and_threads_are_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's line changes with the number of threads, the device and the library versions."""
    one, two = this_environment(1), this_environment(2)
    assert one.digest_text() != two.digest_text()
    monkeypatch.setattr("workshop.execution.environment._gpu_visible", lambda: one.device == "cpu")
    assert this_environment(1).digest_text() != one.digest_text()
    assert f"numpy={importlib.import_module('numpy').__version__}" in one.digest_text()


FOR_CHECKERS = """
import typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import toypack.unrelated
if typing.TYPE_CHECKING:
    from toypack import unrelated
"""


@pytest.mark.parametrize(("runs", "same"), [("", True), ("else:\n    import toypack.unrelated\n", False)])
def test_what_type_checkers_alone_see_does_not_count(digest, runs: str, same: bool) -> None:
    """An import in the other branch does."""
    unit = {"unit.py": FOR_CHECKERS + runs}
    assert (digest(unit) == digest({**unit, "unrelated.py": "X = 2\n"})) == same


def test_the_code_that_calls_a_unit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sets the state from which randomness starts."""
    before, digest = fingerprint(**BASE), fingerprints.code_digest
    changed = "workshop.execution.calling"
    monkeypatch.setattr(fingerprints, "code_digest", lambda m: "other" if m == changed else digest(m))
    assert fingerprint(**BASE) != before
