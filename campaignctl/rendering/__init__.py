"""Turns values into text. One module per format; nothing here prints, looks at the time or knows a terminal.

`as_json` turns a plan or a result into a *document*: the plain JSON data of the contract (`documents`), with
people's numbers and callback secrets already masked. Every other format (`as_text` …) reads a document and nothing
else, so that a saved plan is shown exactly as the plan it came from, and none can show what was masked.
"""
