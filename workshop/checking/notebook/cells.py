"""An executed notebook to cells, code and outputs as text, and what explains the errors of cells.

Nothing in it is run, and all of it is data.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from workshop.errors import UsageError
from workshop.files import reason
from workshop.strict_yaml import read_yaml
from workshop.untrusted import one_line, printable

MOST_BYTES = 200_000_000
MOST_ZIPPED = 50_000_000  # bytes of a zip file, and of the notebook in it
# the most characters of a cell's code, of that of a notebook, and of one kind of a cell's outputs are read
_MOST_CELLS = 5_000
MOST_CODE, MOST_CODE_OF_ALL, MOST_TEXT = 50_000, 500_000, 2_000_000
_PLAIN = "text/plain"


class NotANotebook(UsageError):
    """A file that can't be read as a notebook; the message names it and the remedy."""


@dataclass(frozen=True)
class Failure:
    """The error that ended a cell: its class and its message, printable."""

    name: str
    message: str


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among the code cells from 1 on, its code, and its outputs as text.

    `stdout` is what it printed, `stderr` its warnings, `result` its last value and what it displayed.
    """

    number: int
    code: str
    stdout: str = ""
    stderr: str = ""
    result: str = ""
    failure: Failure | None = None


def read_notebook(path: Path) -> tuple[Cell, ...]:
    """Return the code cells of a notebook of any version, or of the only one in a zip file.

    Nothing is unpacked to disk. Raises NotANotebook, or UsageError without nbformat.
    """
    try:
        from nbformat import convert, reader
    except ModuleNotFoundError:
        raise UsageError(
            "reading notebooks needs nbformat: pip install 'workshop[notebooks]', or give the numbers as CSV"
        ) from None
    name = one_line(str(path))
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise NotANotebook(f"{name}: it is not a file: name a notebook")
        if size > MOST_BYTES:
            raise NotANotebook(
                f"{name}: it has {size / 1e6:.0f} MB: clear outputs such as videos, and save it"
            )
        content = path.read_bytes()
    except OSError as error:
        raise NotANotebook(f"{name}: {reason(error)}: name a notebook that can be read") from None
    if path.suffix.lower() == ".zip":
        content = _unzipped(name, content)
    text = content.decode("utf-8-sig", errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read: Any = reader.reads  # nbformat has no types
            upgraded: Any = convert
            notebook = upgraded(read(text), 4)
        cells = tuple(_cells(notebook))
    except reader.NotJSONError:
        raise NotANotebook(
            f"{name}: not a notebook: its JSON is broken: open it in Jupyter and save it again"
        ) from None
    except Exception as error:
        what = one_line(f"{type(error).__name__} {error}"[:100])
        raise NotANotebook(f"{name}: not a notebook ({what}): open it in Jupyter and save it again") from None
    return cells


def is_hidden(path: PurePosixPath) -> bool:
    """Whether a file is a copy that Jupyter or macOS keeps, or another hidden one."""
    return any(part == "__MACOSX" or part.startswith(".") for part in path.parts)


def _unzipped(name: str, content: bytes) -> bytes:
    """Return the only notebook in a zip file."""
    if len(content) > MOST_ZIPPED:
        raise NotANotebook(f"{name}: it has {len(content) / 1e6:.0f} MB: zip the notebook alone")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            notebooks = [
                each
                for each in archive.infolist()
                if (path := PurePosixPath(each.filename)).suffix.lower() == ".ipynb" and not is_hidden(path)
            ]
            if len(notebooks) != 1:
                raise NotANotebook(f"{name}: it has {len(notebooks) or 'no'} notebooks: zip one notebook")
            (one,) = notebooks
            if one.flag_bits & 1:
                raise NotANotebook(f"{name}: its notebook is encrypted: zip it without a password")
            if one.file_size > MOST_ZIPPED:
                raise NotANotebook(
                    f"{name}: its notebook has {one.file_size / 1e6:.0f} MB: clear large outputs, and save it"
                )
            if one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise zipfile.BadZipFile  # while others are read there is no limit
            with archive.open(one) as file:
                return file.read(MOST_ZIPPED)  # with a limit, because the stated size may be wrong
    except NotANotebook:
        raise
    except Exception:
        raise NotANotebook(f"{name}: it can't be unpacked: zip the notebook again") from None


def _cells(notebook: Any) -> Iterator[Cell]:
    number, room = 0, MOST_CODE_OF_ALL
    cells = notebook["cells"]
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, Mapping) and cell.get("cell_type") == "code":
            number += 1
            if number > _MOST_CELLS:
                raise ValueError(f"it has more than {_MOST_CELLS:,} cells of code")
            read = _cell(number, cell)
            long = len(read.code) > min(room, MOST_CODE)
            room -= len(read.code)
            yield replace(read, code="") if long else read


def _cell(number: int, cell: Mapping[str, Any]) -> Cell:
    texts: dict[str, list[str]] = {"stdout": [], "stderr": [], "result": []}
    failure = None
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, Mapping):
            continue
        kind = output.get("output_type")
        if kind == "stream":
            texts["stderr" if output.get("name") == "stderr" else "stdout"].append(_text(output.get("text")))
        elif kind in {"execute_result", "display_data"}:
            data = output.get("data")
            texts["result"].append(_text(data.get(_PLAIN)) if isinstance(data, Mapping) else "")
        elif kind == "error":
            name, message = (_text(output.get(key))[:2000] for key in ("ename", "evalue"))
            failure = Failure(one_line(name), printable(message))
    # a stream may be in several parts, which end anywhere
    joined = {name: _shown(("\n" if name == "result" else "").join(parts)) for name, parts in texts.items()}
    return Cell(number, _text(cell.get("source")), **joined, failure=failure)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _shown(text: str) -> str:
    """Return a text as a terminal leaves it: without commands, and each line as it was last written.

    Of a long text, beginning and end are left: a training's last epochs, and what follows it.
    """
    if len(text) > MOST_TEXT:
        text = f"{text[: MOST_TEXT // 2]}\n{text[-MOST_TEXT // 2 :]}"
    if "\b" in text:
        text = re.sub("\b+", "\r", text)  # Keras goes back to the start of its line, and writes it again
    text = printable(text.replace("\r\n", "\n").replace("\r", "\x00")).replace("\\x00", "\r")
    if "\r" in text:  # of each line the last part that is not blank
        parts = ([part for part in line.split("\r") if part.strip()] for line in text.split("\n"))
        text = "\n".join(part[-1] if part else "" for part in parts)
    return re.sub("\n{3,}", "\n\n", text)  # blank lines say nothing, and there may be millions


@dataclass(frozen=True)
class CellError:
    """What ended a cell, or a warning that its numbers are others.

    `known` : whether the cause is. `failed` : it ended the cell.
    """

    cell: int
    known: bool
    sentence: str
    failed: bool = True


@dataclass(frozen=True)
class _Known:
    cause: str
    since: str
    remedy: str
    number: str
    error: str = ""
    says: str = ""
    warns: str = ""


@cache
def _known() -> tuple[_Known, ...]:
    text = (resources.files("workshop.checking.notebook") / "errors.yaml").read_text("utf-8")
    return tuple(_Known(**entry) for entry in read_yaml(text))


def explain_cells(cells: Iterable[Cell]) -> list[CellError]:
    """Return the errors of cells in order, and the warnings that matter for numbers."""
    errors = []
    for cell in cells:
        warned = (known for known in _known() if known.warns and re.search(known.warns, cell.stderr))
        errors += [_sentence(cell, known, None) for known in warned]
        if (failure := cell.failure) is None:
            continue
        for known in _known():
            of_kind = known.error and re.fullmatch(known.error, failure.name)
            if of_kind and (says := re.search(known.says, failure.message)):
                errors.append(_sentence(cell, known, says))
                break
        else:
            lines = [line for line in failure.message.splitlines() if line.strip()] or [""]
            message = one_line(lines[0])[:120].rstrip(": ")
            errors.append(CellError(cell.number, known=False, sentence=f"{failure.name}: {message}"))
    return errors


def _sentence(cell: Cell, known: _Known, says: re.Match[str] | None) -> CellError:
    since = f" since {known.since}" if known.since else ""
    remedy = known.remedy
    if says is not None and says.lastindex:
        remedy = remedy.replace("{1}", one_line(says[1] or ""))
    sentence = f"{known.cause[0].upper()}{known.cause[1:]}{since}: {remedy}. {known.number}"
    return CellError(cell.number, known=True, sentence=sentence, failed=says is not None)
