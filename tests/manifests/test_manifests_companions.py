"""Documents that lie beside the campaigns: read by their kind, never taken for campaigns."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from manifest_projects import PROJECT, VOICE, expectations, load, write
from yaml_text import loaded

from campaignctl.deriving.explained import explain
from campaignctl.deriving.json_schema import schemas
from campaignctl.diagnostics import Severity
from campaignctl.dlt.templates import DltTemplates
from campaignctl.manifests import Manifests, locate
from campaignctl.manifests.companions import companion_kinds
from campaignctl.model.companions import CompanionKind
from campaignctl.model.selector import parse_selector

BAD = sorted((Path(__file__).parent / "bad_companions").glob("*.yaml"))
SMS = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {name: visits, labels: {team: growth}}
spec:
  content_type: static
  lists: ["abcd1234"]
  dlt_entity_id: "1101428740000012125"
  dlt_template_id: "1107160086562376233"
  sender_id: EXOTEL
  sms_type: transactional
  template: Hi Asha, your visit is on Monday.
"""
TEMPLATES = """\
apiVersion: campaignctl/v1
kind: DltTemplates
metadata: {name: acme}
spec:
  entity: "1101428740000012125"
  templates:
    - id: "1107160086562376233"
      headers: [EXOTEL]
      category: service_implicit
      text: "Hi {#var#}, your visit is on ${day}{#alphanumeric#}."
"""
FAULTY = TEMPLATES.replace("service_implicit", "service")
OTHER = TEMPLATES.replace("name: acme", "name: other")


def messages(manifests: Manifests) -> list[str]:
    return [str(finding) for finding in manifests.findings]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_in_a_document_is_told_with_its_place_and_nothing_else_is(
    path: Path, tmp_path: Path
) -> None:
    text = path.read_text(encoding="utf-8")
    manifests = load(write(tmp_path, {"campaigns/a.yaml": text, "campaigns/b.yaml": SMS}))
    found = [message.removeprefix("campaigns/a.yaml:") for message in messages(manifests)]
    assert len(found) == len(expectations(text)), found
    for expected in expectations(text):
        assert any(message.startswith(expected) for message in found), found
    assert {finding.severity for finding in manifests.findings} == {Severity.ERROR}
    assert manifests.companions.get("DltTemplates", ()) == ()


def test_a_document_among_campaigns_of_a_file_is_read_and_is_no_campaign(tmp_path: Path) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": f"{VOICE}---\n{TEMPLATES}---\n{SMS}"}))
    assert messages(manifests) == []
    assert [desired.name for desired in manifests.selected] == ["diwali-reminder", "visits"]
    (document,) = manifests.companions["DltTemplates"]
    assert isinstance(document, DltTemplates)
    assert (document.name, document.entity) == ("acme", "1101428740000012125")
    assert document.place.where == ("campaigns/a.yaml", 8, 1)
    where = locate(tmp_path, document.place.where, document.place.document, "templates.0.category")
    assert where == ("campaigns/a.yaml", 16, 17)


def test_a_variable_in_a_document_is_text(tmp_path: Path) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": TEMPLATES}), variables={"day": "Monday"})
    (document,) = manifests.companions["DltTemplates"]
    assert isinstance(document, DltTemplates)
    assert "${day}" in document.templates[0].text
    assert manifests.used == frozenset()


def test_paths_and_labels_leave_documents_whole(tmp_path: Path) -> None:
    files = {"campaigns/a.yaml": VOICE, "campaigns/b.yaml": TEMPLATES, "campaigns/c.yaml": SMS}
    root = write(tmp_path, files)
    by_path = load(root, ["campaigns/c.yaml"])
    by_label = load(root, selector=parse_selector("team=growth"))
    nothing = load(root, selector=parse_selector("team=nobody"))
    assert [len(it.companions["DltTemplates"]) for it in (by_path, by_label, nothing)] == [1, 1, 1]
    assert [len(it.selected) for it in (by_path, by_label, nothing)] == [1, 1, 0]


