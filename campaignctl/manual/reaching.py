"""Says whom a resume by hand would call, as manifests and the account's lists say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from campaignctl.api.client import Client
from campaignctl.contact_lists.versions import named_by, refs_by_sid
from campaignctl.errors import ApiError
from campaignctl.manual.afterwards import KnownManifests
from campaignctl.model.campaigns import Desired, with_refs
from campaignctl.model.environment import Environment
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.naming import Found
from campaignctl.policy import RULES, level_of


def knowing_versions(
    founds: Sequence[Found], manifests: KnownManifests, client: Client, environment: Environment
) -> Sequence[Found]:
    """Tells the versions of the project's lists from other lists in campaigns: a request for each list that a
    manifest of theirs names, where it matters who is left out of it.
    """
    names = {name for found in founds for live in found.campaigns for name in _named(manifests.of(live))}
    looks = level_of(RULES["unsuppressed"], environment) is not None
    wanted = [it for it in manifests.lists if it.name in names and (looks or it.suppression is not None)]
    if not wanted:
        return founds
    from campaignctl.contact_lists.managing import managed_list

    versions = (_with_versions(managed_list(it, environment.country), client) for it in wanted)
    lists = {it.name: it for it in versions if it is not None}
    refs = refs_by_sid(lists, (live for found in founds for live in found.campaigns))
    return [replace(it, campaigns=tuple(with_refs(live, refs) for live in it.campaigns)) for it in founds]


def _named(desired: Desired | None) -> Iterator[str]:
    return named_by(desired) if desired is not None else iter(())


def _with_versions(managed: ManagedList, client: Client) -> ManagedList | None:
    """Reads the versions; None where they cannot be read: then they are lists of which nobody knows who is in them."""
    from campaignctl.app.contact_lists import with_versions

    try:
        return with_versions(managed, client)
    except ApiError:
        return None
