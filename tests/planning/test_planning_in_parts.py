"""What is decided on manifests in parts, by whichever process, is what is decided on all of them at once."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence

import pytest
from example_counts import examples, mostly_slow
from hypothesis import HealthCheck, given
from planning_cases import Case, load_cases
from planning_worlds import World, worlds

from campaignctl.planning.account_view import AccountView, view_account
from campaignctl.planning.alive import Decision
from campaignctl.planning.deciding_each import ByReference, decide_each
from campaignctl.planning.planner import with_dates
from campaignctl.planning.terms import Terms

CASES = load_cases()
MANY = 700
"""More than one process does alone."""


def account_of(asked: Case | World) -> tuple[AccountView, Terms]:
    """The account as the rules look at it, what repeats by its dates."""
    terms = with_dates(asked.all_manifests, asked.snapshot, asked.terms)
    manifests = terms.repeating.expand(asked.all_manifests) if terms.repeating else asked.all_manifests
    return view_account(manifests, asked.snapshot, terms), terms


def at_once(asked: Case | World) -> Sequence[Decision]:
    account, terms = account_of(asked)
    return list(decide_each(account.matches, account, terms))


def in_parts(asked: Case | World) -> Sequence[Decision]:
    """Each by itself, the last first, over an account of its own, handed over as a copy of the process does."""
    account, _ = account_of(asked)
    handing, decided = ByReference(), list[Decision]()
    for match in reversed(account.matches):
        (decision,) = decide_each([match], *account_of(asked))
        handed = pickle.loads(pickle.dumps(handing.over(match, decision), pickle.HIGHEST_PROTOCOL))
        decided.append(handing.back(match, handed))
    return decided[::-1]


@pytest.mark.parametrize("case", mostly_slow(CASES, every=4), ids=[case.name for case in CASES])
def test_a_case_is_decided_in_parts_as_at_once(case: Case) -> None:
    assert in_parts(case) == at_once(case)


@examples(50, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_anything_is_decided_in_parts_as_at_once(world: World) -> None:
    assert in_parts(world) == at_once(world)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does it all")
def test_copies_of_the_process_decide_what_one_decides() -> None:
    case = max(CASES, key=lambda it: len({decision.reason.code for decision in at_once(it)}))
    (account, terms), alone = account_of(case), at_once(case)
    times = MANY // len(alone) + 1
    assert len({decision.reason.code for decision in alone}) > 2
    decided = list(decide_each(account.matches * times, account, terms))
    assert decided == [*alone] * times
