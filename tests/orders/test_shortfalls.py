"""A loss larger than what is free: who goes short is listed and told once; the recount finds numbers that drifted."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from cooperatives import stock
from cooperatives.models import StockDrift, StockMovement, StockRecord
from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.models import Outbox
from orders import cancelling, fulfilment, recount, shortfalls, tasks
from orders.models import Line
from tests import scene
from tests.factories import make_lot, make_product
from tests.orders import trade
from traceability import stocktake
from traceability.models import LotShare

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    return make_product(muong_hoa, "Miến dong", stock=10)


def record(product: Any) -> StockRecord:
    return product.stockrecords.get()


def short(product: Any) -> list[tuple[str, int]]:
    found = shortfalls.of(StockRecord.objects.filter(product=product))
    return [(order.number, missing) for one in found for order, missing in one.orders]


def test_the_order_placed_last_goes_short_first(noodles: Any, by: Actor) -> None:
    first, second, third = (trade.order((noodles, n)) for n in (4, 3, 2))
    stock.spoil(record(noodles), 1, note="Mốc", by=by)
    assert short(noodles) == []  # one was free

    stock.count(record(noodles), 6, by=by)

    assert short(noodles) == [(second.number, 1), (third.number, 2)]
    [found] = shortfalls.of(StockRecord.objects.filter(product=noodles))
    assert found.missing == 3
    cancelling.cancel_order(first, reason="Khách thôi", by=by)
    assert short(noodles) == []


def test_the_cooperative_is_told_once_a_loss_and_not_when_goods_came_again(noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 8))
    Letter.objects.all().delete()
    stocktake.spoil(record(noodles), 5, note="Mưa dột", by=by)
    stocktake.spoil(record(noodles), 1, note="Mưa dột", by=by)
    outbox.drain()

    told = list(Letter.objects.filter(kind="left_short"))
    assert [letter.mailbox for letter in told] == [order.cooperative.mailbox] * 2
    assert told[1].subject == "Miến dong không đủ cho đơn đã đặt"
    assert told[1].body == (f"Trong kho còn 4, khách đã đặt 8. Đơn thiếu hàng: {pretty(order.number)} (4).")
    assert told[1].link == reverse("desk:stock_of", args=["htx-muong-hoa", noodles.pk])

    row = Outbox.objects.filter(kind="stock_short").latest("pk")
    shortfalls.tell_of_loss(row)
    assert Letter.objects.filter(kind="left_short").count() == 2
    stocktake.spoil(record(noodles), 1, note="Mưa dột", by=by)
    stocktake.add(record(noodles), 30, by=by)
    outbox.drain()
    assert Letter.objects.filter(kind="left_short").count() == 2


def test_a_loss_of_what_is_free_and_a_sale_tell_nobody(noodles: Any, by: Actor) -> None:
    trade.order((noodles, 6))
    stock.spoil(record(noodles), 4, by=by)
    stock.consume(record(noodles).pk, 2, note="đơn", by=by)

    assert not Outbox.objects.filter(kind="stock_short").exists()


def test_units_of_a_packed_lot_that_spoil_stop_the_parcel_with_a_sentence(
    client: Any, lan: Any, noodles: Any, by: Actor
) -> None:
    lot = make_lot(noodles, 4)
    order = trade.order((noodles, 4))
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, scene.picks_of(order), by=by)
    stocktake.spoil(record(noodles), 1, lot=lot, note="Mốc", by=by)
    client.force_login(lan)

    answer = client.post(
        reverse("desk:parcel_ship", args=["htx-muong-hoa", order.number, order.parcels.get().pk]),
        {"carrier": "GHN", "waybill": ""},
    )

    assert answer.status_code == 422
    assert "Lô 261105-01 trong sổ chỉ còn 3. Hãy mở kiện, chọn lô khác rồi gửi." in answer.content.decode()
    assert (record(noodles).num_in_stock, record(noodles).num_allocated) == (9, 4)


def test_pages_of_the_desk_link_the_orders_left_short(client: Any, lan: Any, noodles: Any, by: Actor) -> None:
    order = trade.order((noodles, 8))
    client.force_login(lan)
    pages = [("today", []), ("stock", []), ("stock_of", [noodles.pk])]
    addresses = [reverse(f"desk:{name}", args=["htx-muong-hoa", *args]) for name, args in pages]
    link = (
        f'<a href="{reverse("desk:order", args=["htx-muong-hoa", order.number])}">{pretty(order.number)}</a>'
    )
    assert [link + " (thiếu" in client.get(one).content.decode() for one in addresses] == [False] * 3

    stock.spoil(record(noodles), 5, by=by)

    assert [link + " (thiếu 3)" in client.get(one).content.decode() for one in addresses] == [True] * 3


# --- the recount ------------------------------------------------------------------------------------------
def test_a_day_s_trade_leaves_nothing_to_report(noodles: Any, by: Actor) -> None:
    lot = make_lot(noodles, 4)
    trade.order((noodles, 3))
    stocktake.spoil(record(noodles), 1, lot=lot, note="Mốc", by=by)
    stocktake.move(record(noodles), 2, source=None, target=lot, note="Nhầm", by=by)
    stocktake.returned(record(noodles), 2, lot=lot, fit_to_sell=False, by=by)

    assert recount.recount() == []


def test_every_number_that_drifted_is_reported_and_none_is_mended(
    noodles: Any, muong_hoa: Any, caplog: Any, django_assert_num_queries: Any
) -> None:
    lot = make_lot(noodles, 4)
    trade.order((noodles, 3))
    tea = make_product(muong_hoa, "Chè", stock=5)
    StockRecord.objects.filter(product=noodles).update(num_in_stock=11)
    Line.objects.update(num_cancelled=1)
    LotShare.objects.filter(lot=lot).update(quantity=12)
    other = make_lot(tea, number="261106-01", code="4HYJE1B1", from_stock=False)
    moved = StockMovement.objects.create(stock_record=record(tea), kind="moved", quantity=0, by_label="x")
    LotShare.objects.create(movement=moved, lot=other, quantity=-2)

    with caplog.at_level(logging.ERROR), django_assert_num_queries(6):
        found = recount.recount()

    made = StockMovement.objects.get(stock_record__product=noodles, kind="made").pk
    noodle_key, tea_key = record(noodles).pk, record(tea).pk
    expected = {
        (noodle_key, "movements", 11, 10, ""),
        (noodle_key, "holds", 3, 2, ""),
        (noodle_key, "shares", 10, 12, f"movement {made}"),
        (noodle_key, "lots", 11, 12, ""),
        (tea_key, "lots", 0, -2, "lot 261106-01"),
    }
    assert {(one.stock_record_id, one.kind, one.written, one.summed, one.detail) for one in found} == expected
    assert len(caplog.records) == 5
    recount.recount()  # the same day: the same report
    rows = StockDrift.objects.values_list("stock_record_id", "kind", "written", "summed", "detail")
    assert set(rows) == expected
    assert rows.count() == 5
    assert (record(noodles).num_in_stock, record(noodles).num_allocated) == (11, 3)


def test_the_job_runs_once_a_day_and_a_monitor_and_the_operator_see_what_it_found(
    noodles: Any, client: Any, operator: Any, capsys: Any
) -> None:
    StockRecord.objects.filter(product=noodles).update(num_in_stock=11)
    tasks.recount_stock()
    StockDrift.objects.all().delete()
    tasks.recount_stock()
    assert client.get("/suc-khoe/").json()["stock_drift"] == 0

    with pytest.raises(SystemExit):
        call_command("recount_stock")
    assert "movements: 11 written, 10 summed" in capsys.readouterr().out
    assert client.get("/suc-khoe/").json()["stock_drift"] == 1
    client.force_login(operator)
    assert "Miến dong" in client.get(reverse("admin:partner_stockdrift_changelist")).content.decode()

    StockRecord.objects.filter(product=noodles).update(num_in_stock=10)
    call_command("recount_stock")
    assert capsys.readouterr().out == "Every number is what its rows say.\n"
