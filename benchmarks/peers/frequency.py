"""Reads the people of so many campaigns, asks who is reached too often, and says the seconds of each and peak MB."""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from random import Random

from campaignctl.kinds.manifest import SUPPRESSED_NUMBERS
from campaignctl.manifests.numbers import read_numbers
from campaignctl.policy.frequency import as_people, too_often

START = datetime(2030, 1, 15, tzinfo=UTC)
FILES = 10
"""Of which each is read again and again."""


def main(campaigns: int, people: int) -> None:
    random = Random(1)
    everybody = range(10_000_000, 10_000_000 + 5 * people)
    files = [
        "\n".join(("number", *(f"+9198{it}" for it in random.sample(everybody, people))))
        for _ in range(FILES)
    ]
    read, reckoned, contacts = 0.0, 0.0, []
    for place in range(campaigns):
        began = time.process_time()
        numbers = read_numbers(SUPPRESSED_NUMBERS, files[place % FILES]).numbers
        middle = time.process_time()
        contacts.append((START + timedelta(days=place % 60), as_people(numbers, None)))
        read, reckoned = read + middle - began, reckoned + time.process_time() - middle
    began = time.process_time()
    found = too_often(contacts, 2, timedelta(days=7))
    reckoned += time.process_time() - began
    assert found, "nobody is reached too often"
    sys.stdout.write(f"{read} {reckoned} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}\n")


main(*map(int, sys.argv[1:3]))
