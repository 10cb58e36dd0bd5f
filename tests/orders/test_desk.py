"""A cooperative at work, by HTTP: today, the inbox, one order from confirming to delivered, its money."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperatives.models import StockRecord
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from orders import fulfilment, payments
from orders.models import Order, OrderStatusChange, PaymentChange, Pick
from tests.factories import make_lot, make_product
from tests.orders.trade import order

pytestmark = pytest.mark.django_db
LAN = Actor.system("test")
STEPS = ["order_confirm", "order_pack", "order_cut"]
PARCEL_STEPS = ["parcel_unpack", "parcel_ship", "parcel_deliver", "parcel_back"]
MONEY = ["payment_received", "payment_missing", "payment_undo", "order_cancel"]


@pytest.fixture
def cash(noodles):
    return order((noodles, 3))


@pytest.fixture
def transfer(noodles):
    return order((noodles, 2), methods="vietqr")


def url(name, *args, stall="htx-muong-hoa"):
    return reverse(f"desk:{name}", args=[stall, *args])


def of(name, order):
    return url(name, order.number)


def parcel(name, order):
    """An address of the order's one parcel; of one that is not there while it has none."""
    return url(name, order.number, order.parcels.values_list("pk", flat=True).first() or 0)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def status_of(order):
    return Order.objects.get(pk=order.pk).status


def state():
    """Everything a refusal must leave alone."""
    return (
        list(Order.objects.order_by("pk").values_list("status", "payment__status", "cancel_reason")),
        OrderStatusChange.objects.count(),
        PaymentChange.objects.count(),
        Pick.objects.count(),
        list(StockRecord.objects.order_by("pk").values_list("num_in_stock", "num_allocated")),
    )


# --- the door ---------------------------------------------------------------------------------------------


def test_nobody_is_sent_to_sign_in_and_a_stranger_finds_nothing(client, cash, tuan):
    pages = [url("today"), url("orders"), of("order", cash)]
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(tuan)
    before = state()

    for page in pages:
        assert client.get(page).status_code == 404
    for name in STEPS + MONEY:
        assert client.post(of(name, cash)).status_code == 404
    for name in PARCEL_STEPS:
        assert client.post(parcel(name, cash)).status_code == 404
    assert state() == before


def test_an_order_of_another_cooperative_is_not_found_at_one_s_own_desk(client, cash, tuan):
    client.force_login(tuan)

    assert client.get(url("order", cash.number, stall="htx-ban-khac")).status_code == 404
    assert client.post(url("order_confirm", cash.number, stall="htx-ban-khac")).status_code == 404
    assert status_of(cash) == "placed"


def test_a_packer_confirms_and_packs_but_never_touches_money(client, transfer, minh):
    client.force_login(minh)
    payments.claim(transfer.payment, by=LAN)
    before = state()

    for name in MONEY:
        assert client.post(of(name, transfer), {"cancel-reason": "x", "undo-reason": "x"}).status_code == 403
    assert state() == before

    page = client.get(of("order", transfer)).content.decode()
    for name in MONEY:
        assert of(name, transfer) not in page
    assert client.post(of("order_confirm", transfer)).status_code == 302
    assert status_of(transfer) == "confirmed"


@pytest.mark.parametrize("name", STEPS + MONEY)
def test_a_step_is_only_ever_posted(at_desk, cash, name):
    assert at_desk.get(of(name, cash)).status_code == 405


# --- today and the inbox ----------------------------------------------------------------------------------


