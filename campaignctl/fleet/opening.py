"""Opens the environments that a command line means: each with a session of its own, all manifests read once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from campaignctl.app.interrupts import Interrupts
from campaignctl.app.manifests_in_turn import ManifestsInTurn
from campaignctl.app.options import GlobalOptions
from campaignctl.app.side_by_side import PARALLEL, Ended, SideBySide, Threads, beside_one_another
from campaignctl.app.workspace import Session, start_of
from campaignctl.diagnostics import Diagnostic
from campaignctl.errors import InputError, UsageError
from campaignctl.fleet.choosing import choose, require_separate
from campaignctl.fleet.outcomes import EnvironmentOutcome, EnvironmentResult
from campaignctl.manifests.loading import load_for_each, loading_in_turn
from campaignctl.manifests.project import LenientProject, find_project_file, load_every_lenient, load_project
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import parse_selector

if TYPE_CHECKING:
    from campaignctl.manifests.reading import Manifests
    from campaignctl.policy.same_people import Chosen, FindCopy

T = TypeVar("T")


@dataclass(frozen=True)
class Fleet:
    """Represents the environments of one command, by name."""

    options: GlobalOptions
    project: ProjectFile
    sessions: Mapping[str, Session]
    interrupts: Interrupts
    manifests: ManifestsInTurn
    failed: tuple[EnvironmentOutcome, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    """The mistakes of the project file, where what is done does not wait for them."""

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Returns those that were chosen."""
        return tuple(it.environment for it in self.sessions.values())

    def threads(self, line: Callable[[Session], T]) -> Threads[T]:
        """Makes the threads of a command's own line, one for each of them."""
        return Threads({name: _of(line, session) for name, session in self.sessions.items()})

    def each(self, line: Callable[[Session], EnvironmentResult]) -> list[EnvironmentOutcome]:
        """Runs the line for each until all have ended."""
        threads = self.threads(line).start()
        try:
            self.manifests.read_all()
            return self.outcomes(threads.wait())
        except KeyboardInterrupt:
            self.interrupts.ask()  # whoever waits wakes up
            raise

    def outcomes(self, ended: Mapping[str, Ended[EnvironmentResult]]) -> list[EnvironmentOutcome]:
        """Returns what each came to, by name."""
        environments = {it.name: it for it in self.environments}
        found = (EnvironmentOutcome(environments[name], it.value, it.error) for name, it in ended.items())
        return sorted((*found, *self.failed), key=lambda it: it.environment.name)


def _of(line: Callable[[Session], T], session: Session) -> Callable[[], T]:
    def run() -> T:
        try:
            return line(session)
        finally:
            if session.beside is not None:
                session.beside.board.leave(session.environment.name)

    return run


def project_root(options: GlobalOptions) -> Path:
    """Returns the directory of the project file; this one where there is none."""
    start = start_of(options)
    file = find_project_file(start) if options.config is None else start / options.config
    return file.resolve().parent if file is not None else start.resolve()


def chosen_environments(options: GlobalOptions) -> tuple[ProjectFile, tuple[Environment, ...]]:
    """Returns the project, and which of its environments the command line means.

    Raises InputError for a mistake in the project file or its files, for a name that matches none, and for two that
    are one account.
    """
    environ = dict(os.environ)
    project = load_project(start_of(options), options.config, environ)
    chosen = _chosen(project, options, environ)
    require_separate(project, chosen)
    return project, chosen


def _chosen(
    project: ProjectFile, options: GlobalOptions, environ: Mapping[str, str]
) -> tuple[Environment, ...]:
    """Chooses, and keeps of these what a change touches where that is asked for."""
    if project.file is None:
        raise UsageError("there is no project file here: it is what says which environments there are")
    chosen = choose(project, options.choice)
    if options.choice.changed_since is None:
        return chosen
    from campaignctl.fleet.changed_since import touched_by

    found = touched_by(project, chosen, options, environ)
    return tuple(it for it in chosen if found.reasons.get(it.name))


