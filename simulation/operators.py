"""Plays people in the dashboard, and what the account does to a campaign by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from simulation.account import Truth
from simulation.manifests import IST
from simulation.repository import DAY, NUMBERS, start_from
from simulation.world import LifeWorld

Act = Callable[[LifeWorld, Random, Sequence[Truth]], None]
"""The campaigns are those that it may be about."""


def operator(world: LifeWorld, random: Random, sid: str = "") -> None:
    """Lets somebody act in the dashboard; with `sid` at this very campaign."""
    world.clock.sleep(0.01)  # later than whatever a run has just read
    alive = list(world.ledger.alive())
    among = [it for it in alive if it.sid == sid] or alive
    world.leaning.choose(random, "operator", OPERATORS)(world, random, among)


def one_of(random: Random, among: Sequence[Truth], *states: str) -> Truth | None:
    """Picks a campaign of one of these states, of any without."""
    found = [it for it in among if not states or it.state in states]
    return random.choice(found) if found else None


def _act(world: LifeWorld, one: Truth | None, body: dict[str, object], says: str) -> None:
    if one is None:
        return
    world.ledger.look()
    status = world.account.by_hand("PUT", one.collection, one.sid, body)
    changed = world.ledger.look()
    done = world.ledger.operator(one.sid, says, changed)
    world.tell(f"an operator {says} {one.name} {one.sid[:6]}: {status}{'' if done else ', nothing changed'}")


def _pauses(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    one = one_of(random, among, "in-progress") if random.random() < 0.5 else None
    _act(world, one or one_of(random, among, "created", "in-progress"), {"action": "pause"}, "pauses")


def stop(world: LifeWorld, one: Truth) -> None:
    """Lets somebody stop this very campaign."""
    _act(world, one, {"action": "pause"}, "pauses")


def _resumes(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    _act(world, one_of(random, among, "paused"), {"action": "resume"}, "resumes")


def resume(world: LifeWorld, one: Truth) -> None:
    """Lets somebody resume this very campaign."""
    _act(world, one, {"action": "resume"}, "resumes")


def give_others(world: LifeWorld, one: Truth, people: Sequence[str]) -> None:
    """Lets somebody give this very campaign other people."""
    _act(world, one, _complete_spec(one) | {"from": list(people)}, "edits")


def _stops_and_resumes_and_stops(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    """Stops, resumes and stops a campaign: it is as it was, and only when it was last changed tells."""
    one = one_of(random, among, "paused")
    for word in ("resume", "pause"):
        _act(world, one, {"action": word}, f"{word}s")


def _completes(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    _act(world, one_of(random, among, "paused"), {"action": "complete"}, "completes")


def _ends(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    """Ends a campaign in an emergency, whatever it is doing: nobody is to be called by it any more."""
    one = one_of(random, among, "created", "in-progress")
    for word in ("pause", "complete"):
        _act(world, one, {"action": word}, f"{word}s")


def _renames(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    one = _open(world, random, among)
    if one is not None:
        _act(world, one, _complete_spec(one) | {"name": f"{one.name}-by-hand"}, "renames")


def _postpones(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    one = _open(world, random, among)
    if one is not None:
        postpone(world, one, random.choice((3600.0, DAY, 2 * DAY)))


def postpone(world: LifeWorld, one: Truth, by: float) -> None:
    """Lets somebody move this very campaign to a later start."""
    if one.start is not None and one.end is not None:
        first, last = _keys(one)
        window = {first: local_text(one.start + by), last: local_text(one.end + by)}
        _act(world, one, _complete_spec(one) | {"schedule": window}, "postpones")


def _edits(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    one = _open(world, random, among)
    if one is None:
        return
    content: dict[str, object] = {"template": "By hand"}
    if one.collection == "campaigns":
        content = {"url": "http://my.exotel.com/acme1/exoml/start_voice/77"}
        if random.random() < 0.4:
            content = {"from": sorted(random.sample(NUMBERS, 3))}
    _act(world, one, _complete_spec(one) | content, "edits")


def _creates(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    """Creates a campaign of somebody's own; now and then a copy, name and all, or under a name that a manifest will
    want.
    """
    leaning = world.leaning
    wanted = {it.name for it in world.repository.head.manifests}
    voice = [it for it in among if it.collection == "campaigns"]
    one = one_of(random, [it for it in voice if it.name in wanted] or voice)
    body = _own(world, random)
    if one is not None and leaning.happens(random, "creates a twin", 0.08):
        body |= {key: one.spec[key] for key in (*body, "retries") if key in one.spec}
    elif one is not None and leaning.happens(random, "creates a namesake", 0.1):
        body |= {"name": one.name}
    elif one is not None and leaning.happens(random, "creates a copy", 0.2):
        body |= {key: one.spec[key] for key in body if key in one.spec and key != "name"}
    elif leaning.happens(random, "creates what is wanted", 0.3):
        names = _wanted_names(world)
        body |= {"name": random.choice(names)} if names else {}
    _create(world, body)


def call_beside(world: LifeWorld, random: Random, start: float) -> None:
    """Lets somebody make a campaign of their own that calls many people from a moment on, one after the other."""
    _create(
        world,
        _own(world, random)
        | {
            "from": sorted(random.sample(NUMBERS, 25)),
            "schedule": {"send_at": local_text(start), "end_at": local_text(start + 2 * 3600)},
            "mode": "custom",
            "throttle": 1,
            "retries": {"number_of_retries": 1, "interval_mins": 60, "on_status": ["busy", "no-answer"]},
        },
    )


def _create(world: LifeWorld, body: dict[str, object]) -> None:
    status = world.account.by_hand("POST", "campaigns", "", body)
    for sid in world.ledger.look():
        world.ledger.touched[sid].add("creates")
    world.tell(f"an operator creates {body['name']}: {status}")


def _own(world: LifeWorld, random: Random) -> dict[str, object]:
    start, hours = start_from(world.now, random)
    return {
        "name": f"by-hand-{len(world.story)}",
        "caller_id": "03349360005",
        "from": sorted(random.sample(NUMBERS, 2)),
        "url": "http://my.exotel.com/acme1/exoml/start_voice/55",
        "schedule": {"send_at": local_text(start), "end_at": local_text(start + hours * 3600)},
    }


def _wanted_names(world: LifeWorld) -> list[str]:
    """Returns those of manifests whose campaign is yet to be made, where there are any."""
    there = {it.name for it in world.account.campaigns.values()}
    wanted = [it.name for it in world.repository.head.manifests if it.kind == "voice" and it.end > world.now]
    return [it for it in wanted if it not in there] or wanted


def _marks(world: LifeWorld, random: Random, among: Sequence[Truth]) -> None:
    """Gives a campaign a status that is rare, or that nobody knows."""
    one = one_of(random, among)
    if one is not None:
        word = random.choice(("failed", "canceled", "deleted", "under-review"))
        world.ledger.strange |= {one.sid} if word == "under-review" else set()
        mark(world, one, word)


def mark(world: LifeWorld, one: Truth, word: str) -> None:
    """Lets the account give a campaign a status by itself."""
    world.account.mark(one.sid, word)
    world.ledger.operator(one.sid, f"marks {word}", world.ledger.look())
    world.tell(f"the account marks {one.name} {one.sid[:6]} as {word}")


def rename_a_list(world: LifeWorld, random: Random) -> None:
    """Lets somebody give a contact list another name: who is in it, and which campaigns have it, stays."""
    found = world.account.contact_lists()
    if found:
        name = f"by-hand-{len(world.story)}"
        status = world.account.by_hand("PUT", "lists", random.choice(found), {"name": name})
        world.tell(f"an operator renames a contact list to {name}: {status}")


def _open(world: LifeWorld, random: Random, among: Sequence[Truth]) -> Truth | None:
    """Picks a campaign that may still be changed."""
    found = [it for it in among if it.state in ("created", "paused") and (it.start or 0) > world.now + 600]
    return random.choice(found) if found else None


def _complete_spec(one: Truth) -> dict[str, object]:
    """Returns all that there is, as a dashboard sends it, so that a PUT that replaces loses nothing."""
    return {key: value for key, value in one.spec.items() if value is not None and key != "campaign_type"}


def _keys(one: Truth) -> tuple[str, str]:
    return ("send_at", "end_at") if one.collection == "campaigns" else ("start_time", "end_time")


def local_text(moment: float) -> str:
    """Writes RFC 3339, in India's offset."""
    return datetime.fromtimestamp(int(moment), IST).isoformat()


OPERATORS: dict[str, tuple[Act, float]] = {
    "pauses": (_pauses, 30),
    "resumes": (_resumes, 14),
    "stops and resumes": (_stops_and_resumes_and_stops, 6),
    "completes": (_completes, 8),
    "ends": (_ends, 8),
    "renames": (_renames, 6),
    "postpones": (_postpones, 14),
    "edits": (_edits, 14),
    "creates": (_creates, 12),
    "marks": (_marks, 4),
}
