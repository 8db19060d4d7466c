"""Layers by hand in NumPy: the oracles."""
