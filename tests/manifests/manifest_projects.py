"""Projects on disk for tests, and what a bad file says it expects of its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import small_manifest

from campaignctl.manifests import Manifests, choose_environment, load_manifests, load_project
from campaignctl.model.selector import Selector

PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
vars: {flow_id: "4", flow_name: "a: [b"}
"""


VOICE = small_manifest.VOICE
EXPECTS = "# => "


def expectations(text: str) -> list[str]:
    """The lines of a bad file that say what is to be found in it."""
    return [line.removeprefix(EXPECTS) for line in text.splitlines() if line.startswith(EXPECTS)]


def write(root: Path, files: Mapping[str, str | bytes], project: str | None = PROJECT) -> Path:
    """A project with these files; without `project` no project file."""
    (root / "campaigns").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    if project is not None:
        (root / "campaignctl.yaml").write_text(project, encoding="utf-8")
    return root


def load(
    root: Path,
    paths: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    selector: Selector | None = None,
) -> Manifests:
    """The manifests of a project in its default environment."""
    project = load_project(root, None, {})
    return load_manifests(project, choose_environment(project, None), paths, variables, selector, cwd=root)


def load_one(root: Path, text: str, variables: Mapping[str, str] | None = None) -> Manifests:
    """The manifests of a project that has one file."""
    return load(write(root, {"campaigns/a.yaml": text}), variables=variables)
