"""Collection slips: who brought how much of what for a lot, at which price; the lot's households and plots."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Household, Plot
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.tables import csv_of
from marketplace.foundation.text import clean

from . import lots
from .models import CollectionSlip, Lot
from .statuses import LotStatus

MOST_GRAMS = 100_000_000  # a hundred tonnes
MOST_PRICE = Decimal(100_000_000)


class SlipRefused(Refusal):
    """The slip cannot be written or voided that way."""

    code = "slip_refused"


class Sum(NamedTuple):
    """What some slips come to: ``grams``, and ``amount`` in whole đồng, each slip rounded by itself."""

    grams: int
    amount: Decimal
    slips: int


@transaction.atomic
def write_slip(
    lot: Lot,
    household: Household,
    *,
    goods: str,
    grams: int,
    price: Decimal,
    collected_on: dt.date,
    by: Actor,
    plot: Plot | None = None,
    form_key: uuid.UUID | None = None,
) -> CollectionSlip:
    """Write that ``household`` brought ``grams`` of ``goods`` for ``lot`` at ``price`` đồng a kilogram.

    ``form_key`` is made with the form: sent twice, it is written once. Locks the lot. Raises SlipRefused for another
    cooperative's household, a plot that is not the household's, a recalled lot and what cannot be true.
    """
    lot = lots.locked(lot)
    before = CollectionSlip.objects.filter(form_key=form_key, lot=lot).first() if form_key else None
    if before is not None:
        return before
    goods = clean(goods)
    if household.cooperative_id != lot.cooperative_id:
        raise SlipRefused(_("Hãy chọn một hộ trong danh sách."), field="household")
    if plot is not None and plot.household_id != household.pk:
        raise SlipRefused(_("Thửa này không phải của hộ đó."), field="plot")
    if lot.status == LotStatus.RECALLED:
        raise SlipRefused(_("Lô đã bị thu hồi."))
    if not 1 <= len(goods) <= 120:
        raise SlipRefused(_("Hãy ghi hàng thu mua."), field="goods")
    if not 1 <= grams <= MOST_GRAMS:
        raise SlipRefused(_("Số cân chưa đúng."), field="grams")
    if not 0 <= price <= MOST_PRICE or price != int(price):
        raise SlipRefused(_("Giá chưa đúng."), field="price")
    if not dt.date(2000, 1, 1) <= collected_on <= timezone.localdate():
        raise SlipRefused(_("Ngày này chưa đúng."), field="collected_on")
    made = CollectionSlip.objects.create(
        lot=lot,
        household=household,
        plot=plot,
        goods=goods,
        grams=grams,
        price=price,
        collected_on=collected_on,
        form_key=form_key or uuid.uuid4(),
        **signed(by),
    )
    audit.record("lot.slip", lot, by=by, slip=made.pk, household=household.pk, grams=grams, price=str(price))
    lots.touch(lot)
    return made


@transaction.atomic
def void_slip(slip: CollectionSlip, *, reason: str, by: Actor) -> CollectionSlip:
    """Take a wrong slip out of all sums; it stays, crossed out, with the ``reason``. Locks the lot; twice is once.

    Raises SlipRefused without a reason.
    """
    reason = clean(reason)
    if not 1 <= len(reason) <= 200:
        raise SlipRefused(_("Hãy ghi vì sao bỏ phiếu."), field="reason")
    lot = lots.locked(slip.lot)
    slip.refresh_from_db()
    if slip.voided_at is None:
        slip.voided_at, slip.void_reason = timezone.now(), reason
        slip.save(update_fields=["voided_at", "void_reason"])
        audit.record("lot.slip_void", lot, by=by, slip=slip.pk, reason=reason)
        lots.touch(lot)
    return slip


def slips_of(lot: Lot) -> QuerySet[CollectionSlip]:
    """Return the slips of ``lot`` that stand, newest first, each with household and plot."""
    return lot.slips.filter(voided_at=None).select_related("household", "plot")


def total(slips: Iterable[CollectionSlip]) -> Sum:
    """Return what ``slips`` come to."""
    slips = list(slips)
    return Sum(
        sum(slip.grams for slip in slips), sum((slip.amount for slip in slips), Decimal(0)), len(slips)
    )


def by_household(slips: Iterable[CollectionSlip]) -> list[tuple[Household, Sum]]:
    """Return each household of ``slips`` with what its slips come to, by name."""
    found: dict[int, list[CollectionSlip]] = {}
    for slip in slips:
        found.setdefault(slip.household_id, []).append(slip)
    sums = [(own[0].household, total(own)) for own in found.values()]
    return sorted(sums, key=lambda one: (one[0].name, one[0].pk))


def by_lot(household: Household) -> list[tuple[Lot, Sum]]:
    """Return each lot that ``household`` brought goods for with what its slips come to, newest first; one query."""
    found: dict[int, list[CollectionSlip]] = {}
    for slip in household.slips.filter(voided_at=None).select_related("lot__product"):
        found.setdefault(slip.lot_id, []).append(slip)
    return sorted(((own[0].lot, total(own)) for own in found.values()), key=lambda one: -one[0].pk)


def count_of(lot: Any, what: str) -> Coalesce:
    """How many households or plots (``what``) ``lot``, or an OuterRef, has, as a column."""
    slips = CollectionSlip.objects.filter(lot=lot, voided_at=None).order_by().values("lot")
    return Coalesce(Subquery(slips.annotate(n=Count(what, distinct=True)).values("n")), 0)


def as_csv(lot: Lot) -> bytes:
    """The slips of ``lot`` that stand, as a table for a spreadsheet program, oldest first."""
    headings = (
        _("Phiếu số"), _("Ngày"), _("Hộ"), _("Thửa"), _("Hàng"), _("Số cân (kg)"), _("Giá 1 kg"), _("Thành tiền"),
        _("Người ghi"),
    )  # fmt: skip
    rows = (
        [
            slip.pk,
            slip.collected_on,
            str(slip.household),
            slip.plot.name if slip.plot else "",
            slip.goods,
            f"{Decimal(slip.grams) / 1000:f}".replace(".", ","),
            int(slip.price),
            int(slip.amount),
            slip.by_label,
        ]
        for slip in slips_of(lot).order_by("collected_on", "pk")
    )
    return csv_of(headings, rows)
