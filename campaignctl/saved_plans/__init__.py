"""Keeps plans in files: sealed, checked for staleness and expiry, and read again to be applied."""
