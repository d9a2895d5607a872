"""Applies rules of a project's own: JSON Schemas that its manifests must satisfy.

`jsonschema` is imported here alone, and only where a project names a rule file.
"""
