"""The book's exercises as pure functions, one package per chapter."""
