"""Does what the API does: each request is carried out in one transaction over the store."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import TRANSITIONS, Action
from campaignctl.kinds.table import Kind, Mutability, Role
from campaignctl.sandbox import alterations, bodies, dialler, people, rules
from campaignctl.sandbox.address_book import AddressBook
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.clock import VirtualClock, written
from campaignctl.sandbox.collection import COLLECTIONS, DIALLING, Collection
from campaignctl.sandbox.envelopes import Answer, campaign_item, detail_rows, success
from campaignctl.sandbox.outgoing import masked_number
from campaignctl.sandbox.queries import (
    as_it_is_counted,
    as_it_is_cut,
    read_page,
    read_search,
    require_channel,
    worlds,
)
from campaignctl.sandbox.shapes import (
    AnswerItem,
    Data,
    Json,
    RefusalError,
    RetrySpec,
    Sent,
    Spec,
    as_spec,
    data_of,
    item_of,
)
from campaignctl.sandbox.store import Store
from campaignctl.sandbox.switches import Switches

_RETRIED = ("busy", "no-answer", "failed")
_FILL_SECONDS = 60.0
_LARGEST_DETAILS = 500


class World:
    """Holds all accounts. Its methods expect to be called within a transaction of the store."""

    def __init__(self, store: Store, clock: VirtualClock, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.switches = switches
        self.book = AddressBook(store, clock, switches)
        self.served_at = ""
        self._empty_since: float | None = None

    def now(self) -> float:
        """Returns epoch seconds by the sandbox's clock."""
        return self.clock.now().timestamp()

    # requests

    def create(self, account: str, collection: Collection, body: Json) -> Answer:
        """Answers POST: creates campaigns."""
        rows = bodies.of_create(collection, body, self.switches.create_body, self.switches.several_creates)
        made = [self._made(account, collection, sent) for sent in rows]
        return success("POST", 200, [self._item(collection, campaign, "create") for campaign in made])

    def _made(self, account: str, collection: Collection, sent: Sent) -> Campaign:
        now, kind = self.now(), collection.kind
        spec = rules.accepted(collection, sent, creating=True)
        rules.check_complete(kind, spec)
        rules.check_schedule(kind, spec, now, start_sent=True)
        spec = alterations.changed(kind, spec, self.switches.create_changes)
        kept = "name" not in self.switches.create_drops
        name = (kept and spec.get("name")) or _made_up_name(account, collection, now)
        number = self.store.last_number() + 1
        campaign = self._scheduled(
            Campaign(
                account=account,
                collection=collection.name,
                sid=_sid(account, number, collection.sid_digits),
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
        campaign = self._lossy(campaign, kind, self.switches.create_drops)
        if self.switches.create_early:
            campaign = replace(campaign, status=Status.IN_PROGRESS.value, begins=now)
        self.store.insert([campaign])
        return campaign

    def _lossy(self, campaign: Campaign, kind: Kind, drops: Sequence[str]) -> Campaign:
        """Takes out what this account loses, and what follows from it: without a start it begins at once."""
        spec = alterations.lost(campaign.spec, [path for path in drops if path != "name"])
        if spec.get("schedule") == campaign.spec.get("schedule"):
            return replace(campaign, spec=spec)
        begins, ends = rules.window(kind, spec, self.now())
        return replace(campaign, spec=spec, begins=begins, ends=ends)

    def page(self, account: str, collection: Collection, query: Mapping[str, str]) -> Answer:
        """Answers GET of a collection."""
        how = self.switches.list_pages
        page = as_it_is_cut(read_page(query, collection.largest_page), how)
        search = read_search(collection, query, self.switches, account, self.now())
        search = None if self._shows_nothing(query) else search
        total = self.store.count(search) if search else 0
        found = self.store.page(search, page.offset, page.limit) if search and total > page.offset else []
        items = [self._item(collection, it, "list") for it in found]
        return success("GET", collection.list_code, items, as_it_is_counted(page, how, len(items), total))

    def _shows_nothing(self, query: Mapping[str, str]) -> bool:
        """Tells whether a list is empty for a while, counted from the first that was asked for."""
        if self.switches.empty_lists == "no":
            self._empty_since = None
            return False
        asked = bool(query.get("name") or query.get("status"))
        if self._empty_since is None:
            self._empty_since = self.now()
        meant = self.switches.empty_lists == "all" or asked == (self.switches.empty_lists == "asked")
        return meant and self.now() < self._empty_since + self.switches.empty_seconds

    def get(self, account: str, collection: Collection, sid: str) -> Answer:
        """Answers GET of a campaign."""
        return self._single("GET", collection, self._find(account, collection, sid), "get")

    def change(self, account: str, collection: Collection, sid: str, body: Json) -> Answer:
        """Answers PUT: fields, an action, or both."""
        campaign = self._find(account, collection, sid)
        sent = dict(bodies.of_update(collection, body, self.switches.update_body))
        action = sent.pop("action", None)
        if sent or action is None:
            campaign = self._updated(campaign, collection, sent)
            campaign = replace(campaign, updated=self.now())
        shown = campaign
        if action is not None:
            campaign, shown = self._asked(campaign, collection.kind, action)
        self.store.replace(campaign)
        return self._single("PUT", collection, shown, "update" if action is None else "action")

    def details(self, account: str, collection: Collection, sid: str, query: Mapping[str, str]) -> Answer:
        """Answers GET of what became of each recipient."""
        campaign = self._find(account, collection, sid)
        require_channel(collection, query)
        page = read_page(query, _LARGEST_DETAILS)
        rows = self._everybody(collection, campaign)
        words = {word.strip() for word in query.get("status", "").split(",") if word.strip()}
        rows = [
            row
            for row in rows
            if query.get("number", row["number"]) == row["number"] and (not words or row["status"] in words)
        ]
        if query.get("sort_by", "").lower().endswith(":desc"):
            rows.reverse()
        part = [item_of(row) for row in rows[page.offset : page.offset + page.limit]]
        return success("GET", 200, part, page.metadata(len(part), len(rows)))

    def report(self, account: str, collection: Collection, sid: str) -> str:
        """Returns what became of all recipients, as the CSV that a `report_url` leads to."""
        rows = self._everybody(collection, self._find(account, collection, sid))
        if not self.switches.mask_in or "details" in self.switches.mask_in:
            rows = [{**row, "number": masked_number(str(row["number"]), self.switches.mask)} for row in rows]
        text = io.StringIO()
        table = csv.DictWriter(text, list(rows[0]) if rows else ["sid", "number", "status"])
        table.writeheader()
        table.writerows(rows)
        return text.getvalue()

    def _everybody(self, collection: Collection, campaign: Campaign) -> list[Data]:
        _, progress = self.store.progress(campaign.account, campaign.sid)
        results = {it.place: (it.outcome, it.at) for it in progress.results}
        results |= {it.place: ("retry", progress.last) for it in progress.waiting}
        return detail_rows(collection, campaign, self._called(campaign, progress), results)

    # what they are made of

    def _single(self, method: str, collection: Collection, campaign: Campaign, request: str) -> Answer:
        item = self._item(collection, campaign, request)
        bare = collection.single and request != "create"
        return success(method, 200, item if bare else [item])

    def _item(self, collection: Collection, campaign: Campaign, request: str) -> AnswerItem:
        """Makes a campaign's item. Its report, where it has one, is served here if the switch says so."""
        item = campaign_item(collection, campaign, request)
        data = data_of(item)
        stats = data.get("stats")
        if self.switches.stats != "right" and isinstance(stats, dict):
            data["stats"] = alterations.counters(stats, self.switches.stats, self.now())
        if self.switches.serve_reports and data.get("report_url"):
            path = f"{campaign.account}/{collection.name}/{campaign.sid}"
            data["report_url"] = f"{self.served_at}/_sandbox/reports/{path}.csv"
        return item

    def _find(self, account: str, collection: Collection, sid: str) -> Campaign:
        campaign = self.store.find(account, worlds(collection, self.switches), sid)
        if campaign is None:
            raise RefusalError(404, f"There is no campaign {sid}.", "Check the SID and the collection.")
        return campaign

    def _scheduled(self, campaign: Campaign, now: float) -> Campaign:
        """Fills the schedule in as this account does, with what follows from it."""
        kind = COLLECTIONS[campaign.collection].kind
        schedule = dict(campaign.spec.get("schedule") or {})
        if schedule.get(kind.start.name) is None and self.switches.fill_schedule:
            schedule[kind.start.name] = written(int(now + _FILL_SECONDS))
        if schedule.get(kind.start.name) is not None and schedule.get(kind.end.name) is None:
            _, ends = rules.window(kind, {"schedule": schedule}, now)
            schedule[kind.end.name] = written(ends)
        spec: Spec = {**campaign.spec, "schedule": schedule or None}
        begins, ends = rules.window(kind, spec, now)
        return replace(
            campaign,
            spec=spec,
            begins=max(begins, campaign.created),
            ends=ends,
            stats=self._fresh(campaign.account, kind, spec),
        )

    def _updated(self, campaign: Campaign, collection: Collection, sent: Sent) -> Campaign:
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
        before = campaign.spec
        wiped = (
            set(changeable) - set(fields) - _indispensable(kind) if self.switches.put == "replace" else set()
        )
        merged: Spec = {**before, **fields}
        spec = as_spec({name: value for name, value in merged.items() if name not in wiped})
        rules.check_complete(kind, spec)
        schedule = kind.schedule.name
        if schedule in fields and not started:
            rules.check_schedule(kind, spec, now, start_sent=True)
        altered = [
            it for it in self.switches.update_changes if it.partition(".")[0].partition(":")[0] in changeable
        ]
        spec = alterations.changed(kind, spec, altered)
        campaign = replace(campaign, spec=spec, name=spec["name"])
        if self.switches.update_resumes and campaign.state is Status.PAUSED:
            campaign = replace(campaign, status=Status.CREATED.value)
        drops = [it for it in self.switches.update_drops if it.partition(".")[0] in changeable]
        if started:
            return replace(campaign, spec=alterations.lost(spec, drops))
        if spec.get(schedule) != before.get(schedule):
            campaign = self._scheduled(campaign, now)
        return replace(self._lossy(campaign, kind, drops), stats=self._fresh(campaign.account, kind, spec))

    def _asked(self, campaign: Campaign, kind: Kind, word: object) -> tuple[Campaign, Campaign]:
        """Carries an action out; returns the campaign as it is kept and as it is answered."""
        action, now = self._allowed(campaign, word), self.now()
        met = not self.switches.actions_met or action in self.switches.actions_met
        if self.switches.actions == "done" or not met:
            done = self._acted(campaign, kind, action, now)
            return done, done
        if self.switches.actions == "later":
            self.store.add_pending(campaign, action.value, now + self.switches.action_seconds)
        if self.switches.action_answer == "real":
            return campaign, campaign
        return campaign, replace(campaign, status=self._target(campaign, action, now).value)

    def _allowed(self, campaign: Campaign, word: object) -> Action:
        if word not in [action.value for action in Action]:
            raise RefusalError(400, f"action is {word!r}.", f"action takes one of {', '.join(Action)}.")
        action = Action(word)
        sources, _ = TRANSITIONS[action]
        if campaign.state not in sources or action in self.switches.refused_actions:
            raise RefusalError(
                self.switches.action_refusal,
                f"A campaign that is {campaign.status} cannot {action}.",
                f"{action} is allowed from {', '.join(sorted(sources))}.",
            )
        return action

    def _target(self, campaign: Campaign, action: Action, now: float) -> Status:
        waits = action is Action.RESUME and now < campaign.begins and not self.switches.resume_early
        return Status.CREATED if waits else TRANSITIONS[action][1]

    def _acted(self, campaign: Campaign, kind: Kind, action: Action, now: float) -> Campaign:
        status = self._target(campaign, action, now)
        if action is Action.COMPLETE:
            campaign = self._completed(campaign, kind, now)
        if action is Action.RESUME and status is Status.IN_PROGRESS:
            _, progress = self.store.progress(campaign.account, campaign.sid)
            self.store.set_progress(campaign.account, campaign.sid, now, progress)
            campaign = replace(campaign, begins=min(campaign.begins, now))
        return replace(campaign, status=status.value, updated=now)

    def _completed(self, campaign: Campaign, kind: Kind, now: float) -> Campaign:
        run = dialler.completed_by_hand(self._run(campaign), now)
        self.store.set_progress(campaign.account, campaign.sid, None, run.progress)
        return replace(campaign, stats=stats_of(kind, run))

    # dialling

    def recipients(self, account: str, spec: Spec, begun: bool = False) -> list[str]:
        """Returns everybody whom a campaign calls, once it has `begun` those of deleted lists too."""
        return people.recipients(spec, self.book.numbers(account, begun))

    def _called(self, campaign: Campaign, progress: dialler.DiallingProgress) -> list[str]:
        return self.recipients(campaign.account, campaign.spec, progress.begun > 0)

    def _fresh(self, account: str, kind: Kind, spec: Spec) -> dict[str, int]:
        return fresh_stats(kind, len(self.recipients(account, spec)))

    def settle(self, account: str) -> None:
        """Makes the calls and sends the messages that are due by now; starts and completes campaigns.

        Actions that were to be done later are, each at its moment, where the campaign then still allows them.
        """
        now = self.now()
        for sid, word, at in self.store.take_pending(account, now):
            self._dial(account, at)
            campaign = self.store.find(account, tuple(COLLECTIONS), sid)
            action = Action(word)
            if campaign is not None and campaign.state in TRANSITIONS[action][0]:
                kind = COLLECTIONS[campaign.collection].kind
                self.store.replace(self._acted(campaign, kind, action, at))
        self._dial(account, now)

    def _dial(self, account: str, now: float) -> None:
        due = self.store.due(account, now)
        for kind in KINDS.values():
            campaigns = [it for it in due if COLLECTIONS[it.collection].kind is kind]
            if campaigns:
                self._settle_line(account, kind, campaigns, now)
        if self.switches.paused_at_end == "canceled":
            for campaign in self.store.paused_until(account, now):
                self.store.replace(replace(campaign, status=Status.CANCELED.value, updated=campaign.ends))

    def _settle_line(self, account: str, kind: Kind, campaigns: list[Campaign], now: float) -> None:
        before = [self._run(it) for it in campaigns]
        line = dialler.DialLine(every=60.0 / kind.per_minute, free=self.store.line(account, kind.short))
        after, line = dialler.settle(before, line, now, partial(people.outcome, DIALLING[kind.name].outcomes))
        self.store.set_line(account, kind.short, line.free)
        for campaign, was, run in zip(campaigns, before, after, strict=True):
            if run != was or campaign.state is Status.CREATED:
                self.store.set_progress(account, campaign.sid, run.ready, run.progress)
                self.store.replace(_dialled(campaign, kind, run, Status(self.switches.at_end)))

    def _run(self, campaign: Campaign) -> dialler.CampaignRun:
        resumed, progress = self.store.progress(campaign.account, campaign.sid)
        spec = campaign.spec
        throttle = spec.get("throttle") if spec.get("mode") == "custom" else None
        return dialler.CampaignRun(
            sid=campaign.sid,
            people=self._called(campaign, progress),
            ready=campaign.begins if resumed is None else resumed,
            ends=campaign.ends,
            gap=60.0 / throttle if throttle else 0.0,
            retries=_retries(spec.get("retries") or {}),
            progress=progress,
            waits_at_end=self.switches.at_end == "paused",
            outcome=self._outcome_of(campaign),
        )

    def _outcome_of(self, campaign: Campaign) -> dialler.Outcome:
        kind = COLLECTIONS[campaign.collection].kind.name
        return partial(people.outcome, people.outcomes_of(kind, campaign.name, self.switches.outcomes))


def _sid(account: str, number: int, digits: int) -> str:
    """Makes a SID of so many hexadecimal digits.

    The same request on the same state gives the same SID.
    """
    return hashlib.sha256(f"{account}/{number}".encode()).hexdigest()[:digits]


def fresh_stats(kind: Kind, count: int) -> dict[str, int]:
    """Returns the counters of a campaign that has called none of its `count` people."""
    first = DIALLING[kind.name].counters[0]
    return {name: count if name == first else 0 for name in DIALLING[kind.name].counters}


def stats_of(kind: Kind, run: dialler.CampaignRun) -> dict[str, int]:
    """Returns the counters of a campaign; a last busy or no-answer is a failure."""
    names = DIALLING[kind.name].counters
    stats = dict.fromkeys(names, 0)
    for word, count in dialler.counted(run).items():
        name = names[0] if word == "untried" else word if word in stats else "failed"
        stats[name] += count
    return stats


def _dialled(campaign: Campaign, kind: Kind, run: dialler.CampaignRun, at_end: Status) -> Campaign:
    """Returns the campaign as the dialler left it; `at_end` is what one becomes whose end came before everybody was
    tried.
    """
    updated = campaign.updated
    if campaign.state is Status.CREATED:
        updated = max(updated, campaign.begins)
    status = Status.IN_PROGRESS
    if run.over is not None:
        status = at_end if run.unfinished else Status.COMPLETED
    if run.over is not None:
        updated = max(updated, run.over)
    return replace(campaign, status=status.value, updated=updated, stats=stats_of(kind, run))


def _changeable(kind: Kind, campaign: Campaign, started: bool) -> frozenset[str]:
    """Returns the fields that an update may still name [002, 001]."""
    if not campaign.alive:
        return frozenset()
    return frozenset(row.name for row in kind.fields if not started or row.mutability is Mutability.ALWAYS)


def _waits_without_a_start(campaign: Campaign, kind: Kind) -> bool:
    """Tells whether a paused voice campaign without a start is still open: [002] closes its fields at its
    `send_at`.
    """
    start = (campaign.spec.get("schedule") or {}).get(kind.start.name)
    return kind.pause_lifts_margin and campaign.state is Status.PAUSED and start is None


def _indispensable(kind: Kind) -> set[str]:
    """Returns the fields that a PUT that replaces cannot wipe: without these it would be no campaign."""
    return {
        row.name
        for row in kind.fields
        if row.required or row.constant or row.role is Role.NAME or row.name in kind.one_of
    }


def _retries(spec: RetrySpec) -> dialler.Retries:
    return dialler.Retries(
        number=spec.get("number_of_retries") or 0,
        interval=60.0 * (spec.get("interval_mins") or 1),
        doubles=spec.get("mechanism") == "Exponential",
        on=frozenset(spec.get("on_status") or _RETRIED),
    )


def _made_up_name(account: str, collection: Collection, now: float) -> str:
    """Makes up a name of the account and the time."""
    return f"{account}{collection.joins_name}{written(int(now))[:19].replace('T', ' ')}"
