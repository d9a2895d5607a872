"""Whatever stands in an answer, a run goes on as far as it can: what is to wait is paused, and nothing is believed that
nobody saw.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from changed_answers import between, drawn_answers, with_headers
from example_counts import examples
from harness import Desk, actions, desk_at, live_voice, voice
from hypothesis import given
from hypothesis import strategies as st
from reliable_desk import APPLY
from scripted_server import Answer, Request

MILLISECONDS = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1893456000000"}
HEADERS: dict[str, dict[str, str]] = {
    "a date of a year that no number holds": {"Date": "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"},
    "the last moment that there is": {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "a moment after the last one": {"Date": "Fri, 31 Dec 9999 23:59:59 -2359"},
    "a moment before the first one": {"Date": "Mon, 01 Jan 0001 00:00:00 +2359"},
    "the first second of computers": {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "no date": {"Date": "soon"},
    "an offset that no number holds": {"Date": "Fri, 31 Dec 2027 23:59:59 +99999999999999999999"},
    "a date to come back at that no number holds": {
        "Retry-After": "Fri, 31 Dec 99999999999999999999 0:0:0 GMT"
    },
    "seconds to come back in that no number holds": {"Retry-After": "9" * 400},
    "a limit that opens in milliseconds": MILLISECONDS,
    "a limit that opens tonight": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1799600000"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_what_is_to_wait_is_paused_whatever_headers_say(
    desk: Desk, method: str, headers: dict[str, str]
) -> None:
    desk.manifests(voice("diwali", state="paused"))
    with between(desk, with_headers(method, headers)):
        run = desk.run(*APPLY)
    assert "Traceback" not in run.all
    created = [it["status"] for it in desk.account()]
    assert created in (["Paused"], []), run.all
    if method == "POST":
        assert created, run.all


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_by_hand_each_is_paused_whatever_headers_say(desk: Desk, headers: dict[str, str]) -> None:
    desk.seed(*(live_voice(f"diwali-{n}") for n in range(3)))
    with between(desk, with_headers("PUT", headers)):
        run = desk.run("pause", "--all", "--auto-approve")
    assert [it["status"] for it in desk.account()] == ["Paused"] * 3, run.all


def test_a_total_that_no_number_holds_is_none(desk: Desk) -> None:
    def claim_more(request: Request, answer: Answer) -> Answer:
        if request.method != "GET" or b'"metadata"' not in answer.body:
            return answer
        document = json.loads(answer.body)
        document["metadata"]["total"] = 10**400
        return Answer(answer.status, document, answer.headers)

    desk.seed(live_voice("diwali"))
    with between(desk, claim_more):
        run = desk.run("pause", "diwali", "--auto-approve")
    assert (run.code, desk.live("diwali")["status"]) == (0, "Paused"), run.all


Scene = tuple[Callable[[Desk], None], tuple[str, ...], str]


def _one_to_create(desk: Desk) -> None:
    desk.manifests(voice("diwali", state="paused"))


def _one_of_two(**fields: Any) -> Callable[[Desk], None]:
    def there(desk: Desk) -> None:
        desk.seed(live_voice("diwali"), live_voice("holi", **{"from": ["+919876500044"]}))
        desk.manifests(voice("diwali", **fields))

    return there


BY_HAND = ("pause", "diwali", "--auto-approve")
SCENES: dict[str, Scene] = {
    "create": (_one_to_create, APPLY, "Paused"),
    "pause": (_one_of_two(state="paused"), APPLY, "Paused"),
    "by hand": (_one_of_two(), BY_HAND, "Paused"),
    "complete": (_one_of_two(state="completed"), (*APPLY, "--allow", "complete"), "Completed"),
    "update": (_one_of_two(caller_id="08012345678"), APPLY, "Created"),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
@examples(25, quick=4)
@given(seed=st.integers(0, 10**9), method=st.sampled_from(("GET", "POST", "PUT")))
def test_odd_answers_end_no_run_and_are_not_believed(
    tmp_path_factory: pytest.TempPathFactory, scene: Scene, seed: int, method: str
) -> None:
    prepare, words, status = scene
    with desk_at(tmp_path_factory.mktemp("project")) as desk:
        prepare(desk)
        with between(desk, drawn_answers(Random(seed), method)):
            run = desk.run(*words)
        found = {it["name"]: it["status"] for it in desk.account()}
        assert len(desk.account()) == len(found)
        assert found.get("holi", "Created") == "Created"
        if "diwali" not in found:
            assert not desk.writes
        elif run.code == 0:
            assert found["diwali"] == status, (run.all, actions(desk.writes))
