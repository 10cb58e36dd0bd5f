"""The market by keyboard alone: Tab, Enter, Space, arrows and typing; no finger, no mouse.

Every stop on the way must show where one is, in an order the eye can follow, under no bar (see ``keyboard.py``).
"""

from __future__ import annotations

import re

import pytest

from .keyboard import Keyboard
from .market import PASSWORD
from .people import OFFICER, YEN_DUONG, a_lot_code, a_product

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def keyboard(phone):
    return lambda **options: Keyboard(phone(**options))


def test_the_look_finds_a_ring_a_cover_and_an_order_that_are_wrong(keyboard):
    keys = keyboard(width=1280)
    keys.phone.open("/tai-khoan/dang-nhap/")
    keys.page.evaluate(
        """() => {
          document.querySelector("input[type=password]").style.outline = "0";
          const [bar, button] = [document.createElement("div"), document.querySelector("main form button.wide")];
          bar.style = "position: fixed; inset: 0; z-index: 99; pointer-events: auto";
          bar.className = "veil";
          button.addEventListener("focus", () => document.body.append(bar));
          button.addEventListener("blur", () => bar.remove());
          const [up, down] = [document.createElement("a"), document.createElement("a")];
          up.textContent = "up"; down.textContent = "down"; up.href = down.href = "#";
          const box = document.createElement("p");
          box.style = "display: flex; flex-direction: column-reverse";
          box.append(down, up);
          document.querySelector("main").append(box);
        }"""
    )

    keys.round()

    assert [re.sub(r"^\S+: ", "", fault).split(":")[-1].strip() for fault in keys.faults] == [
        "no ring shows the focus",
        "5 of 5 points under ['div.veil']",
        "stands before a down",
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_guest_buys_by_keyboard(keyboard, width):
    keys = keyboard(width=width)
    guest, page = keys.phone, keys.page

    guest.open("/")
    keys.skip()
    keys.to("searchbox", "Tìm hàng hoặc gian hàng", keys="Shift+Tab")
    page.keyboard.type("mien dong yen duong")
    keys.press("Enter")
    keys.skip()
    keys.to("link", "Miến dong Yến Dương", most=12)
    keys.press("Enter")
    keys.skip()
    keys.to("spinbutton", "Số lượng", most=8)
    page.keyboard.press("ArrowUp")
    keys.to("button", "Thêm vào giỏ", most=1)
    keys.press("Enter")
    assert "Đã thêm Miến dong Yến Dương vào giỏ." in guest.text
    keys.skip()
    keys.to("link", "Xem giỏ hàng", most=1)
    keys.press("Enter")
    assert page.get_by_label("Số lượng Miến dong Yến Dương").input_value() == "2"
    keys.skip()
    keys.type("spinbutton", "Số lượng Miến dong Yến Dương", "1", most=4)
    keys.press("Enter")
    assert "55.000 ₫" in guest.text
    keys.skip()
    keys.to("link", "Đặt hàng")
    keys.press("Enter")

    # Nothing written: the page says what is wrong, has the focus there, and leads to the field.
    keys.skip()
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true })")
    keys.to("button", "Tiếp tục")
    keys.press("Enter")
    assert keys.here()["errors"]
    keys.to("link", "Họ và tên", most=1)
    page.keyboard.press("Enter")
    assert keys.is_on("textbox", "Họ và tên")
    page.keyboard.type("Bà Lý")
    keys.type("textbox", "Số điện thoại", "0987654321", most=1)
    keys.to("textbox", "Thư điện tử", most=1)
    keys.choose("Tỉnh, thành phố", "Nghệ An")
    page.locator("select[data-commune] option", has_text="Xã Con Cuông").wait_for(state="attached")
    keys.choose("Xã, phường", "Xã Con Cuông")
    keys.step()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    keys.to("textbox", "xã cũ", most=1)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.locator("details[open]").count() == 0
    keys.type("textbox", "Số nhà, đường, thôn, bản", "Bản Khe Rạn", most=1)
    keys.to("button", "Tiếp tục", most=5)
    keys.press("Enter")

    keys.skip()
    keys.to("radio", "VietQR", most=2)
    for key, way in (("ArrowDown", "Trả tiền mặt"), ("ArrowUp", "VietQR")):
        page.keyboard.press(key)
        assert keys.is_on("radio", way)
    assert page.evaluate("document.activeElement.checked")
    keys.to("button", "Tiếp tục", most=3)
    keys.press("Enter")
    assert "Bản Khe Rạn, Xã Con Cuông, Tỉnh Nghệ An" in guest.text
    keys.skip()
    keys.to("button", "Đặt hàng", most=12)
    keys.press("Enter")

    assert re.fullmatch(r"/lan-mua/[\w-]{20,}/", page.url.removeprefix(guest.url))
    keys.skip()
    keys.to("button", "Tôi đã chuyển", most=16)
    keys.press("Enter")
    assert "Bạn đã báo chuyển lúc" in guest.text
    keys.end()


