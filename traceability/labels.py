"""Sheets of labels to print: PDF pages of A4 whose every code was read back before the sheet leaves the house."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import qrcode
import zxingcpp
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.refusals import Refusal

from .models import Lot, TraceCode

FONTS = Path(__file__).resolve().parent / "fonts"
PLAIN, BOLD = "LabelPlain", "LabelBold"
MOST_LABELS = 2000
QUIET = 4  # modules of white on each side, by the standard

Matrix = list[list[bool]]


@dataclass(frozen=True)
class Layout:
    """A sheet of stickers on A4, in mm from the top left; ``size`` of the text in points."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap: float
    symbol: float
    padding: float
    size: float
    correction: int

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


LAYOUTS = {
    # Q where there is room: big labels are handled outdoors; M where only a small symbol fits (DESIGN 8).
    "24": Layout(3, 8, 70, 37, 0, 0.5, 0, 30, 3, 7.2, ERROR_CORRECT_Q),
    "40": Layout(4, 10, 52.5, 29.7, 0, 0, 0, 23.2, 2.5, 5.8, ERROR_CORRECT_M),
    "65": Layout(5, 13, 38.1, 21.2, 4.75, 10.7, 2.5, 18.6, 0.8, 4.9, ERROR_CORRECT_M),
}


class LabelsRefused(Refusal):
    """Such a sheet cannot be printed."""

    code = "labels_refused"


class UnreadableCode(RuntimeError):
    """A drawn symbol did not read back as its own text; nothing was printed. A bug, never the user's fault."""


def sheet_pdf(codes: Sequence[TraceCode], *, lot: Lot, layout: str = "24", by: Actor) -> bytes:
    """Return a PDF of one label for each of ``codes`` (a lot code repeats), laid out for sheets of ``layout``.

    A label carries the symbol, the code in letters, product, net quantity, lot number, days, maker and place. Every
    symbol is decoded with zxing-cpp first. Records who printed how many. Raises LabelsRefused for none or more than
    2,000 labels or an unknown layout, UnreadableCode when a symbol does not read back.
    """
    if layout not in LAYOUTS:
        raise LabelsRefused(_("Hãy chọn khổ giấy tem."), field="layout")
    if not 1 <= len(codes) <= MOST_LABELS:
        raise LabelsRefused(_("Mỗi lần in được từ 1 đến 2.000 tem."), field="count")
    sheet = LAYOUTS[layout]
    matrices = {code.code: _matrix(printed_text(code.code), sheet.correction) for code in codes}
    for code, matrix in matrices.items():
        verify(matrix, printed_text(code))
    pdf = _draw(codes, matrices, lot, sheet)
    audit.record(
        "lot.labels",
        lot,
        by=by,
        kind=codes[0].kind,
        count=len(codes),
        layout=layout,
        first=codes[0].code,
        last=codes[-1].code,
    )
    return pdf


def printed_text(code: str) -> str:
    """Return what the symbol says: this market's address of the code.

    The host is printed in capitals (it means the same) because a symbol packs capitals closer than small letters;
    the scheme stays small, which old scanner apps need.
    """
    market = urlsplit(settings.MARKET_URL)
    return f"{market.scheme}://{market.netloc.upper()}{market.path}/Q/{code.upper()}"


def _matrix(text: str, correction: int) -> Matrix:
    symbol = qrcode.QRCode(error_correction=correction, border=QUIET)
    symbol.add_data(text, optimize=4)
    symbol.make(fit=True)
    return symbol.modules  # type: ignore[no-any-return]


def verify(matrix: Matrix, text: str) -> None:
    """Read the symbol back as a scanner would. Raises UnreadableCode unless it says exactly ``text``."""
    side, dots = len(matrix) + 2 * QUIET, 3
    image = Image.new("L", (side, side), 255)
    image.putdata(
        [
            0 if 0 <= y < len(matrix) and 0 <= x < len(matrix) and matrix[y][x] else 255
            for y in range(-QUIET, len(matrix) + QUIET)
            for x in range(-QUIET, len(matrix) + QUIET)
        ]
    )
    image = image.resize((side * dots, side * dots), Image.Resampling.NEAREST)
    read = zxingcpp.read_barcode(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    if read is None or read.text != text:
        raise UnreadableCode(text)


def _draw(codes: Sequence[TraceCode], matrices: dict[str, Matrix], lot: Lot, sheet: Layout) -> bytes:
    _register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"{lot.product.name} · {lot.number}")
    canvas.setAuthor(lot.cooperative.name)
    # The words are the same on every label of a lot: drawn once, placed many times. So is a repeated symbol.
    canvas.beginForm("words")
    _draw_words(canvas, lot, sheet)
    canvas.endForm()
    repeats = len(matrices) < len(codes)
    for text in matrices if repeats else ():
        canvas.beginForm(text)
        _draw_symbol(canvas, matrices[text], text, sheet)
        canvas.endForm()
    for number, code in enumerate(codes):
        place = number % sheet.per_sheet
        if number and not place:
            canvas.showPage()
        row, column = divmod(place, sheet.columns)
        x = sheet.left + column * (sheet.width + sheet.gap)
        y = 297 - sheet.top - (row + 1) * sheet.height
        canvas.saveState()
        canvas.translate(x * mm, y * mm)
        canvas.doForm("words")
        if repeats:
            canvas.doForm(code.code)
        else:
            _draw_symbol(canvas, matrices[code.code], code.code, sheet)
        canvas.restoreState()
    canvas.save()
    return out.getvalue()


