"""An order in parts: units of a line move one by one, and what the order costs moves with them, to the đồng."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cooperatives.models import StockMovement
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove
from marketplace.places.models import Bank
from orders import amounts, cancelling, fulfilment, payments, recount, refunds
from orders.fulfilment import PickChoice, Short
from orders.gateways import vietqr
from orders.models import Line, Order, Parcel, Payment, Refund
from orders.statuses import OrderStatus, ParcelStatus, PaymentStatus, RefundStatus
from tests.factories import make_bank_account, make_lot, make_product
from tests.orders import trade
from traceability import lots

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def chicken(muong_hoa: Any) -> Any:
    """Sold by weight: about 1.5 kg a bird, 225,000 ₫ at that."""
    product = make_product(muong_hoa, "Gà đồi", price=225_000, stock=10)
    product.stockrecords.update(unit_grams=1500, is_weighed=True)
    return product


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def confirmed(*things: Any, methods: str = "cod", by: Actor, **options: Any) -> Order:
    """An order that waits to be packed; paid when it is paid by transfer."""
    order = trade.place(trade.fill(*things), methods=methods, **options).orders.get()
    if methods == "vietqr":
        payments.receive(order.payment, by=by)
    return fulfilment.confirm_order(order, by=by)


def take(order: Order, units: int, **more: Any) -> Parcel:
    """Pack so many units of the order's one line, of no lot."""
    return fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, units)], **more)


def of(order: Order) -> tuple[str, Decimal, str, Decimal]:
    """Goods, what it costs, money, what is asked or was received."""
    order = Order.objects.select_related("payment").get(pk=order.pk)
    return order.status, order.due, order.payment.status, order.payment.amount


def units(line: Line) -> tuple[int, int, int, int, int]:
    line.refresh_from_db()
    return line.num_open, line.num_packed, line.num_shipped, line.num_cancelled, line.num_returned


def stock_of(product: Any) -> tuple[int, int]:
    return product.stockrecords.values_list("num_in_stock", "num_allocated").get()


def test_five_ordered_three_shipped_two_cancelled_two_refunded(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    """peers.md ask 18."""
    make_bank_account(muong_hoa)
    order = confirmed((noodles, 5), methods="vietqr", by=by)
    line = order.lines.get()

    parcel = take(order, 3, short={line.pk: Short()}, by=by)
    fulfilment.ship_parcel(parcel, carrier="GHN", by=by)
    assert (of(order)[0], units(line)) == (OrderStatus.CONFIRMED, (2, 0, 3, 0, 0))

    cancelling.cancel_lines(order, {line.pk: 2}, reason="Hết hàng", by=by)

    assert units(line) == (0, 0, 3, 2, 0)
    assert of(order) == (OrderStatus.SHIPPED, Decimal(195_000), PaymentStatus.RECEIVED, Decimal(305_000))
    assert Refund.objects.get().amount == Decimal(110_000)
    assert stock_of(noodles) == (17, 0)


def test_a_short_pick_takes_the_rest_off_with_its_reason(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 3), by=by)
    line = order.lines.get()

    take(order, 2, short={line.pk: Short("Hai gói bị ẩm")}, by=by)

    assert of(order) == (OrderStatus.PACKED, Decimal(140_000), PaymentStatus.ON_DELIVERY, Decimal(140_000))
    assert (units(line), stock_of(noodles)) == ((0, 2, 0, 1, 0), (20, 2))
    letter = Letter.objects.get(kind="goods_taken_off")
    assert letter.body == "Bớt khỏi đơn: 1 × Miến dong (Hai gói bị ẩm). Đơn còn 140.000\xa0₫."


def test_fewer_than_ordered_without_saying_why_is_refused_and_nothing_is_packed(
    noodles: Any, by: Actor
) -> None:
    order = confirmed((noodles, 3), by=by)

    with pytest.raises(fulfilment.BadPick, match="cần đúng 3, mới chọn 2"):
        take(order, 2, by=by)

    assert (units(order.lines.get()), Parcel.objects.count()) == ((3, 0, 0, 0, 0), 0)


