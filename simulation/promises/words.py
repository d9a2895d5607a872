"""Judges what a run says: its end, its exit code, its results, and what stands in the account afterwards."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from simulation.account import Truth
from simulation.ledger import CommandRun, LifeLedger, Write, local
from simulation.manifests import Manifest
from simulation.promises.verdict import Findings, document, rows
from simulation.promises.writes import creates

CODES = (0, 1, 2, 3, 4, 5, 64, 130)


def ends_orderly(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that every run ends, with an exit code of the table and without a traceback."""
    said = run.said
    if run.endless or said is None:
        yield f"{run} did not end: {run.requests} requests, {run.steps} steps"
        return
    if said.crash is not None:
        yield f"{run}: {said.crash}"
    if "Traceback" in said.out + said.err:
        yield f"{run}: a traceback"
    if said.code is not None and said.code not in CODES:
        yield f"{run}: exit {said.code}"
    if said.code is None and said.crash is None and not run.killed:
        yield f"{run} ended without an exit code"


_NUMBERS = re.compile(r"987650\d{4}|987650 ?\d{4}|token-f5e4d3c2b1a\d|-0a1b2c3d4e5f|in-the-query")


def keeps_numbers_masked(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no number of a person and no secret is on either stream."""
    if run.said is not None:
        found = secrets_in(run.said.out) or secrets_in(run.said.err)
        if found:
            yield f"{run} printed {found}"


def secrets_in(text: str) -> str:
    """Returns the first number of a person, or secret, that stands in a text."""
    found = _NUMBERS.search(text)
    return found[0] if found else ""


def code_is_true(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that the exit code of an apply follows from its results, and 0 is said only where nothing is open."""
    said = document(run)
    if said is None or run.said is None or run.command != "apply":
        return
    results = said.get("results")
    if not isinstance(results, list):
        return
    outcomes = {it["outcome"] for it in results}
    code = run.said.code
    if said.get("interrupted"):
        wanted = {130}
    elif "unknown" in outcomes:
        wanted = {5}
    elif "failed" in outcomes:
        wanted = {4, 5}
    else:
        wanted = {0, 3, 5} | ({4} if _not_ended(run) else set())
    if code not in wanted:
        yield f"{run}: exit {code}, and its results are {', '.join(sorted(outcomes))}"
    blocked = [it for it in results if it["outcome"] == "skipped" and it["reason"]["code"] in _REFUSED]
    if blocked and code == 0:
        yield f"{run}: exit 0, and {blocked[0]['name']} is {blocked[0]['reason']['code']}"


_REFUSED = (
    *(
        "ambiguous-name",
        "unknown-status",
        "incomplete-list",
        "unknown-outcome",
        "start-passed",
        "unsafe-start",
    ),
    *("immutable-field", "cannot-send-whole", "policy", "appeared", "moved", "clocks-disagree", "lost-race"),
)


def _not_ended(run: CommandRun) -> bool:
    """Tells whether something that was to be ended was not: a duplicate that an earlier run left has no result of its
    own.
    """
    return any(it.request == "action" and not (it.acted and _took(it)) for it in run.writes)


def _took(write: Write) -> bool:
    """Tells whether a campaign stands where it did not before: an account may answer and do nothing, or do it later."""
    return write.before is None or write.after is None or write.before.state != write.after.state


def result_is_true(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is called applied was done; a create that was carried out is not called skipped or
    unchanged.
    """
    said = document(run)
    if said is None or run.command != "apply" or run.disturbed or not isinstance(said.get("results"), list):
        return
    results = {(it["kind"], it["name"]): it for it in said["results"]}
    for write in creates(run):
        result = results.get((_KIND[write.collection], write.name))
        if not write.sids or result is None:
            continue
        truth = ledger.account.campaigns[write.sids[0]]
        made = any(it["op"] == "create" and it["outcome"] == "applied" for it in result["operations"])
        if result["reason"]["code"] == "unreachable" and not made:
            yield f"{run} made {write.name} {truth.sid[:6]}, and says that it reached nobody"
        wanted = {it.state for it in run.wants(write.collection, write.name, write.sid)}
        if result["outcome"] == "applied" and wanted == {"paused"} and truth.going:
            yield f"{run} made {write.name} {truth.sid[:6]}, wanted paused, and it is {truth.state}"
        if result["outcome"] == "skipped" and truth.going:
            yield f"{run} made {write.name} {truth.sid[:6]}, and says skipped ({result['reason']['code']})"
        if (
            result["outcome"] == "applied"
            and not truth.alive
            and truth.name == write.name
            and truth.begins > run.ended
        ):
            yield f"{run} says that {write.name} is applied, and it is {truth.state}"


_KIND = {"campaigns": "VoiceCampaign", "message-campaigns": "SmsCampaign", "sms-campaigns": "SmsCampaign"}


def nobody_is_left_out(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is called in sync is as the manifest says; every manifest has a change, whatever it is."""
    said = rows(run)
    if said is None or run.disturbed or run.faults or (run.said and run.said.code in (130, 64)):
        return
    known = {(it["kind"], it["name"]): it for it in said}
    for wanted in filter(run.selects, run.commit.manifests):
        row = known.get((wanted.document_kind, wanted.name))
        if row is None:
            if "plan.json" not in " ".join(run.words) and not wanted.of:
                yield f"{run} says nothing of {wanted.name}"
            continue
        if row["reason"]["code"] == "in-sync":
            found = _not_in_sync(ledger, run, wanted, row)
            yield from (f"{run} says in-sync of {wanted.name}: {it}" for it in found)
        if row["reason"]["code"] == "finished" and row.get("sid"):
            truth = ledger.account.campaigns.get(row["sid"])
            if truth is not None and truth.alive:
                yield f"{run} says finished of {wanted.name}, and {truth.sid[:6]} is {truth.state}"


def _not_in_sync(ledger: LifeLedger, run: CommandRun, wanted: Manifest, row: Mapping[str, Any]) -> Findings:
    truth = ledger.account.campaigns.get(row.get("sid") or "")
    before = run.before.get(row.get("sid") or "")
    if truth is None or not wanted.means(truth.name, truth.sid):
        yield f"{row.get('sid')} is not that campaign"
        return
    if not truth.alive and before is not None and before.alive:
        return  # it came to its end while the run was at it
    if not truth.alive and wanted.state not in ("completed", "archived"):
        yield f"it is {truth.state}"
    if wanted.state == "active" and not truth.going:
        yield f"it is {truth.state}"
    if wanted.state == "paused" and truth.going:
        yield f"it is {truth.state}"
    begun = wanted.of and (truth.state == "in-progress" or ledger.now > wanted.start - 660.0)
    if truth.alive and ledger.now < wanted.start and not begun:
        near = ledger.now > min(wanted.start, truth.start or wanted.start) - 660.0
        near = near or truth.state == "in-progress"
        may_stay = frozenset(run.commit.suppressed if near else ())
        if wanted.list_name and (run.command == "apply" or any("not declare" in it for it in row["notes"])):
            may_stay |= frozenset(truth.spec.get("from") or ())  # an apply tells results, its plan what stays
        yield from _differs(truth, wanted, may_stay)


def _differs(truth: Truth, wanted: Manifest, may_stay: frozenset[str]) -> Findings:
    """Finds differences; those may be left in who were suppressed when it was too late, and whom the manifest leaves
    in a field that it does not declare, as was said.
    """
    if truth.start != wanted.start and not wanted.ignores("schedule"):
        yield f"its start is {truth.start and local(truth.start)} instead of {local(wanted.start)}"
    if truth.content != wanted.spec_content and not wanted.ignores("url", "template"):
        yield f"its content is {truth.content!r}"
    if wanted.kind == "voice" and not wanted.calls(set(truth.spec.get("from") or ()) - may_stay):
        yield "its recipients are others"
    if (
        wanted.list_name
        and not wanted.ignores("lists")
        and set(truth.people) - may_stay != set(wanted.people) - may_stay
    ):
        yield f"its list holds {len(truth.people)} people, and others than {wanted.list_name} has now"


def one_of_a_name(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that after a run that ended with 0 at most one campaign of each name that runs made calls, or will."""
    if run.said is None or run.said.code != 0 or run.command != "apply":
        return
    if any(not other.ended for other in ledger.runs):
        return  # one that it met in its middle still looks for what both made
    names: dict[tuple[str, str], list[Truth]] = defaultdict(list)
    for it in ledger.alive():
        if it.going and ledger.run_made(it.sid) is not None and not ledger.touched.get(it.sid):
            names[it.collection, it.name].append(it)
    for (collection, name), them in names.items():
        makers = [ledger.run_made(it.sid) for it in them]
        if run.disturbed and not all(it and it.said and it.said.code == 0 and not it.faults for it in makers):
            continue
        if len(them) > 1 and run.wants(collection, name):
            yield f"{run} ended with 0, and {', '.join(it.sid[:6] for it in them)} of the name {name} all call"


def what_goes_on_is_told(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds runs that asked for a pause and ended with 0 though the campaign goes on."""
    if run.said is None or run.said.code is None or run.disturbed or run.signalled:
        return
    last = {it.sid: it for it in run.writes if it.request == "action"}
    for write in last.values():
        truth = ledger.account.campaigns[write.sid]
        went_on = write.action == "pause" and truth.going and write.after is not None and write.after.going
        if went_on and run.said.code == 0:
            yield f"{run}: {write}; it is {truth.state}, and the exit code is 0"
