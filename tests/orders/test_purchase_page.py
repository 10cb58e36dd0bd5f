"""The buyer's page of a purchase: its link is the key; paying from one phone; finding it again."""

from __future__ import annotations

import io
import re
from uuid import uuid4

import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.money import format_dong
from orders import cancelling, expiry, fulfilment, payments, picking
from orders.basket.models import Basket
from orders.models import Payment, PaymentChange
from orders.notices import zalo_text
from orders.templatetags.trade import my_purchases
from tests.factories import make_bank_account, make_cooperative, make_lot, make_product
from tests.orders import trade
from tests.orders.trade import fill, order, place

pytestmark = pytest.mark.django_db
LAN = Actor.system("test")


@pytest.fixture
def tea(ban_khac):
    make_bank_account(ban_khac)
    return make_product(ban_khac, "Trà sen", price=120000, stock=7)


@pytest.fixture
def purchase(noodles, tea):
    """Two transfers: 140.000 ₫ to Mường Hoa, 150.000 ₫ to Bản Khác."""
    return place(fill((noodles, 2), (tea, 1)), methods="vietqr")


def address(purchase):
    return reverse("shop:purchase", args=[purchase.token])


def of(name, order):
    return reverse(f"shop:{name}", args=[order.purchase.token, order.number])


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def packed(order):
    fulfilment.confirm_order(order, by=LAN)
    order.refresh_from_db()
    choices = [
        fulfilment.PickChoice(one.line.pk, option.lot.pk if option.lot else None, take)
        for one in picking.suggest_picks(order)
        for option, take in one.options
    ]
    return fulfilment.pack_order(order, choices, by=LAN).order


def test_an_unknown_link_is_not_found(client, purchase):
    for name in ("purchase_qr", "purchase_claim"):
        assert client.get(reverse("shop:purchase", args=["x" * 32])).status_code == 404
        number = purchase.orders.earliest("pk").number
        known, unknown = purchase.token, "x" * 32
        method = client.get if name == "purchase_qr" else client.post
        assert method(reverse(f"shop:{name}", args=[unknown, number])).status_code == 404
        assert method(reverse(f"shop:{name}", args=[known, "00000000"])).status_code == 404


def test_the_number_of_another_purchase_opens_nothing_here(client, purchase, tea):
    other = place(fill((tea, 1)), methods="vietqr").orders.get()

    assert client.get(reverse("shop:purchase_qr", args=[purchase.token, other.number])).status_code == 404
    assert client.post(reverse("shop:purchase_claim", args=[purchase.token, other.number])).status_code == 404
    other.payment.refresh_from_db()
    assert other.payment.status == "waiting"


def test_the_page_says_what_was_bought_and_how_to_pay_each_cooperative(client, purchase):
    response = client.get(address(purchase))

    said = text(response)
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert f"Đã nhận lần mua {pretty(purchase.number)}" in said
    assert "2 kiện, tổng cộng 290.000 ₫." in said
    assert "Đã chuyển 0/2" in said
    for order in purchase.orders.all():  # noqa: F402
        assert order.payment.memo in said
        assert "Agribank" in said
        assert "8500201001234" in said
        assert of("purchase_qr", order) in response.content.decode()
        assert f'href="{of("purchase_qr", order)}?luu=1"' in response.content.decode()
    assert response.content.decode().count("<details open>") == 1
    assert "noindex" in response.content.decode()


def test_one_transfer_needs_no_counting(client, noodles):
    one = order((noodles, 1), methods="vietqr")

    response = client.get(address(one.purchase))

    assert "Đã chuyển" not in text(response)
    assert "Tôi đã chuyển" in text(response)
    assert "Giữ hàng đến" in text(response)


def test_cash_on_delivery_asks_to_have_the_money_ready(client, noodles):
    one = order((noodles, 2))

    response = client.get(address(one.purchase))

    assert "Chuẩn bị 140.000 ₫ tiền mặt khi nhận hàng." in text(response)
    assert client.get(of("purchase_qr", one)).status_code == 404


def test_once_a_cooperative_has_confirmed_the_page_no_longer_greets_like_the_first_minute(client, noodles):
    one = order((noodles, 2))
    number = pretty(one.purchase.number)
    first = text(client.get(address(one.purchase)))

    fulfilment.confirm_order(one, by=LAN)

    assert f"Đã nhận lần mua {number}" in first
    later = text(client.get(address(one.purchase)))
    assert f"Lần mua {number} Đặt lúc" in later


def test_cash_is_no_longer_asked_for_when_the_parcel_was_handed_over(client, noodles):
    one = order((noodles, 2))
    packed(one)
    trade.ship(one, carrier="Viettel Post", waybill="", by=LAN)
    trade.deliver(one, by=LAN)

    said = text(client.get(address(one.purchase)))

    assert "Trả 140.000 ₫ tiền mặt khi nhận hàng." in said
    assert "Chuẩn bị" not in said


