"""For a person at a terminal or in a pipeline's log.

Marks stand in the first column, so that `grep '^[+~!-]'` gives the short form: `+` creates, `~` changes, `!` needs
a look (held, blocked, failed, unknown), `-` ends.
"""

from collections.abc import Mapping

from campaignctl.rendering.as_text.diff import diff_text
from campaignctl.rendering.as_text.parts import error_text, validate_text
from campaignctl.rendering.as_text.plan import plan_text
from campaignctl.rendering.as_text.results import apply_text, operation_line
from campaignctl.rendering.formats import Writer

WRITERS: Mapping[str, Writer] = {
    "plan": lambda document, it: plan_text(document, now=it.now, color=it.color, width=it.width),
    "apply": lambda document, it: apply_text(document, color=it.color, width=it.width),
    "validate": lambda document, it: validate_text(
        document, manifests=it.manifests, color=it.color, width=it.width
    ),
    "diff": lambda document, it: diff_text(document, color=it.color, width=it.width),
    "error": lambda document, it: error_text(document, color=it.color, width=it.width),
}

__all__ = ["WRITERS", "apply_text", "diff_text", "error_text", "operation_line", "plan_text", "validate_text"]
