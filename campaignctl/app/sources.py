"""Who is left out, once more: sources are read again when a question is answered, and when their files change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from campaignctl.app.workspace import Session
from campaignctl.applying.port import TooLateError
from campaignctl.diagnostics import counted
from campaignctl.model.campaigns import Desired
from campaignctl.model.plan import Reason
from campaignctl.planning.earlier import seeing
from campaignctl.policy.copies import ManifestKey, manifest_key
from campaignctl.recipients.leaving_out import as_written, nobody_left, told_nobody

_Stamp: TypeAlias = Mapping[str, tuple[int, int] | None]
"""Size and time of each file; None for one that is not there."""


@dataclass
class SourceWatch:
    """The manifests as their sources left them, read again where a file has changed since.

    `written` are all manifests before anybody was left out.
    """

    session: Session
    written: tuple[Desired, ...]
    seen: _Stamp | None = None
    found: dict[ManifestKey, Desired] = field(default_factory=dict)
    troubles: dict[ManifestKey, str] = field(default_factory=dict)

    @classmethod
    def over(cls, session: Session, manifests: Iterable[Desired]) -> SourceWatch:
        """Nothing is read before the first write, and then all of it is."""
        return cls(session, tuple(map(as_written, manifests)))

    def recipients(self, desired: Desired) -> Desired:
        """The manifest as it is to be sent now: itself where nothing changed.

        Raises:
            TooLateError: somebody would be called who was left out, nobody can tell, or nobody is left.
        """
        if desired.suppression is None:
            return desired
        stamps = self._stamps()
        if stamps != self.seen:
            self._read()
            self.seen = stamps
        key = manifest_key(desired)
        if key in self.troubles:
            raise TooLateError(
                Reason("moved", f"who is suppressed can no longer be read: {self.troubles[key]}")
            )
        now = self.found.get(key)
        now = seeing(now, desired.shown) if now is not None else None
        if now is None or now.left_out == desired.left_out:
            return desired
        back = desired.left_out - now.left_out
        if back:
            people = counted(len(back), "person", "people")
            raise TooLateError(
                Reason("moved", f"{people} would be called whom the plan left out; plan again")
            )
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

    def _read(self) -> None:
        from campaignctl.manifests.suppression import suppress

        read = suppress(self.session.project, self.written, self.session.environment.country, complete=True)
        self.found = {manifest_key(it): read.desired.get(id(it), it) for it in self.written}
        self.troubles = {manifest_key(it): str(fault) for it, fault in read.faults}
        for fault in read.of_project:
            self.troubles |= dict.fromkeys(self.found, str(fault))

    def _stamps(self) -> _Stamp:
        own = (it for each in self.written for it in each.suppress)
        files = {it.file for it in (*self.session.project.suppress, *own) if it.file is not None}
        files |= {it.numbers_file for it in self.written if it.numbers_file is not None}
        return {file: _stamp(Path(self.session.project.root, file)) for file in sorted(files)}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
