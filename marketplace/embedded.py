"""Embedded mode: worker, beat, relay and drain as threads of the one web process; no Redis.

The broker is memory of this process, so exactly one process may run (``marketplace.checks`` refuses more).
A kill loses only hints: what is to be done stands in the outbox, and the relay finds it after the next
start.
"""

import logging
import os
import threading
import time

from django.db import connection

from marketplace import relay
from marketplace.celery import app
from marketplace.foundation import outbox
from traceability import looks

logger = logging.getLogger(__name__)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


class Jobs:
    """The running jobs of this process: ``start()`` once, after ``django.setup()``; ``stop()`` before
    leaving.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._busy = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start two worker threads, the beat, the relay and the drain as daemon threads; returns at once."""
        # Imported here: only a process that works carries the worker.
        from celery import signals
        from celery.beat import Scheduler, Service
        from celery.worker import WorkController

        logging.getLogger("celery.worker").removeFilter(_nothing)
        os.environ["CELERY_SKIP_CHECKS"] = "1"  # the command has run Django's checks already
        outbox.release()  # held by a copy of this process that was killed
        connection.close()
        app.conf.worker_enable_remote_control = False
        app.conf.beat_enable_remote_control = False
        app.finalize()
        signals.task_prerun.connect(self._began, weak=False)
        signals.task_postrun.connect(self._ended, weak=False)
        self._worker = WorkController(
            app=app,
            pool="threads",
            concurrency=2,
            loglevel="WARNING",
            hostname="embedded@local",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # The plain scheduler keeps its times in memory; the default one would leave a file where we stand.
        self._beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self._thread("embedded-worker", self._worker.start)
        self._thread("embedded-beat", self._beat.start)
        self._thread("embedded-relay", relay.run, self._stop)
        self._thread("embedded-drain", lambda: relay.run(self._stop, work=looks.drain))

    def stop(self, patience: float = 3.0) -> bool:
        """Take no new work and wait at most ``patience`` seconds for running tasks; False when one still
        runs.

        Leaving a running task behind is safe: its outbox row is taken up again when the lease is over.
        """
        self._stop.set()
        # A hint that comes while the worker's pool goes is lost; the outbox has what it hinted at, so no alarm.
        logging.getLogger("celery.worker").addFilter(_nothing)
        self._beat.stop()
        self._worker.signal_consumer_close()
        end = time.monotonic() + patience
        while self._busy and time.monotonic() < end:
            time.sleep(0.02)
        return not self._busy

    def _thread(self, name: str, run: object, *args: object) -> None:
        threading.Thread(target=run, args=args, name=name, daemon=True).start()  # type: ignore[arg-type]

    def _began(self, **_: object) -> None:
        with self._lock:
            self._busy += 1

    def _ended(self, **_: object) -> None:
        with self._lock:
            self._busy -= 1
