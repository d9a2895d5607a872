"""Decides who is called: counts that may not drift between review and apply.

Rules over values; nothing here reads or sends.
"""
