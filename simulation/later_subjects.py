"""Lists what some lives are about that somebody thought of when lives were known by their seeds.

Each is drawn with a stream of its own, so that a life about none of them is what it was.
"""

from __future__ import annotations

from simulation.weights import BUSY, CALM, Leaning

LATER_SUBJECTS: tuple[Leaning, ...] = (
    Leaning(
        "reports",
        {**BUSY, **CALM, "uses reports": 20.0, "event while it calls": 2.0, "event operator": 0.6},
    ),
    Leaning(
        "machines that lose their power",
        {
            **BUSY,
            "uses power": 20.0,
            "met killed": 8.0,
            "at POST": 3.0,
            "at answer to POST": 4.0,
            "at rename": 10.0,
            "at remove": 10.0,
            "event plan": 2.0,
            "event plan, then apply late": 2.0,
            "event apply a saved plan": 3.0,
            "tried again at once": 2.0,
            "edit adds": 2.0,
        },
        habits=("list_lag_seconds",),
    ),
    Leaning(
        "three accounts",
        {
            **BUSY,
            **CALM,
            "uses accounts": 20.0,
            "uses a third account": 20.0,
            "uses git": 5.0,
            "rare a matrix is applied": 2.0,
            "uses repeat": 2.0,
            "rare a move is applied to all": 3.0,
            "event while it calls": 0.3,
            "event commit and apply": 0.7,
            "event operator": 0.7,
            "edit adds": 0.5,
            "permission": 0.6,
        },
    ),
    Leaning(
        "duplicates that runs leave behind",
        {
            **BUSY,
            "event two at once": 12.0,
            "at POST": 20.0,
            "at answer to POST": 6.0,
            "at wait": 6.0,
            "met another run": 6.0,
            "met killed": 2.0,
            "edit adds": 3.0,
            "edit pins": 40.0,
            "pins another": 5.0,
            "permission": 3.0,
            "allow twin": 8.0,
            "rare a duplicate of what is pinned": 90.0,
            "weather calm": 2.0,
        },
        habits=("actions", "refused_actions"),
    ),
    Leaning(
        "writes that wait for their turn",
        {
            **BUSY,
            "weather spell": 6.0,
            "fault too many": 30.0,
            "method PUT": 8.0,
            "edit changes the text": 3.0,
            "edit changes the people": 3.0,
            "edit wants another state": 3.0,
            "permission": 2.0,
            "allow resume": 4.0,
            "meeting at a telling step": 1.5,
            "at answer to PUT": 8.0,
            "at wait": 12.0,
            "met operator": 8.0,
        },
    ),
    Leaning(
        "lists that are cut otherwise",
        {
            **BUSY,
            **CALM,
            "a past": 4.0,
            "rarely list_pages": 19.0,
            "edit adds": 3.0,
            "edit copies": 3.0,
            "kind sms": 4.0,
            "a name of before": 16.0,
            "event another disk": 3.0,
            "name_search refuse": 8.0,
            "status_filter ignore": 8.0,
        },
        habits=("name_search", "status_filter"),
    ),
)
