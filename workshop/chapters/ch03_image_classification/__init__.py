"""Chapter 3: convolutions by hand, image classifiers, augmentation, saving, and transfer learning."""

from workshop.chapters import by_name

__getattr__, __dir__ = by_name(__name__)
