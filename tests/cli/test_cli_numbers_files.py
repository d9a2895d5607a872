"""A file of numbers that cannot be read in one way stops a plan and an apply before any request."""

from __future__ import annotations

import pytest
from harness import Desk, voice

SWALLOWS = 'number,name\n+918123456780,A\n+918123456781,"B\n+918123456782,C\n+918123456783,D\n'


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_a_quote_that_swallows_rows_calls_nobody(command: tuple[str, ...], desk: Desk) -> None:
    desk.manifests(voice(**{"from": ..., "from_file": "numbers.csv"}), voice("another-one"))
    desk.write("campaigns/numbers.csv", SWALLOWS)
    result = desk.run(*command)
    assert result.code == 1
    assert "campaigns/numbers.csv:3:1: a quote opens here" in result.all
    assert "812345" not in result.all
    assert list(desk.requests) == []


def test_outside_the_selection_it_is_a_warning(desk: Desk) -> None:
    desk.manifests(voice(**{"from": ..., "from_file": "numbers.csv"}))
    desk.manifests(voice("another-one"), file="campaigns/another.yaml")
    desk.write("campaigns/numbers.csv", SWALLOWS)
    planned = desk.plan("campaigns/another.yaml")
    assert [(it["rule"], it["severity"]) for it in planned["findings"]] == [("from-file", "warn")]
    assert planned["summary"]["create"] == 1


def test_without_the_quote_everybody_is_called(desk: Desk) -> None:
    desk.manifests(voice(**{"from": ..., "from_file": "numbers.csv"}))
    desk.write("campaigns/numbers.csv", SWALLOWS.replace('"B', '"B"'))
    assert "calls 4 people" in desk.run("plan").out
