"""The command line under attack: `nox -s faults`, run by hand. Not part of the wheel.

`python -m faults` runs all attacks and writes their table into docs/reliability.md; `python -m faults kill
disks --tries 2` runs some of them with few tries and prints the table only.
"""
