"""Describes one manifest: what a team wants of a campaign, and how it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone

from simulation.dates import ZONES, Holidays, Repeat

IST = ZONES["Asia/Kolkata"]
ENDING = ("completed", "archived")


@dataclass(frozen=True)
class AwaitedCampaign:
    """Holds what a manifest waits for: a campaign, nearly always of voice, of which so many have `finished`, at most
    `limit` failed.

    `wait` is in minutes, `within` in days.
    """

    campaign: str
    limit: str
    finished: int
    confidence: str
    wait: int
    within: int
    kind: str = "voice"

    def document(self) -> str:
        """Writes it as one item of metadata."""
        return (
            f'{{campaign: {self.kind}/{self.campaign}, limits: {{failed: "{self.limit}"}}, finished: {self.finished}, '
            f'confidence: "{self.confidence}", wait: {self.wait}m, within: {self.within}d}}'
        )


@dataclass(frozen=True)
class Manifest:
    """Holds what one document wants. `start` is in epoch seconds; `offset` how it is written; `people` numbers or
    lists.

    The rest is its metadata; `allow` is what it allows by itself. What repeats begins with its first date and has
    `repeat`; each of its dates is a manifest `of` it, called on at `date` by its rule. `take`: so many of its people;
    `rest_of`: without those of that campaign; `declared`: the people as written, where these are others. `list_name`:
    those of a contact list of the project. `region` is a label by which environments tell which are theirs.
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
    take: int = 0
    rest_of: str = ""
    after: AwaitedCampaign | None = None
    stop_when: tuple[tuple[str, str], ...] = ()
    declared: tuple[str, ...] = ()
    list_name: str = ""
    region: str = ""

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
                after=self.after and replace(self.after, campaign=f"{self.after.campaign}-{day}"),
                offset=ZONES[self.repeat.zone],
                repeat=None,
                of=self.name,
                date=day,
            )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Returns whom `take` chooses, in the order of the file: by name and number alone."""
        if not self.take:
            return self.people
        by_hash = {it: hashlib.sha256(f"{self.name}\n{it}".encode()).digest() for it in self.people}
        least = sorted(self.people, key=by_hash.__getitem__)[: self.take]
        return tuple(it for it in self.people if it in least)

    @property
    def spec_content(self) -> str:
        """Returns the content as the account keeps it."""
        return _URL + self.content if self.kind == "voice" else _TEXT + self.content

    @property
    def document_kind(self) -> str:
        """Returns the kind as documents and results name it."""
        return _KINDS[self.kind]

    @property
    def names(self) -> tuple[str, ...]:
        """Returns the names of the campaigns that it speaks of."""
        return tuple(it for it in (self.after and self.after.campaign, self.rest_of) if it)

    def calls(self, people: Collection[str]) -> bool:
        """Tells whether these are its people: of what leaves another campaign's out, some of those declared."""
        some = bool(self.rest_of and set(people) <= set(self.declared))
        return set(people) == set(self.people) or some or bool(self.list_name)

    def naming(self, before: str, after: str) -> Manifest:
        """Returns it where a campaign that it speaks of is called otherwise."""
        if before not in self.names:
            return self
        gate = self.after and replace(
            self.after, campaign=after if self.after.campaign == before else self.after.campaign
        )
        return replace(self, after=gate, rest_of=after if self.rest_of == before else self.rest_of)

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
            "after": self.after and f"[{self.after.document()}]",
            "stop_when": self.stop_when
            and "{" + ", ".join(f"{key}: {it}" for key, it in self.stop_when) + "}",
        }
        more = "".join(f"  {key}: {value}\n" for key, value in rows.items() if value)
        return (
            f"apiVersion: campaignctl/v1\nkind: {self.document_kind}\nmetadata:\n  name: {self.name}\n"
            f"  labels: {{team: {self.team}{self.region and f', region: {self.region}'}}}\n{more}"
        )

    def _voice(self, numbers_file: str) -> str:
        people = ", ".join(f'"{number}"' for number in self.people)
        who = f"  from_file: {numbers_file}\n" if self.from_file else f"  from: [{people}]\n"
        who = f"  lists: {self._lists()}\n" if self.list_name else who
        who += f"  take: {{people: {self.take}}}\n" if self.take else ""
        who += f"  suppress: [{{campaign: voice/{self.rest_of}}}]\n" if self.rest_of else ""
        retries = f"{{number_of_retries: {self.retries}, interval_mins: 60, on_status: [busy, no-answer]}}"
        return (
            f'  caller_id: "03349360005"\n{who}  url: {self.spec_content}\n  flow_type: ivr\n'
            + ("  mode: custom\n  throttle: 1\n" if self.retries else "")
            + (f"  retries: {retries}\n" if self.retries else "")
            + '  status_callback: "https://hooks.example.com/campaign?token=in-the-query"\n'
        )

    def _sms(self) -> str:
        return (
            f"  content_type: static\n  lists: {self._lists()}\n"
            '  dlt_entity_id: "0101428740000012125"\n  dlt_template_id: "1107160086562376233"\n'
            f"  sender_id: EXOTEL\n  sms_type: transactional\n  template: {self.spec_content}\n"
        )

    def _lists(self) -> str:
        return f"[{{name: {self.list_name}}}]" if self.list_name else _array(self.people)

    def _written(self, moment: float) -> str:
        return datetime.fromtimestamp(moment, self.offset).isoformat()


_KINDS: Mapping[str, str] = {"voice": "VoiceCampaign", "sms": "SmsCampaign"}
_URL = "http://my.exotel.com/acme1/exoml/start_voice/"
_TEXT = "Hello from campaign "


def _array(items: tuple[str, ...]) -> str:
    """Writes an array; an empty text for none."""
    return "[" + ", ".join(f'"{item}"' for item in items) + "]" if items else ""


def list_document(name: str, people: tuple[str, ...]) -> str:
    """Writes a contact list of the project."""
    return (
        f"apiVersion: campaignctl/v1\nkind: ContactList\nmetadata: {{name: {name}}}\n"
        f"spec: {{numbers: {_array(people)}}}\n"
    )
