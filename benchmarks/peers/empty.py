"""Is a click program that does nothing."""

import click


@click.command()
def command() -> None:
    """Does nothing."""


if __name__ == "__main__":
    command()
