"""``manage.py relay``: the relay of server mode, one process beside web and workers."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from marketplace import relay


class Command(BaseCommand):
    help = "Look once a second after outbox rows that no worker has taken up; run one beside the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        relay.run(stop)