def test_today_counts_what_waits_and_offers_the_next_step_of_each(at_desk, cash, transfer, muong_hoa):
    fulfilment.confirm_order(transfer, by=LAN)
    make_product(muong_hoa, "Bí thơm", stock=3)

    response = at_desk.get(url("today"))

    said = text(response)
    assert "1 chờ xác nhận" in said
    assert "1 cần đóng gói" in said
    assert "1 chờ tiền về" in said
    assert "1 sắp hết hàng" in said
    assert "cần gửi" not in said
    assert f"Đơn {pretty(cash.number)}" in said
    assert "3\xa0×\xa0Miến dong" in response.content.decode()
    assert "Tiền mặt khi nhận" in said
    assert f'action="{of("order_confirm", cash)}"' in response.content.decode()
    assert "Xem tiền về chưa" in said
    assert "Bí thơm còn 3 gói" in said
    assert "tel:0912000004" in response.content.decode()


def test_a_quiet_day_offers_to_list_goods(at_desk):
    response = at_desk.get(url("today"))

    assert "Không có đơn nào đang chờ" in text(response)
    assert url("product_add") in response.content.decode()


@pytest.mark.parametrize(
    ("which", "shown"),
    [
        ("", "both"), ("nonsense", "both"), ("\x00", "both"),
        ("cho", "cash"), ("goi", "transfer"), ("tien", "transfer"), ("huy", "none"),
    ],
)  # fmt: skip
def test_the_inbox_filters(at_desk, cash, transfer, which, shown):
    fulfilment.confirm_order(transfer, by=LAN)

    response = at_desk.get(url("orders"), {"loc": which, "page": "x"})

    assert response.status_code == 200
    wanted = {"both": {cash.pk, transfer.pk}, "cash": {cash.pk}, "transfer": {transfer.pk}, "none": set()}
    assert {one.pk for one in response.context["page"]} == wanted[shown]
    assert "Chờ xác nhận 1" in text(response)


def test_lists_of_five_and_of_fifty_orders_cost_the_same_queries(at_desk, muong_hoa):
    product = make_product(muong_hoa, "Miến dong", stock=500)
    counts = {}
    for number in range(1, 51):
        order((product, 1))
        if number in (5, 50):
            for name in ("today", "orders"):
                at_desk.get(url(name))
                with CaptureQueriesContext(connection) as queries:
                    assert at_desk.get(url(name)).status_code == 200
                counts[name, number] = len(queries)

    assert counts["today", 5] == counts["today", 50]
    assert counts["orders", 5] == counts["orders", 50]


# --- one order --------------------------------------------------------------------------------------------


def test_an_order_goes_from_confirming_to_delivered(at_desk, cash, noodles):
    early = make_lot(noodles, 2, number="261101-01", code="4HYJE1B1", expires_on=dt.date(2027, 1, 1))
    late = make_lot(noodles, 10, number="261105-01", code="2EP9TW83", expires_on=dt.date(2027, 11, 5))

    assert at_desk.post(of("order_confirm", cash))["Location"] == of("order", cash)
    assert "Đã xác nhận đơn." in text(at_desk.get(of("order", cash)))
    line = cash.lines.get()
    form = at_desk.get(of("order", cash)).context["pack_form"]
    first, second, loose = (f"take_{line.pk}_{pk}" for pk in (early.pk, late.pk, 0))
    assert [form[name].value() for name in (first, second, loose)] == [2, 1, 0]  # first-expired-first

    at_desk.post(of("order_pack", cash), {first: "1", second: "2", loose: ""})
    assert {(pick.lot, pick.quantity) for pick in Pick.objects.all()} == {(early, 1), (late, 2)}
    said = text(at_desk.get(of("order", cash)))
    assert "Lô 261101-01 · 1 gói" in said
    assert "Lô 261105-01 · 2 gói" in said

    at_desk.post(parcel("parcel_ship", cash), {"carrier": "Viettel Post", "waybill": "VTP1"})
    assert noodles.stockrecords.get().num_in_stock == 17
    assert "VTP1" in text(at_desk.get(of("order", cash)))

    at_desk.post(parcel("parcel_deliver", cash))
    said = text(at_desk.get(of("order", cash)))
    assert status_of(cash) == "delivered"
    assert "Đã giao, còn chờ tiền" in said
    assert "Lan ·" in said  # who did it
    assert 'class="now"' not in at_desk.get(of("order", cash)).content.decode()  # the road is walked

    at_desk.post(of("payment_received", cash))
    assert "Đơn đã xong" in text(at_desk.get(of("order", cash)))


