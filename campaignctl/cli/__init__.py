"""The commands: parse, call, render, write. The only place that knows arguments, environment and terminal.

`main` finds the command, `options` holds what all share, `session` opens project and account, `output` writes.
One module per command.
"""
