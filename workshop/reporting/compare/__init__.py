"""Results files side by side, as tables, page and JSON; reads results, ledger and samples, judges nothing."""
