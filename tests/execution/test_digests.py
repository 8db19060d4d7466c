"""Digests of code change with everything that a function reaches, and with nothing else."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import ast
import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import workshop
from tests.selection import in_full
from workshop.execution import digests
from workshop.execution.catalogue import catalogue
from workshop.execution.digests import Digests
from workshop.ledger import ledger
from workshop.units import Part

ROOT = Path(workshop.__file__).parent.parent
Files = Mapping[str, str]
FILES = {
    "__init__.py": '"""A package."""\n__version__ = "1"\n',
    "unit.py": """
import numpy as np
from tensorflow.keras.layers import LSTM as Cell
from toypack.inner import helper, doubled as twice
from toypack.table import TABLE
from toypack import late

SCALE = 2.5

def f(x, rate=0.1):
    \"\"\"Say what it does.\"\"\"
    def inner(y):
        return y + SCALE
    return helper.helper(inner(x)) + twice(x) - late.shifted(x) * TABLE["a"] + Cell(np.mean(rate))

def other(x):
    return x
""",
    "inner/__init__.py": "from .deep import double as doubled\n",
    "inner/helper.py": "from . import deep\nfrom .kinds import Made\n\ndef helper(x):\n    return deep.double(x), Made(x), deep.Child()\n",
    "inner/deep.py": "class Base:\n    size = 3\n\nclass Child(Base):\n    def grow(self, by=1):\n        return self.size * by\n\ndef double(x):\n    return 2 * x if x > 0 else double(-x)\n",
    "inner/kinds.py": "from dataclasses import dataclass, field\nfrom functools import lru_cache\n\n@dataclass(frozen=True)\nclass Made:\n    value: float\n    many: list = field(default_factory=list)\n\n@lru_cache(maxsize=None)\ndef kept(x):\n    return x\n",
    "table.py": "TABLE = {'a': 1}\nTABLE['b'] = 2\n",
    "late.py": "def shifted(x):\n    from toypack.inner.kinds import kept as remembered\n    import toypack.table as t\n    return remembered(x) + t.TABLE['b']\n",
    "unrelated.py": "X = 1\n",
}  # fmt: skip
_numbers = itertools.count()


@pytest.fixture
def digest(tmp_path, monkeypatch) -> Callable[..., str]:
    """Return a function that gives the digest of a name of the toy package after changes to its files."""

    def of(changes: Files, module: str = "toypack.unit", name: str = "f", files: Files = FILES) -> str:
        folder = tmp_path / str(next(_numbers))
        for file, text in {**files, **changes}.items():
            path = folder / "toypack" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return made(folder, monkeypatch, module, name)

    return of


def made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, package: str = "toypack"
) -> str:
    """Return a digest in the package of a folder."""
    with monkeypatch.context() as patch:
        patch.setattr(digests, "source", lambda dotted: _file(folder, dotted))
        patch.setattr(digests, "PACKAGE", package)
        return Digests().digest(module, name)


def _file(folder: Path, dotted: str) -> Path | None:
    bare = folder.joinpath(*dotted.split("."))
    return next((each for each in (bare.with_suffix(".py"), bare / "__init__.py") if each.is_file()), None)


def changed(name: str, old: str, new: str, files: Files = FILES) -> dict[str, str]:
    """Return a file of the toy package with one change."""
    assert old in files[name], (name, old)
    return {name: files[name].replace(old, new, 1)}


NOTICED = {
    "constant": ("unit.py", "2.5", "2.6"),
    "type of a constant": ("inner/deep.py", "2 * x", "2.0 * x"),
    "operator": ("unit.py", "y + SCALE", "y - SCALE"),
    "default": ("unit.py", "rate=0.1", "rate=0.2"),
    "default of a method": ("inner/deep.py", "by=1", "by=2"),
    "decorator": ("inner/kinds.py", "frozen=True", "frozen=False"),
    "decorator left out": ("inner/kinds.py", "@lru_cache(maxsize=None)\n", ""),
    "alias of an import": ("unit.py", "LSTM as Cell", "GRU as Cell"),
    "library of an import": ("unit.py", "tensorflow.keras", "tf_keras"),
    "library of an alias": ("unit.py", "numpy as np", "cupy as np"),
    "alias of an import from the package": ("unit.py", "doubled as twice", "helper as twice"),
    "what a package hands on": ("inner/__init__.py", "double as doubled", "Child as doubled"),
    "type of a field": ("inner/kinds.py", "value: float", "value: int"),
    "default of a field": ("inner/kinds.py", "default_factory=list", "default_factory=tuple"),
    "field more": ("inner/kinds.py", "value: float", "value: float\n    more: int = 0"),
    "base class": ("inner/deep.py", "Child(Base)", "Child"),
    "attribute of a base class": ("inner/deep.py", "size = 3", "size = 4"),
    "recursion": ("inner/deep.py", "double(-x)", "double(x)"),
    "constant in a table": ("table.py", "'a': 1", "'a': 3"),
    "what is put into a table": ("table.py", "= 2", "= 3"),
    "a call that fills a table": ("table.py", "TABLE['b'] = 2", "TABLE['b'] = 2\nTABLE.update(c=1)"),
    "a variable of the process": ("table.py", "TABLE = ", "import os\nos.environ['X'] = '1'\nTABLE = "),
    "a call for its effect": ("inner/__init__.py", "from", "import warnings\nwarnings.simplefilter('ignore')\nfrom"),
    "late import": ("late.py", "kept as remembered", "Made as remembered"),
    "an inner function": ("unit.py", "return y", "return -y"),
    "a name bound twice": ("unit.py", "def other", "SCALE = 4\n\ndef other"),
    "a branch": ("unit.py", "SCALE = 2.5", "if True:\n    SCALE = 2.5"),
    "a loop": ("table.py", "TABLE['b'] = 2", "for x in 'bc':\n    TABLE[x] = 2"),
    "statement left out": ("late.py", "    import toypack.table as t\n    return remembered(x) + t.TABLE['b']", "    return remembered(x)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NOTICED)
def test_each_change_of_what_is_reached_is_noticed(digest, kind):
    assert digest(changed(*NOTICED[kind])) != digest({})


def test_what_a_watcher_gives_back_is_noticed(digest):
    text = "from toypack.training import watching\n" + FILES["late.py"]
    for use in (
        "x = watching.trained(x)",
        "watching = x.keep\n    watching.trained(x)",
        "watch.trained(x)",
        "watching.trained(x.clear())",
        "watching.trained((x := t))",
    ):
        assert digest({"late.py": text.replace("    return", f"    {use}\n    return")}) != digest({})


def test_swapped_names_are_noticed(digest):
    files = {
        "__init__.py": "",
        "a.py": "LIMIT = 1\ndef g(x):\n    return x * LIMIT\n",
        "b.py": "LIMIT = 2\ndef g(x):\n    return x * LIMIT\n",
        "unit.py": "from toypack.a import g as p\nfrom toypack.b import g as q\ndef f(x):\n    return p(x), q(x + 1)\n",
    }
    swapped = {
        "unit.py": files["unit.py"].replace("as p", "as r").replace("as q", "as p").replace("as r", "as q")
    }
    assert digest(swapped, files=files) != digest({}, files=files)


def test_a_name_that_is_imported_and_then_bound_is_both(digest):
    files = {"__init__.py": "", "a.py": "def g(x):\n    return x\n\nh = g\n"}
    files["unit.py"] = "from toypack.a import g\n\ndef f(x):\n    return g(x)\n\ng = [g]\n"
    others = [changed("a.py", "return x", "return -x", files)]
    for old, new in (
        ("[g]", "(g,)"),
        ("import g", "import h as g"),
        ("\ng = [g]\n", ""),
        ("from toypack.a import g\n", ""),
    ):
        others.append(changed("unit.py", old, new, files))
    others.append({"unit.py": "g = [g]\n" + files["unit.py"].replace("\ng = [g]\n", "")})
    assert len({digest({}, files=files), *(digest(each, files=files) for each in others)}) == 7


BINDS = (
    "y = 1", "y: int = 1", "x, y = 1, 1", "x = [(y := 1)]", "if x:\n    y = 1", "for y in [1]:\n    pass", "with x(1) as y:\n    pass",
    "try:\n    y = 1\nfinally:\n    x = 2", "try:\n    x = 2\nexcept E:\n    y = 1", "if x:\n    x = 2\nelse:\n    def y():\n        return 1",
    "class y:\n    z = 1", "if x(1):\n    import os as y", "y = 3\ny += 1", "y = 3\nif x(1):\n    del y", "y = 1\ny = 3", "y = 3\ny = 1",
)  # fmt: skip


@pytest.mark.parametrize("text", BINDS)
def test_what_binds_a_name(digest, text):
    one, two = (
        digest({}, files={"__init__.py": "", "unit.py": f"{each}\n\ndef f(x):\n    return y\n"})
        for each in (text, text.replace("1", "2"))
    )
    assert one != two


def test_the_end_of_a_slice_is_noticed(digest):
    ends = ("2:", ":2", "::2", "2::2", ":2:2", ":")
    assert len({digest({"unit.py": f"def f(x):\n    return x[{end}]\n"}) for end in ends}) == len(ends)


def test_the_order_of_effects_is_noticed(digest):
    one, two = "TABLE = {}\nTABLE['b'] = 1\nTABLE['b'] = 2\n", "TABLE = {}\nTABLE['b'] = 2\nTABLE['b'] = 1\n"
    assert digest({"table.py": one}) != digest({"table.py": two})


MOVED = "class Base:\n    size = 3\n\nclass Child(Base):\n    def grow(self, by=1):\n        return self.size * by\n"
SAME: dict[str, Files] = {
    "comments, docstrings and layout": {
        "unit.py": FILES["unit.py"].replace("Say what it does.", "Other words.").replace("SCALE = 2.5", "# why\nSCALE = (\n    2.5\n)"),
        "inner/deep.py": '"""Words."""\n' + FILES["inner/deep.py"].replace("size = 3", '"""A class."""\n\n    size = 3'),
    },
    "a moved class": {
        "moved.py": MOVED,
        "inner/deep.py": "from toypack.moved import Child\n" + FILES["inner/deep.py"].replace(MOVED, ""),
    },
    "a moved function": {
        "moved.py": "from toypack import table as other\nfrom toypack.inner.kinds import kept\n\ndef shifted(x):\n    return kept(x) + other.TABLE['b']\n",
        "late.py": "from toypack.moved import shifted\n",
        "unit.py": FILES["unit.py"],
    },
    "a moved constant": {
        "unit.py": FILES["unit.py"].replace("SCALE = 2.5", "from toypack.constants import SCALE"),
        "constants.py": "SCALE = 2.5\n",
    },
    "a moved module": {
        "elsewhere/__init__.py": "",
        "elsewhere/tables.py": FILES["table.py"],
        "table.py": "",
        "unit.py": FILES["unit.py"].replace("toypack.table", "toypack.elsewhere.tables"),
        "late.py": FILES["late.py"].replace("toypack.table", "toypack.elsewhere.tables"),
    },
    "a helper and a constant more": {
        "unit.py": FILES["unit.py"] + "\nMORE = [1]\n\ndef more(x):\n    return other(x)\n",
        "inner/deep.py": FILES["inner/deep.py"] + "\nMORE = dict(a=1)\n",
    },
    "a helper less": {"unit.py": FILES["unit.py"].replace("def other(x):\n    return x\n", "")},
    "another order": {"inner/deep.py": FILES["inner/deep.py"][FILES["inner/deep.py"].index("def double") :] + MOVED},
    "another alias": {
        "unit.py": FILES["unit.py"].replace("as twice", "as two_times").replace("twice(x)", "two_times(x)"),
    },
    "another alias of a library": {
        "unit.py": FILES["unit.py"].replace("as np", "as xp").replace("np.mean", "xp.mean").replace("as Cell", "as Layer").replace("Cell(", "Layer("),
    },
    "another alias inside of a function": {"late.py": FILES["late.py"].replace("remembered", "kept_").replace(" t\n", " tt\n").replace(" t.", " tt.")},
    "an import without an alias": {"unit.py": FILES["unit.py"].replace("import numpy as np", "import numpy").replace("np.mean", "numpy.mean")},
    "a name instead of its module": {"inner/helper.py": "from .deep import Child, double\nfrom .kinds import Made\n\ndef helper(x):\n    return double(x), Made(x), Child()\n"},
    "by way of the package": {"unit.py": FILES["unit.py"].replace("from toypack.inner import helper, doubled", "from toypack.inner.deep import double").replace("double as twice", "double as twice\nimport toypack.inner.helper as helper")},
    "what type checkers see": {"unit.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toypack.unrelated import X\n" + FILES["unit.py"]},
    "what a watcher of a training is told": {
        "late.py": "from toypack.training import watching\n" + FILES["late.py"].replace("    return", "    watching.trained(x, base=t)\n    return"),
    },
    "a module that nothing imports": {"unrelated.py": "X = 2\nprint(X)\n"},
    "the code of a library": {"../numpy.py": "mean = 1\n"},
    "the package's version": {"__init__.py": "__version__ = '2'\n"},
}  # fmt: skip


@pytest.mark.parametrize("kind", SAME)
def test_what_says_the_same_is_the_same(digest, kind):
    assert digest(SAME[kind]) == digest({})


DYNAMIC = {
    "the names of the module": "def f(x):\n    return globals()['g'](x)\n\ndef g(x):\n    return x\n",
    "a module by its name": "from importlib import import_module\n\ndef f(x):\n    return import_module('toypack.table').TABLE\n",
    "a module by a variable": "from importlib import import_module as load\nNAME = 'toypack.table'\n\ndef f(x):\n    return getattr(load(NAME), 'TABLE')\n",
    "a module as a value": "from toypack import table\n\ndef f(x):\n    return getattr(table, x)\n",
    "all names of a module": "from toypack.table import *\n\ndef f(x):\n    return TABLE\n",
    "a name that a module makes when it is asked": "from toypack.asked import TABLE\n\ndef f(x):\n    return TABLE\n",
    "a module by a variable and a package": "from importlib import import_module\n\ndef f(x):\n    return import_module(x, 'toypack')\n\ndef g(x):\n    return x\n",
    "a data file": "from pathlib import Path\n\ndef f(x):\n    return Path(__file__).with_name('data.csv').read_text()\n",
    "a data file of a package": "from importlib import resources\n\ndef f(x):\n    return resources.files('toypack.inner').joinpath('more.csv').read_text()\n",
}  # fmt: skip
MORE = {
    "__init__.py": "",
    "table.py": "TABLE = {'a': 1}\n",
    "asked.py": "from importlib import import_module\n\ndef __getattr__(name):\n    return getattr(import_module('toypack.table'), name)\n",
    "data.csv": "1",
    "inner/__init__.py": "",
    "inner/more.csv": "1",
}  # fmt: skip


@pytest.mark.parametrize("kind", DYNAMIC)
def test_what_is_known_only_when_the_code_runs_counts_as_a_whole(digest, kind):
    files = {**MORE, "unit.py": DYNAMIC[kind]}
    mutants = {
        name: text.replace("{'a': 1}", "{'a': 2}").replace("return x\n", "return -x\n").replace("g = 1", "g = 2").replace("g=1", "g=2")
        for name, text in files.items()
        if name in ("table.py", "unit.py")
    }  # fmt: skip
    mutants.update({"data.csv": "2"} if kind == "a data file" else {})
    mutants.update({"inner/more.csv": "2"} if kind == "a data file of a package" else {})
    assert digest(mutants, files=files) != digest({}, files=files)


def test_names_that_hide_others(digest):
    def code(body: str) -> dict[str, str]:
        return {"__init__.py": "", "unit.py": f"import os\ny = 1\n\n{body}"}

    def moves(body: str) -> bool:
        files = code(body)
        return digest(changed("unit.py", "y = 1", "y = 2", files), files=files) != digest({}, files=files)

    assert not moves("def f(x):\n    return os.eval(x)\n")  # a method is not what is built in
    assert moves("def f(x):\n    return [y for y in x], y\n")
    assert moves("def f(x):\n    return [y for y in y]\n")
    assert moves("def f(x, *, z=y):\n    return z\n")
    assert moves("def f(x):\n    global y\n    y += 1\n")
    assert moves("def f(x):\n    def g():\n        y = 1\n    return y\n")
    assert moves(
        "def f(x):\n    class G:\n        y = 1\n        def g(self):\n            return y\n    return G\n"
    )
    assert moves("def f(x):\n    class G:\n        z = y\n        y = 3\n    return G\n")
    assert moves("def f(x):\n    return [(z := y) for _ in x]\n")
    assert moves("def f(x: 'int') -> y:\n    return x\n")
    assert moves("def f(x):\n    return f'{y:{x}}'\n")
    assert moves("class f:\n    def g(self):\n        return self.g() + h()\n\ndef h():\n    return f, y\n")


def test_circles_have_one_digest(digest):
    files = {
        "__init__.py": "",
        "unit.py": "from toypack import other\n\ndef f(x):\n    return other.g(x - 1)\n",
        "other.py": "def g(x):\n    from toypack.unit import f\n    return f(x) if x > 0 else 1\n",
    }
    for module, name in (("toypack.unit", "f"), ("toypack.other", "g")):
        assert digest({}, module, name, files) == digest({}, module, name, files)
        for file, old in (("unit.py", "x - 1"), ("other.py", "x > 0")):
            assert digest(changed(file, old, "x + 3", files), module, name, files) != digest(
                {}, module, name, files
            )
    assert digest({}, "toypack.unit", "f", files) != digest({}, "toypack.other", "g", files)
    turned = {"other.py": "from toypack import unit\n\ndef g(x):\n    return unit.f(x) if x > 0 else 1\n"}
    assert digest(turned, files=files) == digest({}, files=files)


def test_a_name_that_no_statement_binds_is_the_whole_module(digest):
    whole = digest({}, name="")
    assert digest({}, name="missing") == whole
    assert digest(changed("unit.py", "return x\n", "return -x\n"), name="") != whole
    assert digest({}, "nowhere") == digest({}, "toypack.nothing")


def test_a_unit_may_stand_outside_of_the_package(digest):
    text = "from toypack.inner import doubled\n\ndef g(x):\n    return doubled(x)\n\ndef f(x):\n    return g(x) + 1\n"
    files = {**FILES, "../alone.py": text}
    known = digest({}, "alone", files=files)
    assert digest({"../alone.py": text.replace("+ 1", "+ 2")}, "alone", files=files) != known
    assert digest({"../alone.py": text.replace("doubled(x)", "-doubled(x)")}, "alone", files=files) != known
    assert digest(changed("inner/deep.py", "2 * x", "3 * x"), "alone", files=files) != known


def test_digests_never_change(digest):
    found = [digest({}), digest({}, name="SCALE"), digest({}, "toypack.inner", "")]
    found += [digest({}, files={**MORE, "unit.py": text}) for text in DYNAMIC.values()]
    assert " ".join(each[:8] for each in found) == (
        "50812d12 5ab48b64 85e8e931 6e7e56d0 b0e1190c c0f8d576 e8f257b4 ab310471 8d99dd02 71a852ac 6330d65e afe8d32d"
    )


def test_the_file_of_a_module(tmp_path, monkeypatch):
    package = ROOT / "workshop"
    for name, path in {
        "workshop": package / "__init__.py",
        "workshop.execution": package / "execution" / "__init__.py",
        "workshop.execution.digests": package / "execution" / "digests.py",
        "workshop.measures.ch01_building_blocks.text02_tensors":
            package / "measures" / "ch01_building_blocks" / "text02_tensors.py",
        "sys": None, "math": None, "nowhere": None, "nowhere.at_all": None,
        "workshop.nowhere": None, "workshop.units.unit": None, "workshop.nowhere.at_all": None,
    }.items():  # fmt: skip
        assert digests.source.__wrapped__(name) == path
    (tmp_path / "added.py").touch()
    monkeypatch.setattr(workshop, "__path__", [*workshop.__path__, str(tmp_path)])
    assert digests.source.__wrapped__("workshop.added") == tmp_path / "added.py"


def test_which_files_are_data(tmp_path):
    of = digests._data_files.__wrapped__
    empty = of(None)
    for name in ("a.py", "a.pyc", "deep/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1", "utf-8")
    assert of(tmp_path) == empty
    found = {empty}
    for name, text in (("deep/a.csv", "1"), ("deep/a.csv", "2"), ("z.csv", "1"), ("z.csv", "2")):
        (tmp_path / name).write_text(text, "utf-8")
        found.add(of(tmp_path))
    assert len(found) == 5


# The package itself


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    """Return all parts of the book's units."""
    units = catalogue(chapter.id for chapter in ledger().chapters)
    return [part for own in units.parts.values() for part in own]


