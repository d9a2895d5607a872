"""Plays the manifests of a team, commit by commit, and the people who commit: hurried, and careless now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import NamedTuple

from simulation.commits import Commit
from simulation.dates import NO_HOLIDAYS
from simulation.leanings import GENERAL
from simulation.manifests import IST, Manifest
from simulation.weights import Leaning

DAY = 86_400.0
NUMBERS = tuple(f"+91987650{place:04d}" for place in range(40))
"""Made-up people."""
LISTS = tuple(f"{place:032x}" for place in (11, 23, 35))
WORDS = ("diwali", "holi", "renewal", "kyc", "offer", "recall", "survey", "fees")
TEAMS = ("growth", "growth", "care")
PREFIX = "growth-"
SIGNS = ("-", "-", "-", "_", ".", "-No-", "-no-")
ODD_SIGNS = SIGNS[3:]
"""Between a word and its number: what a search may mangle, and names that differ in a sign or in letter case alone."""
OPENS, CLOSES = 9, 21
"""Calling hours in India, which are the policy of level `error` of every project here."""


class Seen(NamedTuple):
    """Holds a campaign that somebody who writes manifests has seen in a plan, in a status or in the dashboard."""

    kind: str
    name: str
    sid: str
    alive: bool


class TeamRepository:
    """Holds the commits, oldest first; the last one is the branch's head.

    `seen` is what those who write them know.
    """

    def __init__(self, leaning: Leaning = GENERAL, more: Edits | None = None) -> None:
        """Begins with nothing. `more` edits are made than those that every team makes."""
        self.leaning = leaning
        self.edits: Edits = {**EDITS, **(more or {})}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.mends: Callable[[Files], None] | None = None
        self.holidays = NO_HOLIDAYS
        self.dates: Callable[[], float | None] = lambda: None
        """Returns what the machine of whoever commits shows; None where nobody uses git."""
        self.selects: dict[str, str] = {}
        """Which regions each of several environments takes."""
        self.commits: list[Commit] = [Commit(0, "an empty project")]
        self.seen: tuple[Seen, ...] = ()
        self.about = ""
        self.suppressed: frozenset[str] = frozenset()
        self.past: tuple[str, ...] = ()
        self._made = 0

    @property
    def head(self) -> Commit:
        """Returns what a pipeline checks out today."""
        return self.commits[-1]

    @property
    def there(self) -> frozenset[str]:
        """Returns the names of the campaigns that people have seen, and that are not over."""
        return frozenset(it.name for it in self.seen if it.alive)

    def commit(self, now: float, random: Random, about: str = "") -> Commit:
        """Makes a commit: somebody edits something, what is `about` where there is one, and tidies up what is over
        now and then.
        """
        files: Files = dict(self.head.files)
        if random.random() < 0.5:
            waited = {
                it for them in files.values() for one in them if one.end > now - DAY for it in one.names
            }
            files = {path: kept for path, them in files.items() if (kept := _still_needed(them, now, waited))}
        edit = self.leaning.choose(random, "edit", CHANGES if about else self.edits)
        self.about = about
        broken: dict[str, str] = {}
        if random.random() < 0.02:
            broken = {
                "campaigns/half-done.yaml": "apiVersion: campaignctl/v1\nkind: VoiceCampaign\nspec: {form: []}\n"
            }
        said = edit(self, files, now, random)
        if said is None:
            said = add(self, files, now, random)
        if self.mends is not None and random.random() < 0.96:
            self.mends(files)
        if broken:
            said += ", and a file that is half done"
        return self.record(said or "nothing", files, broken)

    def record(self, says: str, files: Files, broken: Mapping[str, str] | None = None) -> Commit:
        """Makes a commit of these files, and of all that is written beside them."""
        self.commits.append(self._written(len(self.commits), says, files, broken or {}))
        return self.head

    def _written(self, number: int, says: str, files: Files, broken: Mapping[str, str]) -> Commit:
        if self.selects:
            files = {path: tuple(map(_of_a_region, them)) for path, them in files.items()}
        lists, selects = dict(self.lists), dict(self.selects)
        dated = self.dates()
        return Commit(number, says, files, broken, self.suppressed, self.holidays, lists, selects, dated)

    def amend(self, files: Files) -> None:
        """Makes the last commit one of these files."""
        self.commits[-1] = self._written(self.head.number, self.head.says, files, self.head.broken)

    def add_soon(self, now: float, random: Random) -> Manifest:
        """Adds a campaign that calls within the hour, in the morning where it is night; it takes a while."""
        local = datetime.fromtimestamp(now + 1500, IST).replace(second=0, microsecond=0)
        if not OPENS <= local.hour < CLOSES - 3:
            local = local.replace(hour=OPENS, minute=30) + timedelta(days=1 if local.hour >= OPENS else 0)
        kind, name = random.choice(("voice", "voice", "sms")), self.new_name(random)
        people = tuple(sorted(random.sample(NUMBERS, 9))) if kind == "voice" else (random.choice(LISTS),)
        content = str(random.randint(100, 140))
        one = Manifest(
            kind, name, local.timestamp(), 3.0, people, content, retries=2 if kind == "voice" else 0
        )
        files = {**self.head.files, f"campaigns/{name}.yaml": (one,)}
        self.record(f"adds {name}, which begins soon", files)
        return one

    def begin(self, now: float, random: Random) -> None:
        """Writes a few campaigns on the first day, and perhaps somebody who is called no more."""
        if self.leaning.happens(random, "a list of those who are called no more", 0.4):
            self.suppressed = frozenset({random.choice(NUMBERS)})
        files: Files = {}
        for _ in range(random.randint(1, 4)):
            add(self, files, now, random)
        self.commits = [self._written(0, "the first campaigns", files, {})]

    def new_name(self, random: Random) -> str:
        """Makes a name that was never given before, except now and then."""
        if self._made and self.leaning.happens(random, "a name of before", 0.04):
            if self.past and random.random() < 0.7:
                return random.choice(self.past)
            place = random.randint(1, self._made)
            return f"growth-{WORDS[place % len(WORDS)]}{random.choice(SIGNS)}{place}"
        self._made += 1
        sign = random.choice(ODD_SIGNS if self.leaning.happens(random, "an odd sign", 0.5) else SIGNS[:1])
        return f"growth-{WORDS[self._made % len(WORDS)]}{sign}{self._made}"


def _of_a_region(one: Manifest) -> Manifest:
    """Returns it with a region, by its name where it has none."""
    return replace(one, region=one.region or ("north", "south")[len(one.name) % 2])


STATES = {"active": "active", "none": None, "paused": "paused"}
Files = dict[str, tuple[Manifest, ...]]
Edit = Callable[[TeamRepository, Files, float, Random], str | None]
Edits = dict[str, tuple[Edit, float]]


def _still_needed(manifests: tuple[Manifest, ...], now: float, waited: set[str]) -> tuple[Manifest, ...]:
    return tuple(one for one in manifests if one.end > now - DAY or one.name in waited)


def start_from(now: float, random: Random, leaning: Leaning = GENERAL) -> tuple[float, float]:
    """Returns a start and the hours of its window: within calling hours, nearly always."""
    near = leaning.happens(random, "a start that is near", 0.33)
    ahead = random.choice((0.1, 0.2, 0.25, 0.3, 0.4) if near else (1, 3, 8, 24, 30, 50, 80, 170, 320))
    moment = datetime.fromtimestamp(now + ahead * 3600, UTC).astimezone(IST).replace(second=0, microsecond=0)
    if ahead >= 1:
        moment = moment.replace(minute=random.choice((0, 15, 30, 45)))
    if not leaning.happens(random, "outside calling hours", 0.04):
        if moment.hour >= CLOSES - 2:
            moment = moment.replace(hour=10) + timedelta(days=1)
        moment = moment.replace(hour=max(moment.hour, OPENS))
        hours = min(float(random.choice((2, 4, 8))), CLOSES - moment.hour - moment.minute / 60)
    else:
        hours = float(random.choice((2, 4, 12)))
    return moment.timestamp(), max(hours, 2.0)


def one_of_files(
    files: Files,
    now: float,
    random: Random,
    *,
    coming: bool = True,
    about: str = "",
    repeating: bool | None = False,
    among: Callable[[Manifest], bool] = bool,
) -> tuple[str, int, Manifest] | None:
    """Picks a manifest `among` those: one that repeats or not, None for any."""
    found = [
        (path, place, one)
        for path in sorted(files)
        for place, one in enumerate(files[path])
        if (not coming or one.end > now) and repeating in (None, one.repeat is not None) and among(one)
    ]
    found = [it for it in found if it[2].name == about] or found
    return random.choice(found) if found else None


def put(files: Files, path: str, place: int, one: Manifest | None) -> None:
    """Puts a manifest where another one stood; None takes it out."""
    them = list(files[path])
    them[place : place + 1] = [] if one is None else [one]
    files[path] = tuple(them)
    if not them:
        del files[path]


def add(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    """Adds a campaign of a new name."""
    name = repository.new_name(random)
    kind = repository.leaning.word(random, "kind", {"voice": 2, "sms": 1})
    start, hours = start_from(now, random, repository.leaning)
    people = tuple(sorted(random.sample(NUMBERS, random.choice((1, 2, 3, 4, 9)))))
    if kind == "sms":
        people = tuple(random.sample(LISTS, 1))
    one = Manifest(
        kind,
        name,
        start,
        hours,
        people,
        str(random.randint(100, 140)),
        state=STATES[repository.leaning.word(random, "state", {"active": 3, "none": 1, "paused": 1})],
        from_file=kind == "voice" and random.random() < 0.2,
        retries=random.choice((0, 1, 2)) if kind == "voice" else 0,
        team=random.choice(TEAMS),
    )
    path = f"campaigns/{name}.yaml"
    if files and random.random() < 0.15:
        path = random.choice(sorted(files))
    files[path] = (*files.get(path, ()), one)
    return f"adds {name}, {_when(start)}"


def _when(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, IST):%d %b %H:%M}"


def edited(
    change: Callable[[Manifest, float, Random], tuple[Manifest, str]],
    repeating: bool | None = None,
    among: Callable[[Files], Callable[[Manifest], bool]] | None = None,
) -> Edit:
    """Returns the edit that changes one manifest, `among` those of the files."""

    def edit(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
        these = bool if among is None else among(files)
        found = one_of_files(files, now, random, about=repository.about, repeating=repeating, among=these)
        if found is None:
            return None
        path, place, one = found
        changed, says = change(one, now, random)
        put(files, path, place, changed)
        return f"{says} {one.name}"

    return edit


def _other_content(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    return replace(one, content=str(random.randint(100, 140))), "writes another text for"


def _other_people(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    if one.kind == "sms":
        return replace(one, people=(random.choice(LISTS),)), "takes another list for"
    kept = set(one.people)
    kept ^= set(random.sample(NUMBERS, random.randint(1, 2)))
    return replace(one, people=tuple(sorted(kept)) or NUMBERS[:1]), "changes the numbers of"


def _other_start(one: Manifest, now: float, random: Random) -> tuple[Manifest, str]:
    if random.random() < 0.4:
        start = one.start + random.choice((-3600.0, -7200.0, 3600.0, 7200.0, DAY, 3 * DAY))
        return replace(one, start=start), f"moves to {_when(start)}"
    start, hours = start_from(now, random)
    return replace(one, start=start, hours=hours), f"moves to {_when(start)}"


def _other_state(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    state = random.choice(("active", "active", "paused", "paused", "completed", "archived", None))
    return replace(one, state=state), f"wants {state or 'no state'} of"


def _wrong_offset(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    """Gives a start the same hands of the clock, somewhere else on earth."""
    offset = random.choice((UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5))))
    here, there = one.offset.utcoffset(None), offset.utcoffset(None)
    moved = one.start + (here - there).total_seconds()
    return replace(one, start=moved, offset=offset), "writes another offset in"


def _same_moment(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    offset = random.choice((UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5)), IST))
    return replace(one, offset=offset), "writes the same moment otherwise in"


def _moves_what_is_over(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Edits what is to run once more, under the same name."""
    over = {it.name for it in repository.seen if not it.alive}
    found = one_of_files(files, now, random, coming=False, among=lambda it: it.name in over)
    if found is None:
        return None
    name, (start, hours) = found[2].name, start_from(now, random)
    for path, them in files.items():
        files[path] = tuple(replace(it, start=start, hours=hours) if it.name == name else it for it in them)
    return f"moves {name}, which is over, to {_when(start)}"


