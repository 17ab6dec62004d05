"""`python -m tests.mutants [module ...]` turns every condition of the checker round and prints those that no test notices."""

import sys

from tests.mutants.noticing import CHECKER, every_case, survivors

tried, left = survivors(sys.argv[1:] or CHECKER, every_case())
print(f"{tried} mutants, {len(left)} survive")  # noqa: T201
sys.exit(1 if left else 0)
