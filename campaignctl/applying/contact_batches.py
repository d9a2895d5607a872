"""Says what an account answered when it was told of people: whose contact is whose, and who was refused. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaignctl.kinds.countries import Country
from campaignctl.model.results import ContactItem
from campaignctl.model.values import canonical_number

_CONFLICT: Final = 409
_UNKNOWN: Final = frozenset({408, 429, 499})


@dataclass
class Contacts:
    """Holds what is known of the contacts of a list, batch by batch.

    `refused` are the numbers of people who have none, as far as the answers tell who that is, `unplaced` counts the
    others; `unsent` counts items that show somebody who was not sent. `silent` counts, by field, known contacts
    that do not show it: they may have been told something else.
    """

    country: Country | None
    sids: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unplaced: int = 0
    unsent: int = 0
    silent: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Returns how many people were refused, or are somebody else."""
        return len(self.refused) + self.unplaced + self.unsent

    def take(self, numbers: Sequence[str], fields: Sequence[str], items: Sequence[ContactItem]) -> None:
        """Takes the answer to one batch: the numbers that were sent, and the answer's items, in whatever order."""
        shown = [self._shown(item) for item in items]
        in_order = len(items) == len(numbers) and all(
            there is None or there == sent for there, sent in zip(shown, numbers, strict=True)
        )
        sent, seen = set(numbers), set[str]()
        for place, (item, number) in enumerate(zip(items, shown, strict=True)):
            if number is not None and (number not in sent or number in seen):
                self.unsent += 1
            elif item.sid is not None and (item.fine or item.code == _CONFLICT):
                self.sids.append(item.sid)
                self.silent.update(_silent(item, fields))
            elif number is not None:
                self.refused.append(number)
            elif in_order:
                self.refused.append(numbers[place])
            else:
                self.unplaced += 1
            if number is not None:
                seen.add(number)

    def _shown(self, item: ContactItem) -> str | None:
        """Returns the number that an item shows; a masked one is not shown."""
        text = item.number or ""
        number = canonical_number(text, self.country)
        return number if number.removeprefix("+").isdigit() else None


def _silent(item: ContactItem, fields: Sequence[str]) -> Iterator[str]:
    if item.code == _CONFLICT:
        yield from (name for name in fields[1:] if name not in item.fields)


def is_undecided(items: Iterable[ContactItem]) -> bool:
    """Tells whether nobody knows what became of one of the items."""
    return any(
        not item.fine and item.code is not None and (item.code >= 500 or item.code in _UNKNOWN)
        for item in items
    )


def told_lines(lines: Collection[int], most: int = 20) -> str:
    """Writes lines: `lines 3, 17 and 20`."""
    shown = sorted(lines)[:most]
    rest = len(lines) - len(shown)
    more = f" and {rest:,} more" if rest else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, shown))}{more}"