def _module_mm(matrix: Matrix, sheet: Layout) -> float:
    """Return the size of one module: whole dots of a 203 dpi label printer (0.125 mm) as far as they fit."""
    return max(int(sheet.symbol / (len(matrix) + 2 * QUIET) / 0.125) * 0.125, 0.33)


def _draw_symbol(canvas: Canvas, matrix: Matrix, code: str, sheet: Layout) -> None:
    """Draw the symbol at the left and its code in letters under the words, in the label's own coordinates."""
    module = _module_mm(matrix, sheet)
    whole = (len(matrix) + 2 * QUIET) * module
    left = sheet.padding + (sheet.symbol - whole) / 2 + QUIET * module
    top = (sheet.height + whole) / 2 - QUIET * module
    # One path with one fill: separate rectangles would leave hairs of white between the rows.
    path = canvas.beginPath()
    for row, line in enumerate(matrix):
        column = 0
        while column < len(line):
            if not line[column]:
                column += 1
                continue
            end = column
            while end < len(line) and line[end]:
                end += 1
            path.rect(
                (left + column * module) * mm,
                (top - (row + 1) * module) * mm,
                (end - column) * module * mm,
                module * mm,
            )
            column = end
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    x, width = _text_column(sheet)
    letters, size = pretty(code), sheet.size + 0.6
    canvas.setFont(BOLD, _fitting(letters, BOLD, size, width))
    canvas.drawString(x, (sheet.padding + 0.6) * mm, letters)


def _text_column(sheet: Layout) -> tuple[float, float]:
    """Return left edge and width of the words, in points."""
    left = sheet.padding + sheet.symbol + 0.4
    return left * mm, (sheet.width - left - max(sheet.padding, 0.8)) * mm


def _draw_words(canvas: Canvas, lot: Lot, sheet: Layout) -> None:
    x, width = _text_column(sheet)
    leading = sheet.size * 1.26
    y = (sheet.height - sheet.padding) * mm - sheet.size
    lowest = (sheet.padding + 0.6) * mm + (sheet.size + 0.6) * 1.3
    canvas.setFillGray(0)
    for text, font, most_lines in _words(lot):
        room = int((y - lowest) / leading) + 1 if y >= lowest else 0
        for line in _wrapped(text, font, sheet.size, width, min(most_lines, room)):
            canvas.setFont(font, sheet.size)
            canvas.drawString(x, y, line)
            y -= leading


def _words(lot: Lot) -> list[tuple[str, str, int]]:
    """Return (text, font, most lines) from the most to the least needed; what does not fit is left out.

    Always Vietnamese, as the law wants labels (Decree 37/2026 art. 42), whatever language the desk is read in.
    """
    product = lot.product
    dates = [(f"NSX {lot.made_on:%d/%m/%Y}", PLAIN, 1)]
    if lot.expires_on:
        dates.append((f"HSD {lot.expires_on:%d/%m/%Y}", PLAIN, 1))
    words = [
        (product.name, BOLD, 2),
        (" · ".join(filter(None, [f"Lô {lot.number}", product.net_quantity])), PLAIN, 2),
        *dates,
        (lot.cooperative.name, PLAIN, 2),
        (lot.cooperative.place, PLAIN, 2),
    ]
    return [row for row in words if row[0]]


def _wrapped(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    """Break ``text`` into at most ``most`` lines of ``width`` points; the last one ends in … when more is left."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = [words.pop(0)]
        while words and pdfmetrics.stringWidth(" ".join([*line, words[0]]), font, size) <= width:
            line.append(words.pop(0))
        lines.append(" ".join(line))
    if words and lines:
        lines[-1] = " ".join([lines[-1], *words])
    return [_cut(line, font, size, width) for line in lines]


def _cut(text: str, font: str, size: float, width: float) -> str:
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _fitting(text: str, font: str, size: float, width: float) -> float:
    return min(size, size * width / pdfmetrics.stringWidth(text, font, size))


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(PLAIN, FONTS / "NotoSans-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FONTS / "NotoSans-Bold.ttf"))