def test_lots_can_be_chosen_again_before_shipping(at_desk, cash):
    at_desk.post(of("order_confirm", cash))
    at_desk.post(of("order_pack", cash), {f"take_{cash.lines.get().pk}_0": "3"})
    assert Pick.objects.count() == 1

    at_desk.post(parcel("parcel_unpack", cash))

    assert (status_of(cash), Pick.objects.count()) == ("confirmed", 0)


@pytest.mark.parametrize("typed", ["2", "4", "", "abc", "-1", "9999999999999", "\x00", "1.5"])
def test_a_wrong_number_of_units_packs_nothing_and_stays_as_typed(at_desk, cash, typed):
    at_desk.post(of("order_confirm", cash))
    before, name = state(), f"take_{cash.lines.get().pk}_0"

    response = at_desk.post(of("order_pack", cash), {name: typed})

    assert response.status_code == 422
    assert "Chưa xong. Xin xem lại:" in text(response)
    assert response.context["pack_form"][name].value() == typed
    assert state() == before


def test_a_lot_of_another_cooperative_cannot_be_picked(at_desk, cash, ban_khac):
    foreign = make_lot(make_product(ban_khac, "Trà sen"), 5)
    at_desk.post(of("order_confirm", cash))
    before = state()

    response = at_desk.post(of("order_pack", cash), {f"take_{cash.lines.get().pk}_{foreign.pk}": "3"})

    assert response.status_code == 422
    assert state() == before


def test_a_transfer_that_has_not_come_keeps_the_order_from_being_packed(at_desk, transfer):
    at_desk.post(of("order_confirm", transfer))
    before = state()

    response = at_desk.post(of("order_pack", transfer), {f"take_{transfer.lines.get().pk}_0": "2"})

    assert response.status_code == 422
    assert "Chưa nhận được tiền chuyển khoản." in text(response)
    assert state() == before


@pytest.mark.parametrize("carrier", ["", "   ", "\x00", "x" * 61])
def test_shipping_needs_a_carrier(at_desk, cash, carrier):
    at_desk.post(of("order_confirm", cash))
    at_desk.post(of("order_pack", cash), {f"take_{cash.lines.get().pk}_0": "3"})
    before = state()

    response = at_desk.post(parcel("parcel_ship", cash), {"carrier": carrier, "waybill": "VTP9"})

    assert response.status_code == 422
    assert 'value="VTP9"' in response.content.decode()
    assert state() == before


def test_steps_out_of_order_or_twice_are_refused_in_words(at_desk, cash):
    line = cash.lines.get()
    before = state()
    for name in PARCEL_STEPS:  # there is no parcel yet, or it was opened again
        response = at_desk.post(parcel(name, cash), follow=True)
        assert response.status_code == (200 if name == "parcel_unpack" else 404)
    assert at_desk.post(of("order_pack", cash), {f"take_{line.pk}_0": "3"}).status_code == 422
    assert state() == before

    at_desk.post(of("order_confirm", cash))
    at_desk.post(of("order_pack", cash), {f"take_{line.pk}_0": "3"})
    assert "Không thể chuyển từ" in text(at_desk.post(parcel("parcel_deliver", cash), follow=True))
    at_desk.post(parcel("parcel_ship", cash), {"carrier": "GHN"})
    before = state()
    again = at_desk.post(parcel("parcel_ship", cash), {"carrier": "GHN"})
    assert again.status_code == 422
    assert "Không thể chuyển từ" in text(again)
    late = at_desk.post(of("order_cancel", cash), {"cancel-reason": "Khách đổi ý"})
    assert late.status_code == 422
    assert "Không thể chuyển từ" in text(late)
    assert state() == before


