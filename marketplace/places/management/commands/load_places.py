from typing import Any

from django.core.management.base import BaseCommand

from marketplace.places.loading import load


class Command(BaseCommand):
    help = "Load provinces, communes, old communes and banks from marketplace/places/data; may run again."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load()
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in counts.items()))
