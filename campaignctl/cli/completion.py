"""Implements `campaignctl completion`."""

from __future__ import annotations

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import global_options

PROGRAM, VARIABLE = "campaignctl", "_CAMPAIGNCTL_COMPLETE"


@click.command("completion")
@global_options
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def command(options: GlobalOptions, shell: str) -> int:  # noqa: ARG001
    """Print the completion script of a shell: source it where the shell starts.

    \b
    bash: eval "$(campaignctl completion bash)"   in ~/.bashrc
    zsh:  eval "$(campaignctl completion zsh)"    in ~/.zshrc
    fish: campaignctl completion fish > ~/.config/fish/completions/campaignctl.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows these shells"
    root = click.get_current_context().find_root().command
    # the base class's own: those of the shells start the shell to ask for its version
    output.result(ShellComplete.source(kind(root, {}, PROGRAM, VARIABLE)))
    return 0
