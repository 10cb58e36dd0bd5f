"""Old phones on a bad line: no script runs, the whole market day works all the same."""

from __future__ import annotations

import pytest

from . import day
from .people import HAO_DAT, YEN_DUONG, a_lot_code

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_market_day_without_javascript(phone, market, tmp_path):
    day.play(phone, market, tmp_path, javascript=False)


def test_a_guest_buys_without_javascript(phone, market):
    guest = phone(javascript=False)
    page = guest.page

    guest.open("/")
    assert page.locator("noscript").count() > 0
    pictures = page.locator(".card .pic img")
    assert pictures.count() == page.locator(".card .pic:not(.none)").count() > 4

    page.get_by_role("searchbox").fill("mien dong yen duong")
    guest.press("Tìm", exact=True)
    guest.follow("Miến dong Yến Dương")
    page.get_by_label("Số lượng").fill("2")
    guest.press("Thêm vào giỏ")
    assert "Đã thêm Miến dong Yến Dương vào giỏ." in guest.text

    guest.open("/gian-hang/htx-che-hao-dat/")
    page.locator("main .card h3 a, main .card h2 a").first.click()
    second = page.locator("h1").inner_text()
    guest.press("Thêm vào giỏ")
    guest.follow("Xem giỏ hàng")
    assert page.url == f"{guest.url}/gio-hang/"
    assert YEN_DUONG.name in guest.text
    assert HAO_DAT.name in guest.text
    guest.picture("nojs-basket")

    guest.follow("Đặt hàng")
    page.get_by_label("Họ và tên").fill("Bà Lý")
    page.get_by_label("Số điện thoại").fill("0987 654 321")
    assert page.get_by_label("Xã, phường").locator("option").count() == 1
    page.get_by_label("Tỉnh, thành phố").select_option(label="Nghệ An")
    guest.press("Chọn tỉnh, hiện danh sách xã")
    assert page.get_by_label("Họ và tên").input_value() == "Bà Lý"
    assert page.get_by_label("Xã, phường").locator("option").count() > 100
    page.get_by_label("Xã, phường").select_option(label="Xã Con Cuông")
    guest.picture("nojs-delivery")

    page.get_by_label("Số nhà, đường, thôn, bản").fill("Bản Khe Rạn")
    guest.press("Tiếp tục")
    assert page.url == f"{guest.url}/dat-hang/thanh-toan/"
    guest.press("Tiếp tục")

    review = guest.text
    assert "Bản Khe Rạn, Xã Con Cuông, Tỉnh Nghệ An" in review
    assert "2 × " in review
    assert second in review
    guest.picture("nojs-review")
    guest.press("Đặt hàng", exact=False)

    assert page.url.startswith(f"{guest.url}/lan-mua/")
    assert page.locator("section.order").count() == 2
    assert "Đã nhận lần mua" in page.locator("h1").inner_text()
    guest.picture("nojs-purchase")


def test_a_code_is_read_without_javascript(phone, market):
    guest = phone(javascript=False)
    code = a_lot_code(market)

    guest.open("/quet/")
    guest.page.get_by_label("Mã in trên tem").fill(f" {code[:4].lower()} - {code[4:]}")
    guest.press("Xem mã")

    assert guest.page.url == f"{guest.url}/Q/{code}"
    assert "Miến dong Yến Dương" in guest.text