@pytest.fixture(scope="module")
def recorded(parts) -> dict[str, str]:
    """Return the digest of each part."""
    package = Digests()
    return {part.key: package.digest(part.module, part.name) for part in parts}


def of_tree(folder: Path, parts: list[Part], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the digest of each part in a copy of the package."""
    with monkeypatch.context() as patch:
        patch.setattr(digests, "source", lambda dotted: _file(folder, dotted) or _file(ROOT, dotted))
        package = Digests()
        return {part.key: package.digest(part.module, part.name) for part in parts}


def test_each_part_is_found_by_its_name(parts, recorded):
    package = Digests()
    for part in parts:
        module = package.module(part.module)
        assert module is not None
        assert part.name in module.bound
    turned = {part.key: package.digest(part.module, part.name) for part in reversed(parts)}
    assert turned == recorded  # the order in which they are asked for does not count
    assert len({*recorded.values()}) == len(parts)


QUIET = {
    "dataclass", "unit", "property", "lru_cache", "contextmanager", "model_validator", "classmethod",
    "contextlib.contextmanager", "functools.cache", "tf.function",
}  # fmt: skip


def noting(text: str) -> set[str]:
    """Return what in a module may note something elsewhere: decorators that are not known, and one method."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found |= {"__init_subclass__"} & {node.name}
            calls = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
            found |= {ast.unparse(each) for each in calls} - QUIET
    return found


def test_nothing_that_a_unit_reaches_notes_something_elsewhere():
    """A registry would not count, because no name in a unit leads to what is entered into it."""
    assert noting("@register\ndef f(): pass\n") == {"register"}
    assert noting("class A:\n    def __init_subclass__(cls): pass\n") == {"__init_subclass__"}
    folders = ("chapters", "measures", "training", "numerics", "datasets")
    paths = [path for name in folders for path in (ROOT / "workshop" / name).rglob("*.py")]
    assert {path.name: found for path in paths if (found := noting(path.read_text("utf-8")))} == {}


def test_no_library_is_imported_and_it_takes_half_a_second(parts):
    code = (
        "import sys, time\nfrom workshop.execution.digests import code_digest\nbegin = time.process_time()\n"
    )
    code += "".join(f"code_digest({part.module!r}, {part.name!r})\n" for part in parts)
    code += "print(time.process_time() - begin, sorted({'tensorflow', 'keras', 'pandas', 'gensim', 'nltk'} & {*sys.modules}))"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    seconds, imported = out.split(" ", 1)
    assert imported.strip() == "[]"
    begin = time.process_time()
    for path in (ROOT / "workshop" / "measures").rglob("*.py"):
        ast.parse(path.read_bytes())
    assert float(seconds) < 8 * (time.process_time() - begin)


def _movable(name: str, package: Digests) -> list[ast.FunctionDef]:
    """Return the functions of a module that use nothing of it but imports: they can be moved by cut and paste."""
    module = package.module(name)
    assert module is not None
    found = []
    for place, statement in enumerate(module.body):
        if isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
            own = {names[1] for names in module.statement(place).references if names[0] == name}
            if not own & (set(module.bound) - {statement.name}):
                found.append(statement)
    return found


@pytest.mark.parametrize(
    "module",
    [
        "workshop.numerics.upsampling", "workshop.training.versions", "workshop.training.first_steps",
        "workshop.numerics.gates", "workshop.measures.ch05_sequences._data",
        "workshop.measures.ch07_gans._networks_by_hand",
    ],
)  # fmt: skip
def test_moved_functions_of_the_package_keep_every_digest(parts, recorded, tmp_path, monkeypatch, module):
    file = Path(*module.split(".")).with_suffix(".py")
    text = (ROOT / file).read_text("utf-8")
    lines = text.splitlines(keepends=True)
    functions = _movable(module, Digests())
    assert functions
    imports = [each for each in ast.parse(text).body if isinstance(each, ast.Import | ast.ImportFrom)]
    head = "".join(ast.get_source_segment(text, each, padded=True) + "\n" for each in imports)  # type: ignore[operator]
    chapter = module.rpartition(".")[0]
    head = head.replace("from . import", f"from {chapter} import").replace("from .", f"from {chapter}.")
    moved = head + "\n".join("".join(lines[each.lineno - 1 : each.end_lineno]) for each in functions)
    for each in reversed(functions):
        del lines[each.lineno - 1 : each.end_lineno]
    last = max(each.end_lineno or 0 for each in imports)
    names = ", ".join(f"{each.name}" for each in functions)
    lines.insert(last, f"from workshop.moved_here import {names}\n")
    for name, content in ((file, "".join(lines)), (Path("workshop/moved_here.py"), moved)):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    assert of_tree(tmp_path, parts, monkeypatch) == recorded


@pytest.mark.nightly
def test_a_renamed_chapter_keeps_every_digest(parts, recorded, tmp_path, monkeypatch):
    shutil.copytree(
        ROOT / "workshop",
        tmp_path / "workshop",
        ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.yaml"),
    )
    for before, after in (
        ("chapters/ch05_sequences", "chapters/ch05_series"),
        ("measures/ch05_sequences", "measures/ch05_series"),
        ("numerics", "arithmetic"),
    ):
        (tmp_path / "workshop" / before).rename(tmp_path / "workshop" / after)
        old, new = (f"workshop.{each.replace('/', '.')}" for each in (before, after))
        for path in (tmp_path / "workshop").rglob("*.py"):
            text = path.read_text("utf-8")
            if old in text:
                path.write_text(
                    text.replace(f"from {old}", f"from {new}").replace(f"import {old}", f"import {new}"),
                    "utf-8",
                )
    with monkeypatch.context() as patch:
        patch.setattr(digests, "source", lambda dotted: _file(tmp_path, dotted))
        package = Digests()
        renamed = {
            p.key: package.digest(p.module.replace("ch05_sequences", "ch05_series"), p.name) for p in parts
        }
    assert {key for key in renamed if renamed[key] != recorded[key]} == set()


def test_each_constant_and_operator_of_reached_functions_counts(
    parts,
    recorded,
    tmp_path,
    monkeypatch,
    request,
):
    package, thrice = Digests(), in_full(request.config)
    reaching: dict[digests.Node, Part] = {}
    for part in parts:
        reaching.update(dict.fromkeys(package.reached((part.module, part.name)), part))
    missed, tried = [], 0
    for node in sorted(each for each in reaching if each[1])[:: 20 if thrice else 60]:
        module, part = package.module(node[0]), reaching[node]
        assert module is not None
        tree = ast.parse(module.path.read_bytes())
        statement = [*digests._running(tree.body)][module.bound[node[1]][0]]
        for target in [each for each in ast.walk(statement) if _change(each, try_only=True)][::3]:
            before = dict(vars(target))
            _change(target)
            tried += 1
            file = tmp_path / str(tried) / module.path.relative_to(ROOT)
            file.parent.mkdir(parents=True)
            file.write_text(ast.unparse(tree), "utf-8")
            if of_tree(tmp_path / str(tried), [part], monkeypatch)[part.key] == recorded[part.key]:
                missed.append(f"{node[0]}.{node[1]}: {ast.unparse(target)}")
            vars(target).update(before)
    assert missed == []
    assert tried > (60 if thrice else 20)


def _change(node: ast.AST, *, try_only: bool = False) -> bool:
    """Change a number, an operator or a comparison; return whether the node is one."""
    other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.MatMult: ast.Mult}
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        if not try_only:
            node.value += 1
        return True
    if isinstance(node, ast.BinOp) and type(node.op) in other:
        if not try_only:
            node.op = other[type(node.op)]()
        return True
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.Gt | ast.Eq):
        if not try_only:
            node.ops = [ast.NotEq(), *node.ops[1:]]
        return True
    return False


def test_the_own_digest_leaves_out_what_names_mean(tmp_path, monkeypatch):
    def own(changes: Files) -> str:
        folder = tmp_path / str(next(_numbers))
        for file, text in {**FILES, **changes}.items():
            (folder / "toypack" / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / "toypack" / file).write_text(text, "utf-8")
        monkeypatch.setattr(digests, "source", lambda dotted: _file(folder, dotted))
        monkeypatch.setattr(digests, "PACKAGE", "toypack")
        return Digests().own("toypack.unit")

    assert own(changed("inner/deep.py", "2 * x", "3 * x")) == own({})
    assert own(changed("unit.py", "import numpy", "import math\nimport numpy")) == own({})
    assert own(SAME["a moved module"]) == own(SAME["another order"]) == own({})
    for old, new in (
        ("return x", "return -x"),
        ("doubled as", "helper as"),
        ("LSTM as", "GRU as"),
        ("2.5", "2.6"),
    ):
        assert own(changed("unit.py", old, new)) != own({})
