"""A cooperative's books: every đồng of goods and money is booked once, months close, files open right."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.foundation.actor import Actor
from orders import books, cancelling, fulfilment, payments, refunds
from orders.fulfilment import PickChoice, Short
from orders.incoming import transfers
from orders.models import AllianceFee, BookEntry, Order, Refund, ReportMonth
from orders.statuses import TransferSource
from tests.factories import make_bank_account, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 10, 1), dt.date(2026, 12, 1)


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55000, stock=50)


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def on_day(day: dt.date) -> Any:
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 3, 0, tzinfo=dt.UTC), tick=False)


def delivered(product: Any, units: int, *, by: Actor, methods: str = "cod") -> Order:
    order = trade.order((product, units), methods=methods)
    if methods == "vietqr":
        payments.receive(order.payment, by=by)
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, units)], by=by)
    trade.ship(order, by=by)
    return trade.deliver(order, by=by)


def sums(order: Order) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in BookEntry.objects.filter(order=order):
        found[entry.account] = found.get(entry.account, 0) + int(entry.amount)
    return {account: amount for account, amount in found.items() if amount}


def test_a_sale_is_booked_when_it_is_delivered_and_cash_when_it_is_there(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 2))
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, 2)], by=by)
    trade.ship(order, by=by)
    assert sums(order) == {}

    trade.deliver(order, by=by)
    assert sums(order) == {"goods": 110_000, "shipping": 30_000}
    payments.receive(order.payment, by=by)
    assert sums(order) == {"goods": 110_000, "shipping": 30_000, "cash": 140_000}

    payments.undo_receive(order.payment, reason="Nhầm đơn", by=by)
    assert sums(order) == {"goods": 110_000, "shipping": 30_000}


def test_half_a_delivery_is_half_a_sale_with_the_whole_fee(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 3))
    line = order.lines.get()
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(line.pk, None, 1)], short={line.pk: Short()}, by=by)
    trade.ship(order, by=by)
    trade.deliver(order, by=by)
    assert sums(order) == {"goods": 55_000, "shipping": 30_000}

    fulfilment.pack_order(order, [PickChoice(line.pk, None, 2)], by=by)
    trade.ship(order, by=by)
    trade.deliver(order, by=by)
    assert sums(order) == {"goods": 165_000, "shipping": 30_000}


def test_after_a_refund_the_books_say_what_the_bank_says(noodles: Any, by: Actor) -> None:
    """peers.md ask 15."""
    order = delivered(noodles, 2, by=by, methods="vietqr")
    refunds.give(order, line=order.lines.get(), amount=Decimal(15_000), reason="Gói móp", by=by)
    assert sums(order) == {"goods": 95_000, "shipping": 30_000, "bank": 140_000}

    refunds.send(Refund.objects.get(), shown=Decimal(15_000), reference="FT1", by=by)
    assert sums(order) == {"goods": 95_000, "shipping": 30_000, "bank": 125_000}

    refunds.came_back(Refund.objects.get(), reason="Sai số", by=by)
    assert sums(order) == {"goods": 95_000, "shipping": 30_000, "bank": 140_000}


def test_a_cancelled_and_refunded_order_leaves_nothing(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 2), methods="vietqr")
    payments.receive(order.payment, by=by)
    assert sums(order) == {"bank": 140_000}
    cancelling.cancel_order(order, reason="Hết", by=by)

    refunds.send(Refund.objects.get(), shown=Decimal(140_000), reference="FT1", by=by)

    assert (sums(order), BookEntry.objects.count()) == ({}, 2)


def test_a_parcel_that_came_back_is_no_sale_but_its_fee_may_stay(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 2), methods="vietqr")
    payments.receive(order.payment, by=by)
    fulfilment.confirm_order(order, by=by)
    parcel = fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, 2)], by=by)
    fulfilment.ship_parcel(parcel, carrier="GHN", by=by)
    fulfilment.parcel_came_back(parcel, reason="Không nhận", fit={}, by=by)
    refunds.send(Refund.objects.get(), shown=Decimal(110_000), reference="FT1", by=by)

    assert sums(order) == {"shipping": 30_000, "bank": 30_000}


def test_part_of_a_transfer_is_money_on_the_day_the_bank_names(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    order = trade.order((noodles, 2), methods="vietqr")
    for reference, amount in (("FT1", 40_000), ("FT2", 50_000)):
        told = transfers.Incoming(
            reference, Decimal(amount), timezone.now() - dt.timedelta(days=1), order.payment.memo, "HA"
        )
        transfers.book(told, cooperative=muong_hoa, source=TransferSource.STATEMENT, by=by)

    assert sums(order) == {"bank": 90_000}
    assert {entry.on for entry in BookEntry.objects.all()} == {timezone.localdate() - dt.timedelta(days=1)}


def test_the_alliances_fee_is_that_of_the_day_of_the_order(noodles: Any, ban_khac: Any, by: Actor) -> None:
    AllianceFee.objects.create(province_code="19", percent=Decimal("2.50"), since=dt.date(2026, 1, 1))
    order = trade.order((noodles, 1))
    AllianceFee.objects.update(percent=Decimal(10))
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, 1)], by=by)
    trade.ship(order, by=by)
    trade.deliver(order, by=by)

    assert sums(order) == {"goods": 55_000, "shipping": 30_000, "fee": -1_375}
    foreign = make_product(ban_khac, "Trà", price=120_000)
    assert trade.order((foreign, 1)).fee_percent == 0  # another province, no fee


def test_what_stands_between_goods_and_money_is_told_both_ways(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    delivered(noodles, 2, by=by)
    ahead = trade.order((noodles, 1), methods="vietqr")
    payments.receive(ahead.payment, by=by)

    assert books.between(muong_hoa) == books.Between(to_come=Decimal(140_000), in_hand=Decimal(85_000))


# --- months ---------------------------------------------------------------------------------------------------
def test_a_refund_after_months_end_lands_in_the_open_month(noodles: Any, muong_hoa: Any, by: Actor) -> None:
    with on_day(dt.date(2026, 10, 20)):
        order = delivered(noodles, 2, by=by, methods="vietqr")
    with on_day(dt.date(2026, 11, 3)):
        closed = books.close_month(muong_hoa, OCTOBER, by=by)
        refunds.give(order, line=order.lines.get(), amount=Decimal(10_000), reason="Móp", by=by)
        refunds.send(Refund.objects.get(), shown=Decimal(10_000), reference="FT1", by=by)

    assert closed.totals == {"goods": "110000", "shipping": "30000", "bank": "140000"}
    assert books.totals(muong_hoa, OCTOBER) == {"goods": 110_000, "shipping": 30_000, "bank": 140_000}
    assert books.totals(muong_hoa, NOVEMBER) == {"goods": -10_000, "bank": -10_000}


def test_money_of_a_closed_month_told_later_keeps_its_day_and_lands_in_the_open_one(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    with on_day(dt.date(2026, 10, 30)):
        delivered(noodles, 1, by=by)
        order = trade.order((noodles, 2), methods="vietqr")
    with on_day(dt.date(2026, 11, 3)):
        books.close_month(muong_hoa, OCTOBER, by=by)
        booked_at = dt.datetime(2026, 10, 31, 3, tzinfo=dt.UTC)
        told = transfers.Incoming("FT1", order.total_incl_tax, booked_at, order.payment.memo, "HA")
        transfers.book(told, cooperative=muong_hoa, source=TransferSource.STATEMENT, by=by)

    entry = BookEntry.objects.get(order=order)
    assert (entry.on, entry.month, entry.amount) == (dt.date(2026, 10, 31), NOVEMBER, Decimal(140_000))


def test_months_close_in_their_order_once_and_only_when_they_are_over(
    noodles: Any, muong_hoa: Any, by: Actor
) -> None:
    with on_day(dt.date(2026, 10, 20)):
        delivered(noodles, 1, by=by)
    with on_day(dt.date(2026, 11, 30)):
        delivered(noodles, 1, by=by)
        with pytest.raises(books.MonthRefusal, match="chưa hết"):
            books.close_month(muong_hoa, NOVEMBER, by=by)
    with on_day(dt.date(2026, 12, 1)):
        with pytest.raises(books.MonthRefusal, match="tháng 10/2026 trước"):
            books.close_month(muong_hoa, NOVEMBER, by=by)
        assert books.close_month(muong_hoa, OCTOBER, by=by) == books.close_month(muong_hoa, OCTOBER, by=by)
        books.close_month(muong_hoa, NOVEMBER, by=by)

    assert ReportMonth.objects.count() == 2


def test_a_cooperative_sees_only_its_own_fees_and_entries(
    noodles: Any, muong_hoa: Any, ban_khac: Any, tuan: Any, by: Actor, client: Any
) -> None:
    AllianceFee.objects.create(province_code="19", percent=Decimal(3), since=dt.date(2026, 1, 1))
    delivered(noodles, 1, by=by)
    client.force_login(tuan)

    page = client.get(reverse("desk:books", args=["htx-ban-khac"])).content.decode()

    assert "55.000" not in page
    assert "Phí liên minh" not in page
    assert client.get(reverse("desk:books", args=["htx-muong-hoa"])).status_code == 404


# --- files ----------------------------------------------------------------------------------------------------
def test_a_month_as_a_file_adds_up_and_runs_no_formula(
    noodles: Any, muong_hoa: Any, by: Actor, lan: Any, client: Any
) -> None:
    from openpyxl import load_workbook

    order = delivered(noodles, 2, by=by)
    Order.objects.filter(pk=order.pk).update(buyer_name="=HYPERLINK(1)")
    client.force_login(lan)
    name = f"{timezone.localdate():%Y-%m}"

    csv = client.get(reverse("desk:month_file", args=["htx-muong-hoa", name, "csv"]))
    assert csv.content.startswith(b"\xef\xbb\xbf")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Ngày;Đơn;Người mua;Khoản;Số tiền;Diễn giải;Người ghi"
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert lines[1] == f"{today};{order.number};'=HYPERLINK(1);Tiền hàng;110000;Giao hàng;Lan"

    xlsx = client.get(reverse("desk:month_file", args=["htx-muong-hoa", name, "xlsx"]))
    sheet = load_workbook(io.BytesIO(xlsx.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][1:5] == (order.number, "=HYPERLINK(1)", "Tiền hàng", 110_000)
    assert sheet["C2"].data_type == "s"
    assert [row[2:5] for row in rows[-2:]] == [("Cộng", "Tiền hàng", 110_000), ("Cộng", "Phí gửi", 30_000)]


@pytest.mark.parametrize("name", ["2026-13", "abc", "2026-1x", "20261"])
def test_no_month_is_no_page(name: str, muong_hoa: Any, lan: Any, client: Any) -> None:
    client.force_login(lan)
    assert client.get(reverse("desk:book_month", args=["htx-muong-hoa", name])).status_code == 404


def test_part_of_a_transfer_taken_off_again_leaves_the_books(noodles: Any, muong_hoa: Any, by: Actor) -> None:
    order = trade.order((noodles, 2), methods="vietqr")
    rows = []
    for reference in ("FT1", "FT2"):
        told = transfers.Incoming(reference, Decimal(40_000), timezone.now(), order.payment.memo, "HA")
        rows.append(transfers.book(told, cooperative=muong_hoa, source=TransferSource.NOTICE, by=by)[0])
    assert sums(order) == {"bank": 80_000}

    transfers.release(rows[0], order, reason="Của đơn khác", by=by)

    assert sums(order) == {"bank": 40_000}
