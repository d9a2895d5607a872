"""Renders a plan of the project in the working directory, made once, in each format: seconds, as JSON.

What a command loads belongs to making the plan.
"""

import gc
import json
import time

gc.set_threshold(1_000_000)  # as the command line does
FORMATS = ("text", "json", "markdown")


def measured() -> dict[str, float]:
    """Returns the seconds by format, and of `plan`."""
    begun = time.perf_counter()
    from campaignctl.app.options import GlobalOptions
    from campaignctl.app.planning import PlanOptions, make
    from campaignctl.app.workspace import Session
    from campaignctl.cli.plan import render

    session = Session.open(GlobalOptions())
    with session.account() as connection:
        planned = make(session, session.read_valid(()), connection.client, PlanOptions())
        assert planned.brief, "the document that all formats are made of belongs to the plan"
    seconds = {"plan": time.perf_counter() - begun}
    for output_format in FORMATS:
        begun = time.perf_counter()
        render(planned, session, output_format)
        seconds[output_format] = time.perf_counter() - begun
    return seconds


print(json.dumps(measured()))  # noqa: T201