def test_an_officer_sits_through_the_queues_by_keyboard(keyboard):
    keys = keyboard(width=1280)
    officer, page = keys.phone, keys.page

    officer.open("/tai-khoan/dang-nhap/?next=/lien-minh/")
    keys.skip()
    keys.type("textbox", "Số điện thoại", OFFICER, most=3)
    keys.type("textbox", "Mật khẩu", PASSWORD, most=2)
    keys.press("Enter")
    assert page.url == f"{officer.url}/lien-minh/"

    keys.skip()
    keys.to("link", "Đơn mở gian hàng")
    keys.press("Enter")
    [name] = page.locator(".cases .item b").all_inner_texts()
    keys.skip()
    keys.to("link", name, most=20)
    keys.press("Enter")
    assert page.locator("h1").inner_text() == name
    keys.skip()
    keys.to("link", "Mở xem", most=20)
    keys.to("textbox", "Lý do", most=6)
    keys.to("button", "Duyệt, mở gian hàng", most=1)
    keys.press("Enter")
    assert f"Đã ghi “Duyệt” cho {name}." in officer.text

    # The next queue: a product that is asked to be mended, first without saying why.
    keys.skip()
    keys.to("link", "Hàng chờ duyệt", most=12)
    keys.press("Enter")
    assert name not in officer.text
    title = page.locator(".cases .item b").first.inner_text()
    keys.skip()
    keys.to("link", title, most=20)
    keys.press("Enter")
    keys.skip()
    keys.to("button", "Yêu cầu sửa")
    keys.press("Enter")
    assert keys.here()["errors"]
    keys.to("link", "Lý do", most=1)
    page.keyboard.press("Enter")
    assert keys.is_on("textbox", "Lý do")
    page.keyboard.type("Ảnh mờ, xin chụp lại ngoài sáng.")
    keys.to("button", "Yêu cầu sửa", most=3)
    keys.press("Enter")
    assert f"Đã ghi “Yêu cầu sửa” cho {title}." in officer.text
    keys.end()


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_can_be_walked_through_with_tab(keyboard, market, width):
    guest = keyboard(width=width)
    guest.phone.open(a_product(market))
    guest.phone.press("Thêm vào giỏ")
    for path in (
        "/",
        "/san-pham/",
        "/danh-muc/tra-che/",
        "/tim/?q=mien+dong",
        "/gian-hang/htx-yen-duong/",
        a_product(market),
        "/gio-hang/",
        "/dat-hang/",
        "/quet/",
        "/tra-don/",
        f"/Q/{a_lot_code(market)}",
    ):
        guest.phone.open(path)
        guest.round()
    director = keyboard(width=width)
    director.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    number = market.data.rows(
        "SELECT MIN(number) FROM order_order WHERE status = 'confirmed' AND cooperative_id = "
        f"(SELECT cooperative_id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}')"
    )[0][0]
    for path in (
        "",
        "don/",
        f"don/{number}/",
        "hang/",
        "hang/them/",
        "lo/",
        "lo/them/",
        "gian-hang/",
        "ngan-hang/",
        "thu/",
    ):
        director.phone.open(YEN_DUONG.desk(path))
        director.round()
    officer = keyboard(width=width)
    officer.phone.sign_in(OFFICER, "/lien-minh/")
    for path in ("", "don-mo/", "san-pham/", "thay-doi/", "giay-ocop/", "gian-hang/"):
        officer.phone.open(f"/lien-minh/{path}")
        officer.round()
    guest.faults += [*director.faults, *officer.faults]
    guest.end()
