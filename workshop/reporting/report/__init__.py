"""The report of a run as one page: the book at a glance, findings, and a card a unit; reads results only."""
