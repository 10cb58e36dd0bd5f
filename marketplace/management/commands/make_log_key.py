"""``manage.py make_log_key``: the key that signs the log of events."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from traceability import log


class Command(BaseCommand):
    help = "Add a key to LOG_KEY_FILE and print its public half; older keys there sign along."

    def handle(self, *args: Any, **options: Any) -> None:
        verifier = log.make_key()
        self.stdout.write(f"{settings.LOG_KEY_FILE}: {verifier.vkey}")
