"""Goods on their way: confirm, pack from lots, ship, deliver, take back a parcel that came back.

Units of a line move one by one, in parcels; an order stands where the slowest of its goods stand. Each verb guards,
changes, records, announces. ``cancelling`` ends orders and parts of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import prices, stock
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import round_dong, share
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove
from traceability import lots, stocktake
from traceability.models import Lot
from traceability.statuses import LotStatus

from . import amounts, books, notices, payments, picking, refunds
from .locking import lock_order, lock_stock
from .models import Carrier, Line, Order, OrderStatusChange, Parcel, Pick
from .statuses import (
    ORDER_MOVES,
    PARCEL_MOVES,
    OrderStatus,
    ParcelStatus,
    PaymentMethod,
    PaymentStatus,
    ReductionKind,
)


class FulfilmentRefusal(Refusal):
    """The order stays where it is."""


class BadPick(FulfilmentRefusal):
    """The lots chosen do not fill the order, or may not be sold."""


@dataclass(frozen=True)
class PickChoice:
    """So many units of a line from one lot; ``lot_id`` None = không theo lô."""

    line_id: int
    lot_id: int | None
    quantity: int


@dataclass(frozen=True)
class Short:
    """Fewer units of a line are packed than are open: the rest follows in another parcel, or is taken off.

    ``reason`` is what the buyer reads; empty = it follows.
    """

    reason: str = ""


def move_order(order: Order, to: OrderStatus, *, by: Actor, note: str = "") -> None:
    """Assign the status of a locked order and write the row that says who and why. Raises IllegalMove."""
    ORDER_MOVES.check(OrderStatus(order.status), to)
    OrderStatusChange.objects.create(
        order=order, old_status=order.status, new_status=to, note=note[:300], **signed(by)
    )
    order.status = to
    order.save(update_fields=["status"])
    audit.record(f"order_{to}", order, by=by, note=note)


def move_parcel(parcel: Parcel, to: ParcelStatus, *, by: Actor, **fields: Any) -> None:
    """Assign the status of a parcel whose order is locked, and ``fields`` with it. Raises IllegalMove."""
    PARCEL_MOVES.check(ParcelStatus(parcel.status), to)
    parcel.status = to
    for name, value in fields.items():
        setattr(parcel, name, value)
    parcel.save(update_fields=["status", *fields])
    audit.record(f"parcel_{to}", parcel, by=by, order=parcel.order_id)


def stand(order: Order, *, by: Actor, note: str = "") -> None:
    """Move a locked order to where the slowest of its goods stand now; nothing happens when it stands there."""
    if any(line.num_open for line in order.lines.all()):
        to = OrderStatus.PLACED if order.status == OrderStatus.PLACED else OrderStatus.CONFIRMED
    else:
        found = set(order.parcels.values_list("status", flat=True))
        slowest = [
            (ParcelStatus.PACKED, OrderStatus.PACKED),
            (ParcelStatus.SHIPPED, OrderStatus.SHIPPED),
            (ParcelStatus.DELIVERED, OrderStatus.DELIVERED),
            (ParcelStatus.RETURNED, OrderStatus.RETURNED),
        ]
        to = next((status for parcel, status in slowest if parcel in found), OrderStatus.CANCELLED)
    if to != order.status:
        move_order(order, to, by=by, note=note)


@transaction.atomic
def confirm_order(order: Order, *, by: Actor) -> Order:
    """The cooperative accepts the order; the buyer hears it. Raises IllegalMove unless it is placed."""
    order = lock_order(order.pk)
    if order.status == OrderStatus.PACKED:  # the table lets it back only through unpack_parcel
        raise IllegalMove(_("Đơn này đã đóng gói rồi."))
    move_order(order, OrderStatus.CONFIRMED, by=by)
    notices.order_confirmed(order)
    return order


@transaction.atomic
def pack_order(
    order: Order,
    choices: Iterable[PickChoice],
    *,
    short: Mapping[int, Short] | None = None,
    grams: Mapping[int, int] | None = None,
    by: Actor,
) -> Parcel:
    """Set goods aside from lots and make them one parcel; the order is packed when nothing is left open.

    ``short``: line id → why fewer are packed than are open; without it every open unit is to be packed. What is
    taken off costs nothing any more and the buyer reads why. ``grams``: line id → what the packed units of a line
    sold by weight weigh together; the price follows, upwards only as far as the buyer agreed and while nothing was
    paid. Locks the order, then the stock rows, so two packers never take the same units. A transfer must have
    arrived (or the order is cash on delivery). Raises BadPick or IllegalMove; nothing is set aside then.
    """
    order = lock_order(order.pk)
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.PACKED)
    _check_paid(order)
    lines = {line.pk: line for line in order.lines.order_by("pk")}
    lock_stock(sorted(line.stockrecord_id for line in lines.values()))
    chosen = [choice for choice in choices if choice.quantity]
    taken = _check_picks(lines, chosen, short or {})
    parcel = Parcel.objects.create(order=order, **signed(by))
    picks = [
        Pick(
            parcel=parcel,
            line_id=choice.line_id,
            lot_id=choice.lot_id,
            quantity=choice.quantity,
            **signed(by),
        )
        for choice in chosen
    ]
    for line in lines.values():
        if line.pk in taken:
            line.num_packed += taken[line.pk]
            line.save(update_fields=["num_packed"])
            if line.unit_grams:
                of_line = [pick for pick in picks if pick.line_id == line.pk]
                _weigh(order, parcel, line, of_line, (grams or {}).get(line.pk), by)
    Pick.objects.bulk_create(picks)
    _take_off(order, lines, short or {}, by)
    refunds.follow(order, by=by, note=gettext("Đóng gói"))
    audit.record("parcel_packed", parcel, by=by, order=order.number)
    stand(order, by=by)
    return parcel


def _check_paid(order: Order) -> None:
    if payments.waits_for_money(order.payment):
        raise FulfilmentRefusal(
            _("Chưa nhận được tiền chuyển khoản. Khi tiền về, bấm “Đã nhận tiền” rồi đóng gói."),
            code="unpaid",
        )


def _check_picks(
    lines: dict[int, Line], chosen: list[PickChoice], short: Mapping[int, Short]
) -> dict[int, int]:
    """Return line id → units taken of it. Raises BadPick."""
    taken: dict[int, int] = {}
    for choice in chosen:
        if choice.line_id not in lines or choice.quantity < 0:
            raise BadPick(_("Dòng hàng này không có trong đơn."), code="line")
        taken[choice.line_id] = taken.get(choice.line_id, 0) + choice.quantity
    for line in lines.values():
        got = taken.get(line.pk, 0)
        if got > line.num_open or (got < line.num_open and line.pk not in short):
            raise BadPick(
                gettext("%(name)s: cần đúng %(wanted)s, mới chọn %(taken)s.")
                % {"name": line.full_title, "wanted": line.num_open, "taken": got},
                code="quantity",
                details={"line": line.pk},
            )
    if not taken:
        raise BadPick(
            _("Chưa chọn món nào. Nếu không còn gì để gửi, hãy bớt hàng hoặc huỷ đơn."), code="nothing"
        )
    left = picking.left_by_lot([line.stockrecord_id for line in lines.values()])
    usable = Lot.objects.in_bulk([choice.lot_id for choice in chosen if choice.lot_id])
    wanted: dict[tuple[int, int | None], int] = {}
    for choice in chosen:
        line = lines[choice.line_id]
        if choice.lot_id is not None:
            lot = usable.get(choice.lot_id)
            if lot is None or lot.product_id != line.product_id:
                raise BadPick(_("Lô này không phải của mặt hàng đó."), code="lot", details={"line": line.pk})
            if not _may_be_sold(lot):
                raise BadPick(
                    gettext("Lô %(lot)s đã thu hồi hoặc hết hạn, không được bán.") % {"lot": lot.number},
                    code="lot",
                    details={"line": line.pk},
                )
        key = (line.stockrecord_id, choice.lot_id)
        if not line.has_stock:
            continue
        wanted[key] = wanted.get(key, 0) + choice.quantity
        if wanted[key] > left.get(key, 0):
            name = usable[choice.lot_id].number if choice.lot_id else gettext("không theo lô")
            raise BadPick(
                gettext("%(name)s: lô %(lot)s chỉ còn %(left)s.")
                % {"name": line.full_title, "lot": name, "left": max(0, left.get(key, 0))},
                code="left",
                details={"line": line.pk},
            )
    return taken


def _may_be_sold(lot: Lot) -> bool:
    return lot.status != LotStatus.RECALLED and not lot.has_expired


def _weigh(order: Order, parcel: Parcel, line: Line, picks: list[Pick], grams: int | None, by: Actor) -> None:
    """Let what the units in ``picks`` cost follow what they weigh together. Raises BadPick."""
    units = sum(pick.quantity for pick in picks)
    ordered = (line.unit_grams or 0) * units
    if not grams:
        raise BadPick(
            gettext("%(name)s: hãy ghi cân thật.") % {"name": line.full_title},
            code="grams",
            details={"line": line.pk},
        )
    if grams * 2 < ordered or grams > ordered * 2:
        raise BadPick(
            gettext("%(name)s: cân %(grams)s g lệch quá xa so với %(ordered)s g đã đặt. Hãy xem lại.")
            % {"name": line.full_title, "grams": grams, "ordered": ordered},
            code="grams",
            details={"line": line.pk},
        )
    for pick, part in zip(picks, share(grams, [pick.quantity for pick in picks]), strict=True):
        pick.grams = int(part)
    line.packed_grams = (line.packed_grams or 0) + grams
    line.save(update_fields=["packed_grams"])
    counted = grams
    if grams > ordered:  # dearer only as far as the buyer agreed, and never after the money came
        most = ordered * (100 + order.weight_tolerance) // 100
        counted = min(grams, most) if order.payment.status == PaymentStatus.ON_DELIVERY else ordered
    price = amounts.worth(line, units)
    amounts.reduce(
        order,
        ReductionKind.WEIGHT,
        price - round_dong(price * counted / ordered),
        line=line,
        parcel=parcel,
        note=gettext("%(grams)s g thay vì %(ordered)s g") % {"grams": grams, "ordered": ordered},
        by=by,
    )


def _take_off(order: Order, lines: dict[int, Line], short: Mapping[int, Short], by: Actor) -> None:
    """Cancel what is short for good of a locked order, and tell the buyer."""
    gone = []
    for line in lines.values():
        missing = short.get(line.pk)
        if missing is not None and missing.reason and line.num_open:
            gone.append((line, line.num_open, missing.reason))
            give_up(order, line, line.num_open, kind=ReductionKind.CANCELLED, note=missing.reason, by=by)
    if gone:
        notices.goods_taken_off(order, gone)


def give_up(order: Order, line: Line, units: int, *, kind: ReductionKind, note: str, by: Actor) -> None:
    """Cancel open ``units`` of a line: the stock is free, a special price goes back. Order and stock are locked."""
    if line.has_stock:
        stock.release(line.stockrecord_id, units)
    if line.price_window_id:
        prices.give_back_window(line.price_window_id, units)
    amounts.cancel_units(order, line, units, kind=kind, note=note, by=by)


def _lock_parcel(parcel: Parcel) -> tuple[Order, Parcel]:
    """Lock the parcel's order, and with it the parcel; return both as they are now."""
    order = lock_order(parcel.order_id)
    found = order.parcels.filter(pk=parcel.pk).first()
    if found is None:
        raise FulfilmentRefusal(_("Kiện này đã được mở ra rồi."), code="gone")
    return order, found


