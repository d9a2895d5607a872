"""Says what a diff says in sentences, before any format lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from campaignctl.diagnostics import some_of
from campaignctl.diff.document import (
    DiffDocument,
    DiffSummaryDocument,
    ManifestChangeDocument,
    SettingDocument,
)
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import ENDING_STATES, State
from campaignctl.rendering import words
from campaignctl.rendering.documents import DifferenceDocument
from campaignctl.rendering.finding_documents import OccurrencesDocument
from campaignctl.rendering.measure_documents import CountDocument
from campaignctl.text import name

_MOST_RANGES: Final = 6
_SHORT: Final = 12
"""Characters of a commit."""
_DOES: Final[Mapping[str, str]] = {
    "added": "added",
    "removed": "removed",
    "renamed": "renamed from {}",
    "looks-renamed": "looks renamed from {}",
    "changed": "changed",
}


def subject(change: ManifestChangeDocument) -> str:
    """Names a campaign: `voice/diwali-reminder`; by its SID where the name is not managed."""
    return f"{KINDS[change['kind']].short}/{name(change['name'] or change['sid'] or '')}"


def does(change: ManifestChangeDocument) -> str:
    """Returns what became of the manifest."""
    previous = change["previous"]
    called = name(previous["name"] or previous["sid"] or "") if previous else ""
    return _DOES[change["change"]].format(called)


def effect(change: ManifestChangeDocument) -> str | None:
    """Says whom it reaches and when: `calls 1,200 people, Fri 15 Jan 2027 09:00 +05:30`.

    None for what is to be over.
    """
    kind, fields = KINDS[change["kind"]], change["fields"]
    if change["state"] in ENDING_STATES or not _says_whom(change):
        return None
    schedule = fields.get(kind.schedule.name)
    start = words.read_moment(schedule.get(kind.start.name)) if isinstance(schedule, Mapping) else None
    waits = "paused: " if change["state"] == State.PAUSED else ""
    local = f" ({change['local_start']})" if "local_start" in change else ""
    when = f", {words.moment(start)}{local}" if start else ""
    return f"{waits}{kind.verb} {words.people(fields, _counts(change))}{when}"


def _counts(change: ManifestChangeDocument) -> CountDocument | None:
    """Returns how many are in its lists, where the files say it; with `from` somebody may be in two."""
    people = change["run"]["people"] if change["run"] else None
    if people is None:
        return None
    return {"known": people, "whole": not change["fields"].get("from"), "at_most": people}


def figures(change: ManifestChangeDocument, currency: str) -> Iterator[str]:
    """Yields how long it runs, and what it costs before and after."""
    run, priced = change["run"], change["cost"]
    says = words.run_words(run, KINDS[change["kind"]]) if run else None
    if says:
        yield says
    dates = ", all dates that are not over together" if change["occurrences"] else ""
    if priced and priced["after"]:
        yield f"costs {words.cost_words(priced['before'], priced['after'], currency)}{dates}"
    elif priced and priced["before"]:
        yield f"cost {words.cost_words(None, priced['before'], currency)}{dates}"


def currency(document: DiffDocument) -> str:
    """Returns the currency of the branch's prices; empty without prices."""
    return document["cost"]["currency"] if document["cost"] else ""


def total_cost(document: DiffDocument) -> str | None:
    """Says what all that changes costs together; None without prices, and where nothing changes."""
    return words.total_cost(document["cost"], len(document["changes"]))


def _says_whom(change: ManifestChangeDocument) -> bool:
    return any(change["fields"].get(field) for field in ("from", "lists"))


_DATES: Final[Mapping[str, str]] = {"added": "+", "removed": "-", "changed": "~"}


def dates(change: ManifestChangeDocument) -> Iterator[str]:
    """Yields `~ 3 dates: 2027-01-05 to 2027-01-19`, for each kind of change that there is."""
    found = change["occurrences"]
    for word, each in (
        (("added", found["added"]), ("removed", found["removed"]), ("changed", found["changed"]))
        if found
        else ()
    ):
        if each["count"]:
            spans = [_span(it) for it in each["ranges"]]
            yield f"{_DATES[word]} {words.counted(each['count'], 'date')} {word}: {some_of(spans, _MOST_RANGES)}"


def _span(span: OccurrencesDocument) -> str:
    return span["first"] if span["count"] == 1 else f"{span['first']} to {span['last']}"


def setting_difference(setting: SettingDocument) -> DifferenceDocument:
    """Makes a difference of a setting, as formats lay out what differs."""
    return {"field": name(setting["path"]), "before": setting["before"], "after": setting["after"]}


def compared_with(document: DiffDocument) -> str:
    """Says what was compared with: `since the branch left origin/main (1a2b3c4d5e6f)`."""
    base = document["base"]
    if base["commit"] is None:
        return "since nothing: the repository has no commit"
    commit = base["commit"][:_SHORT]
    revision = name(base["revision"] or "")
    return (
        f"since the branch left {revision} ({commit})"
        if base["merge_base"]
        else f"since {revision} ({commit})"
    )


def lists(settings: Iterable[SettingDocument]) -> str | None:
    """Writes `People of lists: vip 3 people → 6 people.` None where those of no ContactList have changed."""
    found = []
    for each in settings:
        name_of_list, dot, what = each["path"].rpartition(".")
        if dot and what == _PEOPLE and each["change"] != "removed" and not each.get("masked"):
            before, after = (
                f"{each['before'] or 'nobody'}",
                f"{each['after']}",
            )  # texts: equal by what is read
            told = f"{before} → {after}" if before != after else f"{after}, others than before"
            found.append(f"{name(name_of_list)} {told}")
    return f"People of lists: {some_of(found, _MOST_LISTS)}." if found else None


_PEOPLE: Final = "people"
"""How a ContactList calls those who are in it; only a variable, which is masked, may be called so, too."""
_MOST_LISTS: Final = 5


def total(summary: DiffSummaryDocument) -> str:
    """Says how many there are of each."""
    parts = [
        f"{summary['added']:,} added",
        f"{summary['removed']:,} removed",
        f"{summary['renamed']:,} renamed",
        f"{summary['changed']:,} changed",
    ]
    if summary["looks_renamed"]:
        parts.insert(3, words.counted(summary["looks_renamed"], "that looks renamed", "that look renamed"))
    if not any(summary[key] for key in ("added", "removed", "renamed", "looks_renamed", "changed")):
        same = words.counted(summary["unchanged"], "manifest means", "manifests mean")
        return f"No campaign changes; {same} the same."
    return f"Manifests: {', '.join(parts)}, {summary['unchanged']:,} unchanged."
