"""The `placements` command: a contract that other programs call."""

from matching.cli.app import main

__all__ = ["main"]
