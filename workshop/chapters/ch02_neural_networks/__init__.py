"""Chapter 2, Neural Networks: perceptrons by hand, then networks in Keras."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
