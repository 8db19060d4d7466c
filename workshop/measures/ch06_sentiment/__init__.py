"""What is measured of chapter 6."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