def test_a_split_order_pays_the_parcel_fee_once(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 3), by=by)
    line = order.lines.get()
    first = take(order, 1, short={line.pk: Short()}, by=by)
    first = fulfilment.ship_parcel(first, carrier="GHN", by=by)
    second = fulfilment.ship_parcel(take(order, 2, by=by), carrier="GHN", by=by)

    assert (first.collect, second.collect) == (Decimal(85_000), Decimal(110_000))
    assert first.collect + second.collect == of(order)[1] == Decimal(195_000)
    assert of(order)[0] == OrderStatus.SHIPPED

    fulfilment.deliver_parcel(second, by=by)
    assert of(order)[0] == OrderStatus.SHIPPED
    fulfilment.deliver_parcel(first, by=by)
    assert of(order)[0] == OrderStatus.DELIVERED


def test_the_price_follows_the_scales_downwards(chicken: Any, muong_hoa: Any, by: Actor) -> None:
    """peers.md ask 24."""
    make_bank_account(muong_hoa)
    order = confirmed((chicken, 2), methods="vietqr", by=by)
    line = order.lines.get()

    take(order, 2, grams={line.pk: 2820}, by=by)

    # 2 × 1,500 g cost 450,000; 2,820 g cost 423,000
    assert of(order) == (OrderStatus.PACKED, Decimal(453_000), PaymentStatus.RECEIVED, Decimal(480_000))
    assert Refund.objects.get().amount == Decimal(27_000)
    line.refresh_from_db()
    assert line.packed_grams == 2820


@pytest.mark.parametrize(
    ("tolerance", "grams", "due"),
    [(0, 3300, 480_000), (10, 3300, 525_000), (10, 3200, 510_000), (10, 3600, 525_000)],
)
def test_upwards_only_as_far_as_the_buyer_agreed(
    tolerance: int, grams: int, due: int, chicken: Any, by: Actor
) -> None:
    order = confirmed((chicken, 2), by=by, weight_tolerance=tolerance)

    take(order, 2, grams={order.lines.get().pk: grams}, by=by)

    assert of(order)[1] == of(order)[3] == Decimal(due)


def test_what_was_paid_is_never_dearer(chicken: Any, muong_hoa: Any, by: Actor) -> None:
    make_bank_account(muong_hoa)
    order = confirmed((chicken, 1), methods="vietqr", by=by, weight_tolerance=10)

    take(order, 1, grams={order.lines.get().pk: 1600}, by=by)

    assert (of(order)[1], Refund.objects.count()) == (Decimal(255_000), 0)


@pytest.mark.parametrize("grams", [None, 0, 500, 9000])
def test_a_weight_that_cannot_be_is_refused(grams: int | None, chicken: Any, by: Actor) -> None:
    order = confirmed((chicken, 1), by=by)

    with pytest.raises(fulfilment.BadPick):
        take(order, 1, grams={order.lines.get().pk: grams} if grams is not None else None, by=by)

    assert (of(order)[:2], Parcel.objects.count()) == ((OrderStatus.CONFIRMED, Decimal(255_000)), 0)


def test_opening_a_parcel_undoes_what_the_scales_changed(chicken: Any, muong_hoa: Any, by: Actor) -> None:
    make_bank_account(muong_hoa)
    order = confirmed((chicken, 1), methods="vietqr", by=by)
    parcel = take(order, 1, grams={order.lines.get().pk: 1400}, by=by)
    assert Refund.objects.get(status="owed").amount == Decimal(15_000)

    fulfilment.unpack_parcel(parcel, by=by)

    assert of(order)[:2] == (OrderStatus.CONFIRMED, Decimal(255_000))
    assert Refund.objects.get().status == RefundStatus.DROPPED
    assert order.lines.get().packed_grams is None


def test_a_parcel_whose_weight_was_paid_back_is_not_opened(chicken: Any, muong_hoa: Any, by: Actor) -> None:
    make_bank_account(muong_hoa)
    order = confirmed((chicken, 1), methods="vietqr", by=by)
    parcel = take(order, 1, grams={order.lines.get().pk: 1400}, by=by)
    refunds.send(Refund.objects.get(), shown=Decimal(15_000), reference="FT1", by=by)

    with pytest.raises(Refusal, match="đã trả lại người mua"):
        fulfilment.unpack_parcel(parcel, by=by)

    assert of(order)[:2] == (OrderStatus.PACKED, Decimal(240_000))


