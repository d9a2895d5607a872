"""Compares a work tree with what it left: its manifests, its project file and its rules, for each environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from campaignctl.app.base_project import rule_files_of
from campaignctl.app.workspace import Reading, Session
from campaignctl.diagnostics import has_errors
from campaignctl.diff.base import NO_SUCH_PATH, BaseVersion, inside, read_bases
from campaignctl.diff.comparison import Version, diff_manifests
from campaignctl.diff.consequences import Circumstances
from campaignctl.diff.document import Compared, DiffDocument, Sides, diff_document
from campaignctl.diff.settings import (
    SettingChange,
    companion_leaves,
    project_leaves,
    rule_file_changes,
    setting_changes,
)
from campaignctl.errors import InputError
from campaignctl.kinds.table import Value
from campaignctl.manifests.files import shown_path
from campaignctl.manifests.project import declared_settings
from campaignctl.manifests.revision import Base, Files
from campaignctl.policy import Policies
from campaignctl.policy.checking import manifests_beside, members_known
from campaignctl.policy.hours import zone_name
from campaignctl.tuples import NamedTuple


@dataclass(frozen=True)
class DiffOptions:
    """Holds what the command line selects, and whether the format may show people's numbers."""

    paths: tuple[str, ...]
    labels: str
    show_numbers: bool


class Against(NamedTuple):
    """Holds what a work tree is compared with, by environment, and what its project file declares and its rules say."""

    base: Base
    versions: Mapping[str, BaseVersion]
    declared: Mapping[str, Value]
    rule_files: Mapping[str, str]


def read_against(sessions: Sequence[Session], asked: DiffOptions, base: Base, files: Files) -> Against:
    """Reads the base for each environment, and what holds of all of them. Raises InputError."""
    versions = read_bases(sessions, files, inside(asked.paths, files.top), asked.labels)
    project = sessions[0].project
    declared = declared_settings(Path(project.root, project.file)) if project.file is not None else {}
    return Against(base, versions, declared, rule_files_of(project))


def compared(session: Session, asked: DiffOptions, against: Against) -> DiffDocument:
    """Compares the work tree with the base, for one environment. Raises InputError where it cannot be read."""
    before = against.versions[session.environment.name]
    reading = _branch(session, asked.paths, asked.labels, before.held)
    return _document(session, against, before, reading, asked)


def _branch(session: Session, paths: tuple[str, ...], labels: str, held: Set[str]) -> Reading:
    """Reads the work tree. A path that only the base has was removed. Raises InputError with every finding."""
    reading = session.read(paths, labels)
    root = Path(session.project.root)
    gone = {shown_path(Path.cwd() / path, root) for path in held}
    findings = tuple(it for it in reading.findings if it.rule != NO_SUCH_PATH or it.where.file not in gone)
    if has_errors(findings):
        raise InputError("the manifests are not valid: what changes cannot be told", findings)
    return reading._replace(findings=findings)


def _document(
    session: Session, against: Against, before: BaseVersion, reading: Reading, asked: DiffOptions
) -> DiffDocument:
    country, base = session.environment.country, against.base
    circumstances = Circumstances(
        session.clock.now(), country, session.project.prune, session.options.address
    )
    diff = diff_manifests(before.version, Version(reading.all_manifests, reading.selected), circumstances)
    policies = Policies.of(session.environment)
    known_before = members_known(before.companions, before.environment)
    known = members_known(reading.companions, session.environment)
    beside = manifests_beside(tuple(map(known, reading.all_manifests)), policies, circumstances.now)
    compared = Compared(
        session.environment.name,
        {"revision": base.revision, "commit": base.commit, "merge_base": base.merge_base},
        asked.paths,
        asked.labels,
        (*base.notes, *before.notes),
        reading.findings,
        zone_name(session.environment),
        _settings(against, before, reading),
        Sides(before.environment, session.environment, circumstances.now, beside, known_before, known),
    )
    return diff_document(diff, compared, country, show_numbers=asked.show_numbers)


def _settings(against: Against, before: BaseVersion, reading: Reading) -> tuple[SettingChange, ...]:
    """Returns what differs beside the campaigns; of a project file that was invalid nothing can be told."""
    past, present = dict[str, Value](), dict[str, Value]()
    if before.settings is not None:
        past |= project_leaves(before.settings)
        present |= project_leaves(against.declared)
    if before.companions or reading.companions:
        from campaignctl.manifests.companions import companion_kinds

        past |= companion_leaves(before.companions, companion_kinds())
        present |= companion_leaves(reading.companions, companion_kinds())
    rules = rule_file_changes(before.rule_files, against.rule_files)
    return (*setting_changes(past, present), *rules)
