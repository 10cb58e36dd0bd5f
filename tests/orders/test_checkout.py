"""From basket to purchase by HTTP: three screens, no account, nothing half-written."""

from __future__ import annotations

import re
import unicodedata
from uuid import uuid4

import pytest
from django.urls import reverse

from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives import prices, stalls
from cooperatives.models import StockRecord
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders.basket.models import Basket
from orders.models import InvoiceRequest, Order, Payment, Purchase
from tests.factories import make_bank_account, make_product

pytestmark = pytest.mark.django_db

DELIVERY = {
    "buyer_name": "Nguyễn Thị Hà",
    "phone": "0912 000 004",
    "email": "ha@vidu.vn",
    "province_code": "01",
    "commune_code": "00004",
    "street": "12 Đội Cấn",
    "directions": "",
    "note": "Giao giờ hành chính.",
}
CHECKOUT, PAYMENT, REVIEW = "shop:checkout", "shop:checkout_payment", "shop:checkout_review"


@pytest.fixture
def noodles(muong_hoa):
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def tea(ban_khac):
    return make_product(ban_khac, "Trà sen", price=120000, stock=7)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def put(client, product, quantity=1):
    client.post(reverse("shop:basket_add"), {"product": product.pk, "quantity": quantity})


def deliver(client, **changes):
    return client.post(reverse(CHECKOUT), {**DELIVERY, **changes})


def pay(client, **methods):
    return client.post(
        reverse(PAYMENT), {f"method_{pk.removeprefix('c')}": way for pk, way in methods.items()}
    )


def confirm_form(client):
    """The hidden fields of the review page as a browser would send them."""
    page = client.get(reverse(REVIEW))
    assert page.status_code == 200
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())[1]
        for name in ("placement_key", "shown_total")
    }


def confirm(client, form):
    return client.post(reverse(REVIEW), form)


@pytest.fixture
def ready(client, noodles, tea, muong_hoa, ban_khac):
    """A guest with two cooperatives' goods who stands before the last button; returns its form."""
    make_bank_account(ban_khac)
    put(client, noodles, 2)
    put(client, tea, 1)
    assert deliver(client)["Location"] == reverse(PAYMENT)
    chosen = pay(client, **{f"c{muong_hoa.pk}": "cod", f"c{ban_khac.pk}": "vietqr"})
    assert chosen["Location"] == reverse(REVIEW)
    return confirm_form(client)


def nothing_was_written():
    return (
        not Purchase.objects.exists()
        and not Order.objects.exists()
        and not Payment.objects.exists()
        and not Letter.objects.exists()
        and not StockRecord.objects.exclude(num_allocated=0).exists()
        and Basket.objects.get().status == Basket.OPEN
    )


def test_a_guest_buys_from_two_cooperatives(client, ready, muong_hoa, ban_khac):
    assert ready["shown_total"] == "290000"

    response = confirm(client, ready)

    purchase = Purchase.objects.get()
    assert response["Location"] == reverse("shop:purchase", args=[purchase.token])
    assert (purchase.buyer_name, purchase.phone, purchase.total) == ("Nguyễn Thị Hà", "0912000004", 290000)
    assert purchase.place == "Phường Ba Đình, Hà Nội"
    assert purchase.user is None
    assert {(order.cooperative, order.payment.method) for order in purchase.orders.all()} == {
        (muong_hoa, "cod"),
        (ban_khac, "vietqr"),
    }
    after = client.get(response["Location"])
    assert "Đã nhận lần mua" in text(after)
    assert "Giỏ đang trống" in text(client.get(reverse("shop:basket")))
    assert Letter.objects.filter(mailbox=purchase.mailbox).count() == 1


def test_the_review_names_every_seller_with_address_phone_and_the_whole_price(client, ready, muong_hoa):
    said = text(client.get(reverse(REVIEW)))

    assert "Người bán: HTX Mường Hoa" in said
    assert "Xóm Chợ, Xã Thượng Minh, Thái Nguyên · 0208 000 000" in said
    assert "HTX Bản Khác" in said
    assert "2 × 55.000 ₫" in said
    assert "Trả tiền mặt khi nhận hàng" in said
    assert "Chuyển khoản VietQR" in said
    assert "12 Đội Cấn, Phường Ba Đình, Thành phố Hà Nội" in said
    assert "Tổng cộng 290.000 ₫" in said
    assert "Đặt hàng · 290.000 ₫" in said


