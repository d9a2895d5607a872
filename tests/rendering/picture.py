"""Draws the picture in the README: `python tests/rendering/picture.py`. Another machine's fonts give another one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import browser
import plans
from plans import FINDINGS, NOW, NUMBERS, PROD, SMS, VOICE, change, plan_document

from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import Op
from campaignctl.model.plan import Cost, Difference, HeldOperation, Operation, Plan
from campaignctl.rendering.formats import Setting, render

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "plan.png"


def called(first: str, last: str) -> dict[str, object]:
    """A voice campaign's window on the day of the picture."""
    return {"schedule": {"send_at": f"2027-01-15T{first}:00+05:30", "end_at": f"2027-01-15T{last}:00+05:30"}}


def texted(first: str, last: str) -> dict[str, object]:
    """The same for SMS."""
    window = {"start_time": f"2027-01-15T{first}:00+05:30", "end_time": f"2027-01-15T{last}:00+05:30"}
    return {"schedule": window}


def week() -> Plan:
    """An ordinary one, with something to look at."""
    create = Operation(Op.CREATE, plans.ALL_FIELDS)
    offer = {**texted("11:00", "14:00"), "template": "शुभ दीपावली! Flat 20% off this week, show this message."}
    return plans.plan(
        change(VOICE, "diwali-reminder", "not-live", spec=called("10:00", "13:00"), operations=(create,)),
        change(
            VOICE,
            "rent-due",
            "fields-differ",
            live="Created",
            spec={"from": NUMBERS[:900], **called("10:20", "12:30")},
            operations=(Operation(Op.UPDATE, ("retries",)),),
            diff=(Difference("retries.interval_mins", 10, 15),),
        ),
        change(
            VOICE,
            "kyc-call",
            "policy",
            "policy forbids it: calling_hours",
            spec={"from": NUMBERS[:300], **called("20:40", "22:30")},
        ),
        change(SMS, "diwali-offer", "not-live", spec=offer, operations=(create,)),
        change(
            VOICE,
            "survey",
            "needs-allow",
            "resume must be asked for",
            live="Paused",
            spec={"from": NUMBERS[:600], **called("15:00", "18:00")},
            held=(HeldOperation(Op.RESUME, since="2027-01-12T01:10:00Z"),),
        ),
        change(SMS, "bill-due", "in-sync", live="scheduled", spec=texted("16:30", "19:00")),
        change(
            VOICE,
            "winter-offer",
            "state-differs",
            live="in-progress",
            state=State.COMPLETED,
            spec={"schedule": {"send_at": "2027-01-12T07:00:00+05:30"}},
            operations=(Operation(Op.PAUSE), Operation(Op.COMPLETE, numbers_failed=60)),
        ),
        findings=(
            FINDINGS[0]._replace(
                message="it may call until Fri 15 Jan 22:30 +05:30, beyond the calling hours 09:00–21:00 Asia/Kolkata; "
                'declare end_at: "2027-01-15T21:00:00+05:30"',
            ),
        ),
        apply=Cost(9, 22),
        allowed=("complete:winter-offer",),
    )


def main() -> None:
    """Writes the picture."""
    page = render("plan", "html", plan_document(week(), PROD), Setting(NOW))
    program = browser.find()
    assert program, "the picture takes a Chromium"
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "plan.html").write_text(page, encoding="utf-8")
        with browser.running(program, directory / "profile") as running:
            tab = browser.Tab(running)
            tab.size(1000, 1250)
            tab.open((directory / "plan.html").as_uri())
            tab.picture(PICTURE)


if __name__ == "__main__":
    main()
