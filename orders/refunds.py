"""Money that goes back: owed as soon as an order costs less than was paid, sent by the cooperative itself.

Always true for a payment that was received: its amount = what the order costs now + its refunds owed and sent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import papers
from cooperatives.bank_accounts import account_holder, account_number
from cooperatives.models import PaperKind
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.money import format_dong
from marketplace.foundation.refusals import Refusal
from marketplace.places.models import Bank

from . import amounts, books, notices, payments
from .gateways import vietqr
from .locking import lock_payment
from .models import Line, Order, Payment, Refund, RefundChange
from .statuses import (
    REFUND_MOVES,
    OrderStatus,
    ParcelStatus,
    PaymentStatus,
    ReductionKind,
    RefundStatus,
)


class RefundRefusal(Refusal):
    """The refund stays as it was."""


PAID = {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}
UNPAID = {PaymentStatus.WAITING, PaymentStatus.CLAIMED, PaymentStatus.SHORT, PaymentStatus.ON_DELIVERY}


def check_cash(order: Order) -> None:
    """Refuse while cash that a buyer paid at the door is not noted: less would only be asked, and her money lost.

    Raises RefundRefusal.
    """
    at_the_door = order.parcels.filter(status=ParcelStatus.DELIVERED, collect__gt=0)
    if order.payment.status == PaymentStatus.ON_DELIVERY and at_the_door.exists():
        raise RefundRefusal(
            _("Khách đã trả tiền mặt khi nhận hàng. Bấm “Đã nhận tiền” ở trang đơn trước, rồi làm tiếp."),
            code="cash",
        )


def given_back(payment: Payment) -> Decimal:
    """Return what is owed or was sent back of a payment, in whole đồng; one query."""
    alive = payment.refunds.exclude(status=RefundStatus.DROPPED)
    return alive.aggregate(n=Sum("amount"))["n"] or Decimal(0)


def follow(order: Order, *, by: Actor, note: str = "") -> Payment:
    """Bring the payment of a locked order to what it costs now; return the payment, locked.

    Not paid yet: less (or, by weight, more) is asked; when transfers already brought all of it the payment is
    settled, and nothing left to pay ends it. Paid: the difference is owed back. The books follow.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(order=order)
    status = PaymentStatus(payment.status)
    if status in PAID:
        _owe(order, payment, payment.amount - given_back(payment) - order.due, by=by, note=note)
    elif status in UNPAID and not order.due and not payment.transferred:
        payments.void(order, by=by)
        payment.refresh_from_db()
    elif status in UNPAID and payment.amount != order.due:
        wanted = max(order.due, payment.transferred)
        payments.ask(payment, wanted, by=by, note=note)
        if payment.transferred and payment.transferred >= wanted:
            payments.settle(order, payment, by=by, note=note)
            _owe(order, payment, wanted - order.due, by=by, note=note)
    books.bring_up(order, by=by, note=note)
    return payment


def may_take_back(order: Order, amount: Decimal) -> bool:
    """Tell whether a locked order may cost ``amount`` more again: not once that money was sent back."""
    if order.payment.status not in PAID:
        return True
    owed = order.payment.refunds.filter(status=RefundStatus.OWED).first()
    return amount <= (owed.amount if owed else 0)


def _owe(order: Order, payment: Payment, more: Decimal, *, by: Actor, note: str) -> None:
    """Let ``more`` (below zero: less) be owed back than was until now."""
    if not more:
        return
    refund = payment.refunds.filter(status=RefundStatus.OWED).first()
    if refund is not None and refund.amount + more == 0:
        move_refund(refund, RefundStatus.DROPPED, by=by, note=note)
        return
    if refund is None:
        last = payment.refunds.exclude(bank=None).last()
        account = (
            {"bank": last.bank, "account_number": last.account_number, "account_holder": last.account_holder}
            if last
            else {}
        )
        refund = Refund.objects.create(payment=payment, amount=more, **account, **signed(by))
    else:
        refund.amount += more
        refund.save(update_fields=["amount"])
    _write(refund, by=by, note=note)
    notices.refund_owed(order, refund)