def test_the_same_form_twice_is_one_purchase(client, ready):
    first, second = confirm(client, ready), confirm(client, ready)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1
    assert Order.objects.count() == 2


def test_the_same_form_again_finds_its_purchase_even_beside_a_new_basket(client, ready, noodles):
    first = confirm(client, ready)
    put(client, noodles, 1)

    assert confirm(client, ready)["Location"] == first["Location"]
    assert Purchase.objects.count() == 1


def test_a_price_that_moved_before_the_button_shows_the_new_total_and_writes_nothing(client, ready, noodles):
    prices.change_price(noodles.stock, 60000, by=Actor.system("test"))

    response = confirm(client, ready)

    assert response.status_code == 422
    assert "Giá hoặc phí gửi vừa thay đổi." in text(response)
    assert "Đặt hàng · 300.000 ₫" in text(response)
    assert nothing_was_written()

    assert confirm(client, confirm_form(client)).status_code == 302
    assert Purchase.objects.get().total == 300000


def test_goods_sold_meanwhile_send_back_to_the_basket_with_what_is_left(client, ready, tea):
    StockRecord.objects.filter(product=tea).update(num_in_stock=0)

    response = confirm(client, ready)

    assert response.status_code == 422
    assert "Hàng này vừa hết." in text(response)
    assert nothing_was_written()


def test_a_stall_that_closed_writes_nothing(client, ready, ban_khac):
    stalls.close_stall(ban_khac.stall, by=Actor.system("test"))

    response = confirm(client, ready)

    assert response.status_code == 422
    assert "Chưa có đơn nào được đặt." in text(response)
    assert "Hàng này hiện không bán nữa." in text(response)
    assert nothing_was_written()


def test_a_product_that_vanished_writes_nothing(client, ready, noodles):
    Product.objects.filter(pk=noodles.pk).update(status=ProductStatus.SUSPENDED)

    assert confirm(client, ready).status_code == 422
    assert nothing_was_written()


def test_an_account_that_was_retired_asks_for_another_way_of_paying(client, ready, ban_khac):
    ban_khac.bank_accounts.all().delete()

    response = confirm(client, ready)

    assert response.status_code == 422
    assert nothing_was_written()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"placement_key": "", "shown_total": "290000"},
        {"placement_key": "not-a-key", "shown_total": "290000"},
        {"placement_key": str(uuid4()), "shown_total": "abc"},
        {"placement_key": str(uuid4()), "shown_total": "-1"},
        {"placement_key": str(uuid4()), "shown_total": "9" * 40},
        {"placement_key": "\x00", "shown_total": "\x00"},
    ],
)
def test_a_stale_or_broken_form_is_shown_again(client, ready, form):
    response = confirm(client, form)

    assert response.status_code == 422
    assert "Trang này đã cũ." in text(response)
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"buyer_name": ""}, "Hãy điền ô này."),
        ({"buyer_name": "\x00\u200b"}, "Hãy điền ô này."),
        ({"buyer_name": "H" * 5000}, "Dài quá"),
        ({"phone": "12"}, "Số điện thoại"),
        ({"email": "ha@"}, "Thư điện tử này chưa đúng."),
        ({"province_code": ""}, "Hãy chọn tỉnh hoặc thành phố."),
        ({"province_code": "99"}, "Hãy chọn một tỉnh trong danh sách."),
        ({"commune_code": "17971"}, "Xã, phường này không thuộc tỉnh đã chọn."),
        ({"street": ""}, "Hãy ghi thôn, bản hoặc số nhà."),
        ({"note": "x" * 301}, "Dài quá"),
    ],
)
def test_an_address_that_is_wrong_keeps_everything_typed(client, noodles, changes, sentence):
    put(client, noodles)

    response = deliver(client, **changes)

    assert response.status_code == 422
    assert sentence in text(response)
    form = response.context["form"]
    for name, typed in {**DELIVERY, **changes}.items():
        assert form[name].value() == typed
    assert client.get(reverse(PAYMENT))["Location"] == reverse(CHECKOUT)


