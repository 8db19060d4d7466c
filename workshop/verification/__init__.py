"""Units to outcomes to verdicts to results."""
