"""Pieces of work that do not depend on each other, spread over cores or machines; results by key, whoever did them.

Where they run is configuration alone: one worker runs them here, several on the cores of this machine (joblib's loky),
and `PLACEMENTS_CLUSTER=tcp://...` on the Dask cluster whose scheduler listens there; its workers need this same release.
"""

import gc
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar

from matching.errors import NoWorkers, Stopped

if TYPE_CHECKING:
    from distributed import Client

Key = TypeVar("Key")
Result = TypeVar("Result")
CLUSTER = "PLACEMENTS_CLUSTER"
# a piece that took its worker down so often will do so again
TRIES = 3
LOOK_EVERY = 0.2
MUCH = 20 << 20  # bytes
ANSWER_WITHIN = 30
WAY_OUT = f"Start what is missing, or unset {CLUSTER} to use this machine."


def fan_out(
    work: Callable[..., Result],
    pieces: Mapping[Key, tuple[Any, ...]],
    *,
    shared: tuple[Any, ...] = (),
    workers: int = 1,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Key, Result]:
    """`work(*shared, *pieces[key])` for every key, in the order of the keys; work, arguments and results must pickle.

    `told(done, of)` hears of each piece that is done. `stopped` is asked several times a second (here: between
    pieces); yes ends in `Stopped`. What a piece raises is raised. A piece whose worker died is done again, `TRIES` times in
    all, then `NoWorkers` is raised, as where a cluster does not answer. A piece must not fan out itself.
    """
    address = os.environ.get(CLUSTER, "")
    if address:
        with _cluster(address) as client:
            at_workers = tuple(client.submit(_as_it_is, part, pure=False) for part in shared)
            found = _gather(lambda: _Cluster(client), work, pieces, at_workers, told, stopped)
    elif workers > 1 and len(pieces) > 1:
        with _laid_out(shared) as place:
            found = _gather(
                lambda: _cores(min(workers, len(pieces))), partial(_taking_up, place, work), pieces, (), told, stopped
            )
    else:
        found = {}
        for key, arguments in pieces.items():
            _go_on(stopped)
            found[key] = work(*shared, *arguments)
            told(len(found), len(pieces))
    return {key: found[key] for key in pieces}


def _gather(
    executor: Callable[[], Executor],
    work: Callable[..., Result],
    pieces: Mapping[Key, tuple[Any, ...]],
    shared: tuple[Any, ...],
    told: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> dict[Key, Result]:
    """Rounds until every piece has its result; a round more for those that a dead worker left undone."""
    found: dict[Key, Result] = {}
    for _ in range(TRIES):
        _go_on(stopped)
        pool = executor()
        open_now = {pool.submit(work, *shared, *pieces[key]): key for key in pieces if key not in found}
        try:
            for future in _as_they_come(open_now, stopped):
                if not isinstance(future.exception(), BrokenProcessPool):
                    found[open_now[future]] = future.result()
                    told(len(found), len(pieces))
        finally:
            for future in open_now:
                future.cancel()
        if len(found) == len(pieces):
            return found
    raise NoWorkers(
        f"{len(pieces) - len(found)} of {len(pieces)} pieces of work are not done: their workers died {TRIES} times. "
        "Give each worker more memory, or use fewer workers."
    )


def _as_they_come(futures: Mapping["Future[Result]", Key], stopped: Callable[[], bool]) -> Iterator["Future[Result]"]:
    left = set(futures)
    while left:
        done, left = wait(left, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
        yield from done
        _go_on(stopped)


def _go_on(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise Stopped("Stopped when asked; nothing was kept.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the workers of this machine find what a call shares, and a word that tells this call from all others."""

    path: str
    word: str
    value: tuple[Any, ...] = ()


_taken_up: dict[str, tuple[Any, ...]] = {}


@contextmanager
def _laid_out(shared: tuple[Any, ...]) -> Iterator[_Place]:
    """What a call shares, laid out once in memory that ends with this process and that no other user can read.

    Where the system has no such memory it goes with every piece. Workers who read much end with the call, so that
    what they hold is free again.
    """
    if not shared or not hasattr(os, "memfd_create"):
        yield _Place("", token_hex(8), shared)
        return
    with os.fdopen(os.memfd_create("shared"), "wb") as memory:
        with _uncollected():
            pickle.dump(shared, memory, protocol=pickle.HIGHEST_PROTOCOL)
        memory.flush()
        yield _Place(f"/proc/{os.getpid()}/fd/{memory.fileno()}", token_hex(8))
        if memory.tell() > MUCH:
            _cores(1).shutdown(wait=True)


def _taking_up(place: _Place, work: Callable[..., Result], *arguments: Any) -> Result:
    """The work with what is shared, which a worker reads once and keeps until the next call."""
    if place.word not in _taken_up:
        _taken_up.clear()
        gc.unfreeze()
        with _uncollected():
            # written by the process that started this one, and by nobody else
            read = pickle.loads(Path(place.path).read_bytes()) if place.path else place.value  # noqa: S301
        _taken_up[place.word] = read
        gc.freeze()  # it stays until the next call, so nobody need look through it for what is no longer held
    return work(*_taken_up[place.word], *arguments)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without collections of garbage in cycles: among millions of new objects of a country they double the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _cores(workers: int) -> Executor:
    # a second to import, which nobody should wait for who works here
    from joblib.externals.loky import get_reusable_executor

    pool: Executor = get_reusable_executor(max_workers=workers)
    return pool


class _Cluster(Executor):
    """A Dask cluster's client as an executor.

    Dask's own reads whether a piece is done, fetches its result and then reads again; a worker lost in between made it
    take the result for an error. Here whoever fetches waits until the piece is done anew.
    """

    def __init__(self, client: "Client") -> None:
        self._client = client

    def submit(self, work: Callable[..., Result], /, *arguments: Any, **named: Any) -> "Future[Result]":
        """Hand a piece of work to the cluster; what comes of it is there in a future of the standard library."""
        handed: Future[Result] = Future()
        self._client.submit(work, *arguments, pure=False, **named).add_done_callback(partial(_hand_over, handed))
        return handed


def _hand_over(handed: "Future[Result]", done: Any) -> None:
    """The result of a piece of the cluster, or what it raised, to whoever waits for it, if anybody still does."""
    if not handed.set_running_or_notify_cancel():
        return
    try:
        handed.set_result(done.result())
    except BaseException as fault:
        handed.set_exception(fault)


@contextmanager
def _cluster(address: str) -> Iterator["Client"]:
    """A client of the cluster whose scheduler listens there, and what goes wrong with it in words."""
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise NoWorkers(
            f"{CLUSTER} names a cluster, and Dask is not installed. Install placement-matching[cluster], or unset it."
        ) from None
    try:
        client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
    except OSError:
        raise NoWorkers(f"No scheduler answers at {address}. {WAY_OUT}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=ANSWER_WITHIN)
            yield client
        except TimeoutError:
            raise NoWorkers(f"The cluster at {address} has no workers. {WAY_OUT}") from None
        except CancelledError:
            raise NoWorkers(f"The cluster at {address} lost the work. {WAY_OUT}") from None
        except KilledWorker:
            raise NoWorkers(
                f"A piece of work took down one worker after another at {address}. Give each worker more memory."
            ) from None


def _as_it_is(value: Result) -> Result:
    return value
