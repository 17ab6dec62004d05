"""The closed vocabularies: each value is the word used in files, on screens and in reports."""

from enum import StrEnum


class Sex(StrEnum):
    """As recorded; used only through terms of approval, sharing and safety."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Deadline(StrEnum):
    """Why a home is needed by a date."""

    EMERGENCY = "emergency"
    STATUTORY = "statutory"
    PLANNED = "planned"


class CareType(StrEnum):
    """Kinds of care that a home may be approved for and a child may need."""

    SHORT_TERM = "short-term"
    LONG_TERM = "long-term"
    EMERGENCY = "emergency"
    SHORT_BREAK = "short-break"
    RESPITE = "respite"
    PARENT_AND_CHILD = "parent-and-child"
    REMAND = "remand"
    EARLY_PERMANENCE = "early-permanence"
    ADOPTION = "adoption"
    SUPPORTED_LODGINGS = "supported-lodgings"


class HomeKind(StrEnum):
    """What sort of home it is (section 22C(6) and the return's placement groups)."""

    FOSTER = "foster"
    CONNECTED = "connected"
    ADOPTIVE = "adoptive"
    SUPPORTED_LODGINGS = "supported-lodgings"
    SUPPORTED_ACCOMMODATION = "supported-accommodation"
    RESIDENTIAL = "residential"


class Provider(StrEnum):
    """Who runs or supervises the home."""

    OWN = "own"
    OTHER_AUTHORITY = "other-authority"
    INDEPENDENT_AGENCY = "independent-agency"
    VOLUNTARY_AGENCY = "voluntary-agency"
    REGIONAL_ADOPTION_AGENCY = "regional-adoption-agency"


class ApprovalStatus(StrEnum):
    """Standing of the approval (Fostering Services Regulations 2011; Care Planning Regulations 2010)."""

    APPROVED = "approved"
    TEMPORARY_CONNECTED = "temporary-connected"
    TEMPORARY_ADOPTER = "temporary-adopter"
    IN_ASSESSMENT = "in-assessment"
    SUSPENDED = "suspended"
    ENDED = "ended"


class PlaceState(StrEnum):
    """State of the home's free places: approved minus filled is not vacancy."""

    VACANT = "vacant"
    FILLED = "filled"
    NOT_AVAILABLE = "not-available"


class Hold(StrEnum):
    """A reason why the home may not be asked for now."""

    NONE = "none"
    ON_HOLD = "on-hold"
    HOLIDAY = "holiday"
    RESPITE_BOOKED = "respite-booked"
    UNDER_INVESTIGATION = "under-investigation"
    CONSIDERING_RESIGNING = "considering-resigning"
    NEEDS_OF_CHILD_IN_PLACEMENT = "needs-of-child-in-placement"
    CARER_BREAK = "carer-break"
    STAYING_PUT = "staying-put"
    HOUSEHOLD_CHANGE = "household-change"
    BEDROOM = "bedroom"
    SIBLINGS_ONLY = "siblings-only"
    ASSESSMENT = "assessment"


class SiblingPlan(StrEnum):
    """Outcome of the together-or-apart assessment."""

    TOGETHER_REQUIRED = "together-required"
    TOGETHER_PREFERRED = "together-preferred"
    NAMED_SUBSETS = "named-subsets"
    APART_WITH_CONTACT = "apart-with-contact"
    APART_WITHOUT_CONTACT = "apart-without-contact"
    NOT_ASSESSED = "not-assessed"


class LivesWith(StrEnum):
    """Who the child can live alongside (Placements Data Standard v2)."""

    SOLO = "solo"
    WITH_OTHERS = "with-others"
    ONLY_OLDER = "only-older"
    ONLY_YOUNGER = "only-younger"
    NO_PREFERENCE = "no-preference"


class PetNeed(StrEnum):
    """Whether there may or should be animals in the home."""

    MUST = "must"
    CAN = "can"
    NO = "no"


class Suitability(StrEnum):
    """How a kind of care suits the child, as assessed."""

    PREFERRED = "preferred"
    SUITABLE = "suitable-not-preferred"
    UNSUITABLE = "unsuitable"


class Severity(StrEnum):
    """How strong an allergy is."""

    NONE = "none"
    MILD = "mild"
    SEVERE = "severe"


class LegalStatus(StrEnum):
    """SSDA903 legal status codes."""

    INTERIM_CARE_ORDER = "C1"
    FULL_CARE_ORDER = "C2"
    FREEING_ORDER = "D1"
    PLACEMENT_ORDER = "E1"
    SECTION_20 = "V2"
    SHORT_BREAKS_EPISODES = "V3"
    SHORT_BREAKS_AGREEMENT = "V4"
    POLICE_PROTECTION = "L1"
    EMERGENCY_PROTECTION_ORDER = "L2"
    CHILD_ASSESSMENT_ORDER = "L3"
    REMAND = "J1"
    PACE = "J2"
    YOUTH_REHABILITATION_ORDER = "J3"


class CarePlan(StrEnum):
    """Where the plan for the child leads."""

    RETURN_HOME = "return-home"
    LONG_TERM_FOSTERING = "long-term-fostering"
    ADOPTION = "adoption"
    SPECIAL_GUARDIANSHIP = "special-guardianship"
    INDEPENDENCE = "independence"
    BEING_DECIDED = "being-decided"


class Skill(StrEnum):
    """What a child may need of carers and carers may offer."""

    THERAPEUTIC = "therapeutic"
    PACE = "pace"
    DISABILITY = "disability"
    MEDICAL_PROCEDURES = "medical-procedures"
    AUTISM = "autism"
    TRAUMA = "trauma"
    SEPARATED_CHILDREN = "separated-children"
    PARENT_AND_CHILD = "parent-and-child"
    REMAND = "remand"
    SIBLING_GROUPS = "sibling-groups"
    TEENAGERS = "teenagers"
    BABIES = "babies"
    MAKATON = "makaton"
    BSL = "bsl"


class Adaptation(StrEnum):
    """What the building needs or has."""

    GROUND_FLOOR_BEDROOM = "ground-floor-bedroom"
    WHEELCHAIR_ACCESS = "wheelchair-access"
    HOIST = "hoist"
    ADAPTED_BATHROOM = "adapted-bathroom"


class Condition(StrEnum):
    """Health conditions that bear on which home is safe."""

    ASTHMA = "asthma"
    RESPIRATORY = "respiratory"
    HEART = "heart"
    GLUE_EAR = "glue-ear"
    EPILEPSY = "epilepsy"
    DIABETES = "diabetes"
    OTHER = "other"


class Communication(StrEnum):
    """Specific communication needs (Placements Data Standard v2)."""

    ESOL = "esol"
    BSL = "bsl"
    MAKATON = "makaton"
    OTHER = "other"


class Support(StrEnum):
    """Extra support asked for or offered."""

    SUPERVISION = "supervision"
    THERAPY = "therapy"
    RESPITE_WORKER = "respite-worker"
    TAXI = "taxi"


class StatedNeed(StrEnum):
    """An identity need that the child or the plan states; only then may a criterion use it."""

    LANGUAGE = "language"
    RELIGION = "religion"
    CULTURE = "culture"
    DIET = "diet"


class Pet(StrEnum):
    """Animals in the home."""

    DOG = "dog"
    CAT = "cat"
    OTHER = "other"
