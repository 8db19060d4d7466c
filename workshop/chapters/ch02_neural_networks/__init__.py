"""Chapter 2, Neural Networks: perceptrons by hand, then networks in Keras."""
