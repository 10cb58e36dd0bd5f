"""What comes out of the printer: the page's matter in black on white, no places to go, nothing to press."""

from __future__ import annotations

import pytest

from . import places
from .people import YEN_DUONG, a_lot_code, a_product

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Ink on paper: dark enough words on nothing but white or a light tint, and no trace of what only a screen can do.
ON_PAPER = """() => {
  const found = [];
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const paper = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const shows = (one) => one.checkVisibility({ checkVisibilityCSS: true }) && one.offsetWidth * one.offsetHeight > 1;
  const said = (one) => `${one.tagName.toLowerCase()}.${one.className} "${(one.innerText || "").trim().slice(0, 30)}"`;
  const screen = "nav, button, input, select, textarea, .search, .btn, .chips, .buybar, .foot, .skip, .band, .pager";
  for (const one of document.querySelectorAll(screen))
    if (shows(one) && !one.closest(".pick-lot")) found.push(`on paper: ${said(one)}`);
  for (const one of document.querySelectorAll("body *")) {
    if (!shows(one) || ![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (["fixed", "sticky"].includes(getComputedStyle(one).position)) found.push(`floats: ${said(one)}`);
    const [ink, ground] = [light(numbers(getComputedStyle(one).color)), light(paper(one))];
    if (ground < 0.8) found.push(`dark ground: ${said(one)}`);
    if ((ground + 0.05) / (ink + 0.05) < 7) found.push(`pale ink: ${said(one)}`);
  }
  return [...new Set(found)];
}"""


class Printer:
    """Looks at pages as the printer gets them from a phone that is dark."""

    def __init__(self, phone) -> None:
        self.phone = phone
        self.found: list[str] = []

    def at(self, path: str, *words: str) -> None:
        page = self.phone.page
        self.phone.open(path)
        page.emulate_media(media="print")
        self.found += [f"{path}: {fault}" for fault in page.evaluate(ON_PAPER)]
        self.found += [f"{path}: without {part!r}" for part in words if part not in self.phone.words("body")]
        self.phone.picture("paper-" + path.strip("/").replace("/", "-")[:50])
        page.emulate_media(media="screen")

    def end(self) -> None:
        assert self.found == [], "\n" + "\n".join(self.found)


@pytest.fixture
def printer(phone):
    return Printer(phone(dark=True))


def test_the_look_finds_what_does_not_belong_on_paper(printer):
    printer.phone.open("/quet/")

    found = "\n".join(printer.phone.page.evaluate(ON_PAPER))  # as on the screen

    for words in ("on paper: nav.tabs", "on paper: button.btn", "dark ground: h1.", "pale ink: h1."):
        assert words in found


def test_what_buyers_print(printer, market):
    printer.at(a_product(market), "Miến dong Yến Dương", "55.000 ₫")
    printer.at(f"/Q/{a_lot_code(market)}", "Đường đi của lô")
    purchase = places.a_purchase(printer.phone, market)
    printer.at(purchase, "Đã nhận lần mua", "Tổng đơn", "Bản Khe Rạn")
    assert printer.phone.page.locator("section.order img").first.is_visible()
    printer.end()


def test_what_a_cooperative_prints(printer, market):
    printer.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    lot = places.one(market, f"SELECT MIN(id) FROM traceability_lot WHERE {places.MINE}")
    for state, words in (("confirmed", "hạn "), ("packed", "Gửi hàng"), ("shipped", "Đang trên đường")):
        number = places.one(
            market, f"SELECT MIN(number) FROM order_order WHERE status = '{state}' AND {places.MINE}"
        )
        printer.at(
            YEN_DUONG.desk(f"don/{number}/"), f"Đơn {number[:4]}-{number[4:]}", "Hàng trong đơn", words
        )
    slip = places.slip(market)
    number = slip.split("/")[1]
    printer.at(YEN_DUONG.desk("phieu-soan-hang/"), "Phiếu soạn hàng", "Lấy từ kho")
    printer.at(YEN_DUONG.desk(f"don/{number}/hop-dong/"), "Hợp đồng đặt hàng", "Bằng chữ")
    printer.at(YEN_DUONG.desk(slip), f"Đơn {number[:4]}-{number[4:]}", "Gửi đến")
    printer.at(YEN_DUONG.desk(f"lo/{lot}/"), "Đường đi của lô")
    printer.at(YEN_DUONG.desk(f"lo/{lot}/ma/"), "Mã lô")
    printer.at(YEN_DUONG.desk("don/"), "Đơn")
    printer.end()
