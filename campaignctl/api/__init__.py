"""Speaks HTTP, and nothing else does.

`wire` knows the shapes, `transport` sends one request, `pacing` says when, `retry` what follows from an answer;
`client` is what the other packages use. `listing` reads pages, `refresh` decides how much of an account is read.
"""
