"""The schemas of outputs take what commands print, and refuse what they never do: at every place of a real document.

A key that is missing, a value of another type, a word that nobody knows, a text that lost its form, a count below zero.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypedDict

import pytest
from git_projects import git_project
from harness import VOICE, Desk, desk_at, live_voice, run, sms, voice
from jsonschema import Draft202012Validator

from campaignctl.app.files import schema_names, schema_text
from campaignctl.deriving.json_schema import schemas
from campaignctl.deriving.output_schemas import OUTPUTS, output_schema

Place = tuple[str | int, ...]

COMMANDS = {
    "validate": ("validate",),
    "plan": ("plan",),
    "apply": ("apply", "--auto-approve"),
    "status": ("status", "--all"),
    "doctor": ("doctor",),
    "export": ("export", "--out", "exported"),
    "explain": ("explain", "voice.schedule.send_at"),
    "error": ("plan", "--max-changes", "nonsense"),
}
ANY_VALUE = {"before", "after"}
"""Of a leaf that differs: a field's value, of whatever type."""
ANY_KEYS = {"resulting", "fields", "vars", "facts", "stats", "result", "totals"}
"""Objects whose keys are a campaign's or the user's own."""
OPTIONAL = {
    *(("findings", key) for key in ("end", "count", "occurrences")),
    *(("operations", key) for key in ("numbers_failed", "since", "sid")),
    ("held", "fields"),
    *(("diff", key) for key in ("added", "removed", "note", "text")),
    *((side, key) for side in ("before", "after") for key in ("retries", "text")),
    ("changes", "local_start"),
    ("selection", "resend"),
}
WORDS = {
    "backend",
    "change",
    "check",
    "code",
    "desired",
    "encoding",
    "group",
    "kind",
    "op",
    "outcome",
    "severity",
} | {
    "state",
    "strategy",
    "verdict",
}
FORMS = {"format_version", "digest", "approval", "seal"}
MAY_BE_NEGATIVE = {"http", "stats"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What each command prints where something is to create, to change, to ask for, and wrong."""
    with desk_at(tmp_path_factory.mktemp("desk")) as desk:
        desk.configure({"prune": {"name_prefix": "diwali-"}}, policy={"required_labels": REQUIRED})
        stopped, *_ = desk.seed(*map(live_voice, ("diwali-stopped", "diwali-paused", "diwali-orphan")))
        desk.by_hand(stopped, {"action": "pause"})
        desk.seed(live_voice("diwali-later", **OTHERS))
        later = {**VOICE["schedule"], "end_at": "2027-01-16T18:00:00+05:30"}
        desk.manifests(
            voice("diwali-later", schedule=later, **OTHERS),
            voice("diwali-paused", state="paused"),
            voice("diwali-stopped", state="active"),
            sms(),
        )
        yield {name: _printed(desk, *words) for name, words in COMMANDS.items()} | {
            "diff": _diff(tmp_path_factory.mktemp("work")),
            "guard": _guard(tmp_path_factory.mktemp("watch")),
            "days": _days(tmp_path_factory.mktemp("dates")),
            "matrix": _matrix(tmp_path_factory.mktemp("many")),
            "comparison": _comparison(tmp_path_factory.mktemp("plans")),
            "several": _several(desk),
            "plans": _plans(desk),
        }


OTHERS = {"from": ["+919876543299"]}
REQUIRED = {"level": "warn", "labels": ["team"]}


def _plans(desk: Desk) -> Any:
    """The index of a directory of plans."""
    desk.run("plan", "-e", "prod,", "--out", "plans")
    return json.loads((desk.root / "plans" / "_plans.json").read_text(encoding="utf-8"))


def _several(desk: Desk) -> Any:
    """One environment with a result, whose schema is its command's own, and one with an error."""
    document, wrong = (_printed(desk, "plan", "-e", "prod,", *words) for words in ((), ("--var", "x=1")))
    (planned,), (failed,) = document["environments"], wrong["environments"]
    findings = failed["findings"]
    return {
        **document,
        "environments": [{**it, "result": {}} for it in (planned, failed)],
        "findings": findings,
    }


def _printed(desk: Desk, *words: str) -> Any:
    return desk.run(*words, "--format", "json").json


def _guard(root: Path) -> Any:
    """The line of a pause."""
    begun = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
    people = {"from": [f"+9198765{n:05}" for n in range(200)], "schedule": begun}
    with desk_at(root) as desk:
        desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **people))
        desk.sandbox.switches.change({"outcomes": ["*:failed-dnd=100"]})
        desk.seed(live_voice(**people))
        desk.pass_time(minutes=2)
        lines = map(json.loads, desk.run("guard", "--once").out.splitlines())
        return next(line for line in lines if line["event"] == "pause")


