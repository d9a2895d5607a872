"""Runs one command for several environments: which they are, side by side, and what is told of them.

One plain `-e` does without.
"""
