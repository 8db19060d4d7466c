"""Chapter 4: text to tokens, tokens to counts and TF-IDF weights, and word embeddings."""
