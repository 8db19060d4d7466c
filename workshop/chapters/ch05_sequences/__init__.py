"""Chapter 5: stock prices, recurrent layers, 1-D convolutions, and forecasts with both."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