@contextmanager
def opened_lenient(options: GlobalOptions) -> Iterator[Fleet]:
    """Opens those that the command line means for what does not wait for the project file to be fixed: one that is
    wrong itself has failed, alone.
    """
    environ = dict(os.environ)
    found = load_every_lenient(start_of(options), options.config, environ)
    project = found.project
    chosen = _chosen(project, options, environ)
    right = tuple(it for it in chosen if it.name not in found.wrong)
    require_separate(project, right)
    failed = (EnvironmentOutcome(it, error=_wrong(found, it.name)) for it in chosen if it not in right)
    with _with_sandbox(_with_manifests(options, project, right, (), "")) as fleet:
        yield replace(fleet, failed=tuple(failed), findings=found.findings)


def _wrong(found: LenientProject, name: str) -> InputError | None:
    try:
        found.require(name)
    except InputError as wrong:
        return wrong
    return None


@contextmanager
def opened(options: GlobalOptions, paths: Sequence[str] = (), labels: str = "") -> Iterator[Fleet]:
    """Opens the environments that a command line means, with the manifests that PATHS and labels select of each.

    These are read while the threads of the environments run, which is theirs who start them to have done.
    """
    project, chosen = chosen_environments(options)
    loading = loading_in_turn(project, chosen, paths, options.variables, parse_selector(labels))
    with loading as in_turn, _with_sandbox(_fleet(options, project, chosen, in_turn)) as fleet:
        yield fleet


def opened_offline(options: GlobalOptions, paths: Sequence[str] = (), labels: str = "") -> Fleet:
    """Opens the same for what looks at no account: no sandbox is started, and all manifests are read."""
    project, chosen = chosen_environments(options)
    return _with_manifests(options, project, chosen, paths, labels)


@contextmanager
def _with_sandbox(fleet: Fleet) -> Iterator[Fleet]:
    """Starts the one server of all sandboxes among them; each account is a world of its own there."""
    first = next((it for it in fleet.sessions.values() if it.environment.is_sandbox), None)
    with first.server() if first is not None else nullcontext() as server:
        for it in fleet.sessions.values():
            if it.beside is not None and server is not None:
                it.beside.sandbox = server
        yield fleet


def _with_manifests(
    options: GlobalOptions,
    project: ProjectFile,
    chosen: Sequence[Environment],
    paths: Sequence[str],
    labels: str,
) -> Fleet:
    loaded = load_for_each(project, chosen, paths, options.variables, parse_selector(labels))
    fleet = _fleet(options, project, chosen, loaded.items())
    fleet.manifests.read_all()
    return fleet


def _fleet(
    options: GlobalOptions,
    project: ProjectFile,
    chosen: Sequence[Environment],
    loading: Iterable[tuple[str, Manifests]],
) -> Fleet:
    names, interrupts = [it.name for it in chosen], Interrupts()
    manifests = ManifestsInTurn(names, loading)
    given = beside_one_another(names, manifests, options.parallel or PARALLEL, interrupts)
    find_copy = _find_copy(project, chosen, manifests, options)
    for it in given.values():
        it.find_copy = find_copy
    return Fleet(options, project, _sessions(options, project, chosen, given), interrupts, manifests)


def _find_copy(
    project: ProjectFile, chosen: Sequence[Environment], manifests: ManifestsInTurn, options: GlobalOptions
) -> FindCopy | None:
    """Looks for manifests of two accounts that say the same, where environments say what they take."""
    if not any(it.has_own_manifests for it in project.environments.values()):
        return None
    from campaignctl.app.elsewhere import CopiesAmong

    def all_chosen() -> Chosen:
        return {it.name: (it, manifests.of(it.name).desired) for it in chosen}

    return CopiesAmong(all_chosen, options.clock).find


def _sessions(
    options: GlobalOptions,
    project: ProjectFile,
    chosen: Sequence[Environment],
    given: Mapping[str, SideBySide],
) -> dict[str, Session]:
    environ, shared = dict(os.environ), dict[type, object]()
    return {
        it.name: Session(
            options.in_environment(it.name), project, it, environ, options.clock, shared, given[it.name]
        )
        for it in chosen
    }
