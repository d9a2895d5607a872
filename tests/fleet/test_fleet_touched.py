"""Which environments a change touches: exactly those whose plan is made of something else."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from example_counts import examples
from fleet_projects import environment
from git_projects import GitProject
from harness import sms, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaignctl.errors import InputError
from campaignctl.fleet.changed_since import ChangedSince, ProjectReading, changed_since
from campaignctl.fleet.choosing import live
from campaignctl.fleet.inputs import EnvironmentInputs
from campaignctl.fleet.touched import Move, moves, touched
from campaignctl.manifests.project import load_project
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment

NORTH, SOUTH = ("north-1", "north-2"), ("south-1", "south-2")
ALL = frozenset((*NORTH, *SOUTH, "own"))
LATER = {"send_at": "2035-01-15T09:00:00+05:30", "end_at": "2035-01-15T18:00:00+05:30"}


def manifest(name: str, region: str, **spec: Any) -> dict[str, Any]:
    labels = {"region": region}
    return voice(name, metadata={"labels": labels}, schedule=LATER, custom_field="${team}", **spec)


PROJECT: dict[str, Any] = {
    "apiVersion": "campaignctl/v1",
    "kind": "Project",
    "manifests": ["campaigns/"],
    "environments": {"own": {"backend": "exotel", "region": "mumbai", "account_sid": "own", "manifests": ["own/"]}},
    "environments_from": ["accounts/*.yaml"],
    "environment_defaults": {"backend": "exotel", "region": "mumbai", "country": "IN"},
    "vars": {"team": "growth", "nobody": "asks"},
    "suppress": [{"from_file": "people/optouts.csv"}],
    "policy": {"schema": [{"file": "rules.json", "level": "warn"}]},
}  # fmt: skip
FILES: dict[str, Any] = {
    "campaignctl.yaml": PROJECT,
    "campaigns/north.yaml": manifest("north", "north", **{"from": ["+919876543210"]}),
    "campaigns/south.yaml": manifest("south", "south", **{"from": ..., "from_file": "../people/south.csv"}),
    "own/own.yaml": manifest("mine", "none", **{"from": ["+919876543299"]}),
    "people/south.csv": "number\n+919876543220\n+919876543221\n",
    "people/optouts.csv": "number\n+919876500000\n",
    "rules.json": "{}\n",
    **{
        f"accounts/{name}.yaml": environment(name, select=f"region={name.partition('-')[0]}")
        for name in (*NORTH, *SOUTH)
    },
}


class Fleet:
    """A work tree, the state of its files as they are committed, and what was edited since."""

    def __init__(self, root: Path) -> None:
        self.git = GitProject(root)
        self.git.git("init", "--quiet", "--initial-branch", "main")
        for path, content in FILES.items():
            self.git.write(path, content)
        self.git.commit()

    def reset(self) -> None:
        self.git.git("reset", "--hard", "--quiet")
        self.git.git("clean", "-fdq")

    def edit(self, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        document = yaml.safe_load((self.git.root / path).read_text())
        change(document)
        self.git.write(path, document)

    def append(self, path: str, text: str) -> None:
        file = self.git.root / path
        file.write_text(file.read_text() + text)

    def rename(self, path: str, to: str) -> None:
        (self.git.root / path).rename(self.git.root / to)

    def since(self, revision: str = "HEAD", **variables: str) -> ChangedSince:
        project = load_project(self.git.root, None, {})
        return changed_since(ProjectReading(project, {}, variables), live(project), revision)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def fleet(shared: Fleet) -> Iterator[Fleet]:
    yield shared
    shared.reset()


def setting(path: str, *keys: str, value: Any) -> Callable[[Fleet], None]:
    def change(document: dict[str, Any]) -> None:
        for key in keys[:-1]:
            document = document.setdefault(key, {})
        document[keys[-1]] = value

    return lambda fleet: fleet.edit(path, change)


def appended(path: str, text: str) -> Callable[[Fleet], None]:
    return lambda fleet: fleet.append(path, text)


def in_file(name: str) -> str:
    return f"accounts/{name}.yaml"


EDITS: dict[str, tuple[Callable[[Fleet], None], frozenset[str]]] = {
    "a comment": (appended("campaigns/north.yaml", "# more\n"), frozenset()),
    "a comment in a setting": (appended(in_file("north-1"), "# more\n"), frozenset()),
    "a file beside": (lambda fleet: fleet.git.write("people/others.csv", "number\n"), frozenset()),
    "the default environment": (setting("campaignctl.yaml", "default_environment", value="own"), frozenset()),
    "how many may be written to": (setting("campaignctl.yaml", "max_environments", value=5), frozenset()),
    "a variable that nobody asks": (setting("campaignctl.yaml", "vars", "nobody", value="x"), frozenset()),
    "how fast": (setting(in_file("north-1"), "spec", "rate_limit", value=7), frozenset()),
    "how often": (setting(in_file("north-1"), "spec", "max_attempts", value=2), frozenset()),
    "how long": (setting(in_file("north-2"), "spec", "timeout_seconds", value=9), frozenset()),
    "a time in another spelling": (
        setting("campaigns/north.yaml", "spec", "schedule", "send_at", value="2035-01-15T09:00:00.000+05:30"),
        frozenset(),
    ),
    "the same moment elsewhere": (  # start_offset asks for the offset
        setting("campaigns/north.yaml", "spec", "schedule", "end_at", value="2035-01-15T12:30:00Z"),
        frozenset(NORTH),
    ),
    "a text": (setting("campaigns/north.yaml", "spec", "custom_field", value="other"), frozenset(NORTH)),
    "a number in a file": (appended("people/south.csv", "+919876543222\n"), frozenset(SOUTH)),
    "a manifest of its own": (setting("own/own.yaml", "spec", "caller_id", value="03349360006"), frozenset({"own"})),
    "another region": (
        setting("campaigns/south.yaml", "metadata", "labels", "region", value="north"), frozenset((*NORTH, *SOUTH)),
    ),
    "nobody's region": (
        setting("campaigns/south.yaml", "metadata", "labels", "region", value="west"), frozenset(SOUTH),
    ),
    "a variable": (setting("campaignctl.yaml", "vars", "team", value="sales"), ALL),
    "a variable of one": (setting(in_file("south-1"), "spec", "vars", value={"team": "x"}), frozenset({"south-1"})),
    "a variable of one that nobody asks": (
        setting(in_file("south-2"), "spec", "vars", value={"nobody": "x"}), frozenset(),
    ),
    "an account": (setting(in_file("north-2"), "spec", "account_sid", value="moved"), frozenset({"north-2"})),
    "what is allowed": (setting(in_file("south-1"), "spec", "allow", value=["complete"]), frozenset({"south-1"})),
    "a policy of one": (
        setting(in_file("south-2"), "spec", "policy", "max_numbers", value={"level": "warn", "at_most": 9}),
        frozenset({"south-2"}),
    ),
    "a policy of all": (
        setting("campaignctl.yaml", "policy", "max_numbers", value={"level": "warn", "at_most": 9}), ALL,
    ),
    "a default of files": (
        setting("campaignctl.yaml", "environment_defaults", "resume_before_start", value="waits"), ALL - {"own"},
    ),
    "the limit of changes": (setting("campaignctl.yaml", "max_changes", value=3), ALL),
    "what may be pruned": (setting("campaignctl.yaml", "prune", value={"name_prefix": "x-"}), ALL),
    "somebody who opted out": (appended("people/optouts.csv", "+919876500001\n"), ALL),
    "who opted out in another order": (
        lambda fleet: fleet.git.write("people/optouts.csv", "number\n\n+919876500000\n"), frozenset(),
    ),
    "a rule file": (lambda fleet: fleet.git.write("rules.json", '{"type": "object"}'), ALL),
    "another file of manifests": (
        lambda fleet: fleet.git.write("campaigns/more.yaml", manifest("more", "south", **{"from": ["+919876543230"]})),
        frozenset(SOUTH),
    ),
    "a file renamed": (
        lambda fleet: fleet.rename("campaigns/north.yaml", "campaigns/renamed.yaml"),
        frozenset(),
    ),
    "a new environment": (
        lambda fleet: fleet.git.write(in_file("south-3"), environment("south-3", select="region=south")),
        frozenset({"south-3"}),
    ),
    "an environment that is gone": (lambda fleet: (fleet.git.root / in_file("south-2")).unlink(), frozenset()),
    "a broken manifest": (setting("campaigns/north.yaml", "spec", "caller_id", value=[1]), frozenset(NORTH)),
}  # fmt: skip
CLASHES = [
    {"a file renamed", "a comment"}, {"a file renamed", "a text"}, {"a file renamed", "a broken manifest"},
    {"a file renamed", "a time in another spelling"}, {"a file renamed", "the same moment elsewhere"},
    {"another region", "nobody's region"},
    {"somebody who opted out", "who opted out in another order"},
]  # fmt: skip
GONE = "an environment that is gone"


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_touches_those_whose_plan_it_may_change(fleet: Fleet, name: str) -> None:
    edit, expected = EDITS[name]
    edit(fleet)
    found = fleet.since()
    assert set(found.reasons) == expected
    assert found.removed == (("south-2",) if name == GONE else ())


@pytest.mark.slow
def test_random_edits_touch_exactly_what_each_of_them_does(shared: Fleet) -> None:
    @examples(80, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sets(st.sampled_from(sorted(EDITS)), min_size=1, max_size=4))
    def holds(names: set[str]) -> None:
        if any(clash <= names for clash in CLASHES):
            return
        if GONE in names and any("south-2" in EDITS[it][1] or "south-2" in it for it in names - {GONE}):
            names = names - {GONE}
        if {GONE, "a variable of one that nobody asks"} <= names:
            names = names - {GONE}
        shared.reset()
        moved_first = sorted(names, key=lambda it: it in ("another region", "nobody's region"))
        for name in moved_first:
            EDITS[name][0](shared)
        expected = frozenset[str]().union(*(EDITS[it][1] for it in names))
        assert set(shared.since().reasons) == expected, names

    try:
        holds()
    finally:
        shared.reset()


REASONS = {
    "a text": ("manifests",),
    "the limit of changes": ("settings",),
    "a new environment": ("new",),
    "a broken manifest": ("manifests", "invalid"),
    "a variable": ("manifests",),
}


@pytest.mark.parametrize("name", REASONS)
def test_it_says_why(fleet: Fleet, name: str) -> None:
    edit, expected = EDITS[name]
    edit(fleet)
    found = fleet.since()
    assert {found.reasons[it] for it in expected} == {REASONS[name]}


def test_a_manifest_that_is_invalid_on_both_sides_touches_whoever_takes_it(fleet: Fleet) -> None:
    EDITS["a broken manifest"][0](fleet)
    before = fleet.git.git("rev-parse", "HEAD")
    try:
        fleet.git.commit()
        assert fleet.since().reasons == dict.fromkeys(NORTH, ("invalid",))
    finally:
        fleet.git.git("reset", "--hard", "--quiet", before)


def test_a_project_file_that_was_invalid_touches_all(fleet: Fleet) -> None:
    head = fleet.git.git("rev-parse", "HEAD")
    try:
        fleet.git.write("campaignctl.yaml", "kind: [")
        broken = fleet.git.commit()
        fleet.git.write("campaignctl.yaml", PROJECT)
        fleet.git.commit()
        assert fleet.since(broken).reasons == dict.fromkeys(sorted(ALL), ("invalid",))
    finally:
        fleet.git.git("reset", "--hard", "--quiet", head)


def test_where_there_was_no_project_all_are_new(fleet: Fleet) -> None:
    head = fleet.git.git("rev-parse", "HEAD")
    try:
        fleet.git.git("rm", "--quiet", "--cached", "campaignctl.yaml")
        fleet.git.git("commit", "--quiet", "--message", "none")
        without = fleet.git.git("rev-parse", "HEAD")
        fleet.git.commit()
        assert fleet.since(without).reasons == dict.fromkeys(sorted(ALL), ("new",))
    finally:
        fleet.git.git("reset", "--hard", "--quiet", head)


def test_two_accounts_exchanged_touch_both(fleet: Fleet) -> None:
    for one, other in (NORTH, reversed(NORTH)):
        setting(in_file(one), "spec", "account_sid", value=f"acc-{other}")(fleet)
    assert fleet.since().reasons == dict.fromkeys(NORTH, ("settings",))


def test_a_variable_of_the_command_line_counts_on_both_sides(fleet: Fleet) -> None:
    setting("campaignctl.yaml", "vars", "team", value="sales")(fleet)
    assert set(fleet.since(team="given").reasons) == set()


# -- what cannot be read is never nothing ----------------------------------------------------------------------


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40, "--all", "HEAD~99"])
def test_a_revision_that_is_not_there_is_an_error_that_says_what_to_fetch(
    fleet: Fleet, revision: str
) -> None:
    with pytest.raises(InputError, match="fetch-depth: 0"):
        fleet.since(revision)


def test_a_shallow_clone_is_an_error(fleet: Fleet, tmp_path: Path) -> None:
    fleet.git.write("more.txt", "more\n")
    before = fleet.git.git("rev-parse", "HEAD")
    try:
        fleet.git.commit()
        clone = tmp_path / "clone"
        words = ["git", "clone", "--quiet", "--depth", "1", f"file://{fleet.git.root}", str(clone)]
        subprocess.run(words, check=True, capture_output=True)
        project = load_project(clone, None, {})
        with pytest.raises(InputError, match="fetch-depth: 0"):
            changed_since(ProjectReading(project, {}, {}), live(project), "HEAD~1")
    finally:
        fleet.git.git("reset", "--hard", "--quiet", before)


def test_files_that_git_does_not_have_are_an_error(fleet: Fleet, tmp_path: Path) -> None:
    """As in a clone that fetches contents when they are asked for."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(fleet.git.root), str(clone)], check=True)
    blob = GitProject(clone).git("rev-parse", "HEAD:campaignctl.yaml")
    for pack in (clone / ".git/objects/pack").glob("*.pack"):
        content = pack.read_bytes()
        for it in pack.parent.glob(f"{pack.stem}.*"):
            it.unlink()
        subprocess.run(["git", "unpack-objects", "-q"], cwd=clone, input=content, check=True)
    (clone / ".git/objects" / blob[:2] / blob[2:]).unlink()
    project = load_project(clone, None, {})
    with pytest.raises(InputError, match="fetch-depth: 0"):
        changed_since(ProjectReading(project, {}, {}), live(project), "HEAD")


