"""Implements `campaignctl doctor`: what is wrong with the set-up and the account, and what fixes it."""

from __future__ import annotations

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import format_option, several_environments
from campaignctl.doctor.diagnosis import Examined, is_wrong
from campaignctl.doctor.examining import examine


@click.command("doctor")
@several_environments
@format_option("text", "json")
def command(options: GlobalOptions, output_format: str) -> int:
    """Say what is wrong with the set-up and the account, and what fixes it."""
    if options.choice.is_several:
        from campaignctl.cli.several_looks import doctor_several

        return doctor_several(options, output_format)
    session, amiss = Session.open_lenient(options)
    examined = examine(session, session.read_lenient(amiss))
    _write(examined, session, output_format)
    return 1 if is_wrong(examined) else 0


def _write(examined: tuple[Examined, ...], session: Session, output_format: str) -> None:
    from campaignctl.doctor.document import doctor_document
    from campaignctl.doctor.text import doctor_text
    from campaignctl.rendering.as_json import written

    document = doctor_document(examined, session.environment)
    if output_format == "json":
        output.result(written(document), "json")
        return
    color, width = output.wants_color(session.options), output.width()
    output.result(doctor_text(document, color=color, width=width))
