"""Several environments in one command: which, side by side, and what is told of them. One plain `-e` does without."""