def test_a_cod_parcel_refused_at_the_door_brings_its_goods_back_into_their_lots(
    noodles: Any, by: Actor
) -> None:
    lot = make_lot(noodles, 20)
    order = confirmed((noodles, 3), by=by)
    line = order.lines.get()
    parcel = fulfilment.pack_order(order, [PickChoice(line.pk, lot.pk, 3)], by=by)
    fulfilment.ship_parcel(parcel, carrier="GHN", by=by)
    assert (lots.balance(lot), stock_of(noodles)) == (17, (17, 0))

    fulfilment.parcel_came_back(parcel, reason="Khách không nhận", fit={parcel.picks.get().pk: 2}, by=by)

    assert of(order) == (OrderStatus.RETURNED, Decimal(0), PaymentStatus.VOID, Decimal(195_000))
    assert (units(line), stock_of(noodles), lots.balance(lot)) == ((0, 0, 3, 0, 3), (19, 0), 19)
    kinds = list(StockMovement.objects.order_by("pk").values_list("kind", "quantity"))[-3:]
    assert kinds == [("returned", 2), ("returned", 1), ("spoilt", -1)]


def test_a_parcel_that_came_back_of_a_paid_order_keeps_the_fee_unless_it_is_given_back(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    make_bank_account(muong_hoa)
    for with_fee, owed in ((False, 110_000), (True, 140_000)):
        order = confirmed((noodles, 2), methods="vietqr", by=by)
        parcel = fulfilment.ship_parcel(take(order, 2, by=by), carrier="GHN", by=by)
        fulfilment.parcel_came_back(parcel, reason="Sai địa chỉ", fit={}, with_fee=with_fee, by=by)
        assert order.payment.refunds.get().amount == Decimal(owed)


@pytest.mark.parametrize("verb", ["ship", "deliver", "back", "unpack"])
def test_a_parcel_makes_each_step_once(verb: str, noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 1), by=by)
    parcel = fulfilment.ship_parcel(take(order, 1, by=by), carrier="GHN", by=by)
    fulfilment.deliver_parcel(parcel, by=by)
    before = (of(order), stock_of(noodles), StockMovement.objects.count())

    with pytest.raises((IllegalMove, fulfilment.FulfilmentRefusal)):
        {
            "ship": lambda: fulfilment.ship_parcel(parcel, carrier="GHN", by=by),
            "deliver": lambda: fulfilment.deliver_parcel(parcel, by=by),
            "back": lambda: fulfilment.parcel_came_back(parcel, reason="Nhầm", fit={}, by=by),
            "unpack": lambda: fulfilment.unpack_parcel(parcel, by=by),
        }[verb]()

    assert (of(order), stock_of(noodles), StockMovement.objects.count()) == before
    assert Parcel.objects.get().status == ParcelStatus.DELIVERED


def test_a_cancelled_line_is_not_packed(noodles: Any, muong_hoa: Any, by: Actor) -> None:
    tea = make_product(muong_hoa, "Trà", price=120_000, stock=5)
    order = confirmed((noodles, 2), (tea, 1), by=by)
    gone = order.lines.get(product=tea)
    cancelling.cancel_lines(order, {gone.pk: 1}, reason="Trà bị ẩm", by=by)

    with pytest.raises(fulfilment.BadPick):
        fulfilment.pack_order(
            order,
            [PickChoice(order.lines.get(product=noodles).pk, None, 2), PickChoice(gone.pk, None, 1)],
            by=by,
        )
    parcel = fulfilment.pack_order(order, [PickChoice(order.lines.get(product=noodles).pk, None, 2)], by=by)

    assert [pick.line.title for pick in parcel.picks.all()] == ["Miến dong"]
    assert of(order)[:2] == (OrderStatus.PACKED, Decimal(140_000))
    assert stock_of(tea) == (5, 0)


def test_cancelling_every_line_cancels_the_order(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)

    cancelling.cancel_lines(order, {order.lines.get().pk: 2}, reason="Hết hàng", by=by)

    assert of(order) == (OrderStatus.CANCELLED, Decimal(0), PaymentStatus.VOID, Decimal(140_000))


