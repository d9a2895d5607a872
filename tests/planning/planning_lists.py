"""Lists of the project in a planning case: who is in each, who is left out, and its versions in the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.managing import managed_list
from campaignctl.contact_lists.members import members_of, without_people
from campaignctl.contact_lists.versions import Lists, list_changes, marked, names_in_use, resolve_lists
from campaignctl.diagnostics import Position
from campaignctl.model.campaigns import Desired, ListName, Snapshot
from campaignctl.model.companions import CompanionPlace
from campaignctl.model.managed_lists import ListVersion, ManagedList
from campaignctl.model.suppression import Suppression
from campaignctl.planning.planner import Decisions, make_plan
from campaignctl.planning.terms import Terms

KEYS = "list people suppress versions namesakes trouble"
VERSION_KEYS = "sid people count attempt"


def list_of(data: Mapping[str, Any]) -> ManagedList:
    """`{list: vip, people: […], suppress: […], versions: [{sid: L1, people: […], count: 2}]}`; `count` is of one that
    was counted.
    """
    assert not data.keys() - set(KEYS.split()), f"unknown keys of a list in {dict(data)}"
    managed = managed_list(_contact_list(data["list"], data["people"], data.get("suppress", ())), None)
    versions = [_version(data["list"], it) for it in data.get("versions", ())]
    return replace(
        managed,
        versions=tuple(versions),
        namesakes=tuple(data.get("namesakes", ())),
        counts={it["sid"]: it["count"] for it in data.get("versions", ()) if "count" in it},
        trouble=data.get("trouble"),
    )


def _contact_list(name: str, people: Sequence[str], left_out: Sequence[str]) -> ContactList:
    place = CompanionPlace(Position(f"campaigns/{name}.yaml"), 0)
    columns = {"number": "number"}
    written = ContactList(place, name, {}, None, columns, (people,), range(1, len(people) + 1))
    if not left_out:
        return written
    return without_people(written, Suppression((frozenset(left_out),), None), lambda: [left_out])


def _version(name: str, data: Mapping[str, Any]) -> ListVersion:
    assert not data.keys() - set(VERSION_KEYS.split()), f"unknown keys of a version in {dict(data)}"
    mark = members_of(_contact_list(name, data["people"], ()), None).mark
    return ListVersion(data["sid"], name, mark, data.get("attempt", 1))


def named_in(value: object) -> object:
    """`lists: [{name: vip}, L7]` as a manifest is read."""
    if not isinstance(value, list):
        return value
    return [ListName(it["name"]) if isinstance(it, Mapping) else it for it in value]


def plan_with_lists(
    all_manifests: Sequence[Desired],
    selected: Sequence[Desired],
    snapshot: Snapshot,
    terms: Terms,
    lists: Iterable[ManagedList],
) -> Decisions:
    """What the planner makes of campaigns and lists: all versions that count are counted."""
    by_name: Lists = {it.name: it for it in lists}
    found = {id(it): resolve_lists(it, by_name) for it in all_manifests}
    seen = marked(snapshot, by_name)
    decisions = make_plan(tuple(found.values()), tuple(found[id(it)] for it in selected), seen, terms)
    in_use = names_in_use(all_manifests, snapshot)
    changes = list_changes(by_name, frozenset(by_name), decisions.changes, in_use)
    both = sorted((*decisions.changes, *changes), key=lambda it: it.key)
    return replace(decisions, changes=tuple(both))
