"""The outbox: what a committed transaction promised to do, and how it gets done (DESIGN 6).

A rule calls ``enqueue`` inside its transaction, so promise and cause are written together or not at all.
After the commit a *hint* goes to the broker; a worker answers it by calling ``drain``, which claims due
rows one by one under a lease and runs their effects. Hints carry nothing: lost, late or doubled ones are
harmless. ``relay_once``, called each second, repeats the hint while rows wait and delivers by itself when
the broker is away or nobody answers.

A floor registers its effects in ``AppConfig.ready()``::

    @effect("renditions")
    def make_renditions(row: Outbox) -> None: ...
"""

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Outbox, OutboxState
from .rows import claimable

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
LEASE = 30  # seconds; longer than an ordinary effect takes
PAUSES = (1, 10, 60, 600, 3600)  # seconds after each failed attempt: a mail server may be away for an hour
HINT = "marketplace.foundation.tasks.drain"
HINT_EXPIRES = 30  # seconds
HINT_PAUSE = 0.05  # seconds; at most twenty hints a second
BREAKER = 3.0  # seconds without hints after the broker failed
UNANSWERED = 30.0  # seconds a row may wait before the relay delivers although the broker takes hints

Run = Callable[[Outbox], None]


@dataclass(frozen=True, slots=True)
class Effect:
    run: Run
    atomic: bool
    lease: int


class GiveUp(Exception):
    """Raised by an effect when another attempt would bring the same "no": its row is dead at once."""


EFFECTS: dict[str, Effect] = {}


def effect(kind: str, *, atomic: bool = False, lease: int = LEASE) -> Callable[[Run], Run]:
    """Register the decorated function as the effect of ``kind``; it gets the ``Outbox`` row.

    It may run more than once for one row (a worker may die between doing and noting), so it must be
    idempotent by ``row.key``; an exception means "try again later", ``GiveUp`` means "never". With ``atomic``
    it runs in the same transaction as the mark "done": exactly once, but only for work that touches nothing
    but the database and is short. ``lease`` is in seconds and must be longer than the effect takes. Raises
    ValueError when ``kind`` has another effect already.
    """

    def register(run: Run) -> Run:
        known = EFFECTS.get(kind)
        if known and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"two effects are called {kind!r}")
        EFFECTS[kind] = Effect(run, atomic, lease)
        return run

    return register


def enqueue(kind: str, key: str, payload: dict[str, Any], *, not_before: datetime | None = None) -> None:
    """Promise the effect ``kind`` when this transaction commits; an existing ``key`` is left as it is.

    ``key`` is unique over all kinds (at most 160 characters). ``payload`` holds ids and plain words, never a
    person's data. ``not_before`` puts the effect off. A roll-back takes the promise with it.
    """
    if len(key) > 160:
        raise ValueError("an outbox key has at most 160 characters")
    row = Outbox(kind=kind, key=key, payload=payload, not_before=not_before)
    with transaction.atomic(savepoint=False):
        # Not create(): on PostgreSQL a doubled key would break the caller's transaction.
        Outbox.objects.bulk_create([row], ignore_conflicts=True)
        transaction.on_commit(kick)


# --- working the rows -------------------------------------------------------------------------------------
def due(now: datetime) -> "QuerySet[Outbox]":
    """Return the rows that may be worked at ``now``: new, not put off, under nobody's lease."""
    return Outbox.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        Q(lease_until=None) | Q(lease_until__lte=now),
        state=OutboxState.NEW,
    )


def claim() -> Outbox | None:
    """Take the oldest due row under a lease and return it; None when nothing is due.

    ``attempts`` counts the claims and so names the holder: whoever finds another number has lost the lease.
    A row that was claimed ``MAX_ATTEMPTS`` times and never came back (its worker died each time) is marked
    dead instead.
    """
    while True:
        with transaction.atomic():
            now = timezone.now()
            row = claimable(due(now).order_by("id")).first()
            if row is None:
                return None
            if row.attempts < MAX_ATTEMPTS:
                known = EFFECTS.get(row.kind)
                row.attempts += 1
                row.lease_until = now + timedelta(seconds=known.lease if known else LEASE)
                row.save(update_fields=["attempts", "lease_until"])
                return row
            row.state, row.lease_until = OutboxState.DEAD, None
            row.error = row.error or "the worker died at each attempt"
            row.save(update_fields=["state", "lease_until", "error"])
            logger.error("outbox row is dead: %s %s: %s", row.kind, row.key, row.error)


def work(row: Outbox) -> bool:
    """Run the effect of a claimed ``row``; return whether it was done and noted under our lease.

    A failure is noted in the row: it is tried again after ``PAUSES``, and is dead after ``MAX_ATTEMPTS`` or
    ``GiveUp``.
    """
    try:
        known = EFFECTS[row.kind]
        if known.atomic:
            with transaction.atomic():
                # Marked first: this locks the row, and a lost lease is known before anything is written.
                if not _mark_done(row):
                    return False
                known.run(row)
            return True
        known.run(row)
    except Exception as error:
        _mark_failed(row, error)
        return False
    return _mark_done(row)


