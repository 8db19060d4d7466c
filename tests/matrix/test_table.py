"""The table of environments: what a name stands for, and what is refused."""

import re
from importlib import metadata
from pathlib import Path

import nox
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from workshop.matrix.table import ENGINE, FILE, TableError, numbers, read, table

ROOT = Path(__file__).parents[2]
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")["project"]

# name, TensorFlow, its other requirements, variables, whether the engine is separate
MEANT = [
    ("py310-tf210-k2", "~=2.10.0", ["numpy<2"], {}, False),
    ("py311-tf215-k2", "~=2.15.0", [], {}, False),
    ("py311-tf216-k3", "~=2.16.0", ["keras>=3"], {}, False),
    ("py311-tf216-k3min", "~=2.16.0", ["keras~=3.0.0"], {}, False),
    ("py313-tf220-k3min", "~=2.20.0", ["keras~=3.10.0"], {}, False),
    ("py312-tf219-legacy", "~=2.19.0", ["tf-keras~=2.19.0"], {"TF_USE_LEGACY_KERAS": "1"}, False),
    ("py310-tf213-k2", "~=2.13.0", [], {}, True),
    (
        "py37-tf21",
        "~=2.1.0",
        [
            "numpy==1.18.*",
            "scipy==1.4.*",
            "protobuf<3.21",
            "h5py<3",
            "scikit-learn==0.22.*",
            "pandas==1.0.*",
            "gensim==3.8.*",
            "nltk==3.5.*",
            "pillow==7.0.*",
        ],
        {},
        True,
    ),
]


@pytest.mark.parametrize(("name", "tensorflow", "others", "variables", "separate"), MEANT)
def test_a_name_stands_for_requirements(name, tensorflow, others, variables, separate):
    """TensorFlow comes by one of two distributions, then Keras as its factor says, then the row's bounds."""
    found = table().named(name)

    packages = [Requirement(text) for text in found.requirements]
    assert [(p.name, str(p.specifier)) for p in packages[:2]] == [
        ("tensorflow-cpu", tensorflow),
        ("tensorflow", tensorflow),
    ]
    machine = {"sys_platform": "linux", "platform_machine": "x86_64"}
    assert [p.marker.evaluate(machine) for p in packages[:2]] == [True, False]
    assert list(found.requirements[2:]) == others
    assert dict(found.variables) == variables
    assert found.separate == separate


def test_every_name_is_made_of_its_parts():
    """What a row allows has a name that leads back to it, and no other combination has the same one."""
    combinations = [
        (python, release, keras)
        for release, row in table().releases.items()
        for python in row["pythons"]
        for keras in row["keras"] or [""]
    ]
    names = [table().environment(*parts).name for parts in combinations]

    again = [table().named(name) for name in names]

    assert len({*names}) == len(names)
    assert [(e.python, e.tensorflow, e.keras) for e in again] == combinations
    assert len(table().releases) == FILE.read_text("utf-8").count("[[tensorflow]]")
    assert list(table().environments()) == list(table().names)
    assert [e.name for e in table().environments().values()] == list(table().names)


# a name that is not an environment's, and the message
REFUSED = [
    ("py312-tf299-k3", r"no row for TensorFlow 2\.99: one of 2\.1, 2\.8"),
    ("py313-tf215-k2", r"TensorFlow 2\.15 does not run on Python 3\.13: one of 3\.10, 3\.11"),
    ("py311-tf215-k3", r"TensorFlow 2\.15 has no factor k3: k2"),
    ("py311-tf221-k2", r"TensorFlow 2\.21 has no factor k2: k3, k3min, legacy"),
    ("py311-tf221", r"TensorFlow 2\.21 has no factor of none: k3, k3min, legacy"),
    ("py37-tf21-k2", r"TensorFlow 2\.1 has no factor k2: none, because it contains Keras"),
    ("tf221-py311-k3", "an environment's name is like py312-tf218-k3"),
    ("py311-tf221-k3-cpu", "an environment's name is like py312-tf218-k3"),
    ("py3-tf221-k3", "an environment's name is like py312-tf218-k3"),
]


@pytest.mark.parametrize(("name", "message"), REFUSED)
def test_what_no_row_allows_is_refused(name, message):
    """A release, Python or factor that does not go together is one line that names it and what there is."""
    with pytest.raises(TableError, match=f"^{name}: {message}"):
        table().named(name)


ROW = 'release = "2.15"\npythons = ["3.11"]\nkeras = ["k2"]\nbounds = []\n'
GOOD = (
    'libraries = []\n[environments]\npy311-tf215-k2 = ""\n'
    '[keras.k2]\nmeans = ""\nrequirements = []\n[keras.k3min]\nmeans = ""\n'
    'requirements = ["keras~={shipped_keras}.0"]\n'
    f"[[tensorflow]]\n{ROW}"
)


def test_the_engine_is_separate_from_what_it_does_not_run_on():
    """A Python older than the package's has a separate engine; such an environment gets all libraries."""
    oldest = SpecifierSet(PROJECT["requires-python"])
    units = [Requirement(text).name for text in PROJECT["optional-dependencies"]["units"]]

    for row in table().releases.values():
        for python in row["pythons"]:
            found = table().environment(python, row["release"], next(iter(row["keras"]), ""))
            assert found.separate or python in oldest
            assert found.separate == (python not in oldest) or row["separate"]
            assert {Requirement(text).name for text in found.complete} >= {*units}
    assert ".".join(map(str, ENGINE)) in oldest
    assert f"{ENGINE[0]}.{ENGINE[1] - 1}" not in oldest
    assert sorted(table().libraries) == sorted(units)


def test_every_bound_says_why():
    """A bound, a release with a separate engine and an environment of the matrix have their reasons."""
    lines = FILE.read_text("utf-8").splitlines()

    silent = [
        line for line in lines if re.match(r'    "|separate', line) and not re.search(r"  # \w.{8}", line)
    ]

    assert silent == []


def test_a_candidate_stands_for_a_release_that_is_not_published():
    found = read(GOOD.replace("bounds", 'candidate = "2.15.0rc1"\nbounds')).named("py311-tf215-k2")
    names = [(each.name, str(each.specifier)) for each in map(Requirement, found.requirements)]
    assert names == [("tensorflow-cpu", "~=2.15.0rc1"), ("tensorflow", "~=2.15.0rc1")]
    assert all(map(Requirement(found.requirements[0]).specifier.contains, ("2.15.0rc1", "2.15.0", "2.15.1")))


def test_the_row_of_the_installed_tensorflow_is_what_its_metadata_says():
    """The Keras that it shipped with, or that has its own number, is what it requires itself."""
    for distribution in ("tensorflow-cpu", "tensorflow"):
        try:
            installed = metadata.distribution(distribution)
        except metadata.PackageNotFoundError:
            continue
        break
    else:
        pytest.skip("TensorFlow is not installed: pip install -e '.[cpu]'")
    release = ".".join(installed.version.split(".")[:2])
    row = table().releases[release]
    (keras,) = [r for r in map(Requirement, installed.requires) if r.name == "keras" and r.marker is None]

    lowest = min(numbers(s.version.split("rc")[0])[:2] for s in keras.specifier if s.operator == ">=")

    shipped = row.get("shipped_keras")
    assert lowest == (numbers(shipped) if shipped else numbers(release))
    assert row["keras"] == (["k3", "k3min", "legacy"] if shipped else ["k2"])