@pytest.mark.parametrize("wrong", ["none", "too many", "foreign", "no reason"])
def test_a_wrong_cut_changes_nothing(wrong: str, noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)
    line = order.lines.get()
    foreign = trade.order((noodles, 1)).lines.get()
    asked = {
        "none": {line.pk: 0},
        "too many": {line.pk: 3},
        "foreign": {foreign.pk: 1},
        "no reason": {line.pk: 1},
    }[wrong]

    with pytest.raises(fulfilment.FulfilmentRefusal):
        cancelling.cancel_lines(order, asked, reason=" " if wrong == "no reason" else "Hết", by=by)

    assert (units(line), of(order)[1]) == ((2, 0, 0, 0, 0), Decimal(140_000))


def test_an_order_of_which_a_parcel_left_is_not_cancelled_whole(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)
    fulfilment.ship_parcel(take(order, 1, short={order.lines.get().pk: Short()}, by=by), carrier="GHN", by=by)

    with pytest.raises(fulfilment.FulfilmentRefusal, match="đã gửi đi"):
        cancelling.cancel_order(order, reason="Thôi", by=by)

    assert of(order)[:2] == (OrderStatus.CONFIRMED, Decimal(140_000))


def test_the_buyer_cancels_until_somebody_packs(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)
    parcel = take(order, 2, by=by)
    with pytest.raises(fulfilment.FulfilmentRefusal, match="Hãy gọi"):
        cancelling.cancel_by_buyer(order, by=trade.GUEST)
    fulfilment.unpack_parcel(parcel, by=by)

    order = cancelling.cancel_by_buyer(order, by=trade.GUEST)

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "Người mua đổi ý")
    assert stock_of(noodles) == (20, 0)


def test_a_line_of_odd_price_loses_and_gives_every_dong_once() -> None:
    line = Line(quantity=3, line_price_incl_tax=Decimal(100_000))

    assert [amounts.worth(line, n) for n in range(4)] == [0, 33_333, 66_667, 100_000]


def test_goods_sold_by_weight_keep_what_a_unit_was_ordered_at(chicken: Any, noodles: Any) -> None:
    order = trade.order((chicken, 1), (noodles, 1))

    assert list(order.lines.order_by("title").values_list("title", "unit_grams")) == [
        ("Gà đồi", 1500),
        ("Miến dong", None),
    ]


def test_holds_are_what_open_lines_hold(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 3), by=by)
    line = order.lines.get()
    fulfilment.ship_parcel(take(order, 1, short={line.pk: Short()}, by=by), carrier="GHN", by=by)
    cancelling.cancel_lines(order, {line.pk: 1}, reason="Hết", by=by)

    assert (stock_of(noodles)[1], recount.recount()) == (1, [])


# --- refunds --------------------------------------------------------------------------------------------------
@pytest.fixture
def owed(noodles: Any, muong_hoa: Any, by: Actor) -> Refund:
    """140,000 ₫ that a cancelled, paid order owes its buyer."""
    make_bank_account(muong_hoa)
    order = confirmed((noodles, 2), methods="vietqr", by=by)
    cancelling.cancel_order(order, reason="Hết hàng thật", by=by)
    return Refund.objects.get()


def money_of(refund: Refund) -> tuple[str, Decimal]:
    return Payment.objects.values_list("status", "amount").get(pk=refund.payment_id)


def test_a_fully_refunded_order_is_not_paid(owed: Refund, by: Actor) -> None:
    assert money_of(owed) == (PaymentStatus.RECEIVED, Decimal(140_000))

    owed = refunds.send(owed, shown=Decimal(140_000), reference="FT77", by=by)

    assert (owed.status, money_of(owed)) == (RefundStatus.SENT, (PaymentStatus.REFUNDED, Decimal(140_000)))
    assert Letter.objects.get(kind="refund_sent").subject == "HTX Mường Hoa đã trả lại bạn 140.000 ₫"


def test_a_bounced_refund_is_open_again(owed: Refund, by: Actor) -> None:
    refunds.send(owed, shown=Decimal(140_000), reference="FT77", by=by)

    owed = refunds.came_back(owed, reason="Sai số tài khoản", by=by)

    assert (owed.status, money_of(owed)[0]) == (RefundStatus.OWED, PaymentStatus.RECEIVED)
    assert [(c.new_status, c.amount, c.note) for c in owed.changes.all()][1:] == [
        ("sent", Decimal(140_000), "FT77"),
        ("owed", Decimal(140_000), "Sai số tài khoản"),
    ]