def test_a_short_pick_at_the_desk_keeps_its_reason_until_it_is_whole(at_desk, cash):
    line = cash.lines.get()
    at_desk.post(of("order_confirm", cash))
    typed = {f"take_{line.pk}_0": "2", f"rest_{line.pk}": "off"}

    refused = at_desk.post(of("order_pack", cash), typed)
    assert refused.status_code == 422
    assert "Hãy ghi vì sao thiếu." in text(refused)

    at_desk.post(of("order_pack", cash), {**typed, f"why_{line.pk}": "Một gói rách"})
    said = text(at_desk.get(of("order", cash)))
    assert "đã đóng gói 2 · bớt 1" in said
    assert "Bớt khỏi đơn: 1 gói · Miến dong Một gói rách \u221255.000 ₫" in said
    assert "Tổng đơn 140.000 ₫" in said


def test_the_rest_of_an_order_follows_in_a_second_parcel(at_desk, cash):
    line = cash.lines.get()
    at_desk.post(of("order_confirm", cash))
    at_desk.post(of("order_pack", cash), {f"take_{line.pk}_0": "1", f"rest_{line.pk}": "later"})
    at_desk.post(parcel("parcel_ship", cash), {"carrier": "GHN"})

    page = at_desk.get(of("order", cash))
    assert "Kiện 1 · Đang giao" in text(page)
    assert page.context["pack_form"][f"take_{line.pk}_0"].value() == 2
    at_desk.post(of("order_pack", cash), {f"take_{line.pk}_0": "2"})
    second = cash.parcels.get(status="packed")
    assert "Thu khi giao 110.000 ₫" in text(at_desk.get(url("slip", cash.number, second.pk)))


def test_a_parcel_that_came_back_is_written_at_the_desk(at_desk, cash, noodles):
    line = cash.lines.get()
    at_desk.post(of("order_confirm", cash))
    at_desk.post(of("order_pack", cash), {f"take_{line.pk}_0": "3"})
    at_desk.post(parcel("parcel_ship", cash), {"carrier": "GHN"})
    pick = Pick.objects.get()

    wrong = at_desk.post(parcel("parcel_back", cash), {"reason": "Không nhận", f"fit_{pick.pk}": "4"})
    assert (wrong.status_code, status_of(cash)) == (422, "shipped")
    at_desk.post(parcel("parcel_back", cash), {"reason": "Không nhận", f"fit_{pick.pk}": "3"})

    assert status_of(cash) == "returned"
    assert noodles.stockrecords.get().num_in_stock == 20
    assert "Không kiện nào đến tay người mua." in text(at_desk.get(of("order", cash)))


def test_money_goes_back_through_the_desk(at_desk, transfer, client):
    payments.receive(transfer.payment, by=LAN)
    at_desk.post(of("order_cancel", transfer), {"cancel-reason": "Hết hàng"})
    refund = transfer.payment.refunds.get()
    at = (transfer.number, refund.pk)
    page = of("order", transfer)
    assert "Người mua chưa ghi tài khoản." in text(at_desk.get(page))
    assert at_desk.get(url("refund_qr", *at)).status_code == 404

    account = {"account-bank": "970405", "account-number": "12", "account-holder": "Hà"}
    assert at_desk.post(url("refund_account", *at), account).status_code == 422
    at_desk.post(url("refund_account", *at), {**account, "account-number": "0123 456 789"})
    assert at_desk.get(url("refund_qr", *at))["Content-Type"] == "image/png"
    sent = {"sent-shown": str(refund.amount), "sent-reference": "FT2601"}
    assert at_desk.post(url("refund_sent", *at), {**sent, "sent-shown": "1"}).status_code == 422
    at_desk.post(url("refund_sent", *at), sent)

    said = text(at_desk.get(page))
    assert "Đã chuyển trả" in said
    assert "Đã trả lại hết cho người mua." in said
    at_desk.post(url("refund_bounced", *at), {"reason": "Sai số"})
    assert "Cần trả lại" in text(at_desk.get(page))


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 301])
def test_cancelling_needs_a_reason(at_desk, cash, reason):
    before = state()

    response = at_desk.post(of("order_cancel", cash), {"cancel-reason": reason})

    assert response.status_code == 422
    assert state() == before


