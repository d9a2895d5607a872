"""Writes one self-contained page: summary, timeline, campaigns that unfold.

It has no framework, no request, a strict policy.
"""

from typing import Final

from campaignctl.rendering.as_html.page import page, several
from campaignctl.rendering.reports import writers

LAYOUT: Final = page
"""What a report of any command becomes."""
WRITERS: Final = writers(page)

__all__ = ["LAYOUT", "WRITERS", "page", "several"]
