"""`campaignctl pause | resume | complete | archive NAME…`: by hand, with or without a manifest (rule 12).

One function carries all four out; a row of `planning.by_hand.VERBS` says what each wants. The plan that is shown is
the one that is carried out, by the code that carries out every other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from campaignctl.api.client import Client
from campaignctl.api.lookup import find, find_alive
from campaignctl.cli import output
from campaignctl.cli.apply import exit_code
from campaignctl.cli.asking import confirm
from campaignctl.cli.carrier import Carrier
from campaignctl.cli.interrupts import Interrupts
from campaignctl.cli.options import GlobalOptions, format_option, global_options, offering
from campaignctl.cli.planned import Planned
from campaignctl.cli.session import Session
from campaignctl.diagnostics import quoted
from campaignctl.errors import CampaignctlError, InputError, UsageError
from campaignctl.kinds.lifecycle import CALLING, Action, read_status
from campaignctl.planning.afterwards import Manifests, with_outlook
from campaignctl.planning.by_hand import VERBS, Verb, calling_first, decide, decide_named, plan_by_hand
from campaignctl.planning.consent import Consent
from campaignctl.planning.naming import AskedName, Found
from campaignctl.planning.order import steps
from campaignctl.planning.outcome import ApplyResult
from campaignctl.planning.plan import Change
from campaignctl.planning.planner import Outlook
from campaignctl.planning.resources import Live
from campaignctl.planning.terms import Terms


@dataclass(frozen=True)
class Asked:
    """What the command line asks for: NAMES, or all that could call, of one status where that is given."""

    names: tuple[str, ...]
    auto_approve: bool
    audit_log: Path | None
    output_format: str
    everything: bool = False
    status: str | None = None

    def check(self, verb: Verb) -> None:
        """Raises UsageError."""
        if self.everything and self.names:
            raise UsageError("give NAMES or --all, not both")
        if self.status and not self.everything:
            raise UsageError("--status narrows --all")
        if not self.names and not self.everything:
            raise UsageError(f"{verb.action} needs a NAME: a name, a SID, voice/NAME or sms/NAME")


@dataclass(frozen=True)
class Sought:
    """What was found: changes, every campaign that was read, the NAMES that are nowhere, what was not readable."""

    changes: tuple[Change, ...]
    seen: tuple[Live, ...]
    nowhere: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _carry_out(verb: Verb, options: GlobalOptions, asked: Asked) -> int:
    asked.check(verb)
    session = _open(verb, options)
    pauses = verb.action is Action.PAUSE
    with Interrupts() as interrupts:
        clock = interrupts.clock(session.clock)
        with session.account(clock, asked.audit_log, whole_limit=pauses) as connection:
            sought, terms = _seek(verb, connection.client, session, asked)
            planned = _planned(sought, connection.client, session, terms)
            _show(planned, session, asked.output_format)
            if planned.plan.operations:
                _confirm(verb, planned, session, asked)
            order = calling_first if pauses else steps
            result = Carrier.over(connection, session, clock, interrupts).carry_out(planned, order)
    _write(result, sought, session, asked.output_format)
    return _exit_code(result, sought)


def _open(verb: Verb, options: GlobalOptions) -> Session:
    """What stops calls works with a project file that is wrong elsewhere; what starts them needs its policies."""
    if verb.action is Action.RESUME:
        return Session.open(options)
    session, findings = Session.open_anyway(options)
    for finding in findings:
        output.remark(f"warning: {finding}", options)
    return session


def _seek(verb: Verb, client: Client, session: Session, asked: Asked) -> tuple[Sought, Terms]:
    """Finds the campaigns and judges them. Raises InputError for a NAME that is nowhere, unless others are paused."""
    if asked.everything:
        return _seek_all(verb, client, session, asked.status)
    founds = [find(client, AskedName.read(name)) for name in dict.fromkeys(asked.names)]
    terms = _terms(client, session)
    nowhere = tuple(found.asked.written for found in founds if not found.campaigns)
    if nowhere and (len(nowhere) == len(founds) or verb.action is not Action.PAUSE):
        raise InputError(_nowhere([found for found in founds if not found.campaigns], session))
    changes = tuple(change for found in founds for change in decide_named(verb, found, terms))
    seen = tuple(live for found in founds for live in found.campaigns)
    return Sought(changes, seen, nowhere), terms


def _nowhere(missing: list[Found], session: Session) -> str:
    names = ", ".join(quoted(found.asked.written) for found in missing)
    account = f"the account of environment {session.environment.name}"
    if all(found.whole for found in missing):
        return f"{account} has no campaign {names}; nothing was sent"
    return f"{account} could not be read whole, so {names} may be there: give its SID; nothing was sent"


def _seek_all(verb: Verb, client: Client, session: Session, status: str | None) -> tuple[Sought, Terms]:
    listings = find_alive(client)
    wanted = CALLING if status is None else {read_status(status)}
    seen = tuple(live for listing in listings.values() for live in listing.campaigns)
    terms = _terms(client, session)
    notes = tuple(
        f"the account's list of {kind} could not be read whole: others may go on calling; run it again"
        for kind, listing in listings.items()
        if not listing.whole
    )
    return Sought(
        tuple(decide(verb, live, terms) for live in seen if live.status in wanted), seen, (), notes
    ), terms


def _terms(client: Client, session: Session) -> Terms:
    environment = session.environment
    return Terms(
        now=client.now(),
        environment=environment,
        consent=Consent((), environment.allow, environment.is_sandbox),
        prune=session.project.prune,
    )


def _planned(sought: Sought, client: Client, session: Session, terms: Terms) -> Planned:
    """The plan, with a note on what the next apply will do about each change."""
    changes = with_outlook(sought.changes, sought.seen, _manifests(session), terms)
    plan = plan_by_hand(changes, terms, client.requests)
    plan = replace(plan, notes=(*sought.notes, *client.notes))
    return Planned.sealed(plan, terms, Outlook(plan.changes, (), 0, 0), session)


def _manifests(session: Session) -> Manifests:
    """Those that can be read, wherever others are wrong."""
    if session.project.file is None:
        return Manifests()
    try:
        reading = session.read(())
    except CampaignctlError:
        return Manifests(complete=False)
    return Manifests(reading.everyone, reading.complete)


def _show(planned: Planned, session: Session, output_format: str) -> None:
    from campaignctl.rendering.as_text.by_hand import by_hand_text

    color, width = output.wants_color(session.options), output.width()
    text = by_hand_text(planned.document, now=planned.plan.created_at, color=color, width=width)
    if output_format == "text":
        output.result(text)
    else:
        output.remark(text, session.options)


def _confirm(verb: Verb, planned: Planned, session: Session, asked: Asked) -> None:
    campaigns = sum(bool(change.operations) for change in planned.plan.changes)
    what = "this campaign" if campaigns == 1 else f"these {campaigns:,} campaigns"
    where = f"{session.environment.name} (account {planned.plan.account_sid})"
    question = f"{verb.action.capitalize()} {what} in {where}?"
    confirm(question, auto_approve=asked.auto_approve, otherwise="give --auto-approve")


def _write(result: ApplyResult, sought: Sought, session: Session, output_format: str) -> None:
    """What became of each. The notes of the plan go along: a program sees no plan."""
    from campaignctl.rendering.as_json import apply_document, written
    from campaignctl.rendering.as_text import apply_text

    for name in sought.nowhere:
        output.remark(f"the account has no campaign {quoted(name)}")
    if output_format == "json":
        told = tuple(replace(it, notes=(*it.change.notes, *it.notes)) for it in result.results)
        document = apply_document(replace(result, results=told), session.environment)
        output.result(written({**document, "nowhere": list(sought.nowhere), "notes": list(sought.notes)}))
    elif result.plan.operations:
        color, width = output.wants_color(session.options), output.width()
        output.result(apply_text(apply_document(result, session.environment), color=color, width=width))


def _exit_code(result: ApplyResult, sought: Sought) -> int:
    """As an apply's; a name that is nowhere is an error, and a list that is not whole leaves the pause undone."""
    code = int(exit_code(result))
    if code == 0:
        return 3 if sought.notes else 1 if sought.nowhere else 0
    return code


