"""``manage.py`` on one fixed market morning with codes that come out alike each time, for pictures to compare.

    python tests/journeys/still.py serve --port 8000

The clock runs; SIGUSR1 moves it on to the next quarter of an hour.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import secrets
import signal
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

MORNING = dt.datetime(2026, 11, 15, 7, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
QUARTER = dt.timedelta(minutes=15)


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    secrets.choice = random.Random(sys.argv[1]).choice  # numbers of orders, codes on labels; never a key
    clock = time_machine.travel(MORNING).start()

    def later(*_: Any) -> None:
        passed = dt.datetime.now(MORNING.tzinfo) - MORNING
        clock.move_to(MORNING + (passed // QUARTER + 1) * QUARTER)

    signal.signal(signal.SIGUSR1, later)
    from django.core.management import execute_from_command_line

    execute_from_command_line()


if __name__ == "__main__":
    main()
