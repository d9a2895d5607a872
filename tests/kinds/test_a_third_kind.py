"""A third kind of campaign is one module and its rows: added to a copy of the package as `docs/how-to/kind.md` says.

The copy is then a tool like any other: it validates, plans, applies and lists the kind against its sandbox, over HTTP.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import campaignctl

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
KIND = (HERE / "rcs_campaign.py").read_text(encoding="utf-8")

TABLE = {
    "from campaignctl.kinds.sms import SMS\n": (
        "from campaignctl.kinds.rcs import RCS\nfrom campaignctl.kinds.sms import SMS\n"
    ),
    "(VOICE, SMS)": "(VOICE, SMS, RCS)",
}
ENDPOINTS = {
    "from campaignctl.kinds import KINDS, SMS, VOICE\n": (
        "from campaignctl.kinds import KINDS, SMS, VOICE\nfrom campaignctl.kinds.rcs import RCS\n"
    ),
    "_ROWS: Final = (\n": """_ROWS: Final = (
    Service(
        RCS,
        create_form="wrapped",
        endpoints=(
            Endpoint(
                "rcs-campaigns",
                RCS,
                "rcs-details",
                page_limit=3,
                sid_keys=("sid",),
                scan_sort="date_created:asc",
                latest_sort="date_created:desc",
                newest_sort="date_created:desc",
                create_key="rcscampaigns",
            ),
        ),
    ),
""",
}
SANDBOX = {
    "import KINDS, SMS, VOICE\n": "import KINDS, SMS, VOICE\nfrom campaignctl.kinds.rcs import RCS\n",
    "        SMS.name: Dialling(": """        RCS.name: Dialling(
            counters=("scheduled", "failed", "seen"),
            reached="seen",
            outcomes=((90, "seen"), (100, "failed")),
        ),
        SMS.name: Dialling(""",
    '            _sms("message-campaigns"': """            Collection(
                name="rcs-campaigns",
                kind=RCS,
                sid_key="sid",
                sid_digits=32,
                joins_name=" ",
                wrapper="rcscampaigns",
                details="rcs-details",
                largest_page=3,
                single=True,
                list_code=200,
                orders={"date_created": "created"},
                default_descending=False,
                shortest_search=0,
                channel="",
                words=_VOICE_WORDS,
            ),
            _sms("message-campaigns\"""",
}
COUNTERS = {
    '        "VoiceCampaign": {': """        "RcsCampaign": {
            "scheduled": Column.UNTRIED,
            "failed": Column.FAILED,
            "seen": Column.REACHED,
        },
        "VoiceCampaign": {""",
}
ANSWERS = {
    "import KINDS, SMS, VOICE\n": "import KINDS, SMS, VOICE\nfrom campaignctl.kinds.rcs import RCS\n",
    "_SHAPES: Final = {\n": "_SHAPES: Final = {\n    RCS.name: _Shape(_sms_item, _message_row),\n",
}

PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
environments:
  sandbox:
    backend: sandbox
    clock: "2027-01-10T09:00:00+05:30"
    create_body: {rcs: wrapped}
    policy: {capacity: {level: error, rcs_per_minute: 1000}}
"""
MANIFEST = """\
apiVersion: campaignctl/v1
kind: RcsCampaign
metadata: {{name: festive-{number}}}
spec:
  lists: [{{name: VIP customers}}]
  card: "{card}"
  schedule: {{begins_at: "2027-01-15T{hour:02}:00:00+05:30", ends_at: "2027-01-15T{hour:02}:50:00+05:30"}}
"""


def edit(file: Path, edits: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert text.count(old) == 1, f"{file.name}: {old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package with the kind's own module; no row yet."""
    copy = tmp_path / "package" / "campaignctl"
    shutil.copytree(Path(campaignctl.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "kinds" / "rcs.py").write_text(KIND, encoding="utf-8")
    return copy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Four campaigns of the kind, in hours of their own: more than a page of its list."""
    folder = tmp_path / "project"
    (folder / "campaigns").mkdir(parents=True)
    (folder / "campaignctl.yaml").write_text(PROJECT, encoding="utf-8")
    for number in range(4):
        text = MANIFEST.format(number=number, hour=10 + number, card=f"Greetings {number}")
        (folder / "campaigns" / f"festive-{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def run(package: Path, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(package.parent), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "campaignctl", *args]
    return subprocess.run(
        command, check=False, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120
    )


def test_a_kind_of_one_module_and_its_rows_is_validated_planned_applied_and_listed(
    package: Path, project: Path
) -> None:
    edit(package / "kinds" / "__init__.py", TABLE)
    edit(package / "kinds" / "endpoints.py", ENDPOINTS)
    edit(package / "kinds" / "counters.py", COUNTERS)
    edit(package / "sandbox" / "collection.py", SANDBOX)
    edit(package / "sandbox" / "envelopes.py", ANSWERS)

    validated = run(package, project, "validate")
    assert validated.returncode == 0, validated.stdout + validated.stderr

    planned = run(package, project, "plan", "--format", "json")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    changes = json.loads(planned.stdout)["changes"]
    assert [(it["kind"], it["change"], it["name"]) for it in changes] == [
        ("RcsCampaign", "create", f"festive-{number}") for number in range(4)
    ]

    applied = run(package, project, "apply", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "rcs/festive-3" in applied.stdout

    again = run(package, project, "plan", "--format", "json")
    assert again.returncode == 0, again.stdout + again.stderr
    assert {it["change"] for it in json.loads(again.stdout)["changes"]} == {"noop"}

    listed = run(package, project, "status", "--format", "json")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    campaigns = json.loads(listed.stdout)["campaigns"]
    assert {(it["kind"], it["name"], it["status"]["live"]) for it in campaigns} == {
        ("RcsCampaign", f"festive-{number}", "created") for number in range(4)
    }


@pytest.mark.parametrize(
    ("files", "module", "words"),
    [
        ({"kinds/__init__.py": TABLE}, "kinds.endpoints", "a kind of campaign needs one row of endpoints"),
        (
            {"kinds/__init__.py": TABLE, "kinds/endpoints.py": ENDPOINTS},
            "sandbox.collection",
            "what becomes of the recipients of a kind is one row",
        ),
        (
            {"kinds/__init__.py": TABLE, "kinds/endpoints.py": ENDPOINTS, "sandbox/collection.py": SANDBOX},
            "sandbox.envelopes",
            "how a kind is answered is one row",
        ),
    ],
    ids=["no endpoint", "nothing in the sandbox", "no answer of its own"],
)
def test_a_kind_whose_row_was_forgotten_fails_when_it_is_imported(
    package: Path, files: dict[str, dict[str, str]], module: str, words: str
) -> None:
    for name, edits in files.items():
        edit(package / name, edits)
    came = subprocess.run(
        [sys.executable, "-c", f"import campaignctl.{module}"],
        check=False,
        cwd=package.parent,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert came.returncode != 0
    assert f"RcsCampaign: {words}" in came.stderr
