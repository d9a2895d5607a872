"""Shows the progress of an apply: a bar on a terminal, a line for each operation elsewhere.

Both go to standard error.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.model.plan import Plan, Step
from campaignctl.model.results import OperationResult


class Reporter:
    """Shows each step as it ends."""

    def __init__(self, plan: Plan, options: GlobalOptions, *, bar: bool = True) -> None:
        """Takes False for `bar` as one of several: they would draw over each other."""
        self._may_draw = bar
        self._total = plan.operations
        self._done = 0
        self._options = options
        self._bar: Any = None

    def __enter__(self) -> Reporter:
        if self._may_draw and sys.stderr.isatty() and not self._options.quiet:
            self._bar = click.progressbar(length=self._total, label="Applying", file=sys.stderr)
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)

    def step(self, step: Step, result: OperationResult) -> None:
        """Shows that one operation is over."""
        from campaignctl.rendering.as_text.results import operation_line

        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif not self._options.quiet:
            color = output.wants_color(self._options, sys.stderr)
            line = operation_line(step.change, result, done=self._done, total=self._total, color=color)
            click.echo(output.with_speaker(line), err=True, nl=False, color=color)
