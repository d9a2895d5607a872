"""Tells which environments a change touches, why, and which manifests it moves from one to another. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Protocol, TypeAlias

from campaignctl.fleet.inputs import EnvironmentInputs, ManifestName, account_of, names_of
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.tuples import NamedTuple

TouchedBy: TypeAlias = Literal["manifests", "settings", "new", "invalid"]

Side: TypeAlias = "Mapping[str, EnvironmentInputs] | None"
"""The environments of one side by name; None where its project file is invalid."""


class Move(NamedTuple):
    """Names a manifest that one environment had and another has now."""

    kind: str
    name: str
    source: str
    target: str


def touched(before: Side, after: Mapping[str, EnvironmentInputs]) -> dict[str, tuple[TouchedBy, ...]]:
    """Returns, by name, those whose plan may be another one, and why. What cannot be told counts as touched."""
    found = {name: tuple(_reasons(name, before, now)) for name, now in sorted(after.items())}
    return {name: reasons for name, reasons in found.items() if reasons}


def _reasons(name: str, before: Side, now: EnvironmentInputs) -> Iterator[TouchedBy]:
    past = before.get(name) if before is not None else None
    if before is not None and past is None:
        yield "new"
    if past is not None and past.manifests != now.manifests:
        yield "manifests"
    if past is not None and past.settings != now.settings:
        yield "settings"
    if before is None or now.is_invalid or (past is not None and past.is_invalid):
        yield "invalid"


class HasManifests(Protocol):
    """Tells which manifests an environment takes, and for which account."""

    @property
    def account(self) -> tuple[str, str]:
        """Returns its host and its SID."""

    @property
    def names(self) -> frozenset[ManifestName]:
        """Returns the manifests by kind and name."""


class ReadManifests(NamedTuple):
    """Holds as much, where nothing else was asked for."""

    account: tuple[str, str]
    names: frozenset[ManifestName]

    @classmethod
    def of(cls, environment: Environment, manifests: Iterable[Desired]) -> ReadManifests:
        """Makes it of what was read for an environment."""
        return cls(account_of(environment), names_of(manifests))


def moves(before: Mapping[str, HasManifests] | None, after: Mapping[str, HasManifests]) -> tuple[Move, ...]:
    """Returns the moves between environments of different accounts: what is created here may still run there."""
    if before is None:
        return ()
    came: dict[tuple[str, str], list[str]] = {}
    for target, now in sorted(after.items()):
        past = before.get(target)
        for manifest in now.names - (past.names if past else frozenset()):
            came.setdefault(manifest, []).append(target)
    found = []
    for source, past in sorted(before.items()):
        now_there = after[source].names if source in after else frozenset()
        for manifest in past.names - now_there:
            targets = (it for it in came.get(manifest, ()) if after[it].account != past.account)
            found += [Move(*manifest, source, target) for target in targets]
    return tuple(sorted(found))
