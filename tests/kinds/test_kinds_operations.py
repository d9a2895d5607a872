"""A new operation is a row, and what else must know of it says so: the steps of `docs/how-to/operation.md`, followed.

A copy of the package gets one that there is not: `erase`, of what is archived.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from small_manifest import SCHEDULED as MANIFEST

import campaignctl
from campaignctl.kinds.operations import OPERATIONS, Action, Op, covering, each_of

PACKAGE = Path(campaignctl.__file__).parent


class Edit(NamedTuple):
    """One edit by hand: `after` stands in a file once, and what is `added` follows it."""

    file: str
    after: str
    added: str


MEMBERS = (
    Edit(
        "kinds/operations.py",
        'class Action(StrEnum):\n    """Names what can be asked of a live campaign."""\n\n',
        '    ERASE = "erase"\n',
    ),
    Edit(
        "kinds/operations.py",
        'class Op(StrEnum):\n    """Names what an apply can do to a campaign or to a contact list."""\n\n',
        '    ERASE = "erase"\n',
    ),
    Edit(
        "kinds/operations.py",
        'class Permission(StrEnum):\n    """Names what can be allowed."""\n\n',
        '    ERASE = "erase"\n',
    ),
)
ROW = (
    Edit(
        "kinds/operations.py",
        "        allowed_from=frozenset({Status.COMPLETED}),\n        leads_to=Status.ARCHIVED,\n    ),\n",
        """\
    OperationRow(
        Op.ERASE,
        done="erased",
        will="erases it",
        calls="stop",
        permission=Permission.ERASE,
        read_before=True,
        repeatable=False,
        irreversible=True,
        if_blocked=False,
        allowed_from=frozenset({Status.ARCHIVED}),
        leads_to=Status.DELETED,
    ),
