"""Terminal summary and explanations; reads results only."""
