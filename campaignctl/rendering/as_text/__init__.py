"""Writes text for a person at a terminal or in a pipeline's log.

Marks stand in the first column, so that `grep '^[+~!-]'` gives the short form: `+` creates, `~` changes, `!` needs
a look (held, blocked, failed, unknown), `-` ends.

Each kind of document has a module, imported when one is to be shown: a check at every save waits for no plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaignctl.rendering.formats import Setting

if TYPE_CHECKING:
    from campaignctl.rendering import documents, finding_documents, result_documents
    from campaignctl.rendering.formats import Writers


def _plan(document: documents.AnyPlanDocument, it: Setting) -> str:
    from campaignctl.rendering.as_text.reports import plan_text

    return plan_text(document, now=it.now, color=it.color, width=it.width, within=it.within)


def _apply(document: result_documents.ApplyDocument, it: Setting) -> str:
    from campaignctl.rendering.as_text.reports import apply_text

    return apply_text(document, color=it.color, width=it.width)


def _validate(document: finding_documents.ValidateDocument, it: Setting) -> str:
    from campaignctl.rendering.as_text.findings import validate_text

    return validate_text(document, manifests=it.manifests, color=it.color, width=it.width)


def _error(document: finding_documents.ErrorOutputDocument, it: Setting) -> str:
    from campaignctl.rendering.as_text.findings import error_text

    return error_text(document, color=it.color, width=it.width)


WRITERS: Writers = {
    "plan": _plan,
    "apply": _apply,
    "validate": _validate,
    "error": _error,
}
