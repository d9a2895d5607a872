"""Says whom a resume by hand would call, as manifests and the account's lists say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from campaignctl.api.client import Client
from campaignctl.contact_lists.versions import have_others, named_by, refs_by_sid
from campaignctl.errors import ApiError
from campaignctl.manual.afterwards import KnownManifests
from campaignctl.model.campaigns import with_refs
from campaignctl.model.environment import Environment
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.naming import Found
from campaignctl.policy import RULES, level_of

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList


def knowing_versions(
    founds: Sequence[Found], manifests: KnownManifests, client: Client, environment: Environment
) -> Sequence[Found]:
    """Tells the versions of the project's lists from other lists in campaigns: a request for each list that a
    manifest of theirs names, where it matters who is left out of it, and for each of which somebody is left out where
    they have others.
    """
    campaigns = [live for found in founds for live in found.campaigns]
    meaning = [desired for live in campaigns if (desired := manifests.of(live)) is not None]
    names = {name for desired in meaning for name in named_by(desired)}
    looks = level_of(RULES["unsuppressed"], environment) is not None
    matter = [it for it in manifests.lists if it.suppression is not None or (looks and it.name in names)]
    lists = _with_versions([it for it in matter if it.name in names], client, environment)
    others = [it for it in matter if it.name not in names]
    if others and have_others(campaigns, meaning, lists):
        lists = {**lists, **_with_versions(others, client, environment)}
    if not lists:
        return founds
    from campaignctl.app.contact_lists import with_unfound

    with suppress(ApiError):
        lists = with_unfound(lists, campaigns, meaning, client)
    refs = refs_by_sid(lists, campaigns)
    return [replace(it, campaigns=tuple(with_refs(live, refs) for live in it.campaigns)) for it in founds]


def _with_versions(
    wanted: Sequence[ContactList], client: Client, environment: Environment
) -> Mapping[str, ManagedList]:
    """Reads versions; those that cannot be read are lists of which nobody knows who is in them."""
    lists: dict[str, ManagedList] = {}
    if not wanted:
        return lists
    from campaignctl.app.contact_lists import with_versions
    from campaignctl.contact_lists.managing import managed_list

    for each in wanted:
        with suppress(ApiError):
            lists[each.name] = with_versions(managed_list(each, environment.country), client)
    return lists
