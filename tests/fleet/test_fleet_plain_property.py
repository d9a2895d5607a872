"""A plain `-e` where a project has files of many environments is, byte for byte and request for request, what it is in
a project that knows nothing of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any, NamedTuple

from example_counts import examples
from fleet_projects import environment, write_environments
from harness import Desk, live_voice, sms, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

NAMES = ("survey-one", "survey-two", "survey-three")
LIVE = st.sampled_from([None, "created", "in-progress", "paused", "completed"])
WANTED = st.sampled_from([None, "active", "paused", "completed", "wrong"])
COMMANDS = (
    ("validate",),
    ("plan",),
    ("plan", "--out", "-"),
    ("status",),
    ("doctor",),
    ("apply", "--auto-approve", "--max-changes", "2"),
    ("apply", "--auto-approve"),
    ("pause", "survey-two", "--auto-approve"),
    ("plan", "--detailed-exitcode"),
)


class Said(NamedTuple):
    """What one command came to, and all that it asked."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    asked: list[tuple[Any, ...]]


def said(desk: Desk, output_format: str, there: Mapping[str, str | None]) -> list[Said]:
    """Every command, one after the other, in an account as it is seeded, on a machine that knows of no run."""
    desk.sandbox.reset()
    desk.clock.rewind()
    shutil.rmtree(desk.root / ".campaignctl", ignore_errors=True)
    desk.seed(*(live_voice(name, status=status) for name, status in there.items() if status))
    found = []
    for words in COMMANDS:
        formatted = words if "-" in words else (*words, "--format", output_format)
        desk.forget()
        result = desk.run(*formatted, "-e", "prod")
        asked = [(it.method, it.path, str(it.query), str(it.body)) for it in desk.requests]
        found.append(Said(formatted, result.code, result.out, result.err, asked))
    return found


def manifests(desk: Desk, wanted: Mapping[str, str | None]) -> None:
    """What the project wants; one that is wrong is invalid."""
    states = {"wrong": {"state": "asleep"}, "active": {}}
    desk.manifests(
        *(voice(it, **states.get(state, {"state": state})) for it, state in wanted.items() if state),
        sms("offer"),
    )


@examples(6, quick=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.fixed_dictionaries(dict.fromkeys(NAMES, WANTED)),
    there=st.fixed_dictionaries(dict.fromkeys(NAMES, LIVE)),
    output_format=st.sampled_from(["json", "text"]),
    chosen=st.sampled_from([{"manifests": ["others/"]}, {"select": "region=south"}]),
)
def test_a_plain_environment_is_what_it_is_where_no_files_of_environments_are(
    desk: Desk,
    wanted: dict[str, str | None],
    there: dict[str, str | None],
    output_format: str,
    chosen: dict[str, Any],
) -> None:
    """Seals are over a secret of the account alone, and SIDs come in an order, so that nothing is left out here."""
    manifests(desk, wanted)
    desk.write("others/all.yaml", "")
    for key in ("environments_from", "environment_defaults", "max_environments"):
        desk.project.pop(key, None)
    desk.configure()
    alone = said(desk, output_format, there)
    desk.configure(
        {
            "environments_from": ["accounts/*.yaml"],
            "environment_defaults": {"backend": "exotel", "base_url": desk.sandbox.url, "rate_limit": 1},
            "max_environments": 1,
        }
    )
    write_environments(desk, *(environment(f"south-{place}", **chosen) for place in range(3)))
    assert said(desk, output_format, there) == alone
    assert any(it.asked for it in alone), "the account was asked at all"
