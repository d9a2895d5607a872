"""Plans to render, a small function each. All numbers are made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from campaignctl.diagnostics import Diagnostic, Position, Severity
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.lifecycle import State, read_status
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired, Key, Live
from campaignctl.model.environment import Environment
from campaignctl.model.plan import (
    Change,
    Cost,
    Difference,
    HeldOperation,
    ManifestsSeal,
    Operation,
    Plan,
    Selection,
)
from campaignctl.model.reasons import REASONS, Reason
from campaignctl.policy.shared_capacity import SharedCapacity
from campaignctl.rendering.as_json import brief_document, complete_document
from campaignctl.rendering.documents import PlanDocument

NOW = datetime(2027, 1, 12, 3, 30, tzinfo=UTC)
PROD = Environment("prod", "exotel", "acme1", country=COUNTRIES["IN"])
SANDBOX = Environment("sandbox", "sandbox", "sandbox")

START = "2027-01-15T09:00:00+05:30"
NUMBERS = tuple(f"+9198765{number:05d}" for number in range(43210, 43210 + 1200))
VOICE_SPEC: Mapping[str, Value] = {
    "from": NUMBERS,
    "caller_id": "03349360005",
    "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
    "retries": {"number_of_retries": 2, "interval_mins": 15, "on_status": ["busy", "no-answer"]},
    "schedule": {"send_at": START, "end_at": "2027-01-15T18:00:00+05:30"},
    "status_callback": "https://hook:pw@hooks.example.com/done?token=s3cret&team=growth",
}
SMS_SPEC: Mapping[str, Value] = {
    "content_type": "static",
    "lists": ["a1b2c3", "d4e5f6"],
    "schedule": {"start_time": START},
    "sender_id": "EXOTEL",
    "template": "Dear customer, your bill is due on Friday.",
}


def change(kind: Kind, campaign: str, code: str, message: str = "", **more: Any) -> Change:
    """A change as its reason makes it. `live` is a status word, `state` what the manifest wants."""
    spec = {**(VOICE_SPEC if kind is VOICE else SMS_SPEC), **more.pop("spec", {})}
    live, state = more.pop("live", None), more.pop("state", State.ACTIVE)
    sid = more.pop("sid", f"{campaign[:8]}-sid")
    where = Position(more.pop("file", f"campaigns/{campaign}.yaml"), more.pop("line", 1))
    desired = more.pop("desired", Desired(kind, {**spec, "name": campaign}, where, state=state))
    found = Live(kind, sid, read_status(live), live, {**spec, "name": campaign}) if live else None
    return Change(
        key=Key(kind.name, campaign, found.sid if found else ""),
        type=REASONS[code].change,
        reason=Reason(code, message or REASONS[code].doc.rstrip(".").lower()),
        desired=desired,
        live=found,
        resulting=more.pop("resulting", {"name": campaign, **spec}),
        **more,
    )


def plan(*changes: Change, environment: Environment = PROD, **more: Any) -> Plan:
    """A plan of these changes."""
    rest: dict[str, Any] = {
        "host": environment.host,
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=24),
        "manifests": ManifestsSeal("hmac-sha256:5f1d", len(changes), "3fa94c1e"),
        "selection": Selection(("campaigns/",)),
        "allowed": (),
        "refresh_strategy": "auto",
        "refresh_requests": 3,
        "apply": Cost(5, 22),
        "unmanaged": 0,
        "find_digest": lambda: "9f2c41aa07be",
        **more,
    }
    ordered = tuple(sorted(changes, key=lambda it: it.key))
    overlaps = SharedCapacity(ordered, (), environment, rest["created_at"]).find
    return Plan(environment.name, environment.account_sid, changes=ordered, find_overlaps=overlaps, **rest)


ALL_FIELDS = tuple(VOICE_SPEC)


def create() -> Change:
    return change(VOICE, "diwali-reminder", "not-live", operations=(Operation(Op.CREATE, ALL_FIELDS),))


def create_paused() -> Change:
    return change(
        VOICE,
        "holi-reminder",
        "not-live",
        state=State.PAUSED,
        spec={"from": (*NUMBERS[:3], NUMBERS[0])},
        operations=(Operation(Op.CREATE, ALL_FIELDS), Operation(Op.PAUSE)),
    )


def create_soon() -> Change:
    return change(
        SMS,
        "flash-sale",
        "not-live",
        spec={"schedule": {"start_time": "2027-01-12T09:25:00+05:30"}},
        operations=(Operation(Op.CREATE, tuple(SMS_SPEC)),),
    )


def update() -> Change:
    return change(
        VOICE,
        "rent-due",
        "fields-differ",
        live="Created",
        operations=(Operation(Op.UPDATE, ("from", "lists", "retries", "read_via_text", "status_callback")),),
        diff=(
            Difference("from", ("09876543210", *NUMBERS[1:8], "+919800000001"), NUMBERS[:16]),
            Difference("lists", ["a1b2c3"], ["a1b2c3", "d4e5f6"]),
            Difference(
                "read_via_text",
                "Your rent is due on Friday. Press 1 to pay.",
                "Your rent is due today. Press 1 to pay now, 2 to talk to us.",
            ),
            Difference("retries.interval_mins", 10, 15),
            Difference("retries.mechanism", None, "Exponential"),
            Difference(
                "status_callback",
                "https://hooks.example.com/done?token=old&team=growth",
                "https://hooks.example.com/done?token=new&team=growth",
            ),
        ),
        notes=("the account does not show custom_field: it is not compared",),
        fingerprint="status=ab12",
    )


def transition() -> Change:
    return change(
        SMS,
        "bill-due",
        "state-differs",
        live="scheduled",
        state=State.PAUSED,
        operations=(Operation(Op.PAUSE),),
    )


def held_resume() -> Change:
    return change(
        VOICE,
        "survey",
        "needs-allow",
        "resume must be asked for",
        live="Paused",
        operations=(Operation(Op.UPDATE, ("caller_id",)),),
        diff=(Difference("caller_id", "03349360004", "03349360005"),),
        held=(HeldOperation(Op.RESUME, since="2027-01-12T01:10:00Z"),),
    )


def held_complete() -> Change:
    return change(
        VOICE,
        "winter-offer",
        "needs-allow",
        "complete and archive must be asked for",
        live="in-progress",
        state=State.ARCHIVED,
        spec={"schedule": {"send_at": "2027-01-12T07:00:00+05:30"}},
        operations=(Operation(Op.PAUSE),),
        held=(
            HeldOperation(Op.COMPLETE, since="2027-01-12T01:30:00Z", numbers_failed=60),
            HeldOperation(Op.ARCHIVE, since="2027-01-12T01:30:00Z"),
        ),
    )


def held_start_now() -> Change:
    resulting = {name: value for name, value in VOICE_SPEC.items() if name != "schedule"}
    return change(
        VOICE,
        "flood warning",
        "start-now",
        "it has no start: it calls people the moment it is applied",
        held=(HeldOperation(Op.CREATE, tuple(resulting)),),
        resulting=resulting,
    )


def held_renamed() -> Change:
    return change(
        SMS,
        "bill-due-2",
        "looks-renamed",
        "bill-due-1 (b1) is alive, no manifest matches it and it looks like this one",
        held=(HeldOperation(Op.CREATE, tuple(SMS_SPEC)),),
    )


def held_renamed_paused() -> Change:
    held = (HeldOperation(Op.CREATE, tuple(VOICE_SPEC)), HeldOperation(Op.PAUSE))
    message = "holi-1 (h1) is alive, no manifest matches it and it looks like this one"
    return change(VOICE, "holi-2", "looks-renamed", message, state=State.PAUSED, held=held)


def held_orphan() -> Change:
    since = "2027-01-12T01:30:00Z"
    held = tuple(HeldOperation(op, since=since) for op in (Op.PAUSE, Op.COMPLETE, Op.ARCHIVE))
    message = "no manifest matches it; allow complete and archive to end it"
    return change(VOICE, "growth-2024", "orphan", message, live="created", desired=None, held=held)


def ended() -> Change:
    return change(
        VOICE,
        "autumn-offer",
        "state-differs",
        live="in-progress",
        state=State.ARCHIVED,
        spec={"schedule": {"send_at": "2027-01-12T07:00:00+05:30"}},
        operations=(Operation(Op.PAUSE), Operation(Op.COMPLETE, numbers_failed=60), Operation(Op.ARCHIVE)),
    )


def blocked() -> Change:
    return change(
        VOICE,
        "kyc-call",
        "immutable-field",
        "url can no longer change: its start has passed",
        live="in-progress",
        spec={"schedule": {"send_at": "2027-01-12T07:00:00+05:30"}},
        operations=(Operation(Op.UPDATE, ("status_callback",)),),
        diff=(
            Difference("url", "http://my.exotel.com/acme1/exoml/start_voice/4", VOICE_SPEC["url"]),
            Difference("status_callback", None, "https://hooks.example.com/done"),
        ),
    )


def ambiguous() -> Change:
    return change(
        VOICE,
        "welcome",
        "ambiguous-name",
        "two campaigns have the name: w1, w2",
        operations=(Operation(Op.PAUSE, sid="w2"),),
    )


def failed() -> Change:
    return change(VOICE, "old-reminder", "failed", "it was canceled: nobody was called", live="canceled")


def finished() -> Change:
    return change(
        SMS,
        "last-year",
        "finished",
        "it is completed",
        live="completed",
        notes=("differs, and stays as it is: template",),
    )


def in_sync(campaign: str = "steady", **more: Any) -> Change:
    return change(VOICE, campaign, "in-sync", live="Created", **more)


def cannot_compare() -> Change:
    return change(SMS, "hidden", "cannot-compare", live="scheduled")


def orphan(**more: Any) -> Change:
    return change(
        VOICE,
        "growth-2025",
        "orphan",
        "no manifest matches it; it stays and runs (--prune ends it)",
        live="created",
        desired=None,
        **more,
    )


FINDINGS = (
    Diagnostic(
        Severity.ERROR,
        "calling_hours",
        Position("campaigns/kyc-call.yaml", 14, 5),
        "it starts at 07:00 +0530, outside the calling hours 09:00–21:00 Asia/Kolkata",
    ),
    Diagnostic(
        Severity.WARN,
        "duplicate_numbers",
        Position("campaigns/holi-reminder.yaml", 9, 3),
        "1 number stands more than once",
    ),
)


def everything() -> Plan:
    """One of each."""
    return plan(
        create(), create_paused(), create_soon(), update(), transition(), held_resume(), held_complete(),
        held_start_now(), held_renamed(), ended(), blocked(), ambiguous(), failed(), finished(), in_sync(),
        in_sync("steady-2"), cannot_compare(), orphan(), held_renamed_paused(), held_orphan(),
        findings=FINDINGS, unmanaged=3, allowed=("archive:autumn-offer", "complete:autumn-offer"),
        notes=("the server's clock is 3 minutes ahead of this machine's",),
        selection=Selection(("campaigns/",), "team=growth", vars={"flow_id": "hmac-sha256:77aa"}),
        apply=Cost(14, 190),
    )  # fmt: skip


ESCAPES = "\x1b[31mred\x1b]0;title\x07"
HOSTILE: Mapping[str, str] = {
    "terminal escapes": ESCAPES,
    "a C1 escape": "\x9b31mred",
    "line breaks": "one\ntwo\r\nthree\x0bfour\x85five\u2028six\u2029seven",
    "right-to-left marks": "abc\u202egnp.exe\u2066x\u2069\u200f\u061c",
    "invisible letters": "adm\u200bin\u2060\ufeff\u00ad\U000e0041",
    "lone surrogates": "bro\ud800ken",
    "workflow commands": "::error file=a::b\n##[group]x ##vso[task.setvariable variable=a]b",
    "markup": "<script>alert(1)</script> [a](javascript:b) `c` | d",
    "mentions and links": "@everyone #1 GH-2 acme/shop#3 https://evil.example www.evil.com me@evil.com :+1:",
    "fences": "```\n</details>\n~~~ `` x ``` --> <!-- x\n| a | b |\n|---|---|\n# b\n- [ ] c\n> d\n![e](f) **g**\\|h",
    "attributes": "\"><img src=x onerror=alert(1)>' onload='x' &lt;b&gt; </style></script></svg></title><![CDATA[ -->",
    "leading signs": "# a",
    "a number with a dot": "1. a",
    "length": "long" * 2500,
    "nothing": "",
    "shell": "$(reboot) `id` 'x'; rm -rf \"/\"",
}


_ONE_OF_EACH_TYPE = (
    "ambiguous-name", "failed", "window-over", "policy", "start-now", "needs-allow", "orphan", "not-live",
    "fields-differ", "state-differs", "cannot-compare", "in-sync",
)  # fmt: skip


def hostile_runs(text: str) -> Plan:
    """The same as names on a timeline, of a plan whose times can be read."""
    made = (
        change(VOICE, text, "not-live", operations=(Operation(Op.CREATE, ALL_FIELDS),), file=text),
        change(SMS, text, "not-live", operations=(Operation(Op.CREATE, tuple(SMS_SPEC)),), file=text),
        change(VOICE, f"{text} ", "start-now", held=(HeldOperation(Op.CREATE, ALL_FIELDS),), file=text),
    )
    return plan(*made, environment=PROD._replace(name=text, account_sid=text))


def hostile(text: str) -> Plan:
    """The same text from outside in every field of a plan."""
    where = Position(text, 3, 4)
    resulting = {
        "name": text,
        "from": (text, text + "1"),
        "lists": [text],
        "url": text,
        "read_via_text": text,
        "retries": {"mechanism": text, "on_status": [text]},
        "schedule": {"send_at": text, "end_at": text},
        "status_callback": text,
    }
    spec: Mapping[str, Value] = {**resulting}
    diffs = (
        *(
            Difference(field, text, text + "x")
            for field in ("from", "url", "schedule.send_at", "status_callback")
        ),
        Difference("lists", [text], [text + "x"]),
        Difference("from", (text,), (text + "x",)),
    )
    wanted = Desired(VOICE, spec, where, state=State.ARCHIVED, labels={text: text})
    live = Live(VOICE, text, read_status(text), text, spec)
    changes = [
        Change(
            key=Key(kind.name, text, text),
            type=row.change,
            reason=Reason(code, text),
            desired=None if code == "orphan" else wanted._replace(kind=kind),
            live=None if code in ("not-live", "start-now") else live,
            operations=(
                Operation(Op.PAUSE, sid=text),
                Operation(Op.UPDATE, (text,)),
                Operation(Op.CREATE, (text,)),
            ),
            held=(HeldOperation(Op.COMPLETE, since=text), HeldOperation(Op.CREATE, (text,))),
            diff=diffs if kind is VOICE else (),
            notes=(text,),
            resulting=resulting,
            fingerprint=text,
        )
        for code, row in ((code, REASONS[code]) for code in _ONE_OF_EACH_TYPE)
        for kind in (VOICE, SMS)
    ]
    return plan(
        *changes,
        environment=PROD._replace(name=text, account_sid=text),
        findings=(
            Diagnostic(Severity.ERROR, text, where, text),
            Diagnostic(Severity.WARN, text, where, text),
        ),
        notes=(text,),
        allowed=(text,),
        find_digest=lambda: text,
        refresh_strategy=text,
        selection=Selection((text,), text, vars={text: text}),
        manifests=ManifestsSeal(text, 1, text),
    )


def plan_document(plan: Plan, environment: Environment, *, show_numbers: bool = False) -> PlanDocument:
    """The complete document, as JSON, pages and plan files show it."""
    brief = brief_document(plan, environment, show_numbers=show_numbers)
    return complete_document(brief, plan, environment, show_numbers=show_numbers)
