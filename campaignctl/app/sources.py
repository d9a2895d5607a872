"""Finds who is left out once more: sources are read again when a question is answered, and when their files change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.app.workspace import Session
from campaignctl.applying.port import TooLateError
from campaignctl.diagnostics import counted
from campaignctl.model.campaigns import Desired
from campaignctl.model.plan import Reason
from campaignctl.planning.earlier import seeing
from campaignctl.policy.copies import ManifestKey, manifest_key
from campaignctl.recipients.leaving_out import as_written, nobody_left, told_nobody

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList
    from campaignctl.model.managed_lists import ManagedList

_Stamp: TypeAlias = Mapping[str, tuple[int, int] | None]
"""Size and time of each file; None for one that is not there."""


@dataclass
class SourceWatch:
    """Holds the manifests as their sources left them, read again where a file has changed since.

    `written` are all manifests before anybody was left out, `lists` all lists of the project.
    """

    session: Session
    written: tuple[Desired, ...]
    seen: _Stamp | None = None
    found: dict[ManifestKey, Desired] = field(default_factory=dict)
    troubles: dict[ManifestKey, str] = field(default_factory=dict)
    lists: tuple[ContactList, ...] = ()
    found_lists: dict[str, ContactList] = field(default_factory=dict)
    list_troubles: dict[str, str] = field(default_factory=dict)

    @classmethod
    def over(
        cls, session: Session, manifests: Iterable[Desired], lists: Sequence[ContactList] = ()
    ) -> SourceWatch:
        """Makes a watch; nothing is read before the first write, and then everything is."""
        written = tuple(replace(it.as_written, suppression=None) for it in lists)
        return cls(session, tuple(map(as_written, manifests)), lists=written)

    def recipients(self, desired: Desired) -> Desired:
        """Returns the manifest as it is to be sent now: the same object where nothing changed.

        Raises:
            TooLateError: somebody would be called who was left out, nobody can tell, or nobody is left.
        """
        if desired.suppression is None:
            return desired
        self._renew()
        key = manifest_key(desired)
        _refuse_unreadable(self.troubles.get(key))
        now = self.found.get(key)
        now = seeing(now, desired.shown) if now is not None else None
        if now is None or now.left_out == desired.left_out:
            return desired
        _refuse_back(desired.left_out - now.left_out)
        if nobody_left(now):
            raise TooLateError(Reason("no-recipients", told_nobody(now)))
        spec = {**desired.spec, "from": now.spec["from"]}
        return replace(
            desired,
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
        from campaignctl.contact_lists.members import members_of

        self._renew()
        _refuse_unreadable(self.list_troubles.get(managed.name))
        now = self.found_lists.get(managed.name)
        if now is None or now.left_out == managed.members.left_out:
            return managed
        _refuse_back(managed.members.left_out - now.left_out)
        members = members_of(now, self.session.environment.country)
        if not len(members):
            raise TooLateError(Reason("no-recipients", f"nobody is left in the list {managed.name}"))
        return replace(managed, members=members)

    def _renew(self) -> None:
        stamps = self._stamps()
        if stamps != self.seen:
            self._read()
            self.seen = stamps

    def _read(self) -> None:
        from campaignctl.manifests.suppression import suppress

        project, country = self.session.project, self.session.environment.country
        read = suppress(project, self.written, country, complete=True, lists=self.lists)
        self.found_lists = {it.name: read.lists.get(id(it), it) for it in self.lists}
        self.list_troubles = {it.name: str(fault) for it, fault in read.list_faults}
        self.found = {manifest_key(it): read.desired.get(id(it), it) for it in self.written}
        self.troubles = {manifest_key(it): str(fault) for it, fault in read.faults}
        for fault in read.of_project:
            self.troubles |= dict.fromkeys(self.found, str(fault))
            self.list_troubles |= dict.fromkeys(self.found_lists, str(fault))

    def _stamps(self) -> _Stamp:
        own = [it for each in self.written for it in each.suppress]
        own += [it for each in self.lists for it in each.suppress]
        files = {it.file for it in (*self.session.project.suppress, *own) if it.file is not None}
        files |= {it.numbers_file for it in self.written if it.numbers_file is not None}
        return {file: _stamp(Path(self.session.project.root, file)) for file in sorted(files)}


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
