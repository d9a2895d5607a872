"""What is wrong with a set-up and its account, what that means, and what mends it. Pure: a row per check."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.planning.budget import Budget
from campaignctl.planning.environment import ACCOUNT_VARIABLE, Environment
from campaignctl.planning.plan import Change
from campaignctl.planning.reasons import ChangeType
from campaignctl.planning.resources import Live

SKEW: Final = timedelta(minutes=1)
"""What is below it is no more than the way of an answer."""
_SCARCE: Final = 3
"""Requests. An account that leaves no more than these keeps everybody waiting."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the account could not be read. `credentials`: because of who asked; `answered`: the account said so."""

    message: str
    credentials: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Leftover:
    """A create that an earlier run noted and never settled. `file` as a person finds it, `age` by this machine."""

    kind: str
    name: str
    sid: str | None
    file: str
    age: timedelta


@dataclass(frozen=True)
class Symptoms:
    """Everything that was looked at. `changes` and `alive` mean nothing where `trouble` kept them from being read.

    `skew` is how far the account's clock is ahead of this machine's, None where no answer said; `notes` are what was
    noticed while the account was read.
    """

    environment: Environment
    findings: tuple[Diagnostic, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    trouble: Trouble | None = None
    skew: timedelta | None = None
    budget: Budget | None = None
    changes: tuple[Change, ...] = ()
    alive: tuple[Live, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong: what it is, what it means, what mends it. `subject` is a campaign, `sid` its SID."""

    message: str
    meaning: str
    mend: str
    severity: Severity = Severity.ERROR
    subject: str | None = None
    sid: str | None = None


class Verdict(StrEnum):
    """What a check came to."""

    FINE = "fine"
    WARN = "warn"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # the account could not be read, and without that nobody can tell


@dataclass(frozen=True, slots=True)
class Check:
    """One row: what is looked at, and how. `can_tell`: whether there is enough to look at."""

    name: str
    doc: str
    find: Callable[[Symptoms], Iterator[Ailment]]
    can_tell: Callable[[Symptoms], bool]


@dataclass(frozen=True, slots=True)
class Examined:
    """A check and what it found; `detail` is a fact worth saying where all is well."""

    check: Check
    verdict: Verdict
    ailments: tuple[Ailment, ...] = field(default_factory=tuple)
    detail: str | None = None


def diagnose(symptoms: Symptoms) -> tuple[Examined, ...]:
    """Every check, in the order of the table."""
    return tuple(_examined(check, symptoms) for check in CHECKS)


def is_wrong(examined: tuple[Examined, ...]) -> bool:
    """Whether something has to be mended."""
    return any(each.verdict is Verdict.WRONG for each in examined)


def _examined(check: Check, symptoms: Symptoms) -> Examined:
    if not check.can_tell(symptoms):
        return Examined(check, Verdict.UNKNOWN)
    ailments = tuple(check.find(symptoms))
    if any(ailment.severity is Severity.ERROR for ailment in ailments):
        verdict = Verdict.WRONG
    else:
        verdict = Verdict.WARN if ailments else Verdict.FINE
    return Examined(check, verdict, ailments, _budget_left(symptoms) if check.find is budget else None)


# ------------------------------------------------------------------------------------------------- what can be told


def _always(_symptoms: Symptoms) -> bool:
    return True


def _was_read(symptoms: Symptoms) -> bool:
    return symptoms.trouble is None


def _were_looked_at(symptoms: Symptoms) -> bool:
    """Key and token: by us, who miss one, or by the account, whose every other answer says nothing of them."""
    return symptoms.trouble is None or symptoms.trouble.credentials


def _was_asked(symptoms: Symptoms) -> bool:
    """Without key and token no request is sent."""
    return symptoms.trouble is None or symptoms.trouble.answered or not symptoms.trouble.credentials


# ------------------------------------------------------------------------------------------------------- the set-up


def credentials(symptoms: Symptoms) -> Iterator[Ailment]:
    """Key and token are there, and the account takes them."""
    if symptoms.trouble is not None and symptoms.trouble.credentials:
        environment = symptoms.environment
        secrets = (
            f"export {environment.key_env}=… {environment.token_env}=… from the API settings of the dashboard"
        )
        account = f"export {ACCOUNT_VARIABLE}=…, or set account_sid in the project file"
        yield Ailment(
            symptoms.trouble.message,
            "nothing of the account can be read or changed",
            secrets if environment.account_sid else account,
        )


def reachability(symptoms: Symptoms) -> Iterator[Ailment]:
    """The account answers."""
    if symptoms.trouble is not None and not symptoms.trouble.credentials:
        yield Ailment(
            symptoms.trouble.message,
            "nothing of the account can be read or changed",
            "check account_sid and region or base_url in the project file, and the network; then campaignctl doctor",
        )


def clock(symptoms: Symptoms) -> Iterator[Ailment]:
    """This machine's clock agrees with the account's."""
    if symptoms.environment.is_sandbox:
        return  # its clock may be wherever it was advanced to
    if symptoms.skew is None:
        yield Ailment(
            "the account's answers carry no readable date",
            "starts are held against this machine's clock instead of the account's",
            "check whether something between here and the account takes the Date header away",
            Severity.WARN,
        )
    elif abs(symptoms.skew) > SKEW:
        way = "behind" if symptoms.skew > timedelta() else "ahead of"
        seconds = round(abs(symptoms.skew.total_seconds()))
        yield Ailment(
            f"this machine's clock is {seconds:,} seconds {way} the account's",
            "starts are held against the account's clock, but audit logs and the age of intents go by this one",
            "set this machine's clock: timedatectl set-ntp true",
        )


def budget(symptoms: Symptoms) -> Iterator[Ailment]:
    """The account takes further requests."""
    left = symptoms.budget.remaining if symptoms.budget is not None else None
    if left is not None and left <= _SCARCE:
        yield Ailment(
            f"the account takes only {left} more requests now",
            "somebody else uses up its rate limit, or rate_limit is above it: everything waits",
            "run one pipeline at a time, or lower rate_limit in the project file",
            Severity.WARN,
        )


def _budget_left(symptoms: Symptoms) -> str | None:
    said = symptoms.budget
    if said is None:
        return None
    own = (
        "no rate limit"
        if said.limit is None
        else f"{max(said.limit - said.used, 0)} of {said.limit} requests left"
    )
    if said.remaining is None:
        return own
    of = f" of {said.limit_told}" if said.limit_told is not None else ""
    return f"{own}; the account says {said.remaining}{of}"


def manifests(symptoms: Symptoms) -> Iterator[Ailment]:
    """Every manifest can be read."""
    errors = [it for it in symptoms.findings if it.severity is Severity.ERROR]
    if errors:
        noun = "mistake" if len(errors) == 1 else "mistakes"
        yield Ailment(
            f"the manifests hold {len(errors):,} {noun}, the first at {errors[0].where}",
            "plan and apply do nothing at all until they are mended",
            "campaignctl validate",
        )


def intents(symptoms: Symptoms) -> Iterator[Ailment]:
    """No run on this machine was cut off in the midst of a create."""
    for left in symptoms.leftovers:
        yield Ailment(
            f"a run noted a create {_ago(left.age)} and did not settle it ({left.file})",
            "its campaign may be there, twice even; the next apply looks before it creates anything",
            f"campaignctl apply; or, when no run is under way and the account is as it should be: "
            f"rm {shlex.quote(left.file)}",
            subject=left.name,
            sid=left.sid,
        )


def _ago(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} minutes ago" if minutes != 1 else "1 minute ago"
    return f"{minutes // 60:,} hours ago" if minutes < 48 * 60 else f"{minutes // (24 * 60):,} days ago"


# ------------------------------------------------------------------------------------------------------ the account


def lists(symptoms: Symptoms) -> Iterator[Ailment]:
    """The account's lists could be read whole, and its filters can be relied on."""
    for note in symptoms.notes:
        yield Ailment(
            note.rstrip("."),
            "reading takes more requests, or a name may be in use that was not seen",
            "campaignctl plan --refresh full",
            Severity.WARN,
        )


def duplicates(symptoms: Symptoms) -> Iterator[Ailment]:
    """No two alive campaigns bear one name."""
    bearers: defaultdict[tuple[str, str], list[Live]] = defaultdict(list)
    for live in symptoms.alive:
        bearers[live.kind.short, live.name].append(live)
    for (short, name), campaigns in sorted(bearers.items()):
        if len(campaigns) > 1:
            sids = [live.sid for live in sorted(campaigns, key=lambda live: live.age_key)]
            yield Ailment(
                f"{len(sids)} alive campaigns bear the name ({', '.join(sids)})",
                "people may be called or texted by each of them, and a manifest of the name is blocked",
                f"{_command('pause', *sids)}; then `campaignctl complete SID` for what should not be there, or pin "
                "the right one with metadata.sid",
                subject=f"{short}/{name}",
            )


def new_runs(symptoms: Symptoms) -> Iterator[Ailment]:
    """No manifest asks something new of a campaign that is over."""
    for change in _with_reason(symptoms, "already-ran"):
        yield _of(
            change,
            change.reason.message,
            "the run that the manifest asks for will not come: what is finished stays finished",
            f"change metadata.name in {_place(change)}, then campaignctl plan",
        )


def failed(symptoms: Symptoms) -> Iterator[Ailment]:
    """No manifest's campaign failed or was canceled."""
    for change in _with_reason(symptoms, "failed"):
        sid = change.live.sid if change.live else change.key.name
        yield _of(
            change,
            change.reason.message,
            "those whom it should have reached were not reached",
            f"{_command('report', sid)} says why; for a new run change metadata.name in {_place(change)}",
        )


def orphans(symptoms: Symptoms) -> Iterator[Ailment]:
    """Every alive campaign with the project's prefix has its manifest."""
    for change in symptoms.changes:
        if change.type is ChangeType.ORPHAN:
            yield _of(
                change,
                "no manifest of the project matches it",
                "it stays and runs, and nobody reviews it",
                "campaignctl plan --prune --allow complete --allow archive; or write its manifest: "
                f"{_command('export', change.key.sid)}",
            )


def windows(symptoms: Symptoms) -> Iterator[Ailment]:
    """Nothing waits past its end, and nothing missed its start."""
    for change in symptoms.changes:
        code, place = change.reason.code, _place(change)
        if code == "window-over" and change.live is not None and change.live.alive:
            yield _of(
                change,
                "it waits, paused, and its window is over",
                "it calls nobody any more, and those not reached stay unreached",
                _command("complete", change.live.sid),
            )
        elif code == "start-passed" and change.live is None:
            yield _of(
                change,
                "its start has passed and it was never created",
                "nobody is called until it has a new start",
                f"change its start in {place}, then campaignctl apply",
            )
        elif code == "window-over" and change.live is None:
            yield _of(
                change,
                "its window is over, and no campaign that is alive is its",
                "it ran, or it never did; nothing is done about it any more",
                f"remove {place}, or give it a new name and a new start",
                Severity.WARN,
            )


def _with_reason(symptoms: Symptoms, code: str) -> Iterator[Change]:
    return (change for change in symptoms.changes if change.reason.code == code)


def _of(
    change: Change, message: str, meaning: str, mend: str, severity: Severity = Severity.ERROR
) -> Ailment:
    kind = change.live.kind if change.live else change.desired.kind if change.desired else None
    subject = f"{kind.short}/{change.key.name}" if kind is not None else change.key.name
    return Ailment(message, meaning, mend, severity, subject, change.live.sid if change.live else None)


def _place(change: Change) -> str:
    return f"{change.desired.where.file}:{change.desired.where.line}" if change.desired else "its manifest"


def _command(verb: str, *words: str) -> str:
    return " ".join(("campaignctl", verb, *map(shlex.quote, words)))


CHECKS: Final = (
    Check("credentials", "The account takes the key and the token.", credentials, _were_looked_at),
    Check("reachability", "The account answers.", reachability, _was_asked),
    Check("clock", "This machine's clock agrees with the account's.", clock, _was_read),
    Check("budget", "The account takes further requests.", budget, _was_read),
    Check("manifests", "Every manifest can be read.", manifests, _always),
    Check("intents", "No run was cut off in the midst of a create.", intents, _always),
    Check("lists", "The account's lists can be relied on.", lists, _was_read),
    Check("duplicates", "No two alive campaigns bear one name.", duplicates, _was_read),
    Check("new-runs", "No manifest asks something new of a campaign that is over.", new_runs, _was_read),
    Check("failed", "No campaign of a manifest failed.", failed, _was_read),
    Check("orphans", "Every alive campaign with the project's prefix has its manifest.", orphans, _was_read),
    Check("windows", "Nothing waits past its end, and nothing missed its start.", windows, _was_read),
)
