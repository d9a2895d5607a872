"""Finds, for `explain`, the topics of a word, and writes them for people and programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import fill
from typing import Annotated, Final, TypedDict

from campaignctl.deriving.topics import Group, Topic, topics
from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.errors import InputError
from campaignctl.rendering.constraints import Constraint, Version

FORMAT_VERSION: Final = "1.0"
_PLAIN_WIDTH: Final = 100
_NARROWEST: Final = 40
_ENVIRONMENT: Final = re.compile(r"^((?:project\.)?environments)\.[^.]+\.")


def explain(word: str) -> tuple[Topic, ...]:
    """Returns the topics of that name; else those whose path ends so. What is the same for both kinds is one topic.

    Raises:
        InputError: there is none.
    """
    asked = word.strip().lower()
    for spelling in (asked, asked.replace("-", "_"), _ENVIRONMENT.sub(r"\1.", asked)):
        found = [it for it in topics() if spelling in it.names] or [
            it for it in topics() if spelling in it.tails
        ]
        if found:
            return _merged(found)
    known = (name for topic in topics() for name in sorted(topic.names | topic.tails))
    hint = did_you_mean(asked, known) or "; `campaignctl explain` lists all there is"
    raise InputError(f"there is nothing called {quoted(word)} to explain{hint}")


def _merged(found: Sequence[Topic]) -> tuple[Topic, ...]:
    alike: dict[Topic, list[str]] = {}
    for topic in found:
        alike.setdefault(replace(topic, name="", names=frozenset(), tails=frozenset()), []).append(topic.name)
    return tuple(replace(topic, name=", ".join(names)) for topic, names in alike.items())


def text(found: Sequence[Topic], width: int | None = None) -> str:
    """Writes topics for a terminal of that many columns; None where nothing has to be narrow."""
    columns = max(_NARROWEST, min(width or _PLAIN_WIDTH, _PLAIN_WIDTH))
    return "\n".join("\n".join(_lines(topic, columns)) + "\n" for topic in found)


def _lines(topic: Topic, columns: int) -> Iterator[str]:
    yield fill(f"{topic.name} ({topic.group.value})", columns, subsequent_indent="  ")
    yield fill(topic.summary, columns, initial_indent="  ", subsequent_indent="  ")
    if topic.details:
        yield fill(topic.details, columns, initial_indent="  ", subsequent_indent="  ")
    yield from _pairs(topic.facts, columns)
    if topic.example:
        yield "  example:"
        yield from (f"    {line}" for line in topic.example.splitlines())
    if topic.members:
        yield "  holds:"
        yield from _pairs(topic.members, columns, indent="    ", colon="")


def _pairs(
    pairs: Sequence[tuple[str, str]], columns: int, indent: str = "  ", colon: str = ":"
) -> Iterator[str]:
    longest = max((len(name) for name, _ in pairs), default=0) + len(colon) + 2
    for name, value in pairs:
        head = f"{indent}{name}{colon}".ljust(len(indent) + longest)
        hang = len(head) if columns - len(head) > _NARROWEST // 2 else len(indent) + 2
        yield fill(head + value, columns, subsequent_indent=" " * hang, break_on_hyphens=False)


def listing(width: int | None = None) -> str:
    """Lists every topic by group, with its sentence."""
    columns = max(_NARROWEST, min(width or _PLAIN_WIDTH, _PLAIN_WIDTH))
    parts = []
    for group in Group:
        pairs = [(topic.name, topic.summary) for topic in topics() if topic.group is group]
        parts.append("\n".join([f"{group.value}:", *_pairs(pairs, columns, colon="")]) + "\n")
    return "\n".join(parts)


def markdown(found: Sequence[Topic]) -> str:
    """Writes topics as sections of Markdown."""
    return "\n".join("\n".join(_section(topic)) + "\n" for topic in found)


def _section(topic: Topic) -> Iterator[str]:
    yield f"## `{topic.name}`"
    yield ""
    yield f"*{topic.group.value}* · {topic.summary}"
    if topic.details:
        yield from ("", topic.details)
    if topic.facts:
        yield ""
        yield from (f"- {name}: {value}" for name, value in topic.facts)
    if topic.example:
        yield from ("", "```yaml", topic.example.rstrip("\n"), "```")
    if topic.members:
        yield from ("", "| | |", "|---|---|")
        yield from (f"| `{name}` | {doc} |" for name, doc in topic.members)


class MemberDocument(TypedDict):
    """Describes one thing that a topic holds."""

    name: str
    summary: str


class TopicDocument(TypedDict):
    """Describes one thing that can be asked for."""

    name: str
    """In full, such as VoiceCampaign.spec.schedule.send_at."""
    group: Group
    summary: Annotated[str, Constraint(minLength=1)]
    """One sentence."""
    details: str
    """How it works and what to do; empty where the summary is all."""
    facts: dict[str, str]
    """Type, default, limits and the like."""
    members: list[MemberDocument]
    example: str
    """YAML, or empty."""


class ExplainDocument(TypedDict):
    """Describes the output of explain --format json: what a word means, a topic for each thing that has it."""

    format_version: Version
    topics: list[TopicDocument]


def document(found: Sequence[Topic]) -> ExplainDocument:
    """Writes topics for programs."""
    return {
        "format_version": FORMAT_VERSION,
        "topics": [
            {
                "name": topic.name,
                "group": topic.group,
                "summary": topic.summary,
                "details": topic.details,
                "facts": dict(topic.facts),
                "members": [{"name": name, "summary": doc} for name, doc in topic.members],
                "example": topic.example,
            }
            for topic in found
        ],
    }
