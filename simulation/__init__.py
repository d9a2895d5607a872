"""Plays the entire program in simulated time: one process, one seed, months of an account's life.

`python -m simulation --seed N --days D` plays one; `python -m simulation years` plays many. See
docs/decisions/0026-simulation.md.
"""
