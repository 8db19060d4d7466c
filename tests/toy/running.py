"""Code in a process of its own that has the toy chapter of a bench as `book`: see `Bench.start`.

Its workers import this module, so it imports what it needs when it runs.
"""

import sys

if __name__ == "__main__":
    import importlib
    import json
    from pathlib import Path

    from workshop.book import Book
    from workshop.execution.catalogue import arrange
    from workshop.ledger import build, read_chapter
    from workshop.units import parts_of

    code, module, folder, *arguments = sys.argv[1:]
    units = arrange(parts_of(importlib.import_module(module)))
    text = Path(folder, "claims.yaml").read_text("utf-8")
    book = Book(build([("toy.yaml", read_chapter(text, "toy.yaml"))]), lambda _: units, samples=Path(folder))
    exec(code, {"book": book, "arguments": arguments, "Path": Path, "json": json})
