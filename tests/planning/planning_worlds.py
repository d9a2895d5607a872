"""Random manifests beside random accounts, both kinds: small pools, so that they meet often and at the margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from campaignctl.diagnostics import Position
from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.lifecycle import MARGIN, State, read_status
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live, Snapshot
from campaignctl.model.environment import Environment, Prune
from campaignctl.model.permissions import Consent
from campaignctl.planning.planner import Decisions, make_plan
from campaignctl.planning.terms import Terms

NOW = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_STARTS = tuple(
    NOW + after
    for after in (
        timedelta(days=-40), timedelta(hours=-5), timedelta(0), _SECOND, MARGIN - _SECOND, MARGIN, timedelta(hours=1),
        timedelta(hours=14), timedelta(days=5),
    )
)  # fmt: skip
_WINDOWS = (timedelta(hours=2), timedelta(hours=5))
_NAMES = ("growth-a", "growth-b", "sales-c")
_PREVIOUS = (*_NAMES, "growth-old")
_WORDS = (
    "Created",
    "scheduled",
    "InProgress",
    "paused",
    "Completed",
    "archived",
    "Failed",
    "canceled",
    "deleted",
    "Frozen",
)
_FLAGS = (
    "resume",
    "complete",
    "archive",
    "start-now",
    "earlier-start",
    "twin",
    "adopt",
    "resume:growth-a",
    "complete:S1",
)
_POOLS: Mapping[str, tuple[Any, ...]] = {
    "from": (("+919876543210",), ("09876543210", "+919876543211"), ("+919876543210", "+919876543210")),
    "lists": (("L1",), ("L1", "L2"), ("L3",)),
    "caller_id": ("03349360005", "+913349360005", "03349360006"),
    "url": ("http://my.exotel.com/a/1", "https://my.exotel.com/a/1", "http://my.exotel.com/a/2"),
    "retries": (None, {"number_of_retries": 1, "interval_mins": 15}, {"interval_mins": 20, "mechanism": None}),
    "mode": (None, "auto", "custom"),
    "status_callback": (None, "https://hooks.example.com/1", "https://hooks.example.com/2"),
    "call_status_callback": (None, "https://hooks.example.com/3"),
    "content_type": ("static", "dynamic"),
    "channel": (None, "SMS"),
    "dlt_entity_id": ("0012345",),
    "dlt_template_id": ("0067890", "67890"),
    "sender_id": ("EXOTEL", "OTHER"),
    "sms_type": ("transactional", "transactional_opt_in", "promotional"),
    "template": ("Your bill is due.", "Your bill is paid."),
}  # fmt: skip


def required(kind: Kind) -> tuple[str, ...]:
    """What a manifest without a pin declares."""
    if kind is VOICE:
        return ("from", "caller_id", "url")
    return tuple(field.name for field in SMS.fields if field.required)


@dataclass(frozen=True)
class Campaign:
    """A live campaign as it truly is, and what of it the account leaves out of its answers."""

    truth: Live
    hidden: frozenset[str] = frozenset()

    @property
    def shown(self) -> Live:
        """As the account answers."""
        spec = {name: value for name, value in self.truth.spec.items() if name not in self.hidden}
        return self.truth._replace(spec=spec)


@dataclass(frozen=True, repr=False)
class World:
    """Everything that a plan is made of."""

    all_manifests: tuple[Desired, ...]
    campaigns: tuple[Campaign, ...]
    terms: Terms
    complete: bool = True

    def __repr__(self) -> str:
        """What a failing example shows."""
        asked = self.terms.consent, self.terms.prune, self.terms.prune_asked, self.terms.resend
        lines = [f"World complete={self.complete} {asked} {self.terms.environment}"]
        lines += [
            f"  {it.kind.short} {dict(it.spec)} state={it.state} sid={it.sid} previous_name={it.previous_name} "
            f"ignore={set(it.ignore)} allow={set(it.allow)} distinct_from={set(it.distinct_from)}"
            for it in self.all_manifests
        ]
        lines += [
            f"  live {it.truth.kind.short} {it.truth.sid} {it.truth.word} {dict(it.truth.spec)} hidden={set(it.hidden)}"
            for it in self.campaigns
        ]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Hypothesis prints a dataclass by its fields, the tables of its kinds and all, unless it is told otherwise."""
        assert not cycle
        printer.text(repr(self))

    @property
    def snapshot(self) -> Snapshot:
        """The account as read."""
        shown = [campaign.shown for campaign in self.campaigns]
        listings = {
            name: Listing(tuple(it for it in shown if it.kind is kind), complete=self.complete)
            for name, kind in KINDS.items()
        }
        return Snapshot(self.terms.now, listings)

    def plan(self, selected: tuple[Desired, ...] | None = None) -> Decisions:
        """Everything selected, unless said otherwise."""
        return make_plan(
            self.all_manifests,
            self.all_manifests if selected is None else selected,
            self.snapshot,
            self.terms,
        )


@st.composite
def _schedules(draw: st.DrawFn, kind: Kind) -> Mapping[str, str | None] | None:
    start = draw(st.sampled_from((None, *_STARTS)))
    if start is None:
        return draw(st.sampled_from((None, {kind.start.name: None})))
    window = draw(st.sampled_from((None, *_WINDOWS)))
    end = None if window is None else (start + window).isoformat()
    return {kind.start.name: start.isoformat(), **draw(st.sampled_from(({}, {kind.end.name: end})))}


