"""Implements `campaignctl guard`: watches what calls, and pauses what goes wrong."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.app import output, streams
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import global_options, labels_option, paths_argument
from campaignctl.errors import InputError, UsageError
from campaignctl.exits import Exit
from campaignctl.guard.lines import GuardLineDocument, written
from campaignctl.guard.notifying import Notifier, notifier
from campaignctl.guard.standing import Guard, GuardOptions, LookClock


def _seconds(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    """Reads `60s` or `5m`. Raises UsageError."""
    number, unit = text[:-1], text[-1:]
    factor = {"s": 1, "m": 60, "h": 3600}.get(unit)
    if factor is None or not (number.isascii() and number.isdigit()) or not int(number):
        raise UsageError(f"--every {text}: it is a number with s, m or h, such as 60s")
    return float(int(number) * factor)


@click.command("guard")
@global_options
@paths_argument
@labels_option
@click.option(
    "--every", default="60s", metavar="60s", show_default=True, callback=_seconds, help="How often it looks."
)
@click.option("--once", is_flag=True, help="Look once and end.")
@click.option("--dry-run", is_flag=True, help="Say what would be paused, and send nothing.")
@click.option(
    "--audit-log", type=click.Path(path_type=Path), metavar="FILE", help="Append a JSON line per request."
)
def command(options: GlobalOptions, paths: tuple[str, ...], labels: str, **asked: object) -> int:
    """Watch what calls, and pause what goes wrong: limits of stop_when, calling hours. Its only write is a pause."""
    wanted = GuardOptions(paths, labels, **asked)  # type: ignore[arg-type]
    session = Session.open(options)
    reading = session.read_valid(paths, labels)
    with Interrupts() as interrupts, streams.never_waiting():
        clock = LookClock(interrupts.clock(session.clock))
        notify = _notifier(session, once=wanted.once)
        with session.account(clock, wanted.audit_log) as connection:
            guard = Guard(
                session, reading.selected, wanted, connection.client, clock, interrupts, _say, notify
            )
            if wanted.once:
                return guard.look_once()
            guard.stand()
    return Exit.FINE


def _say(document: GuardLineDocument) -> None:
    output.done(written(document), "json")


def _notifier(session: Session, *, once: bool) -> Notifier | None:
    """Makes the notifier. Raises InputError where the address is not set, or may not be posted to."""
    from campaignctl.manifests.environments import settings_of

    settings = settings_of(session.environment.guard.get("notify"))
    variable = settings.get("url_env")
    if variable is None:
        return None
    from campaignctl.api.webhook import Webhook
    from campaignctl.manifests.hosts import RefusedHostError, checked_webhook

    url = session.environ.get(str(variable), "").strip()
    if not url:
        raise InputError(f"guard.notify needs {variable}: set it to the address that messages are posted to")
    try:
        address = checked_webhook(url, session.environ)
    except RefusedHostError as refused:
        raise InputError(f"{variable}: {refused}") from None
    return notifier(address, lambda it: Webhook(it, session.options.network), once=once)