def _write(refund: Refund, *, by: Actor, note: str) -> None:
    RefundChange.objects.create(
        refund=refund, new_status=refund.status, amount=refund.amount, note=note[:300], **signed(by)
    )
    audit.record(f"refund_{refund.status}", refund, by=by, amount=str(refund.amount), note=note)


def move_refund(refund: Refund, to: RefundStatus, *, by: Actor, note: str = "", **fields: Any) -> None:
    """Assign the status of a locked refund (and ``fields`` with it) and write who and why. Raises IllegalMove."""
    REFUND_MOVES.check(RefundStatus(refund.status), to)
    refund.status = to
    for name, value in fields.items():
        setattr(refund, name, value)
    refund.save(update_fields=["status", *fields])
    _write(refund, by=by, note=note)
    books.bring_up(refund.payment.order, by=by, note=note)


def _lock(refund: Refund) -> tuple[Order, Payment, Refund]:
    order, payment = lock_payment(refund.payment.order_id)
    return order, payment, Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=refund.pk)


@transaction.atomic
def name_account(refund: Refund, *, bank: Bank, number: str, holder: str, by: Actor) -> Refund:
    """Say where the money goes back to: the buyer on the purchase's page, or the cooperative after a call.

    Raises WrongAccountNumber, WrongHolder, and RefundRefusal once it was sent: where it went to stays written.
    """
    number, holder = account_number(number), account_holder(holder)
    order, _payment, row = _lock(refund)
    if row.status != RefundStatus.OWED:
        raise RefundRefusal(_("Khoản này đã trả hoặc không còn phải trả."), code="not_owed")
    row.bank, row.account_number, row.account_holder = bank, number, holder
    row.save(update_fields=["bank", "account_number", "account_holder"])
    audit.record("refund.account", row, by=by)
    notices.refund_account_named(order, row)
    return row


@transaction.atomic
def send(refund: Refund, *, shown: Decimal, reference: str = "", evidence: Any = None, by: Actor) -> Refund:
    """The cooperative made the transfer: the buyer is told, the books follow.

    ``shown`` is the sum that the page showed, ``evidence`` an uploaded picture of the transfer. Sent twice it is
    one refund: the second is refused. Raises RefundRefusal when it is not owed or is another sum by now,
    UnreadablePaper for a file that is no paper.
    """
    order, payment, row = _lock(refund)
    if row.status != RefundStatus.OWED:
        raise RefundRefusal(_("Khoản này đã trả hoặc không còn phải trả."), code="not_owed")
    if row.amount != shown:
        raise RefundRefusal(
            gettext("Số phải trả vừa đổi thành %(amount)s. Hãy xem lại rồi ghi lần nữa.")
            % {"amount": format_dong(row.amount)},
            code="amount",
        )
    paper = (
        papers.keep(evidence, kind=PaperKind.REFUND, cooperative=order.cooperative, by=by)
        if evidence
        else None
    )
    move_refund(
        row,
        RefundStatus.SENT,
        by=by,
        note=reference,
        reference=reference,
        evidence=paper,
        sent_at=timezone.now(),
    )
    if not order.due and payment.status == PaymentStatus.RECEIVED:
        payments.move_payment(payment, PaymentStatus.REFUNDED, by=by, note=reference)
    notices.refund_sent(order, row)
    return row


