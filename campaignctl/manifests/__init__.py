"""Reads files into values: the project file and the manifests, with file, line and column for every mistake.

`load_project` and `load_manifests` are what commands call. One pass over libyaml's nodes (`nodes`) reads each field
by its row of the table (`fields`, `scalars`); nothing here knows a field's rules by heart.
"""

from campaignctl.manifests.loading import load_manifests
from campaignctl.manifests.places import locate
from campaignctl.manifests.project import choose_environment, find_project_file, load_project, require_account
from campaignctl.manifests.reading import Manifests

__all__ = [
    "Manifests",
    "choose_environment",
    "find_project_file",
    "load_manifests",
    "load_project",
    "locate",
    "require_account",
]
