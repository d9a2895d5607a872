"""Plays what an account did long before: so many finished campaigns that no page holds them all."""

from __future__ import annotations

from random import Random

from simulation.ledger import LifeLedger
from simulation.repository import LISTS, PREFIX

_BODY = {
    "sender_id": "EXOTEL",
    "content_type": "static",
    "channel": "SMS",
    "sms_type": "transactional",
    "dlt_entity_id": "0101428740000012125",
    "dlt_template_id": "1107160086562376233",
}


def begin(ledger: LifeLedger, random: Random) -> tuple[str, ...]:
    """Adds finished SMS campaigns; returns their names."""
    sign = random.choice(("-", "_", "_", ".", "."))
    names = tuple(f"{PREFIX}past{sign}{place}" for place in range(random.choice((49, 55, 110, 160))))
    for place, name in enumerate(names):
        day = f"2027-01-{12 + place % 12}T"
        window = {"start_time": f"{day}10:00:00+05:30", "end_time": f"{day}14:00:00+05:30"}
        one = {"name": name, "lists": [LISTS[0]], "template": f"Of old {place}", "schedule": window}
        ledger.account.by_hand("POST", "message-campaigns", "", _BODY | one)
    for sid in ledger.look():
        ledger.account.mark(sid, random.choice(("completed", "archived", "failed")))
        ledger.touched[sid].add("is of old")
    ledger.look()
    return names