def test_a_document_outside_the_project_is_checked_and_not_taken(tmp_path: Path) -> None:
    root = write(tmp_path, {"campaigns/c.yaml": SMS, "elsewhere/a.yaml": OTHER, "elsewhere/b.yaml": FAULTY})
    manifests = load(root, ["elsewhere", "campaigns"])
    assert manifests.companions.get("DltTemplates", ()) == ()
    assert [finding.rule for finding in manifests.findings] == ["choice"]


def test_without_a_project_file_paths_hold_the_documents(tmp_path: Path) -> None:
    root = write(tmp_path, {"campaigns/c.yaml": SMS, "campaigns/a.yaml": TEMPLATES}, project=None)
    assert len(load(root, ["campaigns"]).companions["DltTemplates"]) == 1


def test_a_faulty_document_is_a_warning_where_nothing_selected_needs_it(tmp_path: Path) -> None:
    files = {"campaigns/a.yaml": VOICE, "campaigns/b.yaml": FAULTY, "campaigns/c.yaml": SMS}
    root = write(tmp_path, files)
    voice_only = load(root, ["campaigns/a.yaml"])
    both = load(root)
    assert [finding.severity for finding in voice_only.findings] == [Severity.WARN]
    assert [finding.severity for finding in both.findings] == [Severity.ERROR]


def test_a_faulty_document_hides_no_campaign(tmp_path: Path) -> None:
    """Who is an orphan stays known: there is none in it."""
    manifests = load(write(tmp_path, {"campaigns/a.yaml": VOICE, "campaigns/b.yaml": FAULTY}))
    assert manifests.complete


def test_a_path_of_documents_alone_holds_no_manifest(tmp_path: Path) -> None:
    project = PROJECT.replace("[campaigns/]", "[campaigns/, dlt/]")
    root = write(tmp_path, {"campaigns/a.yaml": VOICE, "dlt/a.yaml": TEMPLATES}, project)
    assert load(root).empty_paths == ("dlt/",)


def test_a_name_and_an_id_stand_once_in_an_environment_in_a_faulty_document_too(tmp_path: Path) -> None:
    files = {"campaigns/a.yaml": TEMPLATES, "campaigns/b.yaml": FAULTY, "campaigns/c.yaml": SMS}
    found = messages(load(write(tmp_path, files)))
    assert [message.split(" ")[0] for message in found] == [
        "campaigns/a.yaml:3:18:",
        "campaigns/a.yaml:7:11:",
        "campaigns/b.yaml:3:18:",
        "campaigns/b.yaml:7:11:",
        "campaigns/b.yaml:9:17:",
    ]
    assert "in another DltTemplates: campaigns/b.yaml:1:1" in found[1]


def test_an_unknown_kind_names_the_kinds_of_documents_too(tmp_path: Path) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": TEMPLATES.replace("DltTemplates", "DltTemplate")}))
    (message,) = messages(manifests)
    assert "is none of VoiceCampaign, SmsCampaign" in message
    assert message.endswith('did you mean "DltTemplates"? [kind]')


@pytest.mark.parametrize("kind", companion_kinds(), ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_valid_by_the_reader_and_by_the_schema(
    kind: CompanionKind, tmp_path: Path
) -> None:
    files = {"campaigns/a.yaml": kind.example, "campaigns/vip.csv": "phone,name\n+919876543210,Asha\n"}
    manifests = load(write(tmp_path, files))
    assert messages(manifests) == []
    assert len(manifests.companions[kind.name]) == 1
    schema = Draft202012Validator(schemas()[kind.schema])
    schema.validate(loaded(kind.example))
    (topic,) = explain(kind.name)
    assert topic.example == kind.example


SCHEMA_SEES = [
    it
    for it in BAD
    if it.stem
    not in ("too-few-variables", "an-id-twice", "a-tag-that-contradicts-the-text", "nothing-but-variables")
]
"""What fields say together no schema can tell."""


@pytest.mark.parametrize("path", SCHEMA_SEES, ids=lambda path: path.stem)
def test_the_schema_refuses_what_the_rows_refuse(path: Path) -> None:
    schema = Draft202012Validator(schemas()["dlt-templates"])
    assert list(schema.iter_errors(loaded(path.read_text(encoding="utf-8"))))
