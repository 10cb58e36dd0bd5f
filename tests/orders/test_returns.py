"""Goods given back: asked, agreed or disputed, sent back, paid back; clocks, and the alliance as last instance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove
from orders import fulfilment, payments, refunds, tasks
from orders.cases import returns
from orders.fulfilment import PickChoice
from orders.models import Line, Order, Parcel, Pick, Reduction, Refund, ReturnCase, ReturnLine
from orders.statuses import PaymentStatus, RefundStatus, ReturnStatus
from tests import scene
from tests.factories import make_bank_account, make_lot, make_product
from tests.orders import trade
from tests.orders.trade import GUEST
from traceability.models import LotShare

pytestmark = pytest.mark.django_db
JOB = Actor.system("test")


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def delivered(noodles: Any, by: Actor, units: int = 3, *, method: str = "vietqr", lot: Any = None) -> Order:
    """An order that was paid and is at the buyer's."""
    order = trade.order((noodles, units), methods=method)
    if method == "vietqr":
        payments.receive(order.payment, by=by)
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, lot and lot.pk, units)], by=by)
    trade.ship(order, by=by)
    return trade.deliver(order, by=by)


def ask(order: Order, units: int = 2, **more: Any) -> ReturnCase:
    more = {"reason": "broken", "words": "Hai gói bị ẩm.", "form_key": uuid4(), **more}
    return returns.ask_return(order, units={order.lines.get().pk: units}, by=GUEST, **more)


def state(case: ReturnCase) -> tuple[str, str, bool]:
    case = ReturnCase.objects.get(pk=case.pk)
    return case.status, case.owner, case.closed_at is not None


def everything() -> tuple[Any, ...]:
    """What a refusal must leave alone."""
    return (
        list(ReturnCase.objects.order_by("pk").values_list("status", "owner", "due_at")),
        ReturnLine.objects.count(),
        Reduction.objects.count(),
        list(Line.objects.order_by("pk").values_list("num_returned", "reduced")),
        Letter.objects.count(),
    )


def stock_of(product: Any) -> int:
    return int(product.stockrecords.get().num_in_stock)


def test_two_of_three_come_back_and_one_is_spoilt(noodles: Any, by: Actor) -> None:
    """peers.md ask 18: by line and quantity, the parcel fee in part, restocked or not."""
    lot = make_lot(noodles)
    order = delivered(noodles, by, lot=lot)

    case = ask(order)
    assert state(case) == (ReturnStatus.REQUESTED, CaseSide.SELLER, False)
    returns.agree(case, goods_needed=True, fee_share=Decimal(10_000), by=by)
    assert state(case) == (ReturnStatus.AGREED, CaseSide.BUYER, False)
    line = order.lines.get()
    returns.goods_back(case, fit={line.pk: 1}, by=by)

    assert state(case) == (ReturnStatus.GOODS_BACK, CaseSide.SELLER, False)
    order.refresh_from_db()
    line.refresh_from_db()
    # 3 × 55,000 + 30,000; 2 × 55,000 + 10,000 go back
    assert (order.total_incl_tax, order.due) == (Decimal(195_000), Decimal(75_000))
    assert Refund.objects.get().amount == Decimal(120_000)
    assert (line.num_shipped, line.num_returned, line.num_kept) == (3, 2, 1)
    assert stock_of(noodles) == 20 - 3 + 2 - 1
    assert sum(LotShare.objects.filter(lot=lot).values_list("quantity", flat=True)) == 18
    assert (case.lines.get().quantity, case.lines.get().restocked) == (2, 1)

    refunds.send(Refund.objects.get(), shown=Decimal(120_000), reference="FT1", by=by)
    assert returns.finish_paid(order=order, by=by) == 1
    assert state(case) == (ReturnStatus.REFUNDED, CaseSide.SELLER, True)
    assert [change.new_status for change in case.changes.all()] == [
        "requested", "agreed", "goods_back", "refunded",
    ]  # fmt: skip


def test_without_goods_the_money_goes_at_once_and_to_the_dong(muong_hoa: Any, by: Actor) -> None:
    make_bank_account(muong_hoa)
    honey = make_product(muong_hoa, "Mật ong", price=100_000, stock=9)
    order = delivered(honey, by)
    Line.objects.update(line_price_incl_tax=100_000)  # three for 100,000: a third is no whole đồng
    Order.objects.update(total_incl_tax=130_000)
    Parcel.objects.update(goods=100_000)
    Pick.objects.update(price=100_000)
    order.payment.amount = Decimal(130_000)
    order.payment.save(update_fields=["amount"])

    for _one in range(3):
        returns.agree(ask(order, 1, reason="missing"), goods_needed=False, by=by)

    assert list(Reduction.objects.values_list("amount", flat=True)) == [33_333, 33_334, 33_333]
    assert Refund.objects.get().amount == Decimal(100_000)
    assert (order.lines.get().num_returned, stock_of(honey)) == (0, 6)


