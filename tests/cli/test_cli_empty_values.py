"""An unset variable of a pipeline is an empty argument: it is refused, whatever it was given for."""

from __future__ import annotations

import pytest
from harness import Desk, voice

COMMANDS = {
    "apply -e <> --auto-approve": "the argument after -e is empty",
    "-e <> apply --auto-approve": "the argument after -e is empty",
    "apply --environment= --auto-approve": "--environment is empty",
    "apply --auto-approve <>": "the argument after --auto-approve is empty",
    "apply -l <> --auto-approve": "the argument after -l is empty",
    "apply --auto-approve --expect <>": "the argument after --expect is empty",
    "apply --auto-approve --expect=": "--expect is empty",
    "apply --auto-approve --allow <>": "the argument after --allow is empty",
    "plan -c <>": "the argument after -c is empty",
    "plan --out <>": "the argument after --out is empty",
    "plan --changed-since <>": "the argument after --changed-since is empty",
    "pause <>": "the argument after pause is empty",
    "resume <> --auto-approve": "the argument after resume is empty",
    "status <>": "the argument after status is empty",
    "show <>": "the argument after show is empty",
    "<>": "the argument after campaignctl is empty",
}


@pytest.mark.parametrize("blank", ["", " "], ids=["empty", "blank"])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_argument_is_refused_before_anything_is_read(desk: Desk, command: str, blank: str) -> None:
    desk.manifests(voice("survey"))
    words = [
        blank if word == "<>" else word + blank if word.endswith("=") else word for word in command.split(" ")
    ]
    result = desk.run(*words)
    assert (result.code, result.out) == (64, "")
    assert COMMANDS[command] in result.err
    assert desk.requests == []


def test_a_variable_may_be_empty(desk: Desk) -> None:
    """Whether that is right is for what it fills in to say."""
    desk.manifests(voice("survey", custom_field="${note}x"))
    assert desk.run("validate", "--var", "note=").code == 0