@transaction.atomic
def unpack_parcel(parcel: Parcel, *, by: Actor) -> Order:
    """Open a packed parcel: its goods are to be packed again, what the scales changed is undone.

    Raises FulfilmentRefusal once it left or was opened before.
    """
    order, parcel = _lock_parcel(parcel)
    if parcel.status != ParcelStatus.PACKED:
        raise FulfilmentRefusal(_("Kiện này đã gửi đi, không mở lại được."), code="not_packed")
    lines = {line.pk: line for line in order.lines.all()}
    for pick in parcel.picks.all():
        line = lines[pick.line_id]
        line.num_packed -= pick.quantity
        if pick.grams:
            line.packed_grams = (line.packed_grams or 0) - pick.grams or None
    for line in lines.values():
        line.save(update_fields=["num_packed", "packed_grams"])
    note = gettext("Chọn lại lô")
    weighed = list(parcel.reductions.filter(kind=ReductionKind.WEIGHT))
    if not refunds.may_take_back(order, sum((row.amount for row in weighed), Decimal(0))):
        raise FulfilmentRefusal(
            _("Tiền bớt theo cân đã trả lại người mua, không mở kiện này được nữa."), code="refunded"
        )
    for row in weighed:
        line = lines[row.line_id]
        amounts.reduce(order, ReductionKind.WEIGHT, -row.amount, line=line, note=note, by=by)
    audit.record("parcel_unpacked", parcel, by=by, order=order.number)
    parcel.delete()
    refunds.follow(order, by=by, note=note)
    stand(order, by=by, note=note)
    return order


