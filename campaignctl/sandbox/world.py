"""What the API does: each request, carried out in one transaction over the store."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import TRANSITIONS, Action, Status
from campaignctl.kinds.table import Kind, Mutability, Role
from campaignctl.sandbox import bodies, dialler, people, rules
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.clock import VirtualClock, written
from campaignctl.sandbox.collection import COLLECTIONS, Collection
from campaignctl.sandbox.envelopes import Answer, Item, campaign_item, detail_items, list_item, success
from campaignctl.sandbox.queries import read_page, read_search, worlds
from campaignctl.sandbox.refusal import RefusalError
from campaignctl.sandbox.store import Store
from campaignctl.sandbox.switches import Switches

_COUNTERS: Mapping[str, tuple[str, ...]] = {
    "voice": (
        *("created", "in-progress", "retry", "retrying", "failed", "failed-dnd", "invalid", "paused"),
        *("failed-no-attempt", "completed"),
    ),
    "sms": (
        *("scheduled", "submitted", "failed", "failed-dnd", "invalid", "failed-no-attempt", "sent"),
        *("failed-expired", "failed-no-balance"),
    ),
}
_RETRIED = ("busy", "no-answer", "failed")
_FILL_SECONDS = 60.0
_LARGEST_DETAILS = 500


class World:
    """All accounts. Its methods expect to be called within a transaction of the store."""

    def __init__(self, store: Store, clock: VirtualClock, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.switches = switches
        self.served_at = ""

    def now(self) -> float:
        """Epoch seconds by the sandbox's clock."""
        return self.clock.now().timestamp()

    # requests

    def create(self, account: str, collection: Collection, body: Any) -> Answer:
        """POST."""
        now, kind = self.now(), collection.kind
        sent = bodies.of_create(collection, body, self.switches.create_body)
        spec = rules.accepted(collection, sent, creating=True)
        rules.check_whole(kind, spec)
        rules.check_schedule(kind, spec, now, start_sent=True)
        name = spec.get("name") or self._made_up_name(account, kind, now)
        number = self.store.last_number() + 1
        campaign = self._scheduled(
            Campaign(
                account=account,
                collection=collection.name,
                sid=_sid(account, number, kind),
                name=name,
                status=Status.CREATED.value,
                created=now,
                updated=now,
                begins=now,
                ends=now,
                spec={**spec, "name": name},
                number=number,
            ),
            now,
        )
        self.store.insert([campaign])
        return self._single("POST", collection, campaign, "create")

    def page(self, account: str, collection: Collection, query: Mapping[str, str]) -> Answer:
        """GET of a collection."""
        page = read_page(query, collection.largest_page)
        search = read_search(collection, query, self.switches, account, self.now())
        total = self.store.count(search) if search else 0
        found = self.store.page(search, page.offset, page.limit) if search and total > page.offset else []
        omitted = self.switches.omitted("list")
        items = [self._item(collection, it, "list", omitted) for it in found]
        return success("GET", collection.list_code, items, page.metadata(len(items), total))

    def get(self, account: str, collection: Collection, sid: str) -> Answer:
        """GET of a campaign."""
        return self._single("GET", collection, self._find(account, collection, sid), "get")

    def change(self, account: str, collection: Collection, sid: str, body: Any) -> Answer:
        """PUT: fields, an action, or both."""
        campaign = self._find(account, collection, sid)
        sent = dict(bodies.of_update(collection, body))
        action = sent.pop("action", None)
        if sent or action is None:
            campaign = self._updated(campaign, collection, sent)
        if action is not None:
            campaign = self._acted(campaign, collection.kind, action)
        campaign = replace(campaign, updated=self.now())
        self.store.replace(campaign)
        return self._single("PUT", collection, campaign, "update" if action is None else "action")

    def details(self, account: str, collection: Collection, sid: str, query: Mapping[str, str]) -> Answer:
        """GET of what each recipient came to."""
        campaign = self._find(account, collection, sid)
        if collection.needs_channel and query.get("channel", "").lower() != "sms":
            raise RefusalError(400, "channel is missing.", "Send channel=SMS.")
        page = read_page(query, _LARGEST_DETAILS)
        items = self._everybody(collection, campaign)
        words = {word.strip() for word in query.get("status", "").split(",") if word.strip()}
        items = [
            item
            for item in items
            if query.get("number", item["data"]["number"]) == item["data"]["number"]
            and (not words or item["data"]["status"] in words)
        ]
        if query.get("sort_by", "").lower().endswith(":desc"):
            items.reverse()
        part = items[page.offset : page.offset + page.limit]
        return success("GET", 200, part, page.metadata(len(part), len(items)))

    def report(self, account: str, collection: Collection, sid: str) -> str:
        """The same for all of them, as the CSV that a `report_url` leads to."""
        rows = [it["data"] for it in self._everybody(collection, self._find(account, collection, sid))]
        text = io.StringIO()
        table = csv.DictWriter(text, list(rows[0]) if rows else ["sid", "number", "status"])
        table.writeheader()
        table.writerows(rows)
        return text.getvalue()

    def _everybody(self, collection: Collection, campaign: Campaign) -> list[Item]:
        _, progress = self.store.progress(campaign.account, campaign.sid)
        results = {it.place: (it.outcome, it.at) for it in progress.results}
        results |= {it.place: ("retry", progress.last) for it in progress.waiting}
        return detail_items(collection, campaign, results)

    def lists(self, account: str, query: Mapping[str, str]) -> Answer:
        """GET of the contact lists."""
        page = read_page(query, _LARGEST_DETAILS)
        rows = [(people.list_sid(account, name), name) for name in people.DEMO_LISTS] + self.store.lists(
            account
        )
        term = query.get("name", "").casefold()
        rows = [row for row in rows if term in row[1].casefold()]
        part = [list_item(account, *row) for row in rows[page.offset : page.offset + page.limit]]
        return success("GET", 200, part, page.metadata(len(part), len(rows)))

    # what they are made of

    def _single(self, method: str, collection: Collection, campaign: Campaign, request: str) -> Answer:
        item = self._item(collection, campaign, request, self.switches.omitted(request))
        bare = collection.single and request != "create"
        return success(method, 200, item if bare else [item])

    def _item(self, collection: Collection, campaign: Campaign, request: str, omitted: Sequence[str]) -> Item:
        """Its report, where it has one, is served here if the switch says so."""
        item = campaign_item(collection, campaign, request, omitted)
        if self.switches.serve_reports and item["data"].get("report_url"):
            path = f"{campaign.account}/{collection.name}/{campaign.sid}"
            item["data"]["report_url"] = f"{self.served_at}/_sandbox/reports/{path}.csv"
        return item

    def _find(self, account: str, collection: Collection, sid: str) -> Campaign:
        campaign = self.store.find(account, worlds(collection, self.switches), sid)
        if campaign is None:
            raise RefusalError(404, f"There is no campaign {sid}.", "Check the SID and the collection.")
        return campaign

    def _made_up_name(self, account: str, kind: Kind, now: float) -> str:
        """[000] joins account and time with an underscore, [001] with a blank."""
        return f"{account}{'_' if kind.short == 'voice' else ' '}{written(int(now))[:19].replace('T', ' ')}"

    def _scheduled(self, campaign: Campaign, now: float) -> Campaign:
        """With its schedule filled in as this account does, and what follows from it."""
        kind = COLLECTIONS[campaign.collection].kind
        spec = dict(campaign.spec)
        schedule = dict(spec.get("schedule") or {})
        if schedule.get(kind.start.name) is None and self.switches.fill_schedule:
            schedule[kind.start.name] = written(int(now + _FILL_SECONDS))
        if schedule.get(kind.start.name) is not None and schedule.get(kind.end.name) is None:
            _, ends = rules.window(kind, {"schedule": schedule}, now)
            schedule[kind.end.name] = written(ends)
        spec["schedule"] = schedule or None
        begins, ends = rules.window(kind, spec, now)
        return replace(
            campaign,
            spec=spec,
            begins=max(begins, campaign.created),
            ends=ends,
            stats=fresh_stats(kind, spec),
        )

    def _updated(self, campaign: Campaign, collection: Collection, sent: Mapping[str, Any]) -> Campaign:
        now, kind = self.now(), collection.kind
        fields = rules.accepted(collection, sent, creating=False)
        if not fields:
            raise RefusalError(400, "There is nothing to update.", "Send fields or an action.")
        started = campaign.started(now) and not _waits_without_a_start(campaign, kind)
        changeable = _changeable(kind, campaign, started)
        kept = [name for name in fields if name not in changeable]
        if kept:
            raise RefusalError(
                409, f"{', '.join(kept)} can no longer be updated.", "The campaign has started or is over."
            )
        spec = {**campaign.spec, **fields}
        wiped = (
            set(changeable) - set(fields) - _indispensable(kind) if self.switches.put == "replace" else set()
        )
        spec = {name: value for name, value in spec.items() if name not in wiped}
        rules.check_whole(kind, spec)
        campaign = replace(campaign, spec=spec, name=spec["name"])
        if started:
            return campaign
        schedule = kind.schedule.name
        if schedule in fields:
            rules.check_schedule(kind, spec, now, start_sent=True)
        if schedule in fields or schedule in wiped:
            return self._scheduled(campaign, now)
        return replace(campaign, stats=fresh_stats(kind, spec))

    def _acted(self, campaign: Campaign, kind: Kind, word: Any) -> Campaign:
        if word not in [action.value for action in Action]:
            raise RefusalError(400, f"action is {word!r}.", f"action takes one of {', '.join(Action)}.")
        action = Action(word)
        sources, target = TRANSITIONS[action]
        if campaign.state not in sources:
            raise RefusalError(
                409,
                f"A campaign that is {campaign.status} cannot {action}.",
                f"{action} is allowed from {', '.join(sorted(sources))}.",
            )
        if action is Action.RESUME:
            return self._resumed(campaign)
        if action is Action.COMPLETE:
            campaign = self._completed(campaign, kind)
        return replace(campaign, status=target.value)

    def _resumed(self, campaign: Campaign) -> Campaign:
        now = self.now()
        if now < campaign.begins and not self.switches.resume_early:
            return replace(campaign, status=Status.CREATED.value)
        _, progress = self.store.progress(campaign.account, campaign.sid)
        self.store.set_progress(campaign.account, campaign.sid, now, progress)
        return replace(campaign, status=Status.IN_PROGRESS.value, begins=min(campaign.begins, now))

    def _completed(self, campaign: Campaign, kind: Kind) -> Campaign:
        run = dialler.completed_by_hand(self._run(campaign), self.now())
        self.store.set_progress(campaign.account, campaign.sid, None, run.progress)
        return replace(campaign, stats=stats_of(kind, run))

    # dialling

    def settle(self, account: str) -> None:
        """Makes the calls and sends the messages that are due by now; starts and completes campaigns."""
        now = self.now()
        due = self.store.due(account, now)
        for kind in KINDS.values():
            campaigns = [it for it in due if COLLECTIONS[it.collection].kind is kind]
            if campaigns:
                self._settle_line(account, kind, campaigns, now)

    def _settle_line(self, account: str, kind: Kind, campaigns: list[Campaign], now: float) -> None:
        before = [self._run(it) for it in campaigns]
        line = dialler.Line(every=60.0 / kind.per_minute, free=self.store.line(account, kind.short))
        after, line = dialler.settle(before, line, now, partial(people.outcome, kind.short))
        self.store.set_line(account, kind.short, line.free)
        for campaign, was, run in zip(campaigns, before, after, strict=True):
            if run != was or campaign.state is Status.CREATED:
                self.store.set_progress(account, campaign.sid, run.ready, run.progress)
                self.store.replace(_dialled(campaign, kind, run))

    def _run(self, campaign: Campaign) -> dialler.Run:
        resumed, progress = self.store.progress(campaign.account, campaign.sid)
        spec = campaign.spec
        throttle = spec.get("throttle") if spec.get("mode") == "custom" else None
        return dialler.Run(
            sid=campaign.sid,
            people=people.recipients(spec),
            ready=campaign.begins if resumed is None else resumed,
            ends=campaign.ends,
            gap=60.0 / throttle if throttle else 0.0,
            retries=_retries(spec.get("retries") or {}),
            progress=progress,
        )


