"""Benchmarks as tables, plots and one page; reads the JSON of `nox -s bench` only, and judges nothing."""
