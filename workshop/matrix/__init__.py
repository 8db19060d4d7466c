"""The matrix: the environments of Python, TensorFlow and Keras in which documented results are checked."""
