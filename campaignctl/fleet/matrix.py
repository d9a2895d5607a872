"""Writes environments as the jobs of a pipeline (`matrix`), in the words of each CI."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from campaignctl.fleet.jobs import jobs_of
from campaignctl.fleet.touched import Move, TouchedBy
from campaignctl.manifests.revision import Base
from campaignctl.model.environment import Environment
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.constraints import Amount, Version


class MatrixBaseDocument(TypedDict):
    """Says what the work tree was compared with."""

    revision: str | None
    """As it was named."""
    commit: str | None
    """null where the repository has no commit."""
    merge_base: bool
    """true where the commit is the one at which the branch left the revision."""


class MatrixEnvironmentDocument(TypedDict):
    """Describes an environment that a job takes."""

    environment: str
    account_sid: str
    """Empty where it is not written down."""
    manifests: Amount
    """How many it takes."""
    changed: list[TouchedBy]
    """Why it is touched; empty without a revision."""


class MatrixDocument(TypedDict):
    """Environments that a change touches, and the jobs that they are cut into."""

    format_version: Version
    base: MatrixBaseDocument | None
    """null where nothing was compared: then it is all of them."""
    environments: list[MatrixEnvironmentDocument]
    removed: list[str]
    """Environments of live accounts that are gone: their campaigns stay and run."""
    jobs: list[list[str]]


def matrix_document(
    environments: Sequence[Environment],
    counts: Mapping[str, int],
    most: int,
    *,
    base: Base | None = None,
    reasons: Mapping[str, Sequence[TouchedBy]] | None = None,
    removed: Sequence[str] = (),
    moved: Sequence[Move] = (),
) -> MatrixDocument:
    """Returns the document; `reasons` are those of the environments that are touched; None where all count."""
    listed = sorted(
        (it for it in environments if reasons is None or it.name in reasons), key=lambda it: it.name
    )
    return {
        "format_version": FORMAT_VERSION,
        "base": {"revision": base.revision, "commit": base.commit, "merge_base": base.merge_base} if base else None,
        "environments": [
            {
                "environment": it.name,
                "account_sid": it.account_sid,
                "manifests": counts[it.name],
                "changed": list((reasons or {}).get(it.name, ())),
            }
            for it in listed
        ],
        "removed": list(removed),
        "jobs": jobs_of([it.name for it in listed], most, moved),
    }  # fmt: skip


def github(document: MatrixDocument) -> str:
    """Writes one line, for `strategy.matrix` by `fromJSON`."""
    jobs = document["jobs"]
    include = [
        {"job": f"{place}/{len(jobs)}", "environments": ",".join(job), "count": len(job)}
        for place, job in enumerate(jobs, 1)
    ]
    return json.dumps({"include": include}, separators=(",", ":")) + "\n"


def gitlab(document: MatrixDocument, include: str) -> str:
    """Writes a child pipeline, in the part of YAML that is JSON: each job extends the hidden one of FILE."""
    jobs = document["jobs"]
    pipeline: dict[str, object] = {"include": [{"local": include}]} if jobs else {}
    for place, job in enumerate(jobs, 1):
        pipeline[f"campaigns {place}/{len(jobs)}"] = {
            "extends": ".campaignctl",
            "variables": {"CAMPAIGNCTL_ENVIRONMENTS": ",".join(job)},
        }
    if not jobs:
        pipeline["campaigns none"] = {"script": ["echo 'No environment is touched.'"]}
    return json.dumps(pipeline, indent=2) + "\n"
