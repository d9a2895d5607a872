"""A planning case as data: manifests and an account in short form, and what the rules make of them.

`BASE` is what both sides are where a case does not say otherwise, so that a case shows only what matters. A key
that this file does not know is an error: a misspelt expectation must not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from planning_lists import list_of, named_in, plan_with_lists
from yaml_text import loaded

from campaignctl.diagnostics import Position
from campaignctl.gates.limits import after_of
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.counters import COUNTERS
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.lifecycle import State, read_status
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live, Snapshot
from campaignctl.model.checkout import Checkout
from campaignctl.model.clocks import OtherClock
from campaignctl.model.environment import Environment, Prune
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.permissions import Consent
from campaignctl.model.plan import Change
from campaignctl.model.recurrence import Recurrence
from campaignctl.model.suppression import Suppression
from campaignctl.planning.planner import Decisions, make_plan
from campaignctl.planning.terms import Terms
from campaignctl.policy import RULES
from campaignctl.recipients.leaving_out import leave_out
from campaignctl.repeat.rule import rule_of

CASES = Path(__file__).parent / "cases"
NOW = "2027-01-10T09:00:00+05:30"

BASE: Mapping[str, Mapping[str, Any]] = {
    "voice": {
        "from": ["+919876543210", "+919876543211"],
        "caller_id": "03349360005",
        "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
        "schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"},
    },
    "sms": {
        "content_type": "static",
        "lists": ["a1b2c3"],
        "schedule": {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"},
        "dlt_entity_id": "0012345",
        "dlt_template_id": "0067890",
        "sender_id": "EXOTEL",
        "sms_type": "transactional",
        "template": "Your bill is due on Friday.",
    },
}
REPEAT: Mapping[str, Any] = {
    "cron": "0 10 * * MON",
    "time_zone": "Asia/Kolkata",
    "from": "2027-01-04",
    "until": "2027-01-25",
    "duration": "3h",
}
KINDS: Mapping[str, Kind] = {"voice": VOICE, "sms": SMS}
_NEW: Mapping[str, str] = {"voice": "Created", "sms": "scheduled"}
"""What the account calls the status of a new campaign [004, 001]."""

_KEYS: Mapping[str, str] = {
    "case": "name now clocks environment allow prune prune_asked orphans_complete resend unsettled manifests live "
    "checked_out lists incomplete searched elsewhere other_endpoint newest_finished other_endpoint_finished "
    "select expect unmanaged plan_notes noted findings order",
    "environment": "country allow sms_api backend policy resume_before_start",
    "manifest": "voice sms state sid previous_name ignore allow distinct_from after stop_when spec without repeat "
    "suppress numbers_file",
    "live": "voice sms sid status created updated stats spec hidden at",
    "expect": "change code operations held diff notes no_notes message no_message sid live name sends",
}


def _known(data: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """`data` itself; raises AssertionError for a key that no such thing has."""
    unknown = data.keys() - set(_KEYS[what].split())
    assert not unknown, f"unknown keys of {what} in {dict(data)}: {sorted(unknown)}"
    return data


@dataclass(frozen=True)
class Case:
    """One case, built: what `make_plan` is given, and what is expected of it."""

    name: str
    all_manifests: tuple[Desired, ...]
    selected: tuple[Desired, ...]
    snapshot: Snapshot
    terms: Terms
    data: Mapping[str, Any]
    lists: tuple[ManagedList, ...] = ()

    @classmethod
    def build(cls, data: Mapping[str, Any]) -> Case:
        """Fails on a key that it does not know, wherever it stands."""
        _known(data, "case")
        for expected in data["expect"].values():
            _known(expected, "expect")
        all_manifests = tuple(_desired(it) for it in data.get("manifests", ()))
        select = data.get("select")
        chosen = tuple(it for it in all_manifests if select is None or it.name in select)
        lists = tuple(map(list_of, data.get("lists", ())))
        return cls(data["name"], all_manifests, chosen, _snapshot(data), _terms(data), data, lists)

    def plan(self) -> Decisions:
        """What the planner makes of it."""
        asked = self.all_manifests, self.selected, self.snapshot, self.terms
        return plan_with_lists(*asked, self.lists) if self.lists else make_plan(*asked)


@cache
def load_cases() -> Sequence[Case]:
    """Every case of every file, in the order of the files."""
    return tuple(
        Case.build(data)
        for file in sorted(CASES.glob("*.yaml"))
        for data in loaded(file.read_text(encoding="utf-8"))
    )


def _named(data: Mapping[str, Any]) -> tuple[str, str | None]:
    short = "voice" if "voice" in data else "sms"
    return short, data[short]


def _spec(short: str, name: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base voice or SMS campaign with a case's changes; an object's members are laid over the base's."""
    spec: dict[str, Any] = {**BASE[short], **({} if name is None else {"name": name})}
    for key, given in changes.items():
        before, value = spec.get(key), named_in(given) if key == "lists" else given
        spec[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return spec


def _leave_out(spec: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Without the dotted paths; raises KeyError where there is nothing to leave out."""
    for path in paths:
        field, _, member = path.partition(".")
        if member:
            spec[field] = {name: value for name, value in spec[field].items() if name != member}
        else:
            del spec[field]
    return spec


def _desired(data: Mapping[str, Any]) -> Desired:
    _known(data, "manifest")
    short, name = _named(data)
    spec = _spec(short, name, data.get("spec", {}))
    without = list(spec) if data.get("without") == "all" else data.get("without", [])
    without = [*without, "schedule"] if "repeat" in data else without
    state = data.get("state")
    desired = Desired(
        kind=KINDS[short],
        spec=_leave_out(spec, without),
        where=Position(f"campaigns/{name}.yaml"),
        state=State(state) if state else None,
        sid=data.get("sid"),
        previous_name=data.get("previous_name"),
        ignore=frozenset(data.get("ignore", ())),
        allow=frozenset(data.get("allow", ())),
        distinct_from=frozenset(data.get("distinct_from", ())),
        after=after_of(data.get("after")),
        stop_when=data.get("stop_when", {}),
        numbers_file="numbers.csv" if data.get("numbers_file") else None,
        repeat=_rule(data["repeat"]) if "repeat" in data else None,
    )
    left_out = data.get("suppress")
    return leave_out(desired, Suppression((frozenset(left_out),), None)) if left_out else desired


def _rule(data: Mapping[str, Any]) -> Recurrence:
    """Every Monday of four at ten, where a case does not say otherwise."""
    rule = rule_of({**REPEAT, **data}, ())
    assert rule is not None, f"no rule: {data}"
    return rule


def _live(data: Mapping[str, Any]) -> Live:
    _known(data, "live")
    short, name = _named(data)
    word = data.get("status", _NEW[short])
    return Live(
        kind=KINDS[short],
        sid=data.get("sid", f"{name}-sid"),
        status=read_status(word),
        word=word,
        spec=_leave_out(
            _spec(short, name, {**_on(short, data), **data.get("spec", {})}), data.get("hidden", [])
        ),
        created=_moment(data.get("created", "2027-01-01T00:00:00+00:00")),
        updated=data.get("updated"),
        stats=_stats(KINDS[short], data.get("stats")),
    )


def _stats(kind: Kind, counts: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """Every counter of a kind; those that a case does not name are 0, and `null` is an answer without any."""
    return None if counts is None else {**dict.fromkeys(COUNTERS[kind.name], 0), **counts}


def _on(short: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`at: 2027-01-11T10:00`: from then on for three hours, as the rule of the cases has it."""
    if "at" not in data:
        return {}
    start = datetime.fromisoformat(f"{data['at']}:00+05:30")
    kind = KINDS[short]
    return {
        "schedule": {
            kind.start.name: start.isoformat(),
            kind.end.name: (start + timedelta(hours=3)).isoformat(),
        }
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _snapshot(data: Mapping[str, Any]) -> Snapshot:
    campaigns = [_live(it) for it in data.get("live", ())]
    listings = {
        kind.name: Listing(
            campaigns=tuple(it for it in campaigns if it.kind is kind),
            complete=short not in data.get("incomplete", ()),
            searched=frozenset(data.get("searched", {}).get(short, ())),
        )
        for short, kind in KINDS.items()
    }
    return Snapshot(
        now=datetime.fromisoformat(data.get("now", NOW)),
        listings=listings,
        elsewhere=data.get("elsewhere", {}),
        other_endpoint=tuple(_live(it) for it in data.get("other_endpoint", ())),
        newest_finished={
            KINDS[short].name: tuple(map(_live, some))
            for short, some in data.get("newest_finished", {}).items()
        },
        other_endpoint_finished=tuple(map(_live, data.get("other_endpoint_finished", ()))),
    )


def _terms(data: Mapping[str, Any]) -> Terms:
    """Policies are off where a case does not speak of them; `policy: {}` gives the defaults."""
    settings = _known(data.get("environment", {}), "environment")
    country = settings.get("country")
    off = {rule.name: {"level": "off"} for rule in RULES.values() if rule.on_by_default}
    environment = Environment(
        name="test",
        backend=settings.get("backend", "exotel"),
        account_sid="acme1",
        collections={SMS.name: settings["sms_api"]} if "sms_api" in settings else {},
        country=COUNTRIES[country] if country else None,
        allow=frozenset(settings.get("allow", ())),
        resume_before_start=settings.get("resume_before_start", "unknown"),
        policy=settings.get("policy", off),
    )
    return Terms(
        now=datetime.fromisoformat(data.get("now", NOW)),
        environment=environment,
        consent=Consent(
            tuple(data.get("allow", ())), environment.allow, environment.is_sandbox, environment.resume_waits
        ),
        prune=Prune(data["prune"]) if "prune" in data else None,
        prune_asked=data.get("prune_asked", False),
        orphans_complete=data.get("orphans_complete", True),
        resend=tuple(data.get("resend", ())),
        checkout=lambda: _checkout(data.get("checked_out")),
        unsettled={
            (KINDS[short].name, name): f".campaignctl/intents/{name}"
            for short, names in data.get("unsettled", {}).items()
            for name in names
        },
        clocks=tuple(
            OtherClock("this machine's", datetime.fromisoformat(it), "set it")
            for it in data.get("clocks", ())
        ),
    )


def _checkout(text: str | None) -> Checkout | None:
    """A moment, or why git cannot say; None outside git."""
    if text is None:
        return None
    return Checkout(datetime.fromisoformat(text)) if text[0].isdigit() else Checkout(None, text)


def label(change: Change) -> tuple[str, ...]:
    """What a case may call a change: its name, `kind/name`, its SID."""
    if change.of_list:
        return change.key.name, f"list/{change.key.name}", change.key.sid
    short = next(short for short, kind in KINDS.items() if kind.name == change.key.kind)
    return change.key.name, f"{short}/{change.key.name}", change.key.sid
