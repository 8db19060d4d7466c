"""Other machines: a Ray cluster, what travels to its nodes, and the store that machines share."""
