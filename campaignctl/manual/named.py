"""Finds which campaigns the NAMES of a verb by hand mean, and says what becomes of those that mean none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from campaignctl.api.lookup import find
from campaignctl.app.workspace import Session
from campaignctl.diagnostics import quoted
from campaignctl.errors import ApiError, CampaignctlError, InputError
from campaignctl.kinds.operations import Action
from campaignctl.manual.reaching import knowing_versions
from campaignctl.manual.rules import ManifestOf, decide_named, no_manifest
from campaignctl.manual.run import ManualRun, Targets
from campaignctl.model.naming import AskedName, Found
from campaignctl.model.plan import Change
from campaignctl.planning.terms import Terms


def seek_named(run: ManualRun, names: Iterable[str]) -> Targets:
    """Finds the campaigns and judges them.

    A pause goes ahead with what was found; the other verbs need all of it. Raises InputError for a NAME that is
    nowhere, `ApiError` where the account cannot be read.
    """
    founds = [_find(run, AskedName.typed(name)) for name in dict.fromkeys(names)]
    series = [found for found in founds if run.pauses and any(live.alive for live in found.dated)]
    founds = [_with_dates(found) if found in series else found for found in founds]
    missing = tuple(found for found in founds if not found.campaigns)
    if missing and (len(missing) == len(founds) or not run.pauses):
        one_of_several = run.session.beside is not None and not any(found.unread for found in missing)
        if not one_of_several:  # a NAME that is in one of them is no error in the others
            raise _nothing_sent(missing, run.session)

    manifest_of: ManifestOf = no_manifest
    if run.verb.action is Action.RESUME:
        founds = list(knowing_versions(founds, run.manifests, run.client, run.session.environment))
        manifest_of = run.manifests.of

    def decide(terms: Terms) -> tuple[Change, ...]:
        return tuple(it for found in founds for it in decide_named(run.verb, found, terms, manifest_of))

    changes = run.counted(decide)
    seen = tuple(live for found in founds for live in found.campaigns)
    others = tuple(found.others for found in founds if run.pauses and found.campaigns and not found.complete)
    return Targets(
        changes,
        seen,
        missing,
        (*others, *map(_series_goes_on, series), *run.client.notes, *run.counts.notes),
        complete=not others,
    )


def _with_dates(found: Found) -> Found:
    """Adds the dates of a series: a pause of a name is of every date that is alive, too."""
    return replace(found, campaigns=(*found.campaigns, *(live for live in found.dated if live.alive)))


def _series_goes_on(found: Found) -> str:
    name = quoted(found.asked.word)
    unless = "unless state: paused is merged into it"
    return f"where a manifest {name} repeats, new dates will still be created {unless}"


def _find(run: ManualRun, asked: AskedName) -> Found:
    """Finds one NAME. That it cannot be looked for keeps no other from being paused; else raises `ApiError`."""
    try:
        return find(run.client, asked)
    except ApiError as error:
        if not run.pauses:
            raise
        return Found(asked, (), complete=False, unread=error)


def _nothing_sent(missing: Sequence[Found], session: Session) -> CampaignctlError:
    """Makes the error where nothing was sent; where not one NAME could be looked for, it says why."""
    unread = [found.unread for found in missing if found.unread]
    if len(unread) == len(missing):
        return unread[0]
    return InputError(f"{'; '.join(nowhere(missing, session))}; nothing was sent")


def nowhere(missing: Iterable[Found], session: Session) -> list[str]:
    """Writes a sentence on each NAME that was not found."""
    return [found.nowhere(session.environment.name) for found in missing]