def _command(verb: Verb) -> click.Command:
    """One of the four; only a pause can be of everything."""

    @click.command(verb.action.value, help=verb.doc)
    @global_options
    @click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=offering("names"))
    @_all_options(verb)
    @click.option("--auto-approve", is_flag=True, help="Do not ask.")
    @click.option(
        "--audit-log", type=click.Path(path_type=Path), metavar="FILE", help="Append a JSON line per request."
    )
    @format_option("text", "json")
    def command(options: GlobalOptions, **asked: object) -> int:
        return _carry_out(verb, options, Asked(**asked))  # type: ignore[arg-type]

    return command


def _all_options(verb: Verb) -> Callable[[Callable[..., int]], Callable[..., int]]:
    def add(function: Callable[..., int]) -> Callable[..., int]:
        if verb.action is not Action.PAUSE:
            return function
        narrow = click.option(
            "--status",
            type=click.Choice(sorted(status.value for status in CALLING)),
            help="With --all: only these.",
        )
        everything = click.option(
            "--all",
            "everything",
            is_flag=True,
            help="All campaigns that call or are about to, of both kinds.",
        )
        return everything(narrow(function))

    return add


pause = _command(VERBS[Action.PAUSE])
resume = _command(VERBS[Action.RESUME])
complete = _command(VERBS[Action.COMPLETE])
archive = _command(VERBS[Action.ARCHIVE])
