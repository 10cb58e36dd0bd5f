"""Every label format, as bad printers and damp fields leave it: all of it reads back. No database."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from marketplace.foundation.codes import new_code
from traceability import labels
from traceability.labels import LAYOUTS, LabelsRefused, Offset

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MARKETS = ["https://chophien.vn", "https://chophien.lienminhhtx.thainguyen.vn"]

pytestmark = pytest.mark.one_database


@pytest.fixture
def lot() -> Any:
    product = SimpleNamespace(name="Miến dong", net_quantity="500 g")
    cooperative = SimpleNamespace(name="HTX Mường Hoa", place="Xã Thượng Minh, Thái Nguyên")
    day = dt.date(2026, 11, 5)
    return SimpleNamespace(
        number="261105-01", made_on=day, expires_on=None, product=product, cooperative=cooperative
    )


def prints(layout: str, dpi: int, count: int = 6, **link: Any) -> Iterator[tuple[str, Image.Image, float]]:
    """Give the code of each label, its symbol with the quiet zone as printed, and the dots of one module."""
    sheet = LAYOUTS[layout]
    dots = dpi / 25.4
    for code in [new_code(13) for _n in range(count)]:
        modules = labels.matrix(labels.printed_text(code, layout=sheet, **link), sheet)
        page = labels.page_image([code], {code: modules}, sheet, dpi)
        x, y = next(labels.places(sheet))
        box = [round(at * dots) for at in (x, y, x + sheet.width, y + sheet.height)]
        yield code, page.crop(tuple(box)), labels.module_mm(modules, sheet) * dots


def worn(label: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Stain 4 % of the symbol away from its corners, turn it by 37 degrees and blur it by 0.3 module."""
    image = label.copy()
    dark = image.point(lambda grey: 255 - grey).getbbox()
    left, top, right, bottom = dark
    side = math.sqrt(0.04) * (right - left)
    x = left + (right - left - side) * chance.uniform(0.42, 0.62)
    y = top + (bottom - top - side) * chance.uniform(0.42, 0.62)
    ImageDraw.Draw(image).ellipse((x, y, x + side * 1.128, y + side * 1.128), fill=90)
    margin = round(4 * module)
    whole = Image.new("L", (image.width + 2 * margin, image.height + 2 * margin), 255)
    whole.paste(image, (margin, margin))
    turned = whole.rotate(37, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return turned.filter(ImageFilter.GaussianBlur(0.3 * module))


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_worn_label_still_says_its_exact_text(layout: str, dpi: int, market: str, settings: Any) -> None:
    settings.MARKET_URL = market
    chance = random.Random(f"{layout}{dpi}{market}")

    for code, label, module in prints(layout, dpi):
        read = zxingcpp.read_barcode(worn(label, module, chance), formats=QR)
        assert read is not None, (layout, dpi, code)
        assert read.text == f"{market[:8]}{market[8:].upper()}/Q/{code}"


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_worn_digital_link_does_so_too(layout: str, dpi: int, lot: Any, settings: Any) -> None:
    settings.MARKET_URL = "https://chophien.vn"
    chance = random.Random(f"{layout}{dpi}")

    for code, label, module in prints(layout, dpi, lot=lot, gtin="08938500000010"):
        read = zxingcpp.read_barcode(worn(label, module, chance), formats=QR)
        assert read is not None, (layout, dpi, code)
        of_lot = "" if layout == "15x15" else "/10/261105-01"
        assert read.text == f"https://CHOPHIEN.VN/01/08938500000010{of_lot}/21/{code}"


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_symbol_is_whole_dots_and_stays_inside_its_label(layout: str, settings: Any) -> None:
    settings.MARKET_URL = "https://chophien.vn"
    sheet = LAYOUTS[layout]
    modules = labels.matrix(labels.printed_text(new_code(13)), sheet)
    module = labels.module_mm(modules, sheet)

    assert module / labels.DOT_203 == pytest.approx(round(module / labels.DOT_203))
    assert module >= 0.375
    assert (len(modules) + 8) * module <= min(sheet.symbol, sheet.height)
    for x, y in labels.places(sheet):
        assert x + sheet.width <= sheet.page[0] + 0.01
        assert y + sheet.height <= sheet.page[1] + 0.51


def test_a_host_too_long_for_the_smallest_label_is_told_so(lot: Any, settings: Any) -> None:
    settings.MARKET_URL = "https://" + "cho-phien." * 8 + "vn"
    with pytest.raises(LabelsRefused) as refused:
        labels.sheet_pdf([new_code(13)], lot=lot, layout="15x15")
    assert refused.value.field == "layout"


@pytest.mark.parametrize(
    ("count", "layout", "offset", "field"),
    [
        (0, "24", Offset(), "count"),
        (2001, "24", Offset(), "count"),
        (1, "25", Offset(), "layout"),
        (1, "24", Offset(right=5.1), "right"),
        (1, "24", Offset(down=-6), "down"),
        (1, "24", Offset(right=float("nan")), "right"),
    ],
)
def test_what_cannot_be_printed_is_refused(count: int, layout: str, offset: Offset, field: str) -> None:
    with pytest.raises(LabelsRefused) as refused:
        labels.check_asked(count, layout, offset)
    assert refused.value.field == field


def test_a_symbol_that_does_not_read_back_is_never_printed(lot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good = labels.matrix
    monkeypatch.setattr(labels, "matrix", lambda code, sheet: good(code + "X", sheet))
    with pytest.raises(labels.UnreadableCode):
        labels.sheet_pdf([new_code(13)], lot=lot)


@pytest.mark.parametrize("layout", ["24", "40", "65", "50x30"])
def test_a_scratch_number_has_its_own_place_under_the_code(layout: str, lot: Any) -> None:
    code = new_code(13)
    plain = labels.sheet_pdf([code], lot=lot, layout=layout)
    assert labels.sheet_pdf([code], lot=lot, layout=layout, pins={code: "123456"}) != plain


def test_progress_is_told_after_each_sheet(lot: Any) -> None:
    heard: list[int] = []
    pdf = labels.sheet_pdf([new_code(13)] * 3, lot=lot, layout="50x30", progress=heard.append)
    assert (pdf[:5], heard) == (b"%PDF-", [1, 2, 3])
