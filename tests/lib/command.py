"""The command run in this process."""

import sys

from matching.cli import main


def placements(*arguments: str) -> int:
    """Run the command and give its exit code."""
    before, sys.argv = sys.argv, ["placements", *arguments]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0
