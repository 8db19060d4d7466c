"""
Make fixtures/sonar.csv out of Debian's r-cran-mlbench.

    apt-get download r-cran-mlbench && dpkg -x r-cran-mlbench_*.deb unpacked
    pip install rdata
    python scripts/make_sonar_fixture.py unpacked/usr/lib/R/site-library/mlbench/data/Sonar.rda

Data: Connectionist Bench (Sonar, Mines vs. Rocks), UCI Machine Learning Repository, CC BY 4.0.
"""

import argparse
import hashlib
from pathlib import Path

import rdata

EXPECTED = "509a95d382275bf37288673ae201aafd8e190627f7f2da3acb4cd4b86a3ac8ed"
TARGET = Path(__file__).parent.parent / "fixtures" / "sonar.csv"
CLASSES = {"M": "Mine", "R": "Rock"}


def make(source: Path) -> bytes:
    """Return the table as the authors wrote it: numbered attributes, shortest numbers, classes in full."""
    frame = rdata.read_rda(source)["Sonar"]
    lines = [",".join([f"attribute_{number}" for number in range(1, frame.shape[1])] + ["Class"])]
    lines += [
        ",".join([*(f"{value:g}" for value in values), CLASSES[label]])
        for *values, label in frame.itertuples(index=False)
    ]
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make fixtures/sonar.csv.")
    parser.add_argument("source", type=Path, help="Sonar.rda of the R package mlbench")
    content = make(parser.parse_args().source)
    if hashlib.sha256(content).hexdigest() != EXPECTED:
        raise SystemExit("this Sonar.rda gives another table than the authors' sonar.csv; use mlbench 2.1-6")
    TARGET.write_bytes(content)
    print(f"wrote {TARGET}")  # noqa: T201
