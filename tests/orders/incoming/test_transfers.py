"""A transfer finds its orders: exact, short, too much, late, twice, for two, for nobody; and what a person does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cooperatives import stock
from cooperatives.models import StockRecord
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders import cancelling, expiry, fulfilment, payments
from orders.gateways import vietqr
from orders.incoming import transfers
from orders.incoming.transfers import Incoming
from orders.models import IncomingTransfer, Order, Payment, TransferShare
from orders.statuses import OrderStatus, PaymentStatus, TransferReason, TransferSource, TransferState
from tests.factories import make_bank_account, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db

BANK = Actor.system("bank")


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55_000, stock=20)


@pytest.fixture
def order(noodles: Any) -> Order:
    """Two of noodles by transfer: 110.000 ₫ and the parcel's fee."""
    return trade.order((noodles, 2), methods="vietqr")


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def came(
    cooperative: Any,
    amount: Decimal | int,
    text: str,
    reference: str = "FT1",
    source: str = TransferSource.STATEMENT,
) -> IncomingTransfer:
    incoming = Incoming(reference, Decimal(amount), timezone.now(), text, "NGUYEN THI HA")
    return transfers.book(incoming, cooperative=cooperative, source=source, by=BANK)[0]


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(order=order)


def books_are_right(order: Order) -> bool:
    """What the payment says it got is what its shares add up to, and no transfer gave more than it had."""
    payment = payment_of(order)
    shares = TransferShare.objects.filter(payment=payment)
    return payment.transferred == sum(share.amount for share in shares) and all(
        0 <= transfers.left_of(row) <= row.amount for row in IncomingTransfer.objects.all()
    )


def test_the_exact_sum_settles_the_order_and_tells_the_buyer(order: Order, muong_hoa: Any) -> None:
    row = came(muong_hoa, order.total_incl_tax, f"MBVCB.99.{order.payment.memo}.CT")

    payment = payment_of(order)
    assert (row.state, row.reason) == (TransferState.SETTLED, "")
    assert (payment.status, payment.transferred, payment.expires_at) == (
        PaymentStatus.RECEIVED,
        order.total_incl_tax,
        None,
    )
    assert Letter.objects.filter(mailbox=order.purchase.mailbox, kind="money_received").count() == 1
    assert books_are_right(order)


def test_a_claimed_transfer_is_settled_too(order: Order, muong_hoa: Any) -> None:
    payments.claim(order.payment, by=trade.GUEST)
    came(muong_hoa, order.total_incl_tax, order.payment.memo)
    assert payment_of(order).status == PaymentStatus.RECEIVED


def test_too_little_asks_for_the_rest_with_a_code_of_that_sum(order: Order, muong_hoa: Any) -> None:
    row = came(muong_hoa, order.total_incl_tax - 1_000, order.payment.memo)

    payment = payment_of(order)
    assert (row.state, payment.status, payment.still_due) == (
        TransferState.SETTLED,
        PaymentStatus.SHORT,
        1_000,
    )
    assert payment.expires_at is None
    assert vietqr.parse(payments.qr_payload(payment)).amount == 1_000
    letter = Letter.objects.get(mailbox=order.purchase.mailbox, kind="money_short")
    assert "1.000 ₫" in letter.subject
    with time_machine.travel(timezone.now() + dt.timedelta(days=9)):
        assert expiry.expire_due() == 0  # money is here: no clock ends it
    fulfilment.confirm_order(order, by=BANK)
    with pytest.raises(Refusal, match="Chưa nhận được tiền"):
        fulfilment.pack_order(order, [], by=BANK)


def test_the_rest_settles_it(order: Order, muong_hoa: Any) -> None:
    came(muong_hoa, 100_000, order.payment.memo)
    came(muong_hoa, order.total_incl_tax - 100_000, order.payment.memo, "FT2")

    payment = payment_of(order)
    assert (payment.status, payment.transferred) == (PaymentStatus.RECEIVED, order.total_incl_tax)
    assert books_are_right(order)


def test_too_much_settles_and_the_rest_waits_for_a_person(order: Order, muong_hoa: Any) -> None:
    row = came(muong_hoa, order.total_incl_tax + 5_000, order.payment.memo)

    assert payment_of(order).status == PaymentStatus.RECEIVED
    assert (row.state, row.reason, transfers.left_of(row)) == (TransferState.OPEN, TransferReason.OVER, 5_000)
    assert books_are_right(order)


def test_the_same_reference_is_one_transfer_whoever_tells_it(order: Order, muong_hoa: Any) -> None:
    first = came(muong_hoa, order.total_incl_tax, order.payment.memo)
    again = came(muong_hoa, order.total_incl_tax * 3, "khác", source=TransferSource.NOTICE)

    assert again.pk == first.pk
    assert IncomingTransfer.objects.count() == 1
    assert payment_of(order).transferred == order.total_incl_tax


