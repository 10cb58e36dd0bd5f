"""``manage.py erase_event``: take a person's words out of an event, on their demand; the log stays whole."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.foundation.actor import Actor
from traceability import events, uploads
from traceability.models import EventUpload, TraceEvent


class Command(BaseCommand):
    help = "Erase words, photos and writer of one event, for good; kind, day, lot and its line stay."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("event", type=uuid.UUID)
        parser.add_argument(
            "--reason", required=True, help="who asked for it and why; goes to the audit trail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        event = TraceEvent.objects.filter(pk=options["event"]).first()
        upload = EventUpload.objects.filter(pk=options["event"]).first()
        by = Actor(user_id=None, label="erase_event", channel="command")
        try:
            if event is not None:
                events.erase(event, reason=options["reason"], by=by)
            elif upload is not None:  # held for a closed lot, or put aside
                uploads.erase(upload, reason=options["reason"], by=by)
            else:
                raise CommandError("There is no such event.")
        except events.EventRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Erased.")
