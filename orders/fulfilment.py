"""Goods on their way: confirm, pack from lots, ship, deliver, cancel.

Each verb guards, changes, records, announces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import prices, stock
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove
from traceability import lots
from traceability.models import Lot
from traceability.statuses import LotStatus

from . import notices, payments, picking
from .locking import lock_order, lock_payment, lock_stock
from .models import Order, OrderStatusChange, Parcel, Payment, Pick
from .statuses import ORDER_MOVES, OrderStatus, PaymentStatus


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


def move_order(order: Order, to: OrderStatus, *, by: Actor, note: str = "") -> None:
    """Assign the status of a locked order and write the row that says who and why. Raises IllegalMove."""
    ORDER_MOVES.check(OrderStatus(order.status), to)
    OrderStatusChange.objects.create(
        order=order, old_status=order.status, new_status=to, note=note[:300], **signed(by)
    )
    order.status = to
    order.save(update_fields=["status"])
    audit.record(f"order_{to}", order, by=by, note=note)


@transaction.atomic
def confirm_order(order: Order, *, by: Actor) -> Order:
    """The cooperative accepts the order; the buyer hears it. Raises IllegalMove unless it is placed."""
    order = lock_order(order.pk)
    if order.status == OrderStatus.PACKED:  # the table lets it back only through unpack_order
        raise IllegalMove(_("Đơn này đã đóng gói rồi."))
    move_order(order, OrderStatus.CONFIRMED, by=by)
    notices.order_confirmed(order)
    return order


@transaction.atomic
def pack_order(order: Order, choices: Iterable[PickChoice], *, by: Actor) -> Order:
    """Set lots aside for every line and mark the order packed.

    Locks the order, then the stock rows, so two packers never take the same units. A transfer must have arrived
    (or the order is cash on delivery). Raises BadPick or IllegalMove; nothing is set aside then.
    """
    order = lock_order(order.pk)
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.PACKED)
    _check_paid(order)
    lines = {line.pk: line for line in order.lines.all()}
    lock_stock(sorted(line.stockrecord_id for line in lines.values()))
    chosen = [choice for choice in choices if choice.quantity]
    _check_picks(lines, chosen)
    Pick.objects.bulk_create(
        Pick(line_id=choice.line_id, lot_id=choice.lot_id, quantity=choice.quantity, **signed(by))
        for choice in chosen
    )
    move_order(order, OrderStatus.PACKED, by=by)
    return order


def _check_paid(order: Order) -> None:
    if payments.waits_for_money(order.payment):
        raise FulfilmentRefusal(
            _("Chưa nhận được tiền chuyển khoản. Khi tiền về, bấm “Đã nhận tiền” rồi đóng gói."),
            code="unpaid",
        )


def _check_picks(lines: dict, chosen: list[PickChoice]) -> None:
    taken: dict[int, int] = {}
    for choice in chosen:
        if choice.line_id not in lines or choice.quantity < 0:
            raise BadPick(_("Dòng hàng này không có trong đơn."), code="line")
        taken[choice.line_id] = taken.get(choice.line_id, 0) + choice.quantity
    for line in lines.values():
        if taken.get(line.pk, 0) != line.quantity:
            raise BadPick(
                gettext("%(name)s: cần đúng %(wanted)s, mới chọn %(taken)s.")
                % {"name": line.title, "wanted": line.quantity, "taken": taken.get(line.pk, 0)},
                code="quantity",
                details={"line": line.pk},
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
        wanted[key] = wanted.get(key, 0) + choice.quantity
        if wanted[key] > left.get(key, 0):
            name = usable[choice.lot_id].number if choice.lot_id else gettext("không theo lô")
            raise BadPick(
                gettext("%(name)s: lô %(lot)s chỉ còn %(left)s.")
                % {"name": line.title, "lot": name, "left": max(0, left.get(key, 0))},
                code="left",
                details={"line": line.pk},
            )


def _may_be_sold(lot: Lot) -> bool:
    return lot.status != LotStatus.RECALLED and not lot.has_expired


@transaction.atomic
def unpack_order(order: Order, *, by: Actor) -> Order:
    """Put the lots back and choose again. Raises IllegalMove unless the order is packed."""
    order = lock_order(order.pk)
    if order.status != OrderStatus.PACKED:
        ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.PACKED)
        raise FulfilmentRefusal(_("Đơn chưa đóng gói."), code="not_packed")
    Pick.objects.filter(line__order=order).delete()
    move_order(order, OrderStatus.CONFIRMED, by=by, note=gettext("Chọn lại lô"))
    return order


@transaction.atomic
def ship_order(order: Order, *, carrier: str, waybill: str = "", by: Actor) -> Parcel:
    """Hand one order to the carrier: stock leaves, each lot's share with it, the buyer hears it.

    Locks the order, then the stock rows in key order. Raises IllegalMove unless the order is packed,
    FulfilmentRefusal when "Đã nhận tiền" was taken back, BadPick when a lot was recalled or expired after packing.
    """
    order = lock_order(order.pk)
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.SHIPPED)
    _check_paid(order)
    lines = list(order.lines.prefetch_related("picks__lot").order_by("stockrecord_id"))
    lock_stock([line.stockrecord_id for line in lines])
    for pick in (pick for line in lines for pick in line.picks.all()):
        if pick.lot and not _may_be_sold(pick.lot):
            raise BadPick(
                gettext("Lô %(lot)s đã thu hồi hoặc hết hạn. Hãy mở kiện, chọn lô khác rồi gửi.")
                % {"lot": pick.lot.number},
                code="lot",
                details={"line": pick.line_id},
            )
    for line in lines:
        movement = stock.consume(
            line.stockrecord_id,
            line.quantity,
            note=gettext("Đơn %(number)s") % {"number": order.number},
            by=by,
        )
        by_lot: dict[int, int] = {}
        for pick in line.picks.all():
            if pick.lot_id:
                by_lot[pick.lot_id] = by_lot.get(pick.lot_id, 0) + pick.quantity
        for lot_id, quantity in sorted(by_lot.items()):
            lots.share_sale(movement, Lot.objects.get(pk=lot_id), quantity)
    order.lines.update(num_allocated=0)
    parcel = Parcel.objects.create(order=order, carrier=carrier, waybill=waybill)
    move_order(order, OrderStatus.SHIPPED, by=by, note=f"{carrier} {waybill}".strip())
    notices.order_shipped(order, parcel)
    return parcel


@transaction.atomic
def deliver_order(order: Order, *, by: Actor) -> Order:
    """The buyer has it. Raises IllegalMove unless the order is on its way."""
    order = lock_order(order.pk)
    move_order(order, OrderStatus.DELIVERED, by=by)
    order.parcels.filter(delivered_at__isnull=True).update(delivered_at=timezone.now())
    notices.order_delivered(order)
    return order


@transaction.atomic
def cancel_order(order: Order, *, reason: str, by: Actor) -> Order:
    """Stop an order that has not left: holds end, special prices go back, unpaid money is no longer asked.

    Money that was received stays received: giving it back is the cooperative's next step and both are told.
    Raises IllegalMove once the order has left, FulfilmentRefusal without a reason.
    """
    if not reason.strip():
        raise FulfilmentRefusal(_("Hãy ghi lý do huỷ, người mua sẽ đọc được."), code="reason", field="reason")
    order = lock_order(order.pk)
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.CANCELLED)
    lines = list(order.lines.order_by("stockrecord_id"))
    lock_stock([line.stockrecord_id for line in lines])
    for line in lines:
        stock.release(line.stockrecord_id, line.num_allocated)
        if line.price_window_id:
            prices.give_back_window(line.price_window_id, line.quantity)
    order.lines.update(num_allocated=0, allocation_cancelled=True)
    Pick.objects.filter(line__order=order).delete()
    order.cancel_reason = reason[:300]
    order.save(update_fields=["cancel_reason"])
    move_order(order, OrderStatus.CANCELLED, by=by, note=reason)
    payments.void(order, by=by)
    notices.order_cancelled(order)
    return order


@transaction.atomic
def reopen_order(order: Order, *, by: Actor) -> tuple[Order, Payment]:
    """Take up an order again that ran out before its money came: goods are held anew at the old price.

    Locks the order, its payment, then the stock. Raises IllegalMove unless it ran out, FulfilmentRefusal with what
    is short when the goods were sold meanwhile; nothing is written then.
    """
    order, payment = lock_payment(order.pk)
    if payment.status != PaymentStatus.EXPIRED:
        raise FulfilmentRefusal(_("Chỉ mở lại được đơn đã quá hạn chuyển khoản."), code="not_expired")
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.PLACED)
    lines = list(order.lines.order_by("stockrecord_id"))
    demand: dict[int, int] = {}
    for line in lines:
        demand[line.stockrecord_id] = demand.get(line.stockrecord_id, 0) + line.quantity
    if short := {shortage.stock_record_id for shortage in stock.hold(demand)}:
        names = ", ".join(line.title for line in lines if line.stockrecord_id in short)
        raise FulfilmentRefusal(
            gettext("Hàng của đơn này không còn đủ: %(names)s. Hãy trả lại tiền cho người mua.")
            % {"names": names},
            code="short",
            field="order",
        )
    for line in lines:
        if line.price_window_id and not prices.take_window(line.price_window_id, line.quantity):
            # Others have its units now; this order was promised the price all the same.
            line.price_window = None
        line.num_allocated, line.allocation_cancelled = line.quantity, False
        line.save(update_fields=["price_window", "num_allocated", "allocation_cancelled"])
    order.cancel_reason = ""
    order.save(update_fields=["cancel_reason"])
    note = gettext("Tiền đến sau hạn")
    move_order(order, OrderStatus.PLACED, by=by, note=note)
    payments.move_payment(payment, PaymentStatus.WAITING, by=by, note=note, expires_at=payments.deadline())
    return order, payment
