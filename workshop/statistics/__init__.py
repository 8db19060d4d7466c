"""Hypothesis tests and placement: arrays in, p values out."""
