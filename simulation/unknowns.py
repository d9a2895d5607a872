"""Lists where it is drawn what the API's documents leave unknown: each switch of the sandbox, and each sentence that
says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulation import habits

UNKNOWNS: Mapping[str, tuple[str, ...]] = {
    "whether a campaign can be deleted, and is `deleted` then": ("operator marks",),
    "which body a create takes, and an update": ("create_body", "update_body"),
    "whether PUT replaces or merges": ("put",),
    "whether a create may hold several": ("several_creates",),
    "whether an answer shows `from` or `lists`, and which other keys": (
        *("omit_from_create", "omit_from_update", "omit_from_action", "omit_from_get", "omit_from_list"),
        *("omit_from_details", "omit_from_lists", "omit_from_contacts", "omit_from_create_contacts"),
        *("omit_from_create_list", "omit_from_fill_list", "omit_from_rename_list", "omit_from_delete_list"),
    ),
    "in which letter case a search looks, and what signs do in it": ("name_search",),
    "which spellings the status filter takes": ("status_filter",),
    "how a list is cut into pages, and counted": ("list_pages",),
    "whether both SMS endpoints list the same, and serve at all": ("shared_sms", "closed_sms"),
    "what a resume does before the start": ("resume_early", "update_resumes", "create_early"),
    "what statuses there are, and what they do": ("operator marks", "spelling"),
    "whether an account fills a schedule in": ("fill_schedule",),
    "what an unfinished campaign becomes at its end": ("at_end", "paused_at_end"),
    "whether what was answered is done, and what was sent is kept": (
        *("actions", "actions_met", "action_seconds", "action_answer", "refused_actions", "action_refusal"),
        *("create_drops", "create_changes", "update_drops", "update_changes"),
    ),
    "how many requests there may be, and how a 429 looks": ("rate_limit", "limit_shape", "retry_after"),
    "when a new campaign shows in lists": ("list_lag_seconds", "empty_lists", "empty_seconds"),
    "what clock answers show": ("date", "date_seconds", "date_on"),
    "whether numbers are masked": ("mask", "mask_in"),
    "how calls are counted, and what they come to": ("stats", "outcomes"),
    "where a report file is": ("serve_reports",),
    "what a taken name, a known contact, a second one and a refused one are answered": (
        *("duplicate_list", "known_contact", "list_members", "refused_numbers", "refused_members"),
    ),
    "how contacts are answered, ordered and counted, and when they show": (
        *("contact_order", "contact_spelling", "contact_count", "contacts_lag_seconds", "contacts_lag"),
        "contact_lists_lag_seconds",
    ),
}
"""What the facts of the API leave open, and the switches, or rows of other tables, that draw it."""


def drawn_where(switch: str) -> str:
    """Returns the table that draws a switch of the sandbox; an empty text where none does."""
    tables: Mapping[str, Mapping[str, object]] = {
        "any account": habits.ROWS,
        "accounts whose lists are filled": habits.OF_LISTS,
        "few accounts": habits.RARELY,
    }
    return habits.ELSEWHERE.get(switch) or next((name for name, rows in tables.items() if switch in rows), "")


def listed() -> Iterator[str]:
    """Yields each unknown with what draws it, in lines for people."""
    for says, names in UNKNOWNS.items():
        yield says
        for name in names:
            where = "people in the dashboard, and the account itself" if " " in name else drawn_where(name)
            yield f"    {name}: {where or 'NOBODY'}"
