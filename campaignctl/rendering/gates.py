"""Writes what a campaign waits for, as documents carry it."""

from __future__ import annotations

from campaignctl.model.gates import Gate, percent
from campaignctl.rendering.documents import GateDocument


def gate_documents(gates: tuple[Gate, ...]) -> list[GateDocument]:
    """Makes the documents of a change's gates."""
    return [_gate(gate) for gate in gates]


def _gate(gate: Gate) -> GateDocument:
    """Makes one; no number of people's phones stands in it."""
    people = gate.people
    return {
        "campaign": gate.campaign,
        "sid": gate.sid,
        "status": gate.status,
        "verdict": gate.verdict,
        "message": gate.message,
        "people": {
            "all": people.all,
            "open": people.open,
            "finished": people.finished,
            "never_tried": people.never_tried,
        }
        if people
        else None,
        "limits": [
            {"of": it.of, "limit": percent(it.limit), "count": it.counted, "verdict": it.verdict}
            for it in gate.limits
        ],
    }
