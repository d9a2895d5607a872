"""Describes stages: a campaign that waits for another's results, and what is said of those results."""