def test_a_second_transfer_for_a_paid_order_waits_for_a_person(order: Order, muong_hoa: Any) -> None:
    came(muong_hoa, order.total_incl_tax, order.payment.memo)
    second = came(muong_hoa, order.total_incl_tax, order.payment.memo, "FT2")

    assert (second.state, second.reason) == (TransferState.OPEN, TransferReason.DUPLICATE)
    assert transfers.left_of(second) == order.total_incl_tax
    assert payment_of(order).transferred == order.total_incl_tax


def test_a_statement_confirms_what_was_marked_by_hand(order: Order, muong_hoa: Any, by: Actor) -> None:
    payments.receive(order.payment, by=by)
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)

    assert (row.state, payment_of(order).transferred) == (TransferState.SETTLED, order.total_incl_tax)
    assert Letter.objects.filter(kind="money_received").count() == 1
    with pytest.raises(Refusal, match="đã có trong ngân hàng"):
        payments.undo_receive(order.payment, reason="Nhầm", by=by)


def test_two_orders_in_one_transfer_are_both_settled_when_the_sum_fits(noodles: Any, muong_hoa: Any) -> None:
    one = trade.order((noodles, 1), methods="vietqr")
    two = trade.order((noodles, 2), methods="vietqr")
    row = came(
        muong_hoa, one.total_incl_tax + two.total_incl_tax, f"{one.payment.memo} va {two.payment.memo}"
    )

    assert row.state == TransferState.SETTLED
    assert [payment_of(order).status for order in (one, two)] == [PaymentStatus.RECEIVED] * 2


def test_two_orders_and_another_sum_are_for_a_person(noodles: Any, muong_hoa: Any) -> None:
    one = trade.order((noodles, 1), methods="vietqr")
    two = trade.order((noodles, 2), methods="vietqr")
    row = came(muong_hoa, one.total_incl_tax, f"{one.payment.memo} {two.payment.memo}")

    assert (row.state, row.reason) == (TransferState.OPEN, TransferReason.SEVERAL)
    assert [payment_of(order).status for order in (one, two)] == [PaymentStatus.WAITING] * 2


def test_money_without_a_code_waits_and_likely_orders_are_shown(order: Order, muong_hoa: Any) -> None:
    row = came(muong_hoa, order.total_incl_tax, "ha tra tien mien")

    assert (row.state, row.reason) == (TransferState.OPEN, TransferReason.UNKNOWN)
    assert transfers.suggestions(row) == [order]


def test_a_code_with_a_slip_is_suggested_first(noodles: Any, muong_hoa: Any) -> None:
    slipped = trade.order((noodles, 1), methods="vietqr")
    same_sum = trade.order((noodles, 2), methods="vietqr")
    number = slipped.number
    wrong = "CP" + number[:3] + ("0" if number[3] != "0" else "1") + number[4:]
    row = came(muong_hoa, same_sum.total_incl_tax, wrong)

    assert transfers.suggestions(row) == [slipped, same_sum]


def test_another_cooperatives_order_is_nobodys(order: Order, ban_khac: Any) -> None:
    row = came(ban_khac, order.total_incl_tax, order.payment.memo)

    assert (row.state, row.reason) == (TransferState.OPEN, TransferReason.UNKNOWN)
    assert payment_of(order).status == PaymentStatus.WAITING
    assert transfers.suggestions(row) == []


def ran_out(order: Order) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert expiry.expire_due() == 1
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED


def test_late_money_waits_and_takes_the_order_up_again(
    order: Order, noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    ran_out(order)
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)
    assert (row.state, row.reason) == (TransferState.OPEN, TransferReason.LATE)
    assert transfers.suggestions(row) == [order]

    transfers.assign(row, order, by=by)

    order.refresh_from_db()
    row.refresh_from_db()
    record = StockRecord.objects.get(product=noodles)
    assert (order.status, payment_of(order).status) == (OrderStatus.PLACED, PaymentStatus.RECEIVED)
    assert (record.num_allocated, order.lines.get().num_allocated) == (2, 2)
    assert (row.state, order.cancel_reason) == (TransferState.SETTLED, "")


def test_late_money_for_goods_that_are_gone_is_refused_and_changes_nothing(
    order: Order, noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    ran_out(order)
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)
    assert stock.hold({StockRecord.objects.get(product=noodles).pk: 19}) == []

    with pytest.raises(Refusal, match="không còn đủ: Miến dong"):
        transfers.assign(row, order, by=by)

    order.refresh_from_db()
    row.refresh_from_db()
    assert (order.status, row.state, transfers.left_of(row)) == (
        OrderStatus.CANCELLED,
        TransferState.OPEN,
        row.amount,
    )


def test_an_order_cancelled_by_a_person_is_not_taken_up_again(
    order: Order, muong_hoa: Any, by: Actor
) -> None:
    cancelling.cancel_order(order, reason="Khách đổi ý", by=by)
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)

    assert row.reason == TransferReason.LATE
    with pytest.raises(Refusal, match="không chờ chuyển khoản"):
        transfers.assign(row, order, by=by)