def _rename(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    found = one_of_files(files, now, random, repeating=None)
    if found is None:
        return None
    path, place, one = found
    renamed = replace(one, name=repository.new_name(random))
    if random.random() < 0.5 and not one.sid:
        renamed = replace(renamed, previous_name=one.name)
    put(files, path, place, renamed)
    for other, them in files.items():
        files[other] = tuple(it.naming(one.name, renamed.name) for it in them)
    return f"renames {one.name} to {renamed.name}{' and says so' if renamed.previous_name else ''}"


def _pin(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Pins a manifest by the SID of the campaign that it is, or of another one by mistake; or takes the pin out
    again.
    """
    found = one_of_files(files, now, random)
    if found is None:
        return None
    path, place, one = found
    if one.sid:
        put(files, path, place, replace(one, sid=None))
        return f"takes the pin out of {one.name}"
    pinned = {other.sid for them in files.values() for other in them}
    mine = [it for it in repository.seen if it.kind == one.kind and it.name == one.name]
    others = [it for it in repository.seen if it.kind == one.kind and it.alive]
    seen = others if repository.leaning.happens(random, "pins another", 0.15) else mine
    seen = [it for it in seen if it.sid not in pinned]
    if not seen:
        return None
    put(files, path, place, replace(one, sid=random.choice(seen).sid, previous_name=None))
    return f"pins {one.name}"


def _change_two_things(one: Manifest, now: float, random: Random) -> tuple[Manifest, str]:
    """Changes what people hear or who they are, and what is to become of the campaign."""
    other = random.choice((_other_content, _other_people))
    changed, says = other(one, now, random)
    stated, more = _other_state(changed, now, random)
    return stated, f"{says} {one.name} and {more}"


def _leaves_to_others(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    said = "template" if one.kind == "sms" else "url"
    fields = random.choice(((), ("schedule",), ("schedule",), (said,), ("schedule", said)))
    return replace(one, ignore=fields), f"leaves {' and '.join(fields) or 'nothing'} to others in"


def _allows(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    words = random.choice(((), ("complete",), ("complete", "archive")))
    state = random.choice((one.state, "completed", "archived"))
    return replace(one, allow=words, state=state), f"wants {state} and allows {words or 'nothing'} in"


def _suppress(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Suppresses somebody who asks not to be called any more, mostly one of those who would be; or it was a mistake."""
    if not repository.suppressed:
        return None
    found = one_of_files(files, now, random, repeating=None)
    if found is not None and found[2].kind == "voice" and random.random() < 0.8:
        who = set(random.sample(found[2].people, min(len(found[2].people), random.choice((1, 1, 2)))))
        repository.suppressed |= who
        return f"calls {len(who)} of {found[2].name} no more"
    if len(repository.suppressed) < 2:
        return None
    repository.suppressed -= {random.choice(sorted(repository.suppressed))}
    return "calls somebody again who was not to be called"


def _suppresses_beside_a_mistake(
    repository: TeamRepository, files: Files, now: float, random: Random
) -> str | None:
    """Suppresses somebody of a campaign that is there, and moves that into the night in the same commit."""
    there = repository.there
    found = one_of_files(
        files, now, random, among=lambda it: it.kind == "voice" and it.name in there and len(it.people) > 1
    )
    if found is None or not repository.suppressed:
        return None
    path, place, one = found
    night = datetime.fromtimestamp(max(one.start, now + DAY), IST).replace(hour=23).timestamp()
    put(files, path, place, replace(one, start=night))
    repository.suppressed |= {random.choice(one.people)}
    return f"calls 1 of {one.name} no more, and moves it to {_when(night)}"


def _remove(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    found = one_of_files(files, now, random, coming=False, repeating=None)
    if found is None:
        return None
    path, place, one = found
    put(files, path, place, None)
    return f"removes {one.name}"


def _move(_repository: TeamRepository, files: Files, _now: float, random: Random) -> str | None:
    if not files:
        return None
    path = random.choice(sorted(files))
    files[f"campaigns/moved/{len(files)}-{path.rpartition('/')[2]}"] = files.pop(path)
    return f"moves {path}"


def _revert(repository: TeamRepository, files: Files, _now: float, random: Random) -> str | None:
    """Reverts the files; those who are called no more stay so."""
    before = random.choice(repository.commits[-6:])
    files.clear()
    files.update(before.files)
    return f"goes back to commit {before.number}"


EDITS: Edits = {
    "adds": (add, 32),
    "changes the text": (edited(_other_content), 9),
    "changes the people": (edited(_other_people), 9),
    "moves": (edited(_other_start, False), 10),
    "moves what is over": (_moves_what_is_over, 2),
    "wants another state": (edited(_other_state), 14),
    "writes another offset": (edited(_wrong_offset, False), 2),
    "writes the same moment otherwise": (edited(_same_moment, False), 2),
    "renames": (_rename, 4),
    "removes": (_remove, 4),
    "moves a file": (_move, 3),
    "goes back": (_revert, 3),
    "pins": (_pin, 5),
    "changes two things": (edited(_change_two_things), 3),
    "leaves to others": (edited(_leaves_to_others), 4),
    "allows": (edited(_allows), 4),
    "suppresses": (_suppress, 6),
    "suppresses beside a mistake": (_suppresses_beside_a_mistake, 0.02),
}

CHANGES: Edits = {
    "changes the text": (edited(_other_content), 2),
    "changes the people": (edited(_other_people), 2),
    "moves": (edited(_other_start, False), 2),
    "wants another state": (edited(_other_state), 4),
    "suppresses": (_suppress, 1),
    "changes two things": (edited(_change_two_things), 2),
}
"""What somebody does to one campaign."""
