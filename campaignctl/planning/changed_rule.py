"""A rule that changed (`repeat.md` 7): what an occurrence that has begun, or is about to, can no longer follow.

Imported where a manifest repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import Difference
from campaignctl.model.values import number_changes, texts
from campaignctl.planning.compare import compare, start_of, top
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms


def as_it_may_be(desired: Desired, live: Live, terms: Terms) -> tuple[Desired, tuple[str, ...]]:
    """The schedule, and people out of a file that changes daily, as if they were ignored; with a note on each."""
    start, begun = start_of(desired), phase_of(live, terms.now) is Phase.STARTED
    late = begun or (start is not None and start - terms.now < MARGIN)
    left = {desired.kind.schedule.name} if late else set[str]()
    if begun and desired.numbers_file is not None:
        left |= {field.name for field in desired.kind.numbers}
    left -= desired.ignore
    if not left:
        return desired, ()
    differing = [it for it in compare(desired, live, terms.country).differences if top(it.field) in left]
    notes = tuple(_notes(desired, differing, terms))
    return replace(desired, ignore=desired.ignore | left), notes


def _notes(desired: Desired, differing: list[Difference], terms: Terms) -> Iterator[str]:
    schedule = desired.kind.schedule.name
    fields = [it.field for it in differing if top(it.field) == schedule]
    if fields:
        yield f"the rule says another {schedule} ({', '.join(fields)}); too late for this date, which keeps its own"
    for it in differing:
        if top(it.field) != schedule:
            gone, come = number_changes(texts(it.before), texts(it.after), terms.country)
            yield f"it has begun: {len(come):,} joined and {len(gone):,} left since, for later dates alone"
