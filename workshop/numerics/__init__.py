"""Layers by hand in NumPy, against which units compare Keras and other libraries."""
