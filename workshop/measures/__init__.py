"""What is measured of the book, one package a chapter: units whose outcomes the claims read."""
