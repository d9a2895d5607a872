"""Defines contact lists as code: who is in one, what it is called in the account, and what an apply must upload.

Pure.
"""
