"""Hypothesis tests, power and placement: arrays in, p values out."""
