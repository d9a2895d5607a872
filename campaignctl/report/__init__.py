"""Writes (`report`) what became of each recipient of a campaign, as text."""
