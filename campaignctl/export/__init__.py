"""Exports campaigns of the account as manifests: which, into which files, and what is written."""
