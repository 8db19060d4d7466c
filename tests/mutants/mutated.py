"""Puts a mutant in place of its module, here and in Python processes that a test starts."""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

# a child's Python reads it as it starts
_CHILD = "from tests.mutants.mutated import Mutated\nMutated({file!r}, {text!r}, {root!r}).install()\n"


class Mutated(MetaPathFinder):
    """Finds one module, whose code is a mutant's: its file below the root, and its text."""

    def __init__(self, file: str, text: str, root: str) -> None:
        self.file, self.text, self.root = file, text, root
        self.path = str(Path(root, file))
        self.name = ".".join(Path(file).with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.name:
            return None
        loader = SourceFileLoader(name, self.path)
        loader.get_code = lambda _: compile(self.text, self.path, "exec")  # type: ignore[method-assign]
        return spec_from_file_location(name, self.path, loader=loader)

    def install(self) -> None:
        """Let this process import it."""
        sys.meta_path.insert(0, self)

    def hand_on(self, folder: Path) -> None:
        """Let the processes that this one starts import it, by a file in a folder of their path."""
        text = _CHILD.format(file=self.file, text=self.text, root=self.root)
        (folder / "sitecustomize.py").write_text(text, "utf-8")
        paths = (str(folder), self.root, os.environ.get("PYTHONPATH", ""))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
