"""Carries out `pause`, `resume`, `complete`, `archive` and `pause --all`: actions by hand on named campaigns,
without a plan.
"""
