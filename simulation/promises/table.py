"""Lists the promises, written from the rules and not from the code: a function and a row for each.

Where an account's habit makes a promise impossible, an excuse says which one, and what holds then.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulation.ledger import BrokenPromise, CommandRun, LifeLedger
from simulation.promises import (
    accounts,
    answers,
    calls,
    carrying_out,
    checkouts,
    guards,
    jobs,
    limits,
    lists,
    reasons,
    repeating,
    reports,
    stages,
    suppression,
    words,
    writes,
)
from simulation.promises.excuses import (
    ASKED,
    CUT,
    DATED,
    EARLY,
    HIDDEN,
    IN_VAIN,
    LISTS_LIE,
    LOST,
    ODD,
    PAUSE_FAILS,
    SAYS_AS_ASKED,
    UNSEEN,
)
from simulation.promises.verdict import Findings, JudgeFinding, PromiseJudge

JUDGES: tuple[PromiseJudge, ...] = (
    PromiseJudge(
        "twice",
        "nobody is called twice for one manifest and start",
        None,
        calls.called_twice,
        (LISTS_LIE, EARLY, PAUSE_FAILS, IN_VAIN),
    ),
    PromiseJudge(
        "alike",
        "nobody is called twice by one campaign under two names",
        None,
        calls.called_by_lookalikes,
        (LISTS_LIE, UNSEEN, EARLY, LOST),
    ),
    PromiseJudge(
        "one date",
        "nobody is called twice for one date of what repeats",
        None,
        repeating.called_twice_for_a_date,
        (LISTS_LIE, EARLY, PAUSE_FAILS, IN_VAIN),
    ),
    PromiseJudge(
        "horizon",
        "a date is created within the horizon and not before",
        repeating.created_within_the_horizon,
        None,
        (DATED,),
    ),
    PromiseJudge("dates", "each date within the horizon is told", repeating.dates_are_told, None, (ODD,)),
    PromiseJudge(
        "withdrawn", "a date that is no more does not call", repeating.withdrawn_dates_stop, None, (ODD,)
    ),
    PromiseJudge(
        "series",
        "a series that people stopped is not continued unasked",
        repeating.stopped_series_stay_stopped,
        None,
        (ODD,),
    ),
    PromiseJudge(
        "gates",
        "nothing goes whose gate has not passed by the account's own record",
        stages.gates_hold,
        None,
        (UNSEEN, LOST),
    ),
    PromiseJudge(
        "stages",
        "nobody is sent who heard an earlier stage",
        stages.nobody_hears_two_stages,
        stages.called_by_two_stages,
        (UNSEEN, LOST, LISTS_LIE),
    ),
    PromiseJudge(
        "goes on", "a stage whose gate has not failed is not paused", stages.stages_go_on, None, (ODD,)
    ),
    PromiseJudge("rest", "nobody is left out of all stages", stages.the_rest_is_all_of_it, None, (UNSEEN,)),
    PromiseJudge(
        "members",
        "a campaign is sent to exactly the members of its list",
        lists.lists_hold_their_members,
        lists.members_are_called,
        (LOST,),
    ),
    PromiseJudge("in use", "no list is deleted that somebody uses", lists.lists_in_use_stay),
    PromiseJudge(
        "tells", "a guard tells of what it paused and of nothing else", guards.guards_tell_what_they_did
    ),
    PromiseJudge("only pauses", "a guard's only write is a pause", guards.guards_only_pause),
    PromiseJudge(
        "at fault",
        "a guard pauses nothing that crossed no limit within the hours",
        guards.guards_pause_what_is_at_fault,
        None,
        (ODD,),
    ),
    PromiseJudge(
        "guarded",
        "what crosses does not go on after a guard's look",
        guards.guards_see_what_crosses,
        None,
        (ODD,),
    ),
    PromiseJudge(
        "crossed", "nothing is resumed that crosses a limit", guards.what_crosses_is_not_resumed, None, (ODD,)
    ),
    PromiseJudge(
        "two accounts",
        "nobody is called from two accounts for one manifest",
        accounts.nobody_is_called_from_two_accounts,
        None,
        (LISTS_LIE, UNSEEN),
    ),
    PromiseJudge(
        "own key", "each account is asked with its own credentials", accounts.each_is_asked_with_its_own_key
    ),
    PromiseJudge("jobs", "what a change touches is in one job of its matrix", jobs.a_change_is_in_a_job),
    PromiseJudge("report", "a report tells of everybody, once", reports.reports_tell_all, None, (ODD,)),
    PromiseJudge(
        "hours",
        "nobody is called outside calling hours",
        None,
        calls.called_out_of_hours,
        (LOST, PAUSE_FAILS, EARLY, IN_VAIN),
    ),
    PromiseJudge(
        "stop",
        "nobody is called after a stop that nobody lifted",
        None,
        calls.called_after_a_stop,
        (PAUSE_FAILS,),
    ),
    PromiseJudge(
        "ahead",
        "nobody is called ahead of the start",
        None,
        calls.called_ahead,
        (PAUSE_FAILS, LOST, EARLY, IN_VAIN),
    ),
    PromiseJudge(
        "again", "no name is given to a second campaign", writes.created_though_there, None, (LISTS_LIE,)
    ),
    PromiseJudge(
        "fresh look",
        "what is created was looked for a minute before",
        writes.created_after_a_look,
    ),
    PromiseJudge(
        "shown", "what was approved is done, and nothing else", writes.done_as_shown, None, (UNSEEN, LOST)
    ),
    PromiseJudge(
        "suppressed", "nobody suppressed is sent", suppression.nobody_suppressed_is_sent, None, (UNSEEN, LOST)
    ),
    PromiseJudge(
        "opt-outs",
        "who is suppressed is taken out",
        suppression.suppressed_are_taken_out,
        None,
        (UNSEEN, LOST, PAUSE_FAILS, LISTS_LIE, CUT, HIDDEN, ASKED, IN_VAIN),
    ),
    PromiseJudge("night", "nothing is created that calls at night", limits.windows_are_within_hours),
    PromiseJudge(
        "spared",
        "an orphan that may be what a manifest wants is not ended",
        limits.lookalikes_are_spared,
        None,
        (ODD,),
    ),
    PromiseJudge("twins", "of twins one goes on", reasons.twins_are_paused, None, (ODD,)),
    PromiseJudge(
        "told",
        "what could not be stopped is said",
        words.what_goes_on_is_told,
        None,
        (UNSEEN, ASKED),
    ),
    PromiseJudge("once", "no run sends a create twice", writes.created_once),
    PromiseJudge("wanted", "only what a manifest wants is created, as it says", writes.created_as_wanted),
    PromiseJudge(
        "in time", "nothing is created that would call at once unless that is allowed", writes.created_in_time
    ),
    PromiseJudge(
        "updates",
        "only what a manifest means is updated; starts move as allowed",
        writes.updated_as_wanted,
        None,
        (LOST,),
    ),
    PromiseJudge("unasked", "nothing is resumed or ended that nobody asked for", writes.acted_as_allowed),
    PromiseJudge("stopped", "nothing is paused that should go on", writes.paused_as_wanted),
    PromiseJudge("stale", "an old plan does nothing", writes.old_plans_do_nothing, None, (DATED,)),
    PromiseJudge(
        "whole",
        "an update before the start sends the whole campaign",
        writes.updated_completely,
        None,
        (UNSEEN, LOST),
    ),
    PromiseJudge(
        "moved",
        "what somebody changed since the plan is left alone",
        writes.moved_is_left_alone,
        None,
        (UNSEEN,),
    ),
    PromiseJudge(
        "foreign",
        "somebody else's campaign of the same name is not touched",
        writes.strangers_are_left_alone,
        None,
        (UNSEEN, LISTS_LIE),
    ),
    PromiseJudge("looks", "what only looks never writes", writes.only_looks),
    PromiseJudge(
        "read again", "a campaign is read again right before it is changed", carrying_out.is_read_again
    ),
    PromiseJudge("blocked", "of what is blocked nothing begins or ends", carrying_out.a_block_stops_the_rest),
    PromiseJudge("refused", "what was carried out is not called refused", carrying_out.what_was_made_is_said),
    PromiseJudge(
        "lost",
        "what did not take, or was lost, is not called applied",
        answers.what_was_lost_is_said,
        None,
        (HIDDEN,),
    ),
    PromiseJudge(
        "at once",
        "what could call somebody wrongly after a write is paused by the next one",
        answers.what_calls_wrongly_is_paused,
        None,
        (HIDDEN,),
    ),
    PromiseJudge(
        "seen done",
        "after an answer that shows another status a campaign is read",
        answers.actions_are_seen_done,
        None,
        (SAYS_AS_ASKED,),
    ),
    PromiseJudge(
        "orphans",
        "what no manifest means any more is listed",
        carrying_out.orphans_are_listed,
        None,
        (ODD,),
    ),
    PromiseJudge(
        "newer",
        "an orphan that is newer than the checkout is spared",
        checkouts.newer_is_spared,
        None,
        (DATED, UNSEEN),
    ),
    PromiseJudge("diff", "a diff lists what differs, and nothing else", checkouts.diffs_list_what_differs),
    PromiseJudge("limit", "no more is done than was told", limits.no_more_than_told),
    PromiseJudge("edited", "an edited plan file does nothing", limits.edited_plans_do_nothing),
    PromiseJudge(
        "other plan", "a plan of other manifests does nothing", limits.plans_of_other_manifests_do_nothing
    ),
    PromiseJudge(
        "an hour",
        "a plan that calls at once holds an hour",
        limits.plans_that_call_at_once_hold_an_hour,
        None,
        (DATED, UNSEEN),
    ),
    PromiseJudge("order", "what stops comes first", limits.stopping_comes_first, None, (ODD,)),
    PromiseJudge(
        "renamed",
        "what looks like a campaign of another name is not made",
        limits.nobody_is_made_twice,
        None,
        (LISTS_LIE, CUT, UNSEEN, LOST),
    ),
    PromiseJudge(
        "stays",
        "nothing is made that calls as what stays elsewhere than it is wanted",
        limits.what_stays_is_not_doubled,
        None,
        (LISTS_LIE, UNSEEN, LOST),
    ),
    PromiseJudge(
        "previous",
        "what was renamed is not made anew",
        limits.renamed_is_not_made_anew,
        None,
        (LISTS_LIE, UNSEEN),
    ),
    PromiseJudge(
        "past",
        "what is past its end is not resumed",
        limits.ended_is_not_resumed,
        None,
        (DATED, UNSEEN, LOST),
    ),
    PromiseJudge(
        "begun", "what has begun is not changed", limits.begun_is_not_changed, None, (DATED, UNSEEN, LOST)
    ),
    PromiseJudge(
        "several",
        "several of a name are paused at most",
        limits.several_of_a_name_are_left,
        None,
        (LISTS_LIE, UNSEEN, IN_VAIN),
    ),
    PromiseJudge("pace", "the rate limit is kept", limits.keeps_the_pace),
    PromiseJudge("must wait", "what is made to wait is paused", limits.pauses_what_must_wait, None, (EARLY,)),
    PromiseJudge("undone", "a stop that is younger than the plan wins", writes.stops_hold),
    PromiseJudge("orderly", "every run ends, with a code, without a traceback", words.ends_orderly),
    PromiseJudge("masked", "no number and no secret is printed", words.keeps_numbers_masked),
    PromiseJudge("code", "the exit code is true", words.code_is_true),
    PromiseJudge("result", "what is said to be done is done", words.result_is_true, None, (PAUSE_FAILS,)),
    PromiseJudge(
        "in sync",
        "nobody is left out without a word",
        words.nobody_is_left_out,
        None,
        (UNSEEN, LOST, PAUSE_FAILS),
    ),
    PromiseJudge(
        "reasons",
        "nobody is left out for a reason that does not hold",
        reasons.reasons_are_true,
        None,
        (ODD,),
    ),
    PromiseJudge(
        "stops", "what is wanted paused does not go on calling", reasons.stops_are_made, None, (ODD,)
    ),
    PromiseJudge(
        "there", "what is called applied is there as it is wanted", reasons.applied_is_there, None, (ODD,)
    ),
    PromiseJudge(
        "waits", "who is wanted is called, or it is said why not", reasons.nobody_waits_unseen, None, (ODD,)
    ),
    PromiseJudge(
        "one",
        "after a run of exit 0 one campaign of a name calls",
        words.one_of_a_name,
        None,
        (LISTS_LIE, PAUSE_FAILS),
    ),
)


def after_run(ledger: LifeLedger, run: CommandRun) -> Iterator[BrokenPromise]:
    """Yields what a run broke, and whom the account called meanwhile."""
    for judge in JUDGES:
        if judge.after_run is not None:
            yield from _held(ledger, judge, judge.after_run(ledger, run))
    yield from after_time(ledger)


def after_time(ledger: LifeLedger) -> Iterator[BrokenPromise]:
    """Yields whom the account called since the last look."""
    if not ledger.new_calls:
        return
    for judge in JUDGES:
        if judge.after_time is not None:
            yield from _held(ledger, judge, judge.after_time(ledger))
    ledger.new_calls.clear()


def _held(ledger: LifeLedger, judge: PromiseJudge, found: Findings) -> Iterator[BrokenPromise]:
    for each in found:
        fault = JudgeFinding(each) if isinstance(each, str) else each
        if not any(it.where(ledger, fault) for it in judge.excuses):
            yield BrokenPromise(judge.name, ledger.now, fault.says)
