"""What a look costs, and how long what crosses may go on calling."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import ACCOUNT, live_sms, live_voice, sms, voice
from test_guard_standing import FIELDS, lines, shift

NOW = {"start_time": "2027-01-10T09:00:00+05:30", "end_time": "2027-01-10T20:00:00+05:30"}


@pytest.mark.parametrize(("kind", "most"), [("voice", 1), ("sms", 7)])
def test_a_look_over_300_running_is_few_requests(tmp_path: Path, kind: str, most: int) -> None:
    with shift(tmp_path, looks=3) as desk:
        desk.sandbox.switches.change({"outcomes": ["*:completed=100"]})
        people = [f"+9198765{n:05}" for n in range(200)]
        if kind == "voice":
            fields = {**FIELDS, "from": people}
            desk.seed(*(live_voice(f"running-{n}", **fields) for n in range(300)))
            desk.manifests(*(voice(f"running-{n}", **fields) for n in range(300)))
        else:
            many = [f"+9198{n:08}" for n in range(100)]
            fields = {"schedule": NOW, "lists": desk.sandbox.seed(ACCOUNT, "lists", [{"numbers": many}])}
            running = [live_sms(f"running-{n}", **fields) for n in range(300)]
            desk.seed(*running, collection="message-campaigns")
            desk.manifests(*(sms(f"running-{n}", **fields) for n in range(300)))
        desk.account()
        looks = lines(desk.run("guard"), "look")
        assert [(it["running"], it["requests"]) for it in looks[1:]] == [(300, most), (300, most)]
