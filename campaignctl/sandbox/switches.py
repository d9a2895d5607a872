"""What the documents leave unknown, each with its positions: an account might do either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from campaignctl.sandbox.refusal import RefusalError

OMITTED_BY_004 = ("from", "flow_type", "call_status_callback", "status_callback")
"""The keys that [004]'s create answer leaves out although its request sent them."""

POSITIONS: Mapping[str, tuple[str, ...]] = {
    "put": ("merge", "replace"),
    "create_body": ("any", "wrapped", "bare"),
    "status_filter": ("any", "own", "lower", "refuse", "ignore"),
    "name_search": ("substring", "case", "odd"),
}


@dataclass
class Switches:
    """The positions now. Set from Python or by `POST /_sandbox/switches`.

    `put`: whether an update wipes the optional fields that it does not send. `create_body`: which bodies a create
    takes. `fill_schedule`: a missing start becomes one minute after the create, as [000] shows, instead of at
    once. `resume_early`: a resume before the start begins to call at once instead of being created again.
    `shared_sms`: both SMS collections show the same campaigns. `status_filter`: the spellings understood: any, the
    API's own, lower case with hyphens, the own ones with a 400 for others, or the filter is ignored.
    `name_search`: a substring in any letter case, in this letter case, or one that finds nothing as soon as the
    term holds anything but letters, digits and hyphens. `rate_limit`: requests a minute and account.
    `serve_reports`: the `report_url` of what is over leads to this very server; off, to where the live API has it,
    which nobody on loopback reads.
    `list_lag_seconds`: how long a new campaign is missing from lists and searches. `omit_from_…`: keys that such
    answers leave out.
    """

    put: str = "merge"
    create_body: str = "any"
    fill_schedule: bool = False
    resume_early: bool = False
    shared_sms: bool = False
    status_filter: str = "any"
    name_search: str = "substring"
    rate_limit: int | None = None
    serve_reports: bool = True
    list_lag_seconds: float = 0.0
    omit_from_create: tuple[str, ...] = ()
    omit_from_update: tuple[str, ...] = ()
    omit_from_get: tuple[str, ...] = ()
    omit_from_list: tuple[str, ...] = ()

    def change(self, positions: Mapping[str, Any]) -> None:
        """Sets some, all or none: the first bad one is a 400 and nothing is changed."""
        checked = {name: _checked(name, value) for name, value in positions.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def omitted(self, request: str) -> tuple[str, ...]:
        """The keys left out of answers to `create`, `update`, `action`, `get`, `list`."""
        name = "omit_from_" + ("update" if request == "action" else request)
        return tuple(getattr(self, name))


_KNOWN = tuple(field.name for field in fields(Switches))


def _checked(name: str, value: Any) -> Any:
    if name not in _KNOWN:
        raise RefusalError(400, f"There is no switch {name!r}.", f"Switches: {', '.join(_KNOWN)}.")
    if name in POSITIONS:
        fits, wanted = value in POSITIONS[name], f"one of {', '.join(POSITIONS[name])}"
    elif name.startswith("omit_from_"):
        fits = isinstance(value, list | tuple) and all(isinstance(key, str) for key in value)
        value, wanted = tuple(value) if fits else value, "an array of keys"
    elif name == "rate_limit":
        fits, wanted = value is None or (_is_number(value, int) and value >= 1), "requests a minute, or null"
    elif name == "list_lag_seconds":
        fits, wanted = _is_number(value, int | float) and value >= 0, "seconds, 0 or more"
    else:
        fits, wanted = isinstance(value, bool), "true or false"
    if not fits:
        raise RefusalError(400, f"{name} cannot be {value!r}.", f"{name} takes {wanted}.")
    return value


def _is_number(value: Any, types: Any) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)
