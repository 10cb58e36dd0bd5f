"""``manage.py recount_stock``: what the nightly recount does, at once and in words."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from orders import recount


class Command(BaseCommand):
    help = (
        "Compare every counter of the stock with its rows; ends with 1 when something differs. Mends nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = recount.recount()
        for drift in found:
            self.stdout.write(str(drift))
        self.stdout.write(f"{len(found)} numbers differ." if found else "Every number is what its rows say.")
        if found:
            sys.exit(1)
