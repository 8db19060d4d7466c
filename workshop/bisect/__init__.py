"""Finding since which version of a library a result differs."""