@transaction.atomic
def ship_parcel(parcel: Parcel, *, carrier: str, waybill: str = "", by: Actor) -> Parcel:
    """Hand one parcel to the carrier: stock leaves, each lot's share with it, the buyer hears it.

    What the carrier collects is frozen on it: nothing when the order is paid otherwise, the parcel fee only once,
    the last parcel takes what is left. Locks the order, then the stock rows in key order. Raises IllegalMove unless
    it is packed, FulfilmentRefusal when "Đã nhận tiền" was taken back, BadPick when a lot was recalled or expired
    after packing.
    """
    order, parcel = _lock_parcel(parcel)
    PARCEL_MOVES.check(ParcelStatus(parcel.status), ParcelStatus.SHIPPED)
    _check_paid(order)
    lines = {line.pk: line for line in order.lines.order_by("stockrecord_id", "pk")}
    packed = parcel.picks.order_by("pk").values_list("line_id", flat=True)
    lock_stock([lines[key].stockrecord_id for key in packed])
    # Read under the lock: a recall of the lot holds it too.
    picks = list(parcel.picks.select_related("lot").order_by("pk"))
    for pick in picks:
        if pick.lot and not _may_be_sold(pick.lot):
            raise BadPick(
                gettext("Lô %(lot)s đã thu hồi hoặc hết hạn. Hãy mở kiện, chọn lô khác rồi gửi.")
                % {"lot": pick.lot.number},
                code="lot",
                details={"line": pick.line_id},
            )
    priced = price_picks(order, parcel)
    Pick.objects.bulk_update(priced, ["price"])
    goods, collect = sum((pick.price for pick in priced), Decimal(0)), to_collect(order, parcel)
    for line in lines.values():
        of_line = [pick for pick in picks if pick.line_id == line.pk]
        if of_line:
            _let_leave(order, line, of_line, by)
    move_parcel(
        parcel,
        ParcelStatus.SHIPPED,
        by=by,
        carrier=carrier,
        service=Carrier.objects.filter(name__iexact=carrier, is_active=True).first(),
        waybill=waybill,
        goods=goods,
        collect=collect,
        shipped_at=timezone.now(),
    )
    stand(order, by=by, note=str(parcel))
    notices.parcel_shipped(order, parcel)
    return parcel


