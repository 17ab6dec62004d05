"""`python -m matching.cli` is the same as `placements`."""

from matching.cli.app import main

main()
