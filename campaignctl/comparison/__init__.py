"""Compares two plans: what one says that the other does not. `deepdiff` is imported here alone."""
