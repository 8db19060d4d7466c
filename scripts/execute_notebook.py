"""Run the notebooks of docs/ and write their outputs into them: `python scripts/execute_notebook.py`.

With a folder, `python scripts/execute_notebook.py build/docs`, executed copies are written there, so that the
build of docs/ changes no file in git.

What differs from run to run without meaning, such as times, is left out, so that a notebook changes only
where an output does. The result store is empty, because what other exercises have left there decides more
claims.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

DOCS = Path(__file__).parents[1] / "docs"


def execute(path: Path, target: Path) -> None:
    """Run a notebook in a fresh kernel, and write it to a file. An error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, record_timing=False, kernel_name="python3").execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
    target.write_text(nbformat.writes(notebook, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as store:
        os.environ["WORKSHOP_STORE"] = store
        for notebook_path in sorted(DOCS.glob("*.ipynb")):
            execute(notebook_path, folder / notebook_path.name)
