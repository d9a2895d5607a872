"""A plan of the project in the working directory, made once and rendered in each format: seconds, as JSON."""

import gc
import json
import time

from campaignctl.cli.options import GlobalOptions
from campaignctl.cli.plan import render
from campaignctl.cli.planned import Asked, make
from campaignctl.cli.session import Session

gc.set_threshold(1_000_000)  # as the command line does
begun = time.perf_counter()
session = Session.open(GlobalOptions())
with session.account() as connection:
    planned = make(session, session.read_valid(()), connection.client, Asked())
seconds = {"plan": time.perf_counter() - begun}
for output_format in ("text", "json", "markdown"):
    begun = time.perf_counter()
    render(planned, session, output_format)
    seconds[output_format] = time.perf_counter() - begun
print(json.dumps(seconds))  # noqa: T201
