"""Record the runs of the toy book."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.toy import BOOK
from workshop.samples.recording import record_sample
from workshop.samples.recording_repeats import record_repeats

if __name__ == "__main__":
    for unit in ("ch09.ex05", "ch09.ex06"):
        with tempfile.TemporaryDirectory() as store:
            record_sample(BOOK, unit, 64, store=Path(store))
        record_repeats(BOOK, unit)