def test_cancelling_an_order_that_is_partly_paid_sets_its_money_free(
    order: Order, muong_hoa: Any, by: Actor
) -> None:
    row = came(muong_hoa, 50_000, order.payment.memo)
    cancelling.cancel_order(order, reason="Khách đổi ý", by=by)

    row.refresh_from_db()
    assert (row.state, row.reason, transfers.left_of(row)) == (
        TransferState.OPEN,
        TransferReason.LATE,
        50_000,
    )
    assert (payment_of(order).status, payment_of(order).transferred) == (PaymentStatus.VOID, 0)
    assert books_are_right(order)


def test_a_person_puts_money_on_an_order_and_takes_it_back(order: Order, muong_hoa: Any, by: Actor) -> None:
    row = came(muong_hoa, order.total_incl_tax + 7_000, "khong ghi gi")
    transfers.assign(row, order, by=by)
    assert payment_of(order).status == PaymentStatus.RECEIVED
    assert transfers.left_of(row) == 7_000

    with pytest.raises(Refusal, match="lý do"):
        transfers.release(row, order, reason=" ", by=by)
    transfers.release(row, order, reason="Của đơn khác", by=by)

    row.refresh_from_db()
    payment = payment_of(order)
    assert (payment.status, payment.transferred) == (PaymentStatus.WAITING, 0)
    assert payment.expires_at is not None
    assert (row.state, transfers.left_of(row)) == (TransferState.OPEN, row.amount)
    assert [share.amount for share in row.shares.order_by("pk")] == [
        order.total_incl_tax,
        -order.total_incl_tax,
    ]


def test_nothing_is_taken_back_once_the_goods_have_left(order: Order, muong_hoa: Any, by: Actor) -> None:
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)
    fulfilment.confirm_order(order, by=by)
    picks = [fulfilment.PickChoice(line.pk, None, line.quantity) for line in order.lines.all()]
    fulfilment.pack_order(order, picks, by=by)
    trade.ship(order, carrier="GHN", by=by)

    with pytest.raises(Refusal, match="đã gửi đi"):
        transfers.release(row, order, reason="Nhầm", by=by)
    assert payment_of(order).transferred == order.total_incl_tax


def test_money_goes_only_once(order: Order, noodles: Any, muong_hoa: Any, by: Actor) -> None:
    other = trade.order((noodles, 2), methods="vietqr")
    row = came(muong_hoa, order.total_incl_tax, "khong ghi gi")
    transfers.assign(row, order, by=by)

    with pytest.raises(Refusal, match="ghi hết"):
        transfers.assign(row, other, by=by)
    assert payment_of(other).transferred == 0


def test_another_cooperatives_order_cannot_be_named(order: Order, ban_khac: Any, by: Actor) -> None:
    row = came(ban_khac, 50_000, "khong ghi gi")
    with pytest.raises(Refusal, match="không phải của hợp tác xã"):
        transfers.assign(row, order, by=by)
    with pytest.raises(Refusal, match="Không thấy đơn"):
        transfers.order_called(ban_khac, order.number)


def test_what_was_sent_back_is_said_once(muong_hoa: Any, by: Actor) -> None:
    row = came(muong_hoa, 50_000, "nham")
    with pytest.raises(Refusal, match="Hãy ghi"):
        transfers.close(row, note=" ", by=by)
    transfers.close(row, note="Đã trả lại", by=by)
    with pytest.raises(Refusal, match="đã xử lý rồi"):
        transfers.close(row, note="Đã trả lại", by=by)
    row.refresh_from_db()
    assert (row.state, row.note) == (TransferState.CLOSED, "Đã trả lại")


def test_what_was_sent_back_in_another_tab_is_put_on_no_order(
    order: Order, muong_hoa: Any, by: Actor
) -> None:
    row = came(muong_hoa, order.total_incl_tax, "khong ghi gi")
    transfers.close(row, note="Đã trả lại", by=by)
    with pytest.raises(Refusal, match="đã xử lý rồi"):
        transfers.assign(row, order, by=by)
    assert (payment_of(order).status, payment_of(order).transferred) == (PaymentStatus.WAITING, 0)


def test_the_money_of_a_cancelled_order_is_not_taken_off_it(order: Order, muong_hoa: Any, by: Actor) -> None:
    row = came(muong_hoa, order.total_incl_tax, order.payment.memo)
    cancelling.cancel_order(order, reason="Hết hàng", by=by)
    with pytest.raises(Refusal, match="có khoản trả lại người mua"):
        transfers.release(row, order, reason="Nhầm", by=by)
    payment = payment_of(order)
    assert (payment.status, payment.expires_at, payment.transferred) == (
        PaymentStatus.RECEIVED,
        None,
        order.total_incl_tax,
    )


def test_only_a_notifier_writes_a_letter_for_what_it_cannot_place(muong_hoa: Any) -> None:
    came(muong_hoa, 50_000, "?", "A1")
    came(muong_hoa, 60_000, "?", "A2", source=TransferSource.NOTICE)
    assert Letter.objects.get(kind="transfer_to_look_at").subject == "Tiền về 60.000 ₫, cần xem"
