"""Compiled loops, seeding, and the one place that knows Keras 2 from Keras 3."""
