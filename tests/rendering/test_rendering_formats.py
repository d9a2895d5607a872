"""What a comment, annotations and SARIF say. The golden files are the test; the rest is what none may lose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import apply_results as results
import plans
import pytest
from plans import plan_document

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind
from campaignctl.model.plan import Operation, Plan
from campaignctl.model.reasons import REASONS, ChangeType
from campaignctl.rendering import words
from campaignctl.rendering.as_json import (
    apply_document,
    brief_document,
    complete_document,
)
from campaignctl.rendering.documents import PlanDocument
from campaignctl.rendering.findings import validate_document
from campaignctl.rendering.formats import FORMATS, Setting, Where, offered, render
from campaignctl.rendering.timeline import timeline_of
from campaignctl.saved_plans.seal import document_digest, sealed

Golden = Callable[[str, str], None]
SETTING = Setting(plans.NOW, manifests=8, where=Where("prod", "acme1", sandbox=False))
DOCUMENTS: dict[str, Any] = {
    "plan": sealed(plan_document(plans.everything(), plans.PROD), "made-up"),
    "apply": apply_document(results.everything(), plans.PROD),
    "validate": validate_document(plans.FINDINGS),
}
SUFFIXES = {"markdown": "md", "github": "txt", "sarif": "json", "gitlab": "json", "junit": "xml"}


@pytest.mark.parametrize("output_format", SUFFIXES)
@pytest.mark.parametrize("what", DOCUMENTS)
def test_it_reads_as_it_was_found_good(what: str, output_format: str, golden: Golden) -> None:
    if what in FORMATS[output_format].shows:
        text = render(what, output_format, DOCUMENTS[what], SETTING)
        golden(f"{what}-{output_format}.{SUFFIXES[output_format]}", text)


FEATURES = {"diff"}
"""What a feature shows by views of its own, which no format knows."""


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_row_promises_only_what_its_module_writes(output_format: str) -> None:
    row = FORMATS[output_format]
    module = import_module(f"campaignctl.rendering.{row.module}")
    writers = module.WRITERS
    assert row.shows - FEATURES <= set(writers)
    laid_out = hasattr(module, "LAYOUT") or output_format in ("text", "json")
    assert laid_out or not row.shows & FEATURES
    assert "error" in writers or not row.tells_errors


def test_text_is_the_default_and_only_validate_has_sarif_and_code_quality() -> None:
    assert {command: offered(command) for command in ("plan", "validate")} == {
        "plan": ("text", "json", "markdown", "html", "github", "junit"),
        "validate": ("text", "json", "markdown", "html", "github", "sarif", "gitlab", "junit"),
    }


def stays_as_it_is() -> Plan:
    """One of every reason for it, as it runs, is over, or has no start; the later the name, the sooner it starts."""
    starts = ("2027-01-15T09:00:00+05:30", "2027-01-14T09:00:00+05:30", "2027-01-12T09:20:00+05:30", None)
    return plans.plan(
        *(
            plans.change(
                kind, f"{code}-{place}", code, live=live, spec={"schedule": {kind.start.name: start}}
            )
            for code, row in REASONS.items()
            for kind, live in ((VOICE, "in-progress"), (SMS, "scheduled"), (VOICE, None))
            for place, start in enumerate(starts)
            if row.change is ChangeType.NOOP
        )
    )


@pytest.mark.parametrize(
    "plan",
    [plans.everything(), stays_as_it_is(), *map(plans.hostile, plans.HOSTILE.values())],
    ids=["everything", "stays as it is", *plans.HOSTILE],
)
@pytest.mark.parametrize("show_numbers", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_a_brief_document_lacks_its_formats_do_not_show(plan: Plan, show_numbers: bool) -> None:
    brief = brief_document(plan, plans.PROD, show_numbers=show_numbers)
    complete = complete_document(brief, plan, plans.PROD, show_numbers=show_numbers)
    for name, row in FORMATS.items():
        if row.brief:
            assert render("plan", name, brief, SETTING) == render("plan", name, complete, SETTING)
    assert document_digest(brief) == document_digest(complete)


def test_only_text_and_json_may_show_numbers() -> None:
    assert {name for name, row in FORMATS.items() if row.may_show_numbers} == {"text", "json"}


@pytest.mark.parametrize(
    ("kinds", "nobody"),
    [
        ((VOICE,), "1 campaign failed: nobody was called."),
        ((SMS,), "1 campaign failed: nobody was texted."),
        ((VOICE, SMS), "2 campaigns failed: nobody was called or texted."),
    ],
)
def test_what_failed_is_summed_up_in_the_words_of_its_kinds(kinds: tuple[Kind, ...], nobody: str) -> None:
    failed = [plans.change(kind, "old", "failed", "it failed", live="failed") for kind in kinds]
    document = plan_document(plans.plan(*failed), plans.PROD)
    assert nobody in render("plan", "markdown", document, Setting(plans.NOW))


@pytest.mark.parametrize("output_format", ["markdown", "github", "html"])
@pytest.mark.parametrize("what", ["plan", "apply"])
def test_environment_and_account_come_first_and_a_sandbox_is_said_to_be_one(
    what: str, output_format: str
) -> None:
    document = {**DOCUMENTS[what], "environment": "prod", "account_sid": "acme1"}
    head = render(what, output_format, document, SETTING).partition("<header>")[2][:300]
    head = head or "\n".join(render(what, output_format, document, SETTING).splitlines()[:2])
    assert head.index("prod") < head.index("acme1")
    sandbox = render(what, output_format, {**document, "backend": "sandbox"}, SETTING)
    assert "a stand-in: nobody is called or texted" in sandbox
    assert "sandbox" not in head.lower()


def test_what_must_be_seen_first_stands_first() -> None:
    text = render("plan", "markdown", DOCUMENTS["plan"], SETTING)
    table = text[text.index("| Campaign") :]
    order = [
        "old-reminder",
        "kyc-call",
        "autumn-offer",
        "winter-offer",
        "flash-sale",
        "diwali-reminder",
        "growth-2025",
    ]
    places = [table.index(name) for name in order]
    assert places == sorted(places)


# ------------------------------------------------------------------------------------------------- Message sense


def sms(text: str, **more: Any) -> PlanDocument:
    change = plans.change(SMS, "offer", "not-live", spec={"template": text}, **more)
    return plan_document(plans.plan(change), plans.PROD)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello", "GSM-7, 5 characters, 1 segment"),
        ("₹" * 71, "UCS-2, 71 characters, 2 segments"),
        (
            "Hi @@Name, pay @@Sum",
            "GSM-7, at least 9 characters, at least 1 segment, filled in from the list: @@Name, @@Sum",
        ),
    ],
)
def test_a_text_is_told_by_its_segments(text: str, says: str) -> None:
    [change] = sms(text)["changes"]
    assert words.estimate(change) == says


def test_a_text_that_changes_is_told_before_and_after() -> None:
    before = plans.change(SMS, "offer", "fields-differ", live="scheduled", operations=(Operation(Op.UPDATE),))
    difference = plans.Difference("template", "Dear customer, your bill is due on Friday.", "₹")
    after = replace(before, resulting={**plans.SMS_SPEC, "template": "₹" * 71}, diff=(difference,))
    [change] = plan_document(plans.plan(after), plans.PROD)["changes"]
    assert words.estimate(change) == "GSM-7, 42 characters, 1 segment → UCS-2, 71 characters, 2 segments"


def test_a_plan_is_told_by_the_people_it_reaches_and_what_is_unknown_is_never_none() -> None:
    create = plans.create()
    operations = (Operation(Op.CREATE),)
    text = plans.change(SMS, "offer", "not-live", operations=operations)

    def reach(*changes: plans.Change) -> str | None:
        return words.reach(plan_document(plans.plan(*changes), plans.PROD)["reach"])

    assert reach(plans.in_sync()) is None
    assert reach(plans.create_paused(), plans.held_start_now(), plans.ended()) is None
    assert reach(create) == "Reaches 1,200 people in 1 campaign: at most 3,600 calls."
    assert reach(text) == "Reaches an unknown number of people in 1 campaign: number of messages unknown."
    assert reach(create, text) == (
        "Reaches 1,200 people and an unknown number more in 2 campaigns: "
        "at most 3,600 calls; number of messages unknown."
    )


# ------------------------------------------------------------------------------------------------------ Timeline


def test_a_timeline_has_a_day_for_each_day_on_which_something_runs() -> None:
    timeline = timeline_of(DOCUMENTS["plan"])
    assert timeline is not None
    assert [words.day(day.first) for day in timeline.days] == ["Tue 12 Jan 2027", "Fri 15 Jan 2027"]
    assert timeline.zone == "Asia/Kolkata"
    assert timeline.days[1].hours == pytest.approx((9 / 24, 21 / 24))
    assert timeline.days[0].now == pytest.approx(9 / 24)
    [overlap] = timeline.days[1].overlaps
    assert overlap.part == pytest.approx((9 / 24, (10 + 35 / 60) / 24)), "as long as they run at worst"


def test_a_run_over_midnight_stands_on_both_days() -> None:
    late = plans.change(
        VOICE,
        "late",
        "not-live",
        operations=(Operation(Op.CREATE),),
        spec={"schedule": {"send_at": "2027-01-15T23:30:00+05:30"}},
    )
    timeline = timeline_of(plan_document(plans.plan(late), plans.PROD))
    assert timeline is not None
    first, second = (day.pieces[0] for day in timeline.days)
    assert first.calls == pytest.approx((23.5 / 24, 1))
    assert second.calls == pytest.approx((0, 20 / 24 / 60))
    assert (first.starts_here, second.starts_here) == (True, False)


def test_days_beyond_two_weeks_are_counted_and_not_drawn() -> None:
    start = plans.NOW + timedelta(hours=6)
    changes = [
        plans.change(
            VOICE,
            f"day-{number}",
            "not-live",
            operations=(Operation(Op.CREATE),),
            spec={"schedule": {"send_at": (start + timedelta(days=number)).isoformat()}},
        )
        for number in range(20)
    ]
    timeline = timeline_of(plan_document(plans.plan(*changes), plans.PROD))
    assert timeline is not None
    assert (len(timeline.days), timeline.later, len(timeline.spans)) == (14, 6, 20)


def test_a_plan_without_runs_has_no_timeline() -> None:
    assert timeline_of(plan_document(plans.plan(plans.finished()), plans.PROD)) is None


# --------------------------------------------------------------------------------------------------------- SARIF

ESSENTIALS = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "additionalProperties": False,
    "$defs": {
        "text": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "minLength": 1}},
        },
        "run": {
            "required": ["tool", "results"],
            "properties": {
                "tool": {
                    "required": ["driver"],
                    "properties": {
                        "driver": {
                            "required": ["name", "semanticVersion", "rules"],
                            "properties": {"rules": {"uniqueItems": True, "items": {"$ref": "#/$defs/rule"}}},
                        }
                    },
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"items": {"$ref": "#/$defs/result"}},
            },
        },
        "rule": {
            "required": ["id", "shortDescription", "help"],
            "properties": {"shortDescription": {"$ref": "#/$defs/text"}, "help": {"$ref": "#/$defs/text"}},
        },
        "result": {
            "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
            "properties": {
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"$ref": "#/$defs/text"},
                "locations": {
                    "minItems": 1,
                    "items": {
                        "properties": {
                            "physicalLocation": {
                                "required": ["artifactLocation", "region"],
                                "properties": {
                                    "artifactLocation": {"properties": {"uri": {"pattern": "^[!-~]+$"}}},
                                    "region": {"properties": {"startLine": {"minimum": 1}}},
                                },
                            }
                        }
                    },
                },
            },
        },
    },
}
"""Of the OASIS schema of SARIF 2.1.0, what we write."""


def test_sarif_is_what_its_standard_says() -> None:
    from jsonschema import Draft202012Validator

    log = json.loads(render("validate", "sarif", DOCUMENTS["validate"], SETTING))
    Draft202012Validator(ESSENTIALS).validate(log)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


@pytest.mark.parametrize("output_format", ["markdown", "html", "github", "sarif", "gitlab", "junit"])
def test_a_file_is_named_as_the_reader_knows_it(output_format: str) -> None:
    setting = SETTING._replace(prefix="marketing/")
    for what in FORMATS[output_format].shows & set(DOCUMENTS) - {"apply"}:
        assert "marketing/campaigns/kyc-call.yaml" in render(what, output_format, DOCUMENTS[what], setting)
