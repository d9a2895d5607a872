"""Computes (`status`) where each campaign stands, how far it has come, and when it is expected to end."""