@st.composite
def _specs(draw: st.DrawFn, kind: Kind, names: tuple[str, ...]) -> dict[str, Any]:
    spec = {name: draw(st.sampled_from(_POOLS[name])) for name in names if name in _POOLS}
    if kind is VOICE and "from" in spec and draw(st.booleans()):
        spec["lists"] = draw(st.sampled_from(_POOLS["lists"]))
        del spec["from"]
    return spec


def _optional(kind: Kind) -> tuple[str, ...]:
    return tuple(name for name in kind.by_name if name in _POOLS and name not in (*required(kind), "lists"))


@st.composite
def manifests(draw: st.DrawFn, kind: Kind, name: str, sid: str | None) -> Desired:
    """One manifest; a pinned one need declare nothing."""
    declared = required(kind) if sid is None or draw(st.booleans()) else ()
    some = draw(st.lists(st.sampled_from(_optional(kind)), unique=True, max_size=3))
    spec = draw(_specs(kind, (*declared, *some)))
    if sid is None or draw(st.booleans()):
        spec["name"] = name
    if draw(st.integers(0, 3)):
        spec[kind.schedule.name] = draw(_schedules(kind))
    return Desired(
        kind=kind,
        spec=spec,
        where=Position(f"{name}.yaml"),
        state=draw(st.sampled_from((None, *State))),
        sid=sid,
        previous_name=draw(st.sampled_from((None, None, *_PREVIOUS))) if sid is None else None,
        ignore=frozenset(
            draw(st.sampled_from(((), (), ("schedule",), (f"schedule.{kind.start.name}",), ("retries",))))
        ),
        allow=frozenset(draw(st.sets(st.sampled_from(("complete", "archive"))))),
        distinct_from=frozenset(draw(st.sets(st.sampled_from(("S0", "S1")), max_size=1))),
    )


@st.composite
def campaigns(draw: st.DrawFn, sid: str, wanted: Desired | None) -> Campaign:
    """One live campaign, mostly much like a manifest, with some keys left out of the answers."""
    kind = wanted.kind if wanted else draw(st.sampled_from((VOICE, SMS)))
    some = draw(st.lists(st.sampled_from(_optional(kind)), unique=True, max_size=3))
    spec = draw(_specs(kind, (*required(kind), *some)))
    spec |= {"name": draw(st.sampled_from(_PREVIOUS)), kind.schedule.name: draw(_schedules(kind))}
    if wanted is not None:
        names = (None, wanted.name, wanted.name, wanted.previous_name)
        spec["name"] = draw(st.sampled_from(names)) or spec["name"]
        alike = draw(st.sets(st.sampled_from(tuple(wanted.spec))) if wanted.spec else st.just(set()))
        spec |= {key: wanted.spec[key] for key in alike if key != "name"}
        if "from" in spec and "lists" in spec:
            del spec["lists" if "from" in alike else "from"]
    word = draw(st.sampled_from(_WORDS))
    hidden = draw(st.sets(st.sampled_from(sorted(spec.keys() - {"name"})), max_size=2) | st.just(set()))
    created = NOW - timedelta(days=draw(st.integers(1, 3)))
    return Campaign(Live(kind, sid, read_status(word), word, spec, created=created), frozenset(hidden))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Names and SIDs of manifests are unique within a kind, as `validate` asks; previous names too."""
    wanted: list[Desired] = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from((VOICE, SMS)))
        sid = draw(st.sampled_from((None, None, None, f"S{number}")))
        wanted.append(draw(manifests(kind, _NAMES[number], sid)))
    previous = [(it.kind.name, it.previous_name) for it in wanted if it.previous_name]
    if len(set(previous)) < len(previous):
        wanted = [it._replace(previous_name=None) for it in wanted]
    called = {(it.kind.name, it.name) for it in wanted}
    wanted = [
        it._replace(previous_name=None) if (it.kind.name, it.previous_name) in called else it for it in wanted
    ]
    models = [draw(st.sampled_from((*wanted, *wanted, None))) for _ in range(draw(st.integers(0, 4)))]
    live = tuple(draw(campaigns(f"S{number}", model)) for number, model in enumerate(models))
    return World(tuple(wanted), live, draw(_terms()), complete=draw(st.integers(0, 9)) < 9)


@st.composite
def _terms(draw: st.DrawFn) -> Terms:
    environment = Environment(
        "test",
        draw(st.sampled_from(("exotel", "sandbox"))),
        "acme1",
        collections={SMS.name: draw(st.sampled_from(("message-campaigns", "sms-campaigns")))},
        country=draw(st.sampled_from((None, COUNTRIES["IN"]))),
        allow=frozenset(draw(st.sets(st.sampled_from(_FLAGS[:7]), max_size=2))),
    )
    flags = tuple(draw(st.lists(st.sampled_from(_FLAGS), unique=True, max_size=4)))
    return Terms(
        now=NOW,
        environment=environment,
        consent=Consent(flags, environment.allow, environment.is_sandbox, environment.resume_waits),
        prune=draw(st.sampled_from((None, Prune("growth-")))),
        prune_asked=draw(st.booleans()),
        resend=draw(st.sampled_from(((), (), ("growth-a",)))),
    )
