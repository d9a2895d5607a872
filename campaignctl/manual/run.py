"""Holds what the verbs by hand share: an open account, a plan without manifests, and what the next apply makes of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from campaignctl.api.client import Client
from campaignctl.api.lookup import find
from campaignctl.app import output
from campaignctl.app.applying import PlanRunner
from campaignctl.app.counting import count_for
from campaignctl.app.planning import PlanBasis, Planned, PlanOptions, look
from campaignctl.app.workspace import Session
from campaignctl.contact_lists.counting import with_lists
from campaignctl.errors import ApiError, CampaignctlError
from campaignctl.kinds.operations import Action
from campaignctl.manual.afterwards import KnownManifests, consequences
from campaignctl.manual.rules import Verb, calling_first, plan_by_hand
from campaignctl.model.campaigns import Key, Live
from campaignctl.model.naming import AskedName, Found
from campaignctl.model.overlaps import Load, RunKey
from campaignctl.model.permissions import Consent
from campaignctl.model.plan import Change, ListCount
from campaignctl.model.results import ApplyResult
from campaignctl.planning.order import steps
from campaignctl.planning.planner import Decisions
from campaignctl.planning.terms import Terms
from campaignctl.policy import ALONE, Beside
from campaignctl.policy.runs import run_key


@dataclass(frozen=True)
class Targets:
    """Holds what was found: changes, every campaign that was read, what was found nowhere, what was noticed.

    `complete` is False where others may go on calling that the account did not show.
    """

    changes: tuple[Change, ...]
    seen: tuple[Live, ...]
    missing: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True


@dataclass
class ListCounts:
    """Holds what was counted for the question. `began` is when, by the clock's `monotonic`; None before."""

    lists: Mapping[str, ListCount] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    began: float | None = None


@dataclass(frozen=True)
class ManualRun:
    """Runs one verb on one open account."""

    verb: Verb
    session: Session
    client: Client
    runner: PlanRunner
    output_format: str
    count_lists: bool = False
    counts: ListCounts = field(default_factory=ListCounts)

    @property
    def pauses(self) -> bool:
        """Tells whether the verb pauses: it alone protects people, so what is odd or cannot be read keeps nothing
        from being paused.
        """
        return self.verb.action is Action.PAUSE

    @property
    def terms(self) -> Terms:
        """Returns the terms of an apply without any `--allow`, at this moment."""
        environment = self.session.environment
        return Terms(
            now=self.client.now(),
            environment=environment,
            consent=Consent.of(environment),
            prune=self.session.project.prune,
            address=self.session.options.address,
            clocks=self.client.other_clocks(),
            by_hand=True,
            lists=self.counts.lists,
            beside=self._beside,
        )

    @cached_property
    def _beside(self) -> Beside:
        if self.verb.action is not Action.RESUME:
            return ALONE
        return OthersByHand(self.session, self.client, count_lists=self.count_lists).beside

    def counted(self, decide: Callable[[Terms], tuple[Change, ...]]) -> tuple[Change, ...]:
        """Decides, and once more where lists are sent to that nobody counted yet."""
        changes = decide(self.terms)
        if not self.count_lists:
            return changes
        began = self.session.clock.monotonic()
        found = count_for(changes, self.client.now(), self.client)
        if found is None:
            return changes
        self.counts.lists, self.counts.notes, self.counts.began = found.lists, found.notes, began
        terms = self.terms
        return tuple(
            with_lists(change, terms.lists, terms.now, notes_empty=False) for change in decide(terms)
        )

    def consequences(self, changes: Collection[Change], seen: Iterable[Live]) -> Mapping[Key, str]:
        """Says what the next apply will do about each change that does something, by the manifests that can be
        read.
        """
        if not any(change.operations for change in changes):
            return {}
        manifests = self.manifests
        awaited = self._awaited(changes, manifests) if self.verb.action is Action.RESUME else ()
        return consequences(changes, (*seen, *awaited), manifests, self.terms)

    def _awaited(self, changes: Iterable[Change], manifests: KnownManifests) -> Iterator[Live]:
        """Yields what manifests of these campaigns wait for. That it cannot be read keeps nobody from anything."""
        asked = (word for change in changes if change.live for word in manifests.awaited_by(change.live))
        for word in dict.fromkeys(asked):
            try:
                yield from find(self.client, AskedName.read(word)).campaigns
            except ApiError:
                continue

    def show(self, changes: Iterable[Change], notes: Iterable[str] = ()) -> Planned:
        """Shows the plan; beside a result for programs it goes to standard error."""
        from campaignctl.manual.text import by_hand_text

        terms = self.terms
        plan = replace(plan_by_hand(changes, terms, self.client.requests), notes=tuple(notes))
        decisions = Decisions(plan.changes, (), 0, 0)
        planned = Planned.sealed(plan, terms, decisions, self.session, self.counts.began)
        color, width = output.wants_color(self.session.options), output.width()
        text = by_hand_text(planned.document, now=terms.now, color=color, width=width)
        if self.output_format == "text":
            output.done(text)
        else:
            output.remark(text, self.session.options)
        return planned

    def carry_out(self, planned: Planned) -> ApplyResult:
        """Carries out what is shown, in the order of an emergency where it is a pause.

        Raises InputError where the audit log cannot be written; a pause never waits for that.
        """
        if not self.pauses:
            self.runner.connection.log.check()
        return self.runner.carry_out(planned, calling_first if self.pauses else steps)

    @cached_property
    def manifests(self) -> KnownManifests:
        """Returns the manifests that can be read."""
        if self.session.project.file is None:
            return KnownManifests()
        known = self._suppression()
        try:
            reading = self.session.read(())
        except (CampaignctlError, OSError):  # what was done is told all the same
            return replace(known, complete=False)
        lists = reading.lists
        return replace(known, all_manifests=reading.all_manifests, complete=reading.complete, lists=lists)

    def _suppression(self) -> KnownManifests:
        """Reads whom the project leaves out: this is asked before somebody is called again."""
        project, country = self.session.project, self.session.environment.country
        if not project.suppress or self.verb.action is not Action.RESUME:
            return KnownManifests()
        from campaignctl.manifests.suppression import suppression_of_project

        return KnownManifests(suppresses=True, suppression=suppression_of_project(project, country))


class OthersByHand:
    """Tells what runs beside a campaign that is resumed by hand, once a policy asks.

    It looks at all that is alive in the account, and at the manifests that can be read. What cannot be read is an
    error: nobody could tell how long the run takes.
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
