"""Chapter 4: text to tokens, tokens to counts and TF-IDF weights, and word embeddings."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
