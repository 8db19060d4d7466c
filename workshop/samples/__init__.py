"""Recorded runs of stochastic units, and how they are recorded."""