def _let_leave(order: Order, line: Line, picks: list[Pick], by: Actor) -> None:
    """Take one line's units of a parcel out of stock, and out of their lots."""
    units = sum(pick.quantity for pick in picks)
    if line.has_stock:
        movement = stock.consume(
            line.stockrecord_id, units, note=gettext("Đơn %(number)s") % {"number": order.number}, by=by
        )
        for pick in picks:
            if pick.lot:
                lots.share_sale(movement, pick.lot, pick.quantity)
    line.num_packed -= units
    line.num_shipped += units
    line.num_allocated -= units
    line.save(update_fields=["num_packed", "num_shipped", "num_allocated"])


def price_picks(order: Order, parcel: Parcel) -> list[Pick]:
    """Return the picks of a packed parcel with what their units cost, weighed as they are; two queries at most.

    A line's price is shared among its picks by units and adds up to the đồng.
    """
    weighed = parcel.reductions.filter(kind=ReductionKind.WEIGHT).order_by("line").values_list("line")
    off = dict(weighed.annotate(n=Sum("amount")))
    picks = list(parcel.picks.all())
    for line in order.lines.all():
        of_line = [pick for pick in picks if pick.line_id == line.pk]
        if of_line:
            gone = line.num_cancelled + line.num_shipped
            units = [pick.quantity for pick in of_line]
            price = amounts.worth(line, gone + sum(units)) - amounts.worth(line, gone) - off.get(line.pk, 0)
            for pick, part in zip(of_line, share(price, units), strict=True):
                pick.price = part
    return picks


