"""Recalls of lots: goods put aside, labels red, the story told; and the way back when it was a mistake.

``orders.recalls`` calls this in its own transaction, because the buyers are known there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives import stock
from cooperatives.models import Cooperative, StockRecord
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import codes, events, lots, stocktake
from .models import Lot, LotInput, Recall, RecallChange, RecalledLot
from .statuses import RECALL_MOVES, LotStatus, RecallStatus, TraceKind

MOST_LOTS = 50


class RecallRefused(Refusal):
    """These lots may not be recalled that way, or this recall not be lifted."""

    code = "recall_refused"


@transaction.atomic
def start(
    cooperative: Cooperative,
    chosen: Iterable[Lot],
    *,
    reason: str,
    side: CaseSide,
    form_key: uuid.UUID,
    by: Actor,
) -> tuple[Recall, bool]:
    """Recall ``chosen`` lots of ``cooperative`` for ``reason``, which everybody who scans them reads.

    What is left of them is put aside, their codes turn red and stay so, each gets an event. Returns the recall and
    whether it is new: the same form sent twice is one. Locks the lots, their products, then the stock rows, each in key
    order. Raises RecallRefused without lots or a reason, and for lots that are recalled already.
    """
    reason = _checked(reason)
    keys = {lot.pk for lot in chosen}
    locked = _locked(Lot.objects.filter(cooperative=cooperative, pk__in=keys).values_list("pk", flat=True))
    before = Recall.objects.filter(form_key=form_key, cooperative=cooperative).first()
    if before is not None:
        return before, False
    if not locked or len(locked) != len(keys):
        raise RecallRefused(_("Hãy chọn lô cần thu hồi."), field="lots")
    if len(locked) > MOST_LOTS:
        raise RecallRefused(_("Mỗi lần thu hồi nhiều nhất 50 lô."), field="lots")
    gone = [lot.number for lot in locked if lot.status == LotStatus.RECALLED]
    if gone:
        raise RecallRefused(
            gettext("Đã bị thu hồi rồi: lô %(numbers)s.") % {"numbers": ", ".join(gone)}, field="lots"
        )
    recall = Recall.objects.create(cooperative=cooperative, reason=reason, side=side, form_key=form_key)
    RecallChange.objects.create(recall=recall, new_status=recall.status, note=reason, **signed(by))
    for lot in locked:
        status_before = lot.status
        lots.move_lot(lot, LotStatus.RECALLED)
        lot.recall_reason = reason
        lot.save(update_fields=["recall_reason"])
        codes.recall_units(lot)
        events.record_recall(lot, TraceKind.RECALLED, note=reason, by=by)
        note = gettext("Thu hồi lô %(number)s") % {"number": lot.number}
        RecalledLot.objects.create(
            recall=recall,
            lot=lot,
            status_before=status_before,
            put_aside=stocktake.put_aside(lot, note=note, by=by),
        )
        audit.record("lot.recall", lot, by=by, reason=reason, recall=recall.pk)
    return recall, True


@transaction.atomic
def lift(recall: Recall, *, reason: str, side: CaseSide, by: Actor) -> Recall:
    """Lift a recall that was a mistake: stock is free again, labels are what they were, the story says so.

    Locks the recall, then as ``start``. Raises RecallRefused without a reason, and when a cooperative would lift what
    the alliance called; IllegalMove the second time.
    """
    reason = _checked(reason)
    recall = Recall.objects.select_for_update(of=("self",), no_key=True).get(pk=recall.pk)
    if recall.side == CaseSide.OFFICER and side != CaseSide.OFFICER:
        raise RecallRefused(_("Liên minh gọi thu hồi. Chỉ liên minh bỏ được."))
    move_recall(recall, RecallStatus.LIFTED, note=reason, by=by)
    parts = {part.lot_id: part for part in recall.lots.all()}
    for lot in _locked(parts):
        part = parts[lot.pk]
        lots.move_lot(lot, LotStatus(part.status_before))
        lot.recall_reason = ""
        lot.save(update_fields=["recall_reason"])
        codes.move_units_back(lot)
        events.record_recall(lot, TraceKind.LIFTED, note=reason, by=by)
        note = gettext("Bỏ thu hồi lô %(number)s") % {"number": lot.number}
        stocktake.take_up(lot, part.put_aside, note=note, by=by)
        audit.record("lot.recall_lifted", lot, by=by, reason=reason, recall=recall.pk)
    return recall


def move_recall(recall: Recall, status: RecallStatus, *, note: str, by: Actor) -> None:
    """Give a locked recall its next status, with the row that says who and why. Raises IllegalMove."""
    RECALL_MOVES.check(RecallStatus(recall.status), status)
    recall.status = status
    recall.save(update_fields=["status"])
    RecallChange.objects.create(recall=recall, new_status=status, note=note, **signed(by))


def _checked(reason: str) -> str:
    reason = clean(reason, multiline=True)
    if len(reason) < 10:
        raise RecallRefused(_("Hãy ghi rõ vì sao; người mua sẽ đọc câu này."), field="reason")
    if len(reason) > 1000:
        raise RecallRefused(_("Lý do dài quá 1.000 chữ."), field="reason")
    return reason


def _locked(keys: Iterable[int]) -> list[Lot]:
    """Lock lots with those one step before and after, whose pages name them; then products and stock rows.

    Each in key order. Neighbours get a new version.
    """
    chosen = set(keys)
    before = LotInput.objects.filter(event__lot__in=chosen).values_list("lot", flat=True)
    after = LotInput.objects.filter(lot__in=chosen).values_list("event__lot", flat=True)
    beside = {*before, *after} - chosen
    found = Lot.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=chosen | beside)
    locked = [
        lot for lot in found.select_related("product", "cooperative").order_by("pk") if lot.pk in chosen
    ]
    Lot.objects.filter(pk__in=beside).update(version=F("version") + 1)
    of_lots = {lot.product_id for lot in locked}
    list(Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=of_lots).order_by("pk"))
    stock.lock_all(StockRecord.objects.filter(product__in=of_lots).values_list("pk", flat=True))
    return locked
