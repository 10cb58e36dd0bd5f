"""The table of scans in parts of a week, on PostgreSQL: made ahead, and dropped whole when they are old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from marketplace.foundation.periodic import period_start

from .models import Scan

WEEK = dt.timedelta(weeks=1)
AHEAD = 4  # weeks
TABLE = Scan._meta.db_table

_made: set[dt.datetime] = set()


def make_for(moments: Iterable[dt.datetime]) -> None:
    """See that there is a part for each of ``moments``; asks nothing for weeks that this process has seen."""
    if connection.vendor != "postgresql":
        return
    for start in sorted({period_start(moment, WEEK) for moment in moments} - _made):
        name = f"{TABLE}_{start:%Y%m%d}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None:
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {TABLE} FOR VALUES FROM (%s) TO (%s)",
                    [start, period_start(start + WEEK * 1.5, WEEK)],
                )
        _made.add(start)


def make_ahead() -> None:
    """Make the parts of this week and the next four: where nobody drains, a new week must not wait for one."""
    make_for(timezone.now() + WEEK * number for number in range(AHEAD + 1))


def drop_before(moment: dt.datetime) -> None:
    """Drop the parts that end before ``moment``; where the table has none, delete the rows before it."""
    if connection.vendor != "postgresql":
        Scan.objects.filter(at__lt=moment).delete()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [TABLE]
        )
        for (name,) in cursor.fetchall():
            start = dt.date.fromisoformat(name.rpartition("_")[2])
            if start + WEEK <= timezone.localtime(moment).date():
                cursor.execute(f"DROP TABLE {name}")
