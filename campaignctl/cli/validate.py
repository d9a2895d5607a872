"""`campaignctl validate`."""

from __future__ import annotations

from dataclasses import replace

import click

from campaignctl.cli import output
from campaignctl.cli.options import (
    GlobalOptions,
    format_option,
    global_options,
    labels_option,
    paths_argument,
)
from campaignctl.cli.session import Reading, Session
from campaignctl.diagnostics import Diagnostic, has_errors, in_order
from campaignctl.exits import Exit
from campaignctl.rendering import formats


@click.command("validate")
@global_options
@paths_argument
@labels_option
@format_option(*formats.offered("validate"))
def command(options: GlobalOptions, paths: tuple[str, ...], labels: str, output_format: str) -> int:
    """Check manifests and policies, offline."""
    session = Session.open(options)
    reading = session.read(paths, labels)
    policies = _policies(session, reading)
    _write(in_order([*reading.findings, *policies]), len(reading.selected), session, output_format)
    if has_errors(policies):
        return Exit.REFUSED
    return Exit.ERROR if has_errors(reading.findings) else Exit.FINE


def _policies(session: Session, reading: Reading) -> list[Diagnostic]:
    from campaignctl.planning.policy import check_manifests

    now = session.clock.now()
    found = check_manifests(reading.everyone, reading.selected, session.environment, now, session.locate)
    return list(found)


def _write(findings: tuple[Diagnostic, ...], manifests: int, session: Session, output_format: str) -> None:
    from campaignctl.rendering.as_json import validate_document
    from campaignctl.rendering.report import Where

    environment = session.environment
    where = Where.of(environment.name, environment.account_sid or "not set", environment.backend)
    setting = replace(output.setting(session.options, session.clock.now(), manifests=manifests), where=where)
    document = validate_document(findings)
    output.result(formats.render("validate", output_format, document, setting))
