"""The command line under attack: `nox -s attacks`, run by hand. Not part of the wheel.

`python -m tests.attacks` runs all attacks, and writes their table to results/faults.md and its sums into
docs/how_we_know.md; `python -m tests.attacks kill disks --tries 2` runs some of them with few tries and
prints the table only.
"""