@transaction.atomic
def came_back(refund: Refund, *, reason: str, by: Actor) -> Refund:
    """The bank sent a refund back (wrong account, closed account): it is owed again.

    When more is owed by now, both become one. Raises RefundRefusal without a reason or unless it was sent.
    """
    if not reason.strip():
        raise RefundRefusal(_("Hãy ghi lý do."), code="reason", field="reason")
    order, payment, row = _lock(refund)
    if row.status != RefundStatus.SENT:
        raise RefundRefusal(_("Khoản này chưa chuyển trả."), code="not_sent")
    owed = payment.refunds.filter(status=RefundStatus.OWED).first()
    if owed is not None:
        amount = owed.amount
        move_refund(owed, RefundStatus.DROPPED, by=by, note=gettext("Gộp vào khoản bị trả về"))
        row.amount += amount
        row.save(update_fields=["amount"])
    move_refund(row, RefundStatus.OWED, by=by, note=reason, sent_at=None)
    if payment.status == PaymentStatus.REFUNDED:
        payments.move_payment(payment, PaymentStatus.RECEIVED, by=by, note=reason)
    notices.refund_owed(order, row)
    return row


@transaction.atomic
def give(
    order: Order,
    *,
    reason: str,
    by: Actor,
    line: Line | None = None,
    amount: Decimal,
    seen: int | None = None,
) -> Refund | None:
    """Take money off an order for a reason without goods coming back: of one line, or of the parcel fee.

    Locks the order and its payment. Returns the refund that is owed now, None when the order was not paid yet and
    simply costs less. ``seen``: how many reductions the page showed; others since then refuse it, so one form sent
    twice takes off once. Raises RefundRefusal without a reason or for more than is left.
    """
    if not reason.strip():
        raise RefundRefusal(_("Hãy ghi lý do, người mua sẽ đọc được."), code="reason", field="reason")
    order, payment = lock_payment(order.pk)
    amounts.check_seen(order, seen)
    if order.status in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        raise RefundRefusal(
            _("Đơn này không còn giá trị, không bớt thêm được."), code="ended", field="amount"
        )
    check_cash(order)
    if payment.status not in PAID | UNPAID:
        raise RefundRefusal(_("Đơn này không phải trả tiền."), code="ended", field="amount")
    row = order.lines.get(pk=line.pk) if line is not None else None
    most = row.due if row is not None else amounts.fee_left(order)
    if not 0 < amount <= most:
        raise RefundRefusal(
            gettext("Bớt được nhiều nhất %(most)s.") % {"most": format_dong(most)},
            code="most",
            field="amount",
        )
    kind = ReductionKind.GOODWILL if row is not None else ReductionKind.FEE
    amounts.reduce(order, kind, amount, line=row, note=reason, by=by)
    payment = follow(order, by=by, note=reason)
    return payment.refunds.filter(status=RefundStatus.OWED).first()


@transaction.atomic
def drop(refund: Refund, *, reason: str, by: Actor) -> Refund:
    """Nothing has to be sent after all: "Đã nhận tiền" was pressed by mistake.

    Only for an order without transfers that the market knows of, else the bank's word stands against it. The
    buyer reads the reason. Raises RefundRefusal otherwise.
    """
    if not reason.strip():
        raise RefundRefusal(_("Hãy ghi lý do, người mua sẽ đọc được."), code="reason", field="reason")
    order, payment, row = _lock(refund)
    if row.status != RefundStatus.OWED:
        raise RefundRefusal(_("Khoản này đã trả hoặc không còn phải trả."), code="not_owed")
    if payment.transferred:
        raise RefundRefusal(
            _("Tiền của đơn này đã có trong ngân hàng nên phải chuyển trả."),
            code="transferred",
            field="reason",
        )
    amount = row.amount
    move_refund(row, RefundStatus.DROPPED, by=by, note=reason)
    payments.ask(payment, payment.amount - amount, by=by, note=reason)
    if not payment.amount:
        payments.move_payment(payment, PaymentStatus.VOID, by=by, note=reason, received_at=None)
    elif not order.due:
        payments.move_payment(payment, PaymentStatus.REFUNDED, by=by, note=reason)
    notices.refund_dropped(order, row, reason)
    return row


def qr_payload(refund: Refund) -> str:
    """Return the VietQR text that fills in the transfer back: the buyer's account, the sum, the order's number."""
    return vietqr.build(
        str(refund.bank_id),
        refund.account_number,
        amount=refund.amount,
        memo=f"TRA LAI {pretty(refund.payment.order.number).replace('-', '')}",
    )
