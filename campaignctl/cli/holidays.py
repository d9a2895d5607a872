"""Implements `campaignctl holidays`: a country's holidays as a Calendar."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import global_options
from campaignctl.diagnostics import quoted
from campaignctl.errors import RefusedError, UsageError


@click.command("holidays")
@global_options
@click.argument("country", metavar="COUNTRY")
@click.argument("years", metavar="YEAR...", nargs=-1, required=True, type=click.IntRange(2000, 2100))
@click.option(
    "--out", "out", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file instead."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(
    options: GlobalOptions, country: str, years: tuple[int, ...], out: Path | None, force: bool
) -> int:
    """Print a Calendar of a country's holidays, IN or IN-TN, for years that follow one another."""
    from campaignctl.calendar.holidays import calendar_yaml, holidays_of

    wanted = sorted(set(years))
    if wanted != list(range(wanted[0], wanted[-1] + 1)):
        raise UsageError("a Calendar covers years that follow one another: name those between, too")
    text = calendar_yaml(country.upper(), wanted, holidays_of(country, wanted))
    from campaignctl.app.files import STANDARD_OUTPUT, write_out

    if out is None or out == STANDARD_OUTPUT:
        output.result(text)
        return 0
    if out.is_file() and not force:
        raise RefusedError(f"{quoted(str(out))} is there; --force writes over it")
    write_out(out, text)
    output.remark(f"wrote {quoted(str(out))}", options)
    return 0