def test_another_sum_than_was_shown_is_not_sent(owed: Refund, by: Actor) -> None:
    with pytest.raises(refunds.RefundRefusal, match=r"vừa đổi thành 140\.000"):
        refunds.send(owed, shown=Decimal(100_000), by=by)
    assert Refund.objects.get().status == RefundStatus.OWED


def test_a_refund_is_sent_once(owed: Refund, by: Actor) -> None:
    refunds.send(owed, shown=Decimal(140_000), reference="FT77", by=by)
    with pytest.raises(refunds.RefundRefusal):
        refunds.send(owed, shown=Decimal(140_000), reference="FT78", by=by)
    assert Refund.objects.get().reference == "FT77"


def test_the_buyer_names_the_account_and_the_code_carries_it(owed: Refund, by: Actor) -> None:
    bank = Bank.objects.filter(is_active=True).first()
    assert bank is not None
    owed = refunds.name_account(owed, bank=bank, number="0123 456 789", holder="Trần Thị Hà", by=trade.GUEST)

    code = vietqr.parse(refunds.qr_payload(owed))
    assert (owed.account_number, owed.account_holder) == ("0123456789", "TRAN THI HA")
    assert (code.bin, code.account, code.amount) == (bank.bin, "0123456789", Decimal(140_000))
    assert code.memo == f"TRA LAI {owed.payment.order.number}"


def test_money_noted_by_mistake_on_a_cancelled_order_is_dropped_with_a_reason(
    owed: Refund, by: Actor
) -> None:
    refunds.drop(owed, reason="Bấm nhầm, tiền chưa hề về", by=by)

    assert (Refund.objects.get().status, money_of(owed)) == (
        RefundStatus.DROPPED,
        (PaymentStatus.VOID, Decimal(0)),
    )


def test_money_off_one_line_and_off_the_fee_is_owed_back_as_one_sum(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    """peers.md asks 16 and 17: by line, shipped or not, with the shipping share."""
    make_bank_account(muong_hoa)
    order = confirmed((noodles, 2), methods="vietqr", by=by)
    refunds.give(order, line=order.lines.get(), amount=Decimal(20_000), reason="Gói bị móp", by=by)
    fulfilment.ship_parcel(take(order, 2, by=by), carrier="GHN", by=by)

    refunds.give(order, amount=Decimal(30_000), reason="Giao trễ", by=by)

    assert Refund.objects.get().amount == Decimal(50_000)
    assert of(order)[1] == Decimal(90_000)
    with pytest.raises(refunds.RefundRefusal, match=r"nhiều nhất 90\.000"):
        refunds.give(order, line=order.lines.get(), amount=Decimal(90_001), reason="Nữa", by=by)
    with pytest.raises(refunds.RefundRefusal, match="nhiều nhất 0"):
        refunds.give(order, amount=Decimal(1), reason="Nữa", by=by)


def test_money_off_an_order_not_paid_yet_is_simply_not_asked(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)

    assert (
        refunds.give(order, line=order.lines.get(), amount=Decimal(10_000), reason="Khách quen", by=by)
        is None
    )

    assert of(order) == (OrderStatus.CONFIRMED, Decimal(130_000), PaymentStatus.ON_DELIVERY, Decimal(130_000))


def test_cash_paid_at_the_door_is_noted_before_money_is_taken_off(noodles: Any, by: Actor) -> None:
    order = confirmed((noodles, 2), by=by)
    fulfilment.deliver_parcel(fulfilment.ship_parcel(take(order, 2, by=by), carrier="GHN", by=by), by=by)
    line = order.lines.get()

    with pytest.raises(refunds.RefundRefusal, match="Đã nhận tiền"):
        refunds.give(order, line=line, amount=Decimal(10_000), reason="Gói móp", by=by)
    assert of(order)[1] == Decimal(140_000)

    payments.receive(order.payment, by=by)
    owed = refunds.give(order, line=line, amount=Decimal(10_000), reason="Gói móp", by=by)
    assert owed is not None
    assert owed.amount == Decimal(10_000)
