"""Looks whether other accounts of the project would reach the same people (`same_people`): offline, after reading."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.clock import Clock
from campaignctl.contact_lists.versions import named_by
from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.manifests.documents import Document, DocumentReader
from campaignctl.manifests.files import ManifestFile, places_under
from campaignctl.manifests.taking import Taking, taken
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.policy.copies import calls
from campaignctl.policy.same_people import (
    RULE,
    Chosen,
    CopyKey,
    Elsewhere,
    copies_between,
    copy_key,
    of_one_manifest,
    of_two_manifests,
    people_in_common,
    separate,
)
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.app.workspace import Reading, Session

ManifestPlace: TypeAlias = tuple[str, int]
"""A file, and which of its documents."""
Findings: TypeAlias = Mapping[ManifestPlace, tuple[Diagnostic, ...]]


class CopiesAmong:
    """Finds which manifests of one command's environments repeat one of another account; once, for whoever asks.

    `chosen` returns the environments with their manifests, once all are read.
    """

    def __init__(self, chosen: Callable[[], Chosen], clock: Clock) -> None:
        self._chosen, self._clock = chosen, clock
        self._lock = threading.Lock()
        self._found: Mapping[CopyKey, Elsewhere] | None = None

    def find(self, environment: str, desired: Desired) -> Elsewhere | None:
        """Returns the first one of another account."""
        with self._lock:
            if self._found is None:
                self._found = copies_between(self._chosen(), self._clock.now())
        return self._found.get(copy_key(environment, desired))


def found_elsewhere(session: Session, reading: Reading, level: Severity) -> Findings:
    """Returns what is found of each selected manifest that another account takes too, for the same people."""
    now, own = session.clock.now(), session.environment
    mine = [it for it in reading.selected if calls(it, now)]
    takers = session.one_for_all(Takers(session.project))
    theirs = _taken_elsewhere(session, mine, takers)
    found = dict[ManifestPlace, tuple[Diagnostic, ...]]()
    find_copy = session.beside.find_copy if session.beside else None
    for desired in mine:
        sharing = list(_sharing(desired, theirs.get(_place(desired), ()), own, reading, takers))
        told = list(_told(desired, sharing, own))
        copy = find_copy(own.name, desired) if find_copy else None
        if copy is not None:
            told.append(("metadata.name", of_two_manifests(copy, desired.kind.verb)))
        if told:
            places = ((session.locate(desired, path), message) for path, message in told)
            found[_place(desired)] = tuple(Diagnostic(level, RULE, *it) for it in places)
    return found


def _told(desired: Desired, several: Sequence[Elsewhere], own: Environment) -> Iterator[tuple[str, str]]:
    """Yields where in a manifest that several accounts take it is said, and what."""
    if several:
        path = "from" if "from" in desired.spec else "lists"
        yield path, of_one_manifest(own.name, several, desired.kind.verb)


def _place(desired: Desired) -> ManifestPlace:
    return desired.where.file, desired.document


class _Taken(NamedTuple):
    """Names an environment that takes a manifest, and the manifest as its variables make it."""

    environment: Environment
    desired: Desired


def _taken_elsewhere(
    session: Session, mine: Sequence[Desired], takers: Takers
) -> Mapping[ManifestPlace, Sequence[_Taken]]:
    """Returns who else takes each manifest. A file is read again only where somebody does."""
    own, readers = session.environment, dict[frozenset[tuple[str, str]], DocumentReader]()
    found: defaultdict[ManifestPlace, list[_Taken]] = defaultdict(list)
    for file, manifests in _by_file(mine).items():
        others = [it for it in takers.of(file) if _fits_any(manifests, it) and separate(own, it)]
        for it in _read(session, file, others, readers):
            found[_place(it.desired)].append(it)
    return found


def _by_file(manifests: Iterable[Desired]) -> Mapping[str, Sequence[Desired]]:
    files: defaultdict[str, list[Desired]] = defaultdict(list)
    for desired in manifests:
        files[desired.where.file].append(desired)
    return files


class Takers:
    """Says which environments take a file, by where their paths and what stands below them really lie; each path is
    looked at once a run.
    """

    def __init__(self, project: ProjectFile) -> None:
        self._project = project
        self._real = {"": os.path.realpath(project.root)}
        self._at: dict[str, dict[str, Environment]] = {}
        self._above: dict[Path, Mapping[str, Environment]] = {}
        self._lock = threading.Lock()

    def of(self, file: str) -> Sequence[Environment]:
        """Returns the environments whose paths hold a file, by name; of which of its manifests they tell by labels."""
        with self._lock:
            if not self._at:
                self._look()
            place = self._of(file)
            found = {**self._whose_above(Path(place).parent), **self._at.get(place, {})}
        return [found[name] for name in sorted(found)]

    def _whose_above(self, folder: Path) -> Mapping[str, Environment]:
        """Returns the environments whose paths hold all of a directory; of each it is worked out once."""
        if folder not in self._above:
            above = self._whose_above(folder.parent) if folder.parent != folder else {}
            self._above[folder] = {**above, **self._at.get(str(folder), {})}
        return self._above[folder]

    def _look(self) -> None:
        reached = cache(self._reached)
        for name in self._project.declared:
            environment = self._project.environments[name]
            for path in self._project.paths_of(environment):
                for real in reached(os.path.normpath(path)):
                    self._at.setdefault(real, {})[name] = environment

    def _reached(self, path: str) -> Sequence[str]:
        return tuple(places_under(Path(self._project.root, path), Path(self._of(""))))

    def _of(self, path: str) -> str:
        """Returns where a path leads to: only what is a link itself is asked for the rest of it."""
        if path not in self._real and Path(path).is_absolute():
            self._real[path] = os.path.realpath(path)
        if path not in self._real:
            parent, name = os.path.split(path)
            there = f"{self._of(parent).rstrip(os.sep)}{os.sep}{name}"
            leads_away = name in (".", "..") or Path(there).is_symlink()
            self._real[path] = os.path.realpath(there) if leads_away else there
        return self._real[path]


def _fits_any(manifests: Iterable[Desired], environment: Environment) -> bool:
    select = environment.select
    return select is None or any(select.matches(it.labels) for it in manifests)


def _read(
    session: Session,
    file: str,
    takers: Sequence[Environment],
    readers: dict[frozenset[tuple[str, str]], DocumentReader],
) -> Iterator[_Taken]:
    """Yields the manifests of a file as others have them; what cannot be read for them is theirs to tell."""
    if not takers:
        return
    root = Path(session.project.root)
    takings = {}
    for place, environment in enumerate(takers):
        filled_in = {**environment.vars, **session.options.variables}
        reader = readers.setdefault(frozenset(filled_in.items()), DocumentReader(filled_in))
        takings[place] = Taking(reader, environment.select, session.project.selects)
    for place, it in taken(ManifestFile(file, str(root / file), root, root), takings):
        if isinstance(it, Document) and it.desired is not None:
            yield _Taken(takers[place], it.desired)


def _sharing(
    desired: Desired, theirs: Iterable[_Taken], own: Environment, reading: Reading, takers: Takers
) -> Iterator[Elsewhere]:
    for it in theirs:
        people = people_in_common(desired, own, it.desired, it.environment)
        people += _in_common_lists(desired, it, reading, takers)
        if people:
            yield Elsewhere(it.environment.name, it.desired, people)


def _in_common_lists(desired: Desired, other: _Taken, reading: Reading, takers: Takers) -> int:
    """Counts who is in the project's own lists that both name."""
    names = {*named_by(desired)} & {*named_by(other.desired)}
    lists = [it for it in reading.lists if it.name in names] if names else []
    both = (it for it in lists if other.environment in takers.of(it.place.where.file))
    return sum(len(it.numbers) for it in both)
