"""The commands: parse, call, render, write. The only place that knows arguments, environment and terminal.

`main` finds the command, `options` holds what all share; opening a project, planning and writing are `app`'s.
One module per command.
"""
