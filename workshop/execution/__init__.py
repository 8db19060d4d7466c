"""Running units: what is needed, in which processes, under which fingerprint. It knows no claim."""
