"""Checks, right before somebody is called from a list, that it holds as many people as were reviewed (recipients.md
2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaignctl.applying.port import AccountPort, Hooks, TooLateError
from campaignctl.applying.progress import ChangeRun
from campaignctl.applying.recent_readings import is_old
from campaignctl.contact_lists.counting import called, lists_of
from campaignctl.diagnostics import counted
from campaignctl.model.list_refs import LISTS, refs_in
from campaignctl.model.plan import Change, ListCount
from campaignctl.model.reasons import Reason
from campaignctl.planning.terms import Terms
from campaignctl.recipients.drift import drift


@dataclass
class ListWatch:
    """Holds the newest count of each list. `planned_at` is when the plan began to read the account; None: long ago.

    What was not counted for the plan is not counted now.
    """

    account: AccountPort
    hooks: Hooks
    terms: Terms
    planned_at: float | None
    _again: dict[str, tuple[float, ListCount]] = field(default_factory=dict)

    @property
    def lists(self) -> Mapping[str, ListCount]:
        """Returns the lists as they were counted last."""
        return {**self.terms.lists, **{sid: count for sid, (_, count) in self._again.items()}}

    def check(self, state: ChangeRun) -> None:
        """Counts what is older than a minute, and compares it with what was reviewed.

        Raises:
            TooLateError: a list has drifted; the change is not carried out.
        """
        for reviewed in reviewed_lists(state.change):
            found = self._without_its_members(reviewed, state) or self._drift(reviewed, state)
            if found is not None:
                raise TooLateError(Reason("list-drift", f"{found}; plan again and review who came"))

    def _without_its_members(self, reviewed: ListCount, state: ChangeRun) -> str | None:
        """Says why a list of the project is not used: it holds more or fewer people than its members, whatever the
        policy says.
        """
        refs = (it for it in refs_in(state.change.resulting.get(LISTS)) if it.sid == reviewed.sid)
        members = next((it.members for it in refs), None)
        now = self._now(reviewed).count if members is not None else None
        if members is None or now is None or now == len(members):
            return None
        people = counted(len(members), "person", "people")
        return f"{called(reviewed)} drifted: it is of {people}, and {now:,} are in it"

    def _drift(self, reviewed: ListCount, state: ChangeRun) -> str | None:
        now = self._now(reviewed)
        found = drift(reviewed.count, now.count, self.terms.environment)
        if found is not None and not found.noted:
            return f"{called(reviewed)} drifted: {found.says}"
        if found is not None:
            _note(state, f"{called(reviewed)} drifted: {found.says}")
        elif reviewed.count is None:
            _note(state, f"{called(reviewed)} was never counted, so nobody can tell whether it drifted")
        elif now.count == 0:
            _note(state, f"{called(reviewed)} holds nobody now")
        return None

    def _now(self, reviewed: ListCount) -> ListCount:
        sid = reviewed.sid
        planned = self.terms.lists.get(sid or "")
        if sid is None or planned is None:
            return ListCount(sid)
        read_at, newest = self._again.get(sid, (self.planned_at, planned))
        if not is_old(read_at, self.hooks.clock):
            return newest
        began = self.hooks.clock.monotonic()
        self._again[sid] = began, self.account.count_list(sid)
        return self._again[sid][1]


def reviewed_lists(change: Change) -> tuple[ListCount, ...]:
    """Returns what was known of each list when the change was reviewed."""
    known = {it.sid: it for it in change.lists}
    return tuple(known.get(sid, ListCount(sid)) for sid in lists_of(change))


def _note(state: ChangeRun, note: str) -> None:
    if note not in state.notes:
        state.notes.append(note)
