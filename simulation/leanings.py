"""Holds what a life is about: the weights of all that is drawn in it.

Most of what goes wrong needs a rare meeting of circumstances, and a life in which everything happens now and then meets
few. So only one life in three is a general one. In another third each row of each table is left out, left as it is, or
made common, at random; and the last third is about one subject of `SUBJECTS`. Rows are named by their table and
their name: `edit renames`, `operator pauses`, `at PUT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from simulation.later_subjects import LATER_SUBJECTS
from simulation.weights import BUSY, CALM, Leaning

CAPABILITIES: Mapping[str, float] = {
    "repeat": 0.12,
    "gates": 0.12,
    "guard": 0.12,
    "lists": 0.12,
    "accounts": 0.06,
    "git": 0.12,
    "reports": 0.06,
    "power": 0.08,
}
"""What not every project uses, and how many of them do. What none uses costs a life nothing."""
BESIDE: Mapping[str, float] = {"a third account": 0.3, "git": 0.15, "repeat": 0.1}
"""What else a project of several accounts uses, and how many of those do."""


def capabilities(seed: int, leaning: Leaning) -> frozenset[str]:
    """Draws what the project of a seed uses. A life about one subject has none but its own, nor has a project of
    several accounts.
    """
    own = 0.0 if leaning in (*SUBJECTS, *LATER_SUBJECTS) else 1.0
    found = frozenset(
        name
        for name, chance in CAPABILITIES.items()
        if Random(f"capability {name} {seed}").random()
        < chance * leaning.factors.get(f"uses {name}", own * leaning.factor(f"uses {name}"))
    )
    if "accounts" not in found:
        return found
    return frozenset({"accounts", *(it for it in BESIDE if _uses_beside(it, seed, leaning))})


def _uses_beside(name: str, seed: int, leaning: Leaning) -> bool:
    return Random(f"beside accounts {name} {seed}").random() < BESIDE[name] * leaning.factor(f"uses {name}")


GENERAL = Leaning("everything, now and then")


def drawn(seed: int) -> Leaning:
    """Draws it from a seed."""
    later = _later_one(seed)
    if later is not None:
        return later
    random = Random(f"what a life is about {seed}")
    how = random.random()
    if how < 0.3:
        return GENERAL
    if how < 0.6:
        return Leaning("much of some things, and nothing of others", seed=seed)
    return random.choice(SUBJECTS)


def _later_one(seed: int) -> Leaning | None:
    """Draws whether a life is about a later subject, from a stream of its own: the others stay as they were."""
    return next((it for it in LATER_SUBJECTS if Random(f"about {it.name} {seed}").random() < 0.02), None)


_DANGEROUS = {
    f"{habit} {(field,)}": 8.0
    for habit in ("create_changes", "update_changes")
    for field in ("from", "lists", "url", "template", "caller_id", "schedule.end_at", "schedule.end_time")
}
"""What an account makes of a campaign that could then call somebody wrongly."""
_STOPS = {"operator pauses": 4.0, "operator resumes": 2.0, "operator stops and resumes": 6.0}

SUBJECTS: tuple[Leaning, ...] = (
    Leaning(
        "names that change",
        {
            **BUSY,
            **CALM,
            "edit renames": 14.0,
            "edit copies": 8.0,
            "edit adds another beside": 8.0,
            "edit replaces by another": 14.0,
            "edit gives its place away": 1500.0,
            "edit changes the text": 2.0,
            "operator ends": 6.0,
            "operator renames": 5.0,
            "permission": 0.5,
        },
    ),
    Leaning(
        "pins",
        {
            **BUSY,
            **CALM,
            "edit pins": 16.0,
            "pins another": 4.0,
            "operator renames": 6.0,
            "event commit": 2.0,
        },
    ),
    Leaning(
        "several of one name",
        {
            **BUSY,
            **CALM,
            "event operator": 3.0,
            "operator creates": 10.0,
            "creates what is wanted": 3.0,
            "creates a twin": 4.0,
            "event commit": 4.0,
            "edit wants another state": 5.0,
            "meeting at a telling step": 0.4,
        },
    ),
    Leaning(
        "answers that are lost",
        {
            "weather spell": 4.0,
            "method POST": 4.0,
            "fault gateway": 3.0,
            "fault refused": 2.0,
            "event commit and apply": 3.0,
            "edit adds": 3.0,
            "state paused": 2.0,
            "meeting at a telling step": 0.3,
            "meeting at any step": 0.1,
        },
    ),
    Leaning(
        "actions whose answers are lost",
        {
            "weather spell": 4.0,
            "method PUT": 5.0,
            "event commit and apply": 2.0,
            "edit wants another state": 6.0,
            "permission": 2.0,
        },
        habits=("actions", "refused_actions"),
    ),
    Leaning(
        "runs that are killed and tried again",
        {
            **BUSY,
            "at POST": 2.0,
            "at answer to POST": 6.0,
            "met killed": 4.0,
            "tried again at once": 3.0,
            "edit adds": 2.0,
            "weather calm": 3.0,
        },
        habits=("list_lag_seconds",),
    ),
    Leaning(
        "runs that meet",
        {
            **BUSY,
            "event two at once": 12.0,
            "at POST": 20.0,
            "at answer to POST": 4.0,
            "at wait": 6.0,
            "met another run": 6.0,
            "edit adds": 3.0,
            "weather calm": 3.0,
        },
    ),
    Leaning(
        "many at once",
        {
            **BUSY,
            "edit adds many": 30.0,
            "edit removes": 6.0,
            "rate limit 9": 8.0,
            "weather slow": 8.0,
            "meeting at any step": 0.3,
        },
    ),
    Leaning(
        "what has begun and is changed",
        {
            **BUSY,
            **CALM,
            "event while it calls": 8.0,
            "event stopped, then resumed by a plan": 4.0,
            "edit changes two things": 14.0,
            "operator pauses": 3.0,
            "permission": 3.0,
            "allow resume": 4.0,
            "allow complete": 4.0,
            "allow archive": 2.0,
        },
    ),
    Leaning(
        "signals",
        {
            **BUSY,
            "at answer to POST": 6.0,
            "met a signal": 12.0,
            "edit adds": 3.0,
            "state paused": 6.0,
            "weather calm": 3.0,
        },
    ),
    Leaning(
        "plans that wait",
        {
            "rare a plan waits while somebody edits": 90.0,
            "event plan, then apply late": 8.0,
            "event plan, then expect": 8.0,
            "event apply a saved plan": 2.0,
            "event commit and apply": 0.6,
            "commit before a plan": 1.6,
            "an operator while a plan waits": 1.6,
            **CALM,
            "meeting at a telling step": 0.4,
        },
    ),
    Leaning(
        "plans that resume",
        {
            "event stopped, then resumed by a plan": 30.0,
            "event plan, then apply late": 6.0,
            "event plan, then expect": 5.0,
            "event while it calls": 2.0,
            "event operator": 2.0,
            **_STOPS,
            **CALM,
            "permission": 3.0,
            "allow resume": 8.0,
            "an operator while a plan waits": 1.6,
            "state none": 0.0,
            "meeting at a telling step": 0.4,
        },
    ),
    Leaning(
        "stops and resumes",
        {
            **BUSY,
            **_STOPS,
            "event operator": 3.0,
            "event while it calls": 2.0,
            "permission": 3.0,
            "allow resume": 8.0,
            "at GET of one": 6.0,
            "weather calm": 3.0,
            "met operator": 3.0,
            "state none": 0.0,
        },
    ),
    Leaning(
        "ends",
        {
            **BUSY,
            "edit wants another state": 3.0,
            "edit allows": 10.0,
            "permission": 2.0,
            "allow complete": 6.0,
            "allow archive": 4.0,
            "operator pauses": 3.0,
            "at GET of one": 5.0,
            "met operator": 2.0,
        },
    ),
    Leaning(
        "orphans",
        {
            **BUSY,
            **CALM,
            "edit removes": 10.0,
            "edit renames": 14.0,
            "a prefix": 2.0,
            "prune": 5.0,
            "permission": 2.0,
            "allow complete": 4.0,
            "allow archive": 4.0,
        },
    ),
    Leaning(
        "what is left to others",
        {
            **BUSY,
            **CALM,
            "edit leaves to others": 14.0,
            "operator postpones": 5.0,
            "operator edits": 5.0,
            "event operator": 3.0,
        },
    ),
    Leaning(
        "starts that are near",
        {
            **BUSY,
            **CALM,
            "event while it calls": 5.0,
            "edit moves": 3.0,
            "a start that is near": 3.0,
            "edit changes the text": 3.0,
            "permission": 2.0,
            "allow start-now": 4.0,
            "state paused": 2.0,
        },
    ),
    Leaning(
        "nights, and times that are written otherwise",
        {
            **BUSY,
            **CALM,
            "outside calling hours": 10.0,
            "edit writes another offset": 8.0,
            "edit writes the same moment otherwise": 10.0,
            "edit moves": 3.0,
        },
    ),
    Leaning(
        "what is over and is wanted again",
        {**BUSY, **CALM, "edit moves": 6.0, "edit moves what is over": 14.0, "operator ends": 4.0},
    ),
    Leaning(
        "searches",
        {
            **BUSY,
            **CALM,
            "edit adds": 3.0,
            "edit copies": 3.0,
            "kind sms": 4.0,
            "a past": 4.0,
            "an odd sign": 2.0,
            "event another disk": 3.0,
            "a name of before": 12.0,
            "name_search whole": 5.0,
            "name_search odd": 5.0,
        },
        habits=("name_search",),
    ),
    Leaning(
        "filters",
        {
            **BUSY,
            **CALM,
            "edit renames": 6.0,
            "edit removes": 8.0,
            "kind sms": 4.0,
            "a past": 4.0,
            "a prefix": 2.0,
            "event operator": 2.0,
            "operator pauses": 3.0,
            "status_filter first": 4.0,
        },
        habits=("status_filter",),
    ),
    Leaning(
        "people who are called no more",
        {
            **BUSY,
            **CALM,
            "a list of those who are called no more": 3.0,
            "edit suppresses": 14.0,
            "edit suppresses beside a mistake": 2000.0,
            "event plan, then apply late": 2.0,
            "allow resume": 3.0,
        },
    ),
    Leaning(
        "campaigns that repeat",
        {
            **BUSY,
            **CALM,
            "uses repeat": 10.0,
            "edit adds": 0.2,
            "event apply": 2.0,
            "event operator": 1.5,
            "operator pauses": 2.0,
            "operator ends": 2.0,
            "permission": 1.5,
            "allow resume": 2.0,
            "prune": 2.0,
        },
    ),
    Leaning(
        "stages",
        {
            **BUSY,
            **CALM,
            "uses gates": 10.0,
            "edit adds": 0.2,
            "event operator": 0.5,
            "event while it calls": 0.3,
            "event after a canary": 5.0,
            "event a canary is cut short": 4.0,
            "rare another canary is cut short": 18.0,
            "rare a stage is given others": 6.0,
            "rare a file changes under a canary": 6.0,
            "rare a run comes before the wait is over": 6.0,
            "event plan, then apply late": 1.5,
            "event plan": 1.5,
            "event apply a saved plan": 2.0,
            "permission": 0.6,
            "prune": 0.0,
        },
    ),
    Leaning(
        "guards",
        {
            **BUSY,
            **CALM,
            "uses guard": 10.0,
            "edit adds": 0.3,
            "event a guard looks": 2.0,
            "event while it calls": 0.3,
            "allow resume": 2.0,
        },
    ),
    Leaning(
        "contact lists",
        {
            **BUSY,
            **CALM,
            "uses lists": 10.0,
            "edit adds": 0.3,
            "event while it calls": 0.5,
        },
    ),
    Leaning(
        "checkouts of git",
        {
            **BUSY,
            **CALM,
            "uses git": 10.0,
            "event apply an old commit": 6.0,
            "event two at once": 2.0,
            "edit removes": 6.0,
            "edit renames": 6.0,
            "a prefix": 2.0,
            "prune": 6.0,
            "permission": 2.0,
            "allow complete": 6.0,
            "allow archive": 6.0,
        },
    ),
    Leaning(
        "several accounts",
        {
            **BUSY,
            **CALM,
            "uses accounts": 20.0,
            "rare a move is applied to all": 3.0,
            "event while it calls": 0.3,
            "event commit and apply": 0.7,
            "event operator": 0.7,
            "edit adds": 0.5,
            "permission": 0.6,
        },
    ),
    Leaning(
        "accounts that do otherwise, and say so",
        {
            **BUSY,
            **CALM,
            "edit adds": 3.0,
            "edit changes the text": 2.0,
            "edit wants another state": 6.0,
            "operator pauses": 2.0,
            "permission": 2.0,
            "allow resume": 4.0,
            "allow complete": 2.0,
            "state paused": 2.0,
            "actions never": 3.0,
            **_DANGEROUS,
        },
        habits=(
            *("create_drops", "create_early", "update_drops", "resume_early"),
            *("create_changes", "update_changes", "update_resumes") * 3,
            *("actions",) * 5,
        ),
    ),
    Leaning(
        "items that fail",
        {
            **BUSY,
            "weather spell": 4.0,
            "fault item": 12.0,
            "method GET": 4.0,
            "edit adds": 2.0,
            "edit copies": 3.0,
            "a name of before": 5.0,
        },
    ),
)
"""What some lives are about: what meets there rarely meets anywhere else."""
