"""Implements `campaignctl report NAME`: what became of each recipient of a campaign, row by row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from campaignctl.app import output
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.options import GlobalOptions
from campaignctl.app.progress import TerminalBar
from campaignctl.app.workspace import Connection, Session
from campaignctl.cli.options import global_options, offering
from campaignctl.diagnostics import counted, quoted, some_of
from campaignctl.errors import AnswerError, ApiError, InputError, InterruptedRunError, RefusedError
from campaignctl.kinds.table import Unit
from campaignctl.model.campaigns import Live
from campaignctl.model.naming import AskedName, Found
from campaignctl.model.outcomes import Batch, Tally

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.report.text import Writer

_AUTO, _FILE, _PAGES = "auto", "file", "pages"
_BLOCK = "csv"
"""How a block is written: alone on standard output, what else is said on the other stream."""
_SOURCES = {_FILE: "the campaign's report file", _PAGES: "the account's pages"}
_ERASE = "\r\x1b[K"


@click.command("report")
@global_options
@click.argument("name", metavar="NAME", shell_complete=offering("names"))
@click.option(
    "--since-offset",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave out the first N rows: to go on where an earlier report ended.",
)
@click.option(
    "--source",
    type=click.Choice((_AUTO, *_SOURCES)),
    default=_AUTO,
    show_default=True,
    help="What is read: the campaign's report file or the account's pages; by itself the file where there is one.",
)
@click.option(
    "--usage",
    is_flag=True,
    help="Print, instead of rows, the usage: block that the answers of this voice campaign would give.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("table", "csv", "jsonl")),
    default="table",
    show_default=True,
    help="How the result is written.",
)
def command(
    options: GlobalOptions, name: str, since_offset: int, source: str, usage: bool, output_format: str
) -> int:
    """Show what each recipient of a campaign came to, and how many ended how. NAME is a name, a SID, voice/NAME or
    sms/NAME.

    A report that breaks off says how to go on: with --since-offset, and with the --source that it was read from.
    """
    from campaignctl.report.text import writer

    session, findings = Session.open_lenient(options)
    for finding in findings:
        output.remark(f"warning: {finding}", options)
    with Interrupts() as interrupts, session.account(interrupts.clock(session.clock)) as connection:
        live = _campaign(AskedName.typed(name), connection.client, session)
        output_format = _BLOCK if usage else output_format
        run = _ReportRun(
            session,
            connection,
            interrupts,
            _usage_writer(live)
            if usage
            else writer(output_format, show_numbers=options.show_numbers, width=output.width()),
            Tally(offset=since_offset, skipped=since_offset),
            source,
            output_format,
            since=since_offset,
        )
        _headline(session, live, output_format)
        run.all_of(live)
    _compare(run, live)
    _end(run, output_format)
    return 0


def _usage_writer(live: Live) -> Writer:
    """Makes the writer of `--usage`. Raises InputError for what is not answered."""
    from campaignctl.report.usage import UsageWriter

    if live.kind.unit is not Unit.CALL:
        raise InputError(f"--usage is of voice campaigns: {quoted(live.name)} is answered by nobody")
    return UsageWriter(live)


def _compare(run: _ReportRun, live: Live) -> None:
    """Compares what became of a campaign with what was predicted, where all of it was read."""
    from campaignctl.policy.afterwards import afterwards

    if run.since or run.tally.missing:
        return
    environment, tally = run.session.environment, run.tally
    came = afterwards(live, tally.outcomes["completed"], tally.rows, environment, environment.usage_of({}))
    if came is not None:
        run.came_to = str(came)


def _campaign(asked: AskedName, client: Client, session: Session) -> Live:
    """Finds the one campaign of a NAME.

    Raises InputError, UsageError or RefusedError where there is not exactly one.
    """
    from campaignctl.api.lookup import find

    found = find(client, asked)
    if not found.campaigns:
        raise InputError(found.nowhere(session.environment.name))
    asked.of_one_kind(live.kind for live in found.campaigns)
    if found.both:
        raise RefusedError(found.told_both)
    if len(found.campaigns) > 1:
        raise _ambiguous(found)
    return found.campaigns[0]


def _ambiguous(found: Found) -> RefusedError:
    newest = sorted(found.campaigns, key=lambda live: live.age_key, reverse=True)
    listed = some_of([f"{live.sid} ({_word(live)}{_since(live)})" for live in newest])
    which = f"{len(newest)} campaigns are called {quoted(found.asked.word)}"
    return RefusedError(f"{which}: report one by its SID: {listed}")


def _word(live: Live) -> str:
    return live.status_word or "its status is not shown"


def _since(live: Live) -> str:
    return f", created {live.created:%Y-%m-%d %H:%M}" if live.created else ""


def _headline(session: Session, live: Live, output_format: str) -> None:
    """Writes above a table whose account it is, and which campaign."""
    from campaignctl.rendering.as_text.parts import headline
    from campaignctl.rendering.lines import Line, laid_out

    if output_format != "table":
        return
    environment = session.environment
    lines = [
        headline(environment.name, environment.account_sid, environment.backend),
        Line(f"{live.kind.short}/{live.name}: {_word(live)}  ({live.sid})"),
        Line(),
    ]
    output.result(laid_out(lines, color=output.wants_color(session.options), width=output.width()))


@dataclass
class _ReportRun:
    """Writes a report, batch by batch, and knows where it stands.

    `source` is the one that rows came from, once some did: another one need not have their order.
    """

    session: Session
    connection: Connection
    interrupts: Interrupts
    writer: Writer
    tally: Tally
    source: str
    output_format: str
    notes: list[str] = field(default_factory=list)
    since: int = 0
    came_to: str = ""

    def all_of(self, live: Live) -> None:
        """Writes all rows from the source that was asked for; else from its report file where it has one, else page
        by page.
        """
        expected = sum(live.stats.values()) if live.stats else 0
        skipped, asked = self.tally.offset, self.source
        with _Bar(expected, self.session.options) as bar:
            try:
                if asked == _PAGES or not self._from_file(live, bar):
                    self._from_pages(live, bar)
                if skipped and asked == _AUTO:
                    which = f"the {counted(skipped, 'row that is', 'rows that are')} left out"
                    self.notes.append(
                        f"{which} are those of {_SOURCES[self.source]} (--source {self.source})"
                    )
            except (KeyboardInterrupt, InterruptedRunError):
                raise InterruptedRunError(f"interrupted; {self._go_on()}") from None
            except ApiError as error:
                raise type(error)(f"{error}; {self._go_on()}", error.http) from error

    def _from_file(self, live: Live, bar: _Bar) -> bool:
        """Writes the rows of the report file, and tells whether there was one."""
        from campaignctl.api.report_file import NoReportError, batches, may_read, rows

        url, base_url = live.report_url, self.connection.base_url
        if url is None or (self.session.environment.is_sandbox and not may_read(url, base_url)):
            return self._fileless("the campaign has no report file that could be read")
        timeout, clock = self.session.environment.timeout_seconds, self.session.clock
        network = self.session.options.network
        try:
            with closing(rows(url, base_url, timeout, clock, network)) as source:
                self._write(batches(source, self.tally.offset), bar, _FILE)
        except NoReportError as why:
            self.notes.append(f"{why}: read from the account, page by page")
            return self._fileless(str(why))
        return True

    def _fileless(self, why: str) -> bool:
        """Returns False, for the pages to be read; raises AnswerError where nothing else will do."""
        if self.source == _FILE:
            raise AnswerError(why)
        return False

    def _from_pages(self, live: Live, bar: _Bar) -> None:
        from campaignctl.api.recipients import pages

        self._write(pages(self.connection.client, live, self.tally.offset), bar, _PAGES)

    def _write(self, batches: Iterator[Batch], bar: _Bar, source: str) -> None:
        """Writes batches. No signal cuts one in two: what is written and the offset that is told always agree."""
        for batch in batches:
            with self.interrupts.deferred():
                bar.clear()
                output.result(self.writer.batch(batch.rows), self.output_format, ended=False)
                self.tally.add(batch)
                self.source = source
                bar.show(self.tally)
            if self.interrupts.asked():
                raise KeyboardInterrupt
            output.check_is_read()

    def _go_on(self) -> str:
        written = counted(self.tally.rows, "row is", "rows are")
        source = "" if self.source == _AUTO else f" --source {self.source}"
        return f"{written} written; the rest comes with --since-offset {self.tally.offset}{source}"


def _end(run: _ReportRun, output_format: str) -> None:
    """Writes the summary: below a table, else on standard error."""
    from campaignctl.report.text import left_out_note, summary_text

    if run.writer.left_out:
        run.notes.append(left_out_note(run.writer.left_out))
    options = run.session.options
    output.result(run.writer.end(), output_format, ended=False)
    if output_format == "table":
        color, width = output.wants_color(options), output.width()
        output.result("\n" + summary_text(run.tally, run.notes, run.came_to, color=color, width=width))
    else:
        color = output.wants_color(options, sys.stderr)
        output.remark(summary_text(run.tally, run.notes, run.came_to, color=color).rstrip("\n"), options)


class _Bar(TerminalBar):
    """Shows how far a report is. It makes way for rows on the same screen."""

    def __init__(self, expected: int, options: GlobalOptions) -> None:
        super().__init__(max(expected, 1), "Reading", options, show_pos=True)
        self._expected = expected

    def clear(self) -> None:
        """Clears the bar, since rows come next."""
        if self._bar is not None and sys.stdout.isatty():
            sys.stderr.write(_ERASE)
            sys.stderr.flush()

    def show(self, tally: Tally) -> None:
        """Shows how far the report is."""
        if self._bar is not None:
            self._bar.length = max(tally.total or self._expected, tally.offset, 1)
            self._bar.update(tally.offset - self._bar.pos)
