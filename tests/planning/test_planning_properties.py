"""What holds for every plan: random manifests, random accounts, both kinds.

`campaignctl.planning` is pure, so a plan is carried out here on the campaigns as they truly are, once with a PUT that
replaces and once with one that merges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from example_counts import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from planning_worlds import NOW, Campaign, World, worlds

from campaignctl.contact_lists.by_name import ListName
from campaignctl.kinds.lifecycle import ALIVE, CALLING, MARGIN, Status
from campaignctl.kinds.operations import TRANSITIONS, Op
from campaignctl.kinds.table import Mutability, Role
from campaignctl.model.campaigns import Live, sharing
from campaignctl.model.looks import Look
from campaignctl.model.plan import Change
from campaignctl.model.reasons import REASONS, ChangeType
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import decide, decide_in_full
from campaignctl.planning.compare import written_alike
from campaignctl.planning.lookalikes import Lookalikes, looked_like, looks_like
from campaignctl.planning.order import steps
from campaignctl.planning.payload import as_wanted, create_spec, update_spec
from campaignctl.planning.phase import Phase, phase_of

quickly = examples(50, suppress_health_check=[HealthCheck.too_slow])
"""Some five seconds for all; thousands of examples were looked at when the rules were written."""


def _start(live: Live) -> datetime | None:
    return window_of(live.kind, live.spec).start


def _begun(live: Live, now: datetime) -> bool:
    start = _start(live)
    return live.status is Status.IN_PROGRESS or (start is not None and start <= now)


def _updates(world: World) -> Iterator[tuple[Change, Live, dict[str, Any]]]:
    """Every update that is planned, with the campaign as shown and what is sent."""
    for change in world.plan().changes:
        for operation in change.operations:
            if operation.op is Op.UPDATE:
                assert change.desired is not None
                assert change.live is not None
                yield (
                    change,
                    change.live,
                    update_spec(change.desired, change.live, operation.fields, world.terms),
                )


@quickly
@given(worlds())
def test_a_plan_is_made_of_anything_and_twice_the_same(world: World) -> None:
    assert world.plan() == world.plan()


@quickly
@given(worlds())
def test_a_change_is_what_its_reason_says(world: World) -> None:
    for change in world.plan().changes:
        assert change.type is REASONS[change.reason.code].change
        assert change.reason.message
        ops = {it.op for it in change.operations}
        if change.type is ChangeType.NOOP:
            assert not change.operations
            assert not change.held
            assert not change.diff
        if change.type is ChangeType.BLOCKED:
            assert ops <= {Op.PAUSE, Op.UPDATE}
            assert not change.held
        if change.type is ChangeType.HELD:
            assert change.held or change.reason.code == "looks-foreign"
        if change.type in (ChangeType.CREATE, ChangeType.UPDATE, ChangeType.TRANSITION):
            assert ops


@quickly
@given(worlds())
def test_what_is_at_rest_at_a_glance_is_at_rest_when_it_is_weighed(world: World) -> None:
    """Each manifest beside every campaign of its kind, and beside what it would have made itself."""
    for desired in world.all_manifests:
        made = {name: tuple(it) if isinstance(it, list) else it for name, it in desired.spec.items()}
        own = [Live(desired.kind, "own", status, status, made) for status in ALIVE]
        others = [it.shown for it in world.campaigns if it.shown.alive and it.truth.kind is desired.kind]
        for live in (*own, *others):
            assert decide(desired, live, world.terms) == decide_in_full(desired, live, world.terms)


@quickly
@given(worlds())
def test_a_campaign_as_it_is_wanted_has_each_field_as_an_update_of_all_would_send_it(world: World) -> None:
    """What is written alike at a glance, too: beside every campaign, and beside one that has all that is declared."""
    for desired in world.all_manifests:
        live = [it.shown for it in world.campaigns if it.truth.kind is desired.kind]
        own = [it.showing({**it.spec, **desired.spec}) for it in live]
        for each in (it for it in (*live, *own) if phase_of(it, world.terms.now) is not Phase.STARTED):
            sent = update_spec(desired, each, desired.spec.keys(), world.terms)
            wanted = as_wanted(desired, each, world.terms)
            declared = [name for name in desired.spec if not desired.ignores(name)]
            if not each.finished:
                assert {it: wanted.get(it) for it in declared} == {
                    it: sent.get(it, wanted[it]) for it in declared
                }
            assert wanted.keys() == desired.spec.keys() | each.spec.keys()


@quickly
@given(worlds(), st.booleans())
def test_lookalikes_that_are_found_are_those_that_are_looked_for_one_by_one(
    world: World, by_name: bool
) -> None:
    """The alive and those of unknown status beside a manifest, and the finished ones."""
    country, shown = world.terms.country, [it.shown for it in world.campaigns]
    named: dict[str, Any] = {"lists": [ListName("VIP")]} if by_name else {}
    lookalikes = Lookalikes(shown, country, [it for it in shown if it.finished])
    for desired in (it._replace(spec={**it.spec, **named}) for it in world.all_manifests):
        mine = Look(desired, country)
        others = [it for it in shown if it.kind is desired.kind and it.sid not in desired.distinct_from]
        alike = [it for it in others if not it.finished and looks_like(mine, Look(it, country))]
        over = [it for it in others if it.finished and looked_like(mine, Look(it, country))]
        assert lookalikes.oldest(desired) == min(alike, key=lambda live: live.age_key, default=None)
        assert lookalikes.newest_finished(desired) == max(over, key=lambda live: live.age_key, default=None)


@quickly
@given(worlds())
def test_what_is_written_alike_and_kept_once_says_what_it_said(world: World) -> None:
    """Beside every campaign, and beside one that has all that is declared, or nearly."""
    for desired in world.all_manifests:
        written = desired._replace(spec={**desired.spec, "from": list(desired.spec.get("from") or ("+911",))})
        shown = [it.shown for it in world.campaigns]
        own = [it.showing({**it.spec, **in_an_answer(written.spec)}) for it in shown]
        nearly = [it.showing({name: with_true(value) for name, value in it.spec.items()}) for it in own]
        for live in (*shown, *own, *nearly):
            kept = sharing(live, written)
            alike = {name: value for name, value in written.spec.items() if live.spec.get(name) == value}
            assert all(kept.spec[it] is value for it, value in alike.items() if isinstance(value, str))
            assert kept._replace(spec=live.spec) == live
            assert told(kept.spec) == told(live.spec)
            assert written_alike(written.spec, kept.spec) == written_alike(written.spec, live.spec)
        for live in (it for it in own if it.kind is desired.kind):
            kept = sharing(live, written)
            assert all(kept.spec[name] is value for name, value in desired.spec.items() if name != "from")
            assert all(kept.spec[row.name] is written.spec[row.name] for row in live.kind.numbers)


def in_an_answer(value: Any) -> Any:
    """A value as an answer has it: arrays are tuples there."""
    if isinstance(value, dict):
        return {name: in_an_answer(it) for name, it in value.items()}
    return tuple(value) if isinstance(value, list) else value


def with_true(value: Any) -> Any:
    """The same with another type where Python says that both are equal."""
    if isinstance(value, dict):
        return {name: with_true(it) for name, it in value.items()}
    return bool(value) if type(value) is int and value in (0, 1) else value


def told(value: Any) -> Any:
    """What tells values apart, though it be by their types alone; an array of an answer from no other."""
    if isinstance(value, dict):
        return {name: told(it) for name, it in value.items()}
    return tuple(map(told, value)) if isinstance(value, list | tuple) else (type(value), value)


@quickly
@given(worlds())
def test_operations_follow_the_documented_transitions(world: World) -> None:
    by_sid = {(it.truth.kind.name, it.truth.sid): it.truth for it in world.campaigns}
    for change in world.plan().changes:
        status = change.live.status if change.live else None
        for operation in (*change.operations, *change.held):
            if getattr(operation, "sid", None) is not None:
                assert operation.op is Op.PAUSE
                assert by_sid[change.key.kind, operation.sid].status in CALLING
            elif operation.op is Op.CREATE:
                assert status is None
                status = Status.CREATED
            elif operation.op is Op.UPDATE:
                assert status in (*CALLING, Status.PAUSED)
            else:
                action = operation.op.action
                assert action is not None
                sources, reached = TRANSITIONS[action]
                assert status in sources
                status = reached


@quickly
@given(worlds())
def test_what_must_be_asked_for_is_not_done_unasked(world: World) -> None:
    for change in world.plan().changes:
        for operation in change.operations:
            if operation.op in (Op.COMPLETE, Op.ARCHIVE):
                assert _asked(world, change, operation.op.value)
            if operation.op is Op.RESUME:
                assert change.live is not None
                start = _start(change.live)
                by_environment = start is not None and start > NOW
                assert _asked(world, change, "resume", environment=by_environment)
            if operation.op is Op.CREATE:
                assert change.desired is not None
                start = window_of(change.desired.kind, change.desired.spec).start
                sandbox = world.terms.environment.is_sandbox
                assert (start and start - NOW >= MARGIN) or _asked(
                    world, change, "start-now", environment=sandbox
                )


@quickly
@given(worlds())
def test_a_start_is_set_only_ahead_of_the_margin_and_earlier_only_where_asked(world: World) -> None:
    for change, live, sent in _updates(world):
        start, before = window_of(live.kind, sent).start, _start(live)
        if start is None or start == before:
            continue
        assert start - NOW >= MARGIN
        hidden = live.kind.schedule.name not in live.spec
        if hidden or (before is not None and start < before):
            assert _asked(world, change, "earlier-start")


@quickly
@given(worlds())
def test_an_update_before_the_start_loses_neither_recipients_nor_start(world: World) -> None:
    truths = {(it.truth.kind.name, it.truth.sid): it.truth for it in world.campaigns}
    for change, live, sent in _updates(world):
        if _begun(live, NOW):
            assert all(live.kind.by_name[name].mutability is Mutability.ALWAYS for name in sent)
            continue
        assert any(sent.get(field.name) for field in live.kind.in_role(Role.RECIPIENTS))
        assert window_of(live.kind, sent).start or _start(truths[change.key.kind, live.sid]) is None
        collection = world.terms.environment.collection(live.kind.name)
        for name, value in live.spec.items():
            known = live.kind.by_name[name].only_on in (None, collection)
            assert name in sent or value is None or not known


@quickly
@given(worlds())
def test_what_is_left_to_others_is_sent_as_it_is_live(world: World) -> None:
    for change, live, sent in _updates(world):
        assert change.desired is not None
        for path in change.desired.ignore:
            name, _, member = path.partition(".")
            assert name not in {it.partition(".")[0] for it in _differing(change)} or member
            mine, theirs = sent.get(name), live.spec.get(name)
            if member:
                mine, theirs = (mine or {}).get(member), (theirs or {}).get(member)
            assert mine == theirs or (_begun(live, NOW) and name not in sent)


@quickly
@given(worlds())
def test_an_apply_stops_first_and_ends_last(world: World) -> None:
    found = steps(world.plan().changes)
    phases = [_phase(step.change, step.index) for step in found]
    assert phases == sorted(phases)
    for change in world.plan().changes:
        own = [step.index for step in found if step.change == change and step.operation.sid is None]
        assert own == sorted(own), "a change's own operations stay in their order"
    for before, after in pairwise(found):
        if before.operation.op is Op.CREATE and len(before.change.operations) > 1:
            assert after.change is before.change
            assert after.operation.op is Op.PAUSE


@quickly
@given(worlds(), st.data())
def test_what_is_selected_does_not_change_what_is_planned_for_each(world: World, data: st.DataObject) -> None:
    chosen = tuple(it for it in world.all_manifests if data.draw(st.booleans()))
    everything = world.plan().changes
    kept = [it for it in everything if it.desired is None or any(it.desired is one for one in chosen)]
    assert list(world.plan(chosen).changes) == kept


@pytest.mark.parametrize("replaces", [True, False], ids=["a PUT that replaces", "a PUT that merges"])
@quickly
@given(world=worlds())
def test_planning_what_was_applied_comes_to_rest(world: World, replaces: bool) -> None:
    """A pause may give a voice campaign time for what was blocked, so that a second round has work too."""
    world = replace(world, terms=replace(world.terms, resend=()))
    for _ in range(3):
        world = _applied(world, replaces)
    assert [(it.key, it.operations, it.reason) for it in world.plan().changes if it.operations] == []


def _applied(world: World, replaces: bool) -> World:
    campaigns = {(it.truth.kind.name, it.truth.sid): it for it in world.campaigns}
    for step in steps(world.plan().changes):
        change, operation = step.change, step.operation
        key = change.key.kind, operation.sid or (change.live.sid if change.live else f"new {change.key.name}")
        campaigns[key] = _carried_out(world, change, step.index, campaigns.get(key), key[1], replaces)
    return replace(world, campaigns=tuple(campaigns.values()))


def _carried_out(
    world: World, change: Change, index: int, campaign: Campaign | None, sid: str, replaces: bool
) -> Campaign:
    operation = change.operations[index]
    if operation.op is Op.CREATE:
        assert change.desired is not None
        spec = create_spec(change.desired, world.terms.environment.collection(change.key.kind))
        return Campaign(Live(change.desired.kind, sid, Status.CREATED, "created", spec, created=NOW))
    assert campaign is not None
    truth = campaign.truth
    if operation.op is Op.UPDATE:
        assert change.desired is not None
        sent = update_spec(change.desired, campaign.shown, operation.fields, world.terms)
        kept = truth.spec if not replaces or _begun(truth, NOW) else {}
        return replace(campaign, truth=truth._replace(spec={**kept, **sent}))
    assert operation.op.action is not None
    reached = TRANSITIONS[operation.op.action][1]
    start = _start(truth)
    if operation.op is Op.RESUME and start is not None and start > NOW:
        reached = Status.CREATED
    return replace(campaign, truth=truth._replace(status=reached, word=str(reached)))


def _asked(world: World, change: Change, word: str, environment: bool = True) -> bool:
    """Told independently of the code that decides it."""
    sid = change.live.sid if change.live else None
    flags = {word, f"{word}:{change.key.name}", f"{word}:{sid}"}
    in_manifest = (
        change.desired is not None and word in change.desired.allow and word in ("complete", "archive")
    )
    in_environment = environment and word in world.terms.environment.allow
    return bool(flags & set(world.terms.consent.flags)) or in_manifest or in_environment


def _differing(change: Change) -> list[str]:
    return [difference.field for difference in change.diff]


def _phase(change: Change, index: int) -> tuple[Any, ...]:
    """Rule 7 in its own words; a pause after a create goes with it."""
    order = (Op.PAUSE, Op.UPDATE, Op.RESUME, Op.CREATE, Op.COMPLETE, Op.ARCHIVE)
    op = change.operations[index].op
    created = change.live is None and op is Op.PAUSE and change.operations[0].op is Op.CREATE
    kind = change.live.kind if change.live else change.desired.kind if change.desired else None
    assert kind is not None
    start = window_of(kind, change.resulting).start
    return (
        order.index(Op.CREATE if created else op),
        start is None,
        start or NOW,
        change.key.kind,
        change.key.name,
    )
