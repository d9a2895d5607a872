"""Writes how campaigns stand, for people: state, a bar, numbers, when it will be over, and what differs from the
manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from campaignctl.diagnostics import Severity
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import ALIVE
from campaignctl.policy.afterwards import Afterwards
from campaignctl.rendering import words
from campaignctl.rendering.as_text.findings import finding_lines
from campaignctl.rendering.as_text.parts import block, headline
from campaignctl.rendering.changes import title
from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.status.document import CampaignStatusDocument, ProgressDocument, StatusOverview
from campaignctl.text import message, name

_BAR: Final = 20
_UNSEEN: Final = frozenset({"ambiguous-name", "incomplete-list", "unknown-outcome", "other-endpoint"})
"""Reasons for which a manifest has no campaign here although one may be there."""
_QUIET: Final = frozenset({"in-sync", "finished", "state-differs", "fields-differ", "not-live"})
"""Reasons that the rest of a row says better."""


def status_text(document: StatusOverview, *, color: bool = False, width: int | None = None) -> str:
    """Writes the overview. Marks: `~` differs, `!` needs a look, `+` is not there yet, `-` is an orphan."""
    return laid_out(_overview(document), color=color, width=width)


def _overview(document: StatusOverview) -> Iterator[Line]:
    now = datetime.fromisoformat(document["at"])
    yield headline(document["environment"], document["account_sid"], document["backend"])
    yield Line(f"As of {words.moment(now)}", 0, Style.QUIET)
    yield from block(finding_lines(map(_aside, document["findings"])))
    for campaign in document["campaigns"]:
        yield from block(_campaign(campaign, now, document["currency"]))
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])
    yield from block([_total(document)])


def _aside(finding: FindingDocument) -> FindingDocument:
    """Turns a finding into a warning: a mistake in a manifest keeps nobody from looking at the account."""
    return {**finding, "severity": Severity.WARN}


def _figures(campaign: CampaignStatusDocument, currency: str | None) -> Iterator[Line]:
    """Yields what it costs, what the account says of that, and what it came to."""
    parts = []
    if campaign["cost"] and currency:
        parts.append(f"costs {words.cost_words(None, campaign['cost'], currency)}")
    if campaign["estimated_cost"] is not None:
        parts.append(f"the account estimates {name(str(campaign['estimated_cost']))}")
    if parts:
        yield Line(", ".join(parts), 1)
    came = campaign["came_to"]
    if came is not None:
        yield Line(str(Afterwards(**came)), 1)


def _campaign(campaign: CampaignStatusDocument, now: datetime, currency: str | None) -> Iterator[Line]:
    mark, style = _mark(campaign)
    place = f"  ({name(campaign['manifest'])}:{campaign['line']})" if campaign["manifest"] else ""
    sid = f"  ({name(campaign['sid'])})" if campaign["sid"] and not campaign["manifest"] else ""
    yield Line(
        f"{mark} {title(campaign['kind'], campaign['name'])}: {_state(campaign)}{place}{sid}", 0, style
    )
    if campaign["sid"]:
        yield Line(_numbers(campaign["progress"], campaign["kind"]), 1)
    yield from _times(campaign, now)
    yield from _figures(campaign, currency)
    if campaign["drift"]:
        yield Line(f"differs: {', '.join(campaign['drift'])}", 1, Style.UPDATE)
    reason = campaign["reason"]
    if reason is not None and reason["code"] not in _QUIET:
        yield Line(f"why: {message(reason['message'])} [{reason['code']}]", 1)


def _mark(campaign: CampaignStatusDocument) -> tuple[str, Style]:
    reason = campaign["reason"]
    if campaign["change"] == "blocked" or (reason is not None and reason["code"] == "failed"):
        return "!", Style.STOP
    if campaign["change"] == "orphan":
        return "-", Style.ENDING
    if campaign["drift"]:
        return "~", Style.UPDATE
    if campaign["sid"] is None and campaign["change"] in ("create", "held"):
        return "+", Style.CREATE
    return " ", Style.PLAIN if campaign["status"]["live"] in ALIVE else Style.QUIET


def _state(campaign: CampaignStatusDocument) -> str:
    """Says the live state, and the wanted one where it is another. A missing status is said to be missing."""
    live, desired = campaign["status"]["live"], campaign["status"]["desired"]
    if campaign["sid"] is None:
        reason = campaign["reason"]
        says = "not shown" if reason and reason["code"] in _UNSEEN else "not there"
    else:
        says = name(live) if live else "its status is not shown"
    return f"{says}, wanted {desired}" if desired and "state" in campaign["drift"] else says


def _numbers(progress: ProgressDocument | None, kind: str) -> str:
    """Writes `[██████████░░░░░░░░░░] 50% 600 reached, 20 failed, 580 to go`."""
    if progress is None:
        return "the account shows no statistics"
    total = progress["total"]
    counts = [f"{progress['reached']:,} reached", f"{progress['failed']:,} failed"]
    if progress["other"]:
        counts.append(f"{progress['other']:,} in between")
    counts.append("an unknown number to go" if progress["to_go"] is None else f"{progress['to_go']:,} to go")
    if not total:
        unit = KINDS[kind].unit
        return ", ".join(counts) if total is None else f"no {unit} counted yet"
    share = (progress["reached"] + progress["failed"]) / total
    filled = int(share * _BAR)
    return f"[{'█' * filled}{'░' * (_BAR - filled)}] {int(share * 100)}%  {', '.join(counts)}"


def _times(campaign: CampaignStatusDocument, now: datetime) -> Iterator[Line]:
    start, ends = words.read_moment(campaign["start"]), words.read_moment(campaign["expected_end"])
    live = campaign["status"]["live"]
    if start is not None and start > now and live in ("created", "paused", None):
        waits = "would start" if live != "created" else "starts"
        yield Line(f"{waits} {words.moment(start)}, {words.distance(start, now)}", 1)
    parts = [f"{campaign['pace']:,.0f} a minute"] if campaign["pace"] else []
    if ends is not None and ends > now:
        parts.append(f"expected to end {words.moment(ends.replace(second=0))}, {words.distance(ends, now)}")
    if parts:
        yield Line(", ".join(parts), 1)


def _total(document: StatusOverview) -> Line:
    summary = document["summary"]
    managed = [campaign for campaign in document["campaigns"] if campaign["manifest"]]
    listed, unmanaged = summary["campaigns"] - len(managed), summary["unmanaged"]
    manifests = {(it["kind"], of["of"] if (of := it["occurrence"]) else it["name"]) for it in managed}
    parts = [words.counted(len(manifests), "manifest")] if managed or unmanaged is not None else []
    if summary["drift"]:
        parts.append(words.counted(summary["drift"], "differs", "differ"))
    count = listed if unmanaged is None else unmanaged
    if count or unmanaged is not None:
        verb = "is" if count == 1 else "are"
        hint = " (--all lists them)" if count and not listed else ""
        parts.append(f"{words.counted(count, 'campaign')} in the account {verb} not managed here{hint}")
    return Line(f"{'; '.join(parts)}.", 0, Style.STRONG)
