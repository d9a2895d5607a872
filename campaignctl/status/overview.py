"""Puts together what `status` shows: each manifest beside its campaign, and the campaigns that are nobody's. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired, Listing, Live
from campaignctl.model.environment import Environment
from campaignctl.model.naming import AskedName
from campaignctl.model.plan import Change
from campaignctl.model.values import texts
from campaignctl.model.windows import Window, window_of
from campaignctl.planning.match import match_all
from campaignctl.planning.orphans import unmatched, unnamed
from campaignctl.policy.afterwards import Afterwards, afterwards
from campaignctl.rendering.measure_documents import MoneyDocument
from campaignctl.status.progress import Progress, ProgressSample, expected_end, pace_of, progress


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """Holds one row. `live` is None where no campaign is there or nobody can tell which; `change` is the plan's,
    None for a campaign that no manifest names and that is no orphan. `drift` are the dotted fields that differ, and
    `state`.

    `expected_end` and `pace` (outcomes a minute) are None where they mean nothing.
    """

    kind: Kind
    name: str
    live: Live | None
    change: Change | None
    drift: tuple[str, ...]
    window: Window
    progress: Progress | None
    pace: float | None
    expected_end: datetime | None
    cost: MoneyDocument | None = None
    came_to: Afterwards | None = None

    @property
    def desired(self) -> Desired | None:
        """Returns the manifest; None where none names the campaign."""
        return self.change.desired if self.change is not None else None

    @property
    def settled(self) -> bool:
        """Tells whether nothing that is shown will move on by itself."""
        return self.live is None or not self.live.alive or self.live.status is Status.PAUSED


@dataclass(frozen=True, slots=True)
class Sight:
    """Says when and where campaigns are looked at.

    `earlier` has marks of a look before this one, by SID; `counts` are those of lists.
    """

    now: datetime
    environment: Environment
    earlier: Mapping[str, ProgressSample] = field(default_factory=dict)
    counts: Counts = field(default_factory=dict)


def campaign_status(change: Change, sight: Sight) -> CampaignStatus:
    """Makes the row of a manifest's change, or an orphan's."""
    live = change.live
    kind = live.kind if live is not None else _kind(change)
    window = window_of(kind, live.spec if live is not None else change.resulting)
    return _campaign_status(kind, change.key.name, live, change, window, sight)


def unmanaged_status(live: Live, orphan: Change | None, sight: Sight) -> CampaignStatus:
    """Makes the row of a campaign that no manifest names; `orphan` where it has the project's prefix."""
    return _campaign_status(live.kind, live.name, live, orphan, window_of(live.kind, live.spec), sight)


def _campaign_status(
    kind: Kind, name: str, live: Live | None, change: Change | None, window: Window, sight: Sight
) -> CampaignStatus:
    pace = pace_of(live, sight.now, sight.earlier.get(live.sid)) if live else None
    return CampaignStatus(
        kind=kind,
        name=name,
        live=live,
        change=change,
        drift=_drift(change) if change is not None else (),
        window=window,
        progress=progress(live, sight.counts) if live else None,
        pace=pace,
        expected_end=expected_end(live, sight.now, sight.environment, pace, sight.counts) if live else None,
        cost=_cost(live, change, sight.environment) if live else None,
        came_to=_came_to(live, change, sight.environment) if live else None,
    )


def _cost(live: Live, change: Change | None, environment: Environment) -> MoneyDocument | None:
    """Returns what the live campaign costs; None where no prices are set, and then nothing of it is imported."""
    if not environment.prices:
        return None
    from campaignctl.rendering.money import Costs

    desired = change.desired if change else None
    return Costs(environment).of_live(live, desired, change.counts if change else NO_COUNTS)


def _came_to(live: Live, change: Change | None, environment: Environment) -> Afterwards | None:
    way = progress(live)
    if way is None or not way.total:
        return None
    usage = environment.usage_of(change.desired.usage if change and change.desired else {})
    return afterwards(live, way.reached, way.total, environment, usage)


def marks(campaigns: Iterable[CampaignStatus], now: datetime) -> dict[str, ProgressSample]:
    """Returns where those in progress are now, for a later look."""
    return {
        it.live.sid: ProgressSample(now, it.progress.done)
        for it in campaigns
        if it.live and it.progress and it.live.status is Status.IN_PROGRESS
    }


def _kind(change: Change) -> Kind:
    assert change.desired is not None, "a change without a campaign is a manifest's"
    return change.desired.kind


def _drift(change: Change) -> tuple[str, ...]:
    """Returns what the plan's diff names, and the state where a step of its life is wanted."""
    if change.live is None or change.desired is None:
        return ()
    ops = [*(it.op for it in change.operations if it.sid is None), *(it.op for it in change.held)]
    state = ("state",) if any(op.action for op in ops) else ()
    return (*state, *dict.fromkeys(difference.field for difference in change.diff))


def lists_to_count(shown: Iterable[Live | None]) -> tuple[str, ...]:
    """Returns the lists of what is alive and has no statistics, which would say how many people it has."""
    alive = (live for live in shown if live is not None and live.alive and not live.stats)
    return tuple(dict.fromkeys(sid for live in alive for sid in texts(live.spec.get("lists"))))


def unmanaged(all_manifests: Collection[Desired], listings: Mapping[str, Listing]) -> tuple[Live, ...]:
    """Returns the alive campaigns that no manifest of the project names, by kind, name and SID."""
    found: list[Live] = []
    for kind, listing in listings.items():
        matches = match_all((one for one in all_manifests if one.kind.name == kind), listing)
        found += unmatched(matches, (live for live in listing.campaigns if live.alive))
    return tuple(sorted(unnamed(found, all_manifests), key=lambda it: (it.kind.name, it.name, it.sid)))


def chosen(changes: Iterable[Change], asked: AskedName) -> tuple[Change, ...]:
    """Returns the changes of manifests that a NAME means. Raises UsageError where it means some of both kinds."""
    found = tuple(change for change in changes if change.desired is not None and _is_meant(change, asked))
    asked.of_one_kind(_kind(change) for change in found)
    return found


def _is_meant(change: Change, asked: AskedName) -> bool:
    desired = change.desired
    assert desired is not None
    sid = change.live.sid if change.live else desired.sid
    of = desired.occurrence.manifest if desired.occurrence else None
    return any(asked.may_mean(desired.kind, name, sid) for name in (of, change.key.name))
