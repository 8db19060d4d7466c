"""Every documented result of *The Deep Learning Workshop*, re-implemented, measured and decided."""

__version__ = "0.1.0"
