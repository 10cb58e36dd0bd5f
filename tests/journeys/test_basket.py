"""The numbers in the basket change where they stand; without script a button sends them."""

from __future__ import annotations

import re

import pytest

from .people import a_product

pytestmark = pytest.mark.browser


def a_full_basket(one, market) -> None:
    one.open(a_product(market))
    one.press("Thêm vào giỏ")
    one.open("/gio-hang/")


def test_plus_pressed_twice_goes_out_by_itself_and_keeps_the_place(phone, market):
    one = phone()
    a_full_basket(one, market)
    plus = one.page.get_by_role("button", name="Thêm một Miến dong Yến Dương")

    plus.click()
    plus.click()

    one.page.get_by_role("link", name="Đặt hàng").filter(has_text="190.000").wait_for()  # 3 × 55.000 + 25.000
    one.page.locator(".tabs .count").filter(has_text=re.compile(r"^\s*3")).wait_for()
    one.wait("document.activeElement.dataset.step === '1'")
    assert one.page.get_by_role("button", name="Cập nhật").count() == 0
    one.open("/gio-hang/")
    assert one.page.get_by_label("Số lượng Miến dong Yến Dương").input_value() == "3"


def test_more_than_there_is_says_so_beside_the_number(phone, market):
    one = phone()
    a_full_basket(one, market)

    field = one.page.get_by_label("Số lượng Miến dong Yến Dương")
    field.fill("900")
    field.blur()

    one.page.locator("[id^=sai-]").filter(has_text=re.compile(r"^\s*Chỉ còn ")).wait_for()
    assert field.input_value() == "900"
    assert field.get_attribute("aria-invalid") == "true"


def test_without_script_the_button_sends_the_number(phone, market):
    one = phone(javascript=False)
    a_full_basket(one, market)

    one.page.get_by_label("Số lượng Miến dong Yến Dương").fill("2")
    one.press("Cập nhật")

    assert "Đặt hàng · 135.000 ₫" in one.text
