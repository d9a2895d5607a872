"""Finds who is left out once more: sources are read again when a question is answered, and when their files change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.app.workspace import Session
from campaignctl.applying.port import TooLateError
from campaignctl.contact_lists.versions import named_by
from campaignctl.diagnostics import Position, counted
from campaignctl.model.campaigns import Desired
from campaignctl.model.reasons import Reason
from campaignctl.model.suppression import SuppressionSource
from campaignctl.planning.features.earlier_campaigns import seeing
from campaignctl.policy.copies import manifest_key
from campaignctl.recipients.leaving_out import as_written, nobody_left, told_nobody

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList
    from campaignctl.manifests.suppression import Named
    from campaignctl.model.managed_lists import ManagedList

_Key: TypeAlias = tuple[str, Position]
"""Kind and place of a manifest."""
_Stamp: TypeAlias = Mapping[str, tuple[int, int] | None]
"""Size and time of each file; None for one that is not there."""


@dataclass
class SourceWatch:
    """Holds the manifests as their sources left them, read again where a file has changed since.

    `written` are all manifests before anybody was left out, `lists` all lists of the project; `paths` are those that
    they were read by. What a source that names a campaign means is read again with the manifests, `named`.
    """

    session: Session
    written: tuple[Desired, ...]
    lists: tuple[ContactList, ...] = ()
    paths: tuple[str, ...] = ()
    named: Named | None = None
    seen: _Stamp | None = None
    seen_named: _Stamp | None = None
    found: dict[_Key, Desired] = field(default_factory=dict)
    troubles: dict[_Key, str] = field(default_factory=dict)
    found_lists: dict[str, ContactList] = field(default_factory=dict)
    list_troubles: dict[str, str] = field(default_factory=dict)

    @classmethod
    def over(
        cls,
        session: Session,
        manifests: Iterable[Desired],
        lists: Sequence[ContactList] = (),
        paths: tuple[str, ...] = (),
    ) -> SourceWatch:
        """Makes a watch; nothing is read before the first write, and then everything is."""
        return cls(session, tuple(map(as_written, manifests)), _lists_as_written(lists), paths)

    def recipients(self, desired: Desired) -> Desired:
        """Returns the manifest as it is to be sent now: the same object where nothing changed.

        Raises:
            TooLateError: somebody would be called who was left out, nobody can tell, or nobody is left.
        """
        if desired.suppression is None:
            return desired
        self._renew()
        key = _key(desired)
        _refuse_unreadable(self.troubles.get(key))
        now = self.found.get(key)
        now = seeing(now, desired.shown) if now is not None else None
        if now is None or now.left_out == desired.left_out:
            return desired
        _refuse_back(desired.left_out - now.left_out)
        if nobody_left(now):
            raise TooLateError(Reason("no-recipients", told_nobody(now)))
        spec = {**desired.spec, "from": now.spec["from"]}
        return desired._replace(
            spec=spec,
            suppression=now.suppression,
            declared=now.declared,
            places=now.places,
            left_out=now.left_out,
        )

    def members(self, managed: ManagedList) -> ManagedList:
        """Returns a list of the project as it is to be uploaded now: the same object where nothing changed.

        Raises TooLateError as `recipients` does.
        """
        from campaignctl.contact_lists.members import members_of, seeing_list

        self._renew()
        _refuse_unreadable(self.list_troubles.get(managed.name))
        now = self.found_lists.get(managed.name)
        now = seeing_list(now, managed.shown) if now is not None else None
        if now is None or now.left_out == managed.members.left_out:
            return managed
        _refuse_back(managed.members.left_out - now.left_out)
        members = members_of(now, self.session.environment.country)
        if not len(members):
            raise TooLateError(Reason("no-recipients", f"nobody is left in the list {managed.name}"))
        return replace(managed, members=members)

    def _renew(self) -> None:
        if (named := self._named_stamps()) and named != self.seen_named:
            self._read_named()
            self.seen, self.seen_named = None, named
        stamps = self._stamps()
        if stamps != self.seen:
            self._read()
            self.seen = stamps

    def _read(self) -> None:
        from campaignctl.manifests.suppression import suppress

        project, country = self.session.project, self.session.environment.country
        read = suppress(project, self.written, country, True, self.lists, self.named)
        self.found_lists = {it.name: read.lists.get(id(it), it) for it in self.lists}
        self.list_troubles = {it.name: str(fault) for it, fault in read.list_faults}
        self.found = {_key(it): read.desired.get(id(it), it) for it in self.written}
        self.troubles = {_key(it): str(fault) for it, fault in read.faults}
        for fault in read.of_project:
            self.troubles |= dict.fromkeys(self.found, str(fault))
            self.list_troubles |= dict.fromkeys(self.found_lists, str(fault))

    def _read_named(self) -> None:
        """Reads what sources name. What cannot be read is not there, which is said of whatever names it."""
        from campaignctl.manifests.suppression import Named

        reading = self.session.load(self.paths)
        self.named = Named(tuple(map(as_written, reading.all_manifests)), _lists_as_written(reading.lists))

    def _sources(self) -> Iterator[SuppressionSource]:
        yield from self.session.project.suppress
        for desired in self.written:
            yield from desired.suppress
        for each in self.lists:
            yield from each.suppress

    def _stamps(self) -> _Stamp:
        return self._stamps_of(it.file for it in self._sources() if it.file is not None)

    def _named_stamps(self) -> _Stamp:
        """Stamps the manifests and lists that sources name, and the files with their people; none where none is
        named.
        """
        campaigns = {it.campaign for it in self._sources() if it.campaign is not None}
        manifests = [it for it in self.written if campaigns and it.kind_and_name in campaigns]
        lists = {it.name: it for it in self.lists} if manifests else {}
        named = [lists[name] for it in manifests for name in named_by(it) if name in lists]
        files = [file for it in manifests for file in (it.where.file, it.numbers_file)]
        files += [file for it in named for file in (it.where.file, it.file)]
        return self._stamps_of(it for it in files if it is not None)

    def _stamps_of(self, files: Iterable[str]) -> _Stamp:
        return {file: _stamp(Path(self.session.project.root, file)) for file in sorted(set(files))}


def _key(desired: Desired) -> _Key:
    return manifest_key(desired)[:2]  # the sources of a date are its manifest's


def _lists_as_written(lists: Iterable[ContactList]) -> tuple[ContactList, ...]:
    return tuple(replace(it.as_written, suppression=None) for it in lists)


def _refuse_unreadable(trouble: str | None) -> None:
    if trouble is not None:
        raise TooLateError(Reason("moved", f"who is suppressed can no longer be read: {trouble}"))


def _refuse_back(back: frozenset[str]) -> None:
    if back:
        people = counted(len(back), "person", "people")
        raise TooLateError(Reason("moved", f"{people} would be called whom the plan left out; plan again"))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
