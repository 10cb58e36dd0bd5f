"""A transfer that came in: booked once, put on the orders whose memo it carries; what is unclear waits for a person.

The market sees no bank (DESIGN 3): transfers are told by a statement or by a notifier the cooperative chose.
Every đồng of a transfer is on an order or waits under "Tiền về"; nothing is returned or thrown away by a machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders import books, cancelling, notices, payments
from orders.locking import lock_payment
from orders.models import IncomingTransfer, Order, Payment, StatementImport, TransferShare
from orders.statuses import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    TransferReason,
    TransferSource,
    TransferState,
)

from . import memos

TAKES_TRANSFERS = {PaymentStatus.WAITING, PaymentStatus.CLAIMED, PaymentStatus.SHORT}


class TransferRefusal(Refusal):
    """The transfer stays where it is."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a bank says of one transfer: its own ``reference``, whole đồng, when, and the words it carried."""

    reference: str
    amount: Decimal
    booked_at: dt.datetime
    text: str
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transfer does: ``shares`` are (payment, đồng); ``reason`` says why a person must look, "" when none."""

    shares: tuple[tuple[Payment, Decimal], ...] = ()
    reason: str = ""


def plan(amount: Decimal, found: Iterable[Payment]) -> Plan:
    """Decide what ``amount`` does for the payments that its words name (locked, of one cooperative). Pure.

    One open payment takes what it still wants: exact and short are done, the rest of too much waits for a person.
    Several take a sum that fits them all, otherwise a person decides. Money for an order that ended, or that was
    paid by a transfer already, waits for a person; a first transfer of the right sum behind "Đã nhận tiền" pressed by
    hand is that money.
    """
    named = list(found)
    if not named:
        return Plan(reason=TransferReason.UNKNOWN)
    if len(named) > 1:
        wanted = [(payment, payment.still_due) for payment in named if payment.status in TAKES_TRANSFERS]
        if len(wanted) == len(named) and sum(due for _payment, due in wanted) == amount:
            return Plan(tuple(wanted))
        return Plan(reason=TransferReason.SEVERAL)
    payment = named[0]
    if payment.status == PaymentStatus.RECEIVED:
        if not payment.transferred and payment.amount == amount:
            return Plan(((payment, amount),))
        return Plan(reason=TransferReason.DUPLICATE)
    if payment.status not in TAKES_TRANSFERS:
        return Plan(reason=TransferReason.LATE)
    due = payment.still_due
    if amount > due:
        return Plan(((payment, due),), TransferReason.OVER)
    return Plan(((payment, amount),))


@transaction.atomic
def book(
    incoming: Incoming,
    *,
    cooperative: Cooperative,
    source: str,
    by: Actor,
    statement: StatementImport | None = None,
) -> tuple[IncomingTransfer, bool]:
    """Write down one transfer and put it on its orders; return it and whether it is new.

    The same ``reference`` of the same cooperative is one transfer, however often and by whichever way it is told:
    the first telling counts, later ones change nothing. Locks the orders it names and their payments in key order.
    """
    # A second telling at the same moment waits here for the first one's transaction, then finds its row.
    row, is_new = IncomingTransfer.objects.get_or_create(
        cooperative=cooperative,
        reference=incoming.reference,
        defaults={
            "source": source,
            "amount": incoming.amount,
            "booked_at": incoming.booked_at,
            "text": incoming.text,
            "payer": incoming.payer,
            "statement": statement,
            "state": TransferState.OPEN,
            "reason": TransferReason.UNKNOWN,
            **signed(by),
        },
    )
    if not is_new:
        return row, False
    decided = plan(row.amount, [payment for _order, payment in _lock_named(cooperative, row.text)])
    for payment, amount in decided.shares:
        _give(row, payment, amount, by)
    _set_state(row, decided.reason)
    audit.record("transfer.book", row, by=by, amount=str(row.amount), source=source, reason=row.reason)
    # Whoever sends in a statement is looking at it.
    if row.state == TransferState.OPEN and source == TransferSource.NOTICE:
        notices.transfer_to_look_at(row)
    return row, True


def _lock_named(cooperative: Cooperative, text: str) -> list[tuple[Order, Payment]]:
    numbers = memos.numbers_in(text)
    if not numbers:
        return []
    orders = Order.objects.filter(cooperative=cooperative, number__in=numbers).order_by("pk")
    return [lock_payment(pk) for pk in orders.values_list("pk", flat=True)]


def _give(transfer: IncomingTransfer, payment: Payment, amount: Decimal, by: Actor) -> None:
    """Put ``amount`` of a locked transfer on a locked payment and move the payment to where its money now is."""
    TransferShare.objects.create(transfer=transfer, payment=payment, amount=amount, **signed(by))
    payment.transferred += amount
    payment.save(update_fields=["transferred"])
    if payment.status == PaymentStatus.RECEIVED:
        return  # pressed by hand before the bank told of it
    on = timezone.localdate(transfer.booked_at)
    if payment.transferred >= payment.amount:
        payments.settle(payment.order, payment, by=by, note=transfer.reference, on=on)
    elif payment.status != PaymentStatus.SHORT:
        payments.move_payment(
            payment, PaymentStatus.SHORT, by=by, note=transfer.reference, on=on, expires_at=None
        )
        notices.money_short(payment.order, payment)
    else:
        books.bring_up(payment.order, by=by, note=transfer.reference, on=on)
        notices.money_short(payment.order, payment)


def _set_state(transfer: IncomingTransfer, reason: str) -> None:
    transfer.reason = reason
    transfer.state = TransferState.OPEN if reason else TransferState.SETTLED
    transfer.save(update_fields=["state", "reason"])


def left_of(transfer: IncomingTransfer) -> Decimal:
    """Return how much of ``transfer`` is on no order, in whole đồng; one query."""
    given = transfer.shares.aggregate(n=Sum("amount"))["n"] or Decimal(0)
    return Decimal(transfer.amount - given)


# --- what a person does ---------------------------------------------------------------------------------------
@transaction.atomic
def assign(transfer: IncomingTransfer, order: Order, *, by: Actor) -> IncomingTransfer:
    """Put what is left of ``transfer`` on ``order``, as much as it still wants.

    An order that ran out is opened again first, if its goods are still there. Locks the order, its payment, its
    stock, then the transfer. Raises TransferRefusal when one is another cooperative's or nothing is left or due,
    OutOfStock's sentence when the goods are gone; nothing is written then.
    """
    if order.cooperative_id != transfer.cooperative_id:
        raise TransferRefusal(_("Đơn này không phải của hợp tác xã."), code="order", field="order")
    locked, payment = lock_payment(order.pk)
    row = _lock(transfer)
    if row.state == TransferState.CLOSED:  # in another tab: it may have been sent back
        raise TransferRefusal(_("Khoản này đã xử lý rồi."), code="closed", field="order")
    if payment.status == PaymentStatus.EXPIRED and locked.status == OrderStatus.CANCELLED:
        locked, payment = cancelling.reopen_order(locked, by=by)
    if payment.status not in TAKES_TRANSFERS:
        raise TransferRefusal(
            _("Đơn này không chờ chuyển khoản. Hãy chọn đơn khác."), code="not_waiting", field="order"
        )
    amount = min(left_of(row), payment.still_due)
    if amount <= 0:
        raise TransferRefusal(_("Khoản này đã ghi hết vào đơn rồi."), code="nothing_left", field="order")
    _give(row, payment, amount, by)
    _set_state(row, TransferReason.OVER if left_of(row) else "")
    audit.record("transfer.assign", row, by=by, order=locked.number, amount=str(amount))
    return row


@transaction.atomic
def release(transfer: IncomingTransfer, order: Order, *, reason: str, by: Actor) -> IncomingTransfer:
    """Take back what ``transfer`` gave to ``order``: put there by mistake. Both steps stay on record.

    Raises TransferRefusal without a reason, when nothing of it is there, once the goods have left, and for a
    cancelled order, which nobody shall be asked to pay.
    """
    if not reason.strip():
        raise TransferRefusal(_("Hãy ghi lý do."), code="reason", field="reason")
    locked, payment = lock_payment(order.pk)
    row = _lock(transfer)
    amount = row.shares.filter(payment=payment).aggregate(n=Sum("amount"))["n"] or Decimal(0)
    if amount <= 0:
        raise TransferRefusal(_("Khoản này không nằm trong đơn."), code="nothing_there")
    if payments.has_left(locked):
        raise TransferRefusal(_("Hàng đã gửi đi, không bỏ tiền ra khỏi đơn được nữa."), code="shipped")
    if payment.refunds.exclude(status=RefundStatus.DROPPED).exists():
        raise TransferRefusal(
            _("Đơn này có khoản trả lại người mua, không bỏ tiền ra khỏi đơn được nữa."), code="refunds"
        )
    if locked.status == OrderStatus.CANCELLED:
        raise TransferRefusal(_("Đơn này đã huỷ, tiền đã nhận thì trả lại cho người mua."), code="cancelled")
    TransferShare.objects.create(
        transfer=row, payment=payment, amount=-amount, note=reason[:300], **signed(by)
    )
    payments.take_back(payment, amount, reason=reason, by=by)
    _set_state(row, TransferReason.UNKNOWN)
    audit.record("transfer.release", row, by=by, order=locked.number, amount=str(amount), reason=reason)
    return row


@transaction.atomic
def close(transfer: IncomingTransfer, *, note: str, by: Actor) -> IncomingTransfer:
    """A person says what became of money that is on no order: sent back, or not for an order at all.

    Raises TransferRefusal without words and when the transfer does not wait for anybody.
    """
    if not note.strip():
        raise TransferRefusal(
            _("Hãy ghi khoản này là gì, hoặc đã trả lại cho ai."), code="note", field="note"
        )
    row = _lock(transfer)
    if row.state != TransferState.OPEN:
        raise TransferRefusal(_("Khoản này đã xử lý rồi."), code="not_open")
    row.state, row.note = TransferState.CLOSED, note[:300]
    row.save(update_fields=["state", "note"])
    audit.record("transfer.close", row, by=by, note=note)
    return row


@transaction.atomic
def close_many(cooperative: Cooperative, keys: Iterable[int], *, note: str, by: Actor) -> int:
    """Close those of ``keys`` that wait and name no order; return how many that were. Others are left alone."""
    found = cooperative.transfers.filter(TRAY["khong-ro"], pk__in=list(keys)).order_by("pk")
    waiting = list(found.select_for_update(no_key=True))  # sent twice, the second finds none
    for row in waiting:
        close(row, note=note, by=by)
    return len(waiting)


def _lock(transfer: IncomingTransfer) -> IncomingTransfer:
    return IncomingTransfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)


# --- what is shown --------------------------------------------------------------------------------------------
TRAY = {
    "can-xem": Q(state=TransferState.OPEN) & ~Q(reason=TransferReason.UNKNOWN),
    "khong-ro": Q(state=TransferState.OPEN, reason=TransferReason.UNKNOWN),
    "da-ghi": Q(state=TransferState.SETTLED),
    "xong": Q(state=TransferState.CLOSED),
}


def of(cooperative: Cooperative, which: str = "") -> QuerySet[IncomingTransfer]:
    """A cooperative's transfers (one drawer of TRAY, or all), newest first, with the orders they are on."""
    found = cooperative.transfers.prefetch_related("shares__payment__order").order_by("-booked_at", "-pk")
    return found.filter(TRAY[which]) if which in TRAY else found


