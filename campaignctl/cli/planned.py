"""The straight line that `plan` and `apply` walk: manifests → account → plan → its document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from campaignctl.cli.session import Reading, Session
from campaignctl.errors import UsageError
from campaignctl.planning.assemble import assemble
from campaignctl.planning.consent import Consent, Permission, unknown_permissions
from campaignctl.planning.plan import Plan, Selection
from campaignctl.planning.planner import Outlook, make_plan
from campaignctl.planning.seal import document_digest, keyed
from campaignctl.planning.terms import Terms

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.rendering.documents import PlanDocument


@dataclass(frozen=True)
class Asked:
    """What the command line asks of a plan."""

    paths: tuple[str, ...] = ()
    labels: str = ""
    allowed: tuple[str, ...] = ()
    prune: bool = False
    resend: tuple[str, ...] = ()
    refresh: str = "auto"

    def __post_init__(self) -> None:
        """Raises UsageError for an `--allow` that does not exist."""
        for flag in unknown_permissions(self.allowed):
            words = ", ".join(Permission)
            raise UsageError(f"--allow {flag}: it is one of {words}, alone or with :NAME")


@dataclass(frozen=True)
class Planned:
    """A plan, what it was made under, and how it is written."""

    plan: Plan
    terms: Terms
    outlook: Outlook
    document: PlanDocument


def make(session: Session, reading: Reading, client: Client, asked: Asked) -> Planned:
    """Fetches the account and plans. Raises ApiError where it cannot be read."""
    from campaignctl.api.refresh import fetch
    from campaignctl.manifests.reading import locate
    from campaignctl.rendering.as_json import plan_document

    snapshot = fetch(
        client, reading.everyone, strategy=asked.refresh, prune=session.project.prune is not None
    )
    terms = Terms(
        now=snapshot.now,
        environment=session.environment,
        consent=Consent(asked.allowed, session.environment.allow, session.environment.is_sandbox),
        prune=session.project.prune,
        prune_asked=asked.prune,
        orphans_complete=reading.complete,
        resend=asked.resend,
        locate=partial(locate, session.project),
    )
    outlook = make_plan(reading.everyone, reading.selected, snapshot, terms)
    plan = assemble(outlook, reading.selected, snapshot, terms, _selection(session, asked), session.token)
    plan = replace(plan, digest=document_digest(plan_document(plan, session.environment)))
    shown = plan_document(plan, session.environment, show_numbers=session.options.show_numbers)
    return Planned(plan, terms, outlook, shown)


def _selection(session: Session, asked: Asked) -> Selection:
    """The values of `--var` are kept as keyed hashes."""
    variables = {name: keyed(session.token, value) for name, value in session.options.variables.items()}
    return Selection(asked.paths, asked.labels, asked.prune, variables)
