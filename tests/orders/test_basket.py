"""The basket page and its two buttons, by HTTP."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives.models import StockRecord
from cooperatives.statuses import StallStatus
from orders.basket.models import Basket, Line
from tests.factories import make_product
from tests.orders.trade import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa):
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def tea(ban_khac):
    return make_product(ban_khac, "Trà sen", price=120000, stock=7, unit="hộp")


def add(client, product, quantity=1, **more):
    return client.post(
        reverse("shop:basket_add"), {"product": getattr(product, "pk", product), "quantity": quantity, **more}
    )


def change(client, line, quantity):
    return client.post(reverse("shop:basket_change"), {"line": line.pk, "quantity": quantity})


def page(client):
    return client.get(reverse("shop:basket"))


def text(response):
    """The words of a page, tags taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_visitor_without_a_basket_costs_no_query_and_is_shown_the_goods(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = page(client)

    assert response.status_code == 200
    assert "Giỏ đang trống" in text(response)
    assert reverse("shop:products") in response.content.decode()
    assert not Basket.objects.exists()


def test_the_first_thing_makes_a_basket_and_the_next_joins_its_line(client, noodles):
    first = add(client, noodles, 2)
    second = add(client, noodles, 3)

    assert (first.status_code, first["Location"]) == (302, reverse("shop:basket"))
    assert second.status_code == 302
    assert Basket.objects.count() == 1
    assert Line.objects.get().quantity == 5
    assert client.cookies["gio"]["httponly"]


def test_adding_goes_back_to_the_page_it_came_from_but_never_to_another_host(client, noodles):
    assert add(client, noodles, 1, next="/san-pham/")["Location"] == "/san-pham/"
    assert add(client, noodles, 1, next="https://evil.example/")["Location"] == reverse("shop:basket")


def test_the_page_shows_one_parcel_per_cooperative_with_its_fee(client, noodles, tea):
    add(client, noodles, 2)
    add(client, tea, 5)

    said = text(page(client))

    assert "HTX Mường Hoa" in said
    assert "HTX Bản Khác" in said
    assert "Kiện 2/2" in said
    assert "Mua thêm 390.000 ₫ để được miễn phí gửi." in said
    assert "Miễn phí gửi" in said
    assert "Tổng cộng 740.000 ₫" in said  # 110.000 + 30.000 + 600.000


@pytest.mark.parametrize("quantity", ["", "-1", "abc", "1.5", "１", "9999999", "1e3", "2\x00"])
def test_a_quantity_that_is_no_number_changes_nothing_and_stays_as_typed(client, noodles, quantity):
    add(client, noodles, 2)
    line = Line.objects.get()

    response = change(client, line, quantity)

    assert response.status_code == 422
    assert "Số lượng phải là một số từ 1 trở lên." in text(response)
    assert response.context["typed"] == quantity
    line.refresh_from_db()
    assert line.quantity == 2


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [(21, "Chỉ còn 20 gói."), (1000, "Mỗi lần mua nhiều nhất 999 đơn vị một mặt hàng.")],
)
def test_too_many_is_refused_with_what_is_left(client, noodles, quantity, sentence):
    add(client, noodles, 2)

    response = change(client, Line.objects.get(), quantity)

    assert response.status_code == 422
    assert sentence in text(response)
    assert Line.objects.get().quantity == 2


@pytest.mark.parametrize("quantity", ["0", "-1", "abc", "", "9999999", "21"])
def test_a_first_thing_that_is_refused_leaves_no_basket_behind(client, noodles, quantity):
    response = add(client, noodles, quantity)

    assert response.status_code == 422
    assert response.context["error"].startswith("Miến dong: ")
    assert not Basket.objects.exists()
    assert "gio" not in client.cookies


@pytest.mark.parametrize("product", ["", "0", "999999999999", "abc", "1;drop", "9" * 40, "\x00"])
def test_a_product_that_is_not_there_is_refused_in_words(client, product):
    response = add(client, product)

    assert response.status_code == 422
    assert "Hàng này không còn bán trên chợ." in text(response)


def test_a_product_taken_off_the_shelf_cannot_be_added(client, noodles):
    Product.objects.filter(pk=noodles.pk).update(status=ProductStatus.SUSPENDED)

    assert add(client, noodles).status_code == 422
    assert not Line.objects.exists()


def test_a_line_changes_and_leaves(client, noodles, tea):
    add(client, noodles, 2)
    add(client, tea, 1)
    line = Line.objects.get(product=noodles)

    assert change(client, line, 7).status_code == 302
    line.refresh_from_db()
    assert line.quantity == 7

    client.post(reverse("shop:basket_change"), {"line": line.pk, "quantity": "7", "remove": "1"})
    assert [left.product for left in Line.objects.all()] == [tea]


def test_a_line_of_another_basket_is_not_touched(client, noodles, tea):
    theirs = fill((tea, 2)).lines.get()
    add(client, noodles, 1)

    assert change(client, theirs, 5).status_code == 302
    assert client.post(reverse("shop:basket_change"), {"line": theirs.pk, "remove": "1"}).status_code == 302

    theirs.refresh_from_db()
    assert theirs.quantity == 2


def test_a_forged_cookie_opens_no_basket(client, noodles):
    basket = fill((noodles, 2))
    client.cookies["gio"] = str(basket.pk)

    assert "Giỏ đang trống" in text(page(client))
    assert change(client, basket.lines.get(), 9).status_code == 302
    assert basket.lines.get().quantity == 2


def test_what_went_wrong_since_is_said_beside_the_line_and_ordering_waits(client, noodles, tea, ban_khac):
    add(client, noodles, 5)
    add(client, tea, 1)
    StockRecord.objects.filter(product=noodles).update(num_in_stock=3)
    ban_khac.stall.status = StallStatus.CLOSED
    ban_khac.stall.save()

    response = page(client)

    said = text(response)
    assert "Chỉ còn 3 gói." in said
    assert "Hàng này hiện không bán nữa." in said
    assert "Chưa đặt được" in said
    assert f'href="{reverse("shop:checkout")}"' not in response.content.decode()
    assert client.get(reverse("shop:checkout"))["Location"] == reverse("shop:basket")


def test_a_price_that_moved_is_named(client, noodles):
    add(client, noodles, 1)
    StockRecord.objects.filter(product=noodles).update(price=60000)

    assert "Giá đã đổi từ 55.000 ₫." in text(page(client))


def test_a_basket_of_five_and_of_fifty_lines_cost_the_same_queries(client, muong_hoa, ban_khac):
    counts = {}
    for number in range(50):
        add(client, make_product((muong_hoa, ban_khac)[number % 2], f"Miến {number}", stock=9))
        if number + 1 in (3, 5, 50):
            page(client)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert page(client).status_code == 200
            counts[number + 1] = len(queries)

    assert counts[5] == counts[50]
    assert counts[3] <= 12
