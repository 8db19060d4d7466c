"""Outcome → Matplotlib figure, one function per plot that the book shows; nothing is saved or shown here."""
