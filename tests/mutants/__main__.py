"""`python -m tests.mutants [module ...]` turns every condition of the checker round and prints those that no test notices."""

import sys

from tests.mutants.noticing import CHECKER, every_case, survivors

order = every_case()
for _, test in order:
    test()  # all pass as it is
tried, left = survivors(sys.argv[1:] or CHECKER, order)
print(f"{tried} mutants, {len(left)} survive")  # noqa: T201
sys.exit(1 if left else 0)
