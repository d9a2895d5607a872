"""What should happen. Pure: no clock, no files, no network; the moment is an argument.

`planner` makes a `plan` from manifests (`resources.Desired`) and an account (`resources.Snapshot`); a rule of
the contract has one module: `match` (1), `finished` (2), `absent` (3), `diff` (4), `consent` (5), `orphans` (6),
`order` (7).
"""
