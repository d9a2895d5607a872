"""Compares what two versions of a project's manifests ask for: by meaning, campaign by campaign.

The account is not looked at. What a plan will make of a change is therefore said with its conditions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from campaignctl.diff import consequences
from campaignctl.diff.consequences import Circumstances
from campaignctl.diff.pairing import Pair, Tie, as_applied, pair_up
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Type, Value
from campaignctl.model.campaigns import Desired, Key
from campaignctl.model.plan import Difference
from campaignctl.planning.compare import alike

if TYPE_CHECKING:
    from campaignctl.repeat.comparing import DatesChanged

NOT_MANAGED_BEFORE: Final = "not managed before"
NO_LONGER_MANAGED: Final = "no longer managed: it stays as it is live"
SENT_WITH_A_CREATE: Final = "ignored: only a create sends it"


class ManifestChangeType(StrEnum):
    """Names what became of a manifest."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    LOOKS_RENAMED = "looks-renamed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Holds one leaf that differs: of the field table, `state`, or of `metadata`.

    `note` says what before and after cannot.
    """

    difference: Difference
    note: str = ""


@dataclass(frozen=True, slots=True)
class ManifestChange:
    """Holds one campaign's manifest in both versions; None on the side where it has none."""

    type: ManifestChangeType
    before: Desired | None
    after: Desired | None
    diff: tuple[FieldChange, ...] = ()
    notes: tuple[str, ...] = ()
    dates: DatesChanged | None = None

    @property
    def manifest(self) -> Desired:
        """Returns the later manifest, else the one that is gone."""
        found = self.after or self.before
        assert found is not None, "a change has a side"
        return found

    @property
    def key(self) -> Key:
        """Returns the key that the change is listed under."""
        return Key(self.manifest.kind.name, self.manifest.name or "", self.manifest.sid or "")


@dataclass(frozen=True, slots=True)
class Version:
    """Holds the manifests of one version: all that could be read, those that were selected, and broken files."""

    manifests: Sequence[Desired]
    selected: Sequence[Desired]
    invalid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ManifestDiff:
    """Holds every selected campaign whose manifest means something else, by kind, name and SID; and how many do
    not.
    """

    changes: tuple[ManifestChange, ...]
    unchanged: int

    def count(self, kind: ManifestChangeType) -> int:
        """Returns how many changes are of a type."""
        return sum(change.type is kind for change in self.changes)


def diff_manifests(before: Version, after: Version, circumstances: Circumstances) -> ManifestDiff:
    """Compares the manifests.

    Selected is what either version selects; a campaign may have moved to another file meanwhile.
    """
    meant = {id(manifest) for manifest in (*before.selected, *after.selected)}
    changes, unchanged = [], 0
    for pair in pair_up(before.manifests, after.manifests, circumstances.country):
        if id(pair.before) not in meant and id(pair.after) not in meant:
            continue
        change = _with_dates(_change(pair, before.invalid, circumstances), circumstances)
        if change is None:
            unchanged += 1
        else:
            changes.append(change)
    return ManifestDiff(tuple(sorted(changes, key=_place)), unchanged)


def _with_dates(change: ManifestChange | None, circumstances: Circumstances) -> ManifestChange | None:
    """Adds, for one that repeats, which of its dates came, went or moved."""
    if change is None or not any(it is not None and it.repeat for it in (change.before, change.after)):
        return change
    from campaignctl.repeat.comparing import dates_changed  # where a manifest repeats

    return replace(change, dates=dates_changed(change.before, change.after, circumstances.now))


def _place(change: ManifestChange) -> tuple[Key, str]:
    return change.key, str(change.manifest.where)


def _change(pair: Pair, invalid: frozenset[str], circumstances: Circumstances) -> ManifestChange | None:
    """Compares a pair; None where both versions mean the same."""
    before, after = pair.before, pair.after
    if before is None:
        assert after is not None, "a pair has a side"
        notes = tuple(consequences.of_adding(after, after.where.file in invalid, circumstances.now))
        return ManifestChange(ManifestChangeType.ADDED, None, after, (), notes)
    if after is None:
        notes = tuple(consequences.of_removing(before, circumstances))
        return ManifestChange(ManifestChangeType.REMOVED, before, None, (), notes)
    diff = tuple(field_changes(before, after, circumstances.country))
    suppressing = (*_of_stages(before, after), *consequences.of_suppressing(before, after))
    if not diff and not suppressing:
        return None
    found = _continued(before, after, pair.tie, diff)
    return replace(found, notes=(*suppressing, *found.notes))


