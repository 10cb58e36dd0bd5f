"""Lots made of lots: tea packed from green tea, two lots mixed, a part of one lot set apart under its own number.

What goes in leaves the stock of its lot, what is made comes into the stock of a new lot, and one event of the new lot
says so. The lot that is made is always new, so no lot can come to be made of itself, over however many steps.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives import stock
from cooperatives.models import Cooperative, StockRecord
from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.nested import Rows

from . import codes, events, lots
from .lots import LotRefused
from .models import Lot, LotInput, LotShare, TraceEvent
from .statuses import LotStatus

MOST_INPUTS = 8


class Step(NamedTuple):
    """A lot one step before or after, as a page names it; ``code`` is that of its page, if it is in use."""

    number: str
    goods: str
    code: str | None
    status: str

    @property
    def is_recalled(self) -> bool:
        return self.status == LotStatus.RECALLED


@transaction.atomic
def make_lot(
    cooperative: Cooperative,
    inputs: Mapping[int, int],
    product: Product,
    *,
    quantity: int,
    made_on: dt.date,
    place: str,
    by: Actor,
    expires_on: dt.date | None = None,
    event_id: uuid.UUID | None = None,
) -> Lot:
    """Make ``quantity`` sale units of ``product`` in a new lot out of ``inputs`` (lot id → units); return the lot.

    Where all goods are the same the new lot expires no later than the first of its inputs and holds no more than went
    in. ``event_id`` is made with the form: sent twice, it is made once. Locks the lots, their products and their stock,
    each in the order of keys. Raises LotRefused for inputs that were recalled, have expired or are not the
    cooperative's, NotEnoughStock when more is asked than is left of a lot or free of orders, and what ``open_lot`` and
    ``events`` refuse.
    """
    made_before = TraceEvent.objects.filter(lot__cooperative=cooperative)
    sent_before = made_before.filter(pk=event_id).first() if event_id else None
    if sent_before is not None:
        return sent_before.lot
    if not 1 <= len(inputs) <= MOST_INPUTS:
        raise LotRefused(
            gettext("Hãy ghi số dùng của ít nhất một lô, nhiều nhất %(most)s lô.") % {"most": MOST_INPUTS}
        )
    if quantity < 1:
        raise stock.WrongQuantity(field="quantity")
    used = _locked(cooperative, inputs)
    records = _lock_stock({*(lot.product_id for lot in used), product.pk})
    if product.pk not in records:
        raise LotRefused(_("Mặt hàng này chưa có giá và kho."), field="product")
    for lot in used:
        _check_input(lot, inputs[lot.pk])
    if {lot.product_id for lot in used} == {product.pk}:
        if quantity > sum(inputs.values()):
            raise LotRefused(_("Làm ra nhiều hơn số đã dùng. Xin xem lại."), field="quantity")
        ends = [day for day in (expires_on, *(lot.expires_on for lot in used)) if day is not None]
        expires_on = min(ends, default=None)
    _check_free(records, used, inputs, product, quantity)

    made = lots.open_lot(
        cooperative, product, made_on=made_on, expires_on=expires_on, quantity=quantity, by=by
    )
    shares = [_take(records[lot.product_id], lot, inputs[lot.pk], made, by) for lot in used]
    said = "; ".join(f"{lot.number} ({inputs[lot.pk]})" for lot in used)
    event = events.record_making(
        made,
        occurred_on=made_on,
        place=place,
        quantity=f"{quantity} {product.unit}",
        note=f"Từ lô {said}",
        event_id=event_id,
        by=by,
    )
    LotInput.objects.bulk_create(
        LotInput(event=event, lot=lot, share=share, goods=lot.product.name, made=product.name)
        for lot, share in zip(used, shares, strict=True)
    )
    audit.record("lot.make", made, by=by, inputs={str(key): units for key, units in sorted(inputs.items())})
    for lot in used:
        lots.touch(lot)
    return made


def _locked(cooperative: Cooperative, inputs: Mapping[int, int]) -> list[Lot]:
    found = Lot.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    used = list(found.filter(cooperative=cooperative, pk__in=inputs).order_by("pk"))
    if len(used) != len(inputs):
        raise LotRefused(_("Có lô không phải của gian hàng này."))
    return used


def _lock_stock(products: Iterable[int]) -> dict[int, StockRecord]:
    """Lock the products, then their stock, in the order that everybody locks them; product id → stock row."""
    keys = list(
        Product.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=products)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    rows = StockRecord.objects.filter(product__in=keys).values_list("pk", flat=True)
    return {row.product_id: row for row in stock.lock_all(rows).values()}


def _check_input(lot: Lot, units: int) -> None:
    if not lot.may_be_sold:
        raise LotRefused(
            gettext("Lô %(lot)s đã thu hồi hoặc hết hạn, không làm tiếp được.") % {"lot": lot.number},
            details={"lot": lot.pk},
        )
    left = lots.balance(lot)
    if not 1 <= units <= left:
        raise stock.NotEnoughStock(
            gettext("Lô %(lot)s trong sổ chỉ còn %(left)s.") % {"lot": lot.number, "left": max(0, left)},
            details={"lot": lot.pk, "left": left},
        )


def _check_free(
    records: Mapping[int, StockRecord],
    used: list[Lot],
    inputs: Mapping[int, int],
    product: Product,
    quantity: int,
) -> None:
    """What orders hold is not made into something else; what comes of it counts where it is the same goods."""
    free = {key: row.num_in_stock - row.num_allocated for key, row in records.items()}
    free[product.pk] += quantity
    for lot in used:
        free[lot.product_id] -= inputs[lot.pk]
        if free[lot.product_id] < 0:
            raise stock.NotEnoughStock(
                gettext("%(goods)s: đơn đang giữ hàng, không đủ để làm tiếp số này.")
                % {"goods": lot.product.name},
                details={"lot": lot.pk},
            )


def _take(row: StockRecord, lot: Lot, units: int, made: Lot, by: Actor) -> LotShare:
    movement = stock.use(row, units, note=f"Lô {lot.number} → lô {made.number}", by=by)
    return LotShare.objects.create(movement=movement, lot=lot, quantity=-units)


def before(lot: Any) -> Rows:
    """The lots that ``lot`` (or an OuterRef) was made of, as a column for ``steps``."""
    found = LotInput.objects.filter(event__lot=lot).annotate(
        code=Subquery(codes.lot_codes(OuterRef("lot"))[:1])
    )
    return Rows(found.order_by("pk"), "lot__number", "goods", "code", "lot__status")


def after(lot: Any) -> Rows:
    """The lots that were made of ``lot`` (or an OuterRef), as a column for ``steps``."""
    found = LotInput.objects.filter(lot=lot).annotate(
        code=Subquery(codes.lot_codes(OuterRef("event__lot"))[:1])
    )
    return Rows(found.order_by("pk"), "event__lot__number", "made", "code", "event__lot__status")


def steps(rows: Iterable[list[Any]]) -> list[Step]:
    """Return what ``before`` or ``after`` found."""
    return [Step(*row) for row in rows]


def made_of_any(chosen: Iterable[Lot]) -> list[Lot]:
    """Return the lots that were made of ``chosen`` ones over however many steps, the oldest first.

    Without the chosen and the recalled ones; one query a step.
    """
    known = {lot.pk for lot in chosen}
    found: set[int] = set()
    step = known
    while step:
        rows = LotInput.objects.filter(lot__in=step).values_list("event__lot", flat=True)
        step = set(rows) - known - found
        found |= step
    left = Lot.objects.filter(pk__in=found).exclude(status=LotStatus.RECALLED)
    return list(left.select_related("product").order_by("pk"))


def steps_of(lot: Lot) -> tuple[list[Step], list[Step]]:
    """Return the lots one step before ``lot`` and one step after; one query."""
    found = Lot.objects.filter(pk=lot.pk).values_list(before(lot.pk), after(lot.pk)).get()
    return steps(found[0]), steps(found[1])


def usable(cooperative: Cooperative, first: Lot) -> list[tuple[Lot, int]]:
    """Return the lots that something can be made of, with what is left of each: ``first`` before the newest."""
    mine = lots.first_expired_first(cooperative.products.values_list("pk", flat=True))
    rows = mine.select_related("product").order_by("-made_on", "-pk")[:40]
    left = lots.balances([first, *rows])
    return [(lot, left[lot.pk]) for lot in (first, *(lot for lot in rows if lot.pk != first.pk))]
