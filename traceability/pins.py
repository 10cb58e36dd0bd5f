"""The number under a scratch layer: whoever scratches first, and types it, is the one who has the packet.

It is the only thing that shows a copy that never leaves its province. A number is kept as a keyed hash and stands in
clear on the label alone; printing a run again draws new ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.cache import is_too_often

from .codes import move_code
from .models import ScratchPin, TraceCode
from .statuses import CodeStatus

DIGITS = 6
MOST_TRIES, LOCK = 3, dt.timedelta(hours=24)
MOST_OF_A_DEVICE = 10  # a day


class Answer(Enum):
    """What somebody who typed a number is told."""

    FIRST = "first"
    AGAIN = "again"  # the same phone once more
    USED = "used"  # by another phone: do not use
    WRONG = "wrong"
    LOCKED = "locked"


def draw(codes: Iterable[str]) -> dict[str, str]:
    """Return a fresh number for each of ``codes`` that nobody has confirmed yet; nothing is written."""
    codes = list(codes)
    done = ScratchPin.objects.filter(code__in=codes, confirmed_at__isnull=False)
    confirmed = set(done.values_list("pk", flat=True))
    return {code: f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" for code in codes if code not in confirmed}


def keep(drawn: Mapping[str, str]) -> None:
    """Let the numbers just printed count, and no older ones. Call with the labels' last step, in its transaction."""
    ScratchPin.objects.bulk_create(
        [ScratchPin(code_id=code, digest=_digest(code, number)) for code, number in drawn.items()],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["digest", "tries", "locked_until"],
    )


@transaction.atomic
def confirm(code: TraceCode, typed: str, *, device: str, place: str = "") -> Answer:
    """Say whether ``typed`` is the number of ``code``; the first right one spends the code for ``device``.

    Locks the number. Three wrong ones lock it for a day, whoever typed them, and one device may type ten a day.
    Raises ScratchPin.DoesNotExist for a code without a number, IllegalMove for one that is on no goods or revoked.
    """
    pin = ScratchPin.objects.select_for_update(of=("self",), no_key=True).get(pk=code.pk)
    now = timezone.now()
    if pin.locked_until is not None and now < pin.locked_until:
        return Answer.LOCKED
    if is_too_often(f"pins:{device}:{timezone.localdate()}", MOST_OF_A_DEVICE, 24 * 3600):
        return Answer.LOCKED
    if not hmac.compare_digest(pin.digest, _digest(code.pk, typed)):
        pin.tries += 1
        if pin.tries >= MOST_TRIES:
            pin.tries, pin.locked_until = 0, now + LOCK
        pin.save(update_fields=["tries", "locked_until"])
        return Answer.WRONG if pin.tries else Answer.LOCKED
    if pin.confirmed_at is not None:
        return Answer.AGAIN if pin.device == device else Answer.USED
    spent = move_code(
        TraceCode.objects.select_for_update(of=("self",), no_key=True).get(pk=code.pk), CodeStatus.SPENT
    )
    pin.confirmed_at, pin.device, pin.place, pin.tries = now, device, place, 0
    pin.save(update_fields=["confirmed_at", "device", "place", "tries"])
    audit.record("trace_code.spend", spent, by=Actor.guest(), lot=spent.lot_id)
    return Answer.FIRST


def _digest(code: str, number: str) -> str:
    words = f"pin|{code}|{number}".encode()
    return hmac.new(settings.PIN_KEY.encode(), words, hashlib.sha256).hexdigest()
