"""The first line of every format: environment and account."""

from __future__ import annotations

from campaignctl.rendering.report import Report

STAND_IN = "a stand-in: nobody is called or texted"


def heading(report: Report) -> str:
    """`Plan: environment prod (account acme1)`; a sandbox is said to be one."""
    where = report.where
    if where is None:
        return report.title
    sandbox, stand_in = ("SANDBOX, ", f", {STAND_IN}") if where.sandbox else ("", "")
    return f"{report.title}: environment {where.environment} ({sandbox}account {where.account_sid}{stand_in})"
