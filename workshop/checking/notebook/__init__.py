"""An executed notebook to readings of claims: cells, code, printed text, values. Nothing in it is run."""
