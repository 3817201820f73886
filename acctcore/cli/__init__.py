"""The `acctcore` command: the only place that reads files and prints."""

from acctcore.cli.main import main

__all__ = ["main"]
