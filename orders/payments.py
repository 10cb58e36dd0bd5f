"""Money of one order: claimed by the buyer, confirmed by the cooperative, undone with a trace, expired by a job.

The market never holds money and cannot see the bank (DESIGN 3).
"""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import format_dong
from marketplace.foundation.refusals import Refusal

from . import books, notices
from .gateways import vietqr
from .locking import lock_payment
from .models import IncomingTransfer, Order, Payment, PaymentChange, TransferShare
from .statuses import (
    PAYMENT_MOVES,
    OrderStatus,
    ParcelStatus,
    PaymentMethod,
    PaymentStatus,
    RefundStatus,
    TransferReason,
    TransferState,
)


class PaymentRefusal(Refusal):
    """The payment stays as it was."""


def move_payment(
    payment: Payment,
    to: PaymentStatus,
    *,
    by: Actor,
    note: str = "",
    on: dt.date | None = None,
    **fields: Any,
) -> None:
    """Assign the status of a locked payment (and ``fields`` with it), write who and why, bring the books up.

    ``on``: the day that the bank names for the money. Raises IllegalMove.
    """
    PAYMENT_MOVES.check(PaymentStatus(payment.status), to)
    PaymentChange.objects.create(
        payment=payment, old_status=payment.status, new_status=to, note=note[:300], **signed(by)
    )
    payment.status = to
    for name, value in fields.items():
        setattr(payment, name, value)
    payment.save(update_fields=["status", *fields])
    audit.record(f"payment_{to}", payment, by=by, note=note)
    books.bring_up(payment.order, by=by, note=note, on=on)


def ask(payment: Payment, amount: Decimal, *, by: Actor, note: str = "") -> None:
    """Change what a locked payment asks for, or, once received, what it counts as; a row says who and why."""
    PaymentChange.objects.create(
        payment=payment,
        old_status=payment.status,
        new_status=payment.status,
        note=f"{format_dong(payment.amount)} → {format_dong(amount)}. {note}".strip()[:300],
        **signed(by),
    )
    payment.amount = amount
    payment.save(update_fields=["amount"])
    audit.record("payment.ask", payment, by=by, amount=str(amount), note=note)
    books.bring_up(payment.order, by=by, note=note)


def waits_for_money(payment: Payment) -> bool:
    """True while a transfer was asked for and the cooperative has not said that it came."""
    return payment.method == PaymentMethod.VIETQR and payment.status in {
        PaymentStatus.WAITING,
        PaymentStatus.CLAIMED,
        PaymentStatus.SHORT,
    }


def has_left(order: Order) -> bool:
    """True once a parcel of the order was handed over: from then on no clock may end it; one query."""
    return bool(order.parcels.exclude(status=ParcelStatus.PACKED).exists())


def deadline() -> Any:
    """Return when a transfer asked for now runs out."""
    return timezone.now() + timedelta(hours=settings.TRANSFER_HOURS)


@transaction.atomic
def claim(payment: Payment, *, by: Actor) -> Payment:
    """The buyer says "Tôi đã chuyển": the clock stops and the cooperative is asked to look.

    Pressed twice it changes nothing. Raises PaymentRefusal when the order has already run out or was cancelled.
    """
    order, payment = lock_payment(payment.order_id)
    if payment.status in {
        PaymentStatus.CLAIMED,
        PaymentStatus.SHORT,
        PaymentStatus.RECEIVED,
        PaymentStatus.REFUNDED,
    }:
        return payment
    if payment.status != PaymentStatus.WAITING:
        raise PaymentRefusal(
            _("Đơn này đã quá hạn hoặc đã huỷ. Nếu bạn đã chuyển tiền, hãy gọi cho hợp tác xã."),
            code="closed",
        )
    move_payment(payment, PaymentStatus.CLAIMED, by=by, claimed_at=timezone.now(), expires_at=None)
    notices.transfer_claimed(order, payment)
    return payment


@transaction.atomic
def receive(payment: Payment, *, by: Actor, note: str = "") -> Payment:
    """The cooperative says "Đã nhận tiền": settled. Pressed twice it changes nothing; IllegalMove once void."""
    order, payment = lock_payment(payment.order_id)
    if payment.status in {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}:
        return payment
    if payment.method == PaymentMethod.COD and order.status not in {
        OrderStatus.SHIPPED,
        OrderStatus.DELIVERED,
    }:
        raise PaymentRefusal(_("Tiền mặt chỉ thu khi hàng đã gửi đi."), code="too_early")
    settle(order, payment, by=by, note=note)
    return payment


def settle(order: Order, payment: Payment, *, by: Actor, note: str = "", on: dt.date | None = None) -> None:
    """Note that all of a locked payment is there and tell the buyer. Raises IllegalMove."""
    move_payment(
        payment,
        PaymentStatus.RECEIVED,
        by=by,
        note=note,
        on=on,
        received_at=timezone.now(),
        expires_at=None,
    )
    notices.money_received(order, payment)


