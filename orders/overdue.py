"""Orders that their cooperative does not answer: it is reminded twice, then the clock ends them.

An order whose money is on its way or there is never ended by a clock: the alliance of the province hears of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone, translation
from django.utils.translation import gettext

from cooperatives.models import Officer, OfficerScope
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor

from . import notices
from .cancelling import cancel_order
from .locking import lock_payment
from .models import Order, OrderStatusChange, Payment
from .statuses import OrderStatus, PaymentStatus, PurchaseSource

REMINDERS = (2, 12)  # hours without an answer
NIGHT = (21, 6)  # o'clock, from and until: no phone rings for a reminder
BATCH = 100  # one transaction each; a run stays well under the task's time limit
MONEY = (PaymentStatus.CLAIMED, PaymentStatus.SHORT, PaymentStatus.RECEIVED)


def answer_by(order: Order) -> datetime:
    """Return until when the cooperative has to answer: so many hours after the order was last placed."""
    placed = [change for change in order.status_changes.all() if change.new_status == OrderStatus.PLACED]
    since = max((change.date_created for change in placed), default=order.date_placed)
    return since + timedelta(hours=settings.UNCONFIRMED_HOURS)


def has_money(payment: Payment) -> bool:
    """Whether money of a payment came, or the buyer says that it is on its way."""
    return payment.status in MONEY


def is_night(now: datetime) -> bool:
    """Whether people sleep now, in the market's own time zone."""
    hour = timezone.localtime(now, timezone.get_default_timezone()).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def work(*, by: Actor) -> int:
    """End, remind and report whatever is due; return how many orders were touched.

    Each order in its own transaction, at most ``BATCH`` of a kind. Reminders and reports wait for the morning.
    """
    ended = sum(end(pk, by=by) for pk in _late().exclude(payment__status__in=MONEY)[:BATCH])
    if is_night(timezone.now()):
        return ended
    unheard = _without_letter(_late().filter(payment__status__in=MONEY), notices.unanswered_key(""))
    reported = sum(report(pk) for pk in unheard[:BATCH])
    return (
        ended
        + reported
        + sum(remind(pk, hours) for hours in _reminders() for pk in _unreminded(hours)[:BATCH])
    )


def end(order_id: int, *, by: Actor) -> bool:
    """Cancel an order that was not answered in time; False when it was, or when its money is under way.

    Locks the order and its payment and looks again: whoever confirms in the last second keeps the order.
    """
    with transaction.atomic():
        order, payment = lock_payment(order_id)
        if not _is_late(order) or has_money(payment):
            return False
        with translation.override(order.purchase.language):
            hours = settings.UNCONFIRMED_HOURS
            reason = gettext("Hợp tác xã không trả lời trong %(hours)s giờ") % {"hours": hours}
        cancel_order(order, reason=reason, by=by)
        return True


def remind(order_id: int, hours: int) -> bool:
    """Remind the cooperative of an order that has waited ``hours`` hours; False when it was answered meanwhile.

    Once for each of ``REMINDERS``, however many jobs run: the letter's key is unique and the order locked.
    """
    with transaction.atomic():
        order, payment = lock_payment(order_id)
        if order.status != OrderStatus.PLACED:
            return False
        notices.order_unconfirmed(order, hours, until=answer_by(order), has_money=has_money(payment))
        return True


def report(order_id: int) -> bool:
    """Tell the officers of the province, once, of an order that has money and no answer; the cooperative as well."""
    with transaction.atomic():
        order, payment = lock_payment(order_id)
        if not _is_late(order) or not has_money(payment):
            return False
        notices.order_unanswered(order, _officers(order))
        return True


def _is_late(order: Order) -> bool:
    return order.status == OrderStatus.PLACED and answer_by(order) <= timezone.now()


def _officers(order: Order) -> list[Officer]:
    """Who looks after the cooperative's province; whoever looks after the country when nobody does."""
    there = Officer.objects.filter(until=None, user__is_active=True).select_related("user").order_by("pk")
    return list(there.filter(province_code=order.cooperative.province_code)) or list(
        there.filter(scope=OfficerScope.NATIONAL)
    )


def _waiting(hours: int, *, less_than: int = 0) -> QuerySet[Order, int]:
    """Ids of orders that have waited at least ``hours`` hours (and ``less_than`` so many), the longest first."""
    changes = OrderStatusChange.objects.filter(order=OuterRef("pk"), new_status=OrderStatus.PLACED)
    newest = Subquery(changes.order_by("-date_created").values("date_created")[:1])
    now = timezone.now()
    before = now - timedelta(hours=hours)
    orders = Order.objects.filter(status=OrderStatus.PLACED, date_placed__lte=before)
    # A sale across the counter is nobody's to confirm; the wait for its transfer ends it.
    orders = orders.exclude(purchase__source=PurchaseSource.COUNTER)
    # An order that was taken up again waits from then on, not from its first day.
    waiting = orders.annotate(since=Coalesce(newest, F("date_placed"))).filter(since__lte=before)
    if less_than:
        waiting = waiting.filter(since__gt=now - timedelta(hours=less_than))
    return waiting.order_by("since").values_list("pk", flat=True)


def _late() -> QuerySet[Order, int]:
    return _waiting(settings.UNCONFIRMED_HOURS)


def _reminders() -> list[int]:
    return [hours for hours in REMINDERS if hours < settings.UNCONFIRMED_HOURS]


def _unreminded(hours: int) -> QuerySet[Order, int]:
    """Those whose newest reminder is the one after ``hours`` hours, and who did not get it."""
    later = min(one for one in [*_reminders(), settings.UNCONFIRMED_HOURS] if one > hours)
    return _without_letter(_waiting(hours, less_than=later), notices.unconfirmed_key(hours, ""))


def _without_letter(orders: QuerySet[Order, int], key: str) -> QuerySet[Order, int]:
    """Those of ``orders`` whose letter ``key`` (and their id) was not written yet."""
    keys = Concat(Value(key), Cast(OuterRef("pk"), CharField()))
    return orders.exclude(Exists(Letter.objects.filter(key=keys)))
