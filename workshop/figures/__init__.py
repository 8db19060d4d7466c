"""Figures drawn from outcomes: a registry, and one function a figure in its chapter's module."""
