"""Resolves contact lists that manifests give by name: they are markers until planning, then SIDs with the name kept
beside them.

Pure: the account's lists are an argument. A plan holds SIDs, so that a name that was given to another list since
then makes a saved plan stale.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from campaignctl.diagnostics import did_you_mean, quoted, some_of
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, ListName, given_lists
from campaignctl.model.list_refs import asks_by_name, markers
from campaignctl.model.managed_lists import looks_like_a_version
from campaignctl.model.reasons import Reason
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Directory:
    """Holds the account's contact lists: every SID that has a name.

    `complete` is False when not all could be read: then one that is not seen may be there, and one that is may have
    a namesake. `trouble` is why, in the account's words.
    """

    sids: Mapping[str, Sequence[str]]
    complete: bool = True
    trouble: str = ""


def resolve(desired: Desired, directory: Directory, others: Container[str] = frozenset()) -> Desired:
    """Puts SIDs for names, each once.

    A name that means none or several stays, with the reason; `others` are the project's own lists, which stay
    without.
    """
    spec: dict[str, Value] = {}
    names: dict[str, str] = {}
    for field, value in desired.spec.items():
        items = _items(value)
        if not any(isinstance(item, ListName) for item in items):
            spec[field] = value
            continue
        found = [_resolved(item, directory, others) for item in items]
        spec[field] = list(dict.fromkeys(found))
        named = ((item, sid) for item, sid in zip(items, found, strict=True) if isinstance(item, ListName))
        names |= {sid: item.name for item, sid in named}
    return desired._replace(spec=spec, list_names=names) if names else desired


def unresolved(desired: Desired) -> tuple[Reason, ...]:
    """Says why nobody knows which lists are meant."""
    return tuple(marker.reason for marker in markers(desired) if marker.reason is not None)


def lists_without_people(desired: Desired) -> Reason | None:
    """Says why a campaign cannot go where its manifest says: nobody is left in a list of the project."""
    if desired.ignores("lists"):
        return None
    return next(iter(_emptied(desired)), None)


def goes_elsewhere(desired: Desired) -> bool:
    """Tells whether it goes to anybody but those of such lists."""
    return bool(desired.spec.get("from")) or len(given_lists(desired)) > len(_emptied(desired))


def _emptied(desired: Desired) -> Sequence[Reason]:
    reasons = [it.reason for it in markers(desired)]
    return [it for it in reasons if it is not None and it.code == "no-recipients"] if reasons else ()


def without_names(desired: Desired) -> Desired:
    """Returns the manifest as far as it is known who is meant: lists that are not resolved are not managed."""
    if not asks_by_name([desired]):
        return desired
    spec = {
        field: value
        for field, value in desired.spec.items()
        if not any(isinstance(item, ListName) for item in _items(value))
    }
    return desired._replace(spec=spec)


def names_beside(desired: Desired) -> Iterator[str]:
    """Yields the name of each SID, for a reader of a plan."""
    for sid, name in desired.list_names.items():
        if not isinstance(sid, ListName):
            yield f"the list {sid} is {quoted(name)}"


def _resolved(item: str, directory: Directory, others: Container[str]) -> str:
    if not isinstance(item, ListName) or item.name in others:
        return item
    sids = directory.sids.get(item.name, ())
    reason = _against(item.name, sids, directory)
    return sids[0] if reason is None else ListName(item.name, reason)


def _against(name: str, sids: Sequence[str], directory: Directory) -> Reason | None:
    if len(sids) > 1:
        return list_ambiguous(name, sids)
    if not directory.complete:
        return incomplete_list(name, directory.trouble)
    return None if sids else list_not_found(name, directory.sids)


def incomplete_list(name: str, trouble: str) -> Reason:
    """Says that the list may be there though it was not seen, or have a namesake."""
    why = f" ({trouble})" if trouble else ""
    message = f"the account's contact lists could not be read completely{why}; give the SID of {quoted(name)}"
    return Reason("incomplete-list", message)


def list_not_found(name: str, known: Iterable[str]) -> Reason:
    """Says that none of the known lists has the name."""
    hint = did_you_mean(name, (it for it in known if not looks_like_a_version(it)))
    return Reason(
        "list-not-found", f"no contact list is called {quoted(name)}; create it, or give a SID{hint}"
    )


def list_ambiguous(name: str, sids: Sequence[str]) -> Reason:
    """Says that several lists have the name."""
    shown = some_of(sids)
    return Reason(
        "list-ambiguous",
        f"{len(sids)} contact lists are called {quoted(name)}: {shown}; give the SID of the one that is meant",
    )


def _items(value: Value) -> Sequence[str]:
    """Returns the items of an array of texts; none of anything else."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return [item for item in value if isinstance(item, str)]
