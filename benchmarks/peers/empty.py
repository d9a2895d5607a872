"""Does nothing, as a click program."""

import click


@click.command()
def command() -> None:
    """Does nothing."""


if __name__ == "__main__":
    command()
