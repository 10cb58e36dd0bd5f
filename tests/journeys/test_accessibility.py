"""axe-core looks at each page at 360 px: no fault of WCAG 2.0, 2.1 or 2.2, level A or AA; the dark pages too.

The phones of these tests also fail on a request to another host, an error in the console or a breach of the
content policy (see ``phone.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from .people import APPLICANT, BUYER, HAO_DAT, OFFICER, YEN_DUONG, a_lot_code, a_product
from .phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKED = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


class Look:
    """Gathers what axe finds on every page a person passes."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.axe = phone, Axe()
        self.found: list[str] = []
        self.seen: list[str] = []

    def at(self, path: str, name: str = "") -> None:
        answer = self.phone.open(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        self.here(name or path)

    def here(self, name: str) -> None:
        page = self.phone.page
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        faults = self.axe.run(page, options=ASKED).response["violations"]
        self.seen.append(name)
        for fault in faults:
            nodes = "; ".join(f"{' '.join(map(str, node['target']))}" for node in fault["nodes"][:4])
            self.found.append(
                f"{name}: {fault['id']} ({fault['impact']}), {len(fault['nodes'])} ×: {fault['help']}\n    {nodes}"
            )
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.found.append(f"{name}: the page is {wide} px wider than the phone")
        self.phone.picture("a11y-" + re.sub(r"[^0-9a-z-]+", "-", name.lower()).strip("-"))

    def end(self) -> None:
        assert self.found == [], "\n" + "\n".join(self.found)


@pytest.fixture
def look(phone: Callable[..., Phone]) -> Callable[..., Look]:
    return lambda **options: Look(phone(**options))


def test_the_look_finds_a_fault_where_there_is_one(look):
    eyes = look()
    eyes.phone.open("/quet/")
    eyes.phone.page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    eyes.phone.page.evaluate(
        "document.querySelector('h1').className = 'card'; document.body.style.width = '500px'"
    )

    eyes.here("broken")

    assert [fault.split(" (")[0] for fault in eyes.found] == [
        "broken: label",
        "broken: the page is 140 px wider than the phone",
    ]


def ids(market: Any, sql: str) -> list[Any]:
    return [row[0] for row in market.data.rows(sql)]


def test_pages_everybody_sees(look, market):
    eyes = look()
    for path in (
        "/",
        "/san-pham/",
        "/san-pham/?sao=4",
        "/danh-muc/",
        "/danh-muc/tra-che/",
        "/tinh/",
        "/tim/?q=mien+dong",
        "/tim/?q=khong-co-gi-het",
        "/gian-hang/",
        "/gian-hang/htx-yen-duong/",
        a_product(market),
        "/quet/",
        "/tra-don/",
        "/gio-hang/",
        "/mo-gian-hang/",
        "/tai-khoan/dang-nhap/",
        "/tai-khoan/dang-ky/",
        "/tai-khoan/quen-mat-khau/",
        "/en/",
        f"/Q/{a_lot_code(market)}",
        f"/Q/{a_lot_code(market)}?lang=en",
    ):
        eyes.at(path)
    assert eyes.phone.open("/Q/4HYJE1B2").status == 404
    eyes.here("unknown code")
    assert eyes.phone.open("/khong-co-trang-nay/").status == 404
    eyes.here("404")
    eyes.end()


def test_pages_of_a_purchase(look, market):
    eyes = look()
    guest, page = eyes.phone, eyes.phone.page
    for title in ("Miến dong Yến Dương", "Chè móc câu Tân Cương"):
        guest.open(a_product(market, title))
        guest.press("Thêm vào giỏ")
    eyes.at("/gio-hang/", "basket")
    guest.follow("Đặt hàng")
    eyes.here("delivery")
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true })")
    guest.press("Tiếp tục")
    assert "Hãy chọn tỉnh hoặc thành phố." in guest.text
    eyes.here("delivery with errors")
    page.get_by_label("Họ và tên").fill("Bà Lý")
    page.get_by_label("Số điện thoại").fill("0987654321")
    page.get_by_label("Tỉnh, thành phố").select_option(label="Nghệ An")
    page.locator("select[data-commune] option", has_text="Xã Con Cuông").wait_for(state="attached")
    page.get_by_label("Xã, phường").select_option(label="Xã Con Cuông")
    page.get_by_label("Thôn, bản, số nhà").fill("Bản Khe Rạn")
    guest.press("Tiếp tục")
    eyes.here("payment")
    for way in page.get_by_label("VietQR", exact=False).all():
        way.check()
    guest.press("Tiếp tục")
    eyes.here("review before ordering")
    guest.press("Đặt hàng", exact=False)
    eyes.here("purchase")
    with page.expect_navigation():
        page.get_by_role("button", name="Tôi đã chuyển").first.click()
    assert "Đã chuyển 1/2" in guest.text
    eyes.here("purchase claimed")
    eyes.end()


