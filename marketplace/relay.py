"""The relay: once a second it looks after outbox rows that nobody has taken up."""

import logging
import threading
from pathlib import Path

from django.db import close_old_connections

from marketplace.foundation import outbox

logger = logging.getLogger(__name__)


def run(stop: threading.Event, every: float = 1.0, *, sign: Path | None = None) -> None:
    """Call ``outbox.relay_once`` each ``every`` seconds until ``stop`` is set; outlives a database that
    goes away. Touches the file ``sign`` after each round that went well.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            outbox.relay_once()
            if sign:
                sign.touch()
        except Exception as error:
            logger.error("the relay stumbled: %s", outbox.describe(error))
        finally:
            close_old_connections()
        stop.wait(every)
