"""Runs the command line: as `campaignctl`, and as `python -m campaignctl`."""

import gc


def start() -> None:
    """Runs it in this process.

    What is imported first is many objects and no garbage; `main` says how often the collector looks from there on.
    """
    gc.disable()
    from campaignctl.cli.main import main

    main()


if __name__ == "__main__":
    start()
