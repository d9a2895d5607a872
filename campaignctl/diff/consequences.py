"""Says what a plan will make of a changed manifest, as far as manifests alone can tell: sentences for a reviewer."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from campaignctl.diagnostics import counted, quoted
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import ending_permissions
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Prune
from campaignctl.model.permissions import HERE, Address
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.model.windows import window_of

_TO_END: dict[State, tuple[str, ...]] = {
    state: asked for state in State if (asked := ending_permissions(state))
}
"""What must be allowed to reach a state from an alive campaign (rule 5)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Holds what the manifests are compared under. `now` is the runner's clock: there is no server to ask."""

    now: datetime
    country: Country | None = None
    prune: Prune | None = None
    address: Address = HERE


def of_adding(after: Desired, was_invalid: bool, now: datetime) -> Iterator[str]:
    """Yields what a new manifest means, one without any before."""
    if was_invalid:
        yield "its file was invalid on the base: whether and how it stood there before is not known"
    if after.sid is not None:
        yield f"it takes over the campaign {quoted(after.sid)} of the account; nothing is created"
        return
    if after.previous_name is not None:
        old = quoted(after.previous_name)
        yield f"the plan renames the campaign {old} if it is alive; one that is over stays so; else it is new"
    if after.repeat is not None:
        yield "each date of its rule is a campaign of its own, created as it comes within the horizon"
        return
    window = window_of(after.kind, after.spec)
    if after.state in _TO_END:
        yield f"wanted {after.state}: nothing is created for it"
    elif window.over(now):
        yield "its window is over: the plan does nothing for it"
    elif window.start is None:
        yield f"it has no start: it {after.kind.verb} people the moment it is applied; the plan holds it (start-now)"
    elif window.begun(now):
        yield "its start has passed: unless it is there already, the plan blocks it (start-passed)"


def of_removing(before: Desired, circumstances: Circumstances) -> Iterator[str]:
    """Yields what a removed manifest means: a plan does not touch its campaign, unless it is an orphan to be
    pruned.
    """
    if before.repeat is not None:
        yield from of_removing_a_series(before)
        return
    if before.state in _TO_END:
        yield f"it was wanted {before.state}; where that has not been applied, its campaign stays as it is"
        return
    if window_of(before.kind, before.spec).over(circumstances.now):
        yield "its window is over: its campaign runs no more, unless somebody has postponed it"
        return
    waits = before.state is State.PAUSED
    yield f"its campaign stays {'as it is' if waits else 'and runs'}: nothing ends it with its manifest"
    prune, name = circumstances.prune, before.name or ""
    if prune is not None and name.startswith(prune.name_prefix):
        yield (
            "to end it: plan and apply with --prune --allow complete --allow archive, as it is an orphan then "
            f"(name_prefix {quoted(prune.name_prefix)})"
        )
    yield (
        "to end it in review: keep the manifest with state: archived and metadata.allow: [complete, archive], "
        "and remove it once that has been applied"
    )
    yield f"to end it by hand: {_command(before, circumstances.address)}"


def of_removing_a_series(before: Desired) -> Iterator[str]:
    """Yields what a removed series means: what was created stays, up to the horizon."""
    assert before.repeat is not None, "it repeated"
    yield (
        f"the dates that were created, up to {before.repeat.horizon} days ahead, stay and run: nothing ends them with "
        "their manifest"
    )
    yield (
        "to end them in review: keep the manifest with state: archived and metadata.allow: [complete, archive], and "
        "remove it once nothing of it is alive"
    )


def _command(manifest: Desired, address: Address) -> str:
    """Writes a command; a name that a shell would read otherwise is not put into it."""
    target = manifest.sid or f"{manifest.kind.short}/{manifest.name}"
    plain = target.isprintable() and shlex.quote(target) == target
    return address.command("complete", target if plain else "NAME")


def of_renaming(before: Desired, after: Desired, *, sure: bool) -> Iterator[str]:
    """Yields what another name means for what is certainly, or by its SID perhaps, the same campaign."""
    old = quoted(before.name or "")
    if not sure:
        yield f"it looks like {old}; metadata.sid pins {quoted(after.sid or '')}, which the plan renames if it differs"
    elif after.sid is not None:
        yield f"the plan renames the campaign {quoted(after.sid)}, unless it has started"
    else:
        yield f"the plan renames the campaign {old} if it is alive and has not started; one that is over stays so"


def of_looking_renamed(before: Desired) -> Iterator[str]:
    """Yields what another name means where nothing says whether it is another campaign (rule 3)."""
    old = quoted(before.name or before.sid or "")
    yield (
        f"it shares recipients, and start or content, with {old}, whose manifest is gone: while that campaign is "
        "alive, the plan holds this one (looks-renamed)"
    )
    yield (
        f"say metadata.previous_name: {old}, or its sid, if it is that one; its sid in metadata.distinct_from if it is "
        "another for the same people. Until then that campaign stays and runs"
    )


def of_suppressing(before: Desired, after: Desired) -> Iterator[str]:
    """Yields first which source is gone, then how many are called again who were left out."""
    gone = _sources(before) - _sources(after)
    for source in sorted(gone):
        yield f"suppress no longer has {source}"
    called = before.left_out - after.left_out
    if called and before.suppression is not None:
        called &= set(canonical_numbers(texts(after.declares), before.suppression.country))
    if called:
        yield f"{counted(len(called), 'person is', 'people are')} no longer suppressed"


def _sources(manifest: Desired) -> set[str]:
    sources = manifest.suppression.sources if manifest.suppression else manifest.suppress
    return {quoted(it.said) for it in sources}


def of_ending(before: Desired, after: Desired) -> Iterator[str]:
    """Yields that a state cannot be undone, and that nobody has allowed it in the manifest."""
    if after.state is None or after.state is before.state:
        return
    missing = [op for op in _TO_END.get(after.state, ()) if op not in after.allow]
    if missing:
        yield (
            f"{' and '.join(missing)} cannot be undone: the plan holds what neither metadata.allow, --allow nor the "
            "environment allows"
        )
