"""What a hostile or careless visitor sends ends in an answer, never in an error page of ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client

from marketplace.foundation import outbox
from marketplace.foundation.cache import ForgetfulRedisCache
from orders.basket import baskets
from orders.basket.models import Basket, Line
from orders.models import Purchase
from orders.purchases import TooMuchMoney
from tests.factories import make_product, make_user
from tests.orders import trade
from tests.scene import photo

pytestmark = pytest.mark.django_db
RESET = "/tai-khoan/quen-mat-khau/"


@pytest.mark.parametrize("next_page", ["foo", "home", "?x", "#y", "shop:home"])
def test_a_next_that_is_no_path_is_left_aside(client: Client, muong_hoa: Any, next_page: str) -> None:
    product = make_product(muong_hoa)

    answer = client.post("/gio-hang/them/", {"product": product.pk, "quantity": "1", "next": next_page})

    assert (answer.status_code, answer["Location"]) == (302, "/gio-hang/")


def test_a_session_cookie_that_hides_a_nul_is_no_session(client: Client) -> None:
    for url, status in (("/toi/", 302), ("/gio-hang/", 200), ("/tai-khoan/dang-nhap/", 200)):
        answer = client.get(url, headers={"Cookie": r'sessionid="abcdefgh\000ijk"'})
        assert (url, answer.status_code) == (url, status)


def test_a_nul_for_a_province_finds_nothing(client: Client) -> None:
    assert client.get("/dia-danh/xa/?province=%00&q=thuong%20minh").status_code == 200
    assert client.get("/dia-danh/xa/?province=%00").json() == []


@pytest.mark.parametrize("digits", [30, 5000])
def test_a_number_without_end_is_not_found(client: Client, lan: Any, ha: Any, digits: int) -> None:
    client.force_login(lan)
    ended = client.post("/quan-ly/htx-muong-hoa/thanh-vien/", {"action": "end", "membership": "9" * digits})
    assert ended.status_code == 404

    client.force_login(ha)
    client.post("/mo-gian-hang/", {"name": "HTX Mới"})
    assert client.post("/mo-gian-hang/", {"remove_paper": "9" * digits}).status_code == 200


def test_the_dearest_things_are_sold_and_more_than_can_be_written_is_refused(muong_hoa: Any) -> None:
    dear = [make_product(muong_hoa, f"Trống đồng {n}", price=10**9, stock=1000) for n in (1, 2)]

    assert trade.place(trade.fill((dear[0], 999))).total == Decimal(999 * 10**9)

    basket = trade.fill((dear[1], 999))
    baskets.add(basket, make_product(muong_hoa, "Chiêng", price=10**9, stock=5), 1)
    with pytest.raises(TooMuchMoney):
        trade.place(basket)
    assert Purchase.objects.count() == 1


def test_a_basket_that_was_just_ordered_takes_nothing_more(muong_hoa: Any) -> None:
    product = make_product(muong_hoa)
    seen = trade.fill((product, 1))
    trade.place(Basket.objects.get(pk=seen.pk))

    with pytest.raises(baskets.BasketRefusal) as refused:
        baskets.add(seen, product, 1)

    assert refused.value.code == "gone"
    assert Line.objects.get(basket=seen).quantity == 1


def test_a_link_to_a_new_password_names_our_address_whatever_host_was_asked(
    client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    make_user("Lan", "0912777001", email="lan@vidu.vn")

    client.post(RESET, {"email": "lan@vidu.vn"}, headers={"host": "xau.vn"})
    outbox.drain()

    (letter,) = mail.outbox
    assert "http://127.0.0.1:8000/tai-khoan/mat-khau-moi/" in letter.body
    assert "xau.vn" not in letter.body
    assert letter.subject == "Chợ Phiên: Đặt mật khẩu mới"


def test_a_dead_mail_server_does_not_tell_who_has_an_account(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_user("Lan", "0912777001", email="lan@vidu.vn")

    answers = [client.post(RESET, {"email": email}) for email in ("lan@vidu.vn", "ai@vidu.vn")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, RESET + "da-gui/")] * 2


def test_a_dead_cache_forgets_and_lets_people_in(client: Client, settings: Any) -> None:
    make_user("Lan", "0912777001")
    backend = f"{ForgetfulRedisCache.__module__}.{ForgetfulRedisCache.__qualname__}"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:9/1"}}
    cache = caches["default"]

    assert (cache.get("x", 7), cache.add("x", 1), cache.incr("x"), cache.get_many(["x"])) == (7, True, 0, {})
    assert client.post("/tra-don/", {"phone": "0912777001", "code": "7K3M9Q2X"}).status_code == 422
    signed_in = client.post("/tai-khoan/dang-nhap/", {"login": "0912777001", "password": "cho-phien-2026"})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/toi/")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_small_file_of_very_many_pixels_is_not_unpacked(client: Client, settings: Any, kind: str) -> None:
    """What cannot be unpacked small may have a quarter of the pixels."""
    settings.UPLOAD_MAX_PIXELS = 40_000
    fits = photo((120, 80), kind=kind)
    large = photo((120, 90), kind=kind)

    answers = [client.post("/quet/", {"photo": upload}).content.decode() for upload in (fits, large)]

    too_large = ["Ảnh lớn quá" in answer for answer in answers]
    assert too_large == [False, kind != "JPEG"]
