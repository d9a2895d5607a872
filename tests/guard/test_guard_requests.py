"""What a look costs, and how long what crosses may go on calling."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import ACCOUNT, live_sms, live_voice, sms, voice
from test_guard_standing import FIELDS, lines, shift

NOW = {"start_time": "2027-01-10T09:00:00+05:30", "end_time": "2027-01-10T20:00:00+05:30"}


@pytest.mark.parametrize(
    ("kind", "running", "most"),
    [
        ("voice", 60, 1),
        ("sms", 60, 2),
        pytest.param("voice", 300, 1, marks=pytest.mark.slow),
        pytest.param("sms", 300, 7, marks=pytest.mark.slow),
    ],
)
def test_a_look_over_many_running_is_few_requests(tmp_path: Path, kind: str, running: int, most: int) -> None:
    with shift(tmp_path, looks=3) as desk:
        desk.sandbox.switches.change({"outcomes": ["*:completed=100"]})
        people = [f"+9198765{n:05}" for n in range(200)]
        if kind == "voice":
            fields = {**FIELDS, "from": people}
            desk.seed(*(live_voice(f"running-{n}", **fields) for n in range(running)))
            desk.manifests(*(voice(f"running-{n}", **fields) for n in range(running)))
        else:
            many = [f"+9198{n:08}" for n in range(100)]
            fields = {"schedule": NOW, "lists": desk.sandbox.seed(ACCOUNT, "lists", [{"numbers": many}])}
            live = [live_sms(f"running-{n}", **fields) for n in range(running)]
            desk.seed(*live, collection="message-campaigns")
            desk.manifests(*(sms(f"running-{n}", **fields) for n in range(running)))
        desk.account()
        looks = lines(desk.run("guard"), "look")
        assert [(it["running"], it["requests"]) for it in looks[1:]] == [(running, most), (running, most)]