def counts(cooperative: Cooperative) -> dict[str, int]:
    """How many transfers lie in each drawer of TRAY; one query."""
    return cooperative.transfers.aggregate(**{name: Count("pk", filter=rule) for name, rule in TRAY.items()})


def on_orders(transfer: IncomingTransfer) -> list[tuple[Order, Decimal]]:
    """The orders that ``transfer`` is on, with how much of it; reads its prefetched shares."""
    sums: dict[int, Decimal] = {}
    orders: dict[int, Order] = {}
    for share in transfer.shares.all():
        order = share.payment.order
        orders[order.pk] = order
        sums[order.pk] = sums.get(order.pk, Decimal(0)) + share.amount
    return [(orders[key], amount) for key, amount in sums.items() if amount]


def given_to(payment: Payment) -> list[tuple[IncomingTransfer, Decimal]]:
    """The transfers that brought money of ``payment``, with how much each; two queries at most."""
    if not payment.transferred:
        return []
    sums = payment.shares.values("transfer").annotate(n=Sum("amount")).filter(n__gt=0).order_by("transfer")
    rows = IncomingTransfer.objects.in_bulk([row["transfer"] for row in sums])
    return [(rows[row["transfer"]], row["n"]) for row in sums]


def order_called(cooperative: Cooperative, typed: str) -> Order:
    """The cooperative's order that ``typed`` names: a number in any form, a whole memo. Raises TransferRefusal."""
    found = Order.objects.filter(cooperative=cooperative, number__in=memos.numbers_in(typed)).first()
    if found is None:
        raise TransferRefusal(
            _("Không thấy đơn nào của gian hàng có mã này."), code="no_order", field="order"
        )
    return found


def suggestions(transfer: IncomingTransfer, most: int = 5) -> list[Order]:
    """Orders that ``transfer`` may be for: of its sum, or with a number nearly in its words; likeliest first."""
    waiting = (
        Order.objects.filter(
            cooperative_id=transfer.cooperative_id,
            payment__method="vietqr",
            payment__status__in=[*TAKES_TRANSFERS, PaymentStatus.EXPIRED],
        )
        .select_related("payment", "purchase")
        .order_by("-pk")[:300]
    )
    left = left_of(transfer)
    ranked = []
    for place, order in enumerate(waiting):
        likes = 2 * memos.is_near(transfer.text, order.number) + (order.payment.still_due == left)
        if likes:
            ranked.append((-likes, place, order))
    return [order for _likes, _place, order in sorted(ranked, key=lambda row: row[:2])[:most]]
