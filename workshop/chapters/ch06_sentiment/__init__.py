"""Chapter 6: the sentiment of reviews by plain, gated, bidirectional and stacked recurrent networks."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
