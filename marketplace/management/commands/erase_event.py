"""``manage.py erase_event``: take a person's words out of an event, on their demand; the log stays whole."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.foundation.actor import Actor
from traceability import events
from traceability.models import TraceEvent


class Command(BaseCommand):
    help = "Erase the words of one event and who wrote it, for good; kind, day, lot and its line stay."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("event", type=uuid.UUID)
        parser.add_argument(
            "--reason", required=True, help="who asked for it and why; goes to the audit trail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        event = TraceEvent.objects.filter(pk=options["event"]).first()
        if event is None:
            raise CommandError("There is no such event.")
        by = Actor(user_id=None, label="erase_event", channel="command")
        try:
            events.erase(event, reason=options["reason"], by=by)
        except events.EventRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Erased.")
