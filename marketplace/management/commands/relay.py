"""``manage.py relay``: the relay of server mode, one process beside web and workers."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace import relay
from marketplace.foundation import outbox


class Command(BaseCommand):
    help = "Look once a second after outbox rows that no worker has taken up; run one beside the workers."
    work = staticmethod(outbox.relay_once)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign", type=Path, help="file touched after each good round, for health checks")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        relay.run(stop, work=self.work, sign=options["sign"])
