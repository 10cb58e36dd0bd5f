from typing import Any

from django.core.management.base import BaseCommand

from marketplace.accounts import push


class Command(BaseCommand):
    help = "Print a new key for web push, as a line for .env."
    requires_system_checks = ()  # an unreadable old key must not stand in the way of a new one

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"PUSH_PRIVATE_KEY={push.make_private_key()}")
