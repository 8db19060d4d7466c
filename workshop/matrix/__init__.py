"""The matrix: the environments of Python, TensorFlow and Keras in which the documented results are held."""
