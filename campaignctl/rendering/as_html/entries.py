"""Writes campaigns as blocks that unfold, and findings as a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from campaignctl.rendering.as_html.markup import outside, text
from campaignctl.rendering.pages import Cells, cells, says, telling
from campaignctl.rendering.report import Entry, Finding, Said
from campaignctl.rendering.words import counted


def entry_html(entry: Entry) -> str:
    """Writes one entry, open: without a script everything can be read."""
    first = list(telling(entry))
    rest = [said for said in says(entry) if said not in first]
    effect = "".join(f'<span class="effect">{text(said.text)}</span>' for said in first)
    return (
        f'<details class="change" data-is="{entry.tone.value}" open><summary>'
        f'<span class="mark {entry.tone.value}" aria-hidden="true">{entry.tone.mark}</span>'
        f'<span><span class="name">{outside(entry.title)}</span> <span class="does">{text(entry.does)}</span></span>'
        f'<span class="tone {entry.tone.value}">{entry.tone.value}</span>{effect}</summary>'
        f'<div class="body">{_sentences(rest)}{_commands(entry.commands)}{_facts(entry)}{_place(entry)}</div>'
        "</details>\n"
    )


def _sentences(said: Sequence[Said]) -> str:
    items = "".join(f'<li class="{each.tone.value}">{text(each.text)}</li>' for each in said)
    return f"<ul>{items}</ul>" if items else ""


def _commands(commands: Iterable[str]) -> str:
    return "".join(f"<pre><code>{text(command)}</code></pre>" for command in commands)


def _facts(entry: Entry) -> str:
    facts = tuple(cells(entry))
    if not facts:
        return ""
    compares = any(fact.before is not None for fact in facts)
    columns = ("Field", "Before", "After") if compares else ("Field", "Value")
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = "".join(_row(fact, compares) for fact in facts)
    return f'<table class="facts"><thead class="seen"><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(fact: Cells, compares: bool) -> str:
    note = f' <span class="quiet">({text(fact.note)})</span>' if fact.note else ""
    before = f"<td>{_marked('del', fact.before or ())}</td>" if compares else ""
    after = _marked("ins", fact.after) if fact.before is not None else "\n".join(map(text, fact.after))
    return f'<tr><th scope="row">{text(fact.label)}{note}</th>{before}<td>{after}</td></tr>'


def _marked(tag: str, items: Iterable[str]) -> str:
    return "\n".join(f"<{tag}>{text(item)}</{tag}>" for item in items)


def _place(entry: Entry) -> str:
    if entry.place is None:
        return ""
    return f'<p class="quiet"><code>{outside(f"{entry.place.file}:{entry.place.line}")}</code></p>'


def quiet_html(entries: Sequence[Entry]) -> Iterator[str]:
    """Writes what stays as it is, folded to one line each."""
    if not entries:
        return
    title = f"{counted(len(entries), 'campaign')} unchanged"
    yield f'<details class="folded"><summary>{title}</summary><ul class="names">\n'
    for entry in entries:
        first = next(says(entry), None)
        why = f' <span class="quiet">{text(first.text)}</span>' if first else ""
        yield f"<li>{outside(entry.title)}{why}</li>\n"
    yield "</ul></details>\n"


def findings_html(findings: Sequence[Finding]) -> Iterator[str]:
    """Writes a list of findings, errors first."""
    if not findings:
        return
    yield '<section aria-labelledby="findings"><h2 id="findings">Findings</h2><ul class="findings">\n'
    for finding in findings:
        word = "error" if finding.error else "warning"
        place = finding.place
        where = f"{place.file}:{place.line}:{place.column}" if place.column else f"{place.file}:{place.line}"
        yield (
            f'<li><span class="{word}">{word}</span> <code>{outside(where)}</code> '
            f'<span class="quiet">{outside(finding.rule)}</span><p>{text(finding.message)}</p></li>\n'
        )
    yield "</ul></section>\n"
