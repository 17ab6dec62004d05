"""The rules about adopters, read a second time."""

from collections.abc import Mapping, Sequence

from matching.checker.setting_checks import MET, NOT_MET, yes_or_unknown
from matching.domain import CareType, Caseload, Child, Home, HomeKind, Verdict


def not_reserved(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2005 Regulations 31 to 35: a link in force holds the adopters for that family and the child for those adopters."""
    for linked, reserved in caseload.linked:
        if linked == child.ref and reserved != home.ref:
            return NOT_MET
        family = linked == child.ref or caseload.siblings(linked, child.ref)
        if reserved == home.ref and not family:
            return NOT_MET
    return MET


def early_permanence(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2010 Regulations 25A: carers approved for both, or for this very child."""
    if child.early_permanence_home == home.ref:
        return MET
    other = yes_or_unknown(None if child.care_type is None else child.care_type is not CareType.EARLY_PERMANENCE)
    return max(other, yes_or_unknown(home.early_permanence))


def one_family(caseload: Caseload, settings: Mapping[str, object], home: Home, newcomers: Sequence[Child]) -> Verdict:
    """Adopters take one child or one group, counting those who live there already."""
    everybody = [*caseload.households[home.ref].residents, *newcomers]
    families = {child.sibling_group or child.ref for child in everybody}
    return NOT_MET if home.kind is HomeKind.ADOPTIVE and len(families) > 1 else MET
