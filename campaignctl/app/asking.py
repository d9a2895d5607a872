"""Asking before something is done."""

from __future__ import annotations

import sys

import click

from campaignctl.errors import RefusedError, UsageError


def confirm(question: str, *, auto_approve: bool, otherwise: str) -> None:
    """`yes` on a terminal; elsewhere nobody can be asked, and `otherwise` says what to give instead.

    Raises RefusedError for any other answer, UsageError where there is no terminal.
    """
    if auto_approve:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"there is no terminal to ask on: {otherwise}")
    answer = click.prompt(f"{question} Only yes is taken", default="", show_default=False, err=True)
    if answer != "yes":
        raise RefusedError("not confirmed; nothing was sent")
