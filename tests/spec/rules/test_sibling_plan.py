"""What `sibling-plan` means, by example."""

from matching.rules.siblings import SiblingPlanKept
from tests.lib.spec_tables import check


def test_the_assessed_plan_is_kept() -> None:
    """Of a group of three, so many go to one home together."""
    check(
        SiblingPlanKept(),
        """
        group | children | plan | subsets | verdict
        3 | 3 | together-required | | met
        3 | 2 | together-required | | not met
        3 | 2 | together-preferred | | met
        3 | 1 | not-assessed | | met
        3 | 2 | named-subsets | C1+C2 | met
        3 | 1 | named-subsets | C1+C2 | not met
        3 | 3 | named-subsets | C1+C2 | met
        3 | 1 | apart-with-contact | | met
        3 | 2 | apart-with-contact | | not met
        """,
    )


def test_a_service_manager_may_split_by_name() -> None:
    """A decision for C1 opens C1 alone at that home, and nobody else; it never brings together who must live apart."""
    check(
        SiblingPlanKept(),
        """
        group | children | plan | subsets | decided by | verdict
        3 | 1 | together-required | | service-manager | met
        3 | 1 | together-required | | fostering-manager | not met
        3 | 2 | together-required | | service-manager | not met
        3 | 1 | named-subsets | C1+C2 | service-manager | met
        3 | 2 | apart-without-contact | | service-manager | not met
        """,
    )
