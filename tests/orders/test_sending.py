"""From basket to order with fees by province and weight, goods that are not sent there, pickup, a limit of cash."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from cooperatives import rates
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import fulfilment, purchases
from orders.basket import baskets
from orders.basket.models import Basket
from orders.models import Order, Purchase
from orders.statuses import PaymentMethod
from tests.factories import HA_NOI, make_bank_account, make_product
from tests.orders.test_checkout import PAYMENT, REVIEW, confirm_form, deliver, put, text
from tests.orders.trade import BUYER, fill, place
from tests.scene import picks_of

pytestmark = pytest.mark.django_db

BY = Actor.system("test")
PICKUP = {"pickup_place": "Chợ Mường Hoa", "pickup_hours": "7–11 giờ"}


@pytest.fixture
def noodles(muong_hoa):
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def tea(ban_khac):
    return make_product(ban_khac, "Trà sen", price=120000, stock=7)


def not_to_ha_noi(cooperative, **fields):
    return rates.save_zone(cooperative.stall, provinces={"01": "Hà Nội"}, is_served=False, by=BY, **fields)


def nothing_was_written(product):
    return not Purchase.objects.exists() and product.stockrecords.get().num_allocated == 0


def basket_page(client):
    return text(client.get(reverse("shop:basket")))


def test_the_basket_says_from_until_the_province_is_known_and_remembers_it(client, noodles, muong_hoa):
    rates.save_zone(
        muong_hoa.stall, provinces={"01": "Hà Nội"}, parcel_fee=45_000, days_from=2, days_to=4, by=BY
    )
    put(client, noodles, 1)

    before = basket_page(client)
    deliver(client)
    after = basket_page(client)

    assert "Phí gửi, tuỳ tỉnh từ 30.000 ₫" in before
    assert "Phí gửi tính đúng theo tỉnh" in before
    assert "Phí gửi 45.000 ₫ trên đường 2–4 ngày" in after
    assert "Tổng cộng 100.000 ₫" in after


def test_weight_counts_and_what_is_not_known_counts_half_a_kilo(noodles, muong_hoa):
    rates.set_rate(muong_hoa.stall, kilo_fee=5000, by=BY)
    heavy = make_product(muong_hoa, "Gạo", price=20_000)
    heavy.stockrecords.update(unit_grams=5000)
    noodles.stockrecords.update(unit_grams=None)

    [parcel] = baskets.parcels(fill((heavy, 1), (noodles, 3)), HA_NOI)

    assert parcel.fee == 30_000 + 6 * 5000  # 6,5 kg


def test_an_order_is_placed_at_the_rate_of_its_own_province(noodles, tea, muong_hoa):
    rates.save_zone(muong_hoa.stall, provinces={"01": "Hà Nội"}, parcel_fee=45_000, by=BY)

    purchase = place(fill((noodles, 1), (tea, 1)))

    assert [order.parcel_fee for order in purchase.orders.order_by("pk")] == [45_000, 30_000]
    assert purchase.total == 55_000 + 120_000 + 75_000


def test_a_rate_that_moved_after_the_buyer_saw_it_stops_the_order(noodles, muong_hoa):
    basket = fill((noodles, 1))
    baskets.parcels(basket, BUYER.address)
    rates.save_zone(muong_hoa.stall, provinces={"01": "Hà Nội"}, parcel_fee=45_000, by=BY)

    with pytest.raises(purchases.TotalChanged) as refused:
        place(basket, shown_total=85_000)

    assert refused.value.details["now"] == 100_000
    assert nothing_was_written(noodles)


def test_where_nobody_sends_the_address_stays_as_typed_and_each_block_says_what_to_do(
    client, noodles, tea, muong_hoa
):
    not_to_ha_noi(muong_hoa)
    put(client, noodles, 1)
    put(client, tea, 1)

    response = deliver(client)

    said = text(response)
    assert response.status_code == 422
    assert (
        "HTX Mường Hoa không gửi hàng tới Hà Nội. Hãy đổi nơi giao, hoặc bỏ các món đó ra khỏi giỏ." in said
    )
    assert "HTX Bản Khác không gửi" not in said
    assert "12 Đội Cấn" in response.content.decode()
    assert client.get(reverse(PAYMENT))["Location"] == reverse("shop:basket")
    assert "không gửi hàng tới Hà Nội" in basket_page(client)
    assert (
        deliver(client, province_code="19", commune_code="").status_code == 422
    )  # the commune is asked again
    assert nothing_was_written(noodles)


def test_goods_for_the_cold_stay_out_of_provinces_out_of_reach(client, noodles, muong_hoa):
    rates.set_rate(muong_hoa.stall, takes_cold=False, by=BY)
    cold = make_product(muong_hoa, "Nem chua", needs_cold=True)
    put(client, noodles, 1)
    put(client, cold, 1)

    said = text(deliver(client))

    assert "HTX Mường Hoa không gửi được hàng lạnh tới Hà Nội: Nem chua." in said
    page = text(client.get(reverse("shop:product", args=[cold.slug])))
    assert "Không gửi hàng đi." in page
    with pytest.raises(purchases.NotSentThere):
        place(fill((cold, 1)))
    assert not Order.objects.exists()


def test_a_buyer_may_fetch_the_goods_and_pays_no_fee(client, noodles, muong_hoa):
    rates.set_rate(muong_hoa.stall, by=BY, **PICKUP)
    put(client, noodles, 2)
    deliver(client)

    chosen = {f"way_{muong_hoa.pk}": "pickup", f"method_{muong_hoa.pk}": "cod"}
    assert client.post(reverse(PAYMENT), chosen)["Location"] == reverse(REVIEW)
    form = confirm_form(client)
    client.post(reverse(REVIEW), form)

    order = Order.objects.get()
    assert form["shown_total"] == "110000"
    assert (order.pickup, order.parcel_fee, order.total_incl_tax) == ("Chợ Mường Hoa · 7–11 giờ", 0, 110_000)
    bought = text(client.get(reverse("shop:purchase", args=[order.purchase.token])))
    assert "Bạn đến lấy: Chợ Mường Hoa · 7–11 giờ" in bought

    fulfilment.confirm_order(order, by=BY)
    parcel = fulfilment.pack_order(order, picks_of(order), by=BY)
    fulfilment.ship_parcel(parcel, carrier="Khách đến lấy", by=BY)
    letter = Letter.objects.get(kind="parcel_shipped")
    assert letter.subject.endswith("chờ bạn đến lấy")
    assert letter.body == "Đến lấy tại: Chợ Mường Hoa · 7–11 giờ."


def test_where_goods_are_not_sent_they_can_still_be_fetched(client, noodles, muong_hoa):
    not_to_ha_noi(muong_hoa)
    rates.set_rate(muong_hoa.stall, by=BY, **PICKUP)
    put(client, noodles, 1)

    assert deliver(client)["Location"] == reverse(PAYMENT)
    assert client.get(reverse(REVIEW))["Location"] == reverse(PAYMENT)
    page = client.get(reverse(PAYMENT))
    assert "Bạn có thể đến lấy" in text(page)
    assert re.findall(r'value="(send|pickup)"', page.content.decode()) == ["pickup"]

    way, method = f"way_{muong_hoa.pk}", f"method_{muong_hoa.pk}"
    refused = client.post(reverse(PAYMENT), {way: "send", method: "cod"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [way])
    assert client.post(reverse(PAYMENT), {way: "pickup", method: "cod"})["Location"] == reverse(REVIEW)


def test_pickup_that_is_no_longer_offered_stops_the_order(noodles, muong_hoa):
    rates.set_rate(muong_hoa.stall, parcel_fee=0, by=BY, **PICKUP)
    basket = fill((noodles, 1))
    rates.set_rate(muong_hoa.stall, pickup_place="", by=BY)

    with pytest.raises(purchases.NotSentThere, match="không còn cho đến lấy"):
        place(basket, pickups={muong_hoa.pk}, shown_total=55_000)

    assert nothing_was_written(noodles)
    assert Basket.objects.get(pk=basket.pk).status == Basket.OPEN


def test_above_the_limit_of_cash_only_a_transfer_is_offered(client, noodles, muong_hoa):
    make_bank_account(muong_hoa)
    rates.set_rate(muong_hoa.stall, cod_limit=140_000, by=BY)
    muong_hoa.stall.refresh_from_db()

    assert PaymentMethod.COD in purchases.methods_of(muong_hoa, Decimal(140_000))
    assert purchases.methods_of(muong_hoa, Decimal(140_001)) == [PaymentMethod.VIETQR]
    with pytest.raises(purchases.MethodNotOffered):
        place(fill((noodles, 3)), methods="cod")
    assert nothing_was_written(noodles)
    put(client, noodles, 3)
    deliver(client)
    page = text(client.get(reverse(PAYMENT)))
    assert "Đơn trên 140.000 ₫ thì hợp tác xã này không nhận tiền mặt khi giao." in page
    refused = client.post(reverse(PAYMENT), {f"method_{muong_hoa.pk}": "cod"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [f"method_{muong_hoa.pk}"])


def test_the_product_page_tells_fees_days_and_pickup_before_ordering(client, noodles, muong_hoa):
    rates.set_rate(muong_hoa.stall, dispatch_days=2, days_from=3, days_to=5, kilo_fee=5000, by=BY, **PICKUP)
    rates.save_zone(
        muong_hoa.stall, provinces={"19": "Thái Nguyên"}, parcel_fee=0, days_from=1, days_to=1, by=BY
    )

    said = text(client.get(reverse("shop:product", args=[noodles.slug])))

    assert "Phí gửi từ 0 ₫" in said
    assert "Gửi đi trong 2 ngày" in said
    assert "Thái Nguyên Miễn phí gửi · 1 ngày" in said
    assert (
        "Các tỉnh khác 30.000 ₫ , thêm 5.000 ₫ mỗi kg từ kg thứ hai, miễn phí từ 500.000 ₫ · 3–5 ngày" in said
    )
    assert "Đến lấy không mất phí: Chợ Mường Hoa · 7–11 giờ" in said
