"""Roles, what each may do, and who may agree to lift a rule; one table, read by routes, tests and the documentation."""

from enum import StrEnum


class May(StrEnum):
    """One thing that a route asks for."""

    SEE_CASES = "see-cases"
    REFER = "refer"
    CHANGE_HOMES = "change-homes"
    PROPOSE = "propose"
    DECIDE = "decide"
    AGREE = "agree"
    IMPORT = "import"
    EXPORT = "export"
    FORECAST = "forecast"
    DRAFT_POLICY = "draft-policy"
    SIGN_POLICY = "sign-policy"
    ASK_RELEASE = "ask-release"
    AGREE_RELEASE = "agree-release"
    BREAK_GLASS = "break-glass"
    REVIEW = "review"
    RETAIN = "retain"
    SUBJECT_ACCESS = "subject-access"
    READ_TRAIL = "read-trail"
    MANAGE_PEOPLE = "manage-people"
    SELF = "self"


class Role(StrEnum):
    """What somebody is to the service."""

    DUTY_OFFICER = "duty-officer"
    FAMILY_FINDER = "family-finder"
    TEAM_MANAGER = "team-manager"
    NOMINATED_OFFICER = "nominated-officer"
    DIRECTOR = "director-of-childrens-services"
    COMMISSIONER = "commissioner"
    ANALYST = "analyst"
    DATA_MANAGER = "data-manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    # roles of the rule table, who may agree to lift one rule for one child and home
    SERVICE_MANAGER = "service-manager"
    FOSTERING_MANAGER = "fostering-manager"
    AGENCY_DECISION_MAKER = "agency-decision-maker"
    FOSTERING_MANAGER_AND_HEALTH = "fostering-manager-and-health"
    PLACING_AUTHORITY = "placing-authority"
    SUPERVISING_SOCIAL_WORKER = "supervising-social-worker"


_OFFICER = {
    May.SEE_CASES, May.REFER, May.CHANGE_HOMES, May.PROPOSE, May.DECIDE, May.ASK_RELEASE, May.BREAK_GLASS
}  # fmt: skip
_AGREES = {May.SEE_CASES, May.AGREE}
_MANAGES = {May.AGREE_RELEASE, May.REVIEW}
MAY: dict[Role, frozenset[May]] = {
    Role.DUTY_OFFICER: frozenset(_OFFICER),
    Role.FAMILY_FINDER: frozenset(_OFFICER),
    Role.TEAM_MANAGER: frozenset({*_OFFICER, *_MANAGES, May.AGREE, May.EXPORT, May.DRAFT_POLICY}),
    Role.NOMINATED_OFFICER: frozenset({*_AGREES, *_MANAGES, May.DRAFT_POLICY}),
    Role.DIRECTOR: frozenset({*_AGREES, *_MANAGES, May.SIGN_POLICY}),
    Role.COMMISSIONER: frozenset({May.FORECAST}),
    Role.ANALYST: frozenset({May.FORECAST}),
    Role.DATA_MANAGER: frozenset({May.IMPORT, May.SEE_CASES, May.RETAIN, May.SUBJECT_ACCESS, May.EXPORT}),
    Role.AUDITOR: frozenset({May.READ_TRAIL}),
    Role.ADMINISTRATOR: frozenset({May.MANAGE_PEOPLE}),
    Role.SERVICE_MANAGER: frozenset(_AGREES),
    Role.FOSTERING_MANAGER: frozenset(_AGREES),
    Role.AGENCY_DECISION_MAKER: frozenset(_AGREES),
    Role.FOSTERING_MANAGER_AND_HEALTH: frozenset(_AGREES),
    Role.PLACING_AUTHORITY: frozenset(_AGREES),
    Role.SUPERVISING_SOCIAL_WORKER: frozenset(_AGREES),
}

NO_CASE = frozenset({May.SELF, May.READ_TRAIL, May.MANAGE_PEOPLE})
CASES = frozenset(May) - NO_CASE  # what nobody may do without belonging to an authority or a pool
MACHINES = frozenset(
    {May.SEE_CASES, May.REFER, May.CHANGE_HOMES, May.PROPOSE, May.IMPORT, May.READ_TRAIL}
)  # a machine brings and fetches; people decide, agree, release and erase


def allowed(roles: list[str]) -> frozenset[May]:
    """Everything that somebody with these roles may do; each may see to themself."""
    return frozenset({May.SELF}).union(*(MAY[Role(role)] for role in roles))
