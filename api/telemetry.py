"""What operators see of a process: figures for Prometheus, lines of JSON, spans for OpenTelemetry. Nothing of it is about a person.

Figures and logs hold methods, routes as they are declared (never as they were asked), statuses, times and kinds of fault. The
registry is the process's own, as a process has one set of figures.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from pythonjsonlogger.json import JsonFormatter

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
STEPS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 2.0, 5.0, 15.0, 60.0)
ASKED = Counter("placements_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
TOOK = Histogram(
    "placements_request_seconds", "Seconds until the answer began.", ("route",), buckets=STEPS, registry=REGISTRY
)
AGAIN = Counter("placements_tried_again", "Acts tried again after a conflict.", registry=REGISTRY)
READY = Gauge("placements_ready", "1 when the record can be read and its tables fit.", registry=REGISTRY)
JOBS = Gauge("placements_jobs", "Jobs by state.", ("state",), registry=REGISTRY)
OLDEST = Gauge("placements_oldest_job_seconds", "Seconds that the oldest waiting job has waited.", registry=REGISTRY)
TRACER = trace.get_tracer("placements")
LOG = logging.getLogger("placements")


def figures() -> bytes:
    """All figures in the form that Prometheus reads."""
    return generate_latest(REGISTRY)


class Watched:
    """One request while it is answered; `answered` is told its route and status."""

    def __init__(self, method: str) -> None:
        self._method, self._began = method, time.perf_counter()

    def answered(self, route: str, status: int) -> None:
        """Count it, and write a line about it."""
        took = time.perf_counter() - self._began
        ASKED.labels(self._method, route, str(status)).inc()
        TOOK.labels(route).observe(took)
        told = {"method": self._method, "route": route, "status": status, "milliseconds": round(took * 1000, 1)}
        LOG.info("request", extra=told)


@contextmanager
def span(name: str) -> Iterator[None]:
    """A span of the trace, if the process was started with OpenTelemetry; else nothing."""
    with TRACER.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def log_as_json() -> None:
    """Write every log line of the service as one JSON object to standard error, for a journal to keep."""
    out = logging.StreamHandler(sys.stderr)
    renamed = {"asctime": "at", "levelname": "level", "name": "from", "message": "what"}
    out.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=renamed))
    LOG.handlers, LOG.propagate = [out], False
    LOG.setLevel(logging.INFO)
