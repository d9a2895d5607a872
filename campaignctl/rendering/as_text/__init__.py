"""For a person at a terminal or in a pipeline's log.

Marks stand in the first column, so that `grep '^[+~!-]'` gives the short form: `+` creates, `~` changes, `!` needs
a look (held, blocked, failed, unknown), `-` ends.
"""

from campaignctl.rendering.as_text.parts import error_text, validate_text
from campaignctl.rendering.as_text.plan import plan_text
from campaignctl.rendering.as_text.results import apply_text, operation_line

__all__ = ["apply_text", "error_text", "operation_line", "plan_text", "validate_text"]