def test_outside_of_a_repository_is_an_error(tmp_path: Path) -> None:
    for path, content in FILES.items():
        GitProject(tmp_path).write(path, content)
    project = load_project(tmp_path, None, {})
    with pytest.raises(InputError, match="no git repository"):
        changed_since(ProjectReading(project, {}, {}), live(project), "HEAD")


# -- moves -----------------------------------------------------------------------------------------------------


def side(account: str, *names: str) -> EnvironmentInputs:
    found = frozenset(("VoiceCampaign", name) for name in names)
    return EnvironmentInputs(
        ("host", account), tuple(sorted(it.encode() for it in names)), {}, found, len(names), False
    )


def test_what_left_one_environment_and_came_to_another_is_a_move() -> None:
    before = {"north": side("a", "x", "y"), "south": side("b")}
    after = {"north": side("a", "y"), "south": side("b", "x")}
    assert moves(before, after) == (Move("VoiceCampaign", "x", "north", "south"),)
    assert set(touched(before, after)) == {"north", "south"}
    both = {"north": side("a", "x", "y"), "south": side("b", "x")}
    assert moves(before, both) == ()  # it stays where it was, too


def test_an_environment_that_was_renamed_moves_nothing() -> None:
    assert moves({"north": side("a", "x")}, {"renamed": side("a", "x")}) == ()