def test_the_name_is_stored_composed_and_without_nul(client, noodles, muong_hoa):
    put(client, noodles)
    deliver(client, buyer_name=unicodedata.normalize("NFD", "Nguyễn Thị Hà") + "\x00")
    pay(client, **{f"c{muong_hoa.pk}": "cod"})
    confirm(client, confirm_form(client))

    assert Purchase.objects.get().buyer_name == "Nguyễn Thị Hà"


def test_without_script_the_province_brings_its_communes_and_nothing_is_wrong_yet(client, noodles):
    put(client, noodles)

    response = client.post(
        reverse(CHECKOUT), {"buyer_name": "Hà", "province_code": "01", "choose_province": "1"}
    )

    assert response.status_code == 200
    assert "Phường Ba Đình" in text(response)
    assert 'value="Hà"' in response.content.decode()
    assert "Chưa xong" not in text(response)


def test_screens_come_in_order(client, noodles):
    assert client.get(reverse(CHECKOUT))["Location"] == reverse("shop:basket")

    put(client, noodles)

    assert client.get(reverse(REVIEW))["Location"] == reverse(CHECKOUT)
    assert client.get(reverse(PAYMENT))["Location"] == reverse(CHECKOUT)
    deliver(client)
    assert client.get(reverse(REVIEW))["Location"] == reverse(PAYMENT)
    assert client.get(reverse(CHECKOUT)).context["form"]["street"].value() == "12 Đội Cấn"


@pytest.mark.parametrize("way", ["", "bitcoin", "vietqr"])
def test_a_way_of_paying_that_is_not_offered_is_asked_again(client, noodles, muong_hoa, way):
    put(client, noodles)
    deliver(client)

    response = pay(client, **{f"c{muong_hoa.pk}": way})

    assert response.status_code == 422
    assert client.get(reverse(REVIEW))["Location"] == reverse(PAYMENT)


def test_a_cooperative_put_in_after_paying_was_chosen_is_asked_too(client, ready, ban_khac, muong_hoa):
    other = make_product(muong_hoa, "Bí thơm", price=20000, stock=3)
    put(client, other)
    assert client.get(reverse(REVIEW)).status_code == 200  # same cooperative, the way of paying holds

    StockRecord.objects.filter(product__cooperative=ban_khac).update(num_in_stock=0)
    assert client.get(reverse(REVIEW))["Location"] == reverse("shop:basket")


def test_a_signed_in_buyer_finds_name_and_phone_filled_in_and_owns_the_purchase(
    client, ha, noodles, muong_hoa
):
    client.force_login(ha)
    put(client, noodles)

    form = client.get(reverse(CHECKOUT)).context["form"]
    assert (form["buyer_name"].value(), form["phone"].value()) == ("Hà", "0912000004")

    deliver(client)
    pay(client, **{f"c{muong_hoa.pk}": "cod"})
    confirm(client, confirm_form(client))
    assert Purchase.objects.get().user == ha


def test_an_invoice_asked_for_beside_the_payment_stands_on_the_last_screen_and_on_the_order(
    client, noodles, muong_hoa
):
    put(client, noodles)
    deliver(client)
    body = {f"method_{muong_hoa.pk}": "cod", "invoice-wanted": "on", "invoice-name": "Công ty Mẫu"}

    without_address = client.post(reverse(PAYMENT), body)
    client.post(reverse(PAYMENT), {**body, "invoice-address": "Hà Nội", "invoice-tax_code": "0000 000 000"})

    assert without_address.status_code == 422
    assert 'value="Công ty Mẫu"' in without_address.content.decode()
    assert "Xuất cho Công ty Mẫu Mã số thuế 0000000000 Địa chỉ Hà Nội" in text(client.get(reverse(REVIEW)))
    confirm(client, confirm_form(client))
    wish = InvoiceRequest.objects.get()
    assert (wish.order, wish.name, wish.tax_code) == (Order.objects.get(), "Công ty Mẫu", "0000000000")
