"""One `pause` stops campaigns in several accounts."""

from __future__ import annotations

import io

from fleet_projects import environment, many, people_of, secrets, write_environments
from harness import Desk, Result, live_voice, sent

NAMES = ("east", "north", "south-042")


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def project(desk: Desk, *campaigns: str) -> None:
    many(desk, NAMES)
    for name in NAMES:
        found = [live_voice(it, **people_of(name)) for it in campaigns or ("survey", f"only-{name}")]
        desk.sandbox.seed(f"acc-{name}", "campaigns", found)


def pause(desk: Desk, *words: str, answer: str | None = None) -> Result:
    stdin = None if answer is None else Terminal(answer)
    return desk.run("pause", *words, env=secrets(*NAMES), stdin=stdin)


def paused(desk: Desk) -> dict[str, int]:
    found: dict[str, int] = {}
    for it in desk.writes:
        assert sent(it)["action"] == "pause"
        account = it.path.split("/")[3]
        found[account] = found.get(account, 0) + 1
    return found


def test_one_command_pauses_everything_everywhere(desk: Desk) -> None:
    project(desk)
    result = pause(desk, "--all", "--all-environments", "--auto-approve", "--format", "json")
    assert result.code == 0, result.all
    assert paused(desk) == {f"acc-{name}": 2 for name in NAMES}
    assert result.json["totals"]["applied"] == 6


def test_a_name_that_is_in_one_is_no_error_in_the_others(desk: Desk) -> None:
    project(desk)
    result = pause(desk, "only-north", "-e", "*", "--auto-approve")
    assert (result.code, paused(desk)) == (0, {"acc-north": 1})
    again = pause(desk, "nobodys", "-e", "*", "--auto-approve")
    assert again.code == 1
    assert "nobodys is in none of these environments" in again.err


def test_it_asks_one_question_about_all(desk: Desk) -> None:
    project(desk)
    no = pause(desk, "survey", "-e", "*", answer="no\n")
    assert (no.code, paused(desk)) == (3, {})
    yes = pause(desk, "survey", "-e", "*", answer="yes\n")
    assert yes.all.count("Only yes is taken") == 1
    assert "Pause 3 campaigns in 3 environments (east, north, south-042)?" in yes.all
    assert (yes.code, paused(desk)) == (0, {f"acc-{name}": 1 for name in NAMES})
    assert pause(desk, "survey", "-e", "*").code == 0, "all are paused: there is nothing to ask"


def test_without_a_terminal_it_must_be_approved(desk: Desk) -> None:
    project(desk)
    result = pause(desk, "survey", "-e", "*")
    assert (result.code, paused(desk)) == (64, {})


def test_one_that_cannot_be_reached_or_is_wrong_keeps_no_other_from_being_stopped(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    write_environments(
        desk,
        *(environment(name, manifests=[f"campaigns/{name}/"]) for name in ("east", "north")),
        environment("south-042", manifests=["campaigns/x/"], timeout_seconds=0),
    )
    result = pause(desk, "--all", "-e", "*", "--auto-approve", "--format", "json")
    assert paused(desk) == {"acc-east": 2}
    codes = {it["environment"]: it["exit_code"] for it in result.json["environments"]}
    assert codes["east"] == 0
    assert codes["north"] != 0
    assert codes["south-042"] == 1
    assert result.code != 0


def test_the_other_verbs_take_one_environment(desk: Desk) -> None:
    project(desk)
    for verb in ("resume", "complete", "archive"):
        result = desk.run(verb, "survey", "-e", "*", "--auto-approve", env=secrets(*NAMES))
        assert (result.code, desk.writes) == (64, [])
