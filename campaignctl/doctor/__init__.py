"""Finds (`doctor`) what is wrong with a project's set-up and account, from facts to checks, their document and its
text.
"""
