"""Implements `campaignctl init`: the first files of a project. Nothing that is there is written over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click

import campaignctl
from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import global_options
from campaignctl.errors import InputError
from campaignctl.manifests.project import FILE_NAME, find_project_file
from campaignctl.rendering.lines import Line, Style, laid_out

_WORKFLOW = ".github/workflows/campaigns.yml"
_GITLAB = ".gitlab-ci.yml"


@dataclass(frozen=True)
class _File:
    """Says where a template is written.

    An example comes only with a new project: others have campaigns of their own.
    """

    template: str
    path: str
    example: bool = False


_EXAMPLES = (
    _File("voice.yaml", "campaigns/example-reminder.yaml", example=True),
    _File("sms.yaml", "campaigns/example-notice.yaml", example=True),
)
_PIPELINES = {
    "github": (_File("workflow.yml", _WORKFLOW),),
    "gitlab": (
        _File("gitlab-job.yml", ".gitlab/campaigns-job.yml"),
        _File("gitlab.yml", _GITLAB),
    ),
    "none": (),
}
_PROJECT = (_File("gitignore", ".campaignctl/.gitignore"), _File("campaignctl.yaml", FILE_NAME))
"""The project file last: what fails before it is tried again by the next init."""


def _files(ci: str) -> tuple[_File, ...]:
    """Returns all files that a new project gets."""
    return (*_EXAMPLES, *_PIPELINES[ci], *_PROJECT)


_GITLAB_INPUTS = {
    "environment": "prod",
    "stage": "test",
    "image": "python:3.13",
    "version": "campaignctl==@VERSION@",
    "apply": "manual",
    "unattended": "true",
}
_GITLAB_HEAD = """\
# Campaigns are reviewed like code. `campaigns-validate` works at once. For the rest set the CI/CD variables
# EXOTEL_ACCOUNT_SID, EXOTEL_API_KEY and EXOTEL_API_TOKEN, masked, and a schedule of the default branch for what comes
# due; CAMPAIGNCTL_GITLAB_TOKEN, a project access token that may write notes, gives a merge request its plan. A schedule
# applies what was merged, unasked: where a person must have the last word, set CAMPAIGNS_UNATTENDED to "false".
"""


@click.command("init")
@global_options
@click.option(
    "--ci",
    type=click.Choice(list(_PIPELINES)),
    default="github",
    show_default=True,
    help="Whose pipeline is written.",
)
def command(options: GlobalOptions, ci: str) -> int:
    """Start a project here: project file, one campaign of each kind, CI pipeline. Never writes over a file."""
    here = Path.cwd()
    found = find_project_file(here)
    if found is not None and found.parent != here:
        raise InputError(f"this directory belongs to the project of {found}: run init there, or elsewhere")
    lines = [
        line
        for file in _files(ci)
        if not (file.example and found)
        for line in _written(here / file.path, file)
    ]
    color, width = output.wants_color(options), output.width()
    output.done(laid_out(lines, color=color, width=width))
    for hint in _hints(here, ci):
        output.remark(hint, options)
    return 0


def _written(path: Path, file: _File) -> list[Line]:
    """Writes a file that is not there. Raises InputError where that fails."""
    text = (files("campaignctl") / "templates" / file.template).read_text(encoding="utf-8")
    if file.path == _GITLAB:
        text = _without_inputs(text)
    if os.path.lexists(path):
        return [Line(f"  {file.path}: is there already, kept as it is", 0, Style.QUIET)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text.replace("@VERSION@", campaignctl.__version__))
    except OSError as failed:
        raise InputError(f"cannot write {path}: {failed.strerror}") from None
    return [Line(f"+ {file.path}", 0, Style.CREATE)]


def _without_inputs(component: str) -> str:
    """Writes a GitLab component as a pipeline of its own, its inputs filled in."""
    _, _, jobs = component.partition("\n---\n")
    for name, value in _GITLAB_INPUTS.items():
        jobs = jobs.replace(f"$[[ inputs.{name} ]]", value)
    return _GITLAB_HEAD + jobs


def _hints(here: Path, ci: str) -> list[str]:
    """Says what to do next."""
    hints = ["Next: campaignctl validate, campaignctl plan, campaignctl apply. The sandbox calls nobody."]
    top = next((it for it in (here, *here.parents) if (it / ".git").exists()), here)
    if top != here and ci == "gitlab":
        place = Path(os.path.relpath(here / _GITLAB, top)).as_posix()
        hints.append(f"GitLab reads {_GITLAB} at the top of a repository only: include {place} there.")
    if top != here and ci == "github":
        place = Path(os.path.relpath(here / _WORKFLOW, top)).as_posix()
        hints.append(
            f"GitHub reads workflows at the top of a repository only: move {place} to {_WORKFLOW} there."
        )
    return hints
