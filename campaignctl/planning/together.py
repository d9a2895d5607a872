"""What a plan leaves running beside one another: the campaigns it touches, and whatever else is alive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import CALLING
from campaignctl.kinds.table import Kind
from campaignctl.planning.crowds import Crowd, Span
from campaignctl.planning.plan import Change
from campaignctl.planning.policy import RULES, Subject, level_of, shared, span_of
from campaignctl.planning.policy.subject import label
from campaignctl.planning.resources import Live
from campaignctl.planning.run import run_of
from campaignctl.planning.terms import Terms
from campaignctl.planning.window import window_of


def crowds_planned(changes: Iterable[Change], alive: Iterable[Live], terms: Terms) -> tuple[Crowd, ...]:
    """Where campaigns crowd once the plan is carried out; nowhere while the rule is off."""
    if level_of(RULES["capacity"], terms.environment) is None:
        return ()
    planned = list(changes)
    touched = {(change.key.kind, change.live.sid) for change in planned if change.live}
    others = (live for live in alive if (live.kind.name, live.sid) not in touched)
    return shared(_spans(planned, others, terms), terms.environment)


def _spans(changes: Iterable[Change], others: Iterable[Live], terms: Terms) -> Iterator[tuple[Kind, Span]]:
    for change in changes:
        run = run_of(change, terms.now)
        if run is not None and run.goes:
            name = label(change.desired) if change.desired else change.key.name
            subject = Subject(KINDS[change.key.kind], change.resulting, run.start)
            yield from span_of(subject, name, terms.environment)
    for live in others:
        start = window_of(live.kind, live.spec).start
        if live.status in CALLING:
            yield from span_of(Subject(live.kind, live.spec, start), live.name or live.sid, terms.environment)
