"""Chapter 7: generative adversarial networks, from a sine to digits and articles of fashion."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
