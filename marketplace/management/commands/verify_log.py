"""``manage.py verify_log``: work the log of events out anew and say what does not fit, row by row."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from traceability import log


class Command(BaseCommand):
    help = (
        "Recompute the whole log from the database; ends with 1 and names the rows that were tampered with."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="FILE",
            help="a checkpoint kept elsewhere, as the alliance got it by e-mail; the log must continue it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outside = [Path(name).read_text(encoding="utf-8") for name in options["checkpoint"]]
        except (OSError, UnicodeDecodeError) as why:
            raise CommandError(str(why)) from None
        faults = log.verify(outside)
        for fault in faults:
            self.stdout.write(fault)
        newest = log.newest()
        lines = f"{log.size()} lines, {newest.size if newest else 0} of them signed"
        self.stdout.write(
            f"{len(faults)} faults in {lines}." if faults else f"All is as it was written: {lines}."
        )
        if faults:
            sys.exit(1)