def drain(budget: float = 2.0) -> int:
    """Work due rows, oldest first, until none is left or ``budget`` seconds are over; return how many were
    worked.

    A row that takes longer is finished first. Safe to call from many processes at once. When rows are left,
    the next hint is asked for.
    """
    end = time.monotonic() + budget
    worked = 0
    while row := claim():
        work(row)
        worked += 1
        if time.monotonic() >= end:
            kick()
            break
    return worked


def _ours(row: Outbox) -> "QuerySet[Outbox]":
    return Outbox.objects.filter(pk=row.pk, state=OutboxState.NEW, attempts=row.attempts)


def _mark_done(row: Outbox) -> bool:
    return bool(_ours(row).update(state=OutboxState.DONE, done_at=timezone.now(), lease_until=None, error=""))


def _mark_failed(row: Outbox, error: Exception) -> None:
    dead = row.attempts >= MAX_ATTEMPTS or isinstance(error, GiveUp)
    pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
    said = describe(error)
    changed = _ours(row).update(
        state=OutboxState.DEAD if dead else OutboxState.NEW,
        error=said,
        lease_until=None,
        not_before=timezone.now() + timedelta(seconds=pause),
    )
    if changed and dead:
        logger.error("outbox row is dead: %s %s: %s", row.kind, row.key, said)
    else:
        logger.warning("outbox attempt %s failed: %s %s: %s", row.attempts, row.kind, row.key, said)


def describe(error: Exception) -> str:
    """Return ``error`` for the row and the log, without e-mail addresses and long numbers.

    >>> describe(ValueError("no such user lan@example.vn, 0912345678"))
    'ValueError: no such user …, …'
    """
    # SECURITY: mail servers answer with the address in the message; the outbox holds no person's data.
    text = re.sub(r"\+?\d[\d .]{7,}\d", "…", re.sub(r"[^\s<>'\"(,;]+@[^\s<>'\"),;]+", "…", str(error)))
    return f"{type(error).__name__}: {text}"[:500]


# --- hints ------------------------------------------------------------------------------------------------
_wake = threading.Event()
_pump_lock = threading.Lock()
_pump_pid = 0
_open_until = 0.0


def kick() -> None:
    """Ask for a hint soon. Returns at once and never touches the broker: a thread of this process does."""
    global _pump_pid
    if _pump_pid != os.getpid():
        with _pump_lock:
            # Threads do not survive a fork, so each process starts its own when it first needs one.
            if _pump_pid != os.getpid():
                threading.Thread(target=_pump, name="outbox-pump", daemon=True).start()
                _pump_pid = os.getpid()
    _wake.set()


def _after_fork() -> None:
    global _wake, _pump_lock
    # Another thread may have held them when this process was forked.
    _wake, _pump_lock = threading.Event(), threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def _pump() -> None:
    while True:
        _wake.wait()
        _wake.clear()
        hint()
        time.sleep(HINT_PAUSE)


def hint() -> bool:
    """Tell the workers through the broker that rows are due; False while the broker is away.

    After a failure nothing is tried for ``BREAKER`` seconds.
    """
    global _open_until
    if time.monotonic() < _open_until:
        return False
    try:
        current_app.send_task(HINT, retry=False, expires=HINT_EXPIRES, ignore_result=True)
    except Exception as error:
        _open_until = time.monotonic() + BREAKER
        logger.warning("the broker takes no hints: %s", describe(error))
        return False
    return True


def relay_once() -> int:
    """Look after rows that have waited for a second: hint again, or deliver here. Call it each second.

    Delivers here when the broker is away, or when the oldest row has waited ``UNANSWERED`` seconds although
    hints were taken (no worker is alive). Returns how many rows were worked here.
    """
    waiting = oldest_waiting()
    if waiting < 1:
        return 0
    if hint() and waiting < UNANSWERED:
        return 0
    return drain(1.0)


# --- for whoever watches ----------------------------------------------------------------------------------
def oldest_waiting() -> float:
    """Return for how many seconds the oldest due row has waited; 0.0 when nothing is due."""
    now = timezone.now()
    oldest = due(now).aggregate(at=Min(Coalesce("not_before", "created_at")))["at"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def dead() -> int:
    """Return how many rows were given up; a person looks at them in the admin and tries them again."""
    return Outbox.objects.filter(state=OutboxState.DEAD).count()


def retry(rows: "QuerySet[Outbox]") -> int:
    """Put dead ``rows`` back to new with fresh attempts; return how many."""
    with transaction.atomic():
        changed = rows.filter(state=OutboxState.DEAD).update(
            state=OutboxState.NEW, attempts=0, not_before=None, lease_until=None
        )
        transaction.on_commit(kick)
    return changed


def release() -> int:
    """Take back every lease; return how many. Only for a start that knows itself to be alone (embedded mode)."""
    return Outbox.objects.filter(state=OutboxState.NEW, lease_until__isnull=False).update(lease_until=None)


def prune(days: int = 30) -> int:
    """Delete rows that were done more than ``days`` ago; return how many. Dead rows stay for a person."""
    before = timezone.now() - timedelta(days=days)
    return Outbox.objects.filter(state=OutboxState.DONE, done_at__lt=before).delete()[0]
