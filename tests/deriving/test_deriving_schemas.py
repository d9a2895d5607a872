"""The published schemas: current, valid, as editors use them, and shipped in the wheel."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from example_counts import mostly_slow
from jsonschema import Draft202012Validator
from yaml_text import loaded

from campaignctl.app.files import schema_names, schema_text
from campaignctl.deriving.json_schema import schemas, written
from campaignctl.deriving.numbering import numbering
from campaignctl.deriving.output_schemas import output_schemas
from campaignctl.deriving.reference import pages
from campaignctl.errors import InputError
from campaignctl.manifests.companions import companion_kinds

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(name)))


@pytest.mark.parametrize("name", mostly_slow(schema_names(), every=4))
def test_a_published_schema_is_valid_2020_12(name: str) -> None:
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


ALL = {**schemas(), **output_schemas()}


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_what_the_tables_and_the_documents_say_now(name: str) -> None:
    assert schema_text(name) == written(ALL[name]), "run python -m campaignctl.deriving"


def test_a_misspelt_schema_names_the_nearest() -> None:
    with pytest.raises(InputError, match='no schema "campain"; did you mean "campaign"'):
        schema_text("campain")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_names_its_schema_and_keeps_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    schema_file = (path.parent / named).resolve()
    assert schema_file.parent == ROOT / "schemas"
    validator(schema_file.name).validate(loaded(text))


BESIDE = [f"kind: {kind.name}" for kind in companion_kinds()]
MANIFESTS = [
    path
    for path in EXAMPLES
    if path.parent.name == "campaigns"
    and not set(BESIDE) & set(path.read_text(encoding="utf-8").splitlines())
]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_schema_of_all_kinds_takes_an_example(path: Path) -> None:
    validator("campaign").validate(loaded(path.read_text(encoding="utf-8")))


EDITOR_FORMS = """
- {caller_id: 3349360005, from: [919876543210]}
- {lists: [12345678], caller_id: "1"}
- {caller_id: "1", lists: ["a"], throttle: "${pace}", mode: custom, schedule: {send_at: "${start}"}}
- {caller_id: "1", from_file: a.csv, from: null, schedule: null, retries: {interval_mins: null}}
"""


@pytest.mark.parametrize("spec", yaml.safe_load(EDITOR_FORMS))
def test_an_editor_may_read_digits_as_integers_and_see_variables(spec: dict[str, Any]) -> None:
    manifest = {
        "apiVersion": "campaignctl/v1",
        "kind": "VoiceCampaign",
        "metadata": {"name": "abc"},
        "spec": spec,
    }
    validator("campaign").validate(manifest)


def test_a_pinned_manifest_needs_declare_nothing() -> None:
    for kind in ("VoiceCampaign", "SmsCampaign"):
        validator("campaign").validate(
            {"apiVersion": "campaignctl/v1", "kind": kind, "metadata": {"sid": "abc123"}}
        )


BAD = """
a misspelt field: [{spec: {caler_id: "1"}}, "'caler_id' was unexpected", spec]
a misspelt word: [{spec: {mode: fast}}, "'fast' is not one of ['auto', 'custom', None]", spec.mode]
a quoted number: [{spec: {throttle: "10"}}, "'10' does not match", spec.throttle]
a time without offset: [{spec: {schedule: {send_at: "2027-01-15T09:00:00"}}}, does not match, spec.schedule.send_at]
a day that never is: [{spec: {schedule: {send_at: "2027-02-30T09:00:00Z"}}}, does not match, spec.schedule.send_at]
too many retries: [{spec: {retries: {number_of_retries: 4}}}, maximum of 3, spec.retries.number_of_retries]
a list twice: [{spec: {lists: [a, a]}}, non-unique elements, spec.lists]
six lists: [{spec: {lists: [a, b, c, d, e, f]}}, is too long, spec.lists]
numbers and a file: [{spec: {from_file: a.csv}}, "is not of type 'null'", spec.from]
a null caller id: [{spec: {caller_id: null}}, "None is not of type 'string', 'integer'", spec.caller_id]
no name: [{metadata: {labels: {}}}, "'name' is a required property", metadata]
a short name: [{metadata: {name: ab}}, "'ab' is too short", metadata.name]
a wish for resume: [{metadata: {name: abc, allow: [resume]}}, "'resume' is not one of", metadata.allow.0]
another kind: [{kind: Campaign}, "'Campaign' is not one of", kind]
another version: [{apiVersion: v1}, "'v1' is not one of", apiVersion]
"""
BAD_MANIFESTS = yaml.safe_load(BAD)


@pytest.mark.parametrize(("change", "message", "path"), BAD_MANIFESTS.values(), ids=list(BAD_MANIFESTS))
def test_a_bad_manifest_gets_one_exact_message(change: dict[str, Any], message: str, path: str) -> None:
    manifest: dict[str, Any] = {
        "apiVersion": "campaignctl/v1",
        "kind": "VoiceCampaign",
        "metadata": {"name": "diwali-reminder"},
        "spec": {"caller_id": "03349360005", "from": ["+919876543210"]},
    }
    for key, value in change.items():
        manifest[key] = {**manifest[key], **value} if key == "spec" else value
    (error,) = validator("campaign").iter_errors(copy.deepcopy(manifest))
    assert message in error.message
    assert ".".join(map(str, error.absolute_path)) == path


def test_every_field_is_described() -> None:
    def properties(schema: Any) -> Any:
        if isinstance(schema, dict):
            yield from (
                schema.get("properties", {}).values() if schema.get("additionalProperties") is False else ()
            )
            for inner in schema.values():
                yield from properties(inner)

    for name in ("voice-campaign", "sms-campaign", "project"):
        found = list(properties(json.loads(schema_text(name))))
        assert len(found) > 20
        assert all(field["description"].endswith(".") for field in found)


@pytest.mark.slow
def test_the_command_writes_what_is_stale_and_only_checks_when_asked(tmp_path: Path) -> None:
    schemas, reference, numbers = tmp_path / "schemas", tmp_path / "reference", tmp_path / "numbering.py"
    command = [sys.executable, "-m", "campaignctl.deriving", "--out", str(schemas)]
    command += [
        "--reference",
        str(reference),
        "--numbers",
        str(numbers),
    ]  # nothing of the checkout is written
    stale = subprocess.run([*command, "--check"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (stale.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "stale, run python -m campaignctl.deriving" in stale.stderr
    subprocess.run(command, check=True, cwd=ROOT)
    subprocess.run([*command, "--check"], check=True, cwd=ROOT)
    assert {path.name for path in schemas.iterdir()} == {f"{name}.schema.json" for name in schema_names()}
    assert {path.relative_to(reference).as_posix() for path in reference.rglob("*.md")} == {*pages()}
    assert numbers.read_text(encoding="utf-8") == numbering()


@pytest.mark.slow
def test_the_wheel_carries_the_schemas(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for directory in ("campaignctl", "schemas"):
        shutil.copytree(ROOT / directory, source / directory, symlinks=True)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source / file)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in schema_names():
            assert archive.read(f"campaignctl/schemas/{name}.schema.json").decode() == schema_text(name)
        assert {"campaignctl/py.typed", "campaignctl/templates/workflow.yml"} <= set(archive.namelist())
