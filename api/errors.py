"""What the service refuses, each with its status; every fault of the core has one too.

ServiceError
├── NotSignedIn      401   no session, or one that has ended
├── NotAllowed       403   the role may not do this
├── NotHere          404   no such thing, or not in the person's authority (the two are not told apart)
├── Conflict         409   something changed; `changed` says what
├── Stopped          409   somebody stopped the job
├── Outdated         412   the edit was made on an older version
│   └── Taken        412   somebody, anybody, has this reference
├── Wrong            422   the request cannot be; `fields` says where
├── TooManyTries     429   wait
└── NotReachable     503   something outside does not answer
"""

from datetime import timedelta

from matching import errors as core


class ServiceError(Exception):
    """A refusal with its status; the text is fit to show and holds no personal data."""

    status = 500
    title = "A fault of ours"

    def __init__(self, detail: str, way_out: str = "", fields: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.detail, self.way_out, self.fields = detail, way_out, fields


class NotSignedIn(ServiceError):
    """Nobody is signed in."""

    status, title = 401, "Sign in first"


class NotAllowed(ServiceError):
    """The role may not do this."""

    status, title = 403, "Your role may not do this"


class NotHere(ServiceError):
    """There is no such thing for this person."""

    status, title = 404, "Not found"


class Conflict(ServiceError):
    """Something changed since."""

    status, title = 409, "Something changed"


class Stopped(ServiceError):
    """Somebody stopped the job."""

    status, title = 409, "The job was stopped"


class JobDied(Exception):
    """The process of a job ended before the job was settled; worth another try. Never seen outside the worker."""


class Outdated(ServiceError):
    """The edit was made on an older version."""

    status, title = 412, "Somebody else changed this"


class Taken(Outdated):
    """A new reference is one that somebody has; whose it is, is not told."""


class Wrong(ServiceError):
    """The request cannot be."""

    status, title = 422, "The request cannot be"


class TooManyTries(ServiceError):
    """Wait; `wait` is how long."""

    status, title = 429, "Too many tries"

    def __init__(self, detail: str, way_out: str = "", *, wait: timedelta) -> None:
        super().__init__(detail, way_out)
        self.wait = wait


class NotReachable(ServiceError):
    """Something that the service stands on does not answer; `wait` is how long until it is worth another try."""

    status, title = 503, "Not reachable just now"

    def __init__(self, detail: str, way_out: str = "", *, wait: timedelta = timedelta(seconds=10)) -> None:
        super().__init__(detail, way_out)
        self.wait = wait


CORE: dict[type[core.MatchingError], type[ServiceError]] = {
    core.UnreadableFile: Wrong,
    core.InconsistentCaseload: Wrong,
    core.UnknownReference: NotHere,
    core.PolicyRefused: Wrong,
    core.PlanRefused: Conflict,
    core.WrongChance: Wrong,
    core.NoProofInTime: Conflict,
    core.RoadsUnavailable: Conflict,
}


def of_core(fault: core.MatchingError) -> ServiceError:
    """The refusal for a fault of the core."""
    kind = next((CORE[one] for one in type(fault).__mro__ if one in CORE), Wrong)
    if isinstance(fault, core.UnreadableFile):
        fields = tuple(_of_file(one) for one in fault.faults)
        return kind(f"{len(fields)} faults; nothing was changed.", "Correct them and send it again.", fields)
    return kind(str(fault))


def _of_file(one: core.Fault) -> dict[str, str]:
    """A fault of a file by file, row and column; the cell itself stays out, since it may tell of somebody."""
    told = {"field": one.column or one.file, "reason": one.reason, "way_out": one.way_out}
    return {**told, "file": one.file, "row": str(one.row)} if one.row else told
