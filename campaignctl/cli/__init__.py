"""Defines the commands: parse, call, render, write.

Only here are arguments, environment and terminal known. `main` finds the command, `options` holds what all share;
opening a project, planning and writing are `app`'s. There is one module for each command.
"""