def _sid(account: str, number: int, kind: Kind) -> str:
    """32 hexadecimal digits, for voice 36 as in [000]. The same request on the same state gives the same SID."""
    digest = hashlib.sha256(f"{account}/{number}".encode()).hexdigest()
    return digest[:36] if kind.short == "voice" else digest[:32]


def fresh_stats(kind: Kind, spec: Mapping[str, Any]) -> dict[str, int]:
    """The counters of a campaign that has called nobody."""
    first = _COUNTERS[kind.short][0]
    return {name: len(people.recipients(spec)) if name == first else 0 for name in _COUNTERS[kind.short]}


def stats_of(kind: Kind, run: dialler.Run) -> dict[str, int]:
    """The counters of a campaign; a last busy or no-answer is a failure."""
    names = _COUNTERS[kind.short]
    stats = dict.fromkeys(names, 0)
    for word, count in dialler.counted(run).items():
        name = names[0] if word == "untried" else word if word in stats else "failed"
        stats[name] += count
    return stats


def _dialled(campaign: Campaign, kind: Kind, run: dialler.Run) -> Campaign:
    updated = campaign.updated
    if campaign.state is Status.CREATED:
        updated = max(updated, campaign.begins)
    status = Status.IN_PROGRESS if run.over is None else Status.COMPLETED
    if run.over is not None:
        updated = max(updated, run.over)
    return replace(campaign, status=status.value, updated=updated, stats=stats_of(kind, run))


def _changeable(kind: Kind, campaign: Campaign, started: bool) -> frozenset[str]:
    """The fields that an update may still name [002, 001]."""
    if not campaign.alive:
        return frozenset()
    return frozenset(row.name for row in kind.fields if not started or row.mutability is Mutability.ALWAYS)


def _waits_without_a_start(campaign: Campaign, kind: Kind) -> bool:
    """[002] closes a voice campaign's fields at its `send_at`: a paused one that has none is still open."""
    start = (campaign.spec.get(kind.schedule.name) or {}).get(kind.start.name)
    return kind.pause_lifts_margin and campaign.state is Status.PAUSED and start is None


def _indispensable(kind: Kind) -> set[str]:
    """What a PUT that replaces cannot wipe: without these it would be no campaign."""
    return {
        row.name
        for row in kind.fields
        if row.required or row.constant or row.role is Role.NAME or row.name in kind.one_of
    }


def _retries(spec: Mapping[str, Any]) -> dialler.Retries:
    return dialler.Retries(
        number=spec.get("number_of_retries") or 0,
        interval=60.0 * (spec.get("interval_mins") or 1),
        doubles=spec.get("mechanism") == "Exponential",
        on=frozenset(spec.get("on_status") or _RETRIED),
    )
