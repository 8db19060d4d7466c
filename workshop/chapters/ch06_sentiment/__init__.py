"""Chapter 6: the sentiment of reviews by plain, gated, bidirectional and stacked recurrent networks."""
