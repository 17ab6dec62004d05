"""Pieces of work for tests of spreading it; in a module of their own that a new process imports in no time."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np


def drawn(size: int, number: int) -> tuple[int, float]:
    return number, float(np.random.default_rng(number).random(size).sum())


def dies_once(folder: Path, number: int) -> int:
    """Piece 3 takes its worker down the first time, as a machine that runs out of memory would."""
    mark = folder / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def dies_when_done(folder: Path, number: int) -> int:
    """Some pieces are done when their worker goes down, and what they found goes with it."""
    mark = folder / f"died-{number}"
    if number % 4 == 3 and not mark.exists():
        mark.touch()
        threading.Timer(0.003 * (number // 4), os.kill, (os.getpid(), signal.SIGKILL)).start()
    return number * number


def dies_always(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuses(number: int) -> int:
    if number == 3:
        raise OSError("piece 3 has no file")
    return number


def where(folder: Path, number: int) -> int:
    """Says which process does it and takes long enough that every worker has something to do when one is killed."""
    (folder / f"{number}-{os.getpid()}").touch()
    busy_until = time.process_time() + 0.05
    while time.process_time() < busy_until:
        pass
    return number


class Read:
    """Something shared that notes in a folder each time that a process reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __setstate__(self, state: dict[str, Path]) -> None:
        self.__dict__.update(state)
        (self.folder / f"{os.getpid()}-{time.monotonic_ns()}").touch()


def with_read(read: Read, number: int) -> int:
    return number if read.folder.is_dir() else -1