def test_pages_of_who_signed_in(look):
    eyes = look()
    eyes.phone.sign_in(BUYER)
    for path in ("/toi/", "/toi/thu/", "/tai-khoan/doi-mat-khau/", "/tai-khoan/dang-xuat/"):
        eyes.at(path)
    eyes.end()


def test_the_application_for_a_stall(look):
    eyes = look()
    eyes.phone.sign_in(APPLICANT, "/mo-gian-hang/")
    eyes.here("application")
    eyes.end()


def test_pages_of_a_cooperative_at_work(look, market):
    eyes = look()
    eyes.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    eyes.here("today")
    mine = f"cooperative_id = (SELECT cooperative_id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}')"
    for path in (
        "don/",
        "hang/",
        "hang/them/",
        "lo/",
        "lo/them/",
        "gian-hang/",
        "ngan-hang/",
        "thanh-vien/",
        "thu/",
    ):
        eyes.at(YEN_DUONG.desk(path))
    states = market.data.rows(f"SELECT status, MIN(number) FROM order_order WHERE {mine} GROUP BY status")
    assert {state for state, _ in states} >= {
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "delivered",
        "cancelled",
    }
    for state, number in states:
        eyes.at(YEN_DUONG.desk(f"don/{number}/"), f"order {state}")
    eyes.at(YEN_DUONG.desk(f"don/{number}/phieu/"), "slip")
    [lot] = ids(market, f"SELECT MIN(id) FROM traceability_lot WHERE {mine}")
    for path in ("", "su-kien/", "ma/", "giay/", "thu-hoi/"):
        eyes.at(YEN_DUONG.desk(f"lo/{lot}/{path}"), f"lot {path}")
    for name, condition in {
        "product": "title = 'Miến dong Yến Dương'",
        "product with change": "title = 'Trà bí thơm túi lọc'",
    }.items():
        [product] = ids(market, f"SELECT id FROM catalogue_product WHERE {condition}")
        for path in ("", "gia-kho/", "ocop/", "ten/"):
            eyes.at(YEN_DUONG.desk(f"hang/{product}/{path}"), f"{name} {path}")
    eyes.end()


def test_the_questions_about_a_new_product(look):
    eyes = look()
    page = eyes.phone.page
    eyes.phone.sign_in(HAO_DAT.director, HAO_DAT.desk("hang/them/"))
    eyes.phone.press("Chưa có ảnh, thêm sau")
    draft = page.url.removeprefix(eyes.phone.url).removesuffix("ten/")
    for step in ("anh", "ten", "loai", "gia", "kho", "noi", "nhan", "xong"):
        eyes.at(f"{draft}{step}/", f"question {step}")
    eyes.phone.open(f"{draft}ten/")
    eyes.phone.press("Tiếp tục")
    assert "Hãy ghi tên hàng." in eyes.phone.text
    eyes.here("question ten with error")
    eyes.end()


def test_pages_of_the_alliance(look, market):
    eyes = look()
    eyes.phone.sign_in(OFFICER, "/lien-minh/")
    eyes.here("review home")
    for queue, table, state in (
        ("don-mo", "partner_application", "submitted"),
        ("ngan-hang", "partner_bankaccount", "waiting"),
        ("san-pham", "catalogue_product", "submitted"),
        ("thay-doi", "catalogue_productchange", "waiting"),
        ("giay-ocop", "catalogue_ocopcertificate", "waiting"),
    ):
        eyes.at(f"/lien-minh/{queue}/")
        [case] = ids(market, f"SELECT MIN(id) FROM {table} WHERE status = '{state}'")
        eyes.at(f"/lien-minh/{queue}/{case}/", f"review {queue} case")
    eyes.at("/lien-minh/gian-hang/")
    [stall] = ids(market, f"SELECT id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}'")
    eyes.at(f"/lien-minh/gian-hang/{stall}/", "review stall")
    eyes.end()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_main_page_of_each_audience_in_the_dark(look, market, width):
    eyes = look(dark=True, width=width)
    for path in ("/", a_product(market), "/gio-hang/", f"/Q/{a_lot_code(market)}", "/tai-khoan/dang-nhap/"):
        eyes.at(path, f"dark {width} {path}")
    eyes.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    eyes.here(f"dark {width} today")
    for path in ("don/", "hang/", "lo/"):
        eyes.at(YEN_DUONG.desk(path), f"dark {width} {path}")
    eyes.phone.context.clear_cookies()
    eyes.phone.sign_in(OFFICER, "/lien-minh/")
    eyes.here(f"dark {width} review")
    eyes.at("/lien-minh/san-pham/", f"dark {width} review products")
    eyes.end()
