"""Implements `campaignctl calendar`: which campaign starts on which date, offline."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import format_option, global_options, labels_option, paths_argument
from campaignctl.diagnostics import quoted, some_of
from campaignctl.errors import UsageError

if TYPE_CHECKING:
    from campaignctl.calendar.document import DaysDocument

_AHEAD: Final = timedelta(days=30)
_MOST_NAMED: Final = 5


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value is not None else None
    except ValueError:
        raise click.BadParameter("write a date as in 2027-01-15") from None


@click.command("calendar")
@global_options
@paths_argument
@labels_option
@click.option("--from", "first", callback=_day, metavar="DATE", help="The first date; today by default.")
@click.option(
    "--to", "last", callback=_day, metavar="DATE", help="The last date; 30 days after the first by default."
)
@format_option("text", "json", "ics", "markdown")
def command(
    options: GlobalOptions,
    paths: tuple[str, ...],
    labels: str,
    first: date | None,
    last: date | None,
    output_format: str,
) -> int:
    """Show which campaign starts on which date, and which dates are skipped. No account is looked at."""
    session = Session.open(options)
    reading = session.read_valid(paths, labels)
    from campaignctl.calendar.days import days_between, first_today, without_start
    from campaignctl.calendar.document import days_document

    now = session.clock.now()
    first = first or first_today(reading.selected, now) or now.date()
    last = last or first + _AHEAD
    if last < first:
        raise UsageError(f"--to {last} lies before --from {first}")
    at_once = [f"{it.kind.short}/{it.name or it.sid}" for it in without_start(reading.selected)]
    notes = [f"without a start, so on no date: {some_of(at_once, _MOST_NAMED)}"] if at_once else []
    days = days_between(reading.selected, first, last)
    between = first.isoformat(), last.isoformat()
    document = days_document(session.environment.name, between, days, notes, reading.findings)
    output.result(_written(document, output_format, session, now), output_format)
    return 0


def _written(document: DaysDocument, output_format: str, session: Session, now: datetime) -> str:
    from campaignctl.calendar import ics, text

    match output_format:
        case "json":
            from campaignctl.rendering.as_json import written

            return written(document)
        case "ics":
            return ics.calendar_ics(document, now)
        case "markdown":
            return text.calendar_markdown(document)
        case "text":
            color = output.wants_color(session.options)
            return text.calendar_text(document, color=color, width=output.width())
    raise AssertionError(f"no format {quoted(output_format)}")
