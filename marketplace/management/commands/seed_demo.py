"""Load the demo market once; a second call finds it and does nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.demo import market


class Command(BaseCommand):
    help = "Load the demo market (15 sellers, 69 products) through the public rules, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if market.is_there():
            self.stdout.write("Chợ demo đã có sẵn.")
            return
        self.stdout.write("Đang dựng chợ demo…")
        market.load(lambda words: self.stdout.write(f"  {words}"))
