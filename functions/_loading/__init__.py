"""Functions in files: found at the start, and taken up again when a file changes."""
