"""Says who allowed what, and writes the commands that messages print, to be pasted: they are about the same
environment and project as the printing one. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from campaignctl.kinds.operations import Permission, given_in
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.environment import Environment
from campaignctl.model.naming import names_campaign
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Holds the options that say which environment and project are meant, in `words`; none where they go without
    saying.
    """

    words: tuple[str, ...] = ()

    def command(self, verb: str, *words: str) -> str:
        """Writes a command as a shell takes it: `campaignctl -e prod complete 046141c8f6`."""
        from shlex import join  # most commands print none

        return join(("campaignctl", *self.words, verb, *words))


HERE: Final = Address()
"""Where no option was given."""


IN_MANIFEST = frozenset(given_in("manifest"))
"""A reviewer has read these."""

IN_ENVIRONMENT = frozenset(given_in("environment"))
NAMED_ALONE = frozenset({Permission.AFTER.value, Permission.SUPPRESSED.value, Permission.UNSEEN.value})
"""What is allowed of one campaign at a time."""
IN_SANDBOX = frozenset(given_in("sandbox"))
"""Only there: a nightly job on a live account must not have it."""


@dataclass(frozen=True)
class Consent:
    """Holds what was allowed.

    `flags` are `--allow` as given: `OP` or `OP:NAME`. `sids` are those NAMEs that are an SID of the account: each
    is no campaign's name then, since what may not be undone must not be allowed of two. `resume_waits` says that
    the account is known to keep a campaign waiting that is resumed before its start. Where it may set it going
    instead, an environment's `resume` would resume it every night, and it would be stopped every night.
    """

    flags: tuple[str, ...] = ()
    environment: frozenset[str] = frozenset()
    sandbox: bool = False
    resume_waits: bool = False
    sids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, environment: Environment, flags: tuple[str, ...] = ()) -> Consent:
        """Returns what an environment allows as it stands, and the command line besides."""
        return cls(flags, environment.allow, environment.is_sandbox, environment.resume_waits)

    def among(self, campaigns: Iterable[Live]) -> Consent:
        """Returns the same consent for an account that holds these campaigns."""
        patterns = {flag.partition(":")[2] for flag in self.flags} - {""}
        return (
            replace(self, sids=frozenset(it.sid for it in campaigns if it.sid in patterns))
            if patterns
            else self
        )

    def given(
        self,
        permission: Permission,
        kind: Kind,
        name: str | None,
        sid: str | None,
        desired: Desired | None = None,
        start_ahead: bool = True,
    ) -> bool:
        """Tells whether somebody asked for it. The environment's `resume` needs a start ahead that is waited for."""
        return (
            self._by_flag(permission, kind, (name, _series(permission, desired, start_ahead)), sid)
            or (desired is not None and permission in IN_MANIFEST and permission in desired.allow)
            or self._by_environment(permission, start_ahead)
        )

    def _by_flag(
        self, permission: Permission, kind: Kind, names: tuple[str | None, ...], sid: str | None
    ) -> bool:
        for flag in self.flags:
            operation, colon, pattern = flag.partition(":")
            if operation != permission:
                continue
            if not colon or (
                pattern == sid
                if pattern in self.sids
                else any(names_campaign(pattern, kind, name, sid) for name in names)
            ):
                return True
        return False

    def _by_environment(self, permission: Permission, start_ahead: bool) -> bool:
        if permission not in self.environment:
            return False
        if permission is Permission.RESUME:
            return start_ahead and self.resume_waits
        return permission in IN_ENVIRONMENT or (permission in IN_SANDBOX and self.sandbox)


def _series(permission: Permission, desired: Desired | None, start_ahead: bool) -> str | None:
    """Returns the manifest's own name, which covers the occurrences that its rule yields; for resumes only those
    whose start lies ahead.
    """
    of = desired.occurrence if desired is not None else None
    if of is None or of.withdrawn or (permission is Permission.RESUME and not start_ahead):
        return None
    return of.manifest


def unknown_permissions(flags: Iterable[str]) -> tuple[str, ...]:
    """Returns the flags whose OP is unknown, or whose NAME is empty: it was to be filled in."""
    words = {permission.value for permission in Permission}
    return tuple(flag for flag in flags if flag.partition(":")[0] not in words or flag.endswith(":"))
