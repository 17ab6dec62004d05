"""The web process or the worker, on a clock that is ahead: `python -m tests.soak.process web PORT`, `... worker`."""

import os
import sys

from tests.soak import ahead, put_ahead  # before everything else of the service

TAKEN = put_ahead.__name__


def web(port: int) -> None:
    """The service as `placements serve --alone` runs it."""
    import uvicorn

    from api.main import create_app
    from api.settings import Settings

    app = create_app(Settings.from_environment(), today=ahead.today, clock=ahead.now)
    uvicorn.run(app, port=port, log_level="warning", access_log=False, timeout_keep_alive=75)


def worker() -> None:
    """The worker as it runs beside a web process; the process that jobs are copies of has the clock too."""
    from api.db.opening import opened
    from api.settings import Settings
    from api.worker import apart, queue

    apart.FORKING.set_forkserver_preload([TAKEN, "api.worker.work", "psycopg"])
    settings = Settings.from_environment()
    queue.run(settings, opened(settings), os.getppid())


if __name__ == "__main__":
    web(int(sys.argv[2])) if sys.argv[1] == "web" else worker()
