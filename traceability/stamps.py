"""Stamps bought elsewhere: which numbers went onto which lot, so that a stamp found somewhere leads back to it."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import codes
from .models import Lot, StampRange
from .statuses import LotStatus

MOST = 1_000_000
NUMBER = re.compile(r"(?P<prefix>(?:.{0,29}[^0-9])?)(?P<digits>[0-9]{1,15})", re.DOTALL)


class StampsRefused(Refusal):
    """These stamps cannot be on this lot."""

    code = "stamps_refused"


@transaction.atomic
def note(lot: Lot, *, provider: str, first: str, last: str, by: Actor) -> StampRange:
    """Write that the stamps from ``first`` to ``last``, as printed, are on ``lot``; the same again is one row.

    Locks the cooperative, because one stamp sticks on one lot only. Raises StampsRefused for numbers that make no range
    of at most a million, for stamps noted on any lot before, and for a recalled lot; NotReleased.
    """
    cooperative = Cooperative.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.cooperative_id)
    lot = Lot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    if lot.status == LotStatus.RECALLED:
        raise StampsRefused(_("Lô đã bị thu hồi, không ghi thêm tem."))
    codes.check_released(lot)
    provider = clean(provider)
    if not 1 <= len(provider) <= 120:
        raise StampsRefused(_("Hãy ghi nơi bán tem."), field="provider")
    start, end = _parts(first, "first"), _parts(last, "last")
    if start[:2] != end[:2]:
        raise StampsRefused(_("Hai số phải cùng chữ đầu và cùng độ dài."), field="last")
    prefix, width, low = start
    high = end[2]
    if not 0 <= high - low < MOST:
        raise StampsRefused(_("Số cuối phải sau số đầu, nhiều nhất 1.000.000 tem."), field="last")
    values = {"provider": provider, "prefix": prefix, "width": width, "first": low, "last": high}
    same = lot.stamps.filter(**values).first()
    if same is not None:
        return same
    taken = (
        StampRange.objects.filter(lot__cooperative=cooperative, prefix=prefix, width=width)
        .filter(provider__iexact=provider, first__lte=high, last__gte=low)
        .select_related("lot")
        .first()
    )
    if taken is not None:
        raise StampsRefused(
            gettext("Tem %(range)s đã ghi cho lô %(lot)s.") % {"range": taken, "lot": taken.lot.number},
            field="first",
        )
    made = StampRange.objects.create(lot=lot, **values, **signed(by))
    audit.record("lot.stamps", lot, by=by, **values)
    return made


def _parts(number: str, field: str) -> tuple[str, int, int]:
    """Return (letters in front, how many digits, the number)."""
    found = NUMBER.fullmatch(clean(number).upper())
    if found is None:
        raise StampsRefused(_("Số tem phải có số ở cuối, như CN-000123."), field=field)
    return found["prefix"], len(found["digits"]), int(found["digits"])
