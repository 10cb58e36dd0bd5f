"""Unpaid transfers run out: the payment expires, the order is cancelled, the stock is free."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from marketplace.foundation.actor import Actor

from .cancelling import cancel_order
from .locking import lock_payment
from .models import Payment
from .payments import move_payment
from .statuses import OrderStatus, PaymentStatus

BATCH = 100  # one transaction each; a minute's run stays well under the task's time limit


def due() -> list[int]:
    """Return ids of orders whose wait for a transfer has run out, oldest first, at most a batch."""
    waiting = Payment.objects.filter(status=PaymentStatus.WAITING, expires_at__lte=timezone.now())
    return list(waiting.order_by("expires_at").values_list("order_id", flat=True)[:BATCH])


def expire(order_id: int, *, by: Actor) -> bool:
    """End one unpaid order; False when a claim or a receipt came first (the row is read again under its lock)."""
    with transaction.atomic():
        order, payment = lock_payment(order_id)
        if payment.status != PaymentStatus.WAITING or payment.expires_at is None:
            return False
        if payment.expires_at > timezone.now():
            return False
        move_payment(payment, PaymentStatus.EXPIRED, by=by, expires_at=None)
        if order.status in {OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.PACKED}:
            cancel_order(order, reason=gettext("Quá hạn chuyển khoản"), by=by)
        return True


def expire_due() -> int:
    """Expire every due order, one transaction each; return how many ended."""
    by = Actor.system("expire_unpaid")
    return sum(expire(order_id, by=by) for order_id in due())
