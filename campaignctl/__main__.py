"""Runs the command line as `python -m campaignctl`."""

from campaignctl.cli.main import main

if __name__ == "__main__":
    main()
