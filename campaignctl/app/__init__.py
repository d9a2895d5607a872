"""Holds what the command line and the library share: opening a project, planning, applying, output, interrupts,
audit.
"""
