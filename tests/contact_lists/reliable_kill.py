"""`kill -9` of a run at one of its writes."""

from __future__ import annotations

import time

from harness import Desk


def kill_at(desk: Desk, place: int) -> None:
    """The run is held after the account carried its write at `place` out, and killed there."""
    desk.sandbox.faults.add("slow", method="(POST|PUT)", after=place, seconds=60.0, times=1)
    process = desk.start("apply", "--auto-approve")
    begun = time.monotonic()
    while time.monotonic() - begun < 60 and process.poll() is None:
        if len(desk.writes) > place:
            break
        time.sleep(0.02)
    process.kill()
    process.communicate()
    desk.sandbox.faults.clear()