def test_the_picture_of_the_qr_code_says_exactly_account_amount_and_memo(client, purchase):
    first = purchase.orders.earliest("pk")

    shown = client.get(of("purchase_qr", first))
    saved = client.get(of("purchase_qr", first) + "?luu=1")

    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.content)).convert("L"))
    assert read.text == payments.qr_payload(first.payment)
    assert shown["Content-Type"] == "image/png"
    assert "Content-Disposition" not in shown
    assert saved["Content-Disposition"] == f'attachment; filename="vietqr-{first.payment.memo}.png"'


def test_claiming_twice_stops_the_clock_once_and_asks_the_cooperative_once(client, purchase):
    first = purchase.orders.earliest("pk")

    for _time in range(2):
        response = client.post(of("purchase_claim", first))
        assert response["Location"] == address(purchase)

    payment = Payment.objects.get(order=first)
    assert (payment.status, payment.expires_at) == ("claimed", None)
    assert PaymentChange.objects.filter(payment=payment, new_status="claimed").count() == 1
    assert Letter.objects.filter(kind="transfer_claimed").count() == 1
    said = text(client.get(address(purchase)))
    assert "Đã chuyển 1/2" in said
    assert "Bạn đã báo chuyển lúc" in said


def test_a_claim_is_only_ever_posted(client, purchase):
    assert client.get(of("purchase_claim", purchase.orders.earliest("pk"))).status_code == 405


def test_a_claim_after_the_time_is_up_is_refused_in_words(client, purchase):
    first = purchase.orders.earliest("pk")
    Payment.objects.filter(order=first).update(expires_at=timezone.now())
    expiry.expire(first.pk, by=LAN)

    response = client.post(of("purchase_claim", first), follow=True)

    assert "Đơn này đã quá hạn hoặc đã huỷ." in text(response)
    assert "Quá hạn chuyển khoản nên đơn đã huỷ." in text(response)
    assert Payment.objects.get(order=first).status == "expired"
    assert client.get(of("purchase_qr", first)).status_code == 404
    assert "Đã chuyển" not in text(client.get(address(purchase)))  # one transfer is left


def test_money_that_came_is_said_and_its_code_is_gone(client, purchase):
    first = purchase.orders.earliest("pk")
    payments.receive(first.payment, by=LAN)

    said = text(client.get(address(purchase)))

    assert "Hợp tác xã đã nhận 140.000 ₫" in said
    assert client.get(of("purchase_qr", first)).status_code == 404


def test_a_cancelled_order_gives_its_reason_and_asks_for_no_money(client, noodles):
    one = order((noodles, 1), methods="vietqr")
    cancelling.cancel_order(one, reason="Hết hàng mới", by=LAN)

    said = text(client.get(address(one.purchase)))

    assert "Lý do: Hết hàng mới." in said
    assert "Tôi đã chuyển" not in said


def test_after_packing_each_line_names_its_lot_one_tap_from_its_page(client, noodles):
    make_lot(noodles, 20)
    one = packed(order((noodles, 2)))

    response = client.get(address(one.purchase))

    assert "Lô 261105-01" in text(response)
    assert f'href="{reverse("trace", args=["2EP9TW83"])}"' in response.content.decode()


def test_a_parcel_on_its_way_shows_carrier_and_waybill(client, noodles):
    one = packed(order((noodles, 2)))
    trade.ship(one, carrier="Viettel Post", waybill="VTP123", by=LAN)

    said = text(client.get(address(one.purchase)))

    assert "Viettel Post" in said
    assert "VTP123" in said
    assert "tel:0208000000" in client.get(address(one.purchase)).content.decode()


def test_letters_of_the_purchase_stand_on_its_page(client, purchase):
    outbox.drain()

    assert "Thư của đơn" in text(client.get(address(purchase)))


def test_a_purchase_of_one_order_and_of_four_cost_the_same_queries(client, noodles, tea):
    things = [noodles, tea] + [
        make_product(make_cooperative(f"HTX {number}"), f"Chè {number}") for number in (3, 4)
    ]
    few, many = place(fill((noodles, 1))), place(fill(*((thing, 1) for thing in things)))
    counts = []
    for purchase in (few, many):
        for one in purchase.orders.all():
            packed(one)
        client.get(address(purchase))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(purchase)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- finding it again -------------------------------------------------------------------------------------


def look(client, phone, code):
    return client.post(reverse("shop:order_lookup"), {"phone": phone, "code": code})


