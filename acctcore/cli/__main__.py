"""Runs the command as `python -m acctcore.cli`."""

import sys

from acctcore.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
