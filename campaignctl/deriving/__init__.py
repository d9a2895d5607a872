"""Derives what follows from the tables and from the documents' types: JSON Schemas, for editors and other programs.

`python -m campaignctl.deriving` writes them to `schemas/`; `published` reads what was shipped.
"""
