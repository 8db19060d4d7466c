"""Record what only full trainings show: `python scripts/record_pictures.py 7.04 7.05:iterations=2001`.

Each is trained here to its end, or with the settings, and the figures of its registered functions go to
workshop/figures/recorded, which a page shows as recorded where nothing of the kind ran. A killed
training continues from its last checkpoint. At most 30 kB an exercise, and 0.6 MB in all.
"""

from __future__ import annotations

import json
import sys
from datetime import date

import workshop
from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.figures.files import as_json
from workshop.figures.registry import PICTURES, draw_figures, sketches

MOST = 30_000  # bytes of an exercise


def record(asked: str) -> str:
    """Train an exercise, write its pictures and say so. Raises SystemExit if they are too large."""
    name, _, changed = asked.partition(":")
    settings = {key: int(number) for key, number in (one.split("=") for one in changed.split(",") if one)}
    exercise = workshop.exercise(name)
    titles = [sketch.title for sketch in sketches()[exercise.id] if sketch.full]
    run = exercise.run(**settings)
    drawn = draw_figures(package_book().ledger, run.by_unit())[exercise.id]
    shown = [one for one in drawn if one.parts and any(one.title.startswith(title) for title in titles)]
    facts = this_environment().facts()
    made = f"{date.today()} with TensorFlow {facts['tensorflow']} and Keras {facts['keras']}"  # noqa: DTZ011
    (figures,) = as_json({exercise.id: shown}).values()
    text = json.dumps({"recorded": made, "figures": figures}) + "\n"
    if not shown or len(text) > MOST:
        raise SystemExit(
            f"{name}: {len(shown)} pictures of {len(text):,} bytes: at most {MOST:,}, and at least one"
        )
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{exercise.id}.json").write_text(text, "utf-8")
    return f"{exercise.id}: {len(text):,} bytes"


if __name__ == "__main__":
    for each in sys.argv[1:]:
        sys.stdout.write(f"{record(each)}\n")
