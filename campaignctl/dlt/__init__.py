"""Describes India's registered templates: the document that holds them, and how a text is checked against its own."""
