"""Stands in for Exotel's API: a real HTTP server over SQLite that follows `exotel-api` to the letter.

`server` is the way in. `routes` and `control` speak HTTP, `world` carries requests out over `store`, `rules` says
what the API accepts, `envelopes` how it answers, `dialler` what has been called by now, `faults` how it may
misbehave, `switches` what the documents leave unknown. Flask is imported only where a server is started.
"""
