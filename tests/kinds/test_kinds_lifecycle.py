"""What follows from a state is read off the table of what meets it."""

from campaignctl.kinds.lifecycle import (
    ALIVE,
    ENDED,
    ENDING_STATES,
    FAILURES,
    FINISHED,
    NOT_CALLING,
    STOPPED_STATES,
    State,
    Status,
)


def test_what_is_to_be_over_and_what_is_not_to_call() -> None:
    assert {State.COMPLETED, State.ARCHIVED} == ENDING_STATES
    assert {State.PAUSED, *ENDING_STATES} == STOPPED_STATES


def test_what_is_known_not_to_call_is_paused_or_over() -> None:
    assert {Status.PAUSED, *FINISHED} == NOT_CALLING
    assert {Status.COMPLETED, Status.ARCHIVED} == ENDED
    assert FAILURES | ENDED | {Status.DELETED} == FINISHED


def test_only_the_unknown_is_neither_alive_nor_finished() -> None:
    assert set(Status) - {Status.UNKNOWN} == ALIVE | FINISHED
    assert not ALIVE & FINISHED