def _matrix(root: Path) -> Any:
    """An environment that is new, one that changed, and one that is gone."""
    project = git_project(root / "project")
    settings = {"backend": "exotel", "region": "mumbai", "manifests": ["campaigns/"]}
    named = {name: {**settings, "account_sid": f"acc-{name}"} for name in ("changed", "gone", "new")}
    head = {"apiVersion": "campaignctl/v1", "kind": "Project", "manifests": ["campaigns/"]}
    project.write("campaigns/voice.yaml", voice())
    project.write("campaignctl.yaml", {**head, "environments": {it: named[it] for it in ("changed", "gone")}})
    project.commit()
    changed = {**named["changed"], "allow": ["complete"]}
    project.write("campaignctl.yaml", {**head, "environments": {"changed": changed, "new": named["new"]}})
    result = run("matrix", "--changed-since", "main", "--format", "json", cwd=project.root)
    assert (result.code, result.json["removed"]) == (0, ["gone"]), result.all
    return result.json


def _days(root: Path) -> Any:
    """Dates of which one is moved."""
    rule = {
        "cron": "0 10 * * MON-WED,FRI",
        "time_zone": "Asia/Kolkata",
        "from": "2027-01-11",
        "until": "2027-01-20",
        "duration": "3h",
        "except": ["2027-01-13"],
        "on_holiday": "next_open_day",
    }
    with desk_at(root) as desk:
        desk.manifests(voice(schedule=..., repeat=rule))
        return desk.run("calendar", "--from", "2027-01-10", "--to", "2027-01-20", "--format", "json").json


def _comparison(root: Path) -> Any:
    """Of a plan that changes what another changed otherwise."""
    with desk_at(root) as desk:
        desk.seed(live_voice())
        for file, minutes in (("then.json", 20), ("now.json", 25)):
            desk.manifests(voice(retries={**VOICE["retries"], "interval_mins": minutes}))
            desk.run("plan", "--out", file)
        return desk.run("show", "now.json", "--against", "then.json", "--format", "json").json


def _diff(root: Path) -> Any:
    project = git_project(root)
    project.write("campaigns/voice.yaml", voice())
    project.write("campaigns/sms.yaml", sms())
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    project.git("rm", "--quiet", "campaigns/sms.yaml")
    project.write("campaigns/voice.yaml", voice(mode="custom", throttle=20, **{"from": ["+919876543299"]}))
    return project.diff("--format", "json").json