def to_collect(order: Order, parcel: Parcel) -> Decimal:
    """Return what the carrier takes at the door for a parcel, in whole đồng: frozen once it left."""
    if parcel.status != ParcelStatus.PACKED:
        return Decimal(parcel.collect)
    if order.payment.method != PaymentMethod.COD or order.payment.status != PaymentStatus.ON_DELIVERY:
        return Decimal(0)
    others = order.parcels.exclude(pk=parcel.pk)
    away = others.exclude(status__in=[ParcelStatus.PACKED, ParcelStatus.RETURNED])
    collected = away.aggregate(n=Sum("collect"))["n"] or Decimal(0)
    is_last = (
        not any(line.num_open for line in order.lines.all())
        and not others.filter(status=ParcelStatus.PACKED).exists()
    )
    wanted = order.due - collected
    if is_last:
        return wanted
    goods = sum((pick.price for pick in price_picks(order, parcel)), Decimal(0))
    return min(wanted, goods + (0 if collected else amounts.fee_left(order)))


@transaction.atomic
def deliver_parcel(parcel: Parcel, *, by: Actor) -> Order:
    """The buyer has it; with the last parcel the order is delivered. Raises IllegalMove unless it is on its way."""
    order, parcel = _lock_parcel(parcel)
    move_parcel(parcel, ParcelStatus.DELIVERED, by=by, delivered_at=timezone.now())
    stand(order, by=by)
    books.bring_up(order, by=by, note=gettext("Giao hàng"))
    notices.parcel_delivered(order, parcel)
    return order


@transaction.atomic
def parcel_came_back(
    parcel: Parcel, *, reason: str, fit: Mapping[int, int], with_fee: bool = False, by: Actor
) -> Order:
    """A parcel came back: refused at the door, nobody there. Its goods cost the buyer nothing any more.

    ``fit``: pick id → how many of its units can be sold again; the others are written off as spoilt. ``with_fee``:
    the parcel fee goes back as well; it always does when the order was to be paid at the door and nothing of it
    arrived. Locks the order, then the stock. Raises FulfilmentRefusal without a reason or for more units than the
    parcel has, IllegalMove unless it is on its way.
    """
    if not reason.strip():
        raise FulfilmentRefusal(_("Hãy ghi vì sao kiện hoàn về."), code="reason", field="reason")
    order, parcel = _lock_parcel(parcel)
    picks = list(parcel.picks.select_related("lot").order_by("pk"))
    if any(not 0 <= fit.get(pick.pk, 0) <= pick.quantity for pick in picks):
        raise FulfilmentRefusal(_("Số bán lại được không thể nhiều hơn số đã gửi."), code="fit")
    move_parcel(parcel, ParcelStatus.RETURNED, by=by, returned_at=timezone.now(), return_reason=reason[:300])
    lines = {line.pk: line for line in order.lines.order_by("stockrecord_id", "pk")}
    lock_stock([lines[pick.line_id].stockrecord_id for pick in picks])
    for line in lines.values():
        of_line = [pick for pick in picks if pick.line_id == line.pk]
        if of_line:
            units = sum(pick.quantity for pick in of_line)
            amount = sum((pick.price for pick in of_line), Decimal(0))
            take_units_back(
                order, line, [(pick, pick.quantity, fit.get(pick.pk, 0)) for pick in of_line], by=by
            )
            amounts.reduce(
                order,
                ReductionKind.BACK,
                amount,
                line=line,
                parcel=parcel,
                quantity=units,
                note=reason,
                by=by,
            )
    stand(order, by=by, note=reason)
    unpaid = order.payment.status == PaymentStatus.ON_DELIVERY and order.status == OrderStatus.RETURNED
    if with_fee or unpaid:
        fee = amounts.fee_left(order)
        amounts.reduce(order, ReductionKind.FEE, fee, parcel=parcel, note=reason, by=by)
    refunds.follow(order, by=by, note=reason)
    notices.parcel_came_back(order, parcel)
    return order


def take_units_back(order: Order, line: Line, backs: Iterable[tuple[Pick, int, int]], *, by: Actor) -> None:
    """Put units that came back into stock and into their lots; what is not fit to sell leaves again as spoilt.

    ``backs``: (pick, units, how many of them are fit). Order and stock are locked by the caller.
    """
    note = gettext("Đơn %(number)s") % {"number": order.number}
    for pick, units, fit in backs:
        for count, fit_to_sell in ((fit, True), (units - fit, False)):
            if count and line.has_stock:
                stocktake.returned(
                    line.stockrecord, count, lot=pick.lot, fit_to_sell=fit_to_sell, note=note, by=by
                )
        pick.returned += units
        pick.save(update_fields=["returned"])
        line.num_returned += units
    line.save(update_fields=["num_returned"])
