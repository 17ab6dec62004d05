"""A plan for everybody, made by the worker."""

from api.services import matching
from api.services.matching import Asked
from api.worker.bench import Bench


def work(bench: Bench) -> None:
    """Plan with what was asked, and keep the plan; the caseload is the one of this moment."""
    bench.say(5, "reads the caseload")
    user, seal = bench.user, bench.store.seal
    asked = Asked.from_told(bench.asked)
    with bench.store.reading() as session:
        caseload = matching.caseload_now(session, seal, bench.maps, user, bench.day)
        promised = matching.promised_since(session, user, asked)
    policy = bench.policy
    bench.say(20, "looks for the best plan")
    plan = matching.make(caseload, policy, asked, promised, lambda said: bench.say(30, said))
    bench.say(95, "keeps the plan")
    bench.finish(
        "propose-plan",
        "plan",
        lambda session: {"plan": matching.keep(session, seal, user, caseload, policy, asked, plan).id},
        plan_hash=plan["plan_hash"],
    )
