"""What people read. The golden files are the test; the rest says what no change of them may lose."""

from __future__ import annotations

import re
from collections.abc import Callable

import apply_results as results
import plans
import pytest
from plans import plan_document

from campaignctl.errors import InputError
from campaignctl.kinds.operations import Op
from campaignctl.model.plan import Plan
from campaignctl.model.results import ApplyResult, OperationOutcome
from campaignctl.rendering.as_json import apply_document
from campaignctl.rendering.as_text.findings import error_text, validate_text
from campaignctl.rendering.as_text.progress import operation_line
from campaignctl.rendering.as_text.reports import apply_text, plan_text
from campaignctl.rendering.documents import PlanDocument
from campaignctl.rendering.findings import error_document, validate_document

Golden = Callable[[str, str], None]


def text_of(plan: Plan, *, color: bool = False, width: int | None = None, **more: bool) -> str:
    environment = plans.SANDBOX if plan.environment == "sandbox" else plans.PROD
    document: PlanDocument = plan_document(plan, environment, **more)
    return plan_text(document, now=plans.NOW, color=color, width=width)


NOTHING = plans.plan(plans.in_sync(), plans.in_sync("steady-2"), environment=plans.SANDBOX, unmanaged=1)
GOLDEN = {
    "everything": (plans.everything(), {}),
    "everything-narrow": (plans.everything(), {"width": 72}),
    "everything-coloured": (plans.everything(), {"color": True}),
    "nothing-to-do": (NOTHING, {}),
    "first-create": (plans.plan(plans.create(), environment=plans.SANDBOX), {}),
    "update-with-numbers": (plans.plan(plans.update()), {"show_numbers": True}),
    "empty": (plans.plan(), {}),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_plan_reads_as_it_was_found_good(name: str, golden: Golden) -> None:
    plan, options = GOLDEN[name]
    golden(f"plan-{name}.txt", text_of(plan, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", list(plans.HOSTILE))
def test_a_hostile_plan_reads_harmlessly(name: str, golden: Golden) -> None:
    text = plans.HOSTILE[name]
    create = {"operations": plans.create().operations, "spec": {"read_via_text": text}}
    changes = [
        plans.change(plans.VOICE, text, "not-live", file=text, **create),
        plans.change(plans.VOICE, text, "policy", text, file=text),
        plans.change(plans.VOICE, text, "finished", text, file=text),
    ]
    shown = text_of(plans.plan(*changes, notes=(text,)))
    golden(f"hostile-{name.replace(' ', '-')}.txt", shown)


def test_the_first_line_names_environment_and_account() -> None:
    assert text_of(plans.everything()).startswith("Environment prod (account acme1)\n")
    first = text_of(NOTHING).splitlines()[0]
    assert first == "Environment sandbox (SANDBOX, account sandbox, a stand-in: nobody is called or texted)"


def test_an_environment_that_is_only_called_sandbox_is_not_taken_for_one() -> None:
    document = plan_document(plans.plan(), plans.PROD)
    document["environment"] = "sandbox"
    assert "SANDBOX" not in plan_text(document, now=plans.NOW)


def test_marks_in_the_first_column_give_the_short_form() -> None:
    rows = text_of(plans.everything()).splitlines()
    marked = [row for row in rows if row[:2] in ("+ ", "~ ", "! ", "- ")]
    assert len(marked) == sum(change.type != "noop" for change in plans.everything().changes) + 1


def test_failed_stands_above_the_other_noops() -> None:
    text = text_of(plans.everything())
    assert 0 < text.index("old-reminder") < text.index("last-year")
    assert text.index("old-reminder") < text.index("steady")


def test_colour_changes_nothing_else() -> None:
    coloured = text_of(plans.everything(), color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text_of(plans.everything())


@pytest.mark.parametrize(
    ("campaign", "flag"),
    [
        ("plain", "--allow start-now:plain"),
        ("two words", "--allow 'start-now:two words'"),
        ("it's", """--allow 'start-now:it'"'"'s'"""),
        ("$(reboot)", "--allow 'start-now:$(reboot)'"),
        ("line\nbreak", "--allow start-now\n"),
        ("long" * 50, "--allow start-now\n"),
    ],
)
def test_the_flag_that_allows_a_held_change_can_be_pasted(campaign: str, flag: str) -> None:
    held = plans.change(plans.VOICE, campaign, "start-now", held=plans.held_start_now().held)
    assert f"to allow: {flag}" in text_of(plans.plan(held))


def test_a_name_that_two_kinds_bear_is_allowed_with_its_kind() -> None:
    held = plans.held_resume()
    namesake = plans.change(plans.SMS, "survey", "in-sync", live="scheduled")
    assert "--allow resume:voice/survey" in text_of(plans.plan(held, namesake))


def test_an_apply_reads_as_it_was_found_good(golden: Golden) -> None:
    golden("apply.txt", apply_text(apply_document(results.everything(), plans.PROD)))


def test_an_interrupted_apply_says_so() -> None:
    document = apply_document(ApplyResult(plans.plan(), (), interrupted=True), plans.SANDBOX)
    assert "Interrupted" in apply_text(document)


def test_an_unknown_outcome_stands_first_and_is_not_called_a_failure() -> None:
    text = apply_text(apply_document(results.everything(), plans.PROD))
    unknown, failed = text.index("! voice/diwali-reminder: unknown"), text.index("! voice/rent-due: failed")
    assert unknown < failed
    assert "nobody knows whether the create was carried out" in text[unknown:failed]


@pytest.mark.parametrize(
    ("outcome", "attempts", "line"),
    [
        (OperationOutcome.APPLIED, 1, "[ 3/12] voice/diwali-reminder: created\n"),
        (OperationOutcome.APPLIED, 2, "[ 3/12] voice/diwali-reminder: created, 2 attempts\n"),
        (OperationOutcome.FAILED, 1, "[ 3/12] voice/diwali-reminder: create failed\n"),
        (OperationOutcome.SKIPPED, 0, "[ 3/12] voice/diwali-reminder: create not sent\n"),
        (
            OperationOutcome.UNKNOWN,
            1,
            "[ 3/12] voice/diwali-reminder: create sent, outcome unknown\n",
        ),
    ],
)
def test_progress_is_a_line_per_operation(outcome: OperationOutcome, attempts: int, line: str) -> None:
    result = results.done(Op.CREATE, outcome, attempts)
    assert operation_line(plans.create(), result, done=3, total=12) == line


def test_validate_counts_what_it_found() -> None:
    text = validate_text(validate_document(plans.FINDINGS), manifests=8)
    assert text.splitlines()[-1] == "8 manifests: 1 error, 1 warning in 2 files."
    assert validate_text(validate_document(()), manifests=1) == "1 manifest: nothing wrong.\n"
    assert validate_text(validate_document(())) == "Nothing wrong.\n"


def test_an_error_comes_after_its_findings() -> None:
    text = error_text(error_document(InputError("1 manifest cannot be used", plans.FINDINGS[:1])))
    first, last = text.splitlines()
    assert first.startswith("campaigns/kyc-call.yaml:14:5: ")
    assert last == "Error: 1 manifest cannot be used"