def test_units_are_asked_for_once_and_only_within_the_window(noodles: Any, by: Actor, settings: Any) -> None:
    order = delivered(noodles, by)
    case = ask(order, 2)
    before = everything()

    with pytest.raises(returns.ReturnRefusal, match="Chỉ còn trả được 1"):
        ask(order, 2)
    with pytest.raises(returns.ReturnRefusal, match="số lượng"):
        ask(order, 0)
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=settings.RETURN_DAYS, minutes=1)),
        pytest.raises(returns.ReturnRefusal, match="Chỉ còn trả được 0"),
    ):
        ask(order, 1)
    assert everything() == before

    returns.withdraw(case, by=GUEST)
    assert returns.returnable(order) == {order.lines.get().pk: 3}


def test_what_is_not_delivered_cannot_be_given_back(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 2))

    with pytest.raises(returns.ReturnRefusal, match="Chỉ còn trả được 0"):
        ask(order, 1)

    assert not ReturnCase.objects.exists()


def test_one_form_sent_twice_is_one_case(noodles: Any, by: Actor) -> None:
    order, key = delivered(noodles, by), UUID(int=7)

    assert ask(order, 1, form_key=key).pk == ask(order, 1, form_key=key).pk

    assert (ReturnCase.objects.count(), Letter.objects.filter(kind="return_asked").count()) == (1, 1)


def test_agreed_twice_takes_the_money_off_once(noodles: Any, by: Actor) -> None:
    order = delivered(noodles, by)
    case = ask(order)
    returns.agree(case, goods_needed=False, by=by)
    before = everything()

    with pytest.raises(returns.ReturnRefusal, match="đã có câu trả lời"):
        returns.agree(case, goods_needed=False, by=by)
    with pytest.raises(returns.ReturnRefusal, match="đã được tính trả"):
        returns.withdraw(case, by=GUEST)
    with pytest.raises(returns.ReturnRefusal, match="không chờ hàng"):
        returns.goods_back(case, fit={}, by=by)

    assert everything() == before


def test_a_dispute_goes_to_the_officers_of_the_province_alone(
    noodles: Any, by: Actor, quyen: Any, phuc: Any
) -> None:
    case = ask(delivered(noodles, by))

    returns.dispute(case, reason="Hàng gửi đi còn nguyên.", by=by)

    assert state(case) == (ReturnStatus.DISPUTED, CaseSide.OFFICER, False)
    told = Letter.objects.filter(kind="return_disputed").values_list("mailbox", flat=True)
    assert sorted(told) == sorted([f"mua:{case.order.purchase_id}", f"nguoi:{quyen.pk}"])


@pytest.mark.parametrize("for_buyer", [True, False])
def test_the_officer_ends_a_dispute(for_buyer: bool, noodles: Any, by: Actor, quyen: Any) -> None:
    order = delivered(noodles, by)
    case = ask(order)
    with pytest.raises(returns.ReturnRefusal, match="không chờ liên minh"):
        returns.decide(case, for_buyer=True, reason="Rõ rồi.", by=Actor.of(quyen))
    returns.dispute(case, reason="Không phải hàng của tôi.", by=by)

    returns.decide(case, for_buyer=for_buyer, goods_needed=False, reason="Ảnh rõ ràng.", by=Actor.of(quyen))

    order.refresh_from_db()
    if for_buyer:
        assert state(case) == (ReturnStatus.AGREED, CaseSide.SELLER, False)
        assert (order.due, Refund.objects.get().amount) == (Decimal(85_000), Decimal(110_000))
    else:
        assert state(case) == (ReturnStatus.REJECTED, CaseSide.OFFICER, True)
        assert (order.due, Refund.objects.exists()) == (Decimal(195_000), False)
        assert returns.returnable(order) == {order.lines.get().pk: 1}  # the last instance has spoken of two
    letters = Letter.objects.filter(kind="return_decided")
    assert sorted(letters.values_list("mailbox", flat=True)) == sorted(
        [order.purchase.mailbox, order.cooperative.mailbox]
    )
    with pytest.raises(returns.ReturnRefusal, match="không chờ liên minh"):
        returns.decide(case, for_buyer=True, reason="Nghĩ lại.", by=Actor.of(quyen))


def test_nobody_answers_and_the_alliance_hears_it_once(noodles: Any, by: Actor, quyen: Any) -> None:
    case = ask(delivered(noodles, by))
    assert tasks.cases_overdue() == 0

    with time_machine.travel(timezone.now() + dt.timedelta(hours=48, minutes=6)):
        assert (tasks.cases_overdue(), tasks.cases_overdue()) == (1, 0)
        assert returns.escalate_late(by=JOB) == 0

        assert state(case) == (ReturnStatus.REQUESTED, CaseSide.OFFICER, False)
        assert Letter.objects.filter(kind="return_escalated", mailbox=f"nguoi:{quyen.pk}").count() == 1
        # late is better than never: the cooperative may still agree by itself
        returns.agree(case, goods_needed=True, by=by)
        assert state(case) == (ReturnStatus.AGREED, CaseSide.BUYER, False)


