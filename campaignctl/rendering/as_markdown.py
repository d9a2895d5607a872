"""Writes a pull-request comment that is read in ten seconds: account, numbers, a table, and the rest folded.

Names and particulars stand in code, where GitHub and GitLab resolve no mention, link, emoji or markup; sentences
that may quote a name are escaped. A comment has 65,536 characters at most: what is left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final
from urllib.parse import quote

from campaignctl.rendering.formats import STAND_IN, Where
from campaignctl.rendering.pages import Cells, cells, says, telling
from campaignctl.rendering.report import Entry, Finding, Report, Said, Tone, errors_first
from campaignctl.rendering.reports import writers
from campaignctl.rendering.words import counted
from campaignctl.text import visible

MOST_CHARACTERS: Final = 65_535
_TABLE: Final = 36_000
"""Characters that tables may take, so that what is worst is shown in detail too."""
_MOST_QUIET: Final = 100
"""Unchanged campaigns that are named."""
_NOTICE: Final = 1_000
"""Kept free for what is said last."""

Parts = Iterator[tuple[int, Callable[[], str]]]
"""How many things a piece of the comment tells of (0: a heading), and what makes it: most of a long plan never are."""

_SIGNS: Final = {
    Tone.UNKNOWN: "❓",
    Tone.FAILED: "❌",
    Tone.BLOCKED: "⛔",
    Tone.FINAL: "🗑️",
    Tone.HELD: "✋",
    Tone.SOON: "⏰",
    Tone.CREATE: "➕",
    Tone.CHANGE: "✏️",
    Tone.LEFT: "➖",
    Tone.SKIPPED: "⏭️",
    Tone.GOOD: "✅",
}

_ESCAPED: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "|": "&#124;",
    "`": "&#96;",
    "$": "&#36;",
    "@": "@&#8203;",
    **{character: f"\\{character}" for character in "\\*_[]~"},
}
_MARKUP: Final = re.compile(
    r"[&<>|`$@\\*_\[\]~]|#(?=\d)|:(?=//)|:(?=[a-z0-9_+-]+:)|(?<=[wW]{3})\.|(?<=GH)-(?=\d)"
)

_LEADING: Final = re.compile(r"[#+=-]|\d+[.)]")
"""Would begin a heading, a rule or a list."""


def prose(text: str) -> str:
    """Writes a sentence that shows as it reads: no markup, link or mention in it.

    >>> prose("<b> @me #1 www.x.y")
    '&lt;b&gt; @&#8203;me #&#8203;1 www&#8203;.x.y'
    """
    safe = visible(text).lstrip()
    return ("&#8203;" if _LEADING.match(safe) else "") + _MARKUP.sub(_escaped, safe)


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character == ".":
        return "&#8203;."
    return _ESCAPED.get(character, f"{character}&#8203;")


def code(text: str) -> str:
    """Writes text from outside as code on one line, in a table too: a bar there would end its cell, whatever stands
    before it.
    """
    safe = visible(text).replace("|", "\\u007c")
    longest = max((len(run) for run in re.findall("`+", safe)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if not safe.strip() or safe[0] in "` " or safe[-1] in "` " else ""
    return f"{fence}{pad}{safe}{pad}{fence}" if safe else "*(empty)*"


def markdown(report: Report) -> str:
    """Writes the complete comment. The marker in its first line lets a bot find and replace its own."""
    return f"{marker(report)}\n{_body(report, MOST_CHARACTERS - len(marker(report)) - 1)}"


def several(front: Report, sections: Sequence[Report]) -> str:
    """Writes a table, a row for each section, then the sections. What does not fit goes from the end."""
    head = _block([marker(front), *_head(front)])
    foot = _block(_foot(front))
    space = MOST_CHARACTERS - len(head) - len(foot) - _NOTICE
    rows, missing_rows = _fitting(_section_rows(sections), space)
    told, missing = _fitting(_sections(sections), space - len(rows))
    return head + _sections_notice(missing, missing_rows) + rows + told + foot


def _section_rows(sections: Sequence[Report]) -> Parts:
    if sections:
        yield 0, lambda: "\n| | Environment | Account | |\n|---|---|---|---|\n"
    for section in sections:
        yield 1, partial(_section_row, section)


def _section_row(section: Report) -> str:
    where = section.where or Where("", "", sandbox=False)
    sandbox = f" **SANDBOX**, {STAND_IN}" if where.sandbox else ""
    worst = min((said.tone for said in section.summary), key=lambda tone: tone.rank, default=Tone.PLAIN)
    total = prose(section.summary[0].text) if section.summary else ""
    account = f"{code(where.account_sid)}{sandbox}"
    return f"| {_SIGNS.get(worst, '')} | {code(where.environment)} | {account} | {total} |\n"


def _sections(sections: Sequence[Report]) -> Parts:
    for section in sections:
        yield 1, partial(_section, section)


def _section(section: Report) -> str:
    return f"\n{_body(section, MOST_CHARACTERS)}"


def _sections_notice(sections: int, rows: int) -> str:
    missing = [counted(number, noun) for number, noun in ((sections, "section"), (rows, "row")) if number]
    if not missing:
        return ""
    return f"\n> ✂️ **Cut, to fit into a comment: {', '.join(missing)} left out, from the end.**\n"


def _body(report: Report, most: int) -> str:
    head = _block(_head(report))
    foot = _block(_foot(report))
    space = most - len(head) - len(foot) - _NOTICE
    findings, missing_findings = _fitting(
        _finding_rows(errors_first(report.findings)), min(space, _TABLE // 2)
    )
    space -= len(findings)
    rows, missing_rows = _fitting(_rows(report.entries), min(space, _TABLE))
    space -= len(rows)
    details, missing_details = _fitting(_all_details(report), space)
    notice = _cut_notice(missing_findings, missing_rows, missing_details)
    return head + notice + findings + rows + details + foot


def marker(report: Report) -> str:
    """Writes the marker `<!-- campaignctl plan environment=prod -->`; a name in it can neither end the comment nor
    begin another.
    """
    if report.where is None:
        return f"<!-- campaignctl {report.what} -->"
    environment = quote(visible(report.where.environment), safe="").replace("-", "%2D")
    return f"<!-- campaignctl {report.what} environment={environment} -->"


LAYOUT: Final = markdown
"""What a report of any command becomes."""
WRITERS: Final = writers(markdown, fold=True)


def _block(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _head(report: Report) -> Iterator[str]:
    where = report.where
    if where is None:
        yield f"### {report.title}"
    else:
        sandbox = f" · **SANDBOX**, {STAND_IN}" if where.sandbox else ""
        yield f"### {report.title} · {code(where.environment)} · account {code(where.account_sid)}{sandbox}"
    yield ""
    for said in report.summary:
        yield f"{_said(said)}  "
    for note in report.notes:
        yield ""
        yield f"> Note: {prose(note)}"


def _said(said: Said) -> str:
    sign = _SIGNS.get(said.tone, "")
    text = prose(said.text)
    return f"{sign} **{text}**" if sign else text


def _foot(report: Report) -> Iterator[str]:
    small = [prose(said.text) for said in report.fine_print]
    if report.seal:
        expires = f", expires {report.seal.expires}" if report.seal.expires else ""
        small.append(f"Approve {code(report.seal.approval)}{expires}.")
    if small:
        yield ""
        yield f"<sub>{' '.join(small)}</sub>"


def _fitting(parts: Parts, space: int) -> tuple[str, int]:
    """Returns as many pieces as there is space for, and how many things are missing."""
    kept: list[str] = []
    missing = 0
    for things, piece in parts:
        if missing or len(text := piece()) > space:
            missing += things
            continue
        kept.append(text)
        space -= len(text)
    return "".join(kept), missing


def _finding_rows(findings: Sequence[Finding]) -> Parts:
    if findings:
        yield 0, lambda: "\n| | Where | What |\n|---|---|---|\n"
    for finding in findings:
        yield 1, partial(_finding_row, finding)


def _finding_row(finding: Finding) -> str:
    sign = "❌ error" if finding.error else "⚠️ warning"
    where = code(f"{finding.place.file}:{finding.place.line}")
    return f"| {sign} | {where} | {prose(finding.message)} {code(finding.rule)} |\n"


def _rows(entries: Sequence[Entry]) -> Parts:
    priced = any(entry.cost for entry in entries)
    column, line = (" Costs |", "---|") if priced else ("", "")
    if entries:
        yield 0, lambda: f"\n| | Campaign | Does | What it means |{column}\n|---|---|---|---|{line}\n"
    for entry in entries:
        yield 1, partial(_row, entry, priced)


def _row(entry: Entry, priced: bool) -> str:
    means = "<br>".join(prose(said.text) for said in (telling if _has_details(entry) else says)(entry))
    costs = f" {prose(entry.cost)} |" if priced else ""
    return f"| {_SIGNS.get(entry.tone, '')} | {code(entry.title)} | {prose(entry.does)} | {means} |{costs}\n"


def _has_details(entry: Entry) -> bool:
    return bool(entry.commands) or _has_fields(entry)


def _has_fields(entry: Entry) -> bool:
    return bool(entry.declared or entry.facts)


def _all_details(report: Report) -> Parts:
    for entry in filter(_has_details, report.entries):
        yield 1, partial(_details, entry)
    if report.quiet:
        yield 0, partial(_quiet, report.quiet)


def _quiet(entries: Sequence[Entry]) -> str:
    lines = [f"{entry.title}: {entry.does}" for entry in entries[:_MOST_QUIET]]
    rest = len(entries) - len(lines)
    more = [f"and {rest:,} more"] if rest else []
    return _folded(f"{counted(len(entries), 'campaign')} unchanged", [_fenced("", [*lines, *more])])


def _details(entry: Entry) -> str:
    where = [code(f"{entry.place.file}:{entry.place.line}")] if entry.place else []
    said = [f"- {prose(said.text)}" for said in says(entry)]
    facts = [_fenced("diff", list(_fact_lines(cells(entry))))] if _has_fields(entry) else []
    commands = [_fenced("", list(entry.commands))] if entry.commands else []
    return _folded(f"{_tagged(entry.title)}: {_tagged(entry.does)}", [*where, *said, "", *commands, *facts])


def _folded(summary: str, lines: Sequence[str]) -> str:
    body = "\n".join(lines)
    return f"\n<details><summary>{summary}</summary>\n\n{body}\n\n</details>\n"


def _tagged(text: str) -> str:
    """Writes text for a summary, which is HTML: code there too, every character of markup as an entity."""
    safe = re.sub(r"[^\w /-]", lambda match: f"&#{ord(match.group())};", visible(text))
    return f"<code>{safe}</code>"


def _fact_lines(facts: Iterable[Cells]) -> Iterator[str]:
    for fact in facts:
        note = f"  ({fact.note})" if fact.note else ""
        if fact.before is None:
            yield from (f"+ {fact.label}: {item}{note}" for item in fact.after)
            continue
        yield f"  {fact.label}:{note}"
        yield from (f"-   {item}" for item in fact.before)
        yield from (f"+   {item}" for item in fact.after)


def _fenced(language: str, lines: Sequence[str]) -> str:
    """Writes a block that nothing in it can end."""
    safe = [visible(line) for line in lines]
    longest = max((len(run) for line in safe for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}{language}", *safe, fence))


def _cut_notice(findings: int, rows: int, details: int) -> str:
    """Says what is missing, where it is seen."""
    missing = [
        counted(number, noun)
        for number, noun in ((findings, "finding"), (rows, "row"), (details, "detail"))
        if number
    ]
    if not missing:
        return ""
    return (
        f"\n> ✂️ **Cut, to fit into a comment: {', '.join(missing)} left out, the least urgent ones.** "
        "`campaignctl show` prints a saved plan completely.\n"
    )
