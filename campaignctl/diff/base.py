"""Reads the base of a `diff`: the project and its manifests as they stand in a revision."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaignctl.app.base_project import BaseProject
from campaignctl.app.workspace import Session
from campaignctl.diagnostics import Diagnostic, Severity, counted, quoted
from campaignctl.diff.comparison import Version
from campaignctl.errors import InputError
from campaignctl.kinds.table import Value
from campaignctl.manifests.reading import Manifests
from campaignctl.manifests.revision import Files
from campaignctl.model.companions import Companion
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import parse_selector
from campaignctl.tuples import NamedTuple

NO_SUCH_PATH = "no-such-path"
_MOST_NOTES = 10


@dataclass(frozen=True)
class BaseVersion:
    """Holds the manifests of the base, the PATHS that it holds, and what a reader should know of it.

    `settings` is what its project file declares, None where it was invalid; `companions` are the documents beside its
    campaigns, `environment` is its own. `rule_files` are the texts of the rules of the project's own, by their names.
    `is_new`: the base has no such environment, and was read by the settings of the branch.
    """

    version: Version
    held: frozenset[str]
    notes: tuple[str, ...]
    settings: Mapping[str, Value] | None
    companions: Mapping[str, Sequence[Companion]]
    environment: Environment
    rule_files: Mapping[str, str]
    is_new: bool


def inside(paths: Sequence[str], top: Path) -> dict[str, str]:
    """Returns PATHS relative to the repository at `top`. Raises InputError for one outside: git knows nothing of it."""
    found = {}
    for path in paths:
        place = Path(os.path.normpath(Path.cwd() / path))
        known = next((it for it in (place, place.resolve()) if it.is_relative_to(top)), None)
        if known is None:
            raise InputError(
                f"{quoted(path)} is outside of the repository: diff compares with what git keeps"
            )
        found[path] = known.relative_to(top).as_posix()
    return found


def read_bases(
    sessions: Sequence[Session], files: Files, paths: dict[str, str], labels: str
) -> dict[str, BaseVersion]:
    """Reads the base as the branch is read, for each environment of a project: its own project file, environment and
    variables. The project file is read once, and so is a manifest, whoever takes it.

    `paths` as `inside` gives them. A mistake in the base is a note, never an error: nobody can fix it any more.
    """
    reader = _BaseReader(sessions, files)
    project, environments, notes, there = reader.settings()
    held = {path: place for path, place in paths.items() if files.holds(place)}
    loaded = reader.base.manifests(
        project,
        list(environments.values()),
        sessions[0].options.variables,
        list(held.values()),
        parse_selector(labels),
    )
    declared, rules = reader.declared(), reader.base.rule_files(project)
    found = {}
    for name, manifests in loaded.items():
        wrong = [finding for finding in manifests.findings if reader.is_wrong(finding)]
        invalid = {finding.where.file for finding in wrong} | reader.silent(manifests)
        selected = manifests.selected if held or not paths else ()
        found[name] = BaseVersion(
            Version(manifests.desired, selected, frozenset(invalid)),
            frozenset(held),
            (*notes[name], *_told(wrong)),
            declared,
            manifests.companions,
            environments[name],
            rules,
            is_new=name not in there,
        )
    return found


class _BaseSettings(NamedTuple):
    """Holds by which settings the base is read, and by environment what a reader should know of them."""

    project: ProjectFile
    environments: Mapping[str, Environment]
    notes: Mapping[str, tuple[str, ...]]
    there: Container[str]


class _BaseReader:
    """Reads the base for environments of one project."""

    def __init__(self, sessions: Sequence[Session], files: Files) -> None:
        self.project = sessions[0].project
        self.environments = {it.environment.name: it.environment for it in sessions}
        self.base = BaseProject(self.project, files, sessions[0].environ)
        self.is_invalid = False

    def settings(self) -> _BaseSettings:
        """Reads the project of the base, and its environments of the same names; where it has none, those of the
        branch.
        """
        project, here = self.project, self.environments
        ours = project._replace(root=str(self.base.root))
        if project.file is None or not self.base.files.paths:
            return _BaseSettings(ours, here, dict.fromkeys(here, ()), ())
        try:
            before = self.base.load()
        except InputError as wrong:
            self.is_invalid = self.base.holds_file
            why = "was invalid" if self.is_invalid else "is not there"
            detail = f" ({quoted(wrong.findings[0].message)})" if self.is_invalid else ""
            note = f"{project.file} {why} on the base{detail}: its manifests are read by the settings of the branch"
            return _BaseSettings(ours, here, dict.fromkeys(here, (note,)), ())
        there = {name: before.environments.get(name, it) for name, it in here.items()}
        notes = {name: tuple(self._notes(name, before)) for name in here}
        return _BaseSettings(before, there, notes, before.environments)

    def _notes(self, name: str, before: ProjectFile) -> Iterator[str]:
        there = before.environments.get(name)
        if there is None:
            yield f"the environment {quoted(name)} is new: the base is read by its settings"
        else:
            yield from _settings_changed(before, self.project, there, self.environments[name])

    def declared(self) -> Mapping[str, Value] | None:
        """Returns what the base's project file declares; `settings` has laid it out."""
        if self.project.file is None or self.is_invalid:
            return None
        return self.base.declared()

    def silent(self, loaded: Manifests) -> set[str]:
        """Returns the files of an incomplete base that gave no manifest: a mistake may stand in their numbers."""
        if loaded.complete:
            return set()
        there = {os.path.relpath(path, self.base.prefix) for path in self.base.files.paths}
        return there - {desired.where.file for desired in loaded.desired}

    def is_wrong(self, finding: Diagnostic) -> bool:
        """Tells whether a finding makes a manifest of the base unreadable; that a path is not there yet does not."""
        own = finding.where.file == self.project.file
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
    changed += [name for name in Environment._fields if getattr(there, name) != getattr(here, name)]
    if changed:
        yield (
            f"{after.file} changes for environment {here.name}: {', '.join(changed)}; "
            "what they were and are stands under settings"
        )
