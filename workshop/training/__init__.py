"""Compiled training loops, seeding, and the differences of Keras 2 and Keras 3."""
