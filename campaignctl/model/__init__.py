"""Defines the nouns that cross borders: manifests, campaigns, plans, results. Frozen values; no rule decides here."""
