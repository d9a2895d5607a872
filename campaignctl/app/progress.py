"""Shows the progress of an apply: a bar on a terminal, a line for each operation elsewhere.

Both go to standard error.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.model.plan import Plan, Step
from campaignctl.model.results import OperationResult

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class TerminalBar:
    """Draws a bar on a terminal's standard error while it is entered; elsewhere, and with `-q`, nothing."""

    def __init__(self, length: int, label: str, options: GlobalOptions, *, show_pos: bool = False) -> None:
        self._wanted = sys.stderr.isatty() and not options.quiet
        self._length, self._label, self._show_pos = length, label, show_pos
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        if self._wanted:
            self._bar = click.progressbar(
                length=self._length, label=self._label, file=sys.stderr, show_pos=self._show_pos
            )
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)


class Reporter(TerminalBar):
    """Shows each step as it ends."""

    def __init__(self, plan: Plan, options: GlobalOptions, *, bar: bool = True) -> None:
        """Takes False for `bar` as one of several: they would draw over each other."""
        super().__init__(plan.operations, "Applying", options)
        self._wanted = self._wanted and bar and plan.operations > 0
        self._total = plan.operations
        self._done = 0
        self._options = options

    def step(self, step: Step, result: OperationResult) -> None:
        """Shows that one operation is over."""
        from campaignctl.rendering.as_text.progress import operation_line

        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif not self._options.quiet:
            color = output.wants_color(self._options, sys.stderr)
            line = operation_line(step.change, result, done=self._done, total=self._total, color=color)
            click.echo(output.with_speaker(line), err=True, nl=False, color=color)
