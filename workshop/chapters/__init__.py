"""The book's exercises as pure functions, one module or package a chapter."""
