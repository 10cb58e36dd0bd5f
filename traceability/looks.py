"""Looks at codes: kept when a page is shown, written in batches by whoever drains. None is lost, none counts twice.

A look goes into a stream of Redis; into a table where there is no Redis, while it is away or when it is full. Draining
writes it as a Scan, adds it to its code's day and looks into the alarms, all in one transaction, and lets go of it
only after the commit; a look carries its own key, so one that is taken again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from marketplace.foundation.ids import new_id
from marketplace.foundation.rows import claimable, copy

from . import alarms, partitions, stream
from .alarms import Seen
from .models import Scan, TraceCode, WaitingScan

logger = logging.getLogger(__name__)

BATCH = 1000
BATCHES = 20  # in one round, so that whoever drains hears that it shall stop


class Look(NamedTuple):
    """One look at a code, in the order of the columns of both tables."""

    id: uuid.UUID
    code: str
    at: dt.datetime
    device: str = ""
    place: str = ""
    is_exact: bool = False


def count(code: str, seen: Seen | None = None) -> int:
    """Keep one look at a known code and return how many looks at it the stream holds, this one included.

    ``seen`` says by which device, for a packet's code. Never raises: no page fails because of its counter. A look is
    lost, with an error in the log, only when neither Redis nor the database takes it.
    """
    look = Look(new_id(), code, *(seen or Seen(timezone.now(), "")))
    waiting = stream.add(code, [look.id.hex, code, look.at.isoformat(), *look[3:]])
    if waiting is not None:
        return waiting
    try:
        WaitingScan(**look._asdict()).save(force_insert=True)
    except DatabaseError:
        logger.exception("a scan is lost")
    return 1


def drain() -> int:
    """Write the looks that wait, the table's first, and return how many were taken up; at most 20 batches a round.

    Any number of processes may drain at once. Raises whatever the database raises; nothing is let go of then.
    """
    taken = 0
    for _number in range(BATCHES):
        some = _drain_table() + _drain_stream()
        taken += some
        if not some:
            break
    return taken


def _drain_table() -> int:
    if not WaitingScan.objects.exists():  # on SQLite a transaction holds up all that write
        return 0
    with transaction.atomic():
        rows = claimable(WaitingScan.objects.order_by("at")).values_list(*Look._fields)[:BATCH]
        looks = [Look(*row) for row in rows]
        _write(looks)
        WaitingScan.objects.filter(pk__in=[look.id for look in looks]).delete()
    return len(looks)


def _drain_stream() -> int:
    taken = stream.take(BATCH)
    looks = [
        Look(uuid.UUID(key), code, dt.datetime.fromisoformat(at), *rest)
        for _, (key, code, at, *rest) in taken
    ]
    if looks:
        with transaction.atomic():
            _write(looks)
        stream.done((place, look.code) for (place, _), look in zip(taken, looks, strict=True))
    return len(looks)


def _write(looks: Sequence[Look]) -> None:
    """Write those of ``looks`` that are not written yet, with all that follows from them. Inside a transaction."""
    partitions.make_for(look.at for look in looks)
    new = _insert(looks)
    fresh = [look for look in looks if look.id in new]
    known = set(TraceCode.objects.filter(pk__in={look.code for look in fresh}).values_list("pk", flat=True))
    days = Counter((look.code, timezone.localdate(look.at)) for look in fresh if look.code in known)
    _add_to_days(days)
    alarms.check({look.code for look in fresh if look.device})
    alarms.check_lots({look.code for look in fresh})


def _insert(looks: Sequence[Look]) -> set[uuid.UUID]:
    """Write ``looks`` as Scans and return the keys of those that were not there: by COPY on PostgreSQL."""
    columns = ", ".join(Look._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS new_scans (LIKE {_SCANS}) ON COMMIT DELETE ROWS")
            cursor.execute("DELETE FROM new_scans")  # of an earlier batch of this transaction
            copy("new_scans", Look._fields, looks)
            cursor.execute(
                f"INSERT INTO {_SCANS} ({columns}) SELECT {columns} FROM new_scans "
                "ON CONFLICT (at, id) DO NOTHING RETURNING id"
            )
            return {key for (key,) in cursor.fetchall()}
        found: set[uuid.UUID] = set()
        for start in range(0, len(looks), _ROWS_AT_ONCE):
            some = looks[start : start + _ROWS_AT_ONCE]
            values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
            at = connection.ops.adapt_datetimefield_value
            words = [word for look in some for word in look._replace(id=look.id.hex, at=at(look.at))]  # type: ignore[arg-type]
            cursor.execute(f"INSERT OR IGNORE INTO {_SCANS} ({columns}) VALUES {values} RETURNING id", words)
            found |= {uuid.UUID(key) for (key,) in cursor.fetchall()}
        return found


def _add_to_days(days: Counter[tuple[str, dt.date]]) -> None:
    # In one order, so that two processes never wait for each other's rows.
    as_date = connection.ops.adapt_datefield_value
    rows = [(code, as_date(day), looks) for (code, day), looks in sorted(days.items())]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            values = ", ".join(["(%s, %s, %s)"] * len(some))
            cursor.execute(_ADD_LOOKS.format(values), [word for row in some for word in row])


_SCANS = Scan._meta.db_table
_ROWS_AT_ONCE = 300
_ADD_LOOKS = """
    INSERT INTO traceability_scanday (code_id, day, count) VALUES {}
    ON CONFLICT (code_id, day) DO UPDATE SET count = traceability_scanday.count + excluded.count
"""
