"""Loops beside the workers: the relay looks after outbox rows that nobody has taken up, the drain writes scans."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from django.db import close_old_connections

from marketplace.foundation import outbox

logger = logging.getLogger(__name__)


def run(
    stop: threading.Event,
    every: float = 1.0,
    *,
    work: Callable[[], object] | None = None,
    sign: Path | None = None,
) -> None:
    """Call ``work`` (``outbox.relay_once``) each ``every`` seconds until ``stop`` is set; outlives a database that
    goes away. Touches the file ``sign`` after each round that went well.
    """
    work = work or outbox.relay_once
    while not stop.is_set():
        close_old_connections()
        try:
            work()
            if sign:
                sign.touch()
        except Exception as error:
            logger.error("%s stumbled: %s", work.__qualname__, outbox.describe(error))
        finally:
            close_old_connections()
        stop.wait(every)
