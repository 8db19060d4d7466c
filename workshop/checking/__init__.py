"""A reader's own notebook, numbers or class, compared with the book and with the recorded runs."""
