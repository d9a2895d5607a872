"""Writes one page that stands alone: no request leaves it, and nothing runs in it but the script that its policy
names.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from campaignctl import __version__
from campaignctl.rendering.as_html.drawing import timeline_html
from campaignctl.rendering.as_html.entries import entry_html, findings_html, quiet_html
from campaignctl.rendering.as_html.markup import outside, text
from campaignctl.rendering.formats import STAND_IN
from campaignctl.rendering.report import Report, Tone, errors_first, heading
from campaignctl.rendering.words import counted


def page(report: Report) -> str:
    """Writes the complete page."""
    return "".join(_page(report))


def several(front: Report, sections: Sequence[Report]) -> str:
    """Writes one page of several environments: a section for each, under what holds of all."""
    return "".join(_frame(front, _sections(sections), skip=False))


def _sections(sections: Sequence[Report]) -> Iterator[str]:
    for place, section in enumerate(sections):
        where = section.where
        account = f" <small>account {outside(where.account_sid)}</small>" if where else ""
        name = outside(where.environment) if where else text(section.title)
        yield f'<section aria-labelledby="environment-{place}"><h2 id="environment-{place}">{name}{account}</h2>\n'
        yield from _said(section)
        yield from findings_html(errors_first(section.findings))
        timeline = section.timeline()
        if timeline:
            yield from timeline_html(timeline)
        yield from map(entry_html, section.entries)
        yield from quiet_html(section.quiet)
        yield from (f"<p>{text(said.text)}</p>\n" for said in section.fine_print)
        yield "</section>\n"


def _page(report: Report) -> Iterator[str]:
    def body() -> Iterator[str]:
        yield from findings_html(errors_first(report.findings))
        timeline = report.timeline()
        if timeline:
            yield from timeline_html(timeline)
        yield from _changes(report)

    yield from _frame(report, body(), skip=bool(report.entries))


def _frame(report: Report, body: Iterator[str], *, skip: bool) -> Iterator[str]:
    style, script = _asset("page.css"), _asset("page.js")
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(heading(report))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    if skip:
        yield '<a class="skip" href="#changes">Skip to the campaigns</a>\n'
    yield from _header(report)
    yield "<main>\n"
    yield from body
    yield f"</main>\n{_footer(report)}<script>{script}</script>\n</body>\n</html>\n"


@cache
def _asset(name: str) -> str:
    return (files("campaignctl.rendering.as_html") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Writes the policy: nothing may load, nothing may be sent, and no other style or script counts."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _header(report: Report) -> Iterator[str]:
    where = report.where
    yield f'<header>\n<p class="kicker">campaignctl {text(report.what)}</p>\n'
    if where is None:
        yield f"<h1>{text(report.title)}</h1>\n"
    else:
        account = f" <small>account {outside(where.account_sid)}</small>" if where.account_sid else ""
        yield f"<h1>{outside(where.environment)}{account}</h1>\n"
    yield from _said(report)
    yield "</header>\n"


def _said(report: Report) -> Iterator[str]:
    if report.where and report.where.sandbox:
        yield f'<p class="badge">Sandbox: {STAND_IN}</p>\n'
    items = "".join(f'<li class="{said.tone.value}">{text(said.text)}</li>\n' for said in report.summary)
    yield f'<ul class="summary">\n{items}</ul>\n'
    yield from (f"<p>Note: {text(note)}</p>\n" for note in report.notes)
    if report.seal:
        expires = f", expires {text(report.seal.expires)}" if report.seal.expires else ""
        yield f'<p class="seal">Approve <code>{text(report.seal.approval)}</code>{expires}</p>\n'


def _changes(report: Report) -> Iterator[str]:
    if not report.entries and not report.quiet:
        return
    yield '<section aria-labelledby="changes"><h2 id="changes" tabindex="-1">Campaigns</h2>\n'
    if report.entries:
        yield _tools(report)
    yield from map(entry_html, report.entries)
    yield from quiet_html(report.quiet)
    yield "</section>\n"


def _tools(report: Report) -> str:
    """Writes what the script shows: without it there is nothing to filter or to fold."""
    counts = Counter(entry.tone for entry in report.entries)
    chips = "".join(
        f'<button type="button" class="chip {tone.value}" data-words="is:{tone.value}">'
        f"{counts[tone]:,} {tone.value}</button>"
        for tone in Tone
        if counts[tone]
    )
    return (
        '<div class="tools" hidden>'
        f'<input type="search" aria-label="Show only campaigns with these words" placeholder="Filter '
        f'{counted(len(report.entries), "campaign")}" autocomplete="off" spellcheck="false">'
        '<button type="button" data-fold="open">Unfold all</button>'
        '<button type="button" data-fold="closed">Fold all</button>'
        f'<div class="chips">{chips}<span id="shown" class="quiet" role="status" aria-live="polite"></span></div>'
        "</div>\n"
    )


def _footer(report: Report) -> str:
    small = "".join(f"<p>{text(said.text)}</p>\n" for said in report.fine_print)
    return f"<footer>\n{small}<p>campaignctl {__version__}</p>\n</footer>\n"
