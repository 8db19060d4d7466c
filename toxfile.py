"""tox's environments are those of workshop/matrix/environments.toml; tox.ini has their common settings.

The package and the table's requirements are installed together, because a second step would change versions
that the first has chosen. Where the package can't be installed, as on the book's own Python 3.7, the engine
gets an environment of its own inside, and calls the units in this one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tox.config.loader.memory import MemoryLoader
from tox.config.types import Command
from tox.plugin import impl
from tox.report import HandledError

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))  # the package need not be installed where tox is

from workshop.matrix.interpreters import PYTHONS, find_python  # noqa: E402
from workshop.matrix.table import MatrixEnvironment, Table, TableError, table  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tox.config.sets import ConfigSet, EnvConfigSet
    from tox.session.state import State
    from tox.tox_env.api import ToxEnv


@impl
def tox_extend_envs() -> tuple[str, ...]:
    """Return the names of the environments."""
    return _table().names


@impl
def tox_add_core_config(core_conf: ConfigSet, state: State) -> None:
    """Define the environments; `tox` alone runs all of them."""
    environments = _table().environments()
    _put_first_on_path(environment.python for environment in environments.values())
    core_conf.loaders.insert(0, MemoryLoader(env_list=",".join(environments)))
    for name, environment in environments.items():
        own = settings(environment, Path(core_conf["work_dir"], name), state.conf.pos_args(None) or ())
        state.conf.memory_seed_loaders[name].append(MemoryLoader(**own))


@impl
def tox_add_env_config(env_conf: EnvConfigSet, state: State) -> None:
    """Add an environment's variables to the common ones."""
    del state
    if env_conf.env_name in _table().names:
        env_conf["set_env"].update(_table().named(env_conf.env_name).variables)


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Remove the results of an earlier run, in case this one does not finish."""
    results(tox_env.name).unlink(missing_ok=True)


def _table() -> Table:
    """Return the table; tox prints an error in it as one line."""
    try:
        return table()
    except TableError as error:
        raise HandledError(str(error)) from None


def results(name: str) -> Path:
    """Return the file for an environment's results."""
    return ROOT / "results" / "matrix" / f"{name}.json"


def settings(environment: MatrixEnvironment, folder: Path, given: Sequence[str]) -> dict[str, Any]:
    """Return tox's settings of an environment in this folder; `given` arguments go to `workshop verify`."""
    common: dict[str, Any] = {
        "description": f"Python {environment.python}, TensorFlow {environment.tensorflow}, "
        f"{environment.keras_in_words}"
    }
    verify = ["verify", "--offline", "--json", str(results(environment.name)), *given]
    if not environment.separate:
        install = _install(folder, "--editable", f"{ROOT}[units]", *environment.requirements)
        return common | {"commands_pre": [install], "commands": [Command(["workshop", *verify])]}
    engine = folder / "engine"
    # tox's own Python, if the engine runs on it, too
    running = sys.executable if "{}.{}".format(*sys.version_info) in PYTHONS else None
    found = running or next(filter(None, map(find_python, PYTHONS)), f"python{PYTHONS[0]}")
    workshop = str(engine / "bin" / "workshop")
    return common | {
        "allowlist_externals": [workshop],
        "commands_pre": [
            _install(folder, *environment.complete),
            Command(["uv", "venv", "--quiet", "--allow-existing", "--python", found, str(engine)]),
            _install(engine, "--editable", f"{ROOT}[units]"),  # which the page's figures of data need
        ],
        "commands": [Command([workshop, *verify, "--python", str(folder / "bin" / "python")])],
    }


def _install(folder: Path, *requirements: str) -> Command:
    """Return the command that installs into an environment; tox-uv has put its uv on PATH."""
    return Command(["uv", "pip", "install", "--quiet", "--python", str(folder), *requirements])


def _put_first_on_path(versions: Iterable[str]) -> None:
    """Let uv find the interpreters that we find; tox-uv gives it only the version."""
    found = [path for version in dict.fromkeys(versions) if (path := find_python(version))]
    folders = dict.fromkeys(str(Path(path).parent) for path in found)
    os.environ["PATH"] = os.pathsep.join([*folders, *os.get_exec_path()])
