"""The picture of the package: who may import whom. Late imports count, and imports by a module's name."""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# from low to high; a module imports from its own folder, and from what is before it
ORDER = [
    *(
        "errors",
        "suggestions",
        "files",
        "untrusted",
        "strict_json",
        "strict_yaml",
        "paths",
        "values",
        "units",
    ),
    "statistics",
    *("numerics", "datasets", "training", "ledger", "wording", "figures", "matrix"),
    *("chapters", "measures", "execution", "book"),
    "samples",
    "verification",
    *("reporting", "bisect"),
    "checking",
    *("exercises", "cli", "pytest_plugin", "test_claims", "__main__"),
]
ENGINE = ("execution", "samples", "statistics", "verification", "bisect")
# what the book's part may import of the package besides its own chapter
BOOK_MAY = ("workshop.training.backend", "workshop.training.embeddings")
MEASURES_MAY = ("numerics", "datasets", "training", "units")
# the package offers its doors late, and by their names only
DOORS = {("workshop", "workshop.exercises"), ("workshop", "workshop.checking.checks")}
CLUSTER, CLUSTER_FOR = "workshop.execution.cluster", "workshop.cli.common"
# what faces read: results, and where a reader's number lies
RESULTS = (
    "workshop.verification.results",
    "workshop.verification.verdicts",
    "workshop.statistics.own_number",
)

Imports = Mapping[str, set[str]]


def read_imports(root: Path) -> Imports:
    """Return by name of a module of the package below `root` the modules of the package that it imports."""
    files = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in root.glob("workshop/**/*.py")
    }
    return {
        name: {
            target
            for target in _read_targets(path.read_text("utf-8"), name, path, {*files})
            if target != name and (name, target) not in DOORS
        }
        for name, path in files.items()
    }


def _read_targets(text: str, name: str, path: Path, known: set[str]) -> Iterator[str]:
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            inner = [f"{base}.{alias.name}" for alias in node.names]
            names = [each if each in known else base for each in inner]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            inside = ast.walk(node)
            names = [str(each.value).rstrip(".") for each in inside if isinstance(each, ast.Constant)]
        yield from (each for each in names if each.split(".")[0] == "workshop")


def folder(module: str) -> str:
    """Return the folder, or the file, right below the package; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def find_upward(imports: Imports) -> list[str]:
    """Return the imports that go to a higher folder; the package itself is below all."""
    order = ["", *ORDER]
    return [
        f"{module} → {target}"
        for module, targets in sorted(imports.items())
        for target in sorted(targets)
        if order.index(folder(target)) > order.index(folder(module))
    ]


def find_circle(imports: Imports) -> list[str]:
    """Return the modules of a circle, or none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def find_forbidden(imports: Imports, rule: str) -> list[str]:
    """Return the imports that a rule forbids."""
    return [
        f"{module} → {target}"
        for module, targets in sorted(imports.items())
        for target in sorted(targets)
        if RULES[rule](module, target)
    ]


def _breaks_chapters(module: str, target: str) -> bool:
    """Whether the book's part of a chapter imports more than its own files, TensorFlow and word vectors."""
    allowed = target in {"workshop.chapters", *BOOK_MAY} or module.split(".")[:3] == target.split(".")[:3]
    return folder(module) == "chapters" and not allowed


def _breaks_measures(module: str, target: str) -> bool:
    """Whether what measures a chapter imports the engine, or another chapter."""
    own = module.split(".")[2:3] == target.split(".")[2:3] and folder(target) in {"chapters", "measures"}
    allowed = own or folder(target) in MEASURES_MAY or target == "workshop.chapters"
    return folder(module) == "measures" and not allowed


RULES = {
    "chapters import the book's part alone": _breaks_chapters,
    "measures import data and numerics": _breaks_measures,
    "execution imports no ledger": lambda module, target: (
        (folder(module), folder(target)) == ("execution", "ledger")
    ),
    "only --on imports the cluster": lambda module, target: (
        target.startswith(CLUSTER) and not module.startswith((CLUSTER, CLUSTER_FOR))
    ),
    "statistics imports nothing": lambda module, target: folder(module) == "statistics" != folder(target),
    "reporting imports results": lambda module, target: (
        folder(module) == "reporting" and folder(target) in ENGINE and target not in RESULTS
    ),
}
CASES = [
    "chapters import the book's part alone",
    "measures import data and numerics",
    "execution imports no ledger",
    "only --on imports the cluster",
    "statistics imports nothing",
    "reporting imports results",
]


@pytest.fixture(scope="module")
def imports() -> Imports:
    """Return the imports of the package."""
    return read_imports(ROOT)


