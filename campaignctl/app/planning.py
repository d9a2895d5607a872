"""Walks the straight line of `plan` and `apply`: manifests → account → plan → its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from datetime import datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from campaignctl.app.counting import CountingRules, Judged
from campaignctl.app.own_rules import read_for_plan
from campaignctl.app.workspace import Reading, Session
from campaignctl.applying.intents import Intents
from campaignctl.contact_lists.by_name import resolve
from campaignctl.diagnostics import has_errors, in_order
from campaignctl.errors import UsageError
from campaignctl.exits import Exit
from campaignctl.kinds import KINDS
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.operations import Permission
from campaignctl.model.campaigns import Desired, RefreshStrategy, Snapshot
from campaignctl.model.list_refs import asks_by_name
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.naming import AskedName
from campaignctl.model.permissions import NAMED_ALONE, Consent, unknown_permissions
from campaignctl.model.plan import ManifestsSeal, Plan, Selection
from campaignctl.model.reasons import ChangeType
from campaignctl.model.written import WrittenJson
from campaignctl.parallel import in_background
from campaignctl.planning.planner import Decisions, with_dates
from campaignctl.planning.terms import Terms
from campaignctl.policy import RULES, Beside, level_of
from campaignctl.records import dataclass
from campaignctl.rendering.formats import FORMATS
from campaignctl.saved_plans.assemble import assemble
from campaignctl.saved_plans.seal import (
    SealOfChanges,
    canonical,
    document_digest,
    keyed,
    seal_manifests,
    sealed,
)
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.app.accounts_board import OtherAccounts
    from campaignctl.rendering.documents import AnyPlanDocument, BriefPlanDocument, PlanDocument

T = TypeVar("T")


@dataclass(frozen=True)
class PlanOptions:
    """Holds what the command line asks of a plan. `approved_before`: the plan was approved before this run makes it
    again.

    `expand_at` is when a saved plan was made: what repeats has the dates of that moment. None: of now.
    `count_lists`: whoever is about to be called from contact lists is counted.
    """

    paths: tuple[str, ...] = ()
    labels: str = ""
    allowed: tuple[str, ...] = ()
    prune: bool = False
    resend: tuple[str, ...] = ()
    refresh: RefreshStrategy = "auto"
    approved_before: bool = False
    prune_lists: bool = False
    expand_at: datetime | None = None
    count_lists: bool = True

    def __post_init__(self) -> None:
        """Raises UsageError for an `--allow` that does not exist.

        Whoever deletes lists looks at every campaign first.
        """
        if self.prune_lists:
            object.__setattr__(self, "refresh", "full")
        for flag in unknown_permissions(self.allowed):
            words = ", ".join(Permission)
            raise UsageError(f"--allow {flag}: it is one of {words}, alone or with :NAME")
        if nameless := sorted(set(NAMED_ALONE) & set(self.allowed)):
            raise UsageError(f"--allow {nameless[0]} needs a NAME: --allow {nameless[0]}:NAME")


@dataclass(frozen=True)
class Planned:
    """Holds a plan, and what it was made under.

    `show_numbers` is whether they were asked for, `looked_at` when reading the account began, by the clock's
    `monotonic`; `token` keys the seal.
    """

    plan: Plan
    terms: Terms
    decisions: Decisions
    show_numbers: bool
    token: str = field(repr=False)
    looked_at: float | None = None

    @classmethod
    def sealed(
        cls, plan: Plan, terms: Terms, decisions: Decisions, session: Session, looked_at: float | None = None
    ) -> Planned:
        """Seals a plan with the digest of what its document shows, numbers masked."""
        from campaignctl.rendering.as_json import approved_document

        def digest() -> str:
            return document_digest(approved_document(plan, terms.environment))

        plan = replace(plan, find_digest=cache(digest))
        return cls(plan, terms, decisions, session.options.show_numbers, session.token, looked_at)

    def outdated(self) -> Planned:
        """Returns it as a plan whose look at the account is too old for a create: each looks again."""
        return replace(self, looked_at=None)

    @cached_property
    def brief(self) -> BriefPlanDocument:
        """Returns the document that most formats show, numbers masked; it is made once."""
        from campaignctl.rendering.as_json import brief_document

        return brief_document(self.plan, self.terms.environment)

    @property
    def document(self) -> AnyPlanDocument:
        """Returns the document as text shows it."""
        return self.document_for("text")

    def document_for(self, output_format: str) -> AnyPlanDocument:
        """Returns the document as a format may show it: most never show a number, whatever the command line says."""
        row, show_numbers = FORMATS[output_format], self._shows_numbers(output_format)
        return self._brief(show_numbers) if row.brief else self._complete(show_numbers)

    def pieces_for(self, output_format: str) -> Iterator[str]:
        """Yields the document in a format that is nothing but its document, bit by bit."""
        from campaignctl.rendering.as_json import pieces

        return pieces(self._to_write(self._shows_numbers(output_format)))

    def _shows_numbers(self, output_format: str) -> bool:
        return self.show_numbers and FORMATS[output_format].may_show_numbers

    @property
    def file_text(self) -> str:
        """Returns what a plan file holds, under its seal: every number masked, whatever the command line says."""
        from campaignctl.rendering.as_json import written

        return written(self._to_write(show_numbers=False))

    def exit_code(self, *, detailed: bool = False) -> Exit:
        """Returns 3 for a blocked change or a policy of level error, 2 for operations where that was asked for."""
        if self.plan.count(ChangeType.BLOCKED) or has_errors(self.plan.findings):
            return Exit.REFUSED
        return Exit.CHANGES if detailed and self.plan.operations else Exit.FINE

    def _brief(self, show_numbers: bool) -> BriefPlanDocument:
        from campaignctl.rendering.as_json import brief_document

        if show_numbers:
            return brief_document(self.plan, self.terms.environment, show_numbers=True)
        return self.brief

    def _complete(self, show_numbers: bool) -> PlanDocument:
        from campaignctl.rendering.as_json import complete_document

        brief, environment = self._brief(show_numbers), self.terms.environment
        complete = complete_document(brief, self.plan, environment, show_numbers=show_numbers)
        return sealed(complete, self.token)

    def _to_write(self, show_numbers: bool) -> PlanDocument:
        """Returns the complete document with its changes written already."""
        return self._with_changes_written(show_numbers=True) if show_numbers else self._masked_and_written

    @cached_property
    def _masked_and_written(self) -> PlanDocument:
        """Returns it with numbers masked: what is printed is also what a file holds."""
        return self._with_changes_written(show_numbers=False)

    def _with_changes_written(self, show_numbers: bool) -> PlanDocument:
        """Writes each change where it is made; where a format has most of it already, of what that has."""
        from campaignctl.rendering.as_json import compact, plan_head, rewritten_document, written_document

        def write(change: Mapping[str, object]) -> WrittenJson:
            return WrittenJson(compact(change).encode(), canonical(change))

        plan, environment = self.plan, self.terms.environment
        head = cache(lambda: plan_head(plan, environment))
        seal = cache(lambda: SealOfChanges(head(), self.token))

        def take(change: WrittenJson) -> bytes:
            return seal().take(change)

        if "brief" in self.__dict__ and not show_numbers:
            document = rewritten_document(self.brief, plan, environment, write, take)
        else:
            document = written_document(head, plan, environment, write, take, show_numbers=show_numbers)
        document["seal"] = seal().over(document)
        return document

    @property
    def masked(self) -> Planned:
        """Returns the same where nothing may show a number."""
        return replace(self, show_numbers=False) if self.show_numbers else self

    def cut_down(self, plan: Plan, session: Session) -> Planned:
        """Returns the same for what is left of a saved plan."""
        return Planned.sealed(plan, self.terms, self.decisions, session, self.looked_at)


@dataclass(frozen=True)
class PlanBasis:
    """Holds the account beside the manifests, and what the rules make of it.

    `reading` has the lists of the account by SID, `lists` are the project's own by name.
    """

    reading: Reading
    snapshot: Snapshot
    terms: Terms
    decisions: Decisions
    lists: Mapping[str, ManagedList] = field(default_factory=dict)


class AccountSeen(NamedTuple):
    """Holds what was read of an account, beside the manifests, before anything is decided.

    `asked_before` is how many requests the client had made when whom earlier campaigns called was not yet looked up.
    `working` is entered for long work, of several environments by one at a time; nobody waits in it.
    """

    reading: Reading
    snapshot: Snapshot
    terms: Terms
    asked_before: int
    elsewhere: OtherAccounts | None
    working: AbstractContextManager[object]

    def certain(self, make: Callable[[], T]) -> T:
        """Returns what is made of it; where other accounts, read meanwhile, make that another, it is made again."""
        made = make()
        return made if self.elsewhere is None or self.elsewhere.held() else make()


def look(session: Session, reading: Reading, client: Client, asked: PlanOptions) -> PlanBasis:
    """Fetches the account and asks the rules. Raises ApiError where it cannot be read."""
    seen = _see(session, reading, client, asked)
    return seen.certain(lambda: _decide(seen, client, asked))


def _see(session: Session, reading: Reading, client: Client, asked: PlanOptions) -> AccountSeen:
    """Fetches the account, and tells the other environments of the command what it runs."""
    from campaignctl.api.refresh import fetch

    snapshot = fetch(
        client,
        reading.all_manifests,
        refresh=asked.refresh,
        expand_at=asked.expand_at,
        suppressed_by_lists=tuple(
            source.campaign for it in reading.lists for source in it.suppress if source.campaign
        ),
    )
    reading, snapshot = _with_lists(reading, snapshot, client)
    snapshot = _with_earlier_runs(session, reading, snapshot, client)
    before, elsewhere = client.requests, _other_accounts(session)
    reading, leave_out = _without_called(reading, snapshot, client)
    terms = _terms(session, reading, snapshot, asked)
    if elsewhere is not None:
        terms = replace(terms, find_elsewhere=elsewhere)
    terms = with_dates(reading.all_manifests, snapshot, terms, leave_out)
    working: AbstractContextManager[object] = nullcontext()
    if session.beside is not None:
        session.beside.board.put(session.environment.name, snapshot, reading.all_manifests)
        working = session.beside.working
    return AccountSeen(reading, snapshot, terms, before, elsewhere, working)


def _decide(seen: AccountSeen, client: Client, asked: PlanOptions) -> PlanBasis:
    """Asks the rules. No request is sent for what would turn out to be another decision."""
    reading, snapshot, terms = seen.reading, seen.snapshot, seen.terms
    judged = Judged(reading.all_manifests, reading.selected, snapshot)
    rules, lists = CountingRules(terms, client, asked.count_lists), None
    if CONTACT_LIST in reading.companions:
        if seen.elsewhere is not None:
            seen.elsewhere.waits = True
        decisions, snapshot, lists = _decide_with_own_lists(reading, judged, rules, asked)
    else:
        with seen.working:
            decisions = rules.decide(judged)
        if seen.elsewhere is not None and rules.would_ask(decisions) and not seen.elsewhere.held():
            decisions = rules.decide(judged)
        decisions = rules.decide_counted(judged, decisions)
    _refuse_names_of_both_kinds(asked, decisions)
    snapshot = snapshot._replace(requests=snapshot.requests + client.requests - seen.asked_before)
    asked_again = replace(rules.terms, beside=Beside(find_load=decisions.find_load))  # right before a write
    return PlanBasis(reading, snapshot, asked_again, decisions, lists or {})


def _decide_with_own_lists(
    reading: Reading, judged: Judged, rules: CountingRules, asked: PlanOptions
) -> tuple[Decisions, Snapshot, Mapping[str, ManagedList]]:
    """Asks the rules for a project that keeps lists of its own."""
    from campaignctl.app.contact_lists import ListPlanner

    repeats = level_of(RULES["duplicate_numbers"], rules.terms.environment)
    return ListPlanner(reading, rules, repeats, asked.prune_lists).decide(judged.snapshot)


def _terms(session: Session, reading: Reading, snapshot: Snapshot, asked: PlanOptions) -> Terms:
    return Terms(
        now=snapshot.now,
        environment=session.environment,
        consent=Consent.of(session.environment, asked.allowed),
        prune=session.project.prune,
        prune_asked=asked.prune,
        orphans_complete=reading.complete,
        resend=asked.resend,
        locate=session.locate,
        companions=reading.companions,
        locate_companion=session.locate_companion,
        unsettled=_unsettled(session),
        address=session.options.address,
        clocks=snapshot.clocks,
        approved_before=asked.approved_before,
        checkout=session.checkout,
        own_rules=reading.own_rules,
    )


def _other_accounts(session: Session) -> OtherAccounts | None:
    """Returns who looks into the accounts of the other environments that the command chose; None for one alone."""
    beside = session.beside
    if beside is None:
        return None
    from campaignctl.app.accounts_board import OtherAccounts  # where there are several

    return OtherAccounts(beside.board, session.environment.name, beside.interrupts.stopping)


def _refuse_names_of_both_kinds(asked: PlanOptions, decisions: Decisions) -> None:
    """Raises UsageError for a name of both kinds: what is allowed or sent again by name is so for one campaign."""
    flags = (flag.partition(":")[2] for flag in asked.allowed)
    for name in dict.fromkeys((*flags, *asked.resend)):
        meant = AskedName.read(name)
        named = (it.key.kind for it in decisions.changes if it.key.name == meant.word and not it.of_list)
        meant.of_one_kind(KINDS[it] for it in named if KINDS[it] in meant.kinds)


def _with_lists(reading: Reading, snapshot: Snapshot, client: Client) -> tuple[Reading, Snapshot]:
    """Puts SIDs for the names of lists, which are read once, and only where one is named."""
    own = frozenset(it.name for it in reading.lists)
    if not asks_by_name(reading.all_manifests, own):
        return reading, snapshot
    from campaignctl.api.contact_lists import read_directory

    before = client.requests
    directory = read_directory(client)
    found = {id(desired): resolve(desired, directory, own) for desired in reading.all_manifests}
    return (
        reading._replace(
            all_manifests=tuple(found.values()),
            selected=tuple(found[id(desired)] for desired in reading.selected),
        ),
        snapshot._replace(requests=snapshot.requests + client.requests - before),
    )


def _without_called(
    reading: Reading, snapshot: Snapshot, client: Client
) -> tuple[Reading, Callable[[Desired], Desired]]:
    """Leaves out whom the campaigns that manifests suppress have called, as the account shows it.

    Returns what takes them out of the date of a manifest that repeats, too.
    """
    if not any(it.campaigns for it in reading.suppressions):
        return reading, lambda dated: dated
    from campaignctl.app.earlier import looked_at, without_called

    earlier = looked_at(reading, snapshot, client, client.environment.country)
    return without_called(reading, earlier), earlier.without_called


def _with_earlier_runs(session: Session, reading: Reading, snapshot: Snapshot, client: Client) -> Snapshot:
    """Adds what runs on this machine made that were cut off, whether or not a list shows it."""
    kept = open_intents(session)
    intents = [intent for intent in kept.left() if intent.sid is not None]
    if not intents:
        return snapshot
    from campaignctl.applying.leftovers import seen_through

    before = client.requests
    snapshot = seen_through(intents, snapshot, client.get, kept.is_ours, reading.all_manifests)
    return snapshot._replace(requests=snapshot.requests + client.requests - before)


def make(session: Session, reading: Reading, client: Client, asked: PlanOptions) -> Planned:
    """Fetches the account and plans. Raises ApiError where it cannot be read."""
    looked_at = session.clock.monotonic()
    with in_background(partial(_seal, session, reading), len(reading.selected)) as seal:
        seen = _see(session, reading, client, asked)
        expanded_at = seen.snapshot.expanded_at
        sealed_already = seen.reading is reading and expanded_at is None
        manifests = cache(seal if sealed_already else lambda: _seal(session, seen.reading, expanded_at))

        def made() -> Planned:
            found = _decide(seen, client, asked)
            with seen.working:
                return _made(session, found, manifests, asked, looked_at)

        return seen.certain(made)


def _made(
    session: Session,
    found: PlanBasis,
    manifests: Callable[[], ManifestsSeal],
    asked: PlanOptions,
    looked_at: float,
) -> Planned:
    """Makes a plan of what was decided."""
    snapshot, terms, decisions = found.snapshot, found.terms, found.decisions
    decisions = replace(decisions, findings=in_order([*found.reading.findings, *decisions.findings]))
    plan = assemble(decisions, manifests(), snapshot, terms, _selection(session, asked), session.token)
    planned = Planned.sealed(plan, terms, decisions, session, looked_at)
    if session.beside is not None:
        _ = (
            planned.brief
        )  # whoever shows several plans asks for it, and until then other accounts are waited for
    return planned


def plan_for(session: Session, asked: PlanOptions) -> Planned:
    """Plans for one environment. Raises InputError for invalid manifests, ApiError for an unread account."""
    reading = read_for_plan(session, asked.paths, asked.labels, asked.prune)
    with session.account() as connection:
        return make(session, reading, connection.client, asked)


def _seal(session: Session, reading: Reading, at: datetime | None = None) -> ManifestsSeal:
    """Seals the manifests; `at` is the moment as of which what repeats has dates."""
    country = session.environment.country
    if CONTACT_LIST not in reading.companions:
        return seal_manifests(reading.selected, country, session.token, at=at)
    from campaignctl.app.contact_lists import canonical_lists

    return seal_manifests(reading.selected, country, session.token, canonical_lists(reading, country), at)


def _unsettled(session: Session) -> dict[tuple[str, str], str]:
    """Returns the creates whose outcome earlier runs on this machine never learned."""
    intents = open_intents(session)
    return {
        (intent.kind, intent.name): str(intents.path(intent.kind, intent.name))
        for intent in intents.left()
        if intent.sid is None
    }


def open_intents(session: Session) -> Intents:
    """Returns the intents of the environment's account."""
    account = session.environment.account_sid
    return Intents(session.intents_directory, session.host, account, session.clock, lambda: session.token)


def _selection(session: Session, asked: PlanOptions) -> Selection:
    """Describes the selection: PATHS as seen from the project file; the values of `--var` are kept as keyed hashes."""
    variables = {name: keyed(session.token, value) for name, value in session.options.variables.items()}
    paths = tuple(map(session.seen_from_root, asked.paths))
    return Selection(paths, asked.labels, asked.prune, variables, asked.resend, asked.prune_lists)
