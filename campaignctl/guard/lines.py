"""Writes what a guard says: a JSON line for each thing that happened, without any number of people's phones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final, Literal, NotRequired, TypeAlias, TypedDict

from campaignctl.gates.limits import Figures
from campaignctl.guard.judging import Breach
from campaignctl.kinds.counters import LimitName
from campaignctl.model.campaigns import Live
from campaignctl.model.gates import percent
from campaignctl.rendering.constraints import Amount, KindName, Moment, Version
from campaignctl.text import json_safe, message, without_numbers
from campaignctl.text import name as shown_name
from campaignctl.tuples import NamedTuple

FORMAT_VERSION: Final = "1.0"

EventName: TypeAlias = Literal[
    "started", "look", "pause", "hours", "blind", "clock", "manifests", "notify", "stopped"
]
Outcome: TypeAlias = Literal["paused", "unchanged", "failed", "unknown", "would-pause"]
ReasonCode: TypeAlias = Literal[
    "stop-when", "calling-hours", "blind", "clocks-disagree", "invalid-input", "unreachable"
]
"""The first two are those of a pause."""


class GuardReasonDocument(TypedDict):
    """Says why it is said."""

    code: ReasonCode
    message: str


class GuardFiguresDocument(TypedDict):
    """Holds what was compared with a limit, in people."""

    tried: Amount
    finished: Amount
    count: Amount
    of: LimitName
    limit: str


class GuardLineDocument(TypedDict):
    """Represents a line of `campaignctl guard`. The last four keys are those of `look` alone."""

    format_version: Version
    time: Moment
    environment: str
    account_sid: str
    event: EventName
    kind: KindName | None
    name: str | None
    sid: str | None
    reason: GuardReasonDocument | None
    figures: GuardFiguresDocument | None
    outcome: Outcome | None
    """What came of a pause; null for any other event."""
    running: NotRequired[Amount]
    """Campaigns in progress that are watched."""
    judged: NotRequired[Amount]
    """Of these, those whose counters could be read."""
    paused: NotRequired[Amount]
    requests: NotRequired[Amount]


class Counts(NamedTuple):
    """Counts what a look came to: campaigns in progress that are watched, judged and paused, and requests."""

    running: int
    judged: int
    paused: int
    requests: int


class GuardEvent(NamedTuple):
    """Holds one event. `live` is the campaign that it is about, `kind` what could not be read of the account."""

    event: EventName
    live: Live | None = None
    kind: str | None = None
    code: ReasonCode | None = None
    words: str = ""
    figures: Figures | None = None
    outcome: Outcome | None = None
    counts: Counts | None = None

    @classmethod
    def of_breach(
        cls, event: EventName, live: Live, breach: Breach, outcome: Outcome | None, words: str = ""
    ) -> GuardEvent:
        """Makes the event of a campaign's breach, and of what came of it."""
        says = f"{breach.message}; {words}" if words else breach.message
        return cls(event, live, None, breach.code.value, says, breach.figures, outcome)


class Speaker(NamedTuple):
    """Says whose events they are."""

    environment: str
    account_sid: str

    def document(self, line: GuardEvent, now: datetime) -> GuardLineDocument:
        """Makes a line as programs read it. What comes from the account is made visible."""
        live = line.live
        document: GuardLineDocument = {
            "format_version": FORMAT_VERSION,
            "time": now.astimezone(UTC).isoformat(timespec="seconds"),
            "environment": shown_name(self.environment),
            "account_sid": shown_name(self.account_sid),
            "event": line.event,
            "kind": live.kind.name if live else line.kind,
            "name": without_numbers(shown_name(live.name)) if live and live.name else None,
            "sid": shown_name(live.sid) if live else None,
            "reason": {"code": line.code, "message": message(line.words)} if line.code else None,
            "figures": _figures(line.figures) if line.figures else None,
            "outcome": line.outcome,
        }
        if line.counts:
            document |= {
                "running": line.counts.running,
                "judged": line.counts.judged,
                "paused": line.counts.paused,
                "requests": line.counts.requests,
            }
        return document


def written(document: GuardLineDocument) -> str:
    """Writes one line."""
    return json_safe(json.dumps(document, ensure_ascii=False))


def _figures(figures: Figures) -> GuardFiguresDocument:
    return {
        "tried": figures.tried,
        "finished": figures.finished,
        "count": figures.counted,
        "of": figures.of,
        "limit": percent(figures.limit),
    }