def _of_stages(before: Desired, after: Desired) -> tuple[str, ...]:
    if not any(it.after or it.stop_when or it.take is not None for it in (before, after)):
        return ()
    from campaignctl.diff.stages import of_stages  # where a campaign waits or is limited

    return of_stages(before, after)


def _continued(
    before: Desired, after: Desired, tie: Tie | None, diff: tuple[FieldChange, ...]
) -> ManifestChange:
    ending = consequences.of_ending(before, after)
    if tie is Tie.LOOKS and after.sid is None:
        notes = (*consequences.of_looking_renamed(before), *ending)
        return ManifestChange(ManifestChangeType.LOOKS_RENAMED, before, after, diff, notes)
    if None not in (before.name, after.name) and before.name != after.name:
        notes = (*consequences.of_renaming(before, after, sure=tie is not Tie.LOOKS), *ending)
        return ManifestChange(ManifestChangeType.RENAMED, before, after, diff, notes)
    left = consequences.of_removing_a_series(before) if before.repeat and not after.repeat else ()
    return ManifestChange(ManifestChangeType.CHANGED, before, after, diff, (*left, *ending))


# -- fields ----------------------------------------------------------------------------------------------------


def field_changes(before: Desired, after: Desired, country: Country | None) -> Iterator[FieldChange]:
    """Yields what differs, by the comparison of a plan: `state`, the fields in the table's order, `metadata`."""
    if before.state is not after.state:
        yield FieldChange(
            Difference("state", before.state, after.state), _management(before.state, after.state)
        )
    past, present = _leaves(before), _leaves(after)
    live = as_applied(before)
    for path, field in after.kind.by_path.items():
        if path not in past and path not in present:
            continue
        note = SENT_WITH_A_CREATE if after.ignores(path) else ""
        one, other = past.get(path), present.get(path)
        if path not in past:
            yield FieldChange(Difference(path, None, other), NOT_MANAGED_BEFORE)
        elif path not in present:
            yield FieldChange(Difference(path, one, None), NO_LONGER_MANAGED)
        elif not alike(field, one, other, after, live, country):
            yield FieldChange(Difference(path, one, other), note)
    yield from _rule_changes(before, after)
    yield from _metadata_changes(before, after)


def _rule_changes(before: Desired, after: Desired) -> Iterator[FieldChange]:
    if before.repeat == after.repeat:
        return
    from campaignctl.repeat.comparing import rule_leaves  # where a manifest repeats

    past, present = rule_leaves(before.repeat), rule_leaves(after.repeat)
    for path in dict.fromkeys((*past, *present)):
        if past.get(path) != present.get(path):
            yield FieldChange(Difference(path, past.get(path), present.get(path)))


def _management(before: object, after: object) -> str:
    if before is None:
        return NOT_MANAGED_BEFORE
    return NO_LONGER_MANAGED if after is None else ""


def _leaves(manifest: Desired) -> Mapping[str, Value]:
    """Returns everything that is declared, by dotted path, also what a plan would leave to others."""
    leaves: dict[str, Value] = {}
    for field in manifest.kind.fields:
        if field.name not in manifest.spec:
            continue
        value = manifest.spec[field.name]
        if field.type is not Type.OBJECT:
            leaves[field.name] = value
            continue
        for member in field.fields:
            if not isinstance(value, Mapping):
                leaves[f"{field.name}.{member.name}"] = None
            elif member.name in value:
                leaves[f"{field.name}.{member.name}"] = value[member.name]
    return leaves


def _metadata_changes(before: Desired, after: Desired) -> Iterator[FieldChange]:
    past, present = _metadata(before), _metadata(after)
    for path in sorted({*past, *present}, key=_metadata_place):
        if past.get(path) != present.get(path):
            yield FieldChange(Difference(f"metadata.{path}", past.get(path), present.get(path)))


_METADATA: Final = ("labels", "sid", "previous_name", "ignore", "distinct_from", "allow")


def _metadata_place(path: str) -> tuple[int, str]:
    return _METADATA.index(path.partition(".")[0]), path


def _metadata(manifest: Desired) -> Mapping[str, Value]:
    """Returns everything of the metadata except the name, which is a field of the campaign."""
    keys: dict[str, Value] = {f"labels.{label}": text for label, text in manifest.labels.items()}
    keys |= {"sid": manifest.sid, "previous_name": manifest.previous_name}
    keys |= {"ignore": sorted(manifest.ignore), "allow": sorted(manifest.allow)}
    keys["distinct_from"] = sorted(manifest.distinct_from)
    return {path: value for path, value in keys.items() if value not in (None, [])}
