"""Reads NAME on a command line: a name, a SID, `voice/NAME` or `sms/NAME`, and says which campaigns it can mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from campaignctl.diagnostics import quoted, some_of
from campaignctl.errors import ApiError, UsageError
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.records import dataclass

_MOST_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class AskedName:
    """Holds a NAME as it was written. `word` is it without its kind; `kinds` are those it can be of. `also` is all of
    it, where a campaign may be called so too: whoever types a name does not know that it begins like a kind.
    """

    written: str
    word: str
    kinds: tuple[Kind, ...]
    also: str = ""

    @classmethod
    def read(cls, written: str) -> AskedName:
        """Reads a NAME.

        `voice/x` and `sms/x` are of one kind; a name that merely begins otherwise is taken as it is.
        """
        prefix, slash, rest = written.partition("/")
        mine = tuple(kind for kind in KINDS.values() if slash and rest and kind.short == prefix)
        return cls(written, rest, mine) if mine else cls(written, written, tuple(KINDS.values()))

    @classmethod
    def typed(cls, written: str) -> AskedName:
        """Reads what somebody typed, who may mean a campaign whose name begins with `voice/` or `sms/`."""
        asked = cls.read(written)
        return asked if asked.word == written else replace(asked, also=written)

    @property
    def names(self) -> frozenset[str]:
        """Returns what a campaign is called that it may mean."""
        return frozenset((self.word, self.also or self.word))

    def may_mean(self, kind: Kind, name: str | None, sid: str | None) -> bool:
        """Tells whether it may mean a campaign, by its name or SID."""
        return kind in self.kinds and (name in self.names or sid == self.word)

    def of_one_kind(self, kinds: Iterable[Kind]) -> None:
        """Raises UsageError where campaigns of both kinds were found: nobody can tell which one is meant."""
        names = [f"{kind.short}/{self.word}" for kind in dict.fromkeys(kinds)]
        if len(names) > 1:
            raise UsageError(f"{quoted(self.word)} is of both kinds: write {' or '.join(names)}")


@dataclass(frozen=True, slots=True)
class Found:
    """Holds what a NAME came to in an account: every campaign that has it, and the one whose SID it is.

    `complete` is False where others may have it too that the account did not show. `similar` are names that came up
    while looking, where none was the one. `unread` says why nobody could look for it at all. `dated` are those of a
    series that came up, `NAME-<date>`.
    """

    asked: AskedName
    campaigns: tuple[Live, ...]
    complete: bool = True
    similar: tuple[str, ...] = ()
    unread: ApiError | None = None
    dated: tuple[Live, ...] = ()

    def nowhere(self, environment: str) -> str:
        """Says that no campaign was found for a NAME: `… has no campaign "x" (did you mean "y" or "z"?)`."""
        account, name = f"the account of environment {environment}", quoted(self.asked.written)
        if self.unread:
            return f"{name} could not be looked for: {self.unread}"
        meant = f" (did you mean {' or '.join(map(quoted, self.similar))}?)" if self.similar else ""
        if self.dated:
            names = sorted({live.name for live in self.dated}, reverse=True)
            meant = f", but its dates: {some_of(names, _MOST_SIMILAR)}; name one of them"
        if self.complete:
            return f"{account} has no campaign {name}{meant}"
        return f"{account} could not be read completely, so {name}{meant} may be there: give its SID"

    @property
    def both(self) -> tuple[tuple[Live, ...], tuple[Live, ...]] | None:
        """Returns the campaigns that the NAME is the SID of, or the name after its kind, and those of that name, where
        there are both: then it means neither.
        """
        own = tuple(live for live in self.campaigns if live.sid == self.asked.word)
        named = tuple(live for live in self.campaigns if live.sid != self.asked.word)
        if not own:
            own = tuple(live for live in named if live.name == self.asked.word and self.asked.also)
            named = tuple(live for live in named if live not in own)
        return (own, named) if own and named else None

    @property
    def told_both(self) -> str:
        """Says that a NAME is both a SID and a name, or of one kind and the name of another."""
        own, named = self.both or ((), ())
        namesakes = some_of([f"{live.sid} {live.word}" for live in named], _MOST_SIMILAR)
        if own and own[0].sid != self.asked.word:
            one = f"{quoted(self.asked.written)} is {quoted(self.asked.word)} of its kind ({own[0].sid})"
        else:
            one = f"{quoted(self.asked.word)} is the SID of {quoted(own[0].name) if own else 'one campaign'}"
        return (
            f"{one} and the name of another ({namesakes}): give the SID of that one; "
            "a manifest with metadata.sid tells them apart"
        )

    @property
    def others(self) -> str:
        """Says that a list is not complete, where some that have the name were found in it."""
        return f"the account could not be read completely: others may have {quoted(self.asked.written)}; run it again"


_read = lru_cache(AskedName.read)


def names_campaign(pattern: str, kind: Kind, name: str | None, sid: str | None) -> bool:
    """Tells whether NAME on a command line is this campaign: a name, a SID, `voice/NAME` or `sms/NAME`."""
    return _read(pattern).may_mean(kind, name, sid)


def as_typed(kind: Kind, name: str) -> str:
    """Returns the NAME that means a campaign on a command line: with its kind, where its name begins like one."""
    return name if AskedName.read(name).word == name else f"{kind.short}/{name}"


def similar(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Returns a few names that hold the word in any letter case, the shortest first, else names that nearly match."""
    from difflib import get_close_matches

    by_folded = {name.casefold(): name for name in sorted(names, key=len)}
    holding = [name for folded, name in by_folded.items() if word.casefold() in folded]
    near = holding or [by_folded[it] for it in get_close_matches(word.casefold(), by_folded, _MOST_SIMILAR)]
    return tuple(near[:_MOST_SIMILAR])


def meant(namesakes: Iterable[Live]) -> tuple[Live, ...]:
    """Picks among the campaigns of a name: those that are alive, else of each kind the newest that is over."""
    oldest_first = sorted(namesakes, key=lambda live: live.age_key)
    alive = tuple(live for live in oldest_first if live.alive)
    return alive or tuple({live.kind.name: live for live in oldest_first}.values())