def test_money_that_is_not_sent_goes_to_the_alliance_and_the_case_ends_when_it_is(
    noodles: Any, by: Actor, quyen: Any
) -> None:
    case = ask(delivered(noodles, by))
    returns.agree(case, goods_needed=False, by=by)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        assert tasks.cases_overdue() == 1
        assert state(case) == (ReturnStatus.AGREED, CaseSide.OFFICER, False)
        with pytest.raises(returns.ReturnRefusal, match="không chờ liên minh"):
            returns.decide(case, for_buyer=True, reason="Trả đi.", by=Actor.of(quyen))
        owed = Refund.objects.get(status=RefundStatus.OWED)
        refunds.send(owed, shown=owed.amount, reference="FT1", by=by)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=50)):
        assert tasks.cases_overdue() == 1
    assert state(case) == (ReturnStatus.REFUNDED, CaseSide.OFFICER, True)


def test_cash_paid_at_the_door_is_noted_before_any_of_it_goes_back(noodles: Any, by: Actor) -> None:
    order = delivered(noodles, by, method="cod")
    case = ask(order)
    before = everything()

    with pytest.raises(Refusal, match="Đã nhận tiền"):
        returns.agree(case, goods_needed=False, by=by)
    assert everything() == before

    payments.receive(order.payment, by=by)
    returns.agree(case, goods_needed=False, by=by)
    order.payment.refresh_from_db()
    assert order.payment.status == PaymentStatus.RECEIVED
    assert Refund.objects.get().amount == Decimal(110_000)


def test_more_than_came_or_more_than_the_fee_is_refused(noodles: Any, by: Actor) -> None:
    order = delivered(noodles, by)
    case = ask(order)

    with pytest.raises(returns.ReturnRefusal, match="Phí gửi trả lại được nhiều nhất"):
        returns.agree(case, goods_needed=True, fee_share=Decimal(30_001), by=by)
    returns.agree(case, goods_needed=True, by=by)
    with pytest.raises(returns.ReturnRefusal, match="không thể nhiều hơn"):
        returns.goods_back(case, fit={order.lines.get().pk: 3}, by=by)

    assert (state(case)[0], stock_of(noodles)) == (ReturnStatus.AGREED, 17)


def test_a_return_by_its_pages(client: Any, noodles: Any, by: Actor, lan: Any, quyen: Any, phuc: Any) -> None:
    order = delivered(noodles, by)
    at = [order.purchase.token, order.number]
    line = order.lines.get().pk
    body = {f"units_{line}": "2", "reason": "broken", "words": "Bị ẩm.", "form_key": str(uuid4())}

    assert (
        reverse("shop:cases", args=at) in client.get(reverse("shop:purchase", args=at[:1])).content.decode()
    )
    wrong = client.post(reverse("shop:return_ask", args=at), {**body, f"units_{line}": "4"})
    assert (wrong.status_code, ReturnCase.objects.count()) == (422, 0)
    asked = client.post(reverse("shop:return_ask", args=at), {**body, "photo1": scene.photo()})
    case = ReturnCase.objects.get()
    assert asked["Location"] == reverse("shop:return_case", args=[*at, case.pk])
    page = client.get(asked["Location"]).content.decode()
    assert "Đến lượt Hợp tác xã, trước" in page

    client.force_login(lan)
    assert (
        "Đến lượt Hợp tác xã, trước"
        in client.get(reverse("desk:cases", args=["htx-muong-hoa"])).content.decode()
    )
    desk = ["htx-muong-hoa", case.pk]
    told = client.post(reverse("desk:return_dispute", args=desk), {"dispute-reason": "Hàng còn nguyên."})
    assert told.status_code == 302

    client.force_login(phuc)
    assert client.get(reverse("review:return_case", args=[case.pk])).status_code == 404
    client.force_login(quyen)
    page = client.get(reverse("review:return_case", args=[case.pk])).content.decode()
    assert "Hàng còn nguyên." in page
    assert client.get(reverse("review:paper", args=[case.photos.get().pk])).status_code == 200
    decided = client.post(
        reverse("review:return_case", args=[case.pk]), {"decision": "back", "reason": "Ảnh rõ."}
    )
    assert decided.status_code == 302

    client.force_login(lan)
    back = client.post(reverse("desk:return_back", args=desk), {f"back-fit_{line}": "2"})
    assert (back.status_code, state(case)[0]) == (302, ReturnStatus.GOODS_BACK)
    refund = Refund.objects.get()
    client.post(
        reverse("desk:refund_sent", args=["htx-muong-hoa", order.number, refund.pk]),
        {"sent-shown": "110000", "sent-reference": "FT1"},
    )
    assert state(case)[0] == ReturnStatus.REFUNDED
    assert "Đã trả tiền xong" in client.get(asked["Location"]).content.decode()


def test_a_return_is_not_withdrawn_twice(noodles: Any, by: Actor) -> None:
    case = ask(delivered(noodles, by))
    returns.withdraw(case, by=GUEST)

    with pytest.raises(IllegalMove):
        returns.withdraw(case, by=GUEST)
