"""Chapter 3: convolutions by hand, image classifiers, augmentation, saving, and transfer learning."""
