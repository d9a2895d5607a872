"""India's registered templates: the document that holds them, and how a text is held against its own."""
