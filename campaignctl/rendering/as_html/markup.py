"""Makes HTML that is safe by the way it is made: every text is escaped where it enters, once."""

from __future__ import annotations

from html import escape

from campaignctl.text import visible


def text(value: str) -> str:
    """Escapes text from anywhere, between tags or in a quoted attribute.

    >>> text('<b a="1">')
    '&lt;b a=&quot;1&quot;&gt;'
    """
    return escape(visible(value), quote=True)


def outside(value: str) -> str:
    """Escapes a name: its direction of writing touches nothing around it."""
    return f"<bdi>{text(value)}</bdi>"
