"""Describes one manifest: what a team wants of a campaign, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from simulation.dates import ZONES, Holidays, Repeat

IST = timezone(timedelta(hours=5, minutes=30))
ENDING = ("completed", "archived")


@dataclass(frozen=True)
class Manifest:
    """Holds what one document wants. `start` is in epoch seconds; `offset` how it is written; `people` numbers or
    lists.

    The rest is its metadata; `allow` is what it allows by itself. What repeats begins with its first date and has
    `repeat`; each of its dates is a manifest `of` it, called on at `date` by its rule.
    """

    kind: str
    name: str
    start: float
    hours: float
    people: tuple[str, ...]
    content: str
    state: str | None = "active"
    offset: timezone = IST
    previous_name: str | None = None
    from_file: bool = False
    retries: int = 0
    sid: str | None = None
    distinct_from: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    team: str = "growth"
    repeat: Repeat | None = None
    of: str = ""
    date: date | None = None

    @property
    def end(self) -> float:
        """Returns the end of its window, of its last one where it repeats, in epoch seconds."""
        last = self.repeat.start(self.repeat.last) if self.repeat else self.start
        return last + self.hours * 3600

    def occurrences(self, holidays: Holidays) -> Iterator[Manifest]:
        """Yields the manifests that it stands for: one for each date, itself where it does not repeat."""
        if self.repeat is None:
            yield self
            return
        was = self.previous_name
        for day, runs in self.repeat.runs(holidays):
            yield replace(
                self,
                name=f"{self.name}-{day}",
                previous_name=was and f"{was}-{day}",
                start=self.repeat.start(runs),
                offset=ZONES[self.repeat.zone],
                repeat=None,
                of=self.name,
                date=day,
            )

    @property
    def spec_content(self) -> str:
        """Returns the content as the account keeps it."""
        return _URL + self.content if self.kind == "voice" else _TEXT + self.content

    @property
    def document_kind(self) -> str:
        """Returns the kind as documents and results name it."""
        return _KINDS[self.kind]

    def means(self, name: str, sid: str = "") -> bool:
        """Tells whether it may mean a campaign: a pin means that one and no other."""
        return sid == self.sid if self.sid else name in (self.name, self.previous_name)

    def ignores(self, *fields: str) -> bool:
        """Tells whether one of these is left to others once it is created."""
        return bool(set(self.ignore) & set(fields))

    def document(self, numbers_file: str, calendar: str = "") -> str:
        """Writes the document; beside it stand its numbers, and somewhere the calendar."""
        state = f"  state: {self.state}\n" if self.state else ""
        body = self._voice(numbers_file) if self.kind == "voice" else self._sms()
        when = self.repeat.document(self.hours, calendar) if self.repeat else self._schedule()
        return f"{self._head()}spec:\n{state}{body}{when}"

    def _schedule(self) -> str:
        first, last = ("send_at", "end_at") if self.kind == "voice" else ("start_time", "end_time")
        return (
            f'  schedule: {{{first}: "{self._written(self.start)}", {last}: "{self._written(self.end)}"}}\n'
        )

    def _head(self) -> str:
        rows = {
            "previous_name": self.previous_name,
            "sid": self.sid and f'"{self.sid}"',
            "distinct_from": _array(self.distinct_from),
            "ignore": _array(self.ignore),
            "allow": _array(self.allow),
        }
        more = "".join(f"  {key}: {value}\n" for key, value in rows.items() if value)
        return (
            f"apiVersion: campaignctl/v1\nkind: {self.document_kind}\nmetadata:\n  name: {self.name}\n"
            f"  labels: {{team: {self.team}}}\n{more}"
        )

    def _voice(self, numbers_file: str) -> str:
        people = ", ".join(f'"{number}"' for number in self.people)
        who = f"  from_file: {numbers_file}\n" if self.from_file else f"  from: [{people}]\n"
        retries = f"{{number_of_retries: {self.retries}, interval_mins: 60, on_status: [busy, no-answer]}}"
        return (
            f'  caller_id: "03349360005"\n{who}  url: {self.spec_content}\n  flow_type: ivr\n'
            + ("  mode: custom\n  throttle: 1\n" if self.retries else "")
            + (f"  retries: {retries}\n" if self.retries else "")
            + '  status_callback: "https://hooks.example.com/campaign?token=in-the-query"\n'
        )

    def _sms(self) -> str:
        return (
            f"  content_type: static\n  lists: {_array(self.people)}\n"
            '  dlt_entity_id: "0101428740000012125"\n  dlt_template_id: "1107160086562376233"\n'
            f"  sender_id: EXOTEL\n  sms_type: transactional\n  template: {self.spec_content}\n"
        )

    def _written(self, moment: float) -> str:
        return datetime.fromtimestamp(moment, self.offset).isoformat()


_KINDS: Mapping[str, str] = {"voice": "VoiceCampaign", "sms": "SmsCampaign"}
_URL = "http://my.exotel.com/acme1/exoml/start_voice/"
_TEXT = "Hello from campaign "


def _array(items: tuple[str, ...]) -> str:
    """Writes an array; an empty text for none."""
    return "[" + ", ".join(f'"{item}"' for item in items) + "]" if items else ""
