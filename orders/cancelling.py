"""Ending an order, or a part of it, before its goods leave; and taking one up again whose money came late."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import prices, stock
from marketplace.foundation.actor import Actor

from . import amounts, notices, payments, refunds, vouchers
from .fulfilment import FulfilmentRefusal, give_up, move_order, stand
from .locking import lock_order, lock_payment, lock_stock
from .models import Order, Parcel, Payment
from .statuses import ORDER_MOVES, OrderStatus, PaymentStatus, ReductionKind


@transaction.atomic
def cancel_order(order: Order, *, reason: str, by: Actor) -> Order:
    """Stop an order of which nothing has left: holds end, special prices go back, unpaid money is no longer asked.
    With the last order of a purchase its use of a voucher goes back, too.

    Money that was received is owed back. Raises IllegalMove once the order has left, FulfilmentRefusal without a
    reason or when a parcel of it is away: then only the rest can be cancelled.
    """
    if not reason.strip():
        raise FulfilmentRefusal(_("Hãy ghi lý do huỷ, người mua sẽ đọc được."), code="reason", field="reason")
    order = lock_order(order.pk)
    ORDER_MOVES.check(OrderStatus(order.status), OrderStatus.CANCELLED)
    if payments.has_left(order):
        raise FulfilmentRefusal(
            _("Một kiện của đơn đã gửi đi. Chỉ bớt được phần chưa gửi."), code="left", field="reason"
        )
    lines = list(order.lines.order_by("stockrecord_id", "pk"))
    lock_stock([line.stockrecord_id for line in lines])
    Parcel.objects.filter(order=order).delete()
    for line in lines:
        line.num_packed, line.packed_grams, line.allocation_cancelled = 0, None, True
        line.save(update_fields=["num_packed", "packed_grams", "allocation_cancelled"])
        if line.num_open:
            give_up(order, line, line.num_open, kind=ReductionKind.WHOLE, note=reason, by=by)
        # What the scales had changed goes with the rest: a cancelled line costs nothing.
        amounts.reduce(order, ReductionKind.WHOLE, line.due, line=line, note=reason, by=by)
    amounts.reduce(order, ReductionKind.WHOLE, amounts.fee_left(order), note=reason, by=by)
    order.cancel_reason = reason[:300]
    order.save(update_fields=["cancel_reason"])
    move_order(order, OrderStatus.CANCELLED, by=by, note=reason)
    payments.void(order, by=by)
    refunds.follow(order, by=by, note=reason)
    vouchers.give_back(order)
    notices.order_cancelled(order)
    return order


@transaction.atomic
def cancel_by_buyer(order: Order, *, reason: str = "", by: Actor) -> Order:
    """The buyer changes her mind, until somebody packs. Raises FulfilmentRefusal from then on."""
    order = lock_order(order.pk)
    if order.status not in {OrderStatus.PLACED, OrderStatus.CONFIRMED} or order.parcels.exists():
        raise FulfilmentRefusal(
            _("Đơn đã đóng gói hoặc đã gửi, không tự huỷ được nữa. Hãy gọi cho hợp tác xã."), code="packed"
        )
    return cancel_order(order, reason=reason.strip() or gettext("Người mua đổi ý"), by=by)


@transaction.atomic
def cancel_lines(
    order: Order, units: Mapping[int, int], *, reason: str, seen: int | None = None, by: Actor
) -> Order:
    """Take open units (line id → how many) off an order; the others go on, and the buyer reads why.

    When nothing else is left the whole order is cancelled. ``seen``: how many reductions the page showed; others
    since then refuse it, so one form sent twice cuts once. Locks the order, then the stock. Raises FulfilmentRefusal
    without a reason, for nothing, and for more than is open.
    """
    if not reason.strip():
        raise FulfilmentRefusal(_("Hãy ghi lý do, người mua sẽ đọc được."), code="reason", field="reason")
    order = lock_order(order.pk)
    amounts.check_seen(order, seen)
    if order.status not in {OrderStatus.PLACED, OrderStatus.CONFIRMED}:
        raise FulfilmentRefusal(
            _("Hàng của đơn này đã đóng gói hoặc gửi đi, không bớt được nữa."), code="not_open"
        )
    lines = {line.pk: line for line in order.lines.order_by("stockrecord_id", "pk")}
    wanted = {pk: count for pk, count in units.items() if count}
    if not wanted:
        raise FulfilmentRefusal(_("Hãy ghi bớt bao nhiêu ở ít nhất một món."), code="nothing")
    for pk, count in wanted.items():
        if pk not in lines or not 0 < count <= lines[pk].num_open:
            raise FulfilmentRefusal(_("Số bớt không thể nhiều hơn số chưa đóng gói."), code="more")
    is_all = all(wanted.get(pk, 0) == line.num_open for pk, line in lines.items())
    if is_all and not order.parcels.exists():
        return cancel_order(order, reason=reason, by=by)
    lock_stock([line.stockrecord_id for line in lines.values()])
    gone = []
    for line in lines.values():
        if line.pk in wanted:
            gone.append((line, wanted[line.pk], reason))
            give_up(order, line, wanted[line.pk], kind=ReductionKind.CANCELLED, note=reason, by=by)
    refunds.follow(order, by=by, note=reason)
    stand(order, by=by, note=reason)
    notices.goods_taken_off(order, gone)
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
    units = amounts.whole_units(order)
    lines = list(order.lines.filter(pk__in=units).order_by("stockrecord_id", "pk"))
    demand: dict[int, int] = {}
    for line in (line for line in lines if line.has_stock):
        demand[line.stockrecord_id] = demand.get(line.stockrecord_id, 0) + units[line.pk]
    if short := {shortage.stock_record_id for shortage in stock.hold(demand)}:
        names = ", ".join(line.title for line in lines if line.stockrecord_id in short)
        raise FulfilmentRefusal(
            gettext("Hàng của đơn này không còn đủ: %(names)s. Hãy trả lại tiền cho người mua.")
            % {"names": names},
            code="short",
            field="order",
        )
    for line in lines:
        if line.price_window_id and not prices.take_window(line.price_window_id, units[line.pk]):
            # Others have its units now; this order was promised the price all the same.
            line.price_window = None
            line.save(update_fields=["price_window"])
    order.cancel_reason = ""
    order.save(update_fields=["cancel_reason"])
    note = gettext("Tiền đến sau hạn")
    vouchers.take_again(order)
    amounts.put_back_whole(order, note=note, by=by)
    move_order(order, OrderStatus.PLACED, by=by, note=note)
    payments.move_payment(payment, PaymentStatus.WAITING, by=by, note=note, expires_at=payments.deadline())
    return order, payment
