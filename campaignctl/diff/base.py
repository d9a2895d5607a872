"""Reads the base of a `diff`: the project and its manifests as they stand in a revision."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from campaignctl.app.base_project import BaseProject
from campaignctl.app.workspace import Session
from campaignctl.diagnostics import Diagnostic, Severity, counted, quoted
from campaignctl.diff.comparison import Version
from campaignctl.errors import InputError
from campaignctl.kinds.table import Value
from campaignctl.manifests.reading import Manifests, load_manifests
from campaignctl.manifests.revision import Files, Repository
from campaignctl.model.companions import Companion
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import parse_selector

NO_SUCH_PATH = "no-such-path"
_MOST_NOTES = 10


@dataclass(frozen=True)
class BaseVersion:
    """Holds the manifests of the base, the PATHS that it holds, and what a reader should know of it.

    `settings` is what its project file declares, None where it was invalid; `companions` are the documents beside its
    campaigns, `environment` is its own. `rule_files` are the texts of the rules of the project's own, by their names.
    """

    version: Version
    held: frozenset[str]
    notes: tuple[str, ...]
    settings: Mapping[str, Value] | None
    companions: Mapping[str, Sequence[Companion]]
    environment: Environment
    rule_files: Mapping[str, str]


def inside(paths: Sequence[str], repository: Repository) -> dict[str, str]:
    """Returns PATHS relative to the repository. Raises InputError for one outside: git knows nothing of it."""
    found = {}
    for path in paths:
        place = Path(os.path.normpath(Path.cwd() / path))
        known = next((it for it in (place, place.resolve()) if it.is_relative_to(repository.top)), None)
        if known is None:
            raise InputError(
                f"{quoted(path)} is outside of the repository: diff compares with what git keeps"
            )
        found[path] = known.relative_to(repository.top).as_posix()
    return found


def read_base(session: Session, files: Files, paths: dict[str, str], labels: str) -> BaseVersion:
    """Reads the base as the branch is read: its own project file, environment and variables.

    `paths` as `inside` gives them. A mistake in the base is a note, never an error: nobody can fix it any more.
    """
    reader = _BaseReader(session, files)
    project, environment, notes = reader.settings()
    held = {path: place for path, place in paths.items() if files.holds(place)}
    loaded = reader.read(project, environment, list(held.values()), labels)
    selected = loaded.selected if held or not paths else ()
    wrong = [finding for finding in loaded.findings if _is_wrong(finding, session)]
    invalid = {finding.where.file for finding in wrong} | reader.silent(loaded)
    version = Version(loaded.desired, selected, frozenset(invalid))
    told = (*notes, *_told(wrong))
    declared, rules = reader.declared(), reader.base.rule_files(project)
    return BaseVersion(version, frozenset(held), told, declared, loaded.companions, environment, rules)


class _BaseReader:
    """Reads the base for one environment."""

    def __init__(self, session: Session, files: Files) -> None:
        self.session = session
        self.base = BaseProject(session.project, files, session.environ)
        self.is_invalid = False

    def settings(self) -> tuple[ProjectFile, Environment, tuple[str, ...]]:
        """Reads the project of the base, and its environment of the same name; where it has none, those of the
        branch.
        """
        project, environment = self.session.project, self.session.environment
        ours = replace(project, root=str(self.base.root))
        if project.file is None or not self.base.files.paths:
            return ours, environment, ()
        try:
            before = self.base.load()
        except InputError as wrong:
            self.is_invalid = self.base.holds_file
            why = "was invalid" if self.is_invalid else "is not there"
            detail = f" ({quoted(wrong.findings[0].message)})" if self.is_invalid else ""
            note = f"{project.file} {why} on the base{detail}: its manifests are read by the settings of the branch"
            return ours, environment, (note,)
        there = before.environments.get(environment.name)
        if there is None:
            note = f"the environment {quoted(environment.name)} is new: the base is read by its settings"
            return before, environment, (note,)
        return before, there, tuple(_settings_changed(before, project, there, environment))

    def declared(self) -> Mapping[str, Value] | None:
        """Returns what the base's project file declares; `settings` has laid it out."""
        if self.session.project.file is None or self.is_invalid:
            return None
        return self.base.declared()

    def read(
        self, project: ProjectFile, environment: Environment, places: Sequence[str], labels: str
    ) -> Manifests:
        """Reads the manifests, first with what the project names.

        A file of numbers may stand elsewhere in it: then with all of it.
        """
        self.base.lay_out_under([*map(self.base.place, project.paths_of(environment)), *places])
        paths = [str(self.base.files.directory / place) for place in places]
        selector, variables = parse_selector(labels), self.session.options.variables
        loaded = load_manifests(project, environment, paths, variables, selector)
        if loaded.complete:
            return loaded
        self.base.lay_out_all()
        return load_manifests(project, environment, paths, variables, selector)

    def silent(self, loaded: Manifests) -> set[str]:
        """Returns the files of an incomplete base that gave no manifest: a mistake may stand in their numbers."""
        if loaded.complete:
            return set()
        there = {os.path.relpath(path, self.base.prefix) for path in self.base.files.paths}
        return there - {desired.where.file for desired in loaded.desired}


def _is_wrong(finding: Diagnostic, session: Session) -> bool:
    """Tells whether a finding makes a manifest of the base unreadable; that a path is not there yet does not."""
    own = finding.where.file == session.project.file
    return finding.severity is Severity.ERROR and finding.rule != NO_SUCH_PATH and not own


def _told(wrong: Sequence[Diagnostic]) -> Iterator[str]:
    first: dict[str, Diagnostic] = {}
    for finding in wrong:
        first.setdefault(finding.where.file, finding)
    for file, finding in list(first.items())[:_MOST_NOTES]:
        yield f"{file} was invalid on the base, line {finding.where.line}: {finding.message}"
    if len(first) > _MOST_NOTES:
        more = counted(len(first) - _MOST_NOTES, "more file was", "more files were")
        yield f"{more} invalid on the base"


def _settings_changed(
    before: ProjectFile, after: ProjectFile, there: Environment, here: Environment
) -> Iterator[str]:
    """Yields the names of settings that changed: a plan under other settings may do other things."""
    changed = [
        name
        for name in ("manifests", "max_changes", "prune")
        if getattr(before, name) != getattr(after, name)
    ]
    changed += [
        each.name for each in fields(Environment) if getattr(there, each.name) != getattr(here, each.name)
    ]
    if changed:
        yield (
            f"{after.file} changes for environment {here.name}: {', '.join(changed)}; "
            "what they were and are stands under settings"
        )
