"""Implements `campaignctl status`: each manifest and its live campaign, once or again and again."""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import format_option, offering, several_environments
from campaignctl.errors import UsageError
from campaignctl.model.plan import ListCount
from campaignctl.status.looking import StatusOptions, look_once
from campaignctl.status.overview import marks
from campaignctl.status.progress import ProgressSample

if TYPE_CHECKING:
    from campaignctl.status.document import Overview

_LEAST_SECONDS: Final = 5.0
"""Between two looks. Nobody reads faster."""
_SHARE: Final = 0.5
"""Of the rate limit: whoever applies or pauses meanwhile needs the rest."""
_SPAN: Final = timedelta(minutes=10)
"""How far back a watch looks for the pace."""
_CLEAR: Final = "\x1b[H\x1b[2J"


@click.command("status")
@several_environments
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=offering("names"))
@click.option("--all", "show_all", is_flag=True, help="List the campaigns that no manifest names, too.")
@click.option("--watch", is_flag=True, help="Look again until nothing moves any more; Ctrl-C ends it.")
@format_option("text", "json")
def command(
    options: GlobalOptions, names: tuple[str, ...], show_all: bool, watch: bool, output_format: str
) -> int:
    """Show how campaigns stand beside their manifests, and how far they are."""
    status_options = StatusOptions(tuple(dict.fromkeys(names)), show_all)
    if options.choice.is_several:
        if watch:
            raise UsageError("--watch takes one environment")
        from campaignctl.cli.several_looks import status_several

        return status_several(options, status_options, output_format)
    session, amiss = Session.open_lenient(options)
    reading = session.read_lenient(amiss)
    seen: deque[tuple[datetime, dict[str, ProgressSample]]] = deque()
    lists: dict[str, ListCount] = {}
    with session.account() as connection:
        while True:
            earlier = seen[0][1] if seen else {}
            overview = look_once(session, reading, connection.client, status_options, earlier, lists)
            seen.append((overview.at, marks(overview.campaigns, overview.at)))
            while overview.at - seen[0][0] > _SPAN:
                seen.popleft()
            _write(overview, session, output_format, watch)
            if not watch or all(campaign.settled for campaign in overview.campaigns):
                return 0
            output.check_is_read()
            session.clock.sleep(seconds_between(overview.requests, session.environment.rate_limit))


def seconds_between(requests: int, rate_limit: int | None) -> float:
    """Returns how long to wait after a look of so many requests, so that looks take half of what the account
    allows.
    """
    if rate_limit is None:
        return _LEAST_SECONDS
    return max(_LEAST_SECONDS, float(math.ceil(requests * 60.0 / (rate_limit * _SHARE))))


def _write(overview: Overview, session: Session, output_format: str, watch: bool) -> None:
    """Writes the overview.

    A watched one takes the screen's place; elsewhere one follows the other, as JSON one on each line.
    """
    from campaignctl.rendering.as_json import written
    from campaignctl.status.document import status_document
    from campaignctl.status.text import status_text
    from campaignctl.text import json_safe

    document = status_document(overview)
    if output_format == "json":
        line = json_safe(json.dumps(document, ensure_ascii=False))
        output.result(line if watch else written(document), "json")
        return
    color, width = output.wants_color(session.options), output.width()
    clear = _CLEAR if watch and sys.stdout.isatty() else ""
    output.result(clear + status_text(document, color=color, width=width))