def take_back(payment: Payment, amount: Decimal, *, reason: str, by: Actor) -> None:
    """Note that ``amount`` of a locked payment's transfers was not its own; what is missing is asked for again."""
    payment.transferred -= amount
    payment.save(update_fields=["transferred"])
    if payment.transferred:
        if payment.status != PaymentStatus.SHORT:
            move_payment(payment, PaymentStatus.SHORT, by=by, note=reason, received_at=None)
        else:
            books.bring_up(payment.order, by=by, note=reason)
        return
    move_payment(
        payment,
        PaymentStatus.WAITING,
        by=by,
        note=reason,
        received_at=None,
        claimed_at=None,
        expires_at=deadline(),
    )


@transaction.atomic
def undo_receive(payment: Payment, *, reason: str, by: Actor) -> Payment:
    """Take "Đã nhận tiền" back to where it was before; both steps stay on record, a wait gets a new deadline.

    Raises PaymentRefusal without a reason, when no money was noted or some of it goes back, and for a cancelled
    order: nobody pays that one.
    """
    order, payment = lock_payment(payment.order_id)
    if payment.status != PaymentStatus.RECEIVED:
        raise PaymentRefusal(_("Đơn này chưa ghi nhận tiền."), code="not_received")
    if not reason.strip():
        raise PaymentRefusal(_("Hãy ghi lý do."), code="reason", field="reason")
    if payment.transferred:
        raise PaymentRefusal(
            _("Tiền của đơn này đã có trong ngân hàng. Nếu ghi nhầm đơn, hãy sửa ở mục Tiền về."),
            code="transferred",
        )
    if order.status == OrderStatus.CANCELLED:
        raise PaymentRefusal(_("Đơn này đã huỷ, tiền đã nhận thì trả lại cho người mua."), code="cancelled")
    if payment.refunds.exclude(status=RefundStatus.DROPPED).exists():
        raise PaymentRefusal(
            _(
                "Đơn này có khoản trả lại người mua. Nếu chưa từng nhận tiền, hãy ghi khoản đó là không phải trả."
            ),
            code="refunds",
        )
    last = (
        payment.changes.filter(new_status=PaymentStatus.RECEIVED).exclude(old_status=F("new_status")).last()
    )
    before = PaymentStatus(last.old_status) if last else PaymentStatus.CLAIMED
    if before == PaymentStatus.WAITING and has_left(order):
        before = PaymentStatus.CLAIMED  # goods have left: no clock may cancel this order any more
    move_payment(
        payment,
        before,
        by=by,
        note=reason,
        received_at=None,
        expires_at=deadline() if before == PaymentStatus.WAITING else None,
    )
    return payment


@transaction.atomic
def not_arrived(payment: Payment, *, by: Actor) -> Payment:
    """The cooperative looked and found no transfer: the buyer is told and gets a new deadline.

    None once the goods have left: no clock may end such a payment. Raises PaymentRefusal unless the buyer said that
    the money was sent: from a page that is old, it would undo "Đã nhận tiền" without a reason.
    """
    order, payment = lock_payment(payment.order_id)
    if payment.status != PaymentStatus.CLAIMED:
        raise PaymentRefusal(
            _("Đơn này không còn chờ đối chiếu. Hãy xem lại tình trạng tiền."), code="not_claimed"
        )
    move_payment(
        payment,
        PaymentStatus.WAITING,
        by=by,
        claimed_at=None,
        expires_at=None if has_left(order) else deadline(),
    )
    notices.transfer_missing(order, payment)
    return payment


def void(order: Order, *, by: Actor) -> None:
    """End the payment of an order just cancelled, unless money came or the clock ended it. Caller holds the locks."""
    payment = Payment.objects.select_for_update(no_key=True).get(order=order)
    if payment.status in {
        PaymentStatus.WAITING,
        PaymentStatus.CLAIMED,
        PaymentStatus.SHORT,
        PaymentStatus.ON_DELIVERY,
    }:
        _free_transfers(payment, by=by)
        move_payment(payment, PaymentStatus.VOID, by=by, expires_at=None)


def _free_transfers(payment: Payment, *, by: Actor) -> None:
    """Take what transfers brought off a payment that ends: it waits under "Tiền về" to be sent back."""
    if not payment.transferred:
        return
    for given in payment.shares.values("transfer").annotate(n=Sum("amount")).filter(n__gt=0):
        TransferShare.objects.create(
            transfer_id=given["transfer"], payment=payment, amount=-given["n"], **signed(by)
        )
        IncomingTransfer.objects.filter(pk=given["transfer"]).update(
            state=TransferState.OPEN, reason=TransferReason.LATE
        )
    payment.transferred = Decimal(0)
    payment.save(update_fields=["transferred"])


def qr_payload(payment: Payment) -> str:
    """Return the VietQR text for what a payment still wants: the cooperative's own account, amount and memo."""
    return vietqr.build(payment.bank_bin, payment.account_number, amount=payment.still_due, memo=payment.memo)
