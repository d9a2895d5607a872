"""How many requests may be in flight over several environments, and whose turn it is."""

from __future__ import annotations

import threading
import time

import pytest

from campaignctl.app.side_by_side import RequestSlots, Turn
from campaignctl.errors import InterruptedRunError


def never() -> bool:
    return False


def test_no_more_requests_are_in_flight_than_there_are_slots() -> None:
    slots, lock, now, most = RequestSlots(3), threading.Lock(), [0], [0]

    def work(place: int) -> None:
        turn = Turn(slots, (0, place), never)
        for _ in range(5):
            with turn:
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                time.sleep(0.001)
                with lock:
                    now[0] -= 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (now[0], most[0]) == (0, 3)


def test_whoever_waits_holds_nobody_up() -> None:
    slots = RequestSlots(1)
    first, second = Turn(slots, (0,), never), Turn(slots, (1,), never)
    with first, first, first.stepped_out(), second:
        pass
    with second:
        pass


def test_the_first_by_rank_goes_next() -> None:
    slots, order = RequestSlots(1), list[int]()
    holder = Turn(slots, (0, 0), never)
    holder.__enter__()

    def work(place: int) -> None:
        with Turn(slots, (1, place), never):
            order.append(place)

    threads = [threading.Thread(target=work, args=(place,)) for place in (3, 1, 2)]
    for thread in threads:
        thread.start()
    while len(slots._waiting) < 3:
        time.sleep(0.001)
    holder.__exit__(None, None, None)
    for thread in threads:
        thread.join()
    assert order == [1, 2, 3]


def test_a_wait_ends_where_the_run_is_to_end_and_leaves_the_slot_to_others() -> None:
    slots = RequestSlots(1)
    with Turn(slots, (0,), never), pytest.raises(InterruptedRunError), Turn(slots, (0,), lambda: True):
        raise AssertionError("it was not its turn")
    with Turn(slots, (5,), never):
        pass
