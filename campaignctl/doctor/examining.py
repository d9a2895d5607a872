"""Examines the set-up of one environment and its account, with few requests."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from campaignctl.app.planning import PlanBasis, PlanOptions, look, open_intents
from campaignctl.app.workspace import Reading, Session
from campaignctl.applying.intents import Intents
from campaignctl.doctor.diagnosis import Examined, diagnose
from campaignctl.doctor.facts import AccessProblem, Facts, Leftover
from campaignctl.errors import ApiError, CredentialsError
from campaignctl.model.managed_lists import ManagedList

if TYPE_CHECKING:
    from campaignctl.api.client import Client


def examine(session: Session, reading: Reading) -> tuple[Examined, ...]:
    """Examines one environment, its account too."""
    facts = Facts(
        environment=session.environment,
        findings=reading.findings,
        leftovers=tuple(_leftovers(open_intents(session))),
        address=session.options.address,
        folder=_folder(session),
    )
    return diagnose(_with_account(facts, session, reading))


def _folder(session: Session) -> str:
    """Returns where the project's manifests stand, seen from here."""
    folders = [path for path in session.project.paths_of(session.environment) if not Path(path).suffix]
    return os.path.normpath(session.seen_from_here(folders[0] if folders else "campaigns"))


def _leftovers(intents: Intents) -> list[Leftover]:
    return [
        Leftover(
            kind=intent.kind,
            name=intent.name,
            sid=intent.sid,
            file=os.path.relpath(intents.path(intent.kind, intent.name)),
            age=timedelta(seconds=intents.age_seconds(intent)),
        )
        for intent in intents.left()
    ]


def _with_account(facts: Facts, session: Session, reading: Reading) -> Facts:
    """Adds what the account shows, read with few requests; where it cannot be read, the reason.

    The rest can be told all the same.
    """
    from campaignctl.api.newest import latest_failures

    try:
        with session.account() as connection:
            client = connection.client
            found = look(session, reading, client, PlanOptions(count_lists=False))
            listings = found.snapshot.listings.values()
            campaigns = [live for listing in listings for live in listing.campaigns]
            campaigns += latest_failures(client)
            return replace(
                facts,
                skew=client.skew,
                budget=client.budget,
                changes=found.decisions.changes,
                campaigns=tuple({live.sid: live for live in campaigns}.values()),
                complete=all(listing.complete for listing in listings),
                notes=tuple(note for note in found.snapshot.notes if note not in client.notes),
                now=client.now(),
                lists=_counted(found, client),
            )
    except ApiError as error:
        of_key = isinstance(error, CredentialsError)
        return replace(facts, trouble=AccessProblem(str(error), of_key, answered=error.http is not None))


def _counted(found: PlanBasis, client: Client) -> tuple[ManagedList, ...]:
    """Returns the project's lists with the counts of every version that has the content of its manifest."""
    if not found.lists:
        return ()
    from campaignctl.api.counting import count_list

    counted = []
    for managed in found.lists.values():
        counts = {it.sid: count_list(client, it.sid).count for it in managed.candidates}
        counted.append(replace(managed, counts=counts))
    return tuple(counted)
