"""Money of one order: claimed, received, undone, missing, expired."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from orders import cancelling, expiry, fulfilment, payments
from orders.gateways import vietqr
from orders.models import Payment
from orders.statuses import OrderStatus, PaymentStatus
from tests.orders import trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(noodles):
    return trade.order((noodles, 2), methods="vietqr")


@pytest.fixture
def by(lan):
    return Actor.of(lan)


def fresh(order):
    order.refresh_from_db()
    return Payment.objects.get(order=order)


def test_claiming_stops_the_clock_and_asks_the_cooperative_once(order, muong_hoa):
    payments.claim(order.payment, by=trade.GUEST)
    payments.claim(order.payment, by=trade.GUEST)

    payment = fresh(order)
    assert (payment.status, payment.expires_at) == (PaymentStatus.CLAIMED, None)
    assert payment.claimed_at is not None
    assert Letter.objects.filter(mailbox=muong_hoa.mailbox, kind="transfer_claimed").count() == 1


def test_a_claimed_transfer_does_not_expire(order):
    payments.claim(order.payment, by=trade.GUEST)

    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert expiry.expire_due() == 0

    assert fresh(order).status == PaymentStatus.CLAIMED


def test_received_settles_and_pressing_twice_changes_nothing(order, by):
    payments.receive(order.payment, by=by)
    payments.receive(order.payment, by=by)

    payment = fresh(order)
    assert payment.status == PaymentStatus.RECEIVED
    assert [(c.old_status, c.new_status, c.by_label) for c in payment.changes.all()] == [
        ("", "waiting", "khách"),
        ("waiting", "received", "Lan"),
    ]
    assert Letter.objects.filter(kind="money_received").count() == 1


def test_undoing_goes_back_where_it_was_and_leaves_a_trace(order, by):
    payments.claim(order.payment, by=trade.GUEST)
    payments.receive(order.payment, by=by)

    payments.undo_receive(order.payment, reason="Bấm nhầm đơn", by=by)

    payment = fresh(order)
    assert (payment.status, payment.received_at) == (PaymentStatus.CLAIMED, None)
    last = payment.changes.last()
    assert (last.old_status, last.new_status, last.note) == ("received", "claimed", "Bấm nhầm đơn")


def test_undoing_an_unclaimed_transfer_starts_the_clock_again(order, by):
    payments.receive(order.payment, by=by)

    payments.undo_receive(order.payment, reason="Bấm nhầm", by=by)

    payment = fresh(order)
    assert payment.status == PaymentStatus.WAITING
    assert payment.expires_at > timezone.now()


def test_undoing_needs_a_reason_and_money(order, by):
    with pytest.raises(payments.PaymentRefusal):
        payments.undo_receive(order.payment, reason="x", by=by)
    payments.receive(order.payment, by=by)
    with pytest.raises(payments.PaymentRefusal):
        payments.undo_receive(order.payment, reason=" ", by=by)
    assert fresh(order).status == PaymentStatus.RECEIVED


def test_a_missing_transfer_gets_a_new_deadline_and_the_buyer_hears_it(order, by):
    payments.claim(order.payment, by=trade.GUEST)

    payments.not_arrived(order.payment, by=by)

    payment = fresh(order)
    assert payment.status == PaymentStatus.WAITING
    assert payment.expires_at > timezone.now()
    assert Letter.objects.filter(mailbox=order.purchase.mailbox, kind="transfer_missing").count() == 1


def test_cash_is_taken_only_once_the_goods_have_left(noodles, by):
    order = trade.order((noodles, 1), methods="cod")

    with pytest.raises(payments.PaymentRefusal) as refused:
        payments.receive(order.payment, by=by)

    assert refused.value.code == "too_early"
    assert fresh(order).status == PaymentStatus.ON_DELIVERY


def test_an_unpaid_order_runs_out_and_its_stock_is_free(order, noodles):
    assert noodles.stockrecords.get().num_allocated == 2

    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert expiry.expire_due() == 1
        assert expiry.expire_due() == 0

    assert fresh(order).status == PaymentStatus.EXPIRED
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "Quá hạn chuyển khoản")
    assert noodles.stockrecords.get().num_allocated == 0
    assert order.status_changes.order_by("pk").last().by_label == "job:expire_unpaid"


def test_nothing_runs_out_a_minute_early(order):
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23, minutes=59)):
        assert expiry.expire_due() == 0
    assert fresh(order).status == PaymentStatus.WAITING


def test_a_claim_after_the_end_is_refused_with_what_to_do(order):
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        expiry.expire_due()

    with pytest.raises(payments.PaymentRefusal) as refused:
        payments.claim(order.payment, by=trade.GUEST)

    assert "hãy gọi cho hợp tác xã" in str(refused.value)
    assert fresh(order).status == PaymentStatus.EXPIRED


def test_money_for_a_cancelled_order_cannot_be_marked(order, by):
    cancelling.cancel_order(order, reason="Khách đổi ý", by=by)

    with pytest.raises(IllegalMove):
        payments.receive(order.payment, by=by)

    assert fresh(order).status == PaymentStatus.VOID


def test_the_qr_carries_account_amount_and_memo(order):
    read = vietqr.parse(payments.qr_payload(order.payment))

    assert (read.bin, read.account, read.amount, read.memo) == (
        "970405",
        "8500201001234",
        140000,
        f"CP{order.number}",
    )


def test_an_old_page_cannot_take_back_money_that_was_received(order, by):
    payments.claim(order.payment, by=trade.GUEST)
    payments.receive(order.payment, by=by)

    with pytest.raises(payments.PaymentRefusal) as refused:
        payments.not_arrived(order.payment, by=by)

    assert refused.value.code == "not_claimed"
    assert fresh(order).status == PaymentStatus.RECEIVED
    assert not Letter.objects.filter(kind="transfer_missing").exists()


def test_cash_that_was_received_never_becomes_a_transfer_with_a_clock(noodles, by):
    order = trade.order((noodles, 1), methods="cod")
    leave(order, by)
    payments.receive(order.payment, by=by)

    with pytest.raises(payments.PaymentRefusal):
        payments.not_arrived(order.payment, by=by)

    assert (fresh(order).status, fresh(order).expires_at) == (PaymentStatus.RECEIVED, None)


def test_no_clock_ends_the_payment_of_goods_that_have_left(order, by):
    payments.claim(order.payment, by=trade.GUEST)
    payments.receive(order.payment, by=by)
    leave(order, by)
    payments.undo_receive(order.payment, reason="Bấm nhầm", by=by)

    payments.not_arrived(order.payment, by=by)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert expiry.expire_due() == 0
        payments.receive(order.payment, by=by)  # it comes in the end

    assert fresh(order).status == PaymentStatus.RECEIVED


def test_a_packed_order_does_not_leave_once_its_money_was_taken_back(order, by):
    payments.receive(order.payment, by=by)
    pack(order, by)
    payments.undo_receive(order.payment, reason="Bấm nhầm", by=by)

    with pytest.raises(fulfilment.FulfilmentRefusal) as refused:
        trade.ship(order, carrier="GHN", by=by)

    assert refused.value.code == "unpaid"
    order.refresh_from_db()
    assert order.status == OrderStatus.PACKED


def test_nobody_is_asked_to_pay_a_cancelled_order_again(order, by):
    payments.receive(order.payment, by=by)
    cancelling.cancel_order(order, reason="Khách đổi ý", by=by)

    with pytest.raises(payments.PaymentRefusal) as refused:
        payments.undo_receive(order.payment, reason="Bấm nhầm", by=by)

    assert refused.value.code == "cancelled"
    assert (fresh(order).status, fresh(order).expires_at) == (PaymentStatus.RECEIVED, None)


def pack(order, by):
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(
        order, [fulfilment.PickChoice(line.pk, None, line.quantity) for line in order.lines.all()], by=by
    )


def leave(order, by):
    pack(order, by)
    trade.ship(order, carrier="GHN", by=by)
