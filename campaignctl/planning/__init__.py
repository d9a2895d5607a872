"""Decides what should happen. Pure: no clock, no files, no network; the moment is an argument.

`planner` makes a `Plan` from manifests (`Desired`) and an account (`Snapshot`); a rule of the contract has one
module: `match` (1), `finished` (2), `absent` (3), `compare` and `phase` (4), `alive` (5), `orphans` (6), `order`
(7). What budgets, gates, dates and other campaigns make of a decision stands in `features`.
"""
