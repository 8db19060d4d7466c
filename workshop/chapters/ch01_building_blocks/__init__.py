"""Chapter 1, Building Blocks of Deep Learning: tensors, matrices, argmax, optimizers, a trained network."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
