"""Pauses in several environments with one command: one that is wrong or cannot be reached keeps no other from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from campaignctl.app import output
from campaignctl.app.guards import Passed
from campaignctl.app.options import GlobalOptions
from campaignctl.app.planning import Planned
from campaignctl.app.side_by_side import Ended
from campaignctl.app.terminal import confirm
from campaignctl.app.workspace import Session
from campaignctl.cli.several import write
from campaignctl.cli.several_looks import no_report
from campaignctl.diagnostics import counted, some_of
from campaignctl.exits import Exit
from campaignctl.fleet.meeting import Decided, FleetRun, Meeting, WaitingPlan
from campaignctl.fleet.opening import Fleet, opened_lenient
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, EnvironmentResult, Several
from campaignctl.fleet.views import SeveralViews
from campaignctl.manual.carrying_out import DoneByHand, ManualOptions, by_hand_document, carry_out
from campaignctl.manual.rules import Verb
from campaignctl.manual.run import ManualRun

if TYPE_CHECKING:
    from campaignctl.model.environment import Environment
    from campaignctl.rendering.formats import Setting
    from campaignctl.rendering.result_documents import ApplyDocument

_MOST_NAMED: Final = 10


def pause_several(verb: Verb, options: GlobalOptions, asked: ManualOptions) -> int:
    """Pauses in each of them, after one question about all. What is planned is told on standard error."""
    told = replace(asked, output_format="json")  # what is shown of each stands beside the one result
    with opened_lenient(options) as fleet:
        for finding in fleet.findings:
            output.remark(f"warning: {finding}", options)
        ended = _carried_out(verb, fleet, told)
        outcomes = [_outcome(fleet, name, it) for name, it in ended.items()]
    found = sorted((*outcomes, *fleet.failed), key=lambda it: it.environment.name)
    code = write(Several("pause", found), PAUSE_VIEWS, options, asked.output_format)
    nowhere = _nowhere(ended, asked.names)
    for name in nowhere:
        output.remark(f"error: {name} is in none of these environments")
    return code or (Exit.ERROR if nowhere else Exit.FINE)


def _carried_out(verb: Verb, fleet: Fleet, asked: ManualOptions) -> dict[str, Ended[DoneByHand]]:
    """Carries it out side by side; without a question each stops what it finds as soon as it is seen."""

    def line(session: Session, meeting: Meeting) -> DoneByHand:
        review = meeting.review(session)

        def ask(run: ManualRun, planned: Planned, _asked: ManualOptions) -> None:
            review(planned, run.client.now)

        return carry_out(verb, session, asked, None if asked.auto_approve else ask)

    run = FleetRun(fleet, line)
    with fleet.interrupts:
        if asked.auto_approve:
            return run.finished(run.threads.start)
        decided = run.decided(_confirmed)
        return run.finished(lambda: run.meeting.answer_all(decided))


def _confirmed(plans: Mapping[str, WaitingPlan], _ended: Mapping[str, Ended[DoneByHand]]) -> Decided:
    """Asks once about all. Raises as `confirm` does."""
    campaigns = sum(bool(it.operations) for plan in plans.values() for it in plan.planned.plan.changes)
    if plans:
        where = f"{counted(len(plans), 'environment')} ({some_of(list(plans), _MOST_NAMED)})"
        question = f"Pause {counted(campaigns, 'campaign')} in {where}?"
        confirm(question, auto_approve=False, otherwise="give --auto-approve")
    return {name: Passed(it.planned) for name, it in plans.items()}


def _outcome(fleet: Fleet, name: str, ended: Ended[DoneByHand]) -> EnvironmentOutcome:
    session, done = fleet.sessions[name], ended.value
    if done is None:
        return EnvironmentOutcome(session.environment, error=ended.error)
    document = by_hand_document(done.result, done.targets, session, ())
    return EnvironmentOutcome(session.environment, EnvironmentResult.of(done.exit_code, document))


def _nowhere(ended: Mapping[str, Ended[DoneByHand]], names: tuple[str, ...]) -> list[str]:
    """Returns the names that are in none of the environments that could be looked into."""
    missing = [
        {found.asked.written for found in it.value.targets.missing} for it in ended.values() if it.value
    ]
    return [name for name in names if missing and all(name in each for each in missing)]


def _pause_text(_environment: Environment, document: Document, setting: Setting) -> str:
    from campaignctl.manual.text import by_hand_result_text

    notes = cast("list[str]", document["notes"])
    return by_hand_result_text(
        cast("ApplyDocument", document), notes, color=setting.color, width=setting.width
    )


PAUSE_VIEWS: Final = SeveralViews(
    _pause_text,
    no_report,
    lambda document: bool(document["results"] or document["notes"]),
    "nothing to pause",
)
