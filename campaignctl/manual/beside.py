"""Tells what runs beside a campaign that is resumed by hand: read as a plan reads it, once a policy asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from campaignctl.api.client import Client
from campaignctl.app.planning import PlanBasis, PlanOptions, look
from campaignctl.app.workspace import Session
from campaignctl.model.overlaps import Load, RunKey
from campaignctl.policy.runs import run_key
from campaignctl.policy.subject import Beside


class OthersByHand:
    """Looks at all that is alive in the account, and at the manifests that can be read.

    What cannot be read is an error: nobody could tell how long the run takes.
    """

    def __init__(self, session: Session, client: Client, *, count_lists: bool) -> None:
        self._session, self._client, self._count_lists = session, client, count_lists

    @property
    def beside(self) -> Beside:
        """Returns what the policies ask, which they seldom do."""
        return Beside(find_load=self._find_load)

    def _find_load(self, kind: str, begins: datetime, ends: datetime, key: RunKey) -> Load:
        """Finds the load (see `FindLoad`): by hand a campaign is known by its SID, in a plan by its manifest."""
        return self._basis.decisions.find_load(kind, begins, ends, self._keys.get(key, key))

    @cached_property
    def _basis(self) -> PlanBasis:
        asked = PlanOptions(count_lists=self._count_lists)
        return look(self._session, self._session.read_lenient(), self._client, asked)

    @cached_property
    def _keys(self) -> Mapping[RunKey, RunKey]:
        changes = self._basis.decisions.changes
        return {run_key(it.live): run_key(it.desired) for it in changes if it.live and it.desired}