def test_a_cancelled_order_frees_its_stock_and_shows_why(at_desk, cash, noodles):
    at_desk.post(of("order_cancel", cash), {"cancel-reason": "Khách đổi ý"})

    assert status_of(cash) == "cancelled"
    assert noodles.stockrecords.get().num_allocated == 0
    assert "Lý do: Khách đổi ý." in text(at_desk.get(of("order", cash)))


# --- money ------------------------------------------------------------------------------------------------


def test_money_is_confirmed_and_taken_back_with_a_trace(at_desk, transfer):
    payments.claim(transfer.payment, by=LAN)
    assert "Khách báo đã chuyển lúc" in text(at_desk.get(of("order", transfer)))

    at_desk.post(of("payment_received", transfer))
    transfer.payment.refresh_from_db()
    assert transfer.payment.status == "received"

    before = state()
    assert at_desk.post(of("payment_undo", transfer), {"undo-reason": " "}).status_code == 422
    assert state() == before

    at_desk.post(of("payment_undo", transfer), {"undo-reason": "Nhầm đơn"})
    transfer.payment.refresh_from_db()
    assert transfer.payment.status == "claimed"
    said = text(at_desk.get(of("order", transfer)))
    assert "Đã nhận tiền Lan" in said
    assert "Nhầm đơn" in said


def test_a_transfer_that_did_not_arrive_gets_a_new_deadline(at_desk, transfer):
    payments.claim(transfer.payment, by=LAN)

    at_desk.post(of("payment_missing", transfer))

    transfer.payment.refresh_from_db()
    assert transfer.payment.status == "waiting"
    assert transfer.payment.expires_at is not None


def test_cash_cannot_be_received_before_the_goods_have_left(at_desk, cash):
    before = state()

    response = at_desk.post(of("payment_received", cash), follow=True)

    assert "Tiền mặt chỉ thu khi hàng đã gửi đi." in text(response)
    assert state() == before


# --- what goes to the buyer -------------------------------------------------------------------------------


def test_the_order_page_holds_a_message_ready_for_zalo_and_one_tap_calls(at_desk, cash):
    page = at_desk.get(of("order", cash)).content.decode()

    assert 'href="tel:0912000004"' in page
    assert f"lan-mua/{cash.token}/" in re.search(r'data-copy="([^"]+)"', page)[1]


def test_the_slip_names_buyer_lots_codes_and_the_cash_to_collect_but_no_prices(at_desk, cash, noodles):
    make_lot(noodles, 20)
    at_desk.post(of("order_confirm", cash))
    lot = noodles.lots.get()
    at_desk.post(of("order_pack", cash), {f"take_{cash.lines.get().pk}_{lot.pk}": "3"})

    response = at_desk.get(parcel("slip", cash))

    said = text(response)
    assert f"Đơn {pretty(cash.number)}" in said
    assert "Hà · 0912 000 004" in said
    assert "12 Đội Cấn, Phường Ba Đình, Hà Nội" in said
    assert "Lô 261105-01" in said
    assert "/Q/2EP9TW83" in said
    assert "Thu khi giao 195.000 ₫" in said
    assert "55.000" not in said


def test_the_slip_of_a_paid_order_collects_nothing(at_desk, transfer):
    payments.receive(transfer.payment, by=LAN)

    at_desk.post(of("order_confirm", transfer))
    at_desk.post(of("order_pack", transfer), {f"take_{transfer.lines.get().pk}_0": "2"})

    assert "Thu khi giao 0 ₫" in text(at_desk.get(parcel("slip", transfer)))
