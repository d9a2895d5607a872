"""What fields say together and manifests to one another; the rest stands in tests/manifests/bad."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from campaignctl.diagnostics import Position, Severity
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Prune
from campaignctl.policy.consistency import conflicts, faults


def wanted(
    spec: Mapping[str, Value],
    kind: Kind = VOICE,
    sid: str | None = None,
    line: int = 1,
    previous: str | None = None,
) -> Desired:
    return Desired(kind, spec, Position("a.yaml", line), sid=sid, previous_name=previous)


def rules_of(desired: Desired) -> list[tuple[str, str]]:
    return [(fault.path, fault.rule) for fault in faults(desired)]


HALF_DECLARED: list[Mapping[str, Value]] = [
    {"throttle": 10},
    {"repeat_menu_attempts": 2},
    {"campaign_type": "dynamic"},
    {"schedule": {"end_at": "2027-01-15T09:00:00Z"}},
    {"schedule": None},
    {"retries": None},
    {"retries": {"number_of_retries": 2}},
    {"read_via_text": "Hello @@Name"},
]


@pytest.mark.parametrize("spec", HALF_DECLARED)
def test_what_a_pinned_manifest_leaves_to_the_account_is_not_missed(spec: Mapping[str, Value]) -> None:
    assert rules_of(wanted(spec, sid="abc")) == []


CLASHES: list[tuple[Mapping[str, Value], str]] = [
    ({"throttle": 10, "mode": "auto"}, "throttle"),
    ({"throttle": 10, "mode": None}, "throttle"),
    ({"repeat_menu_attempts": 2, "flow_type": "greeting"}, "repeat_menu_attempts"),
    ({"campaign_type": "dynamic", "lists": ["a", "b"]}, "lists"),
    ({"campaign_type": "dynamic", "from": ["+919876543210"]}, "from"),
    (
        {"schedule": {"send_at": "2027-01-15T09:00:00Z", "end_at": "2027-01-15T14:30:00+05:30"}},
        "schedule.end_at",
    ),
    ({"retries": {"number_of_retries": 0, "interval_mins": None}}, "retries"),
]


@pytest.mark.parametrize(("spec", "path"), CLASHES)
@pytest.mark.parametrize("sid", [None, "abc"])
def test_what_is_declared_must_go_together(spec: Mapping[str, Value], path: str, sid: str | None) -> None:
    assert [
        found
        for found, _ in rules_of(wanted({"lists": ["a"], **spec} if "from" not in spec else spec, sid=sid))
    ] == [path]


def test_a_dynamic_campaign_without_a_list_is_told_so() -> None:
    assert rules_of(wanted({"campaign_type": "dynamic"})) == [("campaign_type", "dynamic")]


def test_nothing_is_asked_of_menu_attempts_that_are_the_default() -> None:
    assert rules_of(wanted({"repeat_menu_attempts": 0})) == []


@pytest.mark.parametrize(("minutes", "rules"), [("10:59:59", ["window"]), ("11:00:00", [])])
def test_an_sms_campaign_runs_two_hours_at_least(minutes: str, rules: list[str]) -> None:
    schedule = {"start_time": "2027-01-15T09:00:00+05:30", "end_time": f"2027-01-15T{minutes}+05:30"}
    assert [rule for _, rule in rules_of(wanted({"schedule": schedule}, SMS))] == rules


@pytest.mark.parametrize(("count", "rules"), [(5, []), (6, ["variables"])])
def test_a_template_has_five_variables_at_most(count: int, rules: list[str]) -> None:
    template = " ".join(f"@@C{number} @@C{number}" for number in range(count))
    spec: Mapping[str, Value] = {"template": template, "content_type": "dynamic", "lists": ["a"]}
    assert [rule for _, rule in rules_of(wanted(spec, SMS))] == rules


def test_a_variable_in_a_static_text_is_warned_about() -> None:
    spec: Mapping[str, Value] = {"template": "Hi @@Name", "content_type": "static", "lists": ["a"]}
    (fault,) = faults(wanted(spec, SMS))
    assert (fault.severity, fault.path) == (Severity.WARN, "template")
    assert "@@Name stays as it is" in fault.message


@pytest.mark.parametrize(
    ("sms_type", "sender", "faulty"),
    [
        ("transactional", "EXOTEL", False),
        ("Transactional", "EXO7EL", True),
        ("promotional", "600123", False),
        ("PROMOTIONAL", "EXOTEL", True),
        ("promotional", "६००१२३", True),
    ],
)
def test_a_sender_is_letters_or_digits_by_the_type(sms_type: str, sender: str, faulty: bool) -> None:
    assert bool(rules_of(wanted({"sms_type": sms_type, "sender_id": sender}, SMS))) is faulty


def clashing(*manifests: Desired, prune: Prune | None = None) -> list[tuple[int, str]]:
    return [(desired.where.line, fault.path) for desired, fault in conflicts(manifests, prune)]


def test_a_name_is_unique_within_its_kind() -> None:
    spec = {"name": "diwali"}
    assert clashing(wanted(spec, line=1), wanted(spec, line=2), wanted(spec, SMS, line=3)) == [
        (1, "metadata.name"),
        (2, "metadata.name"),
    ]


def test_pinned_manifests_may_share_a_name_among_themselves_alone() -> None:
    spec = {"name": "diwali"}
    pinned = wanted(spec, sid="a", line=1), wanted(spec, sid="b", line=2)
    assert clashing(*pinned) == []
    assert clashing(*pinned, wanted(spec, line=3)) == [(line, "metadata.name") for line in (1, 2, 3)]


def test_an_sid_is_unique_within_its_kind() -> None:
    assert clashing(wanted({}, sid="a", line=1), wanted({}, sid="a", line=2), wanted({}, SMS, sid="a")) == [
        (1, "metadata.sid"),
        (2, "metadata.sid"),
    ]


def test_two_campaigns_were_not_the_same_one() -> None:
    first, second = wanted({"name": "aaa"}, previous="old"), wanted({"name": "bbb"}, previous="old", line=2)
    assert clashing(first, second) == [(1, "metadata.previous_name"), (2, "metadata.previous_name")]


def test_a_previous_name_that_another_manifest_is_called_is_wrong_at_both() -> None:
    renamed, other = wanted({"name": "bbb"}, previous="aaa"), wanted({"name": "aaa"}, line=2)
    elsewhere = wanted({"name": "aaa"}, SMS, line=3)
    assert clashing(renamed, other, elsewhere) == [(1, "metadata.previous_name"), (2, "metadata.name")]
    assert clashing(renamed, elsewhere) == []
    messages = [fault.message for _, fault in conflicts((renamed, other), None)]
    assert all("a.yaml:" in message for message in messages)


def test_a_pin_does_not_make_a_previous_name_free() -> None:
    pinned = wanted({"name": "aaa"}, sid="s", line=2)
    assert clashing(wanted({"name": "bbb"}, previous="aaa"), pinned) == [
        (1, "metadata.previous_name"),
        (2, "metadata.name"),
    ]


def test_two_manifests_that_change_names_are_both_wrong_twice() -> None:
    one, two = wanted({"name": "aaa"}, previous="bbb"), wanted({"name": "bbb"}, previous="aaa", line=2)
    assert sorted(clashing(one, two)) == [
        (1, "metadata.name"),
        (1, "metadata.previous_name"),
        (2, "metadata.name"),
        (2, "metadata.previous_name"),
    ]


def test_a_name_lacks_the_prefix_unless_pinned() -> None:
    manifests = (
        wanted({"name": "growth-a"}),
        wanted({"name": "other"}, line=2),
        wanted({"name": "x"}, sid="s", line=3),
    )
    assert clashing(*manifests, prune=Prune("growth-")) == [(2, "metadata.name")]
