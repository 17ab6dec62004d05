"""The rules about the kind of home, read a second time."""

from matching.checker.setting_checks import MET, NOT_KNOWN, NOT_MET, yes_or_unknown
from matching.domain import CareType, Caseload, Child, Home, HomeKind, Suitability, Verdict


def kind_of_home(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Adopters for adoption and early permanence alone; supported lodgings only where they are offered."""
    return min(_for_adoption(child, home), _for_lodgings(child, home), _what_adopters_take(child, home))


def _is(value: object, *these: object) -> bool | None:
    return None if value is None else value in these


def _for_adoption(child: Child, home: Home) -> Verdict:
    asked = _is(child.care_type, CareType.ADOPTION)
    fosters = yes_or_unknown(_is(home.kind, HomeKind.FOSTER, HomeKind.CONNECTED))
    adopts = max(yes_or_unknown(_is(home.kind, HomeKind.ADOPTIVE)), min(fosters, yes_or_unknown(home.early_permanence)))
    return max(yes_or_unknown(None if asked is None else not asked), adopts)


def _for_lodgings(child: Child, home: Home) -> Verdict:
    asked = _is(child.care_type, CareType.SUPPORTED_LODGINGS)
    offered = _is(home.kind, HomeKind.SUPPORTED_LODGINGS, HomeKind.SUPPORTED_ACCOMMODATION)
    return max(yes_or_unknown(None if asked is None else not asked), yes_or_unknown(offered))


def _what_adopters_take(child: Child, home: Home) -> Verdict:
    adopters = _is(home.kind, HomeKind.ADOPTIVE)
    theirs = yes_or_unknown(_is(child.care_type, CareType.ADOPTION, CareType.EARLY_PERMANENCE))
    return max(yes_or_unknown(None if adopters is None else not adopters), theirs)


def suits_as_assessed(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Placements Data Standard: a kind of care assessed as unsuitable; what is not specified is no objection."""
    assessed = {
        HomeKind.FOSTER: child.foster_care,
        HomeKind.CONNECTED: child.foster_care,
        HomeKind.RESIDENTIAL: child.residential_care,
        HomeKind.SUPPORTED_LODGINGS: child.supported_care,
        HomeKind.SUPPORTED_ACCOMMODATION: child.supported_care,
    }
    if home.kind is None:
        return NOT_KNOWN if Suitability.UNSUITABLE in assessed.values() else MET
    return NOT_MET if assessed.get(home.kind) is Suitability.UNSUITABLE else MET
