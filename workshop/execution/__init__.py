"""Units to outcomes: planning, processes, the store and its fingerprints. Knows no claims."""