def test_a_moved_label_is_a_move_in_a_real_project(fleet: Fleet) -> None:
    EDITS["another region"][0](fleet)
    assert {(it.source, it.target) for it in fleet.since().moved} == {(s, n) for s in SOUTH for n in NORTH}


# -- nothing is forgotten --------------------------------------------------------------------------------------

PLACES = {"where", "document", "numbers_file", "places", "written"}
"""Where something stands is no part of what it means."""
DERIVED = {"list_names", "shown", "occurrence", "suppress", "declared"}
"""Made of others, or of the account."""
MEANT = {
    *(
        "kind",
        "spec",
        "state",
        "sid",
        "previous_name",
        "labels",
        "ignore",
        "allow",
        "distinct_from",
        "suppression",
    ),
    *("take", "left_out", "stop_when", "usage", "after", "repeat"),
}


def test_every_field_of_a_manifest_was_decided_about() -> None:
    """One that is new goes to `inputs_of` where a plan is made of it."""
    assert {*Desired._fields} == PLACES | DERIVED | MEANT


def test_every_setting_of_an_environment_counts_but_for_its_pace() -> None:
    assert {*Environment._fields} >= {
        "rate_limit",
        "timeout_seconds",
        "max_attempts",
        "vars",
    }


def test_how_people_answer_and_whom_a_manifest_leaves_out_count(fleet: Fleet) -> None:
    setting("campaigns/north.yaml", "metadata", "usage", value={"answered": "0.5"})(fleet)
    assert set(fleet.since().reasons) == set(NORTH)
    fleet.reset()
    fleet.git.write("people/own.csv", "number\n+919876543221\n")
    setting("campaigns/south.yaml", "spec", "suppress", value=[{"from_file": "../people/own.csv"}])(fleet)
    head = fleet.git.git("rev-parse", "HEAD")
    try:
        fleet.git.commit()
        fleet.git.write("people/own.csv", "number\n+919876543220\n")
        assert set(fleet.since().reasons) == set(SOUTH)
    finally:
        fleet.git.git("reset", "--hard", "--quiet", head)


def test_lists_templates_and_calendars_count(fleet: Fleet) -> None:
    head = fleet.git.git("rev-parse", "HEAD")
    contacts = {
        "apiVersion": "campaignctl/v1", "kind": "ContactList", "metadata": {"name": "people"},
        "spec": {"numbers": ["+919876543240"]},
    }  # fmt: skip
    fleet.git.write("campaigns/list.yaml", contacts)
    text = sms("text", metadata={"labels": {"region": "north"}}, lists=[{"name": "people"}])
    fleet.git.write("campaigns/text.yaml", text)
    try:
        fleet.git.commit()
        assert fleet.since().reasons == {}
        setting("campaigns/list.yaml", "spec", "numbers", value=["+919876543241"])(fleet)
        assert set(fleet.since().reasons) == set(NORTH)
    finally:
        fleet.git.git("reset", "--hard", "--quiet", head)
