"""Finds the environments that a change touches (`--changed-since`), read from the work tree and from a revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from campaignctl.app import output
from campaignctl.app.base_project import BaseProject, rule_files_of
from campaignctl.app.options import Choice, GlobalOptions
from campaignctl.errors import InputError
from campaignctl.fleet.choosing import live
from campaignctl.fleet.inputs import EnvironmentInputs, SharedInputs, inputs_of
from campaignctl.fleet.touched import Move, Side, TouchedBy, moves, touched
from campaignctl.kinds.countries import Country
from campaignctl.manifests.loading import load_for_each
from campaignctl.manifests.reading import Manifests
from campaignctl.manifests.revision import Base, Files, base_files
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.tuples import NamedTuple

_FETCH: Final = "fetch-depth: 0"


class ChangedSince(NamedTuple):
    """Holds what a change touches: `reasons` by name, and how many manifests each takes in `sizes`.

    `removed` are environments of live accounts that are gone.
    """

    base: Base
    reasons: Mapping[str, tuple[TouchedBy, ...]]
    removed: tuple[str, ...]
    moved: tuple[Move, ...]
    sizes: Mapping[str, int]


class ProjectReading(NamedTuple):
    """Holds a project of the work tree, and what its command line gives it: environment and variables."""

    file: ProjectFile
    environ: Mapping[str, str]
    variables: Mapping[str, str]


def touched_by(
    project: ProjectFile,
    environments: Sequence[Environment],
    options: GlobalOptions,
    environ: Mapping[str, str],
) -> ChangedSince:
    """Finds what `--changed-since` of the command line touches, and tells what is gone of what `-e` means.

    Raises as `changed_since` does.
    """
    reading = ProjectReading(project, environ, options.variables)
    found = changed_since(reading, environments, options.choice.changed_since or "")
    gone = tuple(name for name in found.removed if _is_meant(name, options.choice))
    for note in found.base.notes:
        output.remark(note, options)
    for name in gone:
        output.remark(f"{name} is gone: its campaigns stay and run", options)
    return found._replace(removed=gone)


def _is_meant(gone: str, choice: Choice) -> bool:
    """Tells whether `-e` would have chosen what is gone."""
    return not choice.names or any(fnmatchcase(gone, it) for it in choice.names)


def changed_since(
    project: ProjectReading, environments: Sequence[Environment], revision: str
) -> ChangedSince:
    """Holds each of the environments against what the revision has of its name.

    Raises InputError where the revision or its files cannot be read; never an empty answer.
    """
    try:
        with base_files(Path(project.file.root), revision) as (base, files):
            before, gone = _before(project, environments, files)
    except InputError as unreadable:
        hint = "" if _FETCH in str(unreadable) else f" (in a pipeline, check out with {_FETCH})"
        message = f"--changed-since: which environments changed cannot be told: {unreadable}{hint}"
        raise InputError(message, unreadable.findings) from None
    after = read_inputs(project.file, environments, project.variables)
    sizes = {name: each.size for name, each in after.items()}
    return ChangedSince(base, touched(before, after), gone, moves(before, after), sizes)


def read_inputs(
    project: ProjectFile, environments: Sequence[Environment], variables: Mapping[str, str]
) -> dict[str, EnvironmentInputs]:
    """Reads the inputs of each environment, by name."""
    loaded = load_for_each(project, environments, variables=variables)
    return _inputs(project, environments, loaded, rule_files_of(project))


def _inputs(
    project: ProjectFile,
    environments: Sequence[Environment],
    loaded: Mapping[str, Manifests],
    rules: Mapping[str, str],
) -> dict[str, EnvironmentInputs]:
    countries = {it.country for it in environments} if project.suppress else set()
    shared = SharedInputs(rules, {country: _suppressed(project, country) for country in countries})
    return {it.name: inputs_of(project, it, loaded[it.name], shared) for it in environments}


def _suppressed(project: ProjectFile, country: Country | None) -> frozenset[str]:
    """Returns whom the project's own sources hold; nobody where one is faulty, which makes all invalid."""
    from campaignctl.manifests.suppression import suppression_of_project

    found = suppression_of_project(project, country)
    return frozenset().union(*found.people) if found else frozenset()


def _before(
    project: ProjectReading, environments: Sequence[Environment], files: Files
) -> tuple[Side, tuple[str, ...]]:
    """Returns those of the revision that have the name of one of these; which of its live accounts are gone."""
    base = BaseProject(project.file, files, project.environ)
    if not base.holds_file:
        return {}, ()
    base.lay_out_settings()  # what git does not have is no mistake in it
    try:
        past = base.load()
    except InputError:
        return None, ()
    there = [past.environments[it.name] for it in environments if it.name in past.environments]
    gone = tuple(it.name for it in live(past) if it.name not in project.file.environments)
    loaded = base.manifests(past, there, project.variables)
    return _inputs(past, there, loaded, base.rule_files(past)), gone
