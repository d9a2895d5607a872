"""Carries a plan out through a small port: in order, checked before and after each write, failures kept apart."""
