"""How numbers, verdicts, versions, places and pairs of values are written, the same in all views."""
