"""Whatever an account is like, a guard asks and pauses, and pauses nothing that goes well."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from example_counts import examples
from habits import Habits, habits
from harness import actions, live_voice, voice
from hypothesis import given
from test_guard_standing import FIELDS, shift

LIMIT = {"stop_when": {"failed": "40%", "unreached": "80%"}}
OUTCOMES = {"outcomes": ["broken:failed=100", "silent:no-answer=100", "*:completed=80,failed=20"]}
RETRIED = {"number_of_retries": 2, "interval_mins": 15, "mechanism": "Linear", "on_status": ["no-answer"]}


@examples(60)
@given(habits())
def test_it_asks_and_pauses_and_nothing_that_keeps_its_limits(drawn: Habits) -> None:
    with TemporaryDirectory() as directory, shift(Path(directory), looks=4) as desk:
        names = ("broken", "silent", "well")
        fields = {**FIELDS, "retries": RETRIED}
        desk.manifests(*(voice(name, metadata=LIMIT, **fields) for name in names))
        sids = dict(zip(desk.seed(*(live_voice(name, **fields) for name in names)), names, strict=True))
        drawn.throw(desk.sandbox)
        desk.sandbox.switches.change(OUTCOMES)
        result = desk.run("guard")
        assert result.code in (0, 1), result.all
        written = actions(desk.writes)
        assert {word for word, _ in written} <= {"pause"}
        assert {sids[sid] for _, sid in written} <= {"broken", "silent"}
