"""What follows from the tables: JSON Schemas of manifests and project file, for editors and other programs.

`python -m campaignctl.deriving` writes them to `schemas/`; `published` reads what was shipped, the schemas of
outputs too.
"""
