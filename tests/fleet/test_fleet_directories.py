"""Saved plans of several environments: a directory, an index that is written last, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fleet_projects import campaign, many, secrets
from harness import Desk, Result, voice

NAMES = ("east", "north", "south-042")


def project(desk: Desk) -> None:
    many(desk, NAMES)
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}}})
    for name in NAMES:
        campaign(desk, name, "survey")


def run(desk: Desk, *words: str) -> Result:
    return desk.run(*words, env=secrets(*NAMES))


def saved(desk: Desk, *words: str) -> Path:
    result = run(desk, "plan", "-e", "*", "--out", "plans", *words)
    assert result.code == 0, result.all
    return desk.root / "plans"


def index(directory: Path) -> Any:
    return json.loads((directory / "_plans.json").read_text(encoding="utf-8"))


def apply(desk: Desk, *words: str) -> Result:
    return run(desk, "apply", "plans", "--auto-approve", *words)


def test_a_plan_file_for_each_and_an_index_that_names_them(desk: Desk) -> None:
    project(desk)
    document = run(desk, "plan", "-e", "*", "--out", "plans", "--format", "json").json
    found = index(desk.root / "plans")
    assert sorted(it.name for it in (desk.root / "plans").iterdir()) == [
        "_plans.json",
        *(f"{name}.json" for name in sorted(NAMES)),
    ]
    assert (found["kind"], found["digest"], found["approval"]) == (
        "Plans",
        document["digest"],
        document["approval"],
    )
    results = {it["environment"]: it["result"]["digest"] for it in document["environments"]}
    assert found["plans"] == [
        {"environment": name, "file": f"{name}.json", "digest": results[name]} for name in sorted(NAMES)
    ]
    alone = run(desk, "show", "plans/north.json", "--format", "json")
    assert alone.json["digest"] == results["north"], "each is an ordinary plan file"


def test_the_directory_is_applied_as_it_was_planned(desk: Desk) -> None:
    project(desk)
    saved(desk)
    result = apply(desk, "--format", "json")
    assert result.code == 0, result.all
    assert result.json["totals"]["applied"] == 3
    assert apply(desk).code == 0, "done already"
    assert len(desk.writes) == 3


def test_environments_narrow_what_is_applied(desk: Desk) -> None:
    project(desk)
    saved(desk)
    assert apply(desk, "-e", "north").code == 0
    assert {it.path.split("/")[3] for it in desk.writes} == {"acc-north"}
    assert apply(desk, "-e", "e*,south-042").code == 0
    assert len(desk.writes) == 3


def test_one_that_no_longer_holds_is_refused_alone(desk: Desk) -> None:
    project(desk)
    saved(desk)
    campaign(desk, "north", "survey", caller_id="03349360006")
    result = apply(desk, "--format", "json")
    assert result.code == 3
    assert {it["environment"]: it["exit_code"] for it in result.json["environments"]} == {
        "east": 0,
        "north": 3,
        "south-042": 0,
    }
    assert {it.path.split("/")[3] for it in desk.writes} == {"acc-east", "acc-south-042"}


def without_index(directory: Path) -> None:
    (directory / "_plans.json").unlink()


def without_a_file(directory: Path) -> None:
    (directory / "north.json").unlink()


def with_an_unnamed_file(directory: Path) -> None:
    (directory / "west.json").write_text(
        (directory / "north.json").read_text(encoding="utf-8"), encoding="utf-8"
    )


def with_two_exchanged(directory: Path) -> None:
    east, north = directory / "east.json", directory / "north.json"
    first, second = east.read_text(encoding="utf-8"), north.read_text(encoding="utf-8")
    east.write_text(second, encoding="utf-8")
    north.write_text(first, encoding="utf-8")


def with_an_edited_plan(directory: Path) -> None:
    north = directory / "north.json"
    document = json.loads(north.read_text(encoding="utf-8"))
    document["changes"][0]["operations"] = []
    north.write_text(json.dumps(document), encoding="utf-8")


def with_an_edited_expiry(directory: Path) -> None:
    for file in directory.glob("[a-z]*.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        document["expires_at"] = "2028-01-01T00:00:00+00:00"
        file.write_text(json.dumps(document), encoding="utf-8")


def with_an_index_of_less(directory: Path) -> None:
    document = index(directory)
    (directory / document["plans"].pop()["file"]).unlink()
    (directory / "_plans.json").write_text(json.dumps(document), encoding="utf-8")


def with_a_cut_index(directory: Path) -> None:
    text = (directory / "_plans.json").read_text(encoding="utf-8")
    (directory / "_plans.json").write_text(text[: len(text) // 2], encoding="utf-8")


def with_an_index_of_no_version(directory: Path) -> None:
    document = index(directory)
    del document["format_version"]
    (directory / "_plans.json").write_text(json.dumps(document), encoding="utf-8")


def with_an_index_too_deep_to_be_read(directory: Path) -> None:
    (directory / "_plans.json").write_text("[" * 200_000 + "]" * 200_000, encoding="utf-8")


def with_a_path_that_leads_out(directory: Path) -> None:
    text = (
        (directory / "_plans.json")
        .read_text(encoding="utf-8")
        .replace('"north.json"', '"../plans/north.json"')
    )
    (directory / "_plans.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        without_index,
        without_a_file,
        with_an_unnamed_file,
        with_two_exchanged,
        with_an_edited_plan,
        with_an_edited_expiry,
        with_an_index_of_less,
        with_a_cut_index,
        with_an_index_of_no_version,
        with_an_index_too_deep_to_be_read,
        with_a_path_that_leads_out,
    ],
    ids=lambda it: it.__name__,
)
def test_what_is_not_as_it_was_written_is_refused_and_nothing_is_sent(desk: Desk, change: Any) -> None:
    project(desk)
    change(saved(desk))
    result = apply(desk)
    assert (result.code, desk.writes) == (3, []), result.all


def test_what_an_earlier_index_names_is_replaced(desk: Desk) -> None:
    project(desk)
    saved(desk)
    assert run(desk, "plan", "-e", "north,", "--out", "plans").code == 0
    assert sorted(it.name for it in (desk.root / "plans").iterdir()) == ["_plans.json", "north.json"]


@pytest.mark.parametrize("stranger", ["notes.txt", "other.json"])
def test_a_directory_that_holds_something_else_is_left_alone(desk: Desk, stranger: str) -> None:
    project(desk)
    desk.write(f"plans/{stranger}", "{}")
    desk.forget()
    result = run(desk, "plan", "-e", "*", "--out", "plans")
    assert (result.code, desk.requests) == (3, [])
    assert sorted(it.name for it in (desk.root / "plans").iterdir()) == [stranger]


@pytest.mark.parametrize("out", ["-", "file.json"])
def test_a_file_or_standard_output_takes_no_plans_of_several(desk: Desk, out: str) -> None:
    project(desk)
    desk.write("file.json", "{}")
    desk.forget()
    assert (run(desk, "plan", "-e", "*", "--out", out).code, desk.requests) == (64, [])


def test_expect_takes_the_approval_of_all_of_the_directory(desk: Desk) -> None:
    project(desk)
    approval = index(saved(desk))["approval"]
    assert apply(desk, "--expect", "0123456789ab@2027-01-15T00:00Z").code == 3
    assert desk.writes == []
    assert apply(desk, "--expect", approval).code == 0


def test_a_directory_takes_no_further_permission_and_stands_alone(desk: Desk) -> None:
    project(desk)
    saved(desk)
    assert apply(desk, "--allow", "complete").code == 64
    assert apply(desk, "campaigns").code == 64


def test_one_that_could_not_be_planned_has_no_file(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    assert run(desk, "plan", "-e", "*", "--out", "plans").code == 1
    assert [it["environment"] for it in index(desk.root / "plans")["plans"]] == ["east", "south-042"]


def test_show_shows_each_and_what_to_approve(desk: Desk) -> None:
    project(desk)
    approval = index(saved(desk))["approval"]
    text = run(desk, "show", "plans")
    assert text.code == 0
    assert all(f"Environment {name}" in text.out for name in NAMES)
    assert f"Approve {approval}." in text.out
    document = run(desk, "show", "plans", "--format", "json").json
    assert document["approval"] == approval
    for it in document["environments"]:
        assert it["result"] == json.loads((desk.root / "plans" / f"{it['environment']}.json").read_text())


def test_two_directories_are_compared_by_environment(desk: Desk) -> None:
    project(desk)
    saved(desk)
    campaign(desk, "north", "survey", "offer")
    assert run(desk, "plan", "-e", "north,south-042", "--out", "later").code == 0
    result = run(desk, "show", "later", "--against", "plans", "--format", "json", "--detailed-exitcode")
    found = {it["environment"]: it for it in result.json["environments"]}
    assert set(found) == set(NAMES)
    assert found["south-042"]["result"]["same"] is True
    assert found["north"]["result"]["same"] is False
    assert "offer" in [it["name"] for it in found["north"]["result"]["changes"]]
    assert "only plans has a plan of east" in found["east"]["error"]["message"]
    assert result.code == 2
    assert run(desk, "show", "later", "--against", "later", "--detailed-exitcode").code == 0
    assert "no difference" in run(desk, "show", "later", "--against", "later").out


@pytest.mark.parametrize(
    "wrong", [("-e", "w*"), ("-e", "*", "nothing/"), ("-e", "*", "--allow", "complete:survey")]
)
def test_a_plan_that_fails_leaves_nothing_of_an_earlier_run_to_apply(
    desk: Desk, wrong: tuple[str, ...]
) -> None:
    project(desk)
    saved(desk)
    assert run(desk, "plan", *wrong, "--out", "plans").code != 0
    assert apply(desk).code != 0
    assert desk.writes == []


@pytest.mark.parametrize("words", [(), ("-e", "*"), ("-e", "north")], ids=" ".join)
def test_a_directory_that_holds_nothing_is_never_nothing_to_do(desk: Desk, words: tuple[str, ...]) -> None:
    project(desk)
    (desk.root / "plans").mkdir()
    desk.forget()
    result = apply(desk, *words)
    assert (result.code, desk.requests) == (3, [])
    assert "plans holds nothing" in result.all


@pytest.mark.parametrize(
    "each",
    [pytest.param(3, id="nine lists in all", marks=pytest.mark.slow), pytest.param(4, id="twelve")],
)
def test_an_approval_of_saved_plans_holds_however_many_lists_they_reach(desk: Desk, each: int) -> None:
    project(desk)
    for name in NAMES:
        lists = [{"name": f"{name}-{it}", "numbers": ["+919876543210"]} for it in range(each)]
        sids = desk.sandbox.seed(f"acc-{name}", "lists", lists)
        campaigns = [voice(f"survey-{it}", **{"from": ..., "lists": [sid]}) for it, sid in enumerate(sids)]
        desk.manifests(*campaigns, file=f"campaigns/{name}/all.yaml")
    approval = index(saved(desk))["approval"]
    assert approval.count("+") == (9 if each == 3 else 0)
    assert apply(desk, "--expect", approval + "+1").code == 3
    assert desk.writes == []
    assert apply(desk, "--expect", approval).code == 0
    assert len(desk.writes) == 3 * each


@pytest.mark.slow
def test_saved_plans_know_of_twelve_lists_who_came_since(desk: Desk) -> None:
    project(desk)
    sids: dict[str, list[str]] = {}
    for name in NAMES:
        lists = [{"name": f"{name}-{it}", "numbers": ["+919876543210"]} for it in range(4)]
        sids[name] = desk.sandbox.seed(f"acc-{name}", "lists", lists)
        campaigns = [
            voice(f"survey-{it}", **{"from": ..., "lists": [sid]}) for it, sid in enumerate(sids[name])
        ]
        desk.manifests(*campaigns, file=f"campaigns/{name}/all.yaml")
    approval = index(saved(desk))["approval"]
    people = [{"number": f"+9198765440{it:02}"} for it in range(30)]
    with httpx.Client(base_url=desk.sandbox.url, auth=("operator", "operator")) as operator:
        at = "/v2/accounts/acc-north"
        made = operator.post(f"{at}/contacts", json={"contacts": people}).json()["response"]
        references = [{"contact_sid": it["data"]["sid"]} for it in made]
        joined = operator.post(
            f"{at}/lists/{sids['north'][0]}/contacts", json={"contact_references": references}
        )
        assert joined.is_success, joined.text
    desk.forget()
    result = apply(desk, "--expect", approval, "--format", "json")
    assert (result.code, len(desk.writes)) == (3, 11), result.all
    [north] = [it["result"] for it in result.json["environments"] if it["environment"] == "north"]
    [late] = [it for it in north["results"] if it["outcome"] == "skipped"]
    assert (late["name"], late["reason"]["code"]) == ("survey-0", "list-drift")