def places(value: Any, here: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place that a schema speaks of, and what stands there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        if key in ANY_VALUE and "diff" in here:
            continue
        if key in {*ANY_VALUE, "added", "removed"} and "differences" in here:
            continue
        yield (*here, key), item
        if key not in ANY_KEYS:
            yield from places(item, (*here, key))


def distinct(document: Any) -> Iterator[tuple[Place, Any]]:
    """Of places that differ only in which item of a list they are in, one for each type that stands there."""
    found = {
        (tuple(step for step in place if isinstance(step, str)), type(value)): (place, value)
        for place, value in places(document)
    }
    yield from found.values()


def is_taken(
    schema: Draft202012Validator, document: Any, place: Place, change: Callable[[Any, str | int], object]
) -> bool:
    """Whether the schema takes the document with one place different; afterwards it is as it was."""
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    before = holder[place[-1]]
    change(holder, place[-1])
    try:
        return schema.is_valid(document)
    finally:
        holder[place[-1]] = before


def holder_of(place: Place) -> str:
    """The nearest key above."""
    return next((step for step in reversed(place[:-1]) if isinstance(step, str)), "")


def wrong_values(place: Place, value: Any) -> Iterator[object]:
    """What never stands there."""
    key = place[-1] if isinstance(place[-1], str) else holder_of(place)
    yield {"an": "object"} if not isinstance(value, dict) else "a text"
    if value is not None:
        yield ["a", "list"] if not isinstance(value, list) else 7
    if isinstance(value, int) and not isinstance(value, bool) and key not in MAY_BE_NEGATIVE:
        yield -1
    if isinstance(value, str) and ((key in WORDS and holder_of(place) != "error") or key in FORMS):
        yield "nobody knows this"


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_a_command_prints_is_as_its_schema_says(name: str, printed: dict[str, Any]) -> None:
    validator(name).validate(printed[name])


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_key_may_not_be_missing(name: str, printed: dict[str, Any]) -> None:
    schema, document = validator(name), printed[name]
    keys = [it for it, _ in distinct(document) if isinstance(it[-1], str)]
    missed = [
        it
        for it in keys
        if (holder_of(it), it[-1]) not in OPTIONAL
        and is_taken(schema, document, it, lambda holder, key: holder.pop(key))
    ]
    assert keys
    assert not missed


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_wrong_type_a_wrong_word_and_a_wrong_number_are_refused(name: str, printed: dict[str, Any]) -> None:
    schema, document = validator(name), printed[name]
    taken = [
        (place, wrong)
        for place, value in distinct(document)
        for wrong in wrong_values(place, value)
        if is_taken(schema, document, place, _setting(wrong))
        and not (name == "diff" and place[-1] in ("added", "removed") and isinstance(wrong, list))
    ]  # of a list that changed these are lists
    assert not taken


def _setting(wrong: object) -> Callable[[Any, str | int], object]:
    return lambda holder, key: holder.__setitem__(key, wrong)


@pytest.mark.parametrize("name", OUTPUTS)
def test_keys_of_a_later_version_are_taken(name: str, printed: dict[str, Any]) -> None:
    document = copy.deepcopy(printed[name])
    for place, value in [((), document), *places(document)]:
        if isinstance(value, dict) and not (place and place[-1] in ANY_KEYS):
            value["later"] = {"of": "any type"}
    validator(name).validate(document)


def test_the_documents_show_what_the_schemas_are_about(printed: dict[str, Any]) -> None:
    """Else the tests above would look at little."""
    plan = printed["plan"]
    assert {it["change"] for it in plan["changes"]} >= {"create", "update", "transition", "held"}
    assert {it["op"] for change in plan["changes"] for it in change["operations"]} >= {"create", "update"}
    assert plan["findings"]
    assert printed["apply"]["summary"]["applied"] > 0
    assert {it["verdict"] for it in printed["doctor"]["checks"]} >= {"fine", "wrong"}
    assert {it["change"] for it in printed["diff"]["changes"]} == {"removed", "changed"}
    assert all(printed[name] for name in OUTPUTS)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(name)))


def test_every_output_and_every_file_has_its_schema() -> None:
    assert set(schema_names()) == {*OUTPUTS, *schemas()}


def test_a_document_of_a_feature_is_an_output() -> None:
    """A folder that has a `document.py` has a row in `OUTPUTS`."""
    package = Path(__file__).parents[2] / "campaignctl"
    folders = {f"campaignctl.{path.parent.name}.document" for path in package.glob("*/document.py")}
    assert folders <= {shape.__module__ for shape in OUTPUTS.values()}


class Odd(TypedDict):
    """What no JSON holds."""

    key: complex


def test_a_type_that_no_schema_says_is_refused_when_the_schema_is_made() -> None:
    with pytest.raises(TypeError, match="no schema says"):
        output_schema("odd", Odd)
