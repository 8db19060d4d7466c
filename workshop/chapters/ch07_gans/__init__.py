"""Chapter 7: generative adversarial networks, from a sine to digits and articles of fashion."""
