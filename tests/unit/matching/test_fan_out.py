"""Work spread over this process, cores and a real Dask cluster: equal results, and none lost when a worker is killed."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from matching.errors import NoWorkers, Stopped
from matching.fan_out import CLUSTER, fan_out
from tests.lib.pieces import Read, dies_always, dies_once, dies_when_done, drawn, refuses, where, with_read

PIECES = {f"run {number}": (number,) for number in range(12)}


EXPECTED = {key: drawn(50, *arguments) for key, arguments in PIECES.items()}


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as made:
        yield made


@pytest.fixture(params=["here", "cores", "cluster"])
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """However the work is spread; the number of workers to ask for."""
    monkeypatch.delenv(CLUSTER, raising=False)
    if request.param == "cluster":
        monkeypatch.setenv(CLUSTER, request.getfixturevalue("cluster").scheduler_address)
    return 2 if request.param == "cores" else 1


def test_results_are_equal_and_by_key_wherever_the_work_is_done(workers: int) -> None:
    heard: list[tuple[int, int]] = []
    found = fan_out(drawn, PIECES, shared=(50,), workers=workers, told=lambda done, of: heard.append((done, of)))
    assert found == EXPECTED
    assert list(found) == list(PIECES)
    assert heard == [(done, 12) for done in range(1, 13)]


def test_what_is_shared_is_read_once_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A country's register takes seconds to read; a hundred pieces must not each read it. Two calls share nothing."""
    monkeypatch.delenv(CLUSTER, raising=False)
    for call in (1, 2):
        (folder := tmp_path / str(call)).mkdir()
        assert fan_out(with_read, PIECES, shared=(Read(folder),), workers=2) == {key: n for key, (n,) in PIECES.items()}
        assert 1 <= len(list(folder.iterdir())) <= 2


def test_workers_who_read_much_end_with_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CLUSTER, raising=False)
    monkeypatch.setattr("matching.fan_out.MUCH", 0)
    did = []
    for call in (1, 2):
        (folder := tmp_path / str(call)).mkdir()
        fan_out(where, PIECES, shared=(folder,), workers=2)
        did.append({int(mark.name.split("-")[1]) for mark in folder.iterdir()})
    assert did[0].isdisjoint(did[1])
    assert not any(Path(f"/proc/{worker}").exists() for worker in did[1])


def test_what_a_piece_raises_is_raised_once(workers: int) -> None:
    with pytest.raises(OSError, match="piece 3 has no file"):
        fan_out(refuses, PIECES, workers=workers)


def test_stopped_when_asked(workers: int) -> None:
    heard: list[int] = []
    with pytest.raises(Stopped, match="nothing was kept"):
        fan_out(
            drawn,
            PIECES,
            shared=(50,),
            workers=workers,
            told=lambda done, _: heard.append(done),
            stopped=lambda: len(heard) >= 2,
        )
    assert heard


def test_nothing_to_do_is_done(workers: int) -> None:
    assert fan_out(drawn, {}, shared=(50,), workers=workers) == {}


@pytest.mark.parametrize("workers", ["cores", "cluster"], indirect=True)
def test_a_piece_whose_worker_dies_is_done_again(workers: int, tmp_path: Path) -> None:
    assert fan_out(dies_once, PIECES, shared=(tmp_path,), workers=workers) == {
        key: number * number for key, (number,) in PIECES.items()
    }
    assert (tmp_path / "died").exists()


def test_results_lost_with_their_worker_are_found_again(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLUSTER, cluster.scheduler_address)
    assert fan_out(dies_when_done, PIECES, shared=(tmp_path,)) == {
        key: number * number for key, (number,) in PIECES.items()
    }
    assert {mark.name for mark in tmp_path.iterdir()} == {"died-3", "died-7", "died-11"}


def test_a_process_of_the_cluster_killed_from_outside_during_the_run(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLUSTER, cluster.scheduler_address)
    killed: list[int] = []

    def who_works() -> set[int]:
        return {int(path.name.split("-")[1]) for path in tmp_path.iterdir()}

    def told(done: int, _of: int) -> None:
        if done == 4:
            killed.append(min(who_works()))
            os.kill(killed[0], signal.SIGKILL)

    pieces = {number: (number,) for number in range(20)}
    assert fan_out(where, pieces, shared=(tmp_path,), told=told) == {number: number for number in pieces}
    assert killed[0] != os.getpid()
    assert who_works() - set(killed), "others went on"
    with pytest.raises(ProcessLookupError):
        os.kill(killed[0], 0)


@pytest.mark.parametrize(
    ("workers", "said"),
    [("cores", "died 2 times"), ("cluster", "one worker after another")],
    indirect=["workers"],
)
def test_a_piece_that_always_takes_its_worker_down_is_told(
    workers: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.fan_out.TRIES", 2)
    with pytest.raises(NoWorkers, match=said):
        fan_out(dies_always, PIECES, workers=workers)


def test_a_cluster_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv(CLUSTER, address)
        monkeypatch.setattr("matching.fan_out.ANSWER_WITHIN", 0.5)
        with pytest.raises(NoWorkers, match=f"No scheduler answers at {address}.*unset {CLUSTER}"):
            fan_out(drawn, PIECES, shared=(50,))


def test_a_cluster_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCluster(n_workers=0, processes=True, dashboard_address="127.0.0.1:0") as empty:
        monkeypatch.setenv(CLUSTER, empty.scheduler_address)
        monkeypatch.setattr("matching.fan_out.ANSWER_WITHIN", 0.5)
        with pytest.raises(NoWorkers, match="has no workers"):
            fan_out(drawn, PIECES, shared=(50,))
