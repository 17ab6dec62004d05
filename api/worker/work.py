"""One job from beginning to end, in the process that was made for it."""

from api.db.store import Store
from api.db.tables import Job
from api.errors import ServiceError, Stopped, of_core
from api.security.accounts import now
from api.services import jobs
from api.services.geography import maps
from api.services.jobs import JobKind, State
from api.settings import Settings
from api.worker import exports, imports, plans, trials
from api.worker.bench import Bench, who_asked
from api.worker.problems import as_problem, died, failed, too_large
from matching.errors import MatchingError


def _forecast(bench: Bench) -> None:
    from api.worker import forecasts  # frames and pictures take seconds to import, which no plan should wait for

    forecasts.work(bench)


WORK = {
    JobKind.PLAN: plans.work,
    JobKind.IMPORT: imports.work,
    JobKind.FORECAST: _forecast,
    JobKind.EXPORT: exports.work,
    JobKind.TRIAL: trials.work,
}


def do(settings: Settings, store: Store, job: str) -> None:
    """Begin a job and do it here, unless it is settled."""
    tries = jobs.begun(store, job)
    if tries > jobs.MOST_TRIES:
        failed(store, job, died(tries - 1))
    elif tries:
        perform(settings, store, job)


def perform(settings: Settings, store: Store, job: str) -> None:
    """Do a job that has begun; whatever happens short of the process dying, it is settled after."""
    try:
        bench, kind = _bench(settings, store, job)
        bench.user.needs(jobs.NEEDS[kind])
        WORK[kind](bench)
    except Stopped:
        failed(store, job, {}, State.CANCELLED)
    except MatchingError as fault:
        failed(store, job, as_problem(of_core(fault)))
    except ServiceError as fault:
        failed(store, job, as_problem(fault))
    except MemoryError:
        failed(store, job, too_large())


def _bench(settings: Settings, store: Store, job: str) -> tuple[Bench, JobKind]:
    with store.reading() as session:
        row = session.get_one(Job, job)
        user = who_asked(session, row.by)
        return Bench(store, maps(), settings, job, user, dict(row.asked), now().date()), JobKind(row.kind)