def test_no_public_class_has_the_name_of_another():
    found: dict[str, list[str]] = {}
    for path in (ROOT / "workshop").rglob("*.py"):
        if not {"chapters", "measures"} & {*path.parts}:
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_contributing_shows_every_folder():
    """Its table has each folder once, and of the single files those that people look for."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("| row | folder")[2].partition("\n\n")[0]
    shown = re.findall(r"`(\w+)(?:/|\.py)`", table)
    folders = {path.parent.name for path in (ROOT / "workshop").glob("*/__init__.py")}

    assert folders - {*shown} == set()
    assert len(shown) == len({*shown})
    assert {*shown} <= {*ORDER}


def test_every_folder_has_a_place():
    paths = (ROOT / "workshop").iterdir()
    names = {path.stem for path in paths if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert names - {"__init__"} == {*ORDER}


def test_no_import_goes_up(imports):
    assert find_upward(imports) == []


def test_no_modules_import_each_other(imports):
    assert find_circle(imports) == []


@pytest.mark.parametrize("rule", CASES)
def test_who_may_import_whom(imports, rule):
    """Each part of the package imports only what the picture allows."""
    assert find_forbidden(imports, rule) == []


# made-up modules, and what the check says of them
UP = {
    "statistics/tests.py": "from workshop.ledger import model\n",
    "ledger/model.py": "def load():\n    import workshop.verification.engine\n",
    "verification/engine.py": "from ..reporting import page\nfrom workshop.ledger.model import Claim\n",
    "reporting/page.py": "from importlib import import_module\nimport_module('workshop.cli.' + 'app')\n",
    "cli/app.py": "import workshop\nimport ast\nfrom workshop.reporting.page import write\n",
}
CIRCLE = {
    "ledger/rules.py": "from workshop.ledger import model\n",
    "ledger/model.py": "def load():\n    from workshop.ledger.values import brief\n",
    "ledger/values.py": "from . import rules\n",
}
FORBIDDEN = {
    "chapters import the book's part alone": {
        "chapters/ch01_one/ex01.py": "from .ex02 import model\nfrom workshop.training.backend import tf\n",
        "chapters/ch01_one/ex02.py": "from workshop.measures.ch01_one import ex01\nimport workshop.units\n",
        "chapters/ch02_two/ex01.py": "def late():\n    from workshop.chapters.ch01_one import ex01\n",
    },
    "measures import data and numerics": {
        "measures/ch01_one/ex01.py": "from workshop.chapters.ch01_one import ex01\nimport workshop.units\n",
        "measures/ch01_one/shared.py": "from workshop.measures.ch02_two import layers\n",
        "measures/ch02_two/layers.py": "def late():\n    import workshop.ledger\n",
    },
    "execution imports no ledger": {
        "execution/planner.py": "def late():\n    from workshop.ledger import Claim\n",
        "verification/engine.py": "from workshop.ledger import Claim\n",
    },
    "only --on imports the cluster": {
        "execution/run.py": "def late():\n    from workshop.execution.cluster import RayCluster\n",
        "execution/cluster.py": "",
        "cli/common.py": "from workshop.execution.cluster import RayCluster\n",
    },
    "statistics imports nothing": {
        "statistics/power.py": "from workshop.statistics import tests\nimport workshop.errors\n",
        "statistics/tests.py": "import numpy\n",
    },
    "reporting imports results": {
        "reporting/page.py": "from workshop.verification.results import Record\nimport workshop.ledger\n",
        "reporting/view.py": "from workshop.verification import engine\nimport workshop.statistics.power\n",
    },
}
FOUND = {
    "chapters import the book's part alone": [
        "workshop.chapters.ch01_one.ex02 → workshop.measures.ch01_one",
        "workshop.chapters.ch01_one.ex02 → workshop.units",
        "workshop.chapters.ch02_two.ex01 → workshop.chapters.ch01_one.ex01",
    ],
    "measures import data and numerics": [
        "workshop.measures.ch01_one.shared → workshop.measures.ch02_two.layers",
        "workshop.measures.ch02_two.layers → workshop.ledger",
    ],
    "execution imports no ledger": ["workshop.execution.planner → workshop.ledger"],
    "only --on imports the cluster": ["workshop.execution.run → workshop.execution.cluster"],
    "statistics imports nothing": ["workshop.statistics.power → workshop.errors"],
    "reporting imports results": [
        "workshop.reporting.view → workshop.statistics.power",
        "workshop.reporting.view → workshop.verification",
    ],
}


def make(root: Path, modules: Mapping[str, str]) -> Imports:
    """Write a made-up package and return its imports."""
    for name, text in modules.items():
        path = root / "workshop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_imports(root)


def test_an_import_that_goes_up_is_found(tmp_path):
    assert find_upward(make(tmp_path, UP)) == [
        "workshop.ledger.model → workshop.verification.engine",
        "workshop.reporting.page → workshop.cli",
        "workshop.statistics.tests → workshop.ledger.model",
        "workshop.verification.engine → workshop.reporting.page",
    ]


def test_a_circle_is_found(tmp_path):
    circle = find_circle(make(tmp_path, CIRCLE))

    assert {*circle} == {f"workshop.ledger.{name}" for name in ("rules", "model", "values")}


@pytest.mark.parametrize("rule", RULES)
def test_a_forbidden_import_is_found(tmp_path, rule):
    """Nothing else is: what is allowed next to it is not."""
    assert find_forbidden(make(tmp_path, FORBIDDEN[rule]), rule) == FOUND[rule]
