"""Finds what an occurrence that has begun, or is about to, can no longer follow of a rule that changed (`repeat.md`
7).

Imported where a manifest repeats.
"""

from __future__ import annotations

from collections.abc import Iterator

from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import Difference
from campaignctl.model.values import number_changes, texts
from campaignctl.planning.compare import compare, refs_in, start_of, texts_or_refs, top
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms


def as_it_may_be(desired: Desired, live: Live, terms: Terms) -> tuple[Desired, tuple[str, ...]]:
    """Ignores the schedule, and people out of a file that changes daily; each with a note."""
    start, begun = start_of(desired), phase_of(live, terms.now) is Phase.STARTED
    late = begun or (start is not None and start - terms.now < MARGIN)
    left = {desired.kind.schedule.name} if late else set[str]()
    if begun:
        left |= _changing_daily(desired, live)
    left -= desired.ignore
    if not left:
        return desired, ()
    differing = [it for it in compare(desired, live, terms.country).differences if top(it.field) in left]
    notes = tuple(_notes(desired, differing, terms))
    return desired._replace(ignore=desired.ignore | left), notes


def _changing_daily(desired: Desired, live: Live) -> set[str]:
    """Returns the fields whose people come from a file or from a list of the project; SIDs beside such a list must
    be there live.
    """
    fields = (
        {field.name for field in desired.kind.numbers} if desired.numbers_file is not None else set[str]()
    )
    for field in desired.kind.given_by_name:
        wanted, seen = desired.spec.get(field.name), live.spec.get(field.name)
        refs = set(refs_in(wanted))
        if refs and set(texts_or_refs(wanted)) - refs <= set(texts_or_refs(seen)):
            fields.add(field.name)
    return fields


def _notes(desired: Desired, differing: list[Difference], terms: Terms) -> Iterator[str]:
    schedule = desired.kind.schedule.name
    fields = [it.field for it in differing if top(it.field) == schedule]
    if fields:
        yield f"the rule says another {schedule} ({', '.join(fields)}); too late for this date, which keeps its own"
    for it in differing:
        if desired.kind.by_path[it.field].by_name:
            yield (
                "it has begun, with an earlier version of its lists: who joined and left since is for later dates "
                "alone; how many is not known, since the account does not show who is in a version"
            )
        elif top(it.field) != schedule:
            gone, come = number_changes(texts(it.before), texts(it.after), terms.country)
            yield f"it has begun: {len(come):,} joined and {len(gone):,} left since, for later dates alone"
