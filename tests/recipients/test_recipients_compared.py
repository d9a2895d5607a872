"""Two plans side by side say first which lists hold more people by now."""

from __future__ import annotations

import pytest
from contact_lists import contact_list, grow
from harness import Desk, voice


@pytest.mark.parametrize("output_format", ["text", "markdown"])
@pytest.mark.parametrize("change", ["grew", "refused", "same"])
def test_a_list_that_grew_between_two_plans_stands_first(desk: Desk, output_format: str, change: str) -> None:
    sid = contact_list(desk, 100)
    desk.manifests(voice(**{"from": ..., "lists": [sid]}))
    desk.run("plan", "--out", "then.json")
    if change == "grew":
        grow(desk, sid, 1_200)
    if change == "refused":
        desk.sandbox.switches.contact_count = "refused"
    desk.run("plan", "--out", "now.json")
    shown = desk.run("show", "now.json", "--against", "then.json", "--format", output_format).out
    says = {"grew": "100 → 1,300", "refused": "100 → unknown", "same": ""}[change]
    assert (f"More people in {sid}: {says}." in shown) is bool(says)
    if output_format == "markdown" and says:
        assert shown.index("More people") < shown.index("| Campaign |")
