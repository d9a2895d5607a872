"""Writes the reference page of the sandbox's switches and faults: `python -m campaignctl.cli.sandbox_page
[--check]`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from campaignctl.deriving.reference import page, table
from campaignctl.deriving.writing import write_page
from campaignctl.sandbox.faults import EFFECTS
from campaignctl.sandbox.switches import Position, rows

COMMAND = "python -m campaignctl.cli.sandbox_page"
_LEAD = (
    "What the API's documents leave unknown is a switch of the sandbox, and tests draw their positions at random. "
    'Throw them with `POST /_sandbox/switches` (`{"put": "replace"}`) while `campaignctl sandbox serve` runs; '
    "`GET` shows how they stand. `POST /_sandbox/status` puts any word on a campaign, `deleted` among them; "
    "`GET /_sandbox/` names the other controls."
)
_KEYS = (
    "A key that an answer lacks: a field of `data` (`from`, `schedule.end_at`), or with `item.` one beside `data` "
    "(`item.code`), or with `envelope.` one beside `response` (`envelope.metadata.total`)."
)
_FAULTS = (
    "What goes wrong once, or so many times, is a fault: `POST /_sandbox/faults` "
    '(`{"effect": "drop", "request": "create", "acts": true, "after": 1, "times": 2}`). `acts` says whether the '
    "request is carried out all the same."
)


def main() -> None:
    """Writes the page where it differs; with `--check` it writes nothing, and fails."""
    write_page("sandbox.md", COMMAND, sandbox_page)


def sandbox_page() -> str:
    """Writes every switch by its group, then the faults."""
    groups = tuple(dict.fromkeys(row.group for _, row, _ in rows()))
    blocks = [block for group in groups for block in _section(group)]
    effects = table(
        ("effect", "what it does", "carried out"),
        ((f"`{name}`", it.says, "yes" if it.acts else "no") for name, it in EFFECTS.items()),
    )
    return page(
        "The sandbox's switches and faults", _LEAD, *blocks, "## Faults", _FAULTS, effects, made_by=COMMAND
    )


def _section(group: str) -> Iterator[str]:
    yield f"## {group.capitalize()}"
    if group == "answers":
        yield _KEYS
    yield table(
        ("switch", "what it says", "takes", "default"),
        (
            (
                f"`{name}`",
                row.says + (f" With `{row.of}`." if row.of else ""),
                row.wants,
                f"`{_json(default)}`",
            )
            for name, row, default in rows()
            if row.group == group
        ),
    )


def _json(position: Position) -> str:
    return json.dumps(position)


if __name__ == "__main__":
    main()
