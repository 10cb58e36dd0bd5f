"""Goods on their way: each verb guards, changes, records, announces; a refusal changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from cooperatives.models import StockMovement
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from orders import cancelling, fulfilment, payments, picking
from orders.fulfilment import PickChoice
from orders.models import Order, Parcel, Pick
from orders.statuses import ORDER_MOVES, OrderStatus, PaymentStatus
from tests.factories import make_bank_account, make_lot, make_product
from tests.orders import trade
from traceability.models import Lot, LotShare
from traceability.statuses import LotStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa):
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def by(lan):
    return Actor.of(lan)


@pytest.fixture
def order(noodles):
    return trade.order((noodles, 3))


def packed(order, by):
    fulfilment.confirm_order(order, by=by)
    line = order.lines.get()
    choices = [
        PickChoice(line.pk, option.lot.pk if option.lot else None, take)
        for suggestion in picking.suggest_picks(order)
        for option, take in suggestion.options
        if take
    ]
    return fulfilment.pack_order(order, choices, by=by).order


def test_the_whole_road_moves_stock_and_writes_who(order, noodles, by, muong_hoa):
    lot = make_lot(noodles, 20)

    packed(order, by)
    trade.ship(order, carrier="Viettel Post", waybill="VTP123", by=by)
    order = trade.deliver(order, by=by)

    assert order.status == OrderStatus.DELIVERED
    record = noodles.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (17, 0)
    sold = StockMovement.objects.get(kind="sold")
    assert (sold.quantity, sold.by_label) == (-3, "Lan")
    assert LotShare.objects.get(movement=sold).quantity == -3
    assert LotShare.objects.get(movement=sold).lot == lot
    assert [c.new_status for c in order.status_changes.order_by("pk")] == [
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "delivered",
    ]
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.waybill) == ("Viettel Post", "VTP123")
    assert parcel.delivered_at is not None
    kinds = list(Letter.objects.filter(mailbox=order.purchase.mailbox).values_list("kind", flat=True))
    assert sorted(kinds) == ["order_confirmed", "parcel_delivered", "parcel_shipped", "purchase_placed"]


VERBS = {
    "confirm": (lambda o, by: fulfilment.confirm_order(o, by=by), {OrderStatus.PLACED}),
    "pack": (lambda o, by: fulfilment.pack_order(o, [], by=by), {OrderStatus.CONFIRMED}),
    "cancel": (
        lambda o, by: cancelling.cancel_order(o, reason="Hết củi", by=by),
        {OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.PACKED},
    ),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (verb, status)
        for verb, (_call, allowed) in VERBS.items()
        for status in ORDER_MOVES.table
        if status not in allowed
    ],
)
def test_a_verb_refuses_every_other_status_and_changes_nothing(order, noodles, by, verb, status):
    Order.objects.filter(pk=order.pk).update(status=status)
    letters, changes = Letter.objects.count(), order.status_changes.count()

    with pytest.raises(IllegalMove):
        VERBS[verb][0](order, by)

    order.refresh_from_db()
    assert order.status == status
    assert (Letter.objects.count(), order.status_changes.count()) == (letters, changes)
    record = noodles.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (20, 3)


def test_lots_leave_first_expired_first_and_unclaimed_goods_last(order, noodles):
    later = make_lot(noodles, 10, number="261105-01", code="2EP9TW83", expires_on=dt.date(2027, 11, 5))
    sooner = make_lot(noodles, 2, number="261106-01", code="4FADK06J", expires_on=dt.date(2027, 1, 5))

    [suggestion] = picking.suggest_picks(order)

    assert [(option.lot, option.left, take) for option, take in suggestion.options] == [
        (sooner, 2, 2),
        (later, 10, 1),
        (None, 8, 0),
    ]


def test_what_a_packed_parcel_holds_is_not_offered_again(noodles, by):
    make_lot(noodles, 4)
    packed(trade.order((noodles, 3)), by)

    [suggestion] = picking.suggest_picks(trade.order((noodles, 2)))

    assert [(bool(option.lot), option.left, take) for option, take in suggestion.options] == [
        (True, 1, 1),
        (False, 16, 1),
    ]


@pytest.mark.parametrize(
    "wrong", ["too few", "too many", "foreign line", "foreign lot", "recalled", "expired", "empty lot"]
)
def test_a_wrong_pick_is_refused_and_nothing_is_set_aside(order, noodles, ban_khac, by, wrong):
    lot = make_lot(noodles, 20)
    line = order.lines.get()
    fulfilment.confirm_order(order, by=by)
    choices = [PickChoice(line.pk, lot.pk, 3)]
    if wrong == "too few":
        choices = [PickChoice(line.pk, lot.pk, 2)]
    elif wrong == "too many":
        choices = [PickChoice(line.pk, lot.pk, 4)]
    elif wrong == "foreign line":
        other = trade.order((noodles, 1)).lines.get()
        choices.append(PickChoice(other.pk, lot.pk, 1))
    elif wrong == "foreign lot":
        other = make_lot(make_product(ban_khac, "Trà"), 20, code="4FADK06J")
        choices = [PickChoice(line.pk, other.pk, 3)]
    elif wrong == "recalled":
        Lot.objects.filter(pk=lot.pk).update(status=LotStatus.RECALLED)
    elif wrong == "expired":
        Lot.objects.filter(pk=lot.pk).update(expires_on=dt.date(2020, 1, 1))
    elif wrong == "empty lot":
        empty = make_lot(noodles, 2, number="261107-01", code="4FADK06J", from_stock=False)
        choices = [PickChoice(line.pk, empty.pk, 3)]

    with pytest.raises(fulfilment.BadPick):
        fulfilment.pack_order(order, choices, by=by)

    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    assert not Pick.objects.exists()


def test_a_transfer_order_is_packed_only_after_the_money_came(noodles, muong_hoa, by):
    make_bank_account(muong_hoa)
    order = trade.order((noodles, 1), methods="vietqr")
    fulfilment.confirm_order(order, by=by)
    line = order.lines.get()

    with pytest.raises(fulfilment.FulfilmentRefusal) as refused:
        fulfilment.pack_order(order, [PickChoice(line.pk, None, 1)], by=by)
    assert refused.value.code == "unpaid"

    payments.receive(order.payment, by=by)
    order = fulfilment.pack_order(order, [PickChoice(line.pk, None, 1)], by=by).order
    assert order.status == OrderStatus.PACKED


def test_unpacking_frees_the_lots_for_another_choice(order, noodles, by):
    make_lot(noodles, 20)
    packed(order, by)

    order = fulfilment.unpack_parcel(order.parcels.get(), by=by)

    assert order.status == OrderStatus.CONFIRMED
    assert not Pick.objects.exists()
    assert noodles.stockrecords.get().num_allocated == 3


def test_cancelling_frees_stock_and_lots_and_ends_the_payment(order, noodles, by):
    make_lot(noodles, 20)
    packed(order, by)

    order = cancelling.cancel_order(order, reason="Khách đổi ý", by=by)

    record = noodles.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (20, 0)
    assert not Pick.objects.exists()
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "Khách đổi ý")
    order.payment.refresh_from_db()
    assert order.payment.status == PaymentStatus.VOID


def test_cancelling_needs_a_reason(order, by):
    with pytest.raises(fulfilment.FulfilmentRefusal) as refused:
        cancelling.cancel_order(order, reason="   ", by=by)

    assert refused.value.field == "reason"
    order.refresh_from_db()
    assert order.status == OrderStatus.PLACED


def test_cancelling_a_paid_order_keeps_the_money_on_record(noodles, muong_hoa, by):
    make_bank_account(muong_hoa)
    order = trade.order((noodles, 1), methods="vietqr")
    payments.receive(order.payment, by=by)

    cancelling.cancel_order(order, reason="Hết hàng thật", by=by)

    order.payment.refresh_from_db()
    assert order.payment.status == PaymentStatus.RECEIVED


def test_goods_lost_after_packing_stop_the_shipping(order, noodles, by):
    from cooperatives import stock

    packed(order, by)
    stock.count(noodles.stock, 1, by=by)

    with pytest.raises(stock.NotEnoughStock):
        trade.ship(order, carrier="GHN", by=by)

    order.refresh_from_db()
    assert order.status == OrderStatus.PACKED
    assert Parcel.objects.get().status == "packed"


def test_oscars_own_way_of_changing_a_status_is_closed(order):
    with pytest.raises(NotImplementedError):
        order.set_status("shipped")


@pytest.mark.parametrize("gone", [{"status": LotStatus.RECALLED}, {"expires_on": dt.date(2026, 1, 1)}])
def test_a_lot_recalled_after_packing_does_not_leave_the_house(gone, order, noodles, by):
    lot = make_lot(noodles, 20)
    packed(order, by)
    Lot.objects.filter(pk=lot.pk).update(**gone)

    with pytest.raises(fulfilment.BadPick) as refused:
        trade.ship(order, carrier="GHN", by=by)

    assert refused.value.code == "lot"
    order.refresh_from_db()
    assert (order.status, noodles.stockrecords.get().num_in_stock) == (OrderStatus.PACKED, 20)
