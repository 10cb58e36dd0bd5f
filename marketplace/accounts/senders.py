"""Senders of SMS and Zalo texts: one interface, one sender for development."""

from abc import ABC, abstractmethod

from django.conf import settings
from django.utils.module_loading import import_string

from .models import SentMessage


class Sender(ABC):
    """Carries one short text to one phone. ``settings.SMS_SENDER`` names the class in use; it takes no
    arguments.
    """

    @abstractmethod
    def send(self, channel: str, to: str, text: str, key: str) -> None:
        """Send ``text`` over ``channel`` ("sms", "zalo") to the phone number ``to``.

        Called outside of any transaction and possibly more than once with the same ``key``: hand it to the
        provider as the idempotency key. Return when the provider took the text; raise to have it tried again.
        """


class RecordingSender(Sender):
    """Keeps each text as a ``SentMessage`` and sends nothing: for development and the demo market."""

    def send(self, channel: str, to: str, text: str, key: str) -> None:
        SentMessage.objects.get_or_create(
            key=f"{channel}:{key}", defaults={"channel": channel, "to": to, "text": text}
        )


def get_sender() -> Sender:
    """Return a sender of the class that ``settings.SMS_SENDER`` names; ImportError when there is none."""
    sender: Sender = import_string(settings.SMS_SENDER)()
    return sender
