"""Two plans side by side: what one says that the other does not. `deepdiff` is imported here alone."""
