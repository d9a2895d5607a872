"""Looks at several environments: `status`, `doctor` and `diff`, each as it is for one, shown together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.several import write
from campaignctl.errors import CampaignctlError
from campaignctl.exits import Exit
from campaignctl.fleet.opening import Fleet, opened_lenient, opened_offline
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, EnvironmentResult, Several
from campaignctl.fleet.views import SeveralViews, under_headline
from campaignctl.rendering.report import Report

if TYPE_CHECKING:
    from campaignctl.diff.document import DiffDocument
    from campaignctl.diff.work_tree import Against, DiffOptions
    from campaignctl.doctor.document import DoctorDocument
    from campaignctl.model.environment import Environment
    from campaignctl.rendering.formats import Setting
    from campaignctl.status.document import StatusOverview
    from campaignctl.status.looking import StatusOptions


def no_report(_environment: Environment, _document: Document, _setting: Setting) -> Report:
    """Stands for the formats that a command does not offer."""
    raise AssertionError("it is shown as text and as JSON alone")


# -- status ----------------------------------------------------------------------------------------------------


def status_several(options: GlobalOptions, asked: StatusOptions, output_format: str) -> int:
    """Shows how the campaigns of each stand."""
    from campaignctl.status.document import status_document
    from campaignctl.status.looking import look_once

    with opened_lenient(options) as fleet:

        def line(session: Session) -> EnvironmentResult:
            reading = session.read_lenient(fleet.findings)
            with session.account() as connection:
                overview = look_once(session, reading, connection.client, asked, {}, {})
                return EnvironmentResult.of(Exit.FINE, status_document(overview))

        outcomes = fleet.each(line)
    return write(Several("status", outcomes), STATUS_VIEWS, options, output_format)


def _status_text(_environment: Environment, document: Document, setting: Setting) -> str:
    from campaignctl.status.text import status_text

    return status_text(cast("StatusOverview", document), color=setting.color, width=setting.width)


STATUS_VIEWS: Final = SeveralViews(
    _status_text,
    no_report,
    lambda document: bool(document["campaigns"] or document["notes"] or document["findings"]),
    "no campaigns",
)


# -- doctor ----------------------------------------------------------------------------------------------------


def doctor_several(options: GlobalOptions, output_format: str) -> int:
    """Says what is wrong with each."""
    from campaignctl.doctor.diagnosis import is_wrong
    from campaignctl.doctor.document import doctor_document
    from campaignctl.doctor.examining import examine

    with opened_lenient(options) as fleet:

        def line(session: Session) -> EnvironmentResult:
            examined = examine(session, session.read_lenient(fleet.findings))
            code = Exit.ERROR if is_wrong(examined) else Exit.FINE
            return EnvironmentResult.of(code, doctor_document(examined, session.environment))

        outcomes = fleet.each(line)
    return write(Several("doctor", outcomes), DOCTOR_VIEWS, options, output_format)


def _doctor_text(_environment: Environment, document: Document, setting: Setting) -> str:
    from campaignctl.doctor.text import doctor_text

    return doctor_text(cast("DoctorDocument", document), color=setting.color, width=setting.width)


def _doctor_says(document: Document) -> bool:
    return any(it["verdict"] != "fine" for it in cast("DoctorDocument", document)["checks"])


DOCTOR_VIEWS: Final = SeveralViews(_doctor_text, no_report, _doctor_says, "nothing wrong")


# -- diff ------------------------------------------------------------------------------------------------------


def diff_several(options: GlobalOptions, asked: DiffOptions, revision: str | None, output_format: str) -> int:
    """Shows what a branch changes for each. It needs no account, so one comes after the other."""
    fleet = opened_offline(options, asked.paths, asked.labels)
    outcomes, moved = _compared_with(fleet, asked, revision)
    for each in moved:
        output.remark(
            f"{each['kind']} {each['name']} moves from {each['from']} to {each['to']}: end it in {each['from']} first",
            options,
        )
    return write(Several("diff", outcomes, moved=moved), DIFF_VIEWS, options, output_format)


def _compared_with(
    fleet: Fleet, asked: DiffOptions, revision: str | None
) -> tuple[list[EnvironmentOutcome], tuple[Document, ...]]:
    """Compares each with the base, which is read once for all; returns what moves between them, too."""
    from campaignctl.diff.work_tree import read_against
    from campaignctl.manifests.revision import base_files

    sessions, moved = list(fleet.sessions.values()), tuple[Document, ...]()
    if not sessions:
        return [], moved
    try:
        with base_files(Path(fleet.project.root), revision) as (base, files):
            against = read_against(sessions, asked, base, files)
        moved = _moved(sessions, asked, against)
    except CampaignctlError as error:
        return [EnvironmentOutcome(it.environment, error=error) for it in sessions], moved
    return [_compared(it, asked, against) for it in sessions], moved


def _compared(session: Session, asked: DiffOptions, against: Against) -> EnvironmentOutcome:
    from campaignctl.diff.work_tree import compared

    try:
        told = EnvironmentResult.of(Exit.FINE, compared(session, asked, against))
        return EnvironmentOutcome(session.environment, told)
    except CampaignctlError as error:
        return EnvironmentOutcome(session.environment, error=error)


def _moved(sessions: Sequence[Session], asked: DiffOptions, against: Against) -> tuple[Document, ...]:
    """Returns what leaves one of them for another, by what was read of both sides."""
    from campaignctl.fleet.touched import ReadManifests, moves

    before = {
        name: ReadManifests.of(it.environment, it.version.manifests)
        for name, it in against.versions.items()
        if not it.is_new
    }
    after = {
        it.environment.name: ReadManifests.of(
            it.environment, it.load(asked.paths, asked.labels).all_manifests
        )
        for it in sessions
    }
    found = moves(before, after)
    return tuple({"kind": it.kind, "name": it.name, "from": it.source, "to": it.target} for it in found)


def _diff_text(environment: Environment, document: Document, setting: Setting) -> str:
    from campaignctl.diff.text import VIEWS

    return under_headline(environment, VIEWS.text(cast("DiffDocument", document), setting), setting)


def _diff_report(_environment: Environment, document: Document, setting: Setting) -> Report:
    from campaignctl.diff.text import VIEWS

    return VIEWS.report(cast("DiffDocument", document), setting)


def _diff_says(document: Document) -> bool:
    found = cast("DiffDocument", document)
    return bool(found["changes"] or found["settings"] or found["findings"])


DIFF_VIEWS: Final = SeveralViews(_diff_text, _diff_report, _diff_says, "nothing changes")
