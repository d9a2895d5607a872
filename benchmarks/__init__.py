"""Measures how long campaignctl takes beside what cannot be undercut, or a peer: `python -m benchmarks`.

`scale` makes the manifests and the account, `measuring` runs commands in turns, `rows` says what is put beside
what, `page` writes the table. Each program in `peers` is one side of a row.
"""
