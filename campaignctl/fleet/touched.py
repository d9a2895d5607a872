"""Tells which environments a change touches, why, and which manifests it moves from one to another. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from campaignctl.fleet.inputs import EnvironmentInputs
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


def moves(before: Side, after: Mapping[str, EnvironmentInputs]) -> tuple[Move, ...]:
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