def test_phone_and_code_open_the_page_however_the_code_is_typed(client, purchase):
    first = purchase.orders.earliest("pk")

    for code in (purchase.number, pretty(purchase.number).lower()):
        assert look(client, "+84 912 000 004", code)["Location"] == address(purchase)
    for code in (f" {first.number} ", first.payment.memo, pretty(first.number)):
        found = look(client, "+84 912 000 004", code)["Location"]
        assert found == reverse("shop:purchase", args=[first.token])
    alone = place(fill((first.lines.get().product, 1)))
    assert look(client, "0912000004", alone.orders.get().number)["Location"] == address(alone)


def test_what_a_cooperative_knows_of_an_order_opens_that_order_and_nothing_else(client, purchase, lan):
    """It has the phone, the number and the link in the message for Zalo."""
    own, other = purchase.orders.order_by("pk")
    outbox.drain()
    message = zalo_text(own)
    assert purchase.token not in message

    link = message[message.index("/lan-mua/") :]
    page = text(client.get(link))

    assert pretty(own.number) in page
    for hidden in (
        pretty(other.number),
        pretty(purchase.number),
        other.cooperative.name,
        other.lines.get().title,
    ):
        assert hidden not in page
    assert format_dong(purchase.total) not in page
    assert "Thư của đơn" not in page
    token = link.split("/")[2]
    assert client.post(reverse("shop:purchase_claim", args=[token, other.number])).status_code == 404
    assert client.get(reverse("shop:purchase_qr", args=[token, other.number])).status_code == 404
    assert client.post(reverse("shop:purchase_claim", args=[token, own.number])).status_code == 302


@pytest.mark.parametrize(
    "wrong", ["don-{number}-", "don-{number}-" + "0" * 32, "don-00000000-" + "0" * 32, "don--", "%00"]
)
def test_a_made_up_link_of_an_order_is_not_found(client, purchase, wrong):
    token = wrong.format(number=purchase.orders.earliest("pk").number)

    assert client.get(f"/lan-mua/{token}/").status_code == 404
    assert client.get(f"/lan-mua/{token}/{purchase.number}/qr.png").status_code == 404


@pytest.mark.parametrize(
    ("phone", "code"),
    [("0912000005", None), ("0912000004", "00000000"), ("0912000004", "x" * 40), ("0912000004", "'; --")],
)
def test_what_does_not_match_gets_one_and_the_same_sentence(client, purchase, phone, code):
    response = look(client, phone, code or purchase.number)

    assert response.status_code == 422
    assert "Không thấy lần mua nào khớp số điện thoại và mã này." in text(response)
    assert f'value="{phone}"' in response.content.decode()


@pytest.mark.parametrize(
    ("phone", "code"), [("", ""), ("12", "7K3M"), ("0912000004", "\x00"), ("x" * 9999, "1")]
)
def test_a_look_up_that_is_not_filled_in_is_asked_again(client, phone, code):
    assert look(client, phone, code).status_code == 422


def test_guessing_is_stopped_after_ten_tries(client, purchase):
    for _try in range(10):
        assert look(client, "0912000004", "00000000").status_code == 422

    assert look(client, "0912000004", purchase.number).status_code == 429


# --- what other floors show -------------------------------------------------------------------------------


def test_a_buyer_s_own_page_lists_the_last_ten_purchases(ha, noodles, django_assert_num_queries):
    made = [place(fill((noodles, 1)), key=uuid4(), user=ha) for _number in range(11)]

    with django_assert_num_queries(3):
        shown = [
            (purchase.number, [order.cooperative.name for order in purchase.orders.all()])
            for purchase in my_purchases(ha)["purchases"]
        ]

    assert [number for number, _names in shown] == [purchase.number for purchase in made[:0:-1]]
    assert shown[0][1] == ["HTX Mường Hoa"]


def test_the_goods_of_an_order_that_ran_out_go_into_the_basket_once_however_often_it_is_pressed(
    client, noodles
):
    one = order((noodles, 2), methods="vietqr")
    cancelling.cancel_order(one, reason="Quá hạn", by=LAN)
    gone = make_product(noodles.cooperative, "Măng khô", stock=1)
    one.lines.create(
        partner=one.cooperative, product=gone, title="Măng khô", quantity=5, stockrecord=gone.stockrecords.get(),
        line_price_incl_tax=5, line_price_excl_tax=5, line_price_before_discounts_incl_tax=5,
        line_price_before_discounts_excl_tax=5, unit_price_incl_tax=1, unit_price_excl_tax=1, partner_sku="x",
        num_allocated=0,
    )  # fmt: skip
    again = reverse("shop:buy_again", args=[one.purchase.token, one.number])

    client.post(again)
    said = text(client.post(again, follow=True))

    basket = Basket.objects.get(status=Basket.OPEN)
    assert list(basket.lines.values_list("product__title", "quantity")) == [("Miến dong", 2)]
    assert "Không còn đủ để mua lại: Măng khô." in said