""",
    ),
)
PERMISSION = (
    Edit(
        "kinds/operations.py",
        "        Permission.TWIN: frozenset(),\n",
        '        Permission.ERASE: frozenset({"manifest"}),\n',
    ),
)
STATE = (
    Edit(
        "kinds/lifecycle.py",
        '    """Names the states that a manifest can ask for."""\n\n',
        '    DELETED = "deleted"\n',
    ),
    Edit(
        "kinds/lifecycle.py",
        "        State.PAUSED: frozenset({Status.PAUSED}),\n",
        "        State.DELETED: frozenset({Status.DELETED}),\n",
    ),
)
TELLING = (Edit("rendering/words.py", "    (Op.COMPLETE, Op.ARCHIVE, Op.PAUSE,", " Op.ERASE,"),)
VERB = (
    Edit(
        "manual/rules.py",
        '            Verb(Action.COMPLETE, State.COMPLETED, ALIVE, "End campaigns for good."),\n',
        '            Verb(Action.ERASE, State.DELETED, ALIVE | {Status.ARCHIVED}, "Delete campaigns."),\n',
    ),
)
COMMAND = (
    Edit(
        "cli/by_hand.py",
        "archive = _command(VERBS[Action.ARCHIVE])\n",
        "erase = _command(VERBS[Action.ERASE])\n",
    ),
    Edit(
        "cli/main.py",
        "COMMANDS = {\n",
        '    "erase": _Command("by_hand", "Delete campaigns, by hand.", "erase"),\n',
    ),
)
MATCHES = (
    Edit("applying/run.py", "case Op.PAUSE | Op.RESUME | Op.COMPLETE | Op.ARCHIVE", " | Op.ERASE"),
    Edit("manual/rules.py", "        case Action.ARCHIVE", " | Action.ERASE"),
    Edit("rendering/telling.py", "case Op.CREATE | Op.UPDATE | Op.PAUSE | Op.ARCHIVE", " | Op.ERASE"),
    Edit(
        "rendering/words.py",
        '            return "is archived for good"\n',
        '        case Op.ERASE:\n            return "is erased for good"\n',
    ),
)

NAMED_BY_IMPORT = (
    (MEMBERS, "kinds.operations", "kinds.operations, OPERATIONS lacks erase"),
    (ROW, "kinds.operations", "kinds.operations, GRANTORS lacks erase"),
    (PERMISSION, "rendering.words", "rendering.words, _TELLING lacks erase"),
    ((*STATE, *TELLING), "manual.rules", "manual.rules, VERBS lacks erase"),
    (VERB, "cli.by_hand", "cli.main, COMMANDS lacks erase"),
    (COMMAND, "cli.by_hand", ""),
)
"""What is edited, what is imported then, and which place that names as the next to decide."""
ALL = (*(edit for edits, _, _ in NAMED_BY_IMPORT for edit in edits), *MATCHES)


class House(NamedTuple):
    """A copy of the package under `root`, to be edited and run."""

    root: Path

    def edit(self, *edits: Edit) -> None:
        for edit in edits:
            file = self.root / "campaignctl" / edit.file
            text = file.read_text(encoding="utf-8")
            assert text.count(edit.after) == 1, f"{edit.file} has {edit.after!r} once"
            file.write_text(text.replace(edit.after, edit.after + edit.added), encoding="utf-8")

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(self.root)}
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, env=environ, capture_output=True, text=True, check=False
        )

    def run(self, *words: str) -> str:
        done = self.python("-m", "campaignctl", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(PACKAGE, tmp_path / "campaignctl", ignore=shutil.ignore_patterns("__pycache__"))
    return House(tmp_path)


@pytest.mark.slow
def test_import_names_each_table_that_an_operation_lacks_until_none_does(house: House) -> None:
    for edits, module, named in NAMED_BY_IMPORT:
        house.edit(*edits)
        done = house.python("-c", f"import campaignctl.{module}")
        last = done.stderr.strip().splitlines()[-1:] or [""]
        assert last[0] == (f"AssertionError: {named} (see docs/how-to/operation.md)" if named else ""), module


@pytest.mark.slow
def test_the_type_checker_names_each_match_that_an_operation_lacks(house: House) -> None:
    shutil.copy(PACKAGE.parent / "pyproject.toml", house.root)
    house.edit(*(edit for edit in ALL if edit not in MATCHES))
    done = house.python("-m", "mypy", "-p", "campaignctl", "--cache-dir", str(house.root / "cache"))
    lacking = {line.partition(":")[0] for line in done.stdout.splitlines() if "assert_never" in line}
    assert lacking == {f"campaignctl/{edit.file}" for edit in MATCHES}, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("Found 4 errors in 4 files"), done.stdout
    house.edit(*MATCHES)
    done = house.python("-m", "mypy", "-p", "campaignctl", "--cache-dir", str(house.root / "cache"))
    assert done.stdout.startswith("Success"), done.stdout


@pytest.mark.slow
def test_an_operation_that_was_added_is_planned_held_applied_listed_and_carried_out_by_hand(
    house: House,
) -> None:
    house.edit(*ALL)
    manifest = house.root / "campaigns.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    assert "  erase " in house.run("--help")
    house.run("apply", "campaigns.yaml", "--auto-approve")

    manifest.write_text(MANIFEST.replace("spec:\n", "spec:\n  state: deleted\n"), encoding="utf-8")
    plan = json.loads(house.run("plan", "campaigns.yaml", "--format", "json"))
    (change,) = plan["changes"]
    assert [it["op"] for it in change["operations"]] == ["pause"]
    assert [(it["op"], it["irreversible"]) for it in change["held"]] == [
        ("complete", True),
        ("archive", True),
        ("erase", True),
    ]
    text = house.run("plan", "campaigns.yaml")
    assert "1 to pause; 3 held (1 complete, 1 archive, 1 erase)" in text
    assert "--allow erase:diwali-reminder" in text
    assert "metadata.allow: [complete, archive, erase]" in text

    allowing = MANIFEST.replace("reminder}", "reminder, allow: [complete, archive, erase]}")
    manifest.write_text(allowing.replace("spec:\n", "spec:\n  state: archived\n"), encoding="utf-8")
    early = house.python("-m", "campaignctl", "erase", "diwali-reminder", "--auto-approve").stdout
    assert "it is created, and only what is archived can be erased: `campaignctl complete " in early
    house.run("apply", "campaigns.yaml", "--auto-approve")
    done = house.run("erase", "diwali-reminder", "--auto-approve")
    assert "is erased for good" in done
    assert "~ voice/diwali-reminder: erased  (" in done


def test_a_list_that_lacks_an_operation_or_has_one_too_many_says_where_it_stands() -> None:
    with pytest.raises(AssertionError, match=r"^here lacks archive, complete, delete, upload \(see docs"):
        each_of("here", [Op.CREATE, Op.UPDATE, Op.PAUSE, Op.RESUME], Op)
    with pytest.raises(AssertionError, match=r"^there must not have create \(see docs"):
        covering("there", dict.fromkeys(Op, ""), set(Op) - {Op.CREATE})


def test_an_apply_stops_first_and_does_last_what_cannot_be_undone() -> None:
    assert tuple(OPERATIONS) == (
        *(Op.PAUSE, Op.UPLOAD, Op.UPDATE, Op.RESUME, Op.CREATE),
        *(Op.COMPLETE, Op.ARCHIVE, Op.DELETE),
    )
    assert [row.irreversible for row in OPERATIONS.values()] == [False] * 5 + [True] * 3


WORDS = {action.value for action in Action}
"""`create` and `update` are words of other things too: a type of change, a request."""


def lists_of_operations(tree: ast.AST) -> Iterator[int]:
    """The lines of literals that list two operations or more and are handed to no check."""
    held = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("covering", "each_of")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            items = [*node.keys]
        elif isinstance(node, ast.Set | ast.Tuple | ast.List):
            items = [*node.elts]
        else:
            continue
        if id(node) not in held and sum(names_operation(item) for item in items) > 1:
            yield node.lineno


def names_operation(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id in ("Op", "Action") and node.attr.isupper()
    return isinstance(node, ast.Constant) and node.value in WORDS


@pytest.mark.slow
def test_no_other_list_of_operations_stands_anywhere_that_nothing_holds_against_the_table() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line in lists_of_operations(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [place.partition(":")[0] for place in found] == ["cli/main.py"], (
        "which `cli.by_hand` holds against it"
    )


@pytest.mark.parametrize("document", ["plan", "apply"])
def test_the_published_schemas_list_the_operations_of_the_table(document: str) -> None:
    schema = json.loads((PACKAGE.parent / "schemas" / f"{document}.schema.json").read_text(encoding="utf-8"))
    listed = [set(found) for found in enums(schema) if "archive" in found]
    assert listed
    assert all(found == set(Op) for found in listed)


def enums(schema: object) -> Iterator[list[str]]:
    """Every list of words in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), list):
            yield schema["enum"]
        for inner in schema.values():
            yield from enums(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from enums(inner)
