"""Chapter 1, Building Blocks of Deep Learning: tensors, matrices, argmax, optimizers, a trained network."""
